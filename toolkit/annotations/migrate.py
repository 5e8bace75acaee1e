"""A result of Label Studio moved to the names of a new ontology.

Ids, offsets, texts, origin, score, meta and order stay as they are; a relation never outlives a region that it joins,
for then Label Studio's editor would stay blank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.annotations.moves import (
    Fate,
    Move,
    Moved,
    Withdrawn,
    assert_conserved,
    ends,
    is_a,
    items,
    listed,
    region_id,
    text,
)
from toolkit.ontology.model import Ontology
from toolkit.ontology.plan import Plan
from toolkit.ontology.plan_file import Ref


def move(result: Any, plan: Plan) -> Moved:
    """Move one result; done twice, the second time changes nothing. What is no result element passes through.

    Raises GoldkitError where an item would be lost, which is a bug here.
    """
    if not isinstance(result, list):
        return Moved(result, Counter())
    result = _labelled(result, plan)
    moved = _Moving(plan, result).moved()
    assert_conserved(result, moved, plan)
    return moved


@dataclass(slots=True)
class _Relation:
    """A relation as it will be, and the way of each of its labels."""

    element: dict[str, Any]
    ways: list[Move]


@dataclass(slots=True)
class _Moving:
    """One result under way."""

    plan: Plan
    result: list[Any]
    counts: Counter[Move] = field(default_factory=Counter)
    withdrawn: list[Withdrawn] = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)  # old ones, by region
    answers: dict[tuple[str, str], str] = field(default_factory=dict)  # by region and attribute
    lost: dict[str, int] = field(default_factory=dict)  # regions that go, and by which step
    pairs: set[tuple[str, str]] = field(default_factory=set)  # that have a relation

    def moved(self) -> Moved:
        """Regions first, then what is said about them, then what joins them."""
        for element in self.result:
            self._look_at(element)
        regions = {at: self._region(one) for at, one in enumerate(self.result) if is_a(one, "labels")}
        for element in regions.values():
            self.lost.pop(region_id(element), None)  # an id that stands twice
        moved: list[Any] = []
        for at, element in enumerate(self.result):
            if at in regions:
                moved += [regions[at]] if regions[at] is not None else []
            else:
                moved += self._relation(element) if is_a(element, "relation") else self._answer(element)
        return Moved(list(self._without_doubles(moved)), self.counts, tuple(self.withdrawn))

    def _look_at(self, element: Any) -> None:
        """Note what decides where other items go."""
        if is_a(element, "relation"):
            self.pairs.add((text(element.get("from_id")), text(element.get("to_id"))))
        elif is_a(element, "labels"):
            self.labels.setdefault(region_id(element), []).extend(ref.name for ref in items(element, self.plan))
        elif isinstance(element, dict) and isinstance(value := element.get("value"), dict):
            answers = listed(value.get("choices" if "choices" in value else "text"))
            if len(answers) == 1:
                self.answers[region_id(element), text(element.get("from_name"))] = text(answers[0]).strip()

    def _region(self, element: dict[str, Any]) -> dict[str, Any] | None:
        refs = items(element, self.plan)
        ways = self._led([self._way_of_label(ref, region_id(element)) for ref in refs], element)
        if ways:
            return self._renamed(element, "labels", ways)
        if id := region_id(element):
            self.lost[id] = self._way_of_label(refs[0], id).step
        return None

    def _way_of_label(self, old: Ref, region: str) -> Move:
        if old.name not in self.plan.splits:
            return self._way(old)
        step, split = self.plan.splits[old.name]
        new = split.into.get(self.answers.get((region, split.by), ""), split.otherwise)
        return _way(step, old, old._replace(name=new))

    def _way(self, old: Ref) -> Move:
        lead = self.plan.whole.get(old)
        return _way(lead.step, old, lead.new[0] if lead.new else None) if lead else _way(0, old, old)

    def _answer(self, element: Any) -> Iterator[Any]:
        """An answer about a region, or whatever else may stand in a result."""
        refs = items(element, self.plan)
        if region_id(element) in self.lost:
            self._withdraw(element, self.lost[region_id(element)])
        elif refs[0].kind == "element":
            self.counts.update(_way(0, ref, ref) for ref in refs)
            yield element
        else:
            attribute = self._way(Ref("attribute", element["from_name"]))
            if attribute.new is None:
                self._withdraw(element, attribute.step)
            elif ways := self._led([self._way_with(attribute, ref) for ref in refs], element):
                same = attribute.new == attribute.old
                element = element if same else {**element, "from_name": attribute.new.name}
                yield self._renamed(element, "choices", ways)

    def _way_with(self, attribute: Move, old: Ref) -> Move:
        """The way of an answer: its option's own, else its attribute's."""
        own = self._way(old)
        if own.step or attribute.new is None or old.kind == "attribute":
            return own
        return _way(attribute.step, old, old._replace(of=attribute.new.name))

    def _relation(self, element: dict[str, Any]) -> Iterator[_Relation]:
        refs = items(element, self.plan)
        if gone := [end for end in ends(element) if end in self.lost]:
            self._withdraw(element, self.lost[gone[0]])
            return
        ways, turned = self._ways_of_relation(refs, element)
        types = [way for way in ways if way.old.kind == "relation"]
        if types and not any(way.new for way in types):  # without a type there is nothing to be negated
            self._withdraw(element, types[0].step)
        elif all(way in turned for way in types if way.new):
            if left := self._led(ways, element):  # a modality alone may have been retired
                yield _Relation(_turned(element) if turned else element, left)
        else:
            yield _Relation(element, self._led([way for way in ways if way not in turned], element))
            if turned:
                other = {**element, "from_id": element["to_id"], "to_id": element["from_id"]}
                yield _Relation(other, self._led(turned, element))

    def _ways_of_relation(self, refs: Sequence[Ref], element: dict[str, Any]) -> tuple[list[Move], list[Move]]:
        """The ways of all labels, and those of them that turn the relation round.

        Label Studio keeps one relation an ordered pair. So where some labels turn and others stay, they can do so only
        if the pair is free the other way round, and no modality belongs to both; else those labels are kept.
        """
        turned = [way for ref in refs if (way := self._retyped(ref, element, turns=True))]
        ways = [self._retyped(ref, element) or self._way(ref) for ref in refs]
        stay = any(way.new for way in ways if way.old.kind == "relation" and way not in turned)
        if turned and stay:
            back = (text(element.get("to_id")), text(element.get("from_id")))
            if back in self.pairs or any(ref.kind == "modality" for ref in refs):
                return [_way(0, way.old, way.old) if way in turned else way for way in ways], []
            self.pairs.add(back)
        return ways, turned

    def _retyped(self, old: Ref, element: dict[str, Any], *, turns: bool = False) -> Move | None:
        """The way of a type that is decided by the relation's ends; with ``turns``, only one that turns it round."""
        head, tail = (self.labels.get(end, []) for end in ends(element))
        both = element.get("direction") == "bi"
        for step, retype in self.plan.retypes.get(old.name, ()) if old.kind == "relation" else ():
            if retype.means(head, tail) or (both and retype.means(tail, head)):
                reversed_ = retype.reverse and not both
                fate = Fate.MOVED if reversed_ or retype.to != old.name else Fate.KEPT
                return Move(step, old, old._replace(name=retype.to), fate) if reversed_ or not turns else None
        return None

    def _led(self, ways: Iterable[Move], element: Any) -> list[Move]:
        """The ways that end at a name of their own. Those withdrawn, and those that fell together, are counted."""
        left: list[Move] = []
        for way in ways:
            same = next((one for one in left if one.new == way.new), None)
            if way.new is None:
                self.counts[way] += 1
                self.withdrawn.append(Withdrawn(way.step, way.old, element))
            elif same and Fate.MOVED in (same.fate, way.fate):
                self.counts[way._replace(fate=Fate.JOINED)] += 1
            else:
                left.append(way)
        return left

    def _withdraw(self, element: Any, step: int) -> None:
        self._led([_way(step, ref, None) for ref in items(element, self.plan)], element)

    def _renamed(self, element: dict[str, Any], key: str, ways: Sequence[Move]) -> dict[str, Any]:
        """The element with the new names under a key of its value, or as ``labels`` of a relation."""
        self.counts.update(ways)
        if all(way.old.kind == "attribute" or way.new == way.old for way in ways) and len(ways) == len(
            items(element, self.plan)
        ):
            return element
        names = [way.new.name for way in ways if way.new]
        if is_a(element, "relation"):
            return {**element, key: names}
        there = element["value"][key]
        return {**element, "value": {**element["value"], key: names[0] if isinstance(there, str) else names}}

    def _without_doubles(self, elements: Iterable[Any]) -> Iterator[Any]:
        """Of equal relations between two regions, one of them moved, the first."""
        moved_before: dict[tuple[Any, ...], bool] = {}
        for element in elements:
            if not isinstance(element, _Relation):
                yield element
                continue
            modality = frozenset(way.new for way in element.ways if way.old.kind == "modality")
            left: list[Move] = []
            for way in element.ways:
                key = (way.new, modality, *self._joined(element.element, way))
                is_moved = moved_before.get(key, False) or way.fate is Fate.MOVED
                if way.old.kind == "relation" and key in moved_before and is_moved:
                    self.counts[way._replace(fate=Fate.JOINED)] += 1
                else:
                    left.append(way)
                    moved_before[key] = is_moved
            if len(left) < len(element.ways) and all(way.old.kind == "modality" for way in left):
                self.counts.update(way._replace(fate=Fate.JOINED) for way in left)
            else:
                yield self._renamed(element.element, "labels", left)

    def _joined(self, element: dict[str, Any], way: Move) -> tuple[str, ...]:
        either = element.get("direction") == "bi" or (way.new is not None and way.new.name in self.plan.symmetric)
        return tuple(sorted(ends(element))) if either else ends(element)


