"""Suggestions by hand: what an annotator does with them in the browser is what the report and the dataset say."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, expect

from toolkit import samples
from toolkit.annotations.codec import encode
from toolkit.annotations.model import Annotation, Origin
from toolkit.annotations.store import load_annotations
from toolkit.dataset.features import ORIGINS
from toolkit.files import load_yaml
from toolkit.ontology.model import Ontology
from toolkit.spans import Span
from toolkit.stages import gold, ingest, setup, suggest, sync
from toolkit.stages.build import build
from toolkit.stages.report import report
from toolkit.studio import tasks
from toolkit.studio.address import Address
from toolkit.studio.annotate import submit_annotation
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.projects import require_project
from toolkit.studio.server import Credentials
from toolkit.suggest.model import Suggestions
from toolkit.suggest.shown import load_suggestions
from toolkit.workspace import Workspace

from .correcting import Corrector
from .screen import Screen

LABELLED = "memorandum-01-meridian"  # has gold
CORRECTED = "memorandum-02-courier"  # an edited copy of it: claims and relations are carried over
UNTOUCHED = "harbour-01-meridian"
OPEN_BEFORE = "dam-05-meridian"
BEGUN_BEFORE = "memorandum-04-fastnews"
CONTROL = "memorandum-03-sada"  # by this seed
SETTINGS = {"sources": [{"name": "gold", "kind": "carry-over"}], "control": 0.2, "control_seed": 3}


class Office:
    """The workspace, its project in Label Studio, and the tasks in it."""

    def __init__(self, root: Path, studio: Credentials) -> None:
        setup.init(root, "suggested")
        file = root / "configs" / "project.yaml"
        file.write_text(json.dumps({**load_yaml(file), "suggestions": SETTINGS}), encoding="utf-8")
        self.workspace, self.studio = Workspace(root), studio
        assert ingest.add_articles(self.workspace, [samples.ARTICLES]).refused == 0
        self.push()
        self.articles = ingest.articles(self.workspace)
        self.ontology: Ontology = setup.ontology(self.workspace)
        with self.client() as client:
            remote = require_project(client, "suggested", self.workspace.project.studio.projects[0])
            found = tasks.of_articles(client, remote.id, list(self.articles))
            self.project, self.tasks = remote.id, {task["data"]["article_id"]: task["id"] for task in found}

    def client(self) -> Client:
        return Client(Address(self.studio.url, self.studio.token))

    def push(self) -> sync.PushedProject:
        (pushed,) = sync.push(self.workspace, url=self.studio.url, token=self.studio.token)
        return pushed

    def pull(self) -> None:
        sync.pull(self.workspace, url=self.studio.url, token=self.studio.token)

    def task(self, article_id: str) -> dict[str, Any]:
        with self.client() as client:
            task: dict[str, Any] = client.get(f"/api/tasks/{self.tasks[article_id]}/")
            return task

    def saved(self, article_id: str) -> dict[str, Any]:
        """The one annotation of an article, as Label Studio has it."""
        (annotation,) = self.task(article_id)["annotations"]
        return dict(annotation)

    def open(self, screen: Screen, article_id: str) -> Corrector:
        screen.open(self.project, self.tasks[article_id])
        return Corrector(screen)

    def at(self, article_id: str, quote: str) -> Span:
        start = self.articles[article_id].text.index(quote)
        return Span(start, start + len(quote))


@pytest.fixture
def office(tmp_path: Path, studio: Credentials) -> Office:
    """One article is labelled already, and what it gives for the others is not pushed yet."""
    made = Office(tmp_path, studio)
    (work,) = (one for one in samples.work("amina", made.articles, made.ontology) if one.article_id == LABELLED)
    submit_annotation(studio.url, studio.token, made.tasks[LABELLED], encode(work, made.ontology), work.lead_time)
    made.pull()
    suggest.suggest(made.workspace)
    return made


def picture(screen: Screen, repository: Path, name: str) -> None:
    """Keep a picture for the documentation, when asked to: without the list of tasks."""
    if os.environ.get("GOLDKIT_UPDATE_DOCS"):
        screen.page.wait_for_timeout(700)  # Label Studio draws its arrows a moment later
        clip = {"x": 240, "y": 48, "width": 1360, "height": 852}
        screen.page.screenshot(path=repository / "docs" / "images" / f"{name}.png", clip=clip)  # type: ignore[arg-type]


def regions(result: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in result if one["type"] == "labels"}


def test_what_an_annotator_makes_of_suggestions(
    office: Office, studio: Credentials, browser: Browser, annotator: Callable[..., Screen], repository: Path
) -> None:
    # Before anything is suggested: one task lies open, on another one something is done.
    early = annotator(height=900)
    assert office.open(early, OPEN_BEFORE).screen.result == []
    screen = Screen(early.page.context.new_page(), early.url)
    office.open(screen, BEGUN_BEFORE)
    key = dict(office.ontology.hotkeys)
    with screen.page.expect_response(lambda reply: "/drafts" in reply.url and reply.request.method == "POST"):
        screen.label(key["PERSON"], office.at(BEGUN_BEFORE, "Livia Corrand"))

    office.push()
    said = {one.article_id: one for one in load_suggestions(office.workspace.suggestions)}
    version = f"goldkit {said[CORRECTED].version}"
    assert BEGUN_BEFORE in said
    assert office.task(BEGUN_BEFORE)["predictions"] == []
    assert len(office.task(OPEN_BEFORE)["predictions"]) == 1
    with office.client() as client:
        assert client.get(f"/api/projects/{office.project}/")["model_version"] == version

    correct(office, screen, key, said[CORRECTED], repository)
    office.open(screen, UNTOUCHED)
    screen.submit()
    prediction = office.task(UNTOUCHED)["predictions"][0]
    untouched = office.saved(UNTOUCHED)
    assert untouched["parent_prediction"] == prediction["id"]
    assert sorted(untouched["result"], key=str_of) == sorted(prediction["result"], key=str_of)

    # Whoever had the task open sees nothing of what came, and hands in work of their own.
    early.label(key["PERSON"], office.at(OPEN_BEFORE, "Mirela Stoan"))
    early.submit()
    assert office.saved(OPEN_BEFORE)["parent_prediction"] is None

    with browser.new_context(viewport={"width": 1600, "height": 900}) as context:
        second = Screen(context.new_page(), studio.url)
        add_annotator(studio, "second@annotators.example", "a long enough password")
        second.log_in("second@annotators.example", "a long enough password")
        corrector = office.open(second, CONTROL)
        assert (corrector.screen.result, corrector.versions) == ([], [])
        second.label(key["PERSON"], office.at(CONTROL, "Hadi al-Surani"))
        second.submit()

    office.pull()
    works = {one.article_id: one for one in load_annotations(office.workspace.annotations)}
    assert works.keys() == {LABELLED, CORRECTED, UNTOUCHED, OPEN_BEFORE, CONTROL}
    told_apart(works, said)
    report_says(office, said)
    dataset_holds(office, works[CORRECTED])


def str_of(element: dict[str, Any]) -> str:
    return json.dumps(element, sort_keys=True)


def correct(office: Office, screen: Screen, key: dict[str, str], said: Suggestions, repository: Path) -> None:
    """Look at the suggestions for an article, change what is to be changed, and hand it in."""
    corrector = office.open(screen, CORRECTED)
    prediction = office.task(CORRECTED)["predictions"][0]
    assert corrector.versions == [prediction["model_version"]]
    assert regions(corrector.screen.result).keys() == {one.id for one in said.spans()}
    assert {one["origin"] for one in regions(corrector.screen.result).values()} == {"prediction"}
    picture(screen, repository, "suggestions")
    task = office.task(CORRECTED)  # to look at a task leaves nothing
    assert (task["annotations"], task["drafts"]) == ([], [])

    def at(quote: str) -> Span:
        return office.at(CORRECTED, quote)

    corrector.relabel(at("Civic Bloc"), "ARMED_GROUP", key["ARMED_GROUP"])
    corrector.move(at("General Orvin Tassel"), at("Orvin Tassel"), key["PERSON"])
    corrector.delete(at("Gulf of Meren"))
    screen.label(key["PERSON"], at("reporters"))
    screen.answer(at(CLAIM), key["certainty=possible"])
    screen.submit()
    saved = office.saved(CORRECTED)
    assert saved["parent_prediction"] == prediction["id"]
    assert saved["lead_time"] > 0
    before = {one["from_id"] + one["to_id"] for one in prediction["result"] if one["type"] == "relation"}
    after = {one["from_id"] + one["to_id"] for one in saved["result"] if one["type"] == "relation"}
    gone = next(one.id for one in said.mentions if one.text == "General Orvin Tassel")
    assert after == {ends for ends in before if gone not in ends}
    assert len(before) - len(after) == 2
    expect(screen.page.get_by_test_id("bottombar-update-button")).to_be_visible()


CLAIM = "the agreement was directed against the Tide Brigades"
GONE = {"General Orvin Tassel", "Gulf of Meren"}
CHANGED = {"Civic Bloc", CLAIM}
OWN = {"Orvin Tassel", "reporters"}


def told_apart(works: dict[str, Annotation], said: dict[str, Suggestions]) -> None:
    """The pull tells what was accepted, changed and added; ids are those of the suggestions."""
    work = works[CORRECTED]
    origins = {item.id: item.origin for item in work.spans()}
    expected = {
        one.id: Origin.CHANGED if one.text in CHANGED else Origin.ACCEPTED
        for one in said[CORRECTED].spans()
        if one.text not in GONE
    }
    own = {item.id: item.text for item in work.spans() if item.id not in expected}
    assert {*own.values()} == OWN
    assert origins == expected | dict.fromkeys(own, Origin.MANUAL)
    assert work.lead_time is not None
    assert {item.origin for item in works[UNTOUCHED].spans()} == {Origin.ACCEPTED}
    assert {item.id for item in works[UNTOUCHED].spans()} == {item.id for item in said[UNTOUCHED].spans()}
    for id in (OPEN_BEFORE, CONTROL):
        assert [item.origin for item in works[id].spans()] == [Origin.MANUAL]


def report_says(office: Office, said: dict[str, Suggestions]) -> None:
    """The report counts exactly that, by source and label.

    Of the task that lay open before, it counts all that was suggested as deleted: Label Studio tells when predictions
    came, not what somebody had on the screen.
    """
    wanted: Counter[tuple[str, str]] = Counter()
    for mention in said[CORRECTED].mentions:
        fate = "deleted" if mention.text in GONE else "changed" if mention.text in CHANGED else "accepted"
        wanted[mention.labels[0], fate] += 1
    wanted["PERSON", "added"] += len(OWN)
    wanted.update((mention.labels[0], "accepted") for mention in said[UNTOUCHED].mentions)
    wanted.update((mention.labels[0], "deleted") for mention in said[OPEN_BEFORE].mentions)
    wanted["PERSON", "added"] += 1
    kept = said[CORRECTED]
    moved = next(one.id for one in kept.mentions if one.text == "General Orvin Tassel")
    for id in (CORRECTED, UNTOUCHED, OPEN_BEFORE):
        for link in said[id].relations:
            lost = moved in (link.head, link.tail) or id == OPEN_BEFORE
            wanted[link.type, "deleted" if lost else "accepted"] += 1
    wanted["CUE", "accepted"] += len(kept.cues)
    wanted["CLAIM", "accepted"] += 1
    wanted["CLAIM", "changed"] += 1

    gold.resolve(office.workspace)
    made = report(office.workspace)
    told = json.loads((made.page.parent / "report.json").read_text(encoding="utf-8"))["suggestions"]
    counted = {
        (one["label"], fate): one[fate]
        for one in told["uses"]
        for fate in ("accepted", "changed", "deleted", "added")
        if one["label"] and one[fate]
    }
    assert counted == dict(wanted)
    assert {one["version"] for one in told["uses"]} == {kept.version}
    changes = {(one["label"], change) for one in told["uses"] if one["label"] for change in one["changes"]}
    assert changes == {("ORGANIZATION", "label"), ("CLAIM", "answer")}
    assert told["labelled"]["control"] == 1
    assert told["labelled"]["suggested"] == 3


def dataset_holds(office: Office, work: Annotation) -> None:
    """The dataset holds the corrected mentions, with where each came from."""
    rows = [
        row
        for file in (build(office.workspace).folder / "entities").rglob("*.parquet")
        for row in pq.read_table(file).to_pylist()
        if row["article_id"] == CORRECTED
    ]
    (row,) = rows
    names = [*office.ontology.mention_types]
    held = {(one["start"], one["end"], names[one["label"]], ORIGINS[one["origin"]]) for one in row["entities"]}
    assert held == {(one.start, one.end, one.labels[0], one.origin.value) for one in work.mentions}
