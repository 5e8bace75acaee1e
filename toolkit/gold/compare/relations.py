"""Two annotators' relations, compared over ends that were paired before.

Relations between the same two ends are paired so that as many as possible agree, then so that as many as possible
differ in their modality only, then in their direction, then in their type. What is left of them is missing on the
other side, and so is a relation of which an end is not there: each relation comes to exactly one outcome.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from toolkit.annotations.grammar import Grammar
from toolkit.gold.compare.ends import Ends, Link, Place, labels
from toolkit.gold.compare.spans import content, without
from toolkit.gold.matching import assign


class Outcome(enum.StrEnum):
    """What became of a relation in a comparison; of the differences the first that holds."""

    AGREED = "agreed"  # the same ends, direction, type and modality
    MODALITY = "modality"  # another modality
    DIRECTION = "direction"  # the same type the other way round, where it is not symmetric
    TYPE = "type"  # another type; the same direction, unless one of the two types has none
    MISSING = "missing"  # both ends are paired, and the other annotator has nothing there to pair it with
    END_MISSING = "end-missing"  # an end has no partner


@dataclass(frozen=True, slots=True)
class RelationCase:
    """A relation of one annotator or of both, and what became of it. At least one side is there."""

    outcome: Outcome
    left: Link | None = None
    right: Link | None = None

    @property
    def exact(self) -> bool:
        """Whether both sides are there and their ends have the same offsets."""
        if self.left is None or self.right is None:
            return False
        return _offsets(self.left) == _offsets(self.right)


class Anchored(NamedTuple):
    """A link and what stands for its ends."""

    link: Link
    head: Place
    tail: Place

    @property
    def ends(self) -> frozenset[Place]:
        """Both ends, in no order."""
        return frozenset((self.head, self.tail))


LIKEST_FIRST = (Outcome.AGREED, Outcome.MODALITY, Outcome.DIRECTION, Outcome.TYPE)


def compare_relations(
    left: Iterable[Link], right: Iterable[Link], ends: Ends, grammar: Grammar
) -> tuple[RelationCase, ...]:
    """Every relation of two annotators in exactly one case, in text order.

    Args:
        left: one annotator's relations.
        right: the other's.
        ends: which mentions of the two are paired, with "left" and "right" for the annotators.
        grammar: says which relation types are symmetric.
    """
    cases: list[RelationCase] = []
    meetings: dict[frozenset[Place], tuple[list[Anchored], list[Anchored]]] = defaultdict(lambda: ([], []))
    for number, (side, links) in enumerate((("left", left), ("right", right))):
        for link in links:
            if anchored := anchor(link, side, ends):
                meetings[anchored.ends][number].append(anchored)
            else:
                cases.append(RelationCase(Outcome.END_MISSING, **{side: link}))
    for lefts, rights in meetings.values():
        cases += _met(lefts, rights, grammar)
    return tuple(sorted(cases, key=_case_in_text))


def anchor(link: Link, whose: str, ends: Ends) -> Anchored | None:
    """The link with what stands for its ends; None where one of them has no partner."""
    head, tail = ends.of(whose, link.head), ends.of(whose, link.tail)
    return Anchored(link, head, tail) if head and tail else None


def pair_relations(
    left: Sequence[Anchored], right: Sequence[Anchored], grammar: Grammar
) -> list[tuple[Outcome, Anchored, Anchored]]:
    """Pair relations that all join the same two ends, the likest with each other."""
    base = min(len(left), len(right)) + 1

    def weight(one: Anchored, other: Anchored) -> int:
        found = _outcome(one, other, grammar)
        return base ** (len(LIKEST_FIRST) - LIKEST_FIRST.index(found)) if found else 0

    pairs = assign(left, right, weight, link_content)
    return [(found, one, other) for one, other in pairs if (found := _outcome(one, other, grammar))]


def _outcome(one: Anchored, other: Anchored, grammar: Grammar) -> Outcome | None:
    """In what two relations between the same two ends differ; None where they have nothing in common."""
    first, second = one.link.relation, other.link.relation
    same_way = (one.head, one.tail) == (other.head, other.tail)
    if first.type != second.type:
        undirected = grammar.relations[first.type].symmetric or grammar.relations[second.type].symmetric
        return Outcome.TYPE if same_way or undirected else None
    if not same_way and not grammar.relations[first.type].symmetric:
        return Outcome.DIRECTION
    return Outcome.AGREED if first.modality == second.modality else Outcome.MODALITY


def in_text(link: Link) -> tuple[Any, ...]:
    """By which links stand in text order."""
    relation, head, tail = link
    return head.span, tail.span, relation.type, relation.modality, head.id, tail.id


def link_content(anchored: Anchored) -> tuple[Any, ...]:
    """A relation's place in an order in which ids have no say."""
    relation, head, tail = anchored.link
    return relation.type, relation.modality, content(head, labels), content(tail, labels)


def _met(left: list[Anchored], right: list[Anchored], grammar: Grammar) -> Iterator[RelationCase]:
    pairs = pair_relations(left, right, grammar) if left and right else []
    for found, one, other in pairs:
        yield RelationCase(found, one.link, other.link)
    for one in without(left, (one for _, one, _ in pairs)):
        yield RelationCase(Outcome.MISSING, left=one.link)
    for one in without(right, (one for *_, one in pairs)):
        yield RelationCase(Outcome.MISSING, right=one.link)


def _offsets(link: Link) -> frozenset[tuple[int, int]]:
    return frozenset((link.head.span, link.tail.span))


def _case_in_text(case: RelationCase) -> tuple[Any, ...]:
    return min((in_text(link), side) for side, link in enumerate((case.left, case.right)) if link)
