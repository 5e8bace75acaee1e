"""What changes of the layer across articles are told as, and what people are told to do."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.ontology.across import LINKS
from toolkit.ontology.change_rules import next_step
from toolkit.ontology.compare import compare
from toolkit.ontology.model import LENIENT, Ontology

from .mutants import renamed


def across(full: Ontology, **changes: Any) -> tuple[Any, ...]:
    """The changes when fields of the link ``denies``, or of its first question, get other values."""
    data = full.model_dump()
    (link,) = [link for link in data["links"]["claims"] if link["name"] == "denies"]
    asked = changes.pop("ground", {})
    link["attributes"] = [link["attributes"][0] | asked, *link["attributes"][1:]]
    link |= changes
    return compare(full, Ontology.model_validate(data, context=LENIENT))


ABOUT_LINKS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "an answer that is no must": (
        {"ground": {"required": False}},
        [("attribute-made-optional", "ground need not be answered any more")],
    ),
    "an answer in another place": (
        {"ground": {"options": [{"name": "date"}, {"name": "count", "hotkey": "q"}]}},
        [
            ("class-numbers-shifted", "class numbers move: count from 0 to 1, date from 1 to 0"),
            ("order-changed", "ground: the order is date, count now"),
        ],
    ),
    "an answer less": (
        {"ground": {"options": [{"name": "count", "hotkey": "q"}]}},
        [
            ("option-removed", "the answer date to ground is removed"),
            ("vanished-not-retired", "ground=date (option) is gone and not listed under retired"),
        ],
    ),
    "a text": (
        {"ground": {"options": []}},
        [("attribute-form-changed", "ground is answered with a text now")],
    ),
    "no question": (
        {"attributes": []},
        [
            ("attribute-removed", "the link attribute ground is removed"),
            ("attribute-removed", "the link attribute force is removed"),
            ("vanished-not-retired", "ground (link-attribute) is gone and not listed under retired"),
            ("vanished-not-retired", "force (link-attribute) is gone and not listed under retired"),
        ],
    ),
    "another key": ({"hotkey": "9"}, [("hotkey-changed", "the hotkey of denies was “2” and is “9”")]),
    "a key for the way back": (
        {"backward_hotkey": "9"},
        [("hotkey-changed", "the backward_hotkey of denies was nothing and is “9”")],
    ),
    "other words": ({"definition": "No."}, [("definition-changed", "the definition of denies changed")]),
}


@pytest.mark.parametrize("name", ABOUT_LINKS)
def test_what_changed_about_a_link(name: str, full: Ontology) -> None:
    changed, expected = ABOUT_LINKS[name]
    changes = across(full, **changed)
    assert [(change.rule.id, change.message) for change in changes] == expected
    for change in changes:
        assert change.touches is None
        assert "schema migrate" not in next_step(change), "a plan moves nothing across articles"


def test_a_question_that_moves_to_another_link(full: Ontology) -> None:
    data = full.model_dump()
    denies, follows = data["links"]["claims"][1:3]
    denies["attributes"], moved = denies["attributes"][1:], denies["attributes"][0]
    follows["attributes"] = [*follows["attributes"], moved]
    changes = compare(full, Ontology.model_validate(data, context=LENIENT))
    assert [(change.rule.id, change.message) for change in changes] == [
        ("attribute-required", "ground must be answered now about follows"),
        ("attribute-asked-less", "ground is no longer asked about denies"),
        ("attribute-asked-more", "ground is also asked about follows now"),
    ]


def test_a_question_about_spans_that_becomes_one_about_links(full: Ontology) -> None:
    data = full.model_dump()
    data["mention_attributes"], note = data["mention_attributes"][:1], data["mention_attributes"][1]
    data["links"]["claims"][0]["attributes"] = [note]
    changes = compare(full, Ontology.model_validate(data, context=LENIENT))
    assert {change.rule.id for change in changes} == {"attribute-removed", "attribute-added", "name-reused"}


def test_a_linked_type_is_known_by_its_new_name_and_place(full: Ontology) -> None:
    data = renamed(full.model_dump(), "PERSON", "HUMAN_BEING")
    data["links"]["entities"] = ["EVENT", "HUMAN_BEING"]
    data["retired"] = [*data["retired"][1:], {"name": "PERSON", "since": "2.0.0", "replaced_by": "HUMAN_BEING"}]
    changes = compare(full, Ontology.model_validate(data, context=LENIENT))
    assert [(change.rule.id, change.name) for change in changes if change.loc[0] == LINKS] == [
        ("class-numbers-shifted", "linked types"),
        ("order-changed", "links.entities"),
    ]


def test_a_retired_link_is_not_used_again(full: Ontology) -> None:
    data = full.model_dump()
    data["links"]["claims"] = [*data["links"]["claims"], {"name": "echoes"}]
    changes = compare(full, Ontology.model_validate(data, context=LENIENT))
    assert [(change.rule.id, change.name) for change in changes] == [
        ("claim-link-added", "echoes"),
        ("name-reused", "links=echoes"),
    ]
