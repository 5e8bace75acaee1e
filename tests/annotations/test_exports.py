"""Exports of other people: golden files, and real ones where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.annotations.collect import Collected, collect
from toolkit.annotations.exports import raw_articles, raw_texts, read_export
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.mapping import ExportMapping, group_unmapped, load_mapping
from toolkit.annotations.model import Relation
from toolkit.articles.freeze import freeze_all
from toolkit.articles.model import StoredArticle, text_digest
from toolkit.articles.raw import id_from
from toolkit.articles.rules import Rules
from toolkit.errors import BadInputError
from toolkit.findings import Finding
from toolkit.ontology.model import Ontology

from .worlds import SMALL, relation_type, span_type

GOLDEN = Path(__file__).parent / "golden"


def imported(
    path: Path, mapping: ExportMapping, ontology: Ontology = SMALL
) -> tuple[Collected, dict[str, StoredArticle]]:
    received = read_export(path, mapping, Grammar(ontology))
    frozen = [one for one in freeze_all(raw_articles(received, path), Rules()) if not isinstance(one, Finding)]
    stored = {one.article.article_id: one for one in frozen}
    articles = {article_id: one.article for article_id, one in stored.items()}
    collected = collect(received, articles, ontology, lambda who: "them", lambda task: str(path), raw=raw_texts(frozen))
    assert collected.counts.add_up
    return collected, stored


def mapping(name: str) -> ExportMapping:
    return load_mapping(GOLDEN / name, Grammar(SMALL))


def test_an_export_of_an_old_server_with_emoji() -> None:
    collected, stored = imported(GOLDEN / "before-1.0-utf16.json", mapping("before-1.0.yaml"))
    (record,) = collected.annotations
    assert record.article_id == "letters-3"
    assert [(mention.text, mention.start) for mention in record.mentions] == [("Mia", 0), ("Noor", 17), ("Lund", 29)]
    assert {(link.type, link.head, link.tail) for link in record.relations} == {
        ("located_in", "n", "l"),
        ("knows", "m", "n"),
    }
    assert [finding.rule for finding in collected.findings] == ["offset-utf16"] * 2
    assert (record.layers, record.lead_time, record.updated_at) == (("entities", "relations"), 12.5, "1600000000")
    assert stored["letters-3"].article.metadata == {"body": stored["letters-3"].raw, "doc": "letters/3", "year": 1999}


def test_an_export_with_names_of_its_own_and_text_that_freezing_changes() -> None:
    collected, stored = imported(GOLDEN / "other-names.json", mapping("other-names.yaml"))
    article = stored["a-b"].article
    assert article.text == "René said:\n“It rained in Ålmhult.”"
    assert article.metadata == {"source": "radio", "text_id": "a b"}
    (record,) = collected.annotations
    assert [(mention.text, mention.start) for mention in record.mentions] == [("René", 0), ("Ålmhult", 25)]
    assert record.mentions[0].attributes == {"level": "named"}
    (claim,) = record.claims
    assert (claim.text, claim.claimants, claim.cues, claim.attributes) == (
        "It rained",
        ("p",),
        ("u",),
        {"attribution": "direct"},
    )
    assert record.relations == (Relation(type="located_in", head="p", tail="g"),)
    assert sorted(row.rule for row in collected.rejected) == [
        "ignored-control",
        "offset-inside-edit",
        "rejected-dependency",
        "unknown-choice",
        "unknown-control",
        "unknown-label",
        "unknown-label",
    ]
    assert collected.counts.drafts == 1


def test_unknown_names_are_told_once_with_the_line_to_write() -> None:
    path = GOLDEN / "other-names.json"
    grouped = group_unmapped(imported(path, mapping("other-names.yaml"))[0], path)
    told = [(finding.rule, finding.message) for finding in grouped.findings if finding.place.file]
    assert told == [
        ("unknown-choice", "'Sort' is not known here; it was used 1 times"),
        ("unknown-control", "'html' is not known here; it was used 1 times"),
        ("unknown-label", "'Weather' is not known here; it was used 2 times"),
    ]
    assert "under labels: “Weather: " in next(one.next for one in grouped.findings if one.rule == "unknown-label")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("json-min.json", "JSON-MIN, which holds no relations"),
        ("export.csv", "CSV, which holds no relations"),
        ("export.tsv", "TSV, which holds no relations"),
        ("export.conll", "CoNLL, which holds no relations"),
        ("tasks-only.json", "tasks without annotations"),
        ("one-task.json", "one object"),
        ("empty.json", "no tasks"),
        ("cut-off.json", r"cut-off\.json:2"),
        ("before-1.0.yaml", "not a JSON export"),
        ("nowhere.json", "no such file"),
    ],
)
def test_what_is_no_full_export_is_refused(name: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why) as caught:
        read_export(GOLDEN / name, ExportMapping(), Grammar(SMALL))
    assert name in caught.value.message
    assert caught.value.next


def exported(path: Path, *data: dict[str, Any], result: list[Any] | None = None) -> Path:
    tasks = [
        {"id": number, "data": one, "annotations": [{"result": result or []}]} for number, one in enumerate(data, 1)
    ]
    path.write_text(json.dumps(tasks))
    return path


def ids(path: Path, mapping: ExportMapping, known: dict[str, str] | None = None) -> list[str]:
    return [one.task["data"]["article_id"] for one in read_export(path, mapping, Grammar(SMALL), known)]


def test_the_same_text_is_one_article(tmp_path: Path) -> None:
    path = exported(tmp_path / "x.json", {"text": "Ana"}, {"text": "Bob"}, {"text": "Ana"})
    assert ids(path, ExportMapping()) == [id_from("Ana"), id_from("Bob"), id_from("Ana")]
    assert ids(path, ExportMapping(), {"Bob": "bob"}) == [id_from("Ana"), "bob", id_from("Ana")]


def test_one_name_for_two_texts_is_refused(tmp_path: Path) -> None:
    path = exported(tmp_path / "x.json", {"text": "Ana", "id": 5, "doc": "a"}, {"text": "Bob", "id": 5, "doc": "b"})
    with pytest.raises(BadInputError, match="task 2: it calls itself 5"):
        ids(path, ExportMapping())
    assert ids(path, ExportMapping(article_id="doc")) == ["a", "b"]
    with pytest.raises(BadInputError, match="no 'who' in its data"):
        ids(path, ExportMapping(article_id="who"))


def test_the_text_is_the_one_that_is_quoted(tmp_path: Path) -> None:
    value = {"start": 4, "end": 7, "text": "Bob", "labels": ["PERSON"]}
    data = {"head": "Of Ana", "body": "Ana Bob"}
    path = exported(tmp_path / "x.json", data, result=[{"id": "b", "type": "labels", "value": value}])
    (received,) = read_export(path, ExportMapping(), Grammar(SMALL))
    assert received.task["data"]["text"] == "Ana Bob"
    (received,) = read_export(path, ExportMapping(text="head"), Grammar(SMALL))
    assert received.task["data"]["text"] == "Of Ana"
    with pytest.raises(BadInputError, match="its text is not in 'text'"):
        read_export(exported(tmp_path / "y.json", data), ExportMapping(), Grammar(SMALL))


def test_a_mapping_to_names_that_are_not_ours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text("labels: {Person: PERSN}\nchoices: {Name: named}\n")
    with pytest.raises(BadInputError, match="labels: Person: PERSN is not one of"):
        load_mapping(path, Grammar(SMALL))
    path.write_text("label: {Person: PERSON}\n")
    with pytest.raises(BadInputError, match="unknown key"):
        load_mapping(path, Grammar(SMALL))


BIOGRAPHIES = Ontology(
    name="biographies",
    version="1.0.0",
    entities=(span_type("PERSON"), span_type("ORGANIZATION")),
    values=(span_type("DATETIME"),),
    relations=(
        relation_type("lived_in", ("PERSON",), ("ORGANIZATION",)),
        relation_type("born_at", ("PERSON",), ("DATETIME",)),
        relation_type("died_at", ("PERSON",), ("DATETIME",)),
        relation_type("other", ("ORGANIZATION",), ("DATETIME",)),
    ),
)
THEIRS = ExportMapping(
    labels={"Person": "PERSON", "Organization": "ORGANIZATION", "Datetime": "DATETIME"},
    relations={
        "bio:lived_in:loc": "lived_in",
        "bio:born_at:time": "born_at",
        "bio:died_at:time": "died_at",
        "rel:other:per": "other",
    },
)


def test_a_real_export_keeps_every_span_and_relation(shared_data: Path) -> None:
    path = shared_data / "label-studio-exports" / "testing_ls_full.json"
    collected, _ = imported(path, THEIRS, BIOGRAPHIES)
    assert sum(len(record.mentions) for record in collected.annotations) == 13
    assert sum(len(record.relations) for record in collected.annotations) == 7
    assert (collected.rejected, collected.findings) == ((), ())


def test_its_json_min_twin_is_refused(shared_data: Path) -> None:
    with pytest.raises(BadInputError, match="JSON-MIN"):
        read_export(shared_data / "label-studio-exports" / "testing_ls.json", THEIRS, Grammar(BIOGRAPHIES))


def test_who_is_not_named_is_somebody_each_time(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    unsigned: list[dict[str, Any]] = [{"result": []}, {"result": [], "completed_by": 7}, {"result": []}]
    tasks = [{"data": {"text": "Ana"}, "annotations": unsigned}, {"data": {"text": "Ana"}, "annotations": unsigned[:1]}]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    received = read_export(path, ExportMapping(), Grammar(SMALL))
    people = [str(one["completed_by"]) for task, _, _ in received for one in task["annotations"]]
    assert len(set(people)) == 4


def test_an_export_about_images_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    box = {"id": "r", "type": "rectanglelabels", "value": {"x": 1, "y": 2, "rectanglelabels": ["Ship"]}}
    path.write_text(json.dumps([{"data": {"image": "/1.png"}, "annotations": [{"result": [box]}]}]), encoding="utf-8")
    with pytest.raises(BadInputError, match="labels no text"):
        read_export(path, ExportMapping(), Grammar(SMALL))


@pytest.mark.parametrize("own", [True, False])
def test_only_an_arrow_of_our_own_screen_needs_no_label(tmp_path: Path, own: bool) -> None:
    """Elsewhere nobody told its makers what an arrow without a label would be taken for."""
    text = "Ana left Rome."
    regions = [
        {"id": id, "from_name": "entities", "to_name": "text", "type": "labels", "value": value}
        for id, value in {
            "a": {"start": 0, "end": 3, "text": "Ana", "labels": ["PERSON"]},
            "r": {"start": 9, "end": 13, "text": "Rome", "labels": ["GPE"]},
        }.items()
    ]
    result = [*regions, {"type": "relation", "from_id": "r", "to_id": "a", "direction": "right", "labels": []}]
    data = {"article_id": "one", "text": text} | ({"text_sha256": text_digest(text)} if own else {})
    task = {"id": 1, "data": data, "annotations": [{"id": 1, "completed_by": 1, "result": result}]}
    (tmp_path / "export.json").write_text(json.dumps([task]), encoding="utf-8")
    collected, _ = imported(tmp_path / "export.json", ExportMapping())
    (record,) = collected.annotations
    assert record.relations == ((Relation(type="located_in", head="a", tail="r"),) if own else ())
    assert [row.rule for row in collected.rejected] == ([] if own else ["relation-without-label"])
