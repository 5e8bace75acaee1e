"""Two annotators' spans of one text, paired one to one.

Spans with the same offsets are paired first, then those that overlap, so that the sum of intersection over union (IoU)
is the highest. Taking the exact ones first costs nothing: 1 - IoU is a metric, so by the triangle inequality some best
assignment holds them. Greedy pairing would not do: its score depends on the order of the list.

Ties are told apart by what the items are, never by the order they come in, by their ids, or by who is left and who is
right: first by how many traits the paired items share (a mention's traits are its labels), then as ``assign`` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any, Generic, TypeVar

from toolkit.annotations.model import Origin, SpanItem
from toolkit.gold.matching import assign

T = TypeVar("T")
S = TypeVar("S", bound=SpanItem)
Traits = Callable[[S], Sequence[str]]
"""What makes two items of one place alike, sorted and without repetitions."""


@dataclass(frozen=True, slots=True)
class Pair(Generic[S]):
    """Two annotators' items that stand for the same thing in the text."""

    left: S
    right: S

    @property
    def exact(self) -> bool:
        """Whether they have the same offsets."""
        return self.left.start == self.right.start and self.left.end == self.right.end

    @property
    def overlap(self) -> float:
        """Intersection over union of their characters, above 0 and at most 1."""
        return _shared(self.left, self.right) / _covered(self.left, self.right)

    @property
    def accepted(self) -> bool:
        """Whether one of them is an accepted suggestion: then this is no independent agreement."""
        return Origin.ACCEPTED in (self.left.origin, self.right.origin)


@dataclass(frozen=True, slots=True)
class Matched(Generic[S]):
    """Every item of two annotators exactly once: in a pair, or on its side alone. Each part stands in text order."""

    pairs: tuple[Pair[S], ...] = ()
    left: tuple[S, ...] = ()
    right: tuple[S, ...] = ()

    def exact(self) -> Matched[S]:
        """The same with pairs of equal offsets only; the items of the others stand alone."""
        parted = [pair for pair in self.pairs if not pair.exact]
        return Matched(
            pairs=tuple(pair for pair in self.pairs if pair.exact),
            left=_in_text_order((*self.left, *(pair.left for pair in parted))),
            right=_in_text_order((*self.right, *(pair.right for pair in parted))),
        )

    def independent(self) -> Matched[S]:
        """The same without accepted suggestions, and without what is paired with one."""
        return Matched(
            pairs=tuple(pair for pair in self.pairs if not pair.accepted),
            left=tuple(item for item in self.left if item.origin is not Origin.ACCEPTED),
            right=tuple(item for item in self.right if item.origin is not Origin.ACCEPTED),
        )


def match(left: Iterable[S], right: Iterable[S], traits: Traits[S]) -> Matched[S]:
    """Pair the items of two annotators, which may overlap, nest and repeat each other."""
    pairs: list[Pair[S]] = []
    rest: tuple[list[S], list[S]] = ([], [])
    for lefts, rights in _places(left, right):
        _pair_up(lefts, rights, traits, pairs, rest)
    alone: tuple[list[S], list[S]] = ([], [])
    for lefts, rights in _clusters(*rest):
        _pair_up(lefts, rights, traits, pairs, alone)
    pairs.sort(key=lambda pair: (pair.left.start, pair.left.end, pair.left.id))
    return Matched(tuple(pairs), _in_text_order(alone[0]), _in_text_order(alone[1]))


def without(items: Iterable[T], taken: Iterable[T]) -> list[T]:
    """The items that are not among ``taken``, as objects: two that are equal are two all the same."""
    gone = {id(item) for item in taken}
    return [item for item in items if id(item) not in gone]


def content(item: S, traits: Traits[S]) -> tuple[Any, ...]:
    """An item's place in an order in which ids have no say."""
    return item.start, item.end, tuple(traits(item)), item.origin, sorted(item.attributes.items())


def alike(one: S, other: S, traits: Traits[S]) -> int:
    """How many traits two items share."""
    return len({*traits(one)} & {*traits(other)})


def _places(left: Iterable[S], right: Iterable[S]) -> Iterable[tuple[list[S], list[S]]]:
    """Both sides' items by their offsets."""
    places: dict[tuple[int, int], tuple[list[S], list[S]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((left, right)):
        for item in items:
            places[item.start, item.end][side].append(item)
    return places.values()


def _clusters(left: Iterable[S], right: Iterable[S]) -> Iterator[tuple[list[S], list[S]]]:
    """Both sides' items that hang together by overlaps: nothing in one cluster overlaps anything in another."""
    cluster: tuple[list[S], list[S]] = ([], [])
    reach = 0
    for item, side in sorted(
        ((item, side) for side, items in enumerate((left, right)) for item in items), key=lambda entry: entry[0].start
    ):
        if item.start >= reach:
            yield cluster
            cluster = ([], [])
        cluster[side].append(item)
        reach = max(reach, item.end)
    yield cluster


def _pair_up(
    left: list[S], right: list[S], traits: Traits[S], pairs: list[Pair[S]], alone: tuple[list[S], list[S]]
) -> None:
    """Pair the items of one place or one cluster, in which one of each side do overlap."""
    if len(left) == len(right) == 1:
        pairs.append(Pair(left[0], right[0]))
    elif left and right:
        found = _by_overlap(left, right, traits)
        pairs += found
        alone[0].extend(without(left, (pair.left for pair in found)))
        alone[1].extend(without(right, (pair.right for pair in found)))
    else:
        alone[0].extend(left)
        alone[1].extend(right)


def _by_overlap(left: list[S], right: list[S], traits: Traits[S]) -> list[Pair[S]]:
    # IoU are fractions; over a common denominator they are whole numbers, and their sums exact.
    whole = lcm(*{_covered(one, other) for one in left for other in right if _shared(one, other)})
    more_than_alike = 1 + sum(len(traits(item)) for item in left)

    def weight(one: S, other: S) -> int:
        if not (shared := _shared(one, other)):
            return 0
        return shared * (whole // _covered(one, other)) * more_than_alike + alike(one, other, traits)

    found = assign(_in_text_order(left), _in_text_order(right), weight, lambda item: content(item, traits))
    return [Pair(*items) for items in found]


def _shared(one: SpanItem, other: SpanItem) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _covered(one: SpanItem, other: SpanItem) -> int:
    return one.end - one.start + other.end - other.start - _shared(one, other)


def _in_text_order(items: Iterable[S]) -> tuple[S, ...]:
    return tuple(sorted(items, key=lambda item: (item.start, item.end, item.id)))
