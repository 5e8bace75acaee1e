"""Label Studio's result format: the names in it, and what an ontology allows in one.

A *result* is a list of elements of three kinds: regions (``labels``), per-region answers (``choices``, ``textarea``:
they bear the region's id), and relations. An element counts as one *item*, but a region or a relation as one for each
of its labels; a modality is no item of its own, it says something about the others.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from toolkit.annotations.model import Claim, Origin, SpanItem
from toolkit.ontology.labelconfig import CLAIMS, ENTITIES
from toolkit.ontology.model import Attribute, Ontology

ORIGINS = {"manual": Origin.MANUAL, "prediction": Origin.ACCEPTED, "prediction-changed": Origin.CHANGED}
WIRE_ORIGINS = {origin: name for name, origin in ORIGINS.items()} | {Origin.CONTEXT: "manual"}

OTHER_TEXT_TYPES = frozenset({"hypertextlabels", "paragraphlabels"})
IGNORED = "(ignored)"
"""The control that a mapping file gives to what it ignores; no ontology can have a name like it."""

UNTYPED = ""
"""The label of a relation whose maker did not say which; one without any label was drawn on a screen of ours."""

DEEPEST = 100  # lists and objects inside each other; Label Studio's own data stay under ten

META = "goldkit"
CONTEXT = "context"


class Grammar:
    """An ontology as look-ups by the names that stand in results."""

    def __init__(self, ontology: Ontology) -> None:
        claims = ontology.claims
        self.ontology = ontology
        self.content = claims.content.name if claims else ""
        self.cue = claims.cue.name if claims else ""
        self.no_claimant = frozenset(claims.no_claimant if claims else ())
        self.labels = {ENTITIES: frozenset(ontology.mention_types)}
        if claims:
            self.labels[CLAIMS] = frozenset((claims.content.name, claims.cue.name))
        self.questions: dict[str, Mapping[str, Attribute]] = {
            label: ontology.attributes_of(label) for label in ontology.spans
        }
        self.required = {
            label: [name for name, question in questions.items() if question.required]
            for label, questions in self.questions.items()
        }
        self.attributes = {name: asked for questions in self.questions.values() for name, asked in questions.items()}
        self.relations = {relation.name: relation for relation in ontology.all_relations}
        self.modalities = frozenset(ontology.modality.choices if ontology.modality else ())
        self.links: dict[str, str] = {}
        if claims:
            self.links = {claims.claimant.name: "claimants", claims.cued_by.name: "cues"}
            if claims.value is not None:
                self.links[claims.value] = "values"

    def label_of(self, item: SpanItem) -> str:
        """The label of a claim or a cue."""
        return self.content if isinstance(item, Claim) else self.cue

    def kind_of(self, attribute: str) -> str:
        """The type of the result elements that answer this attribute's question."""
        return "choices" if self.attributes[attribute].options else "textarea"

    def items(self, element: Any) -> list[str]:
        """The items of one element, by their labels; one without a name where it has no labels."""
        if isinstance(element, dict):
            if element.get("type") == "relation":
                types = [label for label in _names(element.get("labels")) if label not in self.modalities]
                return types or [UNTYPED]
            if element.get("type") == "labels" and isinstance(value := element.get("value"), dict):
                return _names(value.get("labels")) or [""]
        return [""]


def _names(labels: Any) -> list[str]:
    if not isinstance(labels, list):
        return []
    return [label if isinstance(label, str) else json.dumps([label]) for label in labels]


def is_context(meta: Any) -> bool:
    """Whether a region's ``meta`` marks it as put there from another project."""
    return isinstance(meta, dict) and isinstance(own := meta.get(META), dict) and own.get(CONTEXT) is True


def mark_context(meta: Mapping[str, Any]) -> dict[str, Any]:
    """``meta`` with the mark; what stands in its place and can hold none goes into ``given``."""
    own = meta.get(META, {})
    own = own if isinstance(own, dict) else {"given": own}
    return {**meta, META: {**own, CONTEXT: True}}


def unmark_context(meta: Mapping[str, Any]) -> dict[str, Any]:
    """``meta`` without the mark."""
    own = {key: value for key, value in meta[META].items() if key != CONTEXT}
    rest = {key: value for key, value in meta.items() if key != META}
    return rest | {META: own} if own else rest


def finite(value: Any) -> float | None:
    """A JSON number as a float; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def well_formed(value: Any) -> Any:
    r"""A JSON value that can be written.

    Half an emoji, cut by an old server, is spelled out as ``\udxxx``, a number that is none as ``nan`` or ``inf``, and
    what is nested without end is cut off with ``…``.
    """
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return _escaped(value, DEEPEST)
    return value if _is_flat(value, DEEPEST) else _escaped(value, DEEPEST)


def _is_flat(value: Any, depth: int) -> bool:
    if depth == 0:
        return not isinstance(value, list | dict)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(_is_flat(part, depth - 1) for part in parts if isinstance(part, list | dict))


def _escaped(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list | dict) and depth == 0:
        return "…"
    if isinstance(value, list):
        return [_escaped(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_escaped(key, 1): _escaped(item, depth - 1) for key, item in value.items()}
    return value
