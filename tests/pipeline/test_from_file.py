"""Exports that somebody has as a file: one from the real server, and those of other people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolkit import demo
from toolkit.annotations.model import Annotation
from toolkit.annotations.store import load_annotations
from toolkit.articles.raw import id_from
from toolkit.stages import setup, sync
from toolkit.studio.client import Client

from .desk import Desk, tree
from .program import Result, goldkit


def counts(result: Result) -> dict[str, int]:
    """The counts of a pull or check in JSON; whatever came in, they add up."""
    found: dict[str, int] = json.loads(result.stdout)["counts"]
    annotations = found["annotations_valid"] + found["annotations_skipped"] + found["annotations_rejected"]
    assert annotations == found["annotations_in"]
    assert found["items_valid"] + found["items_rejected"] + found["items_context"] == found["items_in"]
    return found


def rules(result: Result) -> set[str]:
    return {finding["rule"] for finding in json.loads(result.stdout)["findings"]}


@pytest.fixture(scope="module")
def pulled(desk: Callable[..., Desk]) -> tuple[Desk, Path, Path]:
    """A workspace that was pulled live, and the server's own exports of the same project: JSON and JSON_MIN."""
    made = desk("to-file")
    made.push()
    demo.label(made.workspace, made.tokens, **made.address)
    sync.pull(made.workspace, **made.address)
    with made.client() as client:
        project = made.project(client).id
        return made, *(export(client, project, kind, made.root / f"{kind}.json") for kind in ("JSON", "JSON_MIN"))


def export(client: Client, project: int, kind: str, path: Path) -> Path:
    path.write_bytes(client.get_bytes(f"/api/projects/{project}/export", {"exportType": kind})[0])
    return path


def told(annotations: list[Annotation]) -> list[dict[str, Any]]:
    """The records without what says where they came from, and when the server wrote them."""
    return [one.model_dump(mode="json", exclude={"source", "updated_at"}) for one in annotations]


class TestOfTheServerItself:
    def test_the_same_records_as_from_the_live_pull(self, pulled: tuple[Desk, Path, Path]) -> None:
        """In the workspace the articles are cleaned and known; the export shows their frozen text."""
        made, full, _ = pulled
        live = list(load_annotations(made.workspace.annotations))
        result = made.run("pull", "--from-file", full, "--format", "json")
        assert result.returncode == 0
        assert "nothing that was pulled before" in result.stderr
        assert counts(result)["annotations_in"] == 24
        records = list(load_annotations(made.workspace.annotations))
        assert len({one.annotator for one in records}) == 3
        assert [without_annotator(one) for one in ordered(told(records))] == [
            without_annotator(one) for one in ordered(told(live))
        ]
        assert "@" not in result.stdout
        assert made.run("check").returncode == 0  # the snapshot of a file can be checked again
        sync.pull(made.workspace, **made.address)
        assert told(list(load_annotations(made.workspace.annotations))) == told(live)

    def test_in_a_workspace_that_knows_nothing_of_it(self, pulled: tuple[Desk, Path, Path], tmp_path: Path) -> None:
        made, full, _ = pulled
        setup.init(tmp_path, "fresh")
        result = goldkit("pull", "--from-file", full, "--format", "json", cwd=tmp_path)
        assert result.returncode == 0, result.stdout + result.stderr
        fresh = list(load_annotations(tmp_path / "exports" / "fresh" / "annotations.jsonl"))
        live = list(load_annotations(made.workspace.annotations))
        assert [without_annotator(one) for one in ordered(told(fresh))] == [
            without_annotator(one) for one in ordered(told(live))
        ]
        assert goldkit("build", cwd=tmp_path).returncode == 0

    def test_its_json_min_is_refused(self, pulled: tuple[Desk, Path, Path]) -> None:
        made, _, minimal = pulled
        before = tree(made.root)
        result = made.run("pull", "--from-file", minimal)
        assert result.returncode == 1
        assert "JSON_MIN.json: this is JSON-MIN, which holds no relations" in result.stderr
        assert "next: in Label Studio: Export, format JSON" in result.stderr
        assert tree(made.root) == before


