"""The main job by hand: an annotator labels in the browser, and the dataset holds exactly that."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sweep import examples

from toolkit import samples
from toolkit.articles.model import Article
from toolkit.ontology.model import Ontology
from toolkit.spans import Span
from toolkit.stages import ingest, setup, sync
from toolkit.stages.build import build
from toolkit.studio import tasks
from toolkit.studio.projects import require_project
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

from .screen import Screen

ANSWERS = {"attribution": "indirect", "certainty": "probable", "kind": "event", "check_worthy": "yes"}
OF_THE_SAMPLES = (
    "harbour-03-fastnews",  # an emoji and a tab
    "harbour-05-sada-ar",  # right to left
    "dam-02-sada",
    "memorandum-01-meridian",
)

# What goes wrong elsewhere: characters of two UTF-16 units, joined emoji, combining accents, no-break and zero-width
# spaces, tabs, Windows newlines, a markup sign, and a line that runs from right to left.
ODD = (
    "🚢🚢 Zoe\u0301 Quill\u00a0Ashe 👩‍🚒 of\tPort\tGuild reported & denied <b>that</b>\r\n"
    "40\u00a0boats 🇵🇹 had left\tthe bay before dawn\r\n"
    "\r\n"
    "وقال أنسل دراي إن كتائب المد غادرت الميناء قبل الفجر\r\n"
    "\u200bLast\u2028line 𝔊𝔬𝔩𝔡 end"
)


@dataclass(frozen=True)
class Plan:
    """What the annotator will label in an article: offsets in its frozen text."""

    person: Span
    organization: Span
    cue: Span
    claim: Span
    rtl: bool = False
    alone: Sequence[Span] = field(default=())  # further mentions, ORGANIZATION, left to right


def plan(text: str) -> Plan:
    """Pick words from an article's longest line, whatever it says."""
    lines = list(re.finditer(r"[^\n]+", text))
    line = max(lines, key=lambda found: len(found[0]))
    words = [
        Span(line.start() + found.start(), line.start() + found.end()) for found in re.finditer(r"[^\W\d_]+", line[0])
    ]
    assert len(words) > 16, "too short a line to label"
    return Plan(
        person=Span(words[0].start, words[1].end),
        organization=words[3],
        cue=words[5],
        claim=Span(words[7].start, words[15].end),
        rtl="\u0590" <= text[words[0].start] <= "\u08ff",
    )


def odd_plan(text: str) -> Plan:
    def of(quote: str) -> Span:
        return Span(text.index(quote), text.index(quote) + len(quote))

    return Plan(
        person=of("Zoé Quill\u00a0Ashe"),
        organization=of("Port\tGuild"),
        cue=of("reported & denied <b>"),
        claim=of("40\u00a0boats 🇵🇹 had left\tthe bay"),
        alone=[of("👩‍🚒"), of("𝔊𝔬𝔩𝔡"), of("Last\u2028line")],
    )


@pytest.fixture
def ontology(repository: Path) -> Ontology:
    from toolkit.ontology.load import load_ontology

    return load_ontology(repository / "configs" / "ontology.yaml")


@pytest.fixture
def workspace(tmp_path: Path, request: pytest.FixtureRequest) -> Workspace:
    setup.init(tmp_path, request.node.name.removeprefix("test_")[:40])
    return Workspace(tmp_path)


def labelled(screen: Screen, project: int, task: int, wanted: Plan, ontology: Ontology) -> None:
    """Label one article with keys and mouse, all that ``wanted`` says, and submit it."""
    keys = dict(ontology.hotkeys)
    screen.open(project, task)
    screen.label(keys["PERSON"], wanted.person, rtl=wanted.rtl)
    screen.label(keys["ORGANIZATION"], wanted.organization, rtl=wanted.rtl)
    screen.label(keys["CUE"], wanted.cue, rtl=wanted.rtl)
    screen.label(keys["CLAIM"], wanted.claim, rtl=wanted.rtl)
    for span in wanted.alone:
        screen.label(keys["ORGANIZATION"], span)
    screen.answer(wanted.claim, *(keys[f"{question}={answer}"] for question, answer in ANSWERS.items()))
    screen.relate(wanted.person, wanted.organization, "member_of")
    screen.relate(wanted.claim, wanted.person, "claimed_by")
    screen.relate(wanted.claim, wanted.cue, "cued_by")
    screen.submit()


_LOAD = """
import json, sys
from datasets import load_dataset

def named(config):
    splits = load_dataset(sys.argv[1], config)
    def names(feature, value):
        if value is None: return None
        if hasattr(feature, "int2str"): return feature.int2str(value)
        if isinstance(feature, dict): return {key: names(feature[key], item) for key, item in value.items()}
        if hasattr(feature, "feature"): return [names(feature.feature, item) for item in value]
        return value
    return [names(dict(table.features), row) for table in splits.values() for row in table]

json.dump({config: named(config) for config in ("entities", "relations", "claims")}, sys.stdout)
"""


