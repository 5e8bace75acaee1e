"""The annotator's screen: what must hold for a person to work at it all day."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from toolkit import samples
from toolkit.annotations.codec import encode
from toolkit.articles.model import Article
from toolkit.ontology.model import Ontology
from toolkit.spans import Span
from toolkit.stages import ingest, setup, sync
from toolkit.studio import tasks
from toolkit.studio.annotate import submit_annotation
from toolkit.studio.projects import require_project
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

from .screen import Screen

SHOWN = "harbour-01-meridian"  # the article in the README's pictures
ARABIC = "harbour-05-sada-ar"


@dataclass(frozen=True)
class Desk:
    """A project with the sample articles, and amina's work on one of them."""

    project: int
    tasks: dict[str, int]
    articles: dict[str, Article]
    ontology: Ontology


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, studio: Credentials) -> Desk:
    root = tmp_path_factory.mktemp("desk")
    setup.init(root, "desk")
    workspace = Workspace(root)
    ingest.add_articles(workspace, [samples.ARTICLES])
    sync.push(workspace, url=studio.url, token=studio.token)
    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    with sync.connected(workspace, studio.url, studio.token, lambda line: None) as client:
        project = require_project(client, "desk", workspace.project.studio.projects[0])
        ids = {task["data"]["article_id"]: task["id"] for task in tasks.of_articles(client, project.id, list(articles))}
    work = next(one for one in samples.work("amina", articles, ontology) if one.article_id == SHOWN)
    submit_annotation(studio.url, studio.token, ids[SHOWN], encode(work, ontology), work.lead_time)
    return Desk(project.id, ids, articles, ontology)


def picture(screen: Screen, repository: Path, name: str) -> None:
    """Keep a picture for the README, when asked to."""
    if os.environ.get("GOLDKIT_UPDATE_DOCS"):
        screen.page.wait_for_timeout(700)  # Label Studio draws its arrows a moment later
        screen.page.screenshot(path=repository / "docs" / "images" / f"{name}.png")


def _at_rest(lines: Locator) -> list[Any]:
    """Where the lines are when the page has stopped arranging itself."""
    before: list[Any] = []
    while not before or before != (now := [line.bounding_box() for line in lines.all()]):
        before = [line.bounding_box() for line in lines.all()]
        lines.page.wait_for_timeout(300)
    return now


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_text_stays_where_it_is_when_the_questions_appear(
    theme: str, desk: Desk, annotator: Callable[..., Screen], repository: Path
) -> None:
    screen = annotator(dark=theme == "dark", height=900)
    screen.open(desk.project, desk.tasks[SHOWN])
    expect(screen.page.locator("html")).to_have_attribute("data-color-scheme", theme)
    lines = screen.page.locator(".lsf-richtext__line")
    before = _at_rest(lines)
    assert not screen.page.get_by_text("How sure is it put?").is_visible()
    text = desk.articles[SHOWN].text
    claim = next(one for one in samples.work("amina", desk.articles, desk.ontology) if one.article_id == SHOWN).claims[
        0
    ]
    assert claim.span.of(text) == claim.text
    screen.select(claim.span)
    expect(screen.page.get_by_text("How sure is it put?")).to_be_visible()
    assert [line.bounding_box() for line in lines.all()] == before
    picture(screen, repository, f"screen-{theme}")


@pytest.mark.parametrize("width", [1280, 1600])
def test_the_labels_stay_in_sight_and_nothing_is_cut_off(
    width: int, desk: Desk, annotator: Callable[..., Screen]
) -> None:
    screen = annotator(width=width, height=700)
    screen.open(desk.project, desk.tasks["memorandum-02-courier"])
    labels = screen.page.locator(".gk-labels")
    screen.page.locator(".lsf-richtext__line").last.scroll_into_view_if_needed()
    expect(labels).to_be_in_viewport(ratio=1)
    overflow = "element => element.scrollWidth - element.clientWidth"
    assert int(screen.page.locator(".gk-page").evaluate(overflow)) <= 0


def test_a_claim_is_not_handed_in_without_its_answers(desk: Desk, annotator: Callable[..., Screen]) -> None:
    screen = annotator()
    keys = dict(desk.ontology.hotkeys)
    article_id = "dam-04-courier"
    text = desk.articles[article_id].text
    claim = Span(0, text.index(" ", 40))
    screen.open(desk.project, desk.tasks[article_id])
    screen.label(keys["CLAIM"], claim)
    posted: list[str] = []
    screen.page.on("request", lambda sent: posted.append(sent.url) if sent.method == "POST" else None)
    screen.submit_button.click()
    expect(screen.page.get_by_text("please answer").first).to_be_visible()
    assert not [url for url in posted if url.endswith("/annotations/")]


def test_an_arabic_article_runs_from_right_to_left(desk: Desk, annotator: Callable[..., Screen]) -> None:
    screen = annotator()
    screen.open(desk.project, desk.tasks[ARABIC])
    column = screen.page.locator(".lsf-htx-richtext").bounding_box()
    assert column is not None
    short = "element => { const box = element.getClientRects(); return box[box.length - 1].right; }"
    line = screen.page.locator(".lsf-richtext__line").first
    assert abs(float(line.evaluate(short)) - (column["x"] + column["width"])) < 2


def test_the_guidelines_are_the_instructions(desk: Desk, annotator: Callable[..., Screen], repository: Path) -> None:
    screen = annotator(height=900)
    screen.open(desk.project, desk.tasks[SHOWN])
    screen.page.get_by_role("button", name="Instructions").click()
    expect(screen.page.get_by_role("heading", name="Entities and values")).to_be_visible()
    picture(screen, repository, "instructions")
