"""Suggestions all the way, on the real Label Studio: asked for, shown but to the control, worked on, and told apart."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pipeline.desk import Desk
from tests.sampled import sample_workspace
from toolkit import samples
from toolkit.annotations.model import Origin
from toolkit.annotations.store import load_annotations
from toolkit.files import write_jsonl
from toolkit.stages import ingest, setup, suggest, sync
from toolkit.studio import tasks
from toolkit.suggest.shown import FILE, load_shown
from toolkit.workspace import Workspace

LABELLED = ("memorandum-01-meridian", "harbour-01-meridian", "dam-01-meridian", "dam-04-courier")


@pytest.fixture
def started(desk: Callable[..., Desk], request: pytest.FixtureRequest) -> Desk:
    """A desk where four articles are labelled, and gold is carried over to the others."""
    made = desk(f"suggest-{request.node.name[5:20]}")
    settings(made, sources=[{"name": "carry", "kind": "carry-over"}], control=0.3)
    articles, ontology = ingest.articles(made.workspace), setup.ontology(made.workspace)
    work = [one for one in samples.work("amina", articles, ontology) if one.article_id in LABELLED]
    write_jsonl(made.workspace.annotations, (one.model_dump(mode="json") for one in work))
    return made


def settings(desk: Desk, **suggestions: Any) -> None:
    file = desk.root / "configs" / "project.yaml"
    there = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(there | {"suggestions": suggestions}), encoding="utf-8")


def predictions(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """What each article's task has, by article."""
    with desk.client() as client:
        pages = tasks.all_pages(client, desk.project(client).id, f"{tasks.LABELLED},data")
        return {task["data"]["article_id"]: task["predictions"] for page in pages for task in page.tasks}


def test_suggestions_are_shown_but_to_the_control_and_told_apart_afterwards(started: Desk) -> None:
    workspace = started.workspace
    made = suggest.suggest(workspace)
    assert made.answered > 0
    assert made.control > 0
    control = {id for id in ingest.articles(workspace) if suggest.in_control(workspace)(id)}

    pushed = started.push()[0]
    there = predictions(started)
    with_some = {id for id, own in there.items() if own}
    assert pushed.suggested == len(with_some) > 0
    assert with_some.isdisjoint(control)
    assert {one["model_version"] for own in there.values() for one in own} == {f"goldkit {made.version}"}
    with started.client() as client:
        assert started.project(client).model_version == f"goldkit {made.version}"
    arms = {row.article_id: row.arm for row in load_shown(workspace.suggestions / FILE)}
    assert {id for id, arm in arms.items() if arm == "suggested"} == with_some
    assert {id for id, arm in arms.items() if arm == "control"} == control

    # An annotator keeps all of it but one, and adds one: the pull tells which is which.
    id = max(with_some, key=lambda one: len(there[one][0]["result"]))
    regions = [one for one in there[id][0]["result"] if one["type"] == "labels"]
    own = {**regions[0], "id": "mine", "origin": "manual"}
    dropped, kept = regions[0], regions[1:]
    ids = {one["id"] for one in kept}
    others = [
        one
        for one in there[id][0]["result"]
        if one["type"] != "labels" and (one.get("id") in ids or {one.get("from_id"), one.get("to_id")} <= ids)
    ]
    started.submit("amina", started.tasks()[id], [own, *kept, *others])
    sync.pull(workspace, **started.address)
    (work,) = load_annotations(workspace.annotations)
    origins = {item.id: item.origin for item in work.spans()}
    assert origins["mine"] is Origin.MANUAL
    assert dropped["id"] not in origins
    assert {origins[one["id"]] for one in kept if one["id"] in origins} == {Origin.ACCEPTED}


