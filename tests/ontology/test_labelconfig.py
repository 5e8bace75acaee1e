from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import BadInputError, UsageError
from toolkit.ontology.labelconfig import (
    CLAIMS,
    EDITOR_KEYS,
    ENTITIES,
    RELATIONS,
    TASK_FIELDS,
    compile_label_config,
    names_in,
    relation_names,
)
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, Layer

SCREENS = [screen for count in (1, 2, 3) for screen in combinations(LAYERS, count)]
CLAIM_QUESTIONS = {"attribution", "certainty", "kind", "check_worthy", "polarity"}
MENTION_QUESTIONS = {"level", "iso", "number", "unit", "precision"}


@pytest.mark.parametrize("layers", SCREENS, ids="+".join)
def test_label_studio_accepts_every_screen(layers: tuple[Layer, ...], ontology: Ontology) -> None:
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(compile_label_config(ontology, layers))
    interface.validate()
    labels = set(interface.get_control(ENTITIES).labels)
    assert labels == set(ontology.mention_types)


@pytest.mark.parametrize("layers", SCREENS, ids="+".join)
def test_a_screen_shows_what_its_layers_need(layers: tuple[Layer, ...], ontology: Ontology) -> None:
    names = names_in(compile_label_config(ontology, layers))
    assert names[ENTITIES] == set(ontology.mention_types)
    assert (CLAIMS in names) == ("claims" in layers)
    assert (set(names) >= MENTION_QUESTIONS) == ("entities" in layers)
    assert (set(names) >= CLAIM_QUESTIONS) == ("claims" in layers)
    assert names.get(RELATIONS, set()) == set(relation_names(ontology, layers))


def test_links_make_sense_on_their_screen(ontology: Ontology) -> None:
    assert relation_names(ontology, ["entities"]) == ()
    assert relation_names(ontology, ["claims"]) == ("claimed_by", "cued_by", "has_quantity")
    assert sorted(relation_names(ontology, ["relations"])) == sorted([*ontology.relation_types, *ontology.modalities])
    assert relation_names(ontology).count("has_quantity") == 1


def test_what_has_to_be_chosen_comes_first(ontology: Ontology) -> None:
    names = relation_names(ontology)
    told = {"holds_role", "role_at", "occurred_on", "uses", "has_quantity", "claimed_by", "cued_by"}
    assert set(names[-7:]) == told
    assert names[:3] == ("leads", "located_in", "participant_in")
    for relation in ontology.all_relations:
        assert ontology.told_by_ends(relation) == (relation.name in told)


def test_the_same_bytes_whatever_the_order(ontology: Ontology) -> None:
    assert len({compile_label_config(ontology, order) for order in permutations(LAYERS)}) == 1
    again = Ontology.model_validate(ontology.model_dump())
    assert compile_label_config(again) == compile_label_config(ontology)


def test_it_says_where_it_comes_from(ontology: Ontology) -> None:
    first = compile_label_config(ontology).splitlines()[0]
    assert first == "<!-- Generated from ontology news_events 2.0.0; do not edit: change the ontology. -->"


def test_required_answers_are_asked_of_claims_alone(ontology: Ontology) -> None:
    required = ET.fromstring(compile_label_config(ontology)).findall(".//*[@required]")
    assert {control.get("name") for control in required} == CLAIM_QUESTIONS - {"certainty", "polarity"}
    for control in required:
        assert control.get("perRegion") == "true"
        assert (control.get("whenTagName"), control.get("whenLabelValue")) == (CLAIMS, "CLAIM")


def test_values_are_asked_about_themselves(ontology: Ontology) -> None:
    root = ET.fromstring(compile_label_config(ontology))
    asked = {control.get("name"): control.get("whenLabelValue", "").split(",") for control in root.iter("TextArea")}
    assert asked == {"iso": ["DATETIME"], "number": ["QUANTITY"], "unit": ["QUANTITY"]}
    level = root.find(".//Choices[@name='level']")
    assert level is not None
    assert level.get("whenLabelValue") == ",".join(entity.name for entity in ontology.entities)


def test_the_task_fields_are_what_the_screen_reads(ontology: Ontology) -> None:
    root = ET.fromstring(compile_label_config(ontology))
    read = {tag.get("value", "") for tag in root.iter() if tag.get("value", "").startswith("$")}
    assert read == {f"${field}" for field in TASK_FIELDS}


def test_the_style_survives_label_studio(ontology: Ontology) -> None:
    """The editor escapes these characters inside ``<Style>``, and a browser would not read them back."""
    style = ET.fromstring(compile_label_config(ontology)).findtext("Style", "")
    assert style
    assert not set(style) & set("<>&")


def test_no_layer(ontology: Ontology) -> None:
    with pytest.raises(UsageError, match="at least one layer"):
        compile_label_config(ontology, [])
    with pytest.raises(UsageError, match="no layer is called events"):
        compile_label_config(ontology, ["events"])  # type: ignore[list-item]


def test_a_layer_that_the_ontology_lacks(small: dict[str, Any]) -> None:
    small |= {"relations": [], "claims": None, "links": None}
    ontology = Ontology.model_validate(small)
    assert CLAIMS not in names_in(compile_label_config(ontology, ["entities"]))
    with pytest.raises(BadInputError, match="has no relations and no claims"):
        compile_label_config(ontology)


@pytest.mark.parametrize("key", sorted(EDITOR_KEYS))
def test_the_editors_own_keys_are_refused(key: str, small: dict[str, Any]) -> None:
    small["entities"][0]["hotkey"] = key
    with pytest.raises(BadInputError, match="PERSON has the hotkey"):
        compile_label_config(Ontology.model_validate(small))


def test_a_control_cannot_be_an_attribute(small: dict[str, Any]) -> None:
    small["mention_attributes"][0]["name"] = "relations"
    with pytest.raises(BadInputError, match="an attribute is called relations"):
        compile_label_config(Ontology.model_validate(small))


def test_awkward_characters_are_escaped(small: dict[str, Any]) -> None:
    small["entities"][0]["definition"] = 'Tom & "Ana" <both>'
    xml = compile_label_config(Ontology.model_validate(small))
    label = ET.fromstring(xml).find(".//Label[@value='PERSON']")
    assert label is not None
    assert label.get("hint") == 'Tom & "Ana" <both>'


def test_names_in_a_foreign_config() -> None:
    xml = """<View><Labels name="ner" toName="t"><Label value="PER"/><Label value="Place" alias="LOC"/></Labels>
    <Text name="t" value="$t"/><Relations><Relation value="knows"/></Relations>
    <TextArea name="note" toName="t"/></View>"""
    assert names_in(xml) == {"ner": {"PER", "LOC"}, "relations": {"knows"}, "note": set()}


@pytest.mark.parametrize(
    "xml",
    ["", "<View>", '<!DOCTYPE v [<!ENTITY a "b">]><View>&a;</View>'],
    ids=["empty", "cut off", "entities"],
)
def test_a_config_that_cannot_be_read(xml: str) -> None:
    with pytest.raises(BadInputError, match="cannot be read") as raised:
        names_in(xml)
    assert "label_config.xml" in raised.value.next


def test_a_config_of_a_big_ontology_stays_deterministic(tmp_path: Path, small: dict[str, Any]) -> None:
    small["entities"] += [
        {"name": f"TYPE_{number}", "definition": "One of many.", "colour": "#123456"} for number in range(200)
    ]
    ontology = Ontology.model_validate(small)
    assert len(names_in(compile_label_config(ontology))[ENTITIES]) == 203
