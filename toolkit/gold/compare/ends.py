"""Which mentions and cues of several annotators are the same thing, where relations and claims end in them.

Context counts here: it is nobody's work and is not compared, but links end in it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from toolkit.annotations.model import Annotation, Cue, Mention, Origin, Relation, SpanItem
from toolkit.annotations.relate import in_order
from toolkit.gold.compare.spans import Matched, Pair, Traits, match, without

S = TypeVar("S", bound=SpanItem)
End = Mention | Cue
Place = tuple[Hashable, int, int, tuple[str, ...]]


class Link(NamedTuple):
    """A relation and the mentions that it joins."""

    relation: Relation
    head: Mention
    tail: Mention


class Ends:
    """Sameness of ends: two are the same if they were paired.

    What one annotator labelled twice in the same way is one end too, so that it does not matter which of the two bears
    the links.
    """

    def __init__(self, same: Iterable[Iterable[tuple[Hashable, End]]]) -> None:
        """Take groups of (annotator, item) in which all are the same."""
        self._above: dict[Place, Place] = {}
        for group in same:
            top: Place | None = None
            for whose, item in group:
                place = self._top(_place(whose, item))
                self._above[place] = top = top or place

    def of(self, whose: Hashable, item: End) -> Place | None:
        """What stands for all ends that are the same as this one; None where it is in no group."""
        place = _place(whose, item)
        return self._top(place) if place in self._above else None

    def _top(self, place: Place) -> Place:
        while (above := self._above.get(place, place)) != place:
            place = above
        return place


def _place(whose: Hashable, item: End) -> Place:
    return whose, item.start, item.end, item.labels if isinstance(item, Mention) else ()


def match_work(
    left: Sequence[S], right: Sequence[S], traits: Traits[S], *, compared: bool
) -> tuple[Matched[S], tuple[Pair[S], ...]]:
    """Pair two annotators' own items, then what is left of them with context.

    Returns:
        What is compared (nothing, unless ``compared``), and the pairs beside it in which links may end.
    """
    lefts, rights = ([item for item in side if compared and is_own(item)] for side in (left, right))
    matched = match(lefts, rights, traits)
    if len(lefts) == len(left) and len(rights) == len(right):
        return matched, ()
    rest_left = without(left, (pair.left for pair in matched.pairs))
    rest_right = without(right, (pair.right for pair in matched.pairs))
    return matched, match(rest_left, rest_right, traits).pairs


def is_own(item: SpanItem) -> bool:
    """Whether an item is its annotator's work, and not context."""
    return item.origin is not Origin.CONTEXT


def labels(mention: Mention) -> tuple[str, ...]:
    """What makes two mentions of one place alike."""
    return mention.labels


def nothing(item: SpanItem) -> tuple[str, ...]:
    """What makes two cues of one place alike: nothing but the place."""
    return ()


def links(work: Annotation) -> list[Link]:
    """An annotation's relations with their mentions."""
    mentions = {mention.id: mention for mention in work.mentions}
    return [Link(link, mentions[link.head], mentions[link.tail]) for link in in_order(work.relations)]
