"""What an annotator sees who opens the claims project: the entities stand in the text, and claims link to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser.screen import Screen
from playwright.sync_api import Browser, Page, expect

from toolkit.annotations.codec import encode
from toolkit.annotations.model import Annotation, Origin
from toolkit.spans import Span
from toolkit.stages import setup, sync

from .conftest import PASSWORD
from .desk import DOMAIN, Desk

QUOTE, CLAIMANT = "on which a bus and several cars were standing", "Mirela Stoan"


@pytest.fixture(scope="module")
def made(desk: Callable[..., Desk]) -> tuple[Desk, Annotation]:
    """One article, whose entities amina labelled in the first project."""
    made = desk("seen", ("entities",), ("claims",))
    made.push()
    (work,) = [one for one in made.work("amina") if one.article_id == "dam-01-meridian"]
    work = work.model_copy(update={"claims": (), "cues": (), "relations": ()})
    made.submit("amina", made.tasks(0)[work.article_id], encode(work, setup.ontology(made.workspace)))
    sync.pull(made.workspace, **made.address)
    assert [one.new for one in made.push()] == [0, 1]
    return made, work


def test_the_entities_are_there_and_can_be_linked(made: tuple[Desk, Annotation], browser: Browser) -> None:
    desk, work = made
    label_a_claim(desk, work, browser)
    checked = sync.pull(desk.workspace, **desk.address)
    assert checked.findings == ()
    assert checked.collected.counts.items_context == len(work.mentions)
    (record,) = [one for one in checked.collected.annotations if one.layers == ("claims",)]
    (claim,) = record.claims
    (claimant,) = record.mentions
    assert (claim.text, claim.claimants, claim.origin) == (QUOTE, (claimant.id,), Origin.MANUAL)
    assert (claimant.text, claimant.labels, claimant.origin) == (CLAIMANT, ("PERSON",), Origin.CONTEXT)


def label_a_claim(desk: Desk, work: Annotation, browser: Browser) -> None:
    with desk.client() as client:
        project = desk.project(client, 1).id
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(20_000)
    screen = Screen(page, desk.studio.url)
    screen.log_in(f"boris@{DOMAIN}", PASSWORD)
    open_label_stream(page, desk.studio.url, project)
    assert shown(page) == sorted((it.start, it.end, *it.labels) for it in work.mentions)
    claim, claimant = (Span(at := screen.text.index(quote), at + len(quote)) for quote in (QUOTE, CLAIMANT))
    screen.label("a", claim)
    screen.answer(claim, "x", "shift+q", "b")
    screen.relate(claim, claimant, "claimed_by")
    screen.submit()
    page.close()


def open_label_stream(page: Page, url: str, project: int) -> None:
    """The way most annotators take: the project, then “Label All Tasks”."""
    page.goto(f"{url}/projects/{project}/data")
    page.get_by_role("button", name="Label All Tasks").click()
    expect(page.locator(".lsf-htx-richtext .lsf-richtext__line").first).to_be_visible(timeout=60_000)
    page.wait_for_function("window.Htx?.annotationStore?.selected")
    instructions = page.get_by_text("Labeling Instructions")
    page.get_by_role("button", name="Close modal").click()
    expect(instructions).to_have_count(0)


def shown(page: Page) -> list[tuple[int | str, ...]]:
    """The regions in the editor: start, end, labels."""
    result = page.evaluate("window.Htx.annotationStore.selected.serializeAnnotation()")
    regions = [one["value"] for one in result if one["type"] == "labels"]
    expect(page.locator(".lsf-htx-richtext .htx-highlight")).to_have_count(len(regions))
    return sorted((one["start"], one["end"], *one["labels"]) for one in regions)
