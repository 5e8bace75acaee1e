from __future__ import annotations

import pytest

from toolkit.ontology.model import Ontology


@pytest.mark.parametrize(
    ("relation", "head", "tail", "joins"),
    [
        ("part_of", ["GPE"], ["GPE"], True),
        ("part_of", ["GPE"], ["FACILITY"], False),
        ("part_of", ["GPE", "FACILITY"], ["FACILITY"], True),
        ("located_in", ["FACILITY"], ["GPE"], True),
        ("located_in", ["GPE"], ["PERSON"], False),
        ("has_quantity", ["CLAIM"], ["QUANTITY"], True),
        ("has_quantity", ["QUANTITY"], ["EVENT"], False),
    ],
)
def test_what_a_relation_joins(
    ontology: Ontology, relation: str, head: list[str], tail: list[str], joins: bool
) -> None:
    assert ontology.relation_types[relation].joins(head, tail) is joins
