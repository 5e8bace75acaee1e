"""Annotated corpora as JSON lines: a real one, our own export on its way back, and files that cannot be read."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from toolkit import samples
from toolkit.annotations.model import Annotation
from toolkit.annotations.store import load_annotations
from toolkit.articles.store import load
from toolkit.dataset.formats.names import Target
from toolkit.dataset.opened import Opened, open_dataset
from toolkit.files import write_jsonl
from toolkit.project import LAYERS
from toolkit.stages import export as stages
from toolkit.stages import ingest, setup
from toolkit.workspace import Workspace

from .desk import tree
from .program import Result, goldkit

EVENTS = """
name: news_events
version: 1.0.0
entities:
  - {name: PERSON, definition: A person., colour: "#112233"}
  - {name: ORGANIZATION, definition: A body., colour: "#223344"}
  - {name: LOCATION, definition: A place., colour: "#334455"}
  - {name: OBJECT, definition: A thing., colour: "#445566"}
  - {name: EVENT, definition: What happened., colour: "#556677"}
values:
  - {name: DATETIME, definition: A time., colour: "#667788"}
"""
# Each type of theirs by its beginning; the longer beginnings first.
OURS = {
    "HUMAN_PART_PER": "PERSON",
    "HUMAN_PART_GENERIC": "PERSON",
    "HUMAN_PART": "ORGANIZATION",
    "NON_HUMAN": "OBJECT",
    "LOC": "LOCATION",
    "TIME": "DATETIME",
    "ACTION": "EVENT",
    "NEG_ACTION": "EVENT",
}
TEXT = "Ana Quill left Port Sarrel 🚢 on Friday."


def counts(result: Result) -> dict[str, int]:
    """The counts of a pull; whatever came in, they add up."""
    found: dict[str, int] = json.loads(result.stdout)["counts"]
    annotations = found["annotations_valid"] + found["annotations_skipped"] + found["annotations_rejected"]
    assert annotations == found["annotations_in"]
    assert found["items_valid"] + found["items_rejected"] + found["items_context"] == found["items_in"]
    return found


def records(workspace: Workspace) -> list[Annotation]:
    return list(load_annotations(workspace.annotations))


def write(path: Path, *lines: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    path.write_text(content, encoding="utf-8")
    return path


def span(quote: str, label: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {"start": start, "end": start + len(quote), "text": quote, "label": label, **more}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    setup.init(tmp_path, "lines")
    return Workspace(tmp_path)


def pull(workspace: Workspace, path: Path, *options: str | Path) -> Result:
    return goldkit("pull", "--from-file", path, *options, "--format", "json", cwd=workspace.root)


def built(workspace: Workspace) -> Opened:
    result = goldkit("build", cwd=workspace.root)
    assert result.returncode == 0, result.stdout + result.stderr
    return open_dataset(workspace.dataset(workspace.project.dataset.version))


class TestEcbPlus:
    """146 articles with 1,513 mentions; 18 are marked as not contiguous there, and have the span from end to end."""

    @pytest.fixture
    def corpus(self, shared_data: Path) -> Path:
        return shared_data / "ecbplus" / "ecbplus-topics-1-8.jsonl"

    def test_every_mention_is_in_the_dataset(self, corpus: Path, workspace: Workspace) -> None:
        workspace.ontology.write_text(EVENTS, encoding="utf-8")
        lines = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
        labels = {
            kind: next(ours for start, ours in OURS.items() if kind.startswith(start))
            for kind in sorted({mention["type"] for line in lines for mention in line["mentions"]})
        }
        mapping = write(workspace.root / "map.yaml", json.dumps({"labels": labels}))  # JSON is YAML
        result = pull(workspace, corpus, "--mapping", mapping)
        assert result.returncode == 0, result.stdout
        found = counts(result)
        assert (found["tasks"], found["annotations_valid"]) == (146, 146)
        assert (found["items_in"], found["items_valid"], found["items_rejected"]) == (1513, 1513, 0)
        assert {one.layers for one in records(workspace)} == {("entities",)}
        assert Counter(it.meta["contiguous"] for one in records(workspace) for it in one.mentions) == {
            True: 1495,
            False: 18,
        }

        opened = built(workspace)
        assert (opened.count("documents"), opened.count("entities")) == (146, 146)
        tables = [(row["article_id"], it) for row in opened.named("entities") for it in row["entities"]]
        told = [
            (line["doc_id"].replace("/", "-"), it["start"], it["end"], labels[it["type"]], it["text"])
            for line in lines
            for it in line["mentions"]
        ]
        assert Counter((id, it["start"], it["end"], it["label"], it["text"]) for id, it in tables) == Counter(told)
        assert Counter(it["label"] for _, it in tables) == {
            "EVENT": 571 + 71 + 48 + 11 + 7 + 7 + 5 + 1,
            "PERSON": 301 + 3,
            "OBJECT": 120 + 5,
            "LOCATION": 102 + 25,
            "DATETIME": 95 + 29 + 22 + 3,
            "ORGANIZATION": 80 + 5 + 2,
        }
        originals = {one.article.metadata["original_id"] for one in load(workspace.articles).values()}
        assert originals == {line["doc_id"] for line in lines}

    def test_without_a_mapping_all_is_rejected_and_each_name_told_once(
        self, corpus: Path, workspace: Workspace
    ) -> None:
        result = pull(workspace, corpus)
        assert result.returncode == 3
        assert (counts(result)["items_valid"], counts(result)["items_rejected"]) == (0, 1513)
        told = [finding["message"] for finding in json.loads(result.stdout)["findings"]]
        assert len(told) == len({*told}) == 21
        assert "'ACTION_OCCURRENCE' is not known here; it was used 571 times" in told


def test_two_mentions_on_one_span_and_nested_ones_are_all_in_the_dataset(workspace: Workspace) -> None:
    spans = [
        span("Ana Quill", "PERSON"),
        span("Ana Quill", "ORGANIZATION"),
        span("Port Sarrel", "GPE", id="p"),
        span("Port Sarrel", "FACILITY", id="p"),
        span("Sarrel", "GPE"),
        span("left Port Sarrel 🚢", "EVENT"),
    ]
    result = pull(workspace, write(workspace.root / "amina.jsonl", {"id": "d", "text": TEXT, "mentions": spans}))
    assert (result.returncode, counts(result)["items_in"], counts(result)["items_valid"]) == (0, 6, 6), result.stdout
    (row,) = built(workspace).named("entities")
    assert sorted((it["text"], it["label"]) for it in row["entities"]) == [
        ("Ana Quill", "ORGANIZATION"),
        ("Ana Quill", "PERSON"),
        ("Port Sarrel", "FACILITY"),
        ("Port Sarrel", "GPE"),
        ("Sarrel", "GPE"),
        ("left Port Sarrel 🚢", "EVENT"),
    ]


class TestOurOwnExport:
    @pytest.fixture
    def exported(self, tmp_path: Path) -> Path:
        """The sample articles' gold, as `goldkit export --to jsonl` writes it."""
        origin = tmp_path / "origin"
        setup.init(origin, "origin")
        workspace = Workspace(origin)
        assert ingest.add_articles(workspace, [samples.ARTICLES]).refused == 0
        articles, schema = ingest.articles(workspace), setup.ontology(workspace)
        works = [one for name in samples.ANNOTATORS for one in samples.work(name, articles, schema)]
        amina = [one for one in works if one.annotator == "amina" and not one.skipped]
        # Of one article no entities were asked for: its relations and claims bring their ends along.
        amina[0] = amina[0].model_copy(update={"layers": ("relations", "claims")})
        write_jsonl(workspace.annotations, (one.model_dump(mode="json") for one in amina))
        built(workspace)
        return export(workspace)

    def test_comes_back_through_a_new_workspace(self, exported: Path, workspace: Workspace) -> None:
        result = pull(workspace, exported)
        assert (result.returncode, counts(result)["items_rejected"]) == (0, 0), result.stdout
        built(workspace)
        first, again = lines_of(exported), lines_of(export(workspace))
        assert first.keys() == again.keys()
        assert [again[id] for id in first] == [*first.values()]
        whole = [line for line in first.values() if line["layers"] == list(LAYERS)]
        assert len(whole) > 5
        assert sum(len(line["claims"]) for line in whole) > 10
        assert any(claim["cues"] and claim["values"] for line in whole for claim in line["claims"])
        (without,) = (line for line in first.values() if line["layers"] == ["relations", "claims"])
        assert without["entities"] is None
        assert without["relations"]

    def test_an_article_without_gold_comes_as_an_article(self, exported: Path, workspace: Workspace) -> None:
        pull(workspace, exported)
        statuses = Counter(line["status"] for line in lines_of(exported).values())
        assert len(load(workspace.articles)) == statuses.total()
        assert len(records(workspace)) == statuses["gold"] < statuses.total()


