"""The sets of 5-word shingles by which texts are compared, as sorted arrays of digests."""

from __future__ import annotations

from collections.abc import Sequence

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


class Holders:
    """An inverted index: which sets hold a shingle, of the shingles that will be asked for."""

    def __init__(self, sets: Sequence[Digests], asked: Digests) -> None:
        asked = np.unique(asked)
        held = [_within(one, asked) for one in sets]
        holders = np.repeat(np.arange(len(sets)), [int(mask.sum()) for mask in held])
        digests = np.concatenate([one[mask] for one, mask in zip(sets, held, strict=True)] or [asked])
        order = np.argsort(digests, kind="stable")
        self._holders = holders[order]
        self._digests, starts = np.unique(digests[order], return_index=True)
        self._ends = np.append(starts, len(digests))

    def of(self, asked: Digests) -> Indices:
        """Who holds these shingles: an index into the sets for each of the shingles that it holds."""
        asked = asked[asked <= self._digests[-1]] if len(self._digests) else asked[:0]
        at = np.searchsorted(self._digests, asked)
        at = at[self._digests[at] == asked]
        lists = [self._holders[self._ends[one] : self._ends[one + 1]] for one in at.tolist()]
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
