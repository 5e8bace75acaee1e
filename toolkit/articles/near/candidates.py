"""Pairs worth comparing exactly, without comparing all: few that are not alike, and hardly any that are missed.

Two ways, because likeness and containment are two things: a wire text inside a long report may have a Jaccard
similarity of .2. The chances to miss a pair are those of independent samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.articles.near.pairs import ENOUGH
from toolkit.articles.near.shingles import Holders
from toolkit.articles.near.words import Digests, mixed

PERMUTATIONS = 256
BANDS = (85, 3)  # of 3 rows: misses one pair in 85,000 at a Jaccard similarity of .5, and one in 2¹² of them at .4
SAMPLE = 32  # shingles of an article that are looked up in all others
HITS = 1 / 4  # of the sample: at a containment of .8 one pair in 10¹¹ has fewer, at .67 one in a million


Pairs = NDArray[np.int64]
"""Rows of two indices of sets, the smaller first."""


def candidates(sets: Sequence[Digests]) -> list[tuple[int, int]]:
    """Pairs of indices (the smaller first) of sets that may be alike, or one in the other; each once, sorted."""
    return sorted({*alike(sets), *contained(sets)})


def alike(sets: Sequence[Digests]) -> Iterator[tuple[int, int]]:
    """Pairs with a band of their MinHash signatures in common [Leskovec et al., Mining of Massive Datasets, 3.4]."""
    filled = np.flatnonzero([len(one) for one in sets])
    found = each_once([sharing(band, filled) for band in bands(sets)])
    yield from ((one, other) for one, other in found.tolist())


def contained(sets: Sequence[Digests]) -> Iterator[tuple[int, int]]:
    """Pairs of which the larger set holds a good part of a sample of the smaller: its smallest digests."""
    own = [sample(one) for one in sets]
    holders = Holders.among(sets, np.concatenate([_NONE, *own]))
    found = each_once([holding(own, 0, holders, np.array([len(one) for one in sets]))])
    yield from ((one, other) for one, other in found.tolist())


def bands(sets: Sequence[Digests]) -> Digests:
    """The MinHash signatures, a digest a band: a row for each band, a column for each set."""
    from datasketch import MinHash  # type: ignore[import-untyped, unused-ignore]

    # A digest is a hash already, and the permutations take 32 bits of it.
    hashes = ((one >> np.uint64(32)).tolist() for one in sets)
    signatures = MinHash.generator(hashes, num_perm=PERMUTATIONS, seed=1, hashfunc=int)
    found: Digests = np.zeros((len(sets), PERMUTATIONS), dtype=np.uint64)
    for number, signature in enumerate(signatures):
        found[number] = signature.hashvalues
    rows = found[:, : BANDS[0] * BANDS[1]].reshape(len(sets), *BANDS)
    digests: Digests = np.zeros((len(sets), BANDS[0]), dtype=np.uint64)
    for row in range(BANDS[1]):
        digests = mixed(digests + rows[:, :, row])
    return np.ascontiguousarray(digests.T)


def sharing(band: Digests, filled: Pairs) -> Pairs:
    """The pairs that have the digest of a band in common, of the sets that are not empty (indices, sorted)."""
    order = filled[np.argsort(band[filled], kind="stable")]
    keys, found = band[order], [_NO_PAIRS]
    at: NDArray[np.int64] = np.arange(len(order))
    for step in range(1, len(order)):
        at = at[at + step < len(order)]
        at = at[keys[at + step] == keys[at]]
        if not len(at):
            break
        found.append(np.stack([order[at], order[at + step]], axis=1))
    return np.concatenate(found)


def sample(one: Digests) -> Digests:
    """What is looked up of a set; nothing, where it is too small to be contained in another."""
    return one[: SAMPLE if len(one) >= ENOUGH else 0]


def holding(samples: Sequence[Digests], first: int, holders: Holders, sizes: NDArray[np.int64]) -> Pairs:
    """The pairs of which the larger set holds enough of the smaller's sample, in any order.

    Args:
        samples: of the sets from number ``first`` on.
        first: that number.
        holders: who holds the digests of all samples.
        sizes: of all sets.
    """
    found = [_NO_PAIRS]
    for number, own in enumerate(samples, start=first):
        if len(own):
            others, hits = np.unique(holders.of(own), return_counts=True)
            enough = (hits >= math.ceil(len(own) * HITS)) & (sizes[others] >= sizes[number]) & (others != number)
            others = others[enough]
            found.append(np.stack([np.minimum(others, number), np.maximum(others, number)], axis=1))
    return np.concatenate(found)


def each_once(pairs: Sequence[Pairs]) -> Pairs:
    """All these pairs, each once, sorted."""
    every = np.concatenate([_NO_PAIRS, *pairs])
    codes = np.unique(every[:, 0] << 32 | every[:, 1])
    return np.stack([codes >> 32, codes & 0xFFFFFFFF], axis=1)


_NO_PAIRS: Pairs = np.empty((0, 2), dtype=np.int64)
_NONE: Digests = np.empty(0, dtype=np.uint64)