def test_newer_suggestions_reach_what_nobody_has_begun(started: Desk) -> None:
    workspace = started.workspace
    first = suggest.suggest(workspace)
    started.push()
    before = predictions(started)
    begun = next(id for id, own in before.items() if own)
    started.submit("amina", started.tasks()[begun], [])
    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    more = [one for one in samples.work("amina", articles, ontology) if one.article_id != begun]
    write_jsonl(workspace.annotations, (one.model_dump(mode="json") for one in more))

    second = suggest.suggest(workspace)
    assert second.version != first.version
    pushed = started.push()[0]
    after = predictions(started)
    newer = {id for id, own in after.items() if f"goldkit {second.version}" in {one["model_version"] for one in own}}
    assert pushed.suggested == len(newer) > 0
    assert begun not in newer
    rows = {row.article_id: row for row in load_shown(workspace.suggestions / FILE)}
    assert {id for id, row in rows.items() if row.version == second.version} == newer
    assert rows[begun].version == first.version
    assert started.push()[0].suggested == 0
    assert predictions(started) == after
    # What was shown is still known, to be compared with what became of it.
    kept = [json.loads(line) for line in (workspace.suggestions / "carry.jsonl").read_text().splitlines()]
    assert (begun, first.version) in {(one["article_id"], one["version"]) for one in kept}


def say(desk: Desk, name: str, articles: Any) -> None:
    """Suggestions of a source for these articles, as `goldkit suggest` leaves them: their first word is a person."""
    stored = ingest.articles(desk.workspace)
    rows = []
    for id in articles:
        end = stored[id].text.index(" ")
        mention = {"id": f"{name}-{id}", "start": 0, "end": end, "text": stored[id].text[:end], "labels": ["PERSON"]}
        rows.append(
            {"article_id": id, "text_sha256": stored[id].text_sha256, "version": f"{name}-1", "mentions": [mention]}
        )
    write_jsonl(desk.workspace.suggestions / f"{name}.jsonl", rows)
    manifest = desk.workspace.suggestions / suggest.MANIFEST
    there = json.loads(manifest.read_text()) if manifest.is_file() else {}
    manifest.write_text(json.dumps(there | {name: {"version": f"{name}-1"}}))


def test_who_goes_back_to_another_source_is_shown_it_again(desk: Callable[..., Desk]) -> None:
    made = desk("suggest-back")
    every = sorted(ingest.articles(made.workspace))
    sources = [{"name": name, "kind": "command", "command": ["true"]} for name in ("one", "two")]
    say(made, "one", every[:4])
    say(made, "two", every[:3])
    for shown, suggested in (("one", 4), ("two", 3), ("one", 4)):
        settings(made, sources=sources, control=0, shown=shown)
        assert made.push()[0].suggested == suggested
        with made.client() as client:
            assert made.project(client).model_version == f"goldkit {shown}-1"
        rows = {row.article_id: (row.arm, row.version) for row in load_shown(made.workspace.suggestions / FILE)}
        assert {id: rows[id] for id in every[:3]} == dict.fromkeys(every[:3], ("suggested", f"{shown}-1"))
        assert rows[every[3]] == (("suggested", "one-1") if shown == "one" else ("none", ""))  # two says nothing of it
        assert made.push()[0].suggested == 0
    assert {len(own) for id, own in predictions(made).items() if id in every[:3]} == {2}  # nothing was sent again


def test_what_a_changed_ontology_forbids_is_not_shown(tmp_path: Path) -> None:
    workspace = sample_workspace(tmp_path)
    workspace.annotations.unlink()
    told = {"sources": [{"name": "one", "kind": "command", "command": [sys.executable, "one.py"]}], "control": 0}
    file = tmp_path / "configs" / "project.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text(encoding="utf-8")) | {"suggestions": told}))
    (tmp_path / "one.py").write_text(
        "import json, sys\n"
        "ids = [one['article_id'] for one in json.load(sys.stdin)['articles']]\n"
        "labels = {id: 'EVENT' if id.startswith('dam') else 'PERSON' for id in ids}\n"
        "said = [{'article_id': id, 'mentions': [{'start': 0, 'end': 3, 'label': labels[id]}]} for id in ids]\n"
        "json.dump({'version': '1', 'articles': said}, sys.stdout)\n"
    )
    suggest.suggest(workspace := Workspace(tmp_path))
    (wanted,), before = workspace.project.studio.projects, setup.ontology(workspace)
    plan = suggest.plan(workspace, wanted, before, None)
    assert (len(plan.arms or {}), plan.findings) == (14, ())

    after = before.model_copy(update={"entities": tuple(one for one in before.entities if one.name != "EVENT")})
    after.__dict__.pop("mention_types", None)
    plan = suggest.plan(workspace, wanted, after, None)
    left = {id for id in ingest.articles(workspace) if not id.startswith("dam")}
    assert (plan.arms or {}).keys() == left
    assert {one.place.article_id for one in plan.findings} == ingest.articles(workspace).keys() - left
