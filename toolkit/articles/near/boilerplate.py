"""What an outlet puts into everything: learnt from the articles, so that it makes no two of them alike.

A passage (a sentence or a line) is boilerplate where it recurs in articles that are otherwise unlike: in three of one
outlet, or in five of any. Copies of one wire text share many passages, so however many outlets print it, they count
as one article here. Two articles are alike where what they share makes up a good part of the shorter: a half within
an outlet, whose notices may be long, and a fifth among outlets, which cut and rewrite what they take over.

Below three articles nothing can be learnt, and nothing is. A sentence that unlike articles quote is taken for
boilerplate as well; that does no harm, because articles that are copies share much more.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.articles.model import Article
from toolkit.articles.near.words import Passages

WITHIN, AMONG = (3, 1 / 2), (5, 1 / 5)  # how many unlike articles, and what share makes two alike
SAMPLE = 16  # articles of a passage that are compared with each other, and of an outlet


@dataclass(frozen=True, slots=True)
class Passage:
    """Boilerplate as one article words it, in how many articles it stands, and of which outlet ("" for any)."""

    text: str
    articles: int
    outlet: str


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """The passages that were learnt, the most frequent first, and their digests."""

    passages: tuple[Passage, ...] = ()
    digests: frozenset[int] = frozenset()


def learn(articles: Sequence[Article], passages: Sequence[Passages]) -> Boilerplate:
    """What is boilerplate in these articles, given in the order of their ids."""
    compared = _Compared(passages)
    digests, learnt = [], []
    for digest, holders in _recurring(passages):
        outlet = _outlet(holders, articles, compared)
        if outlet is not None:
            first = holders[0]
            start, end = passages[first].spans[passages[first].digests.tolist().index(digest)].tolist()
            digests.append(digest)
            learnt.append(Passage(articles[first].text[start:end].strip(), len(holders), outlet))
    learnt.sort(key=lambda passage: (-passage.articles, passage.outlet, passage.text))
    return Boilerplate(tuple(learnt), frozenset(digests))


def _recurring(passages: Sequence[Passages]) -> list[tuple[int, list[int]]]:
    """The digests of passages that stand in three articles or more, and the indices of these."""
    each = [np.unique(one.digests) for one in passages]
    if not each:
        return []
    digests = np.concatenate(each)
    holders = np.repeat(np.arange(len(each)), [len(one) for one in each])
    order = np.argsort(digests, kind="stable")
    found, starts, counts = np.unique(digests[order], return_index=True, return_counts=True)
    often = counts >= WITHIN[0]
    return [
        (digest, holders[order[start : start + count]].tolist())
        for digest, start, count in zip(
            found[often].tolist(), starts[often].tolist(), counts[often].tolist(), strict=True
        )
    ]


def _outlet(holders: list[int], articles: Sequence[Article], compared: _Compared) -> str | None:
    """The outlet whose boilerplate it is, "" where it is of several; None where it is not boilerplate."""
    by_outlet: dict[str, list[int]] = defaultdict(list)
    for holder in holders:
        if articles[holder].outlet:
            by_outlet[articles[holder].outlet].append(holder)
    its = [outlet for outlet, own in sorted(by_outlet.items()) if compared.unlike(_sample(own, articles), *WITHIN)]
    if its:
        return its[0] if len(its) == len(by_outlet) == 1 else ""
    return "" if compared.unlike(_sample(holders, articles), *AMONG) else None


def _sample(holders: list[int], articles: Sequence[Article]) -> list[int]:
    """Some of the articles, as good as drawn, and always the same."""
    if len(holders) <= SAMPLE:
        return holders
    return sorted(holders, key=lambda holder: hashlib.sha256(articles[holder].article_id.encode()).digest())[:SAMPLE]


class _Compared:
    """What share of the shorter article two articles have in common, in words of whole passages."""

    def __init__(self, passages: Sequence[Passages]) -> None:
        self._passages = passages
        self._words: dict[int, dict[int, int]] = {}  # by article: the words of each passage, by digest
        self._shares: dict[tuple[int, int], float] = {}

    def unlike(self, articles: list[int], least: int, share: float) -> bool:
        """Whether ``least`` of the articles, any two of them, share less than ``share``."""
        if len(articles) < least:
            return False
        found: list[int] = []
        for article in sorted(
            articles, key=lambda one: -int(self._passages[one].lengths.sum())
        ):  # notices fill a short one
            if all(self._share(other, article) < share for other in found):
                found.append(article)
        return len(found) >= least

    def _share(self, one: int, other: int) -> float:
        one, other = min(one, other), max(one, other)
        if (one, other) not in self._shares:
            left, right = self._of(one), self._of(other)
            shared = sum(left[digest] for digest in left.keys() & right.keys())
            self._shares[one, other] = shared / min(sum(left.values()), sum(right.values()))
        return self._shares[one, other]

    def _of(self, article: int) -> dict[int, int]:
        if article not in self._words:
            own = self._passages[article]
            self._words[article] = dict(zip(own.digests.tolist(), own.lengths.tolist(), strict=True))
        return self._words[article]
