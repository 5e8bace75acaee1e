from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology


@pytest.fixture(scope="session")
def ontology(repository: Path) -> Ontology:
    """The ontology that ships with the project."""
    return load_ontology(repository / "configs" / "ontology.yaml")


@pytest.fixture(scope="session")
def full() -> Ontology:
    """An ontology in which every field of every model is set somewhere."""
    return load_ontology(Path(__file__).parent / "full.yaml")


@pytest.fixture(scope="session")
def decided(full: Ontology) -> Ontology:
    """The same, with a decision tree of every kind that there can be."""

    def tree(of: str | None, yes: str, no: str) -> dict[str, Any]:
        return {"between": [yes, no], "of": of, "ask": {"question": f"Is it {yes}?", "if_yes": yes, "if_no": no}}

    lasting = {"question": "Does it last?", "if_yes": "PLACE", "if_no": "EVENT"}
    alive = {"question": "Is it alive?", "if_yes": "PERSON", "if_no": lasting}
    trees = [
        {"between": ["PERSON", "PLACE", "EVENT"], "ask": alive},
        tree(None, "knows", "inside"),
        tree(None, "CLAIM", "CUE"),
        tree("size", "small", "large"),
        tree("modality", "negated", "doubted"),
        tree("links", "backs", "apart"),
        tree("force", "strong", "weak"),
    ]
    return Ontology.model_validate(full.model_dump() | {"decisions": trees})


@pytest.fixture
def small() -> dict[str, Any]:
    """The least ontology with every part, as a person would write it; tests break one thing in it."""

    def named(name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "definition": f"What {name} is."} | more

    def span(name: str, key: str, **more: Any) -> dict[str, Any]:
        return named(name, colour="#336699", hotkey=key, **more)

    attribution = named("attribution", required=True, options=[named("direct"), named("narrator")])
    options = [named("number", hotkey="q"), named("place", hotkey="w")]
    ground = named("ground", required=True, options=options)
    return {
        "name": "small",
        "version": "1.0.0",
        "entities": [span("PERSON", "1"), span("EVENT", "2")],
        "values": [span("NUMBER", "3", attributes=[named("digits", pattern=r"^\d+$")])],
        "mention_attributes": [named("level", default="named", options=[named("named"), named("nominal")])],
        "relations": [
            named("knows", head=["PERSON"], tail=["PERSON"], symmetric=True),
            named("counts", head=["EVENT", "CLAIM"], tail=["NUMBER"]),
        ],
        "modality": named("modality", default="asserted", options=[named("asserted"), named("negated")]),
        "claims": {
            "content": span("CLAIM", "a", attributes=[attribution]),
            "cue": span("CUE", "s"),
            "claimant": named("said_by", head=["CLAIM"], tail=["PERSON"]),
            "cued_by": named("cued_by", head=["CLAIM"], tail=["CUE"]),
            "value": "counts",
            "no_claimant": ["narrator"],
        },
        "links": {
            "entities": ["PERSON"],
            "claims": [
                named("repeats", meaning="same", symmetric=True, hotkey="1"),
                named("denies", meaning="conflict", symmetric=True, hotkey="2", attributes=[ground]),
                named("follows", meaning="later", hotkey="3", backward_hotkey="shift+3"),
                named("apart", meaning="none", symmetric=True, hotkey="4"),
            ],
        },
    }
