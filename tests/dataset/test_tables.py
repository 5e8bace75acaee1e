"""The rows of the small world, read back from its Parquet files as `datasets` gives them."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import ARABIC, HARBOUR

from toolkit.dataset.build import Built
from toolkit.dataset.features import features


class Read:
    """A config's rows, with class numbers turned back into names."""

    def __init__(self, built: Built) -> None:
        self.folder = built.folder

    def __call__(self, config: str) -> list[dict[str, Any]]:
        from datasets import Features
        from pyarrow import parquet

        table = parquet.read_table(self.folder / config / "train-00000-of-00001.parquet")
        columns = Features.from_arrow_schema(table.schema)
        return [_named(row, columns) for row in table.to_pylist()]


def _named(value: Any, feature: Any) -> Any:
    if isinstance(feature, dict):
        return {name: _named(value[name], feature[name]) for name in feature}
    if hasattr(feature, "feature"):
        return [_named(element, feature.feature) for element in value]
    return feature.int2str(value) if hasattr(feature, "names") and value is not None else value


@pytest.fixture(scope="module")
def read(built: Built) -> Read:
    return Read(built)


def test_documents_hold_every_article(read: Read) -> None:
    rows = read("documents")
    assert [(row["article_id"], row["status"], row["voters"], row["resolution"]) for row in rows] == [
        ("a1", "gold", 1, "single-annotator"),
        ("a2", "gold", 2, "ground-truth"),
        ("a3", "awaiting-adjudication", 2, None),
        ("a4", "skipped", 0, None),
        ("a5", "unlabelled", 0, None),
    ]
    assert (rows[0]["text"], rows[0]["outlet"], rows[1]["translated"]) == (HARBOUR, "Meridian | Wire", True)


def test_tags_are_flat_and_aligned(read: Read) -> None:
    row = read("entities")[0]
    tagged = [(token, tag) for token, tag in zip(row["tokens"], row["ner_tags"], strict=True) if tag != "O"]
    assert tagged == [
        ("Ali", "B-PERSON"),
        ("Libya", "B-ORGANIZATION"),
        ("'", "I-ORGANIZATION"),
        ("s", "I-ORGANIZATION"),
        ("coast", "I-ORGANIZATION"),
        ("guard", "I-ORGANIZATION"),
        ("Omar", "B-PERSON"),
        ("Tripoli", "B-GPE"),
        ("Ali", "B-PERSON"),
        ("30", "B-QUANTITY"),
        ("migrants", "I-QUANTITY"),
        ("Greater", "B-LOCATION"),
        ("Tripoli", "I-LOCATION"),
        ("Area", "I-LOCATION"),
    ]
    assert "👩🏽‍🚀" in row["tokens"]
    # Libya inside the coast guard, and Tripoli as a LOCATION; "Greater Tripoli Are" stops inside a token.
    assert (row["untagged"], row["misaligned"]) == (2, 1)
    edges = zip(row["token_starts"], row["token_ends"], strict=True)
    assert [HARBOUR[start:end] for start, end in edges] == row["tokens"]


def test_entities_hold_every_mention_once_a_label(read: Read) -> None:
    row = read("entities")[0]
    assert [(item["id"], item["label"], item["level"]) for item in row["entities"]] == [
        ("m1", "PERSON", "named"),
        ("m2", "GPE", "named"),
        ("m3", "ORGANIZATION", "nominal"),
        ("m4", "PERSON", "named"),
        ("m5", "GPE", "named"),
        ("m5", "LOCATION", "named"),
        ("m8", "PERSON", "named"),
        ("m6", "QUANTITY", None),
        ("m7", "LOCATION", "named"),
    ]
    assert all(HARBOUR[item["start"] : item["end"]] == item["text"] for item in row["entities"])
    quantity = row["entities"][7]
    assert (quantity["number"], quantity["precision"]) == ("30", "exact")
    assert (row["entities"][0]["number"], row["entities"][0]["precision"]) == (None, None)
    assert [item["origin"] for item in row["entities"][2:5]] == ["manual", "suggestion-accepted", "manual"]


def test_provenance_claims_no_more_support_than_there_is(read: Read) -> None:
    harbour, arabic = read("entities")
    assert (harbour["annotators"], harbour["voters"]) == (["annotator-7f"], 1)
    assert {(one["resolution"], one["support"], one["voters"]) for one in harbour["entities"]} == {
        ("single-annotator", 1, 1)
    }
    assert (arabic["resolution"], arabic["annotators"], arabic["voters"]) == ("ground-truth", ["annotator-7f"], 2)
    both, alone = arabic["entities"]
    assert (both["resolution"], both["support"], both["voters"]) == ("ground-truth", 2, 2)
    assert (alone["resolution"], alone["support"], alone["voters"]) == ("ground-truth", 1, 2)
    assert arabic["ontology_version"] == "1.2.0"


