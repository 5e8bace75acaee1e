"""A story's page in a browser: on a phone, on a desktop, in the dark and in print, with texts that mean harm."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from browser.test_report import _LOW_CONTRAST, HARM, WIDE
from playwright.sync_api import Browser, Page
from sampled import sample_workspace

from toolkit.articles.model import Article
from toolkit.gold.model import Resolution, Vote
from toolkit.links.model import (
    ClaimLink,
    ClaimValue,
    Entity,
    LinkDifference,
    LinkedClaim,
    LinkedMention,
    StoryLinks,
)
from toolkit.ontology.model import Ontology
from toolkit.report.across import story_articles
from toolkit.report.page import render_story
from toolkit.report.stories import story_page
from toolkit.stages import ingest
from toolkit.stages.gold import resolve
from toolkit.stages.setup import ontology
from toolkit.workspace import Workspace

from . import linked
from .project import ARABIC, article

WORD = "Donaudampfschiff" * 19


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return sample_workspace(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def pages(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of the sample stories, and of one in which everything means harm."""
    folder = tmp_path_factory.mktemp("pages")
    schema, articles, golds = ontology(workspace), ingest.articles(workspace), resolve(workspace).gold
    by_id = {gold.article_id: gold for gold in golds}
    found = {}
    for links in (linked.harbour(articles, golds), linked.dam(articles, golds)):
        page = story_page(links, story_articles(links, articles), by_id, schema)
        found[links.story_id] = folder / f"{links.story_id}.html"
        found[links.story_id].write_text(render_story(page), encoding="utf-8")
    found["harm"] = folder / "harm.html"
    found["harm"].write_text(_harmful(schema), encoding="utf-8")
    return found


def _harmful(schema: Ontology) -> str:
    text = f"{HARM}\n{WIDE}\n{WORD}\n{ARABIC}"
    language = 'en" onload="window.owned=1'
    texts: dict[str, Article] = {
        "a": article("a", text, title=HARM, outlet=HARM, published="2031-05-09", language=language),
        "b": article("b", text, title=WORD, outlet=WORD, published=HARM, language="ar"),
        "c": article("c", text, title=ARABIC, outlet="\u202e" + ARABIC, published="2031-05-10"),
    }

    def at(id: str, quote: str) -> dict[str, Any]:
        start = text.index(quote)
        return {"article_id": id, "start": start, "end": start + len(quote), "text": quote}

    claims = [
        LinkedClaim(
            **at(id, quote),
            claimant_names=(HARM, WORD, ARABIC),
            values=(ClaimValue(label="QUANTITY", text=quote[3:9], attributes={"iso": HARM}),),
        )
        for id in texts
        for quote in (HARM, WIDE, WORD, ARABIC)
    ]
    mentions = [LinkedMention(**at(id, quote), labels=("PERSON",)) for id in texts for quote in (HARM, WORD, ARABIC)]
    named = [
        Entity(
            id=str(number),
            name=quote,
            type="PERSON",
            wikidata="Q42",
            mentions=tuple(one.key for one in mentions if one.text == quote),
        )
        for number, quote in enumerate((HARM, WORD, ARABIC))
    ]
    first, second, third = (claims[number].key for number in (0, 4, 8))
    open = LinkDifference(
        reason=HARM,
        about=(f"{first} {second}", mentions[0].key),
        message=f"{WORD}{HARM} “{ARABIC}”: 1× equivalent, 1× supports",
        votes=(Vote(annotator=HARM, value={"entity": WORD}), Vote(annotator="ann-b", value={"type": HARM})),
    )
    links = StoryLinks(
        story_id=HARM + WORD,
        mentions=tuple(mentions),
        entities=tuple(named),
        entities_resolution=Resolution.SINGLE,
        claims=tuple(claims),
        links=(
            ClaimLink(type="contradicts", head=first, tail=second, attributes={"cause": HARM}),
            ClaimLink(type="equivalent", head=second, tail=third),
            ClaimLink(type=HARM, head=claims[1].key, tail=claims[5].key),
        ),
        differences=(open,),
    )
    return render_story(story_page(links, texts, {}, schema))


