"""The sets of 5-word shingles by which texts are compared, as sorted arrays of digests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.articles.near.words import Digests, mixed

WIDTH = 5  # words in a shingle

Indices = NDArray[np.int64]


def shingles(words: Digests) -> Digests:
    """The set of a text's shingles, sorted; of a text of fewer words than a shingle has, all its words."""
    if len(words) < WIDTH:
        return np.unique(words)
    count = len(words) - WIDTH + 1
    windows: Digests = np.zeros(count, dtype=np.uint64)
    for place in range(WIDTH):
        windows = mixed(windows + words[place : place + count])
    return np.unique(windows)


def held(sets: Sequence[Digests], asked: Digests, first: int = 0) -> tuple[Digests, Indices]:
    """Which of the digests that are asked for (sorted) each of the sets holds, and the number of the set.

    The sets are numbered from ``first`` on.
    """
    kept = [one[_within(one, asked)] for one in sets]
    numbers = np.repeat(np.arange(first, first + len(sets)), [len(one) for one in kept])
    return np.concatenate([asked[:0], *kept]), numbers


@dataclass(frozen=True, slots=True)
class Holders:
    """An inverted index: which sets hold a shingle, of the shingles that will be asked for.

    The sets that hold ``digests[n]`` are ``sets`` from ``starts[n]`` to ``starts[n + 1]``.
    """

    digests: Digests
    starts: Indices
    sets: Indices

    @classmethod
    def among(cls, sets: Sequence[Digests], asked: Digests) -> Holders:
        """The index of these sets."""
        return cls.made(*held(sets, np.unique(asked)))

    @classmethod
    def made(cls, digests: Digests, sets: Indices) -> Holders:
        """The index from what ``held`` found, in the order of the sets."""
        order = np.argsort(digests, kind="stable")
        unique, starts = np.unique(digests[order], return_index=True)
        return cls(unique, np.append(starts, len(digests)), sets[order])

    def of(self, asked: Digests) -> Indices:
        """Who holds these shingles: an index into the sets for each of the shingles that it holds."""
        asked = asked[asked <= self.digests[-1]] if len(self.digests) else asked[:0]
        at = np.searchsorted(self.digests, asked)
        at = at[self.digests[at] == asked]
        lists = [self.sets[self.starts[one] : self.starts[one + 1]] for one in at.tolist()]
        return np.concatenate(lists) if lists else np.empty(0, dtype=np.int64)


def common(left: Digests, right: Digests) -> int:
    """How many digests two sets share."""
    short, long = (left, right) if len(left) <= len(right) else (right, left)
    return int(_within(short, long).sum())


def _within(some: Digests, others: Digests) -> NDArray[np.bool_]:
    """Which of some digests are among others (sorted)."""
    if not len(others):
        return np.zeros(len(some), dtype=np.bool_)
    at = np.minimum(np.searchsorted(others, some), len(others) - 1)
    within: NDArray[np.bool_] = others[at] == some
    return within
