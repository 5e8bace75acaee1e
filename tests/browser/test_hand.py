"""What labelling takes: keys and clicks for mentions, claims and relations, by hand and with suggestions."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from sweep import SWEEP

from toolkit import samples
from toolkit.annotations.codec import decode
from toolkit.annotations.model import Annotation, Claim, Mention, SpanItem
from toolkit.articles.model import Article
from toolkit.files import write_jsonl
from toolkit.ontology.model import Ontology
from toolkit.stages import ingest, setup, suggest, sync
from toolkit.studio import tasks
from toolkit.studio.projects import require_project
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

from .hand import LEFT, Hand
from .screen import Screen

GOLD = ("memorandum-01-meridian", "harbour-01-meridian", "dam-01-meridian", "dam-04-courier")
"""What suggestions for the others are carried over from."""
LABELLED = ("harbour-03-fastnews", "dam-02-sada", "memorandum-02-courier", "dam-05-meridian")
KINDS = ("mention", "claim", "cue", "relation", "written answer")


@dataclass(frozen=True)
class Desk:
    """A project with the sample articles, and what is to be labelled in them."""

    project: int
    tasks: dict[str, int]
    articles: dict[str, Article]
    wanted: dict[str, Annotation]
    ontology: Ontology

    def seen(self, hand: Hand, article_id: str) -> Annotation:
        """What stands on the screen, as an annotation."""
        wanted = self.wanted[article_id]
        items = decode(hand.screen.result, self.articles[article_id].text, self.ontology)
        assert items.rejected == ()
        made = {name: getattr(items, name) for name in ("mentions", "cues", "claims", "relations")}
        return wanted.model_copy(update=made)

    def said(self, work: Annotation) -> tuple[set[Any], ...]:
        """What it says of the text, whatever its ids; what no answer means is said where there is none."""
        place = {item.id: (item.start, item.end, label_of(item)) for item in work.spans()}
        answers = {
            (place[item.id], name, item.attributes.get(name, question.default))
            for item in work.spans()
            for name, question in self.ontology.attributes_of(label_of(item)).items()
        }
        links = {(link.type, place[link.head], place[link.tail], link.modality) for link in work.relations}
        for claim in work.claims:
            for role in ("claimants", "cues", "values"):
                links |= {(role, place[claim.id], place[end], "") for end in getattr(claim, role)}
        return {*place.values()}, answers, links


def label_of(item: SpanItem) -> str:
    return item.labels[0] if isinstance(item, Mention) else "CLAIM" if isinstance(item, Claim) else "CUE"


@pytest.fixture
def desk(tmp_path: Path, studio: Credentials, request: pytest.FixtureRequest) -> Desk:
    root = tmp_path / "workspace"
    setup.init(root, f"hand-{request.param}")
    file = root / "configs" / "project.yaml"
    suggestions = {"sources": [{"name": "carry", "kind": "carry-over"}], "control": 0}
    settings = yaml.safe_load(file.read_text(encoding="utf-8")) | {"suggestions": suggestions}
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    workspace = Workspace(root)
    ingest.add_articles(workspace, [samples.ARTICLES])
    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    work = {one.article_id: one for name in samples.ANNOTATORS for one in samples.work(name, articles, ontology)}
    if request.param == "suggested":
        write_jsonl(workspace.annotations, (work[id].model_dump(mode="json") for id in GOLD))
        suggest.suggest(workspace)
    sync.push(workspace, url=studio.url, token=studio.token)
    with sync.connected(workspace, studio.url, studio.token, lambda line: None) as client:
        project = require_project(client, workspace.project.name, workspace.project.studio.projects[0])
        ids = {task["data"]["article_id"]: task["id"] for task in tasks.of_articles(client, project.id, list(articles))}
    return Desk(project.id, ids, articles, work, ontology)


@pytest.mark.parametrize("desk", ["unaided", "suggested"], indirect=True)
def test_what_labelling_takes(
    desk: Desk, annotator: Callable[..., Screen], repository: Path, request: pytest.FixtureRequest
) -> None:
    """In one article of four; in all in a sweep. GOLDKIT_UPDATE_DOCS=1 writes the figures into the page."""
    way = request.node.callspec.params["desk"]
    page = repository / "docs" / "keys.md"
    screen = annotator()
    for id in LABELLED if SWEEP else LABELLED[:1]:
        screen.open(desk.project, desk.tasks[id])
        hand = Hand(screen, desk.ontology)
        hand.make(desk.wanted[id], desk.seen(hand, id))
        assert desk.said(desk.seen(hand, id)) == desk.said(desk.wanted[id])
        for kind in ("mention", "cue", "claim", "relation"):
            assert hand.codes[kind].keys() - {"Backspace"} <= LEFT
        cells = (f"{hand.codes[kind].total() + hand.clicked[kind]} / {hand.items[kind]}" for kind in KINDS)
        row = f"| {id}, {way} | {' | '.join(cells)} |"
        if os.environ.get("GOLDKIT_UPDATE_DOCS"):
            text = page.read_text(encoding="utf-8")
            page.write_text(re.sub(rf"\| {id}, {way} \|.*", row, text), encoding="utf-8")
        assert row in page.read_text(encoding="utf-8").splitlines()
