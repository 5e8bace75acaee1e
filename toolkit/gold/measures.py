"""Counts of articles made measures: every coefficient of every series, with its interval."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

import numpy as np

from toolkit.gold.agreement import nominal, unitizing
from toolkit.gold.agreement.bootstrap import Estimate, estimates
from toolkit.gold.agreement.sums import Array, Coefficient, ratio, stacked
from toolkit.project import Layer

OVERALL = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number. ``label`` and ``pair`` are empty where it is about all labels, or all annotators.

    ``count`` is how many things it is about: items of an F1, pairs of ratings, tokens, articles of what measures texts.
    """

    layer: Layer
    name: str
    label: str
    pair: tuple[str, ...]
    count: int
    estimate: Estimate


class Series:
    """Statistics of one kind: a row for each article in which something was counted, and the article's story."""

    def __init__(self) -> None:
        self._values = array("d")
        self.stories: list[str] = []

    def add(self, row: Iterable[float], story: str) -> None:
        """One article's statistics, as many as in every row."""
        self._values.extend(row)
        self.stories.append(story)

    @property
    def rows(self) -> Array:
        """All of it, one row an article."""
        return np.frombuffer(self._values).reshape(len(self.stories), -1)


class Rated:
    """What two annotators say of things that both have, by story; ``labels`` are all that can be said.

    Statistics of ratings add up over units, so that it is enough to count how often they said which two labels.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = tuple(labels)
        self._numbers = {label: number for number, label in enumerate(labels)}
        self._stories: dict[str, int] = {}
        self._story, self._pair = array("I"), array("I")  # of each unit

    def add(self, lefts: Sequence[str], rights: Sequence[str], story: str) -> None:
        """Some units. Raises KeyError where a label is none of those that can be said."""
        first, second = (map(self._numbers.__getitem__, side) for side in (lefts, rights))
        width = len(self._labels)
        self._pair.extend([one * width + other for one, other in zip(first, second, strict=True)])
        self._story.extend(repeat(self._stories.setdefault(story, len(self._stories)), len(lefts)))

    def series(self, statistics: Statistics) -> Iterator[tuple[Array, str]]:
        """The statistics of each story."""
        of_pairs = _of_pairs(statistics, self._labels)
        cells = np.frombuffer(self._story, dtype=np.uint32).astype(np.int64) * len(of_pairs)
        cells += np.frombuffer(self._pair, dtype=np.uint32)
        counts = np.bincount(cells, minlength=len(self._stories) * len(of_pairs))
        yield from zip(counts.reshape(-1, len(of_pairs)) @ of_pairs, self._stories, strict=True)


Statistics = Callable[[Sequence[str], Sequence[str], Sequence[str]], Array]
"""Of two raters' labels, and all labels that there are."""


@lru_cache(maxsize=256)
def _of_pairs(statistics: Statistics, labels: tuple[str, ...]) -> Array:
    """The statistics of one unit, for every two labels that it can have been given."""
    return np.array([statistics([one], [other], labels) for one in labels for other in labels])


def rated(lefts: Sequence[str], rights: Sequence[str], labels: Sequence[str]) -> Array:
    """The statistics for the coefficients in ``RATED``."""
    return nominal.statistics(nominal.counted((lefts, rights), labels))


class About(NamedTuple):
    """What a measure is about; see ``Measure``."""

    layer: Layer
    name: str
    label: str = OVERALL
    pair: tuple[str, ...] = ()


RATED: Mapping[str, Coefficient] = {
    "Krippendorff α of {}": nominal.krippendorff_alpha,
    "Fleiss κ of {}": nominal.fleiss_kappa,
    "Gwet AC1 of {}": nominal.gwet_ac1,
}
UNITIZING: Mapping[str, Coefficient] = {
    "unitizing α": unitizing.u_alpha,
    "unitizing α, binary": unitizing.u_alpha_binary,
    "unitizing α, of labels": unitizing.cu_alpha,
}
_CELLS = 6_000_000  # of statistics that are drawn again side by side: one draw serves many, and the matrix stays small


def measured(
    series: Mapping[About, Series],
    stories: Iterable[str],
    coefficients: Mapping[str, Coefficient],
    count: Callable[[Array], Array],
) -> Iterator[Measure]:
    """Every coefficient of every series, all by drawing from the same stories.

    Args:
        series: the statistics of each measure.
        stories: all that there are.
        coefficients: by the measure's name, with ``{}`` for what it is about.
        count: how many things summed statistics are about.
    """
    by_width: dict[int, list[About]] = defaultdict(list)
    for about, one in sorted(series.items(), key=lambda entry: entry[0]):
        by_width[one.rows.shape[1]].append(about)
    numbers = {story: number for number, story in enumerate(sorted(stories))}
    for width, abouts in by_width.items():
        size = max(1, _CELLS // (len(numbers) * width))
        for first in range(0, len(abouts), size):
            batch = {about: series[about] for about in abouts[first : first + size]}
            yield from _batch(batch, width, numbers, coefficients, count)


def _batch(
    series: Mapping[About, Series],
    width: int,
    numbers: Mapping[str, int],
    coefficients: Mapping[str, Coefficient],
    count: Callable[[Array], Array],
) -> Iterator[Measure]:
    # A 1 stands before each story's statistics: none is left out as empty, so that all batches draw the same ones.
    table = np.ones((len(numbers), 1 + len(series) * width))
    for column, one in zip(range(1, table.shape[1], width), series.values(), strict=True):
        table[:, column : column + width] = _by_story(one, numbers)
    each = stacked(*coefficients.values())

    def all_of_them(sums: Array) -> Array:
        values = each(sums[..., 1:].reshape(*sums.shape[:-1], len(series), width))
        return values.reshape(*values.shape[:-2], -1)

    found = iter(estimates(table, list(numbers), all_of_them))
    for column, about in zip(range(1, table.shape[1], width), series, strict=True):
        rows = table[:, column : column + width]
        clusters = int(rows.any(axis=1).sum())
        for name in coefficients:
            estimate = replace(next(found), clusters=clusters)
            if clusters < 2:
                estimate = replace(estimate, low=None, high=None)
            what = name.format(about.name) if name else about.name
            yield Measure(about.layer, what, about.label, about.pair, int(count(rows.sum(axis=0))), estimate)


def _by_story(series: Series, numbers: Mapping[str, int]) -> Array:
    """A row for each story; summed in an order of their own, so that the articles' does not change the last digit."""
    rows, codes = series.rows, np.array([numbers[story] for story in series.stories])
    order = np.lexsort((*rows.T, codes))
    table = np.zeros((len(numbers), rows.shape[1]))
    np.add.at(table, codes[order], rows[order])
    return table


def f1(sums: Array) -> Array:
    """F1 of one side against the other, the same both ways (van Rijsbergen 1979): 2 both / (2 both + left + right)."""
    both = 2 * sums[..., 0]
    return ratio(both, both + sums[..., 1] + sums[..., 2])


def share(sums: Array) -> Array:
    """The first count's share of the second."""
    return ratio(sums[..., 0], sums[..., 1])


def units(sums: Array) -> Array:
    """How many units the statistics of ``nominal.paired`` are of."""
    labels = (sums.shape[-1] - 1) // 2
    rated: Array = sums[..., 1 : 1 + labels].sum(axis=-1)
    return rated