def export(workspace: Workspace) -> Path:
    source = workspace.dataset(workspace.project.dataset.version)
    return stages.export(Target.JSONL, source=source, out=workspace.root / "lines").folder


# Who annotated is called by the name of the file in the second round.
PROVENANCE = frozenset({"annotators"})


def lines_of(folder: Path) -> dict[str, Any]:
    """Every line by its article, without who did it."""
    lines = [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]
    return {line["article_id"]: unsigned(line) for line in lines}


def unsigned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: unsigned(one) for name, one in value.items() if name not in PROVENANCE}
    return [unsigned(one) for one in value] if isinstance(value, list) else value


class TestSnapshot:
    def test_a_folder_of_annotators_is_kept_and_can_be_checked_again(self, workspace: Workspace) -> None:
        line = {"doc_id": "d", "text": TEXT}
        corpus = workspace.root / "corpus"
        write(corpus / "amina@desk.example.jsonl", {**line, "spans": [span("Ana Quill", "PERSON")]})
        write(corpus / "boris.jsonl", {**line, "spans": [span("Ana", "PERSON"), span("Friday", "DATETIME")]})
        result = pull(workspace, corpus)
        assert (result.returncode, counts(result)["items_valid"]) == (0, 3), result.stdout
        (snapshot,) = workspace.snapshots.iterdir()
        assert tree(snapshot / "export") == tree(corpus)
        before = records(workspace)
        assert len({one.annotator for one in before}) == 2
        assert {one.source for one in before} == {"export-1.jsonl:1", "export-2.jsonl:1"}
        outside = {name: content for name, content in tree(workspace.exports).items() if "snapshots" not in name}
        assert not any(b"desk.example" in content for content in outside.values())
        (corpus / "boris.jsonl").unlink()
        assert goldkit("check", cwd=workspace.root).returncode == 0
        assert records(workspace) == before

    def test_the_name_of_a_file_is_the_annotators(self, workspace: Workspace) -> None:
        line = {"doc_id": "d", "text": TEXT, "spans": [span("Ana Quill", "PERSON")]}
        names = []
        for name in ("amina", "boris", "amina"):
            assert pull(workspace, write(workspace.root / f"{name}.jsonl", line)).returncode == 0
            names += [one.annotator for one in records(workspace)]
        assert names[0] == names[2] != names[1]
        assert all(name.startswith("ann-") for name in names)