@contextmanager
def opened(browser: Browser, file: Path, width: int, scheme: Any = "light") -> Iterator[tuple[Page, list[str]]]:
    """The file at a width, and everything that the browser complains about or asks for."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, trouble = context.new_page(), []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("request", lambda request: trouble.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    yield page, trouble
    context.close()


@pytest.mark.parametrize("name", ["harbour", "dam", "harm"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_overflows_and_nothing_is_asked_for(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    with opened(browser, pages[name], width) as (page, trouble):
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        wide = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.ariaLabel)"
        assert page.locator(".scroll").evaluate_all(wide) == []
        assert trouble == []


def test_texts_stay_texts(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    """Escaping alone must hold: the policy that forbids scripts is taken out of the page."""
    bare = tmp_path / "bare.html"
    whole = pages["harm"].read_text(encoding="utf-8")
    bare.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", whole), encoding="utf-8")
    assert bare.read_text(encoding="utf-8") != whole
    with opened(browser, bare, 1280) as (page, trouble):
        assert page.evaluate("window.owned") is None
        assert page.locator("script, img, [onerror], [onload]").count() == 0
        for part in ("#timeline", "#who", "#sides", "#open"):
            shown = page.locator(part).inner_text()
            assert "window.owned = 1</script>" in shown
            assert "{{ 7*7 }}" in shown
        assert trouble == []


def test_arabic_runs_from_the_right(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["harbour"], 1280) as (page, _):
        arabic = page.locator("#sides [lang=ar].words").first
        assert arabic.evaluate("one => getComputedStyle(one).direction") == "rtl"
        assert arabic.evaluate("one => getComputedStyle(one).textAlign") == "start"


def test_what_is_quoted_in_arabic_does_not_turn_the_sentence_round(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["harm"], 1280) as (page, _):
        item = page.locator(".questions > li").first
        assert item.locator("bdi", has_text="إلكا").first.inner_text().startswith("“")
        assert "”: 1× equivalent, 1× supports" in item.inner_text()


@pytest.mark.parametrize("name", ["harbour", "dam", "harm"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser: Browser, pages: dict[str, Path], name: str, scheme: str) -> None:
    """Small text keeps 4.5 to 1 against what lies behind it (WCAG 2, level AA), by day and by night."""
    with opened(browser, pages[name], 1280, scheme) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark is (scheme == "dark")
        assert page.evaluate(_LOW_CONTRAST) == []


def test_on_a_phone_a_row_stands_below_the_other_and_names_its_outlets(
    browser: Browser, pages: dict[str, Path]
) -> None:
    for width, beside in ((1280, True), (390, False)):
        with opened(browser, pages["harbour"], width) as (page, _):
            cells = page.locator("#version-1a td:not(.none)")
            first, second = (cells.nth(number).bounding_box() for number in (0, 1))
            assert first is not None
            assert second is not None
            assert (first["y"] == second["y"]) is beside
            assert cells.first.locator(".outlet").is_visible() is not beside


@pytest.mark.parametrize("width", [390, 1280])
def test_a_screen_reader_meets_tables(browser: Browser, pages: dict[str, Path], width: int) -> None:
    """Roles hold where the tables are laid out as blocks; what is a mark for the eye is not read out."""
    with opened(browser, pages["harbour"], width) as (page, _):
        version = page.get_by_role("row").filter(has=page.locator("#claim-1"))
        assert version.get_by_role("rowheader").count() == 1
        assert page.get_by_role("columnheader", name="Fast News").count() >= 3
        assert "≠" not in page.locator("#version-1a").aria_snapshot()
        assert "contradicts" in page.locator("#version-1a").aria_snapshot()


def test_links_within_the_page_lead_to_what_they_name(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["dam"], 1280) as (page, _):
        page.locator("#version-1a a", has_text="1b").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("location.hash === '#version-1b'", timeout=5_000)
        assert page.locator("#version-1b:target").is_visible()


def test_a_claim_opens_in_its_article(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["dam"], 390) as (page, _):
        claim = page.locator(".claim").first
        mark = claim.locator("mark")
        assert not mark.is_visible()
        claim.locator("summary").press("Enter")
        mark.wait_for(state="visible", timeout=5_000)
        assert mark.inner_text() == claim.locator(".words").inner_text()


def test_on_paper_it_is_light_and_nothing_that_only_one_outlet_names_is_folded(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["harbour"], 1280, "dark") as (page, _):
        rare = page.locator("#who details table")
        assert not rare.is_visible()
        page.emulate_media(media="print", color_scheme="dark")
        rare.wait_for(state="visible", timeout=5_000)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.locator("nav").is_visible()
        assert page.locator(".claim details").first.is_hidden()  # a page of paper would not hold two versions
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 1280


def test_the_picture_in_the_docs(browser: Browser, pages: dict[str, Path], repository: Path) -> None:
    """Four outlets on one screen; kept when asked to."""
    with opened(browser, pages["dam"], 1280) as (page, _):
        topic = page.locator(".topic").first
        assert topic.locator("tr.version").count() == 4
        if os.environ.get("GOLDKIT_UPDATE_DOCS"):
            page.set_viewport_size({"width": 1280, "height": 3000})
            box = topic.bounding_box()
            assert box is not None
            edge = {"x": box["x"] - 24, "y": box["y"] - 20, "width": box["width"] + 48, "height": box["height"] + 40}
            page.screenshot(path=repository / "docs" / "images" / "story.png", full_page=True, clip=edge)