def ordered(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(records, key=lambda one: (one["article_id"], one["lead_time"], json.dumps(one["mentions"])))


def without_annotator(record: dict[str, Any]) -> dict[str, Any]:
    """An export may name its annotators by numbers where the server gives e-mail addresses."""
    return {key: value for key, value in record.items() if key != "annotator"}


TEXT = "Ana Quill lives in Port Sarrel, said Teo Quill. 🚢 She left on Friday."


def region(id: str, quote: str, label: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    value = {"start": start, "end": start + len(quote), "text": quote, "labels": [label]}
    return {"id": id, "from_name": "label", "to_name": "text", "type": "labels", "value": value} | more


def relation(head: str, tail: str, *labels: str) -> dict[str, Any]:
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": list(labels)}


def task(id: int, *annotations: Any, text: str = TEXT, **more: Any) -> dict[str, Any]:
    return {"id": id, "data": {"text": f"{text} ({id})"}, "annotations": list(annotations), "project": 1} | more


def made_by(number: int, *result: Any, **more: Any) -> dict[str, Any]:
    return {"id": number, "completed_by": number, "result": list(result), "was_cancelled": False} | more


ANA, PORT, TEO = region("a", "Ana Quill", "Person"), region("p", "Port Sarrel", "Town"), region("t", "Teo Quill", "Who")

FOREIGN = [
    task(
        1,
        made_by(7, ANA, PORT, TEO, relation("a", "p", "lives-in"), relation("a", "t", "kin")),
        made_by(8, ANA, was_cancelled=True),
        drafts=[{"result": [ANA]}],
        predictions=[{"result": [PORT]}],
    ),
    task(2, made_by(7, TEO, region("w", "She", "Who"))),
    task(3),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    setup.init(tmp_path, "foreign")
    return tmp_path


def take(workspace: Path, content: Any, *options: str | Path) -> Result:
    path = workspace / "theirs.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return goldkit("pull", "--from-file", path, *options, "--format", "json", cwd=workspace)


def records(workspace: Path) -> list[Annotation]:
    return list(load_annotations(workspace / "exports" / "foreign" / "annotations.jsonl"))


class TestOfOtherPeople:
    def test_unknown_names_are_told_with_the_line_to_add(self, workspace: Path) -> None:
        (workspace / "map.yaml").write_text("labels: {Person: PERSON, Town: GPE}\nrelations: {lives-in: located_in}\n")
        result = take(workspace, FOREIGN, "--mapping", "map.yaml")
        assert result.returncode == 3
        found = json.loads(result.stdout)["findings"]
        told = {(one["rule"], one["message"]): one["next"] for one in found}
        assert told["unknown-label", "'Who' is not known here; it was used 3 times"].endswith(
            "under labels: “Who: NAME OF OURS”"
        )
        assert ("unknown-relation", "'kin' is not known here; it was used 1 times") not in told  # its end is gone
        assert counts(result)["items_rejected"] == 5

        (workspace / "map.yaml").write_text(
            "labels: {Person: PERSON, Town: GPE, Who: PERSON}\nrelations: {lives-in: located_in, kin: personal}\n"
        )
        again = take(workspace, FOREIGN, "--mapping", "map.yaml")
        assert again.returncode == 0, again.stdout
        assert (counts(again)["items_valid"], counts(again)["items_rejected"]) == (7, 1)  # one of skipped work
        assert (counts(again)["drafts"], counts(again)["predictions"], counts(again)["annotations_skipped"]) == (
            1,
            1,
            1,
        )
        by_article = {(one.article_id, one.skipped): one for one in records(workspace)}
        one = by_article[id_from(FOREIGN[0]["data"]["text"]), False]
        assert [(it.text, it.labels) for it in one.mentions] == [
            ("Ana Quill", ("PERSON",)),
            ("Port Sarrel", ("GPE",)),
            ("Teo Quill", ("PERSON",)),
        ]
        assert {(link.type, link.head, link.tail) for link in one.relations} == {
            ("located_in", "a", "p"),
            ("personal", "a", "t"),
        }
        assert one.layers == ("entities", "relations")

    def test_without_a_mapping_file_one_is_proposed(self, workspace: Path) -> None:
        result = take(workspace, FOREIGN)
        assert result.returncode == 3
        assert counts(result)["items_valid"] == 0
        assert any("mapping.yaml" in one["place"].get("file", "") for one in json.loads(result.stdout)["findings"])

    def test_a_mapping_that_leads_nowhere(self, workspace: Path) -> None:
        (workspace / "map.yaml").write_text("labels: {Person: PERSN}\n")
        before = tree(workspace)
        result = take(workspace, FOREIGN, "--mapping", "map.yaml")
        assert result.returncode == 1
        assert "map.yaml: not valid" in result.stderr
        assert "Person: PERSN is not one of" in result.stderr
        (workspace / "theirs.json").unlink()
        assert tree(workspace) == before

    def test_as_it_was_before_1_0(self, workspace: Path) -> None:
        old = {"id": 1, "data": {"text": TEXT}, "completions": [{"id": 3, "created_username": "kim", "result": [ANA]}]}
        (workspace / "map.yaml").write_text("labels: {Person: PERSON}\n")
        result = take(workspace, [old], "--mapping", "map.yaml")
        assert (result.returncode, counts(result)["items_valid"]) == (0, 1)
        assert "kim" not in (workspace / "exports" / "foreign" / "annotations.jsonl").read_text(encoding="utf-8")

    def test_as_published_with_hypertext(self, workspace: Path) -> None:
        """HyperText counts per node and in UTF-16 units: nothing of it is taken, nothing is lost from the counts."""
        hyper = region("h", "Ana Quill", "PERSON", type="hypertextlabels")
        hyper["value"] |= {"start": "/p[1]/text()[1]", "startOffset": 0, "end": "/p[1]/text()[1]", "endOffset": 9}
        known = [region(one["id"], one["value"]["text"], label) for one, label in ((ANA, "PERSON"), (PORT, "GPE"))]
        result = take(workspace, [task(1, made_by(1, hyper, *known, relation("h", "p", "located_in")))])
        assert result.returncode == 3
        assert rules(result) == {"unknown-control", "rejected-dependency"}
        assert (counts(result)["items_valid"], counts(result)["items_rejected"]) == (2, 2)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            ('[{"id": 1, "data": {"text": "a"}, "annotations": [}]', "theirs.json:1: "),
            ("", "not a JSON export"),
            ("[]", "no tasks in it"),
            ('{"id": 1}', "one object, not the list"),
            ('[{"data": {"text": "a"}}]', "tasks without annotations"),
            ('[{"id": 1, "annotations": [{"result": []}], "data": {"image": 7}}]', "task 1: its text is not in 'text'"),
            ("\ufeff[]", "no tasks in it"),
        ],
    )
    def test_what_cannot_be_read_leaves_no_trace(self, workspace: Path, content: str, why: str) -> None:
        before = tree(workspace)
        result = take(workspace, content)
        assert (result.returncode, result.stdout) == (1, "")
        assert why in result.stderr
        assert "theirs.json" in result.stderr
        assert "\nnext: " in result.stderr
        assert "Traceback" not in result.stderr
        (workspace / "theirs.json").unlink()
        assert tree(workspace) == before

    @pytest.mark.parametrize(
        ("name", "why"), [(".", "neither brat (.ann) nor CoNLL"), ("nowhere.json", "nowhere.json: no such file")]
    )
    def test_no_file_there(self, workspace: Path, name: str, why: str) -> None:
        before = tree(workspace)
        result = goldkit("pull", "--from-file", name, cwd=workspace)
        assert result.returncode == 1
        assert why in result.stderr
        assert "\nnext: goldkit pull --from-file" in result.stderr
        assert tree(workspace) == before

    @pytest.mark.parametrize(
        "content",
        [
            [None, 3, "x", task(1, None, 3, "x", made_by(1, None, 3, "x", {}))],
            [task(1, made_by(1, {"type": "labels", "id": 5}, {"type": "relation"}, {"type": "choices", "id": "a"}))],
            [task(1, {"result": None}, {"result": {"type": "labels"}}, {"completed_by": {"id": 4}, "result": "x"})],
            [{"id": 1, "data": {"text": " "}, "annotations": [made_by(1)]}, task(2, made_by(1))],
            [task(1, made_by(1, ANA), made_by(1, PORT)), task(1, made_by(1, TEO))],
            [{"annotations": 7, "data": {"text": "a"}}, {"annotations": [made_by(1)], "data": None}],
        ],
    )
    def test_whatever_it_holds_the_counts_add_up(self, workspace: Path, content: list[Any]) -> None:
        result = take(workspace, content)
        assert "Traceback" not in result.stderr
        assert result.returncode in (0, 3), result.stderr
        counts(result)


BIOGRAPHIES = """
name: biographies
version: 1.0.0
entities:
  - {name: PERSON, definition: A person., colour: "#112233"}
  - {name: ORGANIZATION, definition: A body., colour: "#223344"}
values:
  - {name: DATETIME, definition: A time., colour: "#334455"}
relations:
  - {name: lived_in, definition: Where., head: [PERSON], tail: [ORGANIZATION]}
  - {name: born_at, definition: When., head: [PERSON], tail: [DATETIME]}
  - {name: died_at, definition: When., head: [PERSON], tail: [DATETIME]}
  - {name: other, definition: Whatever., head: [ORGANIZATION], tail: [DATETIME]}
"""
THEIR_NAMES = """
labels: {Person: PERSON, Organization: ORGANIZATION, Datetime: DATETIME}
relations:
  {"bio:lived_in:loc": lived_in, "bio:born_at:time": born_at, "bio:died_at:time": died_at, "rel:other:per": other}
"""


class TestRealOnes:
    @pytest.fixture
    def exports(self, shared_data: Path) -> Path:
        return shared_data / "label-studio-exports"

    def test_every_span_and_relation(self, exports: Path, workspace: Path) -> None:
        (workspace / "configs" / "ontology.yaml").write_text(BIOGRAPHIES, encoding="utf-8")
        (workspace / "map.yaml").write_text(THEIR_NAMES, encoding="utf-8")
        full = exports / "testing_ls_full.json"
        result = goldkit("pull", "--from-file", full, "--mapping", "map.yaml", "--format", "json", cwd=workspace)
        assert result.returncode == 0, result.stdout
        assert counts(result)["items_valid"] == 20
        found = records(workspace)
        assert (sum(len(one.mentions) for one in found), sum(len(one.relations) for one in found)) == (13, 7)
        built = goldkit("build", "--format", "json", cwd=workspace)
        assert built.returncode == 0, built.stderr
        assert (json.loads(built.stdout)["rows"]["relations"], json.loads(built.stdout)["rows"]["entities"]) == (7, 2)

    def test_json_min(self, exports: Path, workspace: Path) -> None:
        before = tree(workspace)
        result = goldkit("pull", "--from-file", exports / "testing_ls.json", cwd=workspace)
        assert result.returncode == 1
        assert "JSON-MIN" in result.stderr
        assert tree(workspace) == before
