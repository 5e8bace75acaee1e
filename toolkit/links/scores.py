"""How far one grouping of mentions into entities agrees with another: MUC, B³, CEAFe, LEA, and their CoNLL average.

Two partitions of a story's mentions are counted into *statistics* (``statistics``), a vector of numerators and
denominators; those of several stories add up, as the reference scorer adds up documents, and a score is a function of
the sum (``f1``, ``scored``). So intervals come from ``gold.agreement.bootstrap``.

Mentions are compared by their key alone, and none is made up (Pradhan et al. 2014, "Scoring Coreference Partitions of
Predicted Mentions: A Reference Implementation"): one that only the key has stands in denominators of recall only, one
that only the response has in those of precision only. Neither is put into the other side as an entity of its own.

A score without singletons leaves out, on either side, the entities of one mention, before anything is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import fsum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.gold.agreement.sums import Array, defined, ratio

Numbers = NDArray[np.intp]

Partition = Mapping[str, str]
"""The entity of each mention, by the mention's key. What an entity is called does not matter."""

MEASURES = ("MUC", "B³", "CEAFe", "LEA", "CoNLL")
"""In the order of ``f1`` and ``scored``. CoNLL is the mean F1 of the first three and has no recall or precision."""

SINGLETONS = ("with singletons", "without singletons")
"""In the order of ``f1`` and ``scored``."""

_COUNTED = 4  # measures with statistics of their own: all but CoNLL
_SHAPE = (len(SINGLETONS), _COUNTED, 4)  # recall's numerator and denominator, precision's numerator and denominator
WIDTH = len(SINGLETONS) * _COUNTED * 4
"""The length of a vector of statistics."""


def statistics(key: Partition, response: Partition) -> Array:
    """The statistics of a story: ``WIDTH`` numbers, the same whatever the order of mentions and the names of entities.

    Args:
        key: what is held to be right. Swapping the two swaps recall and precision.
        response: what is scored.
    """
    found = [_counted(_Overlap.of(key, response)), _counted(_Overlap.of(_shared(key), _shared(response)))]
    return np.array(found, dtype=np.float64).reshape(-1)


def f1(sums: Array) -> Array:
    """F1 of summed statistics, of every measure with singletons and then without: ten values on the last axis.

    The harmonic mean of recall and precision, 0 where either is. NaN where there was nothing to find on either side:
    for MUC that is two sides of singletons only.
    """
    return scored(sums)[..., 2].reshape(*sums.shape[:-1], -1)


def scored(sums: Array) -> Array:
    """All scores of summed statistics, on three axes: ``SINGLETONS`` × ``MEASURES`` × (recall, precision, F1).

    NaN is undefined: a recall where the key has nothing to find, a precision where the response has found nothing, an
    F1 where both are so; the CoNLL average where one of its parts is.
    """
    parts = sums.reshape(*sums.shape[:-1], *_SHAPE)
    recall, precision = ratio(parts[..., 0], parts[..., 1]), ratio(parts[..., 2], parts[..., 3])
    neither = np.isnan(recall) & np.isnan(precision)
    one, other = np.nan_to_num(recall), np.nan_to_num(precision)
    harmonic = np.where(neither, np.nan, np.nan_to_num(ratio(2 * one * other, one + other)))
    own = np.stack([recall, precision, harmonic], axis=-1)
    conll = np.full((*own.shape[:-2], 1, 3), np.nan)
    conll[..., 0, 2] = harmonic[..., :3].mean(axis=-1)
    return np.concatenate([own, conll], axis=-2)


def mentions(sums: Array) -> Array:
    """How many mentions the key has in summed statistics."""
    found: Array = sums[..., 5]  # of B³ with singletons, recall's denominator
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """One measure, from 0 to 1; None is undefined, see ``scored``."""

    recall: float | None
    precision: float | None
    f1: float | None


@dataclass(frozen=True)
class Scores:
    """Every measure by its name in ``MEASURES``, by ``SINGLETONS``."""

    by_singletons: Mapping[str, Mapping[str, Score]]

    def __getitem__(self, measure: str) -> Score:
        """A measure with singletons, as in ``scores["LEA"].f1``."""
        return self.by_singletons[SINGLETONS[0]][measure]

    @classmethod
    def of(cls, sums: Array) -> Scores:
        """From summed statistics."""
        numbers = scored(sums)
        return cls(
            {
                variant: {
                    name: Score(*(defined(float(number)) for number in row))
                    for name, row in zip(MEASURES, rows, strict=True)
                }
                for variant, rows in zip(SINGLETONS, numbers, strict=True)
            }
        )

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            variant: {name: asdict(score) for name, score in by_name.items()}
            for variant, by_name in self.by_singletons.items()
        }


def scores(stories: Iterable[tuple[Partition, Partition]]) -> Scores:
    """The scores of (key, response) over stories: their statistics are added up, so that large stories weigh more."""
    return Scores.of(total([statistics(key, response) for key, response in stories]))


