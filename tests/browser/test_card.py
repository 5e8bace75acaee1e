"""The card and the datasheet as people see them on the Hub: on a desktop and on a phone, with words that mean harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page
from report.project import articles, make

from toolkit.annotations.store import load_annotations
from toolkit.dataset.about import About
from toolkit.dataset.build import build
from toolkit.dataset.documentation import document
from toolkit.dataset.opened import open_files
from toolkit.dataset.prose import read_prose
from toolkit.stages import setup
from toolkit.stages.facts import facts

HARM = (
    "</td></table><script>window.owned = 1</script><img src=x onerror='window.owned = 1'> | [x](javascript:1) "
    "http://evil.example"
)
WIDE = "Lassendry" * 12

# As the Hub and GitHub show Markdown: wide tables and code scroll by themselves, long words break.
STYLE = """
body { margin: 0; font: 16px/1.6 sans-serif; overflow-wrap: break-word }
main { max-width: 768px; margin: auto; padding: 16px }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse }
table { font-size: 14px }
td, th { border: 1px solid; padding: 4px 10px }
pre { overflow: auto; padding: 12px; font-size: 13px }
code { font-size: 85% }
"""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A folder with the pages of a card and a datasheet, in three splits, with the demo's prose and harmful words."""
    folder = tmp_path_factory.mktemp("card")
    harmful = {"outlet": HARM, "licence": WIDE, "language": HARM, "published": HARM}
    texts = {id: article.model_copy(update=harmful) for id, article in articles().items()}
    workspace = make(folder / "workspace", texts)
    settings = workspace.project.dataset.model_copy(update={"title": f"Harbour {WIDE}", "licence": HARM})
    project = workspace.project.model_copy(update={"dataset": settings})
    ontology, dataset = setup.ontology(workspace), folder / "dataset"
    build(
        dataset,
        project=project,
        ontology=ontology,
        articles=texts,
        annotations=load_annotations(workspace.annotations),
    )
    prose = read_prose(repository / "configs" / "card.md")
    document(dataset, About(project, ontology, open_files(dataset, ontology), prose, facts(workspace)))
    for name in ("README", "DATASHEET"):
        text = (dataset / f"{name}.md").read_text(encoding="utf-8")
        body = text.split("\n---\n", 1)[1] if text.startswith("---\n") else text
        html = MarkdownIt("commonmark").enable("table").render(body)
        page = f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><main>{html}</main>"
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture(params=[(name, width) for name in ("README", "DATASHEET") for width in (390, 1280)])
def page(request: pytest.FixtureRequest, browser: Browser, papers: Path) -> Iterator[tuple[Page, list[str]]]:
    """A page at a width, and what it asked for or complained about."""
    name, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 844})
    shown, trouble = context.new_page(), []
    file = papers / f"{name}.html"
    shown.on("request", lambda asked: trouble.append(asked.url) if asked.url != file.as_uri() else None)
    shown.on("console", lambda message: trouble.append(message.text))
    shown.on("dialog", lambda dialog: trouble.append(dialog.message))
    shown.goto(file.as_uri())
    yield shown, trouble
    context.close()


def test_nothing_is_wider_than_the_page(page: tuple[Page, list[str]]) -> None:
    shown, _ = page
    size = shown.viewport_size
    assert size is not None
    assert shown.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


def test_words_stay_words(page: tuple[Page, list[str]]) -> None:
    shown, trouble = page
    assert shown.evaluate("window.owned") is None
    assert shown.locator("script, img, [onerror]").count() == 0
    assert shown.locator("a[href*='evil'], a[href^='javascript']").count() == 0
    assert "window.owned = 1</script>" in shown.locator("main").inner_text()
    assert trouble == []


def test_rows_of_counts_are_one_line(page: tuple[Page, list[str]]) -> None:
    """A table of counts that wraps in every cell cannot be read; on a phone it may scroll, but not grow tall."""
    shown, _ = page
    tall = shown.evaluate(
        "[...document.querySelectorAll('table')].filter(one => ['config', 'label', 'type']"
        ".includes(one.querySelector('th').innerText)).flatMap(one => [...one.rows])"
        ".map(row => row.getBoundingClientRect().height).filter(height => height > 40)"
    )
    assert tall == []


def test_what_it_is_stands_on_the_first_screen(browser: Browser, papers: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 844})
    shown = context.new_page()
    shown.goto((papers / "README.html").as_uri())
    for words in ("5 articles of 1 outlet", "Load it", "load_dataset("):
        box = shown.get_by_text(words).first.bounding_box()
        assert box is not None
        assert box["y"] < 844
    context.close()
