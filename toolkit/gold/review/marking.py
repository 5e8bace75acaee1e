"""A Label Studio result with marks, taken apart: what is there, which of it is open, and the same without the marks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from toolkit.annotations.grammar import Grammar, well_formed
from toolkit.files import to_json
from toolkit.gold.model import Kind
from toolkit.gold.review.marks import OPEN, bare, proposers
from toolkit.ontology.labelconfig import CLAIMS
from toolkit.ontology.model import ASSERTED
from toolkit.spans import Span

Ends = tuple[str, str]
_ABOUT_REGIONS = ("labels", "choices", "textarea")


@dataclass(slots=True)
class Region:
    """A region and the answers about it, in elements without marks, and who proposes it."""

    elements: list[dict[str, Any]] = field(default_factory=list)
    open: bool = False
    by: list[str] = field(default_factory=list)

    @property
    def content(self) -> str:
        """All that a person can change about it; two regions of one content are the same."""
        return to_json(sorted(map(_content, self.elements), key=to_json))

    @property
    def quote(self) -> str:
        """The words that it quotes."""
        return str(_value(self._labels).get("text", ""))

    @property
    def span(self) -> Span:
        """Where it is; empty where it does not say."""
        start, end = (_value(self._labels).get(edge) for edge in ("start", "end"))
        return Span(start, end) if isinstance(start, int) and isinstance(end, int) else Span(0, 0)

    @property
    def labels(self) -> list[str]:
        """Its labels."""
        return [str(label) for label in _labels_of(self._labels)]

    def kind(self, grammar: Grammar) -> Kind:
        """What it is, by its control and label."""
        if self._labels.get("from_name") != CLAIMS:
            return "mention"
        return "claim" if grammar.content in self.labels else "cue"

    @property
    def _labels(self) -> dict[str, Any]:
        return next((element for element in self.elements if element["type"] == "labels"), {})


@dataclass(frozen=True, slots=True)
class Arrows:
    """All that is said of two regions in one direction: names of relations and links, and modalities."""

    names: frozenset[str] = frozenset()
    modalities: frozenset[str] = frozenset()
    open: bool = False
    both_ways: bool = False

    def says(self, modality: str) -> bool:
        """Whether the relations here are just so, and point one way."""
        return self.modalities == (frozenset() if modality == ASSERTED else {modality}) and not self.both_ways


@dataclass(frozen=True)
class Marked:
    """What is on the screen: regions by id, arrows by their ends, and elements that are neither."""

    regions: Mapping[str, Region]
    arrows: Mapping[Ends, Arrows]
    strange: tuple[Any, ...]

    @cached_property
    def from_region(self) -> Mapping[str, list[Ends]]:
        """The arrows that start in a region."""
        found: dict[str, list[Ends]] = {}
        for ends in sorted(self.arrows):
            found.setdefault(ends[0], []).append(ends)
        return found


def take_apart(result: Any, modalities: Collection[str]) -> Marked:
    """Read a result. Never raises: what has no form is ``strange``, and for the codec to reject."""
    result = well_formed(result)
    regions: dict[str, Region] = {}
    arrows: dict[Ends, Arrows] = {}
    strange: list[Any] = []
    for element in result if isinstance(result, list) else [result]:
        kind = element.get("type") if isinstance(element, dict) else None
        if kind == "relation" and _has_ends(element):
            _add_arrows(arrows, element, modalities)
        elif kind in _ABOUT_REGIONS and isinstance(element.get("id"), str):
            _add_to_region(regions.setdefault(element["id"], Region()), element)
        else:
            strange.append(element)
    for id in [id for id, region in regions.items() if all(one["type"] != "labels" for one in region.elements)]:
        strange += regions.pop(id).elements
    return Marked(regions, arrows, tuple(strange))


def _has_ends(element: dict[str, Any]) -> bool:
    return all(isinstance(element.get(end), str) for end in ("from_id", "to_id"))


def _add_to_region(region: Region, element: dict[str, Any]) -> None:
    if element["type"] != "labels" or not isinstance(element.get("value"), dict):
        region.elements.append(element)
        return
    labels = _labels_of(element)
    if not bare(labels) and any(one["type"] == "labels" for one in region.elements):
        return  # the key of the other control's mark: no label of the ontology came with it
    region.open = region.open or OPEN in labels
    region.by += proposers(labels)
    region.elements.append({**element, "value": {**element["value"], "labels": bare(labels)}})


def _add_arrows(arrows: dict[Ends, Arrows], element: dict[str, Any], modalities: Collection[str]) -> None:
    ends = element["from_id"], element["to_id"]
    if element.get("direction") == "left":
        ends = ends[1], ends[0]
    labels = element.get("labels")
    marked = [label for label in labels if isinstance(label, str)] if isinstance(labels, list) else []
    known = arrows.get(ends, Arrows())
    names = frozenset(label for label in bare(marked) if label not in modalities)
    arrows[ends] = Arrows(
        names=known.names | (names or {""}),
        modalities=known.modalities | frozenset(label for label in marked if label in modalities),
        open=known.open or OPEN in marked,
        both_ways=known.both_ways or element.get("direction") == "bi",
    )


def _content(element: dict[str, Any]) -> list[Any]:
    value = _value(element)
    if element["type"] == "labels":
        return [element.get("from_name"), value.get("start"), value.get("end"), sorted(map(str, _labels_of(element)))]
    given = value.get("choices", value.get("text"))
    return [element.get("from_name"), given if isinstance(given, list) else [given]]


def _value(element: dict[str, Any]) -> dict[str, Any]:
    value = element.get("value")
    return value if isinstance(value, dict) else {}


def _labels_of(element: dict[str, Any]) -> list[Any]:
    labels = _value(element).get("labels")
    return labels if isinstance(labels, list) else []