def total(stories: Sequence[Array]) -> Array:
    """Statistics added up; rounded once, so that the order of the stories does not show."""
    return np.array([fsum(column) for column in zip(*stories, strict=True)] or [0.0] * WIDTH)


def _shared(partition: Partition) -> Partition:
    """Without the entities of one mention."""
    sizes = Counter(partition.values())
    return {mention: entity for mention, entity in partition.items() if sizes[entity] > 1}


class _Overlap(NamedTuple):
    """The entities of two partitions, and in how many mentions each two of them meet.

    They are numbered by their first mention, so that neither names nor the order of the mentions show in a sum.
    """

    key: Array  # sizes
    response: Array
    left: Numbers  # of each two that meet, the key's entity
    right: Numbers  # and the response's
    common: Array  # mentions

    @classmethod
    def of(cls, key: Partition, response: Partition) -> _Overlap:
        keys, responses = _numbered(key), _numbered(response)
        pairs = Counter((entity, responses[mention]) for mention, entity in keys.items() if mention in responses)
        met = np.array(sorted((left, right, size) for (left, right), size in pairs.items()), dtype=np.intp)
        left, right, common = met.reshape(-1, 3).T
        return cls(_sizes(keys), _sizes(responses), left, right, common.astype(np.float64))

    def turned(self) -> _Overlap:
        """The same with the key as the response."""
        return _Overlap(self.response, self.key, self.right, self.left, self.common)


def _numbered(partition: Partition) -> dict[str, int]:
    numbers: dict[str, int] = {}
    return {mention: numbers.setdefault(partition[mention], len(numbers)) for mention in sorted(partition)}


def _sizes(numbered: Mapping[str, int]) -> Array:
    return np.bincount(np.fromiter(numbered.values(), dtype=np.intp, count=len(numbered))).astype(np.float64)


def _counted(overlap: _Overlap) -> list[list[float]]:
    """Recall's and precision's statistics of MUC, B³, CEAFe and LEA."""
    aligned = _aligned(overlap)
    turned = overlap.turned()
    return [
        [*_muc(overlap), *_muc(turned)],
        [*_b_cubed(overlap), *_b_cubed(turned)],
        [aligned, len(overlap.key), aligned, len(overlap.response)],
        [*_lea(overlap), *_lea(turned)],
    ]


def _muc(overlap: _Overlap) -> tuple[float, float]:
    """Of the links that it takes to hold each entity together, those that the other side has (Vilain et al. 1995).

    An entity that the other side has in n parts lacks n - 1 of its size - 1 links, and a mention that is missing there
    is a part by itself. So each part that is there has a link less than it has mentions.
    """
    return overlap.common.sum() - len(overlap.common), overlap.key.sum() - len(overlap.key)


def _b_cubed(overlap: _Overlap) -> tuple[float, float]:
    """Of each mention's entity, the share that the other side has together with it (Bagga and Baldwin 1998)."""
    return fsum(overlap.common**2 / overlap.key[overlap.left]), overlap.key.sum()


def _lea(overlap: _Overlap) -> tuple[float, float]:
    """Of each entity's links between two mentions, the share that the other side has, weighted by the entity's size.

    Moosavi and Strube (2016), "Which Coreference Evaluation Metric Do You Trust?". A singleton has one link, to itself,
    which the other side has if the mention is a singleton there too.
    """
    size, other, common = overlap.key[overlap.left], overlap.response[overlap.right], overlap.common
    alone = ((size == 1) & (other == 1)).sum()
    shared = common * (common - 1) / np.maximum(size - 1, 1)  # size times its links, of size * (size - 1)
    return fsum((alone, *shared)), overlap.key.sum()


def _aligned(overlap: _Overlap) -> float:
    """How alike the entities are (Dice) that are aligned one to one so that the sum is the highest (Luo 2005, φ4).

    Entities that have no mention in common add nothing, so that only those that hang together by their mentions, over
    however many steps, need to be aligned with one another.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left, right = overlap.left, overlap.right
    dice = 2 * overlap.common / (overlap.key[left] + overlap.response[right])
    if not len(dice):
        return 0.0
    every = len(overlap.key) + len(overlap.response)
    graph = coo_array((dice, (left, right + len(overlap.key))), shape=(every, every))
    group = connected_components(graph, directed=False)[1][left]
    order = np.argsort(group, kind="stable")
    total: list[float] = []
    for met in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(met) == 1:
            total.append(dice[met[0]])
            continue
        rows, row = np.unique(left[met], return_inverse=True)
        columns, column = np.unique(right[met], return_inverse=True)
        alike = np.zeros((len(rows), len(columns)))
        alike[row, column] = dice[met]
        total.extend(alike[linear_sum_assignment(alike, maximize=True)])
    return fsum(total)