class TestBadInput:
    def test_a_mention_is_told_with_file_line_and_article(self, workspace: Workspace) -> None:
        bad = {"id": "x", "start": 0, "end": 9, "text": "Bo Quill", "label": "PERSON"}
        path = write(
            workspace.root / "amina.jsonl",
            {"id": "a", "text": "Nobody sailed.", "spans": []},
            {"id": "d", "text": TEXT, "spans": [bad, span("Friday", "DATETIME")]},
        )
        result = goldkit("pull", "--from-file", path, cwd=workspace.root)
        assert result.returncode == 3
        assert "error text-mismatch: the region quotes “Bo Quill”, the text has “Ana Quill”" in result.stdout
        assert "region x, export.jsonl:2" in result.stdout
        assert "items: 2 in = 1 valid + 1 rejected" in result.stdout

    def test_a_line_that_is_no_article_takes_only_its_own_work_with_it(self, workspace: Workspace) -> None:
        huge = {"id": "h", "text": f"{TEXT} " + "x" * 1_000_000, "spans": [span("Ana Quill", "PERSON")]}
        fit = {"id": "d", "text": TEXT, "spans": [span("Ana Quill", "PERSON")]}
        result = pull(workspace, write(workspace.root / "amina.jsonl", fit, huge))
        assert result.returncode == 3
        found = {one["rule"]: one for one in json.loads(result.stdout)["findings"]}
        assert found.keys() == {"article-too-long", "unknown-article"}
        assert found["article-too-long"]["place"] == {"file": "export.jsonl", "line": 2, "article_id": "h"}
        assert (counts(result)["items_valid"], counts(result)["items_rejected"]) == (1, 1)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            ("", "theirs.jsonl: nothing in it"),
            ('{"text": "a", "spans": []}\n{"text": ', "theirs.jsonl:2:"),
            ('[{"id": 1, "data": {"text": "a"}, "annotations": []}]', "theirs.jsonl:1: a JSON list"),
            ('[{"id": 1, "text": "a", "label": [{"start": 0, "end": 1, "labels": ["A"]}]}]', ":1: a JSON list"),
            ('{"spans": []}', "theirs.jsonl:1: no text in 'text'"),
            ('{"text": "a"}', "theirs.jsonl: no annotations in it (keys: text)"),
            ('{"id": 1, "text": "a", "spans": []}\n{"id": 1, "text": "b", "spans": []}', "theirs.jsonl:2: its id is 1"),
        ],
    )
    def test_what_cannot_be_read_leaves_no_trace(self, workspace: Workspace, content: str, why: str) -> None:
        path = workspace.root / "theirs.jsonl"
        path.write_text(content, encoding="utf-8")
        before = tree(workspace.root)
        result = pull(workspace, path)
        assert (result.returncode, result.stdout) == (1, "")
        assert why in result.stderr
        assert "\nnext: " in result.stderr
        assert "Traceback" not in result.stderr
        assert tree(workspace.root) == before
