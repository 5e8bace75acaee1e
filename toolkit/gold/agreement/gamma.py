"""Mathet's γ: units of all annotators are aligned so that they differ least, and how much they still differ is judged.

After Mathet, Widlöcher and Métivier, "The Unified and Holistic Method Gamma (γ) for Inter-Annotator Agreement Measure
and Alignment" (Computational Linguistics 41, 2015). Units may overlap and nest; one that is marked twice with the same
label counts once.

- The *dissimilarity* of two units is ((|difference of starts| + |difference of ends|) / sum of their lengths)², and 1
  more if the labels differ (the paper's combined dissimilarity with α = β = 1 and Δ∅ = 1).
- A *unitary alignment* takes at most one unit of each annotator. Its disorder is the mean over all pairs of annotators
  of the dissimilarity of their units, 1 where one of the two or both have none in it.
- The *disorder* of a text is the least sum that unitary alignments with every unit in one of them can have.
- The *expected* disorder is the mean of 30 random texts: annotators drawn with putting back, each one's units
  shifted round the text by a random distance, no two distances nearer than half a unit of average length (section 5.2).

γ is 1 - observed / expected, at most 1, about 0 for chance; undefined where nobody marked anything. The paper divides
both disorders by the units an annotator has on average. Here that is done for the random texts alone and the result
multiplied by the text's own units: the same γ for one article, and the sums over articles weigh each by its units.

The alignment is exact, and found fast: only unitary alignments that beat their own parts are looked at, and few units
are near enough to each other, so that texts fall apart into small groups. Where spans are heaped up as nobody labels
(more than 500 ways open at one place) the best 500 are followed, and the disorder can come out a trifle too high.
The number of unitary alignments grows exponentially with the annotators: more than five or six take long.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.gold.agreement.continuum import Continuum, Unit, check
from toolkit.gold.agreement.sums import Array, ratio

SAMPLES = 30
_WAYS = 500
_Integers = NDArray[np.int64]


def statistics(articles: Iterable[Continuum]) -> Array:
    """One row an article, observed and expected disorder. With fewer than two annotators both are 0.

    The random texts are the same whenever an article's units are, whatever the order of articles and annotators.

    Raises:
        ValueError: a unit is empty or leaves its text.
    """
    rows = [_disorders(article) for article in articles]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 2)


def gamma(sums: Array) -> Array:
    """γ of the rows of ``statistics``."""
    return 1 - ratio(sums[..., 0], sums[..., 1])


def _disorders(article: Continuum) -> tuple[float, float]:
    check(article)
    marked = sorted(sorted(set(units)) for units in article.annotators)
    if len(marked) < 2 or not any(marked):
        return 0.0, 0.0
    texts = _Texts.of(marked, article.length)
    sizes, disorders = np.bincount(texts.text, minlength=1 + SAMPLES), _least(texts, len(marked))
    drawn = 1 + np.flatnonzero(sizes[1:])  # none but annotators without units can have been drawn
    return float(disorders[0]), float(sizes[0] * (disorders[drawn] / sizes[drawn]).mean())


class _Texts(NamedTuple):
    """Units of several texts, sorted by text and start. The first text is as it was marked, the others are random."""

    text: _Integers
    annotator: _Integers
    start: Array
    end: Array
    label: _Integers

    @classmethod
    def of(cls, marked: Sequence[Sequence[Unit]], length: int) -> _Texts:
        annotators = len(marked)
        codes = {label: code for code, label in enumerate(dict.fromkeys(unit.label for one in marked for unit in one))}
        start, end, label = np.array([(unit.start, unit.end, codes[unit.label]) for one in marked for unit in one]).T
        sizes = np.array([len(one) for one in marked])

        random = np.random.default_rng(zlib.crc32(repr([[unit[:2] for unit in one] for one in marked]).encode()))
        chosen = np.vstack([np.arange(annotators), random.integers(annotators, size=(SAMPLES, annotators))]).ravel()
        apart = min((end - start).mean() / 2, length / annotators)
        shifts = np.sort(random.random((SAMPLES, annotators)), axis=1) * (length - annotators * apart)
        shifts += apart * np.arange(annotators) + length * random.random((SAMPLES, 1))
        shifts = np.concatenate([np.zeros(annotators), shifts.ravel()])

        slot, unit = _ranges((np.cumsum(sizes) - sizes)[chosen], sizes[chosen])
        text, annotator = np.divmod(slot, annotators)
        start, span = (start[unit] + shifts[slot]) % length, (end - start)[unit]
        order = np.lexsort((start, text))
        return cls(*(part[order] for part in (text, annotator, start, start + span, label[unit])))


def _ranges(first: _Integers, counts: _Integers) -> tuple[_Integers, _Integers]:
    """Of each range, ``counts`` numbers from ``first`` on: which range it is of, and the number."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) + (first - (np.cumsum(counts) - counts))[which]


def _least(texts: _Texts, annotators: int) -> Array:
    """The least disorder of each text."""
    alignments = list(_alignments(texts, annotators))
    uses = np.bincount(np.concatenate([members.ravel() for members, _ in alignments]), minlength=len(texts.text))
    disorder = np.bincount(texts.text, weights=uses == 0).astype(np.float64)  # nothing is near: alone, which is 1
    contested = []
    for members, disorders in alignments:
        free = (uses[members] == 1).all(axis=1)  # better than its units alone, and there is no other choice
        disorder += np.bincount(texts.text[members[free, 0]], weights=disorders[free], minlength=len(disorder))
        uses[members[free]] = 0
        contested.append((members[~free], disorders[~free]))
    units = np.flatnonzero(uses)
    prices = np.ones(len(uses))  # what a unit costs at least: its share of the cheapest alignment that it can be in
    for members, disorders in contested:
        np.minimum.at(prices, members, disorders[:, np.newaxis] / members.shape[1])
    disorder += np.bincount(texts.text[units], weights=prices[units], minlength=len(disorder))
    for last, beyond in _cover(_choices(contested, units, prices)):
        disorder[texts.text[units[last]]] += beyond
    return disorder


