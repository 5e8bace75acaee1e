"""In which order articles are met, so that the first hours bring the most: what is new, contested or uncertain.

Whose an article is, is decided elsewhere (``assignment.py``) and before; an order changes nothing of it.
"""

from __future__ import annotations

import enum
import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count
from typing import NamedTuple

from toolkit.gold.assignment import Assignment, Piece, mixed

EXACT = 1000  # articles that have a place each; those after them share theirs
TOGETHER = 100  # as many at a time: Label Studio is told places one by one, at tens of milliseconds each

ENOUGH = 10  # articles: what so many have is not looked for any more, which bounds the work too

Aspects = Mapping[str, str]
"""What is known of an article, by name (story, outlet, month, …); empty where a value is not known."""


class Order(enum.StrEnum):
    """By what the order is made. ``plain``: by nothing, Label Studio has its own."""

    PLAIN = "plain"
    COVERAGE = "coverage"
    DISAGREEMENT = "disagreement"
    UNCERTAINTY = "uncertainty"


class Turn(NamedTuple):
    """An article in an order, and why it stands where it does."""

    article_id: str
    why: str


class Place(NamedTuple):
    """An article's place in the order, and why; 0 is before all others."""

    rank: int
    why: str


def places(pieces: Iterable[Piece], plan: Assignment, turns: Iterable[Turn]) -> dict[str, Place]:
    """The place of each article by its id, as far as somebody is to label it, or had one before.

    Calibration articles come before all others, with the rank 0. What somebody has labelled keeps its place: who else
    labels it is to meet it where the first one did. Without a place it comes before what nobody has begun, since it is
    gold only when the others have done it. The rest take the ranks that are free, from 1, in the order of ``turns``;
    behind the first ``EXACT``, ``TOGETHER`` share the last of theirs, and come as Label Studio has them.

    Args:
        pieces: the articles of one project, in any order.
        plan: whose they are.
        turns: those articles in the order that is wanted, each once.
    """
    by_id = {piece.article_id: piece for piece in pieces}
    found: dict[str, Place] = {}
    for id, piece in by_id.items():
        if id in plan.calibration:
            found[id] = Place(0, "calibration")
        elif piece.labelled and piece.rank:
            found[id] = Place(piece.rank, "labelled: keeps its place")
    left = [turn for turn in turns if turn.article_id not in found and _is_left(by_id[turn.article_id], plan)]
    left.sort(key=lambda turn: not by_id[turn.article_id].labelled)
    taken = {place.rank for place in found.values()}
    free = (rank for rank in count(1) if rank not in taken)
    for turn, rank in zip(left, free, strict=False):
        begun = "begun; " if by_id[turn.article_id].labelled else ""
        found[turn.article_id] = Place(_shared(rank), f"{begun}{turn.why}")
    return found


def by_coverage(described: Mapping[str, Aspects], met: Collection[str]) -> Iterator[Turn]:
    """All articles, next always the one that brings most that is new.

    That is the one with the most values that no article before it has; of several such the one with the most values
    that only one has, and so on up to ``ENOUGH``. What an article lacks is never new. Among equals it is as if by
    chance, and always the same.

    Args:
        described: every article.
        met: those that are labelled, or will be before all others: what they have is not new. They come first.
    """
    seen: Counter[tuple[str, str]] = Counter()
    for id in sorted(met, key=mixed):
        yield Turn(id, "nothing new")
        seen.update(_known(described[id]))

    def brings(id: str) -> list[int]:
        return sorted(min(seen[value], ENOUGH) if value[1] else ENOUGH for value in described[id].items())

    waiting = [(brings(id), mixed(id), id) for id in described.keys() - set(met)]
    heapq.heapify(waiting)
    while waiting:
        before, chance, id = heapq.heappop(waiting)
        # Counts only grow, so whatever is least by now has been no more than what it was entered with.
        if (now := brings(id)) != before:
            heapq.heappush(waiting, (now, chance, id))
            continue
        yield Turn(id, _why(_known(described[id]), seen))
        seen.update(_known(described[id]))


def by_score(scores: Mapping[str, tuple[float, str]], articles: Iterable[str], unknown: str) -> list[Turn]:
    """All articles, the highest score first; among equals as if by chance, always the same.

    Those without a score are spread evenly among the others: what is labelled without suggestions, to compare, has
    none, and is to be met as early as the rest.

    Args:
        scores: the score of an article, and what it is made of.
        articles: every article.
        unknown: why an article has none.
    """
    known: list[tuple[float, str, str]] = []
    others: list[tuple[float, str, str]] = []
    for id in articles:
        (known if id in scores else others).append((-scores[id][0] if id in scores else 0.0, mixed(id), id))
    spread = [
        ((at + 0.5) / len(some), chance, id)
        for some in (known, others)
        for at, (_, chance, id) in enumerate(sorted(some))
    ]
    return [Turn(id, scores[id][1] if id in scores else unknown) for _, _, id in sorted(spread)]


def _shared(rank: int) -> int:
    return rank if rank <= EXACT else -(-rank // TOGETHER) * TOGETHER


def _is_left(piece: Piece, plan: Assignment) -> bool:
    return not piece.labelled.issuperset(plan.people[piece.article_id])


def _known(aspects: Aspects) -> list[tuple[str, str]]:
    return [(name, value) for name, value in aspects.items() if value]


def _why(values: list[tuple[str, str]], seen: Counter[tuple[str, str]]) -> str:
    """What an article brings that was seen least so far."""
    if not values:
        return "nothing known of it"
    least = min(seen[value] for value in values)
    if least >= ENOUGH:
        return f"all of it {ENOUGH} times before"
    told = ", ".join(f"{name} {value}" for name, value in values if seen[name, value] == least)
    return f"new: {told}" if not least else f"{least} before: {told}"
