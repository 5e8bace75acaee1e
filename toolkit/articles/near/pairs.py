"""Two articles that say the same: how much of it, and what that makes of them."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from toolkit.articles.near.shingles import common
from toolkit.articles.near.words import Digests
from toolkit.project import GroupingSettings

ENOUGH = 30  # shingles: a shorter text, or a quotation, is soon contained in another


class Kind(enum.StrEnum):
    """What a pair is, the strongest first. A ``review`` pair is no copy; a person may look at it."""

    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near-duplicate"
    CONTAINED = "contained"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles (``left`` < ``right``), the Jaccard similarity of their shingles, and the containment.

    ``containment`` is the share of the smaller set's shingles that stand in the larger.
    """

    left: str
    right: str
    jaccard: float
    containment: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class Likeness:
    """The two measures of a pair, each in [0, 1], and the size of the smaller set."""

    jaccard: float
    containment: float
    smaller: int

    def contains(self, containment: float) -> bool:
        """Whether the smaller stands in the larger, as far as ``containment`` asks, and is large enough for that."""
        return self.smaller >= ENOUGH and self.containment >= containment


def likeness(left: Digests, right: Digests) -> Likeness:
    """The exact measures of two sets of shingles; of empty sets, none."""
    shared, smaller = common(left, right), min(len(left), len(right))
    if not smaller:
        return Likeness(0.0, 0.0, 0)
    return Likeness(shared / (len(left) + len(right) - shared), shared / smaller, smaller)


def kind(alike: Likeness, settings: GroupingSettings) -> Kind | None:
    """What kind of pair it is; None where it is none."""
    if alike.jaccard >= settings.duplicate:
        return Kind.DUPLICATE
    if alike.jaccard >= settings.near_duplicate:
        return Kind.NEAR_DUPLICATE
    if alike.contains(settings.containment):
        return Kind.CONTAINED
    return Kind.REVIEW if alike.jaccard >= settings.review else None


def judged(
    ids: Sequence[str], sets: Sequence[Digests], candidates: Iterable[tuple[int, int]], settings: GroupingSettings
) -> list[Pair]:
    """The candidates (indices) that are pairs of some kind, by their ids."""
    found = []
    for one, other, alike, what in measured(sets, candidates, settings):
        left, right = sorted((ids[one], ids[other]))
        found.append(Pair(left, right, alike.jaccard, alike.containment, what))
    return sorted(found, key=lambda pair: (pair.left, pair.right))


def measured(
    sets: Sequence[Digests], candidates: Iterable[tuple[int, int]], settings: GroupingSettings
) -> Iterator[tuple[int, int, Likeness, Kind]]:
    """The same by their indices, in the order of the candidates."""
    for one, other in candidates:
        alike = likeness(sets[one], sets[other])
        if (what := kind(alike, settings)) is not None:
            yield one, other, alike, what
