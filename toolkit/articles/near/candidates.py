"""Pairs worth comparing exactly, without comparing all: few that are not alike, and hardly any that are missed.

Two ways, because likeness and containment are two things: a wire text inside a long report may have a Jaccard
similarity of .2. The chances to miss a pair are those of independent samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from toolkit.articles.near.pairs import ENOUGH
from toolkit.articles.near.shingles import Holders
from toolkit.articles.near.words import Digests

PERMUTATIONS = 256
BANDS = (85, 3)  # of 3 rows: misses one pair in 85,000 at a Jaccard similarity of .5, and one in 2¹² of them at .4
SAMPLE = 32  # shingles of an article that are looked up in all others
HITS = 1 / 4  # of the sample: at a containment of .8 one pair in 10¹¹ has fewer, at .67 one in a million


def candidates(sets: Sequence[Digests]) -> list[tuple[int, int]]:
    """Pairs of indices (the smaller first) of sets that may be alike, or one in the other; each once, sorted."""
    return sorted({*alike(sets), *contained(sets)})


def alike(sets: Sequence[Digests]) -> Iterator[tuple[int, int]]:
    """Pairs with a band of their MinHash signatures in common [Leskovec et al., Mining of Massive Datasets, 3.4]."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped, unused-ignore]

    index = MinHashLSH(num_perm=PERMUTATIONS, params=BANDS)
    # A digest is a hash already, and the permutations take 32 bits of it.
    hashes = ((one >> np.uint64(32)).tolist() for one in sets)
    signatures = MinHash.generator(hashes, num_perm=PERMUTATIONS, seed=1, hashfunc=int)
    for number, signature in enumerate(signatures):
        if len(sets[number]):
            yield from ((other, number) for other in index.query(signature))
            index.insert(number, signature)


def contained(sets: Sequence[Digests]) -> Iterator[tuple[int, int]]:
    """Pairs of which the larger set holds a good part of a sample of the smaller: its smallest digests."""
    sizes = np.array([len(one) for one in sets])
    samples = {number: one[:SAMPLE] for number, one in enumerate(sets) if len(one) >= ENOUGH}
    if not samples:
        return
    holders = Holders(sets, np.concatenate(list(samples.values())))
    for number, sample in samples.items():
        others, hits = np.unique(holders.of(sample), return_counts=True)
        held = (hits >= math.ceil(len(sample) * HITS)) & (sizes[others] >= sizes[number]) & (others != number)
        for other in others[held].tolist():
            yield (number, other) if number < other else (other, number)