def loaded(folder: Path, cache: Path) -> dict[str, list[dict[str, Any]]]:
    """The dataset as a stranger loads it: in a new process, with nothing cached, offline."""
    environment = os.environ | {"HF_HOME": str(cache), "HF_HUB_OFFLINE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", _LOAD, str(folder)], capture_output=True, text=True, check=True, env=environment
    )
    rows: dict[str, list[dict[str, Any]]] = json.loads(result.stdout)
    return rows


def span_of(item: Mapping[str, Any]) -> tuple[int, int, str]:
    return item["start"], item["end"], item["text"]


def quoted(article: Article, span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.of(article.text)


def label_and_compare(
    workspace: Workspace,
    studio: Credentials,
    screen: Screen,
    ontology: Ontology,
    plans: Mapping[str, Plan],
) -> None:
    """Push, label what the plans say, pull, build, load; then the dataset holds that and nothing else."""
    articles = ingest.articles(workspace)
    there = {"url": studio.url, "token": studio.token}
    sync.push(workspace, **there)
    with sync.connected(workspace, studio.url, studio.token, lambda line: None) as client:
        project = require_project(client, workspace.project.name, workspace.project.studio.projects[0])
        ids = {task["data"]["article_id"]: task["id"] for task in tasks.of_articles(client, project.id, list(plans))}
    for article_id, wanted in plans.items():
        labelled(screen, project.id, ids[article_id], wanted, ontology)
        assert screen.text == articles[article_id].text

    checked = sync.pull(workspace, **there)
    assert checked.findings == ()
    assert checked.collected.counts.items_rejected == 0
    rows = loaded(build(workspace).folder, workspace.root / "cache")

    entities = {row["article_id"]: row for row in rows["entities"]}
    relations = {row["article_id"]: row for row in rows["relations"]}
    claims = {row["article_id"]: row for row in rows["claims"]}
    assert entities.keys() == relations.keys() == claims.keys() == plans.keys()
    assert len(rows["relations"]) == len(rows["claims"]) == len(plans)
    for article_id, wanted in plans.items():
        article = articles[article_id]
        found = {(entity["label"], *span_of(entity)) for entity in entities[article_id]["entities"]}
        organizations = [wanted.organization, *wanted.alone]
        assert found == {
            ("PERSON", *quoted(article, wanted.person)),
            *(("ORGANIZATION", *quoted(article, span)) for span in organizations),
        }
        relation = relations[article_id]
        assert (relation["type"], relation["modality"]) == ("member_of", "asserted")
        assert span_of(relation["head"]) == quoted(article, wanted.person)
        assert span_of(relation["tail"]) == quoted(article, wanted.organization)
        claim = claims[article_id]
        assert span_of(claim) == quoted(article, wanted.claim)
        assert {question: claim[question] for question in ANSWERS} == ANSWERS
        assert [span_of(one) for one in claim["claimants"]] == [quoted(article, wanted.person)]
        assert [span_of(one) for one in claim["cues"]] == [quoted(article, wanted.cue)]


def test_the_sample_articles(
    workspace: Workspace, studio: Credentials, annotator: Callable[..., Screen], ontology: Ontology
) -> None:
    ingest.add_articles(workspace, [samples.ARTICLES])
    articles = ingest.articles(workspace)
    wanted = OF_THE_SAMPLES[: examples(len(OF_THE_SAMPLES))]
    plans = {article_id: plan(articles[article_id].text) for article_id in wanted}
    label_and_compare(workspace, studio, annotator(), ontology, plans)


def test_text_that_breaks_offsets_elsewhere(
    workspace: Workspace, studio: Credentials, annotator: Callable[..., Screen], ontology: Ontology
) -> None:
    (workspace.root / "odd.txt").write_bytes(ODD.encode("utf-8"))
    ingest.add_articles(workspace, [workspace.root / "odd.txt"])
    text = ingest.articles(workspace)["odd"].text
    label_and_compare(workspace, studio, annotator(), ontology, {"odd": odd_plan(text)})


def test_the_seeds(
    shared_data: Path, workspace: Workspace, studio: Credentials, annotator: Callable[..., Screen], ontology: Ontology
) -> None:
    ingest.add_articles(workspace, [shared_data / "seeds"])
    articles = [*ingest.articles(workspace).items()]
    assert len(articles) == 5
    plans = {article_id: plan(article.text) for article_id, article in articles[: examples(len(articles))]}
    label_and_compare(workspace, studio, annotator(), ontology, plans)