def _choices(
    alignments: Iterable[tuple[_Integers, Array]], units: _Integers, prices: Array
) -> list[list[tuple[int, float]]]:
    """For each of the units, the alignments in which it is the first: members, and disorder beyond their prices.

    Members are bits: the unit itself is bit 0, the next of the units bit 1, and so on.
    """
    choices = [[(1, alone)] for alone in (1 - prices[units]).tolist()]
    for members, disorders in alignments:
        places = np.searchsorted(units, members)
        bits = np.left_shift(1, places - places[:, :1], dtype=object).sum(axis=1)
        beyond = disorders - prices[members].sum(axis=1)
        for first, taken, more in zip(places[:, 0].tolist(), bits.tolist(), beyond.tolist(), strict=True):
            choices[first].append((taken, more))
    return choices


def _cover(choices: Iterable[Sequence[tuple[int, float]]]) -> Iterator[tuple[int, float]]:
    """Choose so that every unit is covered once, at the least sum; the last unit and the sum of each group of units.

    Going from unit to unit, all that matters of the choices made is which of the units ahead they cover.
    """
    covered_already = ((0, 0.0),)
    least = {0: 0.0}  # by the units ahead that are covered
    for unit, alignments in enumerate(choices):
        after: dict[int, float] = {}
        for covered, before in least.items():
            for members, more in covered_already if covered & 1 else alignments:
                if not covered & members:
                    ahead = (covered | members) >> 1
                    total = before + more
                    if ahead not in after or total < after[ahead]:
                        after[ahead] = total
        if len(after) > _WAYS:
            after = dict(nsmallest(_WAYS, after.items(), key=itemgetter(1)))
        least = after
        if len(least) == 1 and 0 in least:
            yield unit, least[0]
            least = {0: 0.0}


def _alignments(texts: _Texts, annotators: int) -> Iterator[tuple[_Integers, Array]]:
    """Unitary alignments of two units, of three, … that can be part of the least: members, ascending, and disorders.

    One that is never better than itself with a unit taken out and left alone cannot: with r units of n annotators,
    whose n(n - 1) / 2 pairs are c, that is so if a unit's dissimilarities from the others sum up to c + r - 1.
    """
    pairs = annotators * (annotators - 1) // 2
    near = _Near.of(texts, limit=pairs + annotators - 1)
    members, sums = np.stack([near.left, near.right], axis=1), np.stack([near.apart, near.apart], axis=1)
    for size in range(2, annotators + 1):
        useful = (sums < pairs + size - 1).all(axis=1)
        alone = pairs - size * (size - 1) // 2
        yield members[useful], (sums[useful].sum(axis=1) / 2 + alone) / pairs
        if size < annotators:
            members, sums = near.extended(members, sums)


class _Near(NamedTuple):
    """Pairs of units of different annotators that are less than ``limit`` apart, sorted."""

    left: _Integers
    right: _Integers
    apart: Array
    units: int
    limit: float

    @classmethod
    def of(cls, texts: _Texts, limit: float) -> _Near:
        span = texts.end - texts.start
        reach = math.sqrt(limit) * (span + span.max())  # starts that lie farther apart are too far whatever the ends
        place = texts.start + texts.text * (texts.start.max() + reach.max() + 1)  # texts out of reach of each other
        units = np.arange(len(place))
        counts = np.searchsorted(place, place + reach, side="right") - units - 1
        left, right = _ranges(units + 1, counts)
        differ = texts.annotator[left] != texts.annotator[right]
        left, right = left[differ], right[differ]
        edges = np.abs(texts.start[left] - texts.start[right]) + np.abs(texts.end[left] - texts.end[right])
        apart = (edges / (span[left] + span[right])) ** 2 + (texts.label[left] != texts.label[right])
        close = apart < limit
        return cls(left[close], right[close], apart[close], len(units), limit)

    def extended(self, members: _Integers, sums: Array) -> tuple[_Integers, Array]:
        """All alignments by one more unit that comes after theirs; sums are a unit's dissimilarities from the others.

        Sums only grow, so those that reached the limit are dropped.
        """
        first = np.searchsorted(self.left, members[:, -1], side="left")
        counts = np.searchsorted(self.left, members[:, -1], side="right") - first
        which, pair = _ranges(first, counts)
        members, sums, added = members[which], sums[which], self.right[pair]
        apart = np.empty_like(sums)
        for column in range(members.shape[1]):
            apart[:, column] = self._between(members[:, column], added)
        members = np.concatenate([members, added[:, np.newaxis]], axis=1)
        sums = np.concatenate([sums + apart, apart.sum(axis=1, keepdims=True)], axis=1)
        within = (sums < self.limit).all(axis=1)
        return members[within], sums[within]

    def _between(self, left: _Integers, right: _Integers) -> Array:
        """The dissimilarity of each two units, infinite where they are no pair."""
        if not len(self.left):
            return np.full(len(left), np.inf)
        keys, wanted = self.left * self.units + self.right, left * self.units + right
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[found] == wanted, self.apart[found], np.inf)
