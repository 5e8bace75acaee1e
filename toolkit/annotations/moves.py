"""What a move does to the items of a result, and the proof that it loses none."""

from __future__ import annotations

import enum
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from toolkit.annotations.grammar import well_formed
from toolkit.errors import GoldkitError
from toolkit.files import to_json
from toolkit.ontology.plan import Plan
from toolkit.ontology.plan_file import Ref


class Fate(enum.StrEnum):
    """What became of an item."""

    KEPT = "kept"
    MOVED = "moved"
    JOINED = "fell together"  # with another one that has the new name already
    WITHDRAWN = "withdrawn"


class Move(NamedTuple):
    """One item's way; ``step`` is the plan's, from 1, and 0 where no step meant it. ``new`` is None if withdrawn."""

    step: int
    old: Ref
    new: Ref | None
    fate: Fate

    @property
    def counts(self) -> bool:
        """Whether it is an item: a modality says something about the others, and is none."""
        return self.old.kind != "modality"


class Withdrawn(NamedTuple):
    """An item that is gone, and the element that it was in, as it was."""

    step: int
    old: Ref
    element: Any


@dataclass(frozen=True, slots=True)
class Moved:
    """A result after the move, and what became of each item.

    For each old name the ``counts`` add up to the items that bore it, and for each new name those kept and moved add
    up to the items that bear it now.
    """

    result: Any
    counts: Counter[Move]
    withdrawn: tuple[Withdrawn, ...] = ()


def items(element: Any, plan: Plan) -> list[Ref]:
    """What one element of a result says, name by name: its labels, its choices, or one for anything else."""
    if not isinstance(element, dict):
        return [Ref("element", "")]
    kind, control, value = element.get("type"), element.get("from_name"), element.get("value")
    value = value if isinstance(value, dict) else {}
    if kind == "relation":
        return [plan.relation(text(label)) for label in listed(element.get("labels"))] or [Ref("relation", "")]
    if kind == "labels":
        return [Ref("label", text(label)) for label in listed(value.get("labels"))] or [Ref("label", "")]
    if not isinstance(control, str):
        return [Ref("element", text(kind))]
    choices = listed(value.get("choices")) if kind == "choices" else []
    return [Ref("option", text(choice), control) for choice in choices] or [Ref("attribute", control)]


def size(result: Any, plan: Plan) -> int:
    """How many items a result holds, as the checks count them: a modality is none."""
    elements = result if isinstance(result, list) else []
    return sum(ref.kind != "modality" for element in elements for ref in items(element, plan))


def names(result: Any, plan: Plan) -> dict[Ref, str]:
    """The names in a result, each with the control or the type of answer that it stands under."""
    found: dict[Ref, str] = {}
    for element in result if isinstance(result, list) else ():
        for ref in items(element, plan):
            if ref.kind == "label":
                found[ref] = text(element.get("from_name"))
            elif ref.kind != "element":
                found[ref] = ""
            if ref.of or ref.kind == "attribute":
                found[Ref("attribute", ref.of or ref.name)] = text(element.get("type"))
    return {ref: place for ref, place in found.items() if ref.name}


def digest(result: Any) -> str:
    """The sha256 of a result, whatever is in it: half an emoji, too."""
    return hashlib.sha256(to_json(result).encode("utf-8", "surrogatepass")).hexdigest()


def listed(names: Any) -> list[Any]:
    """Names as a list; Label Studio sometimes has one alone."""
    return names if isinstance(names, list) else [names] if isinstance(names, str) else []


def text(name: Any) -> str:
    """A name as text, whatever it is."""
    return name if isinstance(name, str) else to_json(well_formed(name))


def region_id(element: Any) -> str:
    """The id of the region that an element makes or speaks of; empty where it names none."""
    id = element.get("id") if isinstance(element, dict) else None
    return id if isinstance(id, str) else ""


def is_a(element: Any, kind: str) -> bool:
    """Whether it is a result element of this type."""
    return isinstance(element, dict) and element.get("type") == kind


def ends(relation: dict[str, Any]) -> tuple[str, str]:
    """The ids of a relation's head and tail."""
    start, end = text(relation.get("from_id")), text(relation.get("to_id"))
    return (end, start) if relation.get("direction") == "left" else (start, end)


def assert_conserved(result: list[Any], moved: Moved, plan: Plan) -> None:
    """Count the items before and after, apart from how they were moved; and look for relations that dangle now.

    Raises GoldkitError: the move has a bug.
    """
    begun: Counter[Ref] = Counter()
    ended: Counter[Ref | None] = Counter()
    for one, count in moved.counts.items():
        begun[one.old] += count
        if one.fate in (Fate.KEPT, Fate.MOVED):
            ended[one.new] += count
    gone = _regions(result) - _regions(moved.result)
    dangling = any(is_a(element, "relation") and not gone.isdisjoint(ends(element)) for element in moved.result)
    if begun != _items(result, plan) or ended != _items(moved.result, plan) or dangling:
        raise GoldkitError(
            "an annotation would not come through the move whole",
            next="report this as a bug of goldkit, with the plan; the snapshot has everything as it was",
        )


def _items(result: Iterable[Any], plan: Plan) -> Counter[Ref]:
    return Counter(ref for element in result for ref in items(element, plan))


def _regions(result: Iterable[Any]) -> set[str]:
    return {region_id(element) for element in result if is_a(element, "labels")}