def test_arabic_keeps_its_marks(read: Read) -> None:
    row = read("entities")[1]
    assert row["tokens"] == ["قال", "مُحَمَّد", "🇱🇾", "إن", "ليبيا", "بخير", "."]
    assert row["ner_tags"] == ["O", "B-PERSON", "O", "O", "B-GPE", "O", "O"]
    assert [ARABIC[item["start"] : item["end"]] for item in row["entities"]] == ["مُحَمَّد", "ليبيا"]


def test_relations_name_the_label_that_fits_and_show_evidence(read: Read) -> None:
    met, located = read("relations")
    assert (met["type"], met["head"]["id"], met["tail"]["id"], met["modality"]) == ("met_with", "m1", "m8", "asserted")
    assert met["evidence"]["text"].startswith("Ali 👩🏽‍🚀 of")
    assert met["evidence"]["text"].endswith("According to Ali")
    assert (located["tail"]["label"], located["modality"]) == ("GPE", "negated")
    assert located["evidence"]["text"] == HARBOUR.split("\n")[0]


def test_claims_carry_their_answers_claimants_cues_and_values(read: Read) -> None:
    rescued, unhurt = read("claims")
    assert (rescued["attribution"], rescued["polarity"], rescued["certainty"]) == ("indirect", "positive", None)
    assert [(item["id"], item["label"]) for item in rescued["claimants"]] == [("m8", "PERSON")]
    assert [item["text"] for item in rescued["cues"]] == ["According to"]
    (value,) = rescued["values"]
    assert (value["text"], value["number"], value["precision"]) == ("30\u00a0migrants", "30", "exact")
    assert rescued["context"]["text"] == HARBOUR.split("\n")[1]
    assert (rescued["claimant_kind"], unhurt["claimant_kind"]) == ("mention", "outlet")
    assert (unhurt["outlet"], unhurt["polarity"], unhurt["values"]) == ("Meridian | Wire", "negative", [])


def test_annotations_hold_every_vote(read: Read) -> None:
    rows = read("annotations")
    assert [(row["article_id"], row["annotator"], row["skipped"], row["ground_truth"]) for row in rows] == [
        ("a1", "annotator-7f", False, []),
        ("a2", "annotator-7f", False, ["entities", "relations", "claims"]),
        ("a2", "annotator-9c", False, []),
        ("a3", "annotator-7f", False, []),
        ("a3", "annotator-9c", False, []),
        ("a4", "annotator-9c", True, []),
    ]
    first = rows[0]
    assert (first["lead_time"], rows[1]["lead_time"]) == (12.5, None)
    assert [item["labels"] for item in first["mentions"] if item["id"] == "m5"] == [["GPE", "LOCATION"]]
    assert [item["score"] for item in first["mentions"] if item["id"] in ("m1", "m4")] == [None, 0.75]
    assert first["claims"][0]["values"] == ["m6"]
    assert first["relations"][0] == {
        "type": "met_with",
        "head": "m1",
        "tail": "m8",
        "modality": "asserted",
        "item": "r0",
        "asked": 1,
        "soft_labels": [{"type": "met_with", "share": 1.0}],
    }


def test_an_unnamed_source_is_not_the_outlet(world: Any, tmp_path: Any) -> None:
    claim = world.votes[0].claims[1]
    anonymous = claim.model_copy(update={"attributes": {"attribution": "anonymous", "check_worthy": "no"}})
    world.votes[0] = world.votes[0].model_copy(update={"claims": (anonymous,)})
    (row,) = Read(world.build(tmp_path / "d"))("claims")
    assert row["claimant_kind"] == "unnamed"


def test_classes_stand_in_the_ontology_s_order(world: Any) -> None:
    columns = features(world.ontology)
    labels = ["PERSON", "ORGANIZATION", "GPE", "LOCATION", "QUANTITY"]
    assert columns["entities"]["entities"].feature["label"].names == labels
    assert columns["entities"]["ner_tags"].feature.names[:3] == ["O", "B-PERSON", "I-PERSON"]
    assert columns["relations"]["modality"].names == ["asserted", "negated"]
