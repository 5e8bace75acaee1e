"""Who labels what: a plan that is balanced by length, always the same, and only ever grows.

The articles go out from the longest to the shortest, each to those who have the least so far. So where all were there
from the beginning, nobody has more characters than another by more than the longest article: whoever is given one more
was among the least loaded.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """An article as far as the plan needs to know it; people are pseudonyms."""

    article_id: str
    characters: int
    story_id: str = ""
    assigned: frozenset[str] = frozenset()  # to whom it was given before
    labelled: frozenset[str] = frozenset()  # who labelled it, whether it was given to them or not
    calibration: bool = False  # it was chosen before for everybody to label
    rank: int | None = None  # its place in the order that was made before


@dataclass(frozen=True, slots=True)
class Assignment:
    """The plan: whose each article is (sorted), and which of them everybody labels."""

    people: dict[str, tuple[str, ...]]
    calibration: frozenset[str]


def assign(pieces: Iterable[Piece], annotators: Collection[str], overlap: int, calibration: int = 0) -> Assignment:
    """Give each article to ``overlap`` of the annotators (to all, where they are fewer).

    What was given to somebody stays theirs, and so does what somebody labelled unasked. An article is short of people
    until ``overlap`` have labelled it or are to label it; who was given it and is no annotator any more counts only
    where they did label it.

    Args:
        pieces: the articles, in any order.
        annotators: who may be given more.
        overlap: how many people an article is to get.
        calibration: how many articles everybody is to label; those chosen before stay.
    """
    listed = sorted(pieces, key=lambda piece: (-piece.characters, piece.article_id))
    everybody = frozenset(annotators)
    chosen = _calibration(listed, calibration)
    people = {
        piece.article_id: piece.assigned | piece.labelled | (everybody if piece.article_id in chosen else frozenset())
        for piece in listed
    }
    load = {
        person: sum(piece.characters for piece in listed if person in people[piece.article_id]) for person in everybody
    }
    for piece in listed:
        own = people[piece.article_id]
        missing = max(0, overlap - len(own & everybody | piece.labelled))
        free = sorted(everybody - own, key=lambda person: (load[person], mixed(piece.article_id, person)))
        for person in free[:missing]:
            load[person] += piece.characters
        people[piece.article_id] = own.union(free[:missing])
    return Assignment({id: tuple(sorted(own)) for id, own in sorted(people.items())}, chosen)


def _calibration(pieces: Sequence[Piece], wanted: int) -> frozenset[str]:
    """The articles for everybody: those chosen before, then one of each story, then a second of each, and so on.

    More of them hold the fewer: asking for eight after five adds three.
    """
    before = [piece for piece in pieces if piece.calibration]
    of_story = Counter(map(_story, before))
    further: list[tuple[int, str, str]] = []
    for piece in sorted(pieces, key=lambda piece: mixed(piece.article_id)):
        if not piece.calibration:
            further.append((of_story[_story(piece)], mixed(piece.article_id), piece.article_id))
            of_story[_story(piece)] += 1
    more = [article_id for _, _, article_id in sorted(further)[: max(0, wanted - len(before))]]
    return frozenset([*(piece.article_id for piece in before), *more])


def _story(piece: Piece) -> tuple[str, str]:
    """What a piece is about; an article without a story is a story of its own."""
    return (piece.story_id, "") if piece.story_id else ("", piece.article_id)


def mixed(*names: str) -> str:
    """An order that looks like chance and is the same everywhere: among equals, it is not always the same pair."""
    return hashlib.sha256("\0".join(names).encode()).hexdigest()
