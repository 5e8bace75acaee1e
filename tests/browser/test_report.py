"""The report in a browser: on a phone, on a desktop and in print, with texts that mean harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from report.project import HARBOUR, PEOPLE, article, make, mention, work, works
from report.project import articles as usual

from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.stages.report import report

HARM = "<script>window.owned = 1</script><img src=x onerror='window.owned = 1'>\"'{{ 7*7 }}</style></p></details>"
WIDE = "http://harbour.example/" + "Lassendry" * 40


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on texts, titles, outlets, answers and names that would run, and on words too wide for a phone."""
    people = (*PEOPLE[:2], "<img/src=x/onerror=window.owned=1>@annotators.example")
    root = tmp_path_factory.mktemp("report")
    workspace = make(root, people=people)  # makes the key of the pseudonyms
    who = [load_pseudonyms(workspace.private).of(person) for person in people]
    texts = {**usual(), "harm": _harm()}
    text = texts["harm"].text
    harmful = [
        work(texts["harm"], who[0], mentions=(mention(text, "m", "<script>", "PERSON"),)),
        work(texts["harm"], who[1], mentions=(mention(text, "m", WIDE, "GPE", attributes={"iso": HARM}),)),
        work(texts["harm"], who[2], mentions=(mention(text, "m", WIDE, "GPE", attributes={"iso": "b" * 200}),)),
    ]
    workspace.articles.unlink()
    return report(make(root, texts, [*works(who, texts), *harmful], people=people), names=True).page


def _harm():  # type: ignore[no-untyped-def]
    text = f"{HARM}\n{WIDE}\n{HARBOUR}"
    return article("harm", text, title=HARM, outlet=HARM + WIDE, story_id=HARM, language='en" onload="window.owned=1')


@contextmanager
def opened(browser: Browser, file: Path, width: int) -> Iterator[tuple[Page, list[str]]]:
    """The file at a width, and everything that the browser complains about or asks for."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    page, trouble = context.new_page(), []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("request", lambda request: trouble.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    yield page, trouble
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_overflows_and_nothing_is_asked_for(browser: Browser, page_file: Path, width: int) -> None:
    with opened(browser, page_file, width) as (page, trouble):
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        assert page.evaluate(
            "[...document.querySelectorAll('svg')].every(one => one.getBoundingClientRect().width > 250)"
        )
        assert trouble == []


def test_texts_stay_texts(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    """Escaping alone must hold: the policy that forbids scripts is taken out of the page."""
    bare = tmp_path / "bare.html"
    whole = page_file.read_text(encoding="utf-8")
    bare.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", whole), encoding="utf-8")
    assert bare.read_text(encoding="utf-8") != whole
    with opened(browser, bare, 1280) as (page, trouble):
        assert page.evaluate("window.owned") is None
        assert page.locator("script, img, [onerror], [onload]").count() == 0
        shown = page.locator("#disagreements").inner_text()
        assert "window.owned = 1</script>" in shown
        assert "{{ 7*7 }}" in shown
        assert trouble == []


def test_on_paper_everything_is_unfolded(browser: Browser, page_file: Path) -> None:
    shown = "[...document.querySelectorAll('details')].map(one => one.lastElementChild.checkVisibility())"
    with opened(browser, page_file, 1280) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")
        assert not any(page.evaluate(shown))
        page.emulate_media(media="print")
        page.wait_for_function(f"{shown}.every(Boolean)", timeout=5_000)
        assert not page.locator("nav").is_visible()


def test_the_text_side_by_side(browser: Browser, page_file: Path) -> None:
    """Two versions stand beside each other on a desktop, and one below the other on a phone."""
    for width, beside in ((1280, True), (390, False)):
        with opened(browser, page_file, width) as (page, _):
            versions = page.locator("details.article[open] .passage.differs").first.locator(".version")
            first, second = (versions.nth(number).bounding_box() for number in (0, 1))
            assert first is not None
            assert second is not None
            assert (first["y"] == second["y"]) is beside


def test_contrast(browser: Browser, page_file: Path) -> None:
    """Small text keeps 4.5 to 1 against what lies behind it (WCAG 2, level AA)."""
    with opened(browser, page_file, 1280) as (page, _):
        low = page.evaluate(_LOW_CONTRAST)
    assert low == []


def test_the_links_lead_to_the_tasks(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, 390) as (page, _):
        links = page.locator("#disagreements a").evaluate_all("all => all.map(one => one.href)")
    assert links
    assert all(re.fullmatch(r"http://127\.0\.0\.1:8080/projects/1/data\?task=\d+", link) for link in links)


_LOW_CONTRAST = """
() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const over = (colours) => {
    canvas.fillStyle = 'white';
    canvas.fillRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (pixel) => {
    const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = [0, 1, 2].map(at => linear(pixel[at] / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const one of document.querySelectorAll('body *:not(svg *)')) {
    if (![...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const behind = [];
    for (let up = one; up; up = up.parentElement) behind.unshift(getComputedStyle(up).backgroundColor);
    const text = light(over([...behind, getComputedStyle(one).color])), back = light(over(behind));
    const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    if (ratio < 4.5) found.push(`${one.tagName}.${one.className} ${ratio.toFixed(2)} ${one.textContent.slice(0, 30)}`);
  }
  return found;
}
"""
