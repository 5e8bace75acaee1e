"""The best alignment of several annotators' units, which γ judges; see ``gamma`` for the words.

Many texts are aligned at once. A unit alone has a disorder of 1, and an alignment *saves* what its units would have
alone less what it has itself: the least disorder is the number of units less the most that alignments without a unit in
common can save. Few units are near enough to each other to save anything, so texts fall apart into small groups.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from heapq import nsmallest
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.gold.agreement.sums import Array

Integers = NDArray[np.int64]

_FEW = 8  # alignments, of which all sets are looked at
_WAYS = 500  # that are followed where a group has more


class Texts(NamedTuple):
    """Units of texts that as many annotators worked on, sorted by text and start."""

    number: int  # of texts
    annotators: int
    text: Integers  # of each unit, and so on
    annotator: Integers
    start: Array
    end: Array
    label: Integers


def least_disorders(texts: Texts) -> Array:
    """The least disorder of each text."""
    members, savings = _alignments(texts)
    units = np.arange(len(texts.text))
    last = units.copy()
    np.maximum.at(last, members[:, 0], members.max(axis=1, initial=-1))
    ends = np.maximum.accumulate(last) == units  # no alignment joins such a unit with the next
    group = np.cumsum(ends) - ends
    groups = np.bincount(group[members[:, 0]], minlength=np.count_nonzero(ends))  # how many alignments they have
    rivals = groups[group[members[:, 0]]]

    saved = np.zeros(len(groups))
    for count in range(1, _FEW + 1):
        some = rivals == count
        shape = (-1, count, texts.annotators)
        saved[groups == count] = _most_of_few(members[some].reshape(shape), savings[some].reshape(shape[:-1]))
    some = rivals > _FEW
    for unit, most in _most_of_many(members[some], savings[some], units[groups[group] > _FEW]):
        saved[group[unit]] += most
    alone: Array = np.bincount(texts.text, minlength=texts.number).astype(np.float64)
    return alone - np.bincount(texts.text[ends], weights=saved, minlength=texts.number)


def _most_of_few(members: Integers, savings: Array) -> Array:
    """The most that each group can save, its alignments given as groups × alignments × members.

    It is found for all subsets of the alignments, as bits: a subset's last one is taken or not.
    """
    groups, count = savings.shape
    one, other = members[:, :, np.newaxis, :, np.newaxis], members[:, np.newaxis, :, np.newaxis, :]
    rivals = ((one == other) & (one >= 0)).any(axis=(3, 4))
    compatible = ~(rivals << np.arange(count)).sum(axis=2)
    most: Array = np.zeros((1 << count, groups))
    every = np.arange(groups)
    for subset in range(1, 1 << count):
        last = subset.bit_length() - 1
        taken = savings[:, last] + most[subset & compatible[:, last], every]
        most[subset] = np.maximum(taken, most[subset ^ (1 << last)])
    whole: Array = most[-1]
    return whole


def _most_of_many(members: Integers, savings: Array, units: Integers) -> Iterator[tuple[int, float]]:
    """The last unit of a group, and the most that the group can save.

    From unit to unit, all that matters of the alignments chosen is which of the units ahead they hold. A unit is worth
    its highest share of what an alignment saves; ways that hold different units are compared by their losses on that.
    """
    real = members >= 0
    sizes = real.sum(axis=1)
    worth = np.zeros(1 + units.max(initial=-1))
    np.maximum.at(worth, members[real], np.repeat(savings / sizes, sizes))
    losses = np.where(real, worth[members], 0).sum(axis=1) - savings
    places = np.searchsorted(units, np.where(real, members, members[:, :1]))
    bits = np.bitwise_or.reduce(np.left_shift(1, places - places[:, :1], dtype=object), axis=1)
    choices = [[(1, alone)] for alone in worth[units].tolist()]  # by first unit: it is bit 0, the next one bit 1, …
    for place, held, loss in zip(places[:, 0].tolist(), bits.tolist(), losses.tolist(), strict=True):
        choices[place].append((held, loss))

    held_already = ((0, 0.0),)
    ways, value = {0: 0.0}, 0.0  # the least loss by the units ahead that are held, and what the group's units are worth
    for unit, alone, alignments in zip(units.tolist(), worth[units].tolist(), choices, strict=True):
        after: dict[int, float] = {}
        for before, lost in ways.items():
            for held, loss in held_already if before & 1 else alignments:
                if not before & held:
                    ahead, total = (before | held) >> 1, lost + loss
                    if ahead not in after or total < after[ahead]:
                        after[ahead] = total
        ways = after if len(after) <= _WAYS else dict(nsmallest(_WAYS, after.items(), key=itemgetter(1)))
        value += alone
        if len(ways) == 1 and 0 in ways:
            yield unit, value - ways[0]
            ways, value = {0: 0.0}, 0.0


def _alignments(texts: Texts) -> tuple[Integers, Array]:
    """The unitary alignments that can be part of the best: their units, ascending, then -1; and what they save.

    One cannot that saves no more than it would with a unit taken out. With r units of n annotators, who make c pairs,
    that is so if a unit's dissimilarities from the others sum up to c + r - 1.
    """
    pairs = texts.annotators * (texts.annotators - 1) // 2
    near = _Near.of(texts, limit=pairs + texts.annotators - 1)
    members, sums = np.stack([near.left, near.right], axis=1), np.stack([near.apart, near.apart], axis=1)
    found, savings = [], []
    for size in range(2, texts.annotators + 1):
        useful = (sums < pairs + size - 1).all(axis=1)
        found.append(np.pad(members[useful], ((0, 0), (0, texts.annotators - size)), constant_values=-1))
        without = pairs - size * (size - 1) // 2  # pairs of annotators of whom one has no unit in it
        savings.append(size - (sums[useful].sum(axis=1) / 2 + without) / pairs)
        if size < texts.annotators:
            members, sums = near.extended(members, sums)
    every = np.concatenate(found)
    order = np.argsort(every[:, 0], kind="stable")
    return every[order], np.concatenate(savings)[order]


class _Near(NamedTuple):
    """Pairs of units of one text and different annotators that are less than ``limit`` apart, sorted."""

    left: Integers
    right: Integers
    apart: Array
    units: int
    limit: float

    @classmethod
    def of(cls, texts: Texts, limit: float) -> _Near:
        length = texts.end - texts.start
        longest = np.zeros(texts.number)
        np.maximum.at(longest, texts.text, length)
        reach = math.sqrt(limit) * (length + longest[texts.text])  # no unit that starts beyond it is near
        place = texts.start + texts.text * (texts.start.max(initial=0) + reach.max(initial=0) + 1)
        units = np.arange(len(place))
        left, right = ranges(units + 1, np.searchsorted(place, place + reach, side="right") - units - 1)
        differ = texts.annotator[left] != texts.annotator[right]
        left, right = left[differ], right[differ]
        edges = np.abs(texts.start[left] - texts.start[right]) + np.abs(texts.end[left] - texts.end[right])
        apart = (edges / (length[left] + length[right])) ** 2 + (texts.label[left] != texts.label[right])
        close = apart < limit
        return cls(left[close], right[close], apart[close], len(units), limit)

    def extended(self, members: Integers, sums: Array) -> tuple[Integers, Array]:
        """All alignments by one more unit that comes after theirs; sums are a unit's dissimilarities from the others.

        Sums only grow, so those that reached the limit are dropped.
        """
        first = np.searchsorted(self.left, members[:, -1], side="left")
        which, pair = ranges(first, np.searchsorted(self.left, members[:, -1], side="right") - first)
        members, sums, added = members[which], sums[which], self.right[pair]
        apart = np.stack([self._between(column, added) for column in members.T], axis=1)
        members = np.concatenate([members, added[:, np.newaxis]], axis=1)
        sums = np.concatenate([sums + apart, apart.sum(axis=1, keepdims=True)], axis=1)
        within = (sums < self.limit).all(axis=1)
        return members[within], sums[within]

    def _between(self, left: Integers, right: Integers) -> Array:
        """The dissimilarity of each two units, infinite where they are no pair."""
        if not len(self.left):
            return np.full(len(left), np.inf)
        keys, wanted = self.left * self.units + self.right, left * self.units + right
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[found] == wanted, self.apart[found], np.inf)


def ranges(first: Integers, counts: Integers) -> tuple[Integers, Integers]:
    """Of each range, ``counts`` numbers from ``first`` on: which range it is of, and the number."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) + (first - (np.cumsum(counts) - counts))[which]