def _labelled(result: list[Any], plan: Plan) -> list[Any]:
    """Arrows whose label only their ends told, with it: the new ontology may tell another one, or none."""
    if plan.old is None:
        return result
    labels: dict[str, list[str]] = {}
    for element in result:
        if is_a(element, "labels"):
            labels.setdefault(region_id(element), []).extend(ref.name for ref in items(element, plan))
    return [_told(one, labels, plan, plan.old) if is_a(one, "relation") else one for one in result]


def _told(element: dict[str, Any], labels: Mapping[str, list[str]], plan: Plan, old: Ontology) -> dict[str, Any]:
    written = listed(element.get("labels"))
    if (any(ref.kind == "relation" for ref in items(element, plan)) and written) or element.get("direction") == "bi":
        return element
    joining = old.joining(*(labels.get(end, []) for end in ends(element)))
    if len(joining) != 1:
        return element
    relation, turned = joining[0]
    element = {**element, "labels": [relation.name, *written]}
    return _turned(element) if turned else element


def _way(step: int, old: Ref, new: Ref | None) -> Move:
    fate = Fate.WITHDRAWN if new is None else Fate.KEPT if new == old else Fate.MOVED
    return Move(step, old, new, fate)


def _turned(relation: dict[str, Any]) -> dict[str, Any]:
    """The same relation the other way round, by the same two ids in the same order."""
    return {**relation, "direction": "right" if relation.get("direction") == "left" else "left"}
