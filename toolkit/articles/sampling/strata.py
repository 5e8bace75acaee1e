"""Strata, and whose turn is next: languages by their share, in each its outlets, in each its months, and stories.

A stratum of N articles that has k of them taken gets its next one at (k + u) / N, where u in [0, 1) is drawn for it by
the seed: the lowest is next. So places are proportional, and chance rounds them (sequential Poisson sampling, Ohlsson
1998). One that has no place comes before all that have one; among these, chances are as their sizes (-ln(1 - u) / N,
Efraimidis and Spirakis 2006). Within a stratum of the last level articles come by lot, which depends on the seed and
their id only.

Not largest remainders, where a stratum may lose a place when one more is given out (the Alabama paradox; Balinski and
Young, Fair Representation, 1982): asking for more must only add.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from toolkit.articles.sampling.corpus import Candidate, Stratum
from toolkit.files import to_json

_Key = tuple[bool, float]


def lot(seed: int, *names: str) -> float:
    """A number in [0, 1) that depends on nothing but these."""
    digest = hashlib.blake2b(to_json([seed, *names]).encode("utf-8"), digest_size=6).digest()
    return int.from_bytes(digest, "big") / (1 << 48)  # as many bits as a float holds exactly


def by_lot(seed: int, articles: Iterable[Candidate]) -> list[Candidate]:
    """The articles in the order in which they are drawn where nothing else counts."""
    return sorted(articles, key=lambda one: (lot(seed, one.article_id), one.article_id))


class Strata:
    """Articles in their strata, and which of them have been taken."""

    def __init__(self, articles: Iterable[Candidate], seed: int) -> None:
        self._seed = seed
        self._sizes: Counter[Stratum] = Counter()
        self._taken: Counter[Stratum] = Counter()
        self._ids: set[str] = set()
        self._left: dict[Stratum, list[Candidate]] = {}  # of the last level; the next one stands last
        self._turns: dict[Stratum, list[tuple[_Key, Stratum]]] = {}  # heaps, made when they are first asked for
        of: dict[Stratum, list[Candidate]] = defaultdict(list)
        for one in articles:
            of[one.stratum].append(one)
        self._below: dict[Stratum, set[Stratum]] = defaultdict(set)
        for stratum, members in of.items():
            self._left[stratum] = members
            for level in range(len(stratum), -1, -1):
                self._sizes[stratum[:level]] += len(members)
                if level:
                    self._below[stratum[: level - 1]].add(stratum[:level])

    def __contains__(self, article_id: str) -> bool:
        """Whether it was taken."""
        return article_id in self._ids

    def __len__(self) -> int:
        """How many were taken."""
        return len(self._ids)

    def take(self, article: Candidate) -> None:
        """Give it a place."""
        self._ids.add(article.article_id)
        for level in range(len(article.stratum) + 1):
            self._taken[article.stratum[:level]] += 1

    def next(self) -> Candidate | None:
        """The article that is to be taken next; None where all are."""
        if self._is_full(()):
            return None
        stratum: Stratum = ()
        while stratum in self._below:
            stratum = self._next_below(stratum)
        left = self._left[stratum] = by_lot(
            self._seed, (one for one in self._left[stratum] if one.article_id not in self)
        )
        return left[0]

    def _next_below(self, stratum: Stratum) -> Stratum:
        if stratum not in self._turns:
            self._turns[stratum] = [(self._key(part), part) for part in self._below[stratum]]
            heapq.heapify(self._turns[stratum])
        turns = self._turns[stratum]
        while True:  # a key only ever grows, so the first one that is up to date is the least
            key, part = turns[0]
            if self._is_full(part):
                heapq.heappop(turns)
            elif key == (now := self._key(part)):
                return part
            else:
                heapq.heapreplace(turns, (now, part))

    def _key(self, stratum: Stratum) -> _Key:
        taken, drawn = self._taken[stratum], lot(self._seed, *stratum)
        return taken > 0, (taken + drawn if taken else -math.log(1 - drawn)) / self._sizes[stratum]

    def _is_full(self, stratum: Stratum) -> bool:
        return self._taken[stratum] == self._sizes[stratum]
