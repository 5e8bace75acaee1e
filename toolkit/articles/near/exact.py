"""All near-copies that stand on different sides of a split, exactly: nothing is sampled, nothing is approximated.

The filter is that of prefixes [Chaudhuri et al. 2006; Bayardo et al. 2007]. Where at least m of a set's n shingles must
be in the other set too, one of any n - m + 1 of them is; taking those that the fewest texts hold, hardly any text is
looked at in vain. This is another way than the one of ``candidates``, so that one can vouch for the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from toolkit.articles.near.pairs import Kind, Pair, likeness
from toolkit.articles.near.shingles import Holders, shingles
from toolkit.articles.near.words import Digests, Reader


def cross_pairs(texts: Mapping[str, str], side: Mapping[str, str], jaccard: float, containment: float) -> list[Pair]:
    """Every pair of texts on different sides that is so much alike, or one in the other; sorted by ids.

    Args:
        texts: by article id, as they are to be compared (``copies.without_boilerplate``).
        side: the split of each of them; a text without one is not looked at.
        jaccard: the least Jaccard similarity, in (0, 1].
        containment: the least containment, in (0, 1]; a set of fewer than ``pairs.ENOUGH`` shingles is in no other.
    """
    ids = sorted(texts.keys() & side.keys())
    reader = Reader()
    sets = [shingles(reader.read(texts[id]).words) for id in ids]
    found = []
    for one, other in _overlapping(sets, [side[id] for id in ids], min(jaccard, containment)):
        measured = likeness(sets[one], sets[other])
        within = measured.contains(containment)
        if within or measured.jaccard >= jaccard:
            kind = Kind.CONTAINED if within else Kind.REVIEW
            found.append(Pair(ids[one], ids[other], measured.jaccard, measured.containment, kind))
    return sorted(found, key=lambda pair: (pair.left, pair.right))


def _overlapping(sets: Sequence[Digests], sides: Sequence[str], share: float) -> set[tuple[int, int]]:
    """At least the pairs (indices, in order) on two sides of which the larger holds ``share`` of the smaller's.

    Both measures ask for that: the union is no smaller than the larger set. Each side has an index of its own: copies
    are on one side, as they should be, and would be in each other's way.
    """
    prefixes = list(_prefixes(sets, share))
    if not prefixes:
        return set()
    asked = np.concatenate(prefixes)
    members = {side: np.array([n for n, own in enumerate(sides) if own == side]) for side in sorted(set(sides))}
    holders = {side: Holders.among([sets[n] for n in numbers], asked) for side, numbers in members.items()}
    sizes = np.array([len(one) for one in sets])
    pairs = set()
    for number, prefix in enumerate(prefixes):
        for side in members.keys() - {sides[number]}:
            others = members[side][np.unique(holders[side].of(prefix))]
            larger = others[sizes[others] >= sizes[number]]
            pairs |= {(min(number, other), max(number, other)) for other in larger.tolist()}
    return pairs


def _prefixes(sets: Sequence[Digests], share: float) -> Iterator[Digests]:
    """Of each set, as many of its rarest shingles as must meet every larger set that holds ``share`` of it."""
    if not sets:
        return
    every, counts = np.unique(np.concatenate(sets), return_counts=True)
    for one in sets:
        rarity = counts[np.searchsorted(every, one)]
        rarest = np.lexsort((one, rarity))[: len(one) - _least(len(one), share) + 1]
        yield one[rarest][rarity[rarest] > 1]  # what only this text holds meets no other


def _least(size: int, share: float) -> int:
    return max(1, math.ceil(size * share - 1e-9))  # not one more than needed because of a rounded product
