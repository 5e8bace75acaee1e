from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from toolkit.annotations.model import Annotation
from toolkit.ontology.jsonschema import annotation_schema
from toolkit.ontology.model import Ontology

Line = dict[str, Any]


@pytest.fixture(scope="module")
def validator(ontology: Ontology) -> Draft202012Validator:
    schema = annotation_schema(ontology, Annotation)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture
def line() -> Line:
    """One line of annotations.jsonl: "At least 40 soldiers were hurt, the navy said." """
    answers = {"attribution": "indirect", "certainty": "certain", "kind": "quantity", "check_worthy": "yes"}
    written = {
        "article_id": "a1",
        "text_sha256": "0" * 64,
        "annotator": "p-1",
        "ontology_version": "1.0.0",
        "mentions": [
            {
                "id": "q",
                "start": 0,
                "end": 20,
                "text": "At least 40 soldiers",
                "labels": ["QUANTITY"],
                "attributes": {"number": "40", "unit": "soldiers", "precision": "at_least"},
            },
            {"id": "n", "start": 36, "end": 40, "text": "navy", "labels": ["ORGANIZATION"], "attributes": {}},
            {"id": "w", "start": 0, "end": 20, "text": "At least 40 soldiers", "labels": ["PERSON"]},
        ],
        "cues": [{"id": "s", "start": 41, "end": 45, "text": "said"}],
        "claims": [
            {
                "id": "c",
                "start": 0,
                "end": 30,
                "text": "At least 40 soldiers were hurt",
                "attributes": answers,
                "claimants": ["n"],
                "cues": ["s"],
                "values": ["q"],
            }
        ],
        "relations": [{"type": "member_of", "head": "w", "tail": "n", "modality": "attributed"}],
    }
    dumped: Line = Annotation.model_validate(written).model_dump(mode="json")
    return dumped


def test_a_record_as_it_is_written_is_valid(validator: Draft202012Validator, line: Line) -> None:
    validator.validate(line)


BREAKS: dict[str, Callable[[Line], Any]] = {
    "an unknown label": lambda a: a["mentions"][0].update(labels=["PLACE"]),
    "the claim's label on a mention": lambda a: a["mentions"][0].update(labels=["CLAIM"]),
    "an unknown relation": lambda a: a["relations"][0].update(type="likes"),
    "a claim's link as a relation": lambda a: a["relations"][0].update(type="claimed_by"),
    "an unknown modality": lambda a: a["relations"][0].update(modality="maybe"),
    "an unknown answer": lambda a: a["claims"][0]["attributes"].update(kind="rumour"),
    "a required answer missing": lambda a: a["claims"][0]["attributes"].pop("kind"),
    "no answers at all": lambda a: a["claims"][0].pop("attributes"),
    "an unknown question": lambda a: a["mentions"][1]["attributes"].update(colour="red"),
    "a question of another type": lambda a: a["mentions"][1]["attributes"].update(iso="2031-05-03"),
    "an answer about a cue": lambda a: a["cues"][0].update(attributes={"level": "named"}),
    "an unknown key": lambda a: a.update(note="hello"),
}


@pytest.mark.parametrize("breaking", BREAKS)
def test_what_the_ontology_does_not_know_is_invalid(breaking: str, validator: Draft202012Validator, line: Line) -> None:
    BREAKS[breaking](line)
    assert not validator.is_valid(line)


def test_a_text_that_does_not_match_is_kept_by_the_checks_so_it_is_valid(
    validator: Draft202012Validator, line: Line
) -> None:
    line["mentions"][0]["attributes"]["number"] = "forty"
    validator.validate(line)


def test_an_ontology_of_entities_alone(small: dict[str, Any]) -> None:
    small |= {"relations": [], "claims": None, "links": None, "modality": None, "values": [], "mention_attributes": []}
    schema = annotation_schema(Ontology.model_validate(small), Annotation)
    Draft202012Validator.check_schema(schema)
    nothing = {"article_id": "a", "text_sha256": "0", "annotator": "p", "ontology_version": "1.0.0"}
    assert Draft202012Validator(schema).is_valid(nothing)
