"""Laws of the codec: nothing is lost on the way to Label Studio and back, whatever stands in the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import examples

from toolkit.annotations.codec import Codec, Decoded, decode, encode
from toolkit.annotations.collect import count_items
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation
from toolkit.findings import Severity
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology

from .worlds import SMALL, broken_results, json_values, ontologies, relation_type, texts, worlds

ITEMS = ("mentions", "cues", "claims", "relations")


def put_back(annotation: Annotation, decoded: Decoded) -> Annotation:
    return annotation.model_copy(update={name: getattr(decoded, name) for name in ITEMS})


def empty(annotation: Annotation) -> Annotation:
    return annotation.model_copy(update=dict.fromkeys(ITEMS, ()))


def items_of(decoded: Decoded) -> int:
    return count_items((*decoded.mentions, *decoded.cues, *decoded.claims), decoded.relations)


@given(worlds())
@settings(max_examples=examples(150))
def test_an_annotation_comes_back_as_it_was(world: tuple[Ontology, str, Annotation]) -> None:
    ontology, text, annotation = world
    decoded = decode(encode(annotation, ontology), text, ontology)
    assert decoded.rejected == ()
    assert put_back(empty(annotation), decoded) == annotation
    assert decoded.items_in == items_of(decoded)


@st.composite
def broken(draw: st.DrawFn) -> tuple[Ontology, str, list[Any]]:
    ontology, text = draw(st.just(SMALL) | ontologies()), draw(texts)
    return ontology, text, draw(broken_results(ontology, text))


@given(broken())
@settings(max_examples=examples(400))
def test_of_a_broken_result_nothing_is_lost_and_what_is_valid_stays_valid(
    world: tuple[Ontology, str, list[Any]],
) -> None:
    ontology, text, result = world
    decoded = decode(result, text, ontology)
    assert decoded.items_in == items_of(decoded) + len(decoded.rejected)
    assert all(item.text == item.span.of(text) for item in (*decoded.mentions, *decoded.cues, *decoded.claims))
    rules = {finding.rule for finding in decoded.findings if finding.severity is not Severity.WARNING}
    assert {row.rule for row in decoded.rejected} == rules

    kept = put_back(_blank(ontology), decoded)
    again = decode(encode(kept, ontology), text, ontology)
    assert again.rejected == ()
    assert put_back(_blank(ontology), again) == kept


@given(json_values | st.lists(json_values))
@settings(max_examples=examples(100))
def test_junk_is_rejected_item_by_item(junk: Any) -> None:
    decoded = decode(junk, "Rome", SMALL)
    assert decoded.items_in == len(decoded.rejected) == (len(junk) if isinstance(junk, list) else 1)


def _blank(ontology: Ontology) -> Annotation:
    return Annotation(article_id="one", text_sha256="", annotator="ann", ontology_version=ontology.version)


def test_the_form_that_label_studio_reads() -> None:
    span = {"start": 0, "end": 3, "text": "Ana"}
    annotation = _blank(SMALL).model_copy(
        update={
            "mentions": (
                Mention(id="m1", labels=("PERSON",), attributes={"level": "named"}, score=0.5, **span),
                Mention(id="m2", labels=("PERSON",), origin=Origin.CONTEXT, meta={"text": ["?"]}, **span),
            ),
            "cues": (Cue(id="u", origin=Origin.ACCEPTED, **span),),
            "claims": (Claim(id="c", attributes={"attribution": "direct"}, claimants=("m1",), cues=("u",), **span),),
            "relations": (
                Relation(type="knows", head="m1", tail="m2"),
                Relation(type="knows", head="m1", tail="m2", modality="negated"),
            ),
        }
    )
    where = {"start": 0, "end": 3}

    def element(id: str, control: str, kind: str, **value: Any) -> dict[str, Any]:
        return {"id": id, "from_name": control, "to_name": "text", "type": kind, "value": where | value}

    def region(id: str, control: str, label: str) -> dict[str, Any]:
        return element(id, control, "labels", text="Ana", labels=[label])

    def relation(head: str, tail: str, *labels: str) -> dict[str, Any]:
        return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": [*labels]}

    assert Codec(SMALL).encode(annotation) == [
        region("m1", "entities", "PERSON") | {"origin": "manual", "score": 0.5},
        element("m1", "level", "choices", choices=["named"]),
        region("m2", "entities", "PERSON")
        | {"origin": "manual", "meta": {"text": ["?"], "goldkit": {"context": True}}},
        region("u", "claims", "CUE") | {"origin": "prediction"},
        region("c", "claims", "CLAIM") | {"origin": "manual"},
        element("c", "attribution", "choices", choices=["direct"]),
        relation("c", "m1", "claimant"),
        relation("c", "u", "cued_by"),
        relation("m1", "m2", "knows"),
        relation("m1", "m2", "knows", "negated"),
    ]


def test_a_relation_drawn_to_the_left_is_read_from_its_head() -> None:
    result = [
        {"id": "p", "from_name": "entities", "type": "labels", "value": {"start": 0, "end": 3, "labels": ["PERSON"]}},
        {"id": "g", "from_name": "entities", "type": "labels", "value": {"start": 4, "end": 8, "labels": ["GPE"]}},
        {"type": "relation", "from_id": "g", "to_id": "p", "direction": "left", "labels": ["located_in", "negated"]},
    ]
    decoded = decode(result, "Ana Rome", SMALL)
    assert decoded.relations == (Relation(type="located_in", head="p", tail="g", modality="negated"),)
    assert decoded.rejected == ()


@pytest.mark.parametrize("direction", ["left", "right"])
def test_an_arrow_without_a_label_is_the_only_relation_of_its_ends(repository: Path, direction: str) -> None:
    ontology = load_ontology(repository / "configs" / "ontology.yaml")
    text = "Quill said it sank."
    labelled = {"p": "PERSON", "u": "CUE", "c": "CLAIM"}
    where = {"p": (0, 5), "u": (6, 10), "c": (11, 18)}
    kinds = {"attribution": "indirect", "kind": "event", "check_worthy": "yes"}
    result: list[dict[str, Any]] = [
        {
            "id": id,
            "from_name": "entities" if id == "p" else "claims",
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": text[start:end], "labels": [labelled[id]]},
        }
        for id, (start, end) in where.items()
    ]
    result += [
        {"id": "c", "from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [answer]}}
        for name, answer in kinds.items()
    ]
    result += [
        {"type": "relation", "from_id": "p", "to_id": "c", "direction": direction, "labels": []},
        {"type": "relation", "from_id": "c", "to_id": "u", "direction": direction},
    ]
    (claim,) = decode(result, text, ontology).claims
    assert (claim.claimants, claim.cues) == (("p",), ("u",))


def test_a_symmetric_relation_drawn_the_other_way_is_turned_to_fit_its_types() -> None:
    allies = relation_type("allies", ("PERSON",), ("GPE",), symmetric=True)
    ontology = Ontology.model_validate(SMALL.model_dump() | {"relations": [*SMALL.relations, allies]})
    result = [
        {"id": "p", "from_name": "entities", "type": "labels", "value": {"start": 0, "end": 3, "labels": ["PERSON"]}},
        {"id": "g", "from_name": "entities", "type": "labels", "value": {"start": 4, "end": 8, "labels": ["GPE"]}},
        {"type": "relation", "from_id": "g", "to_id": "p", "direction": "right", "labels": ["allies"]},
    ]
    decoded = decode(result, "Ana Rome", ontology)
    assert decoded.relations == (Relation(type="allies", head="p", tail="g"),)
    assert decoded.rejected == ()


def test_half_an_emoji_in_a_quote_can_be_written() -> None:
    value = {"start": 0, "end": 1, "text": "\ud83d", "labels": ["PERSON"]}
    element = {"id": "p", "from_name": "entities", "type": "labels", "value": value}
    decoded = decode([element], "😀", SMALL)
    assert [row.rule for row in decoded.rejected] == ["text-mismatch"]
    assert decoded.rejected[0].element["value"]["text"] == "\\ud83d"
