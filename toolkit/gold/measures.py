"""Counts of articles made measures: every coefficient of every series, with its interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from toolkit.gold.agreement import nominal, unitizing
from toolkit.gold.agreement.bootstrap import Estimate, estimates
from toolkit.gold.agreement.sums import Array, Coefficient, ratio, stacked
from toolkit.workspace import Layer

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
    """Statistics of one kind: a vector for each article in which something was counted, and the article's story."""

    def __init__(self) -> None:
        self.rows: list[Array] = []
        self.stories: list[str] = []

    def add(self, row: Array, story: str) -> None:
        """One article's statistics."""
        self.rows.append(row)
        self.stories.append(story)


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
_BATCH = 200  # statistics that are drawn again side by side: one draw serves all, and the matrix stays small


def measured(
    series: Mapping[About, Series], coefficients: Mapping[str, Coefficient], count: Callable[[Array], Array]
) -> Iterator[Measure]:
    """Every coefficient of every series; those of one width share the draws of the bootstrap."""
    by_width: dict[int, list[About]] = defaultdict(list)
    for about, one in series.items():
        by_width[len(one.rows[0])].append(about)
    for width, abouts in by_width.items():
        for first in range(0, len(abouts), _BATCH):
            batch = abouts[first : first + _BATCH]
            yield from _batch({about: series[about] for about in batch}, width, coefficients, count)


def _batch(
    series: Mapping[About, Series],
    width: int,
    coefficients: Mapping[str, Coefficient],
    count: Callable[[Array], Array],
) -> Iterator[Measure]:
    stories = sorted({story for one in series.values() for story in one.stories})
    numbers = {story: number for number, story in enumerate(stories)}
    table = np.zeros((len(stories), len(series), width))
    for column, one in enumerate(series.values()):
        np.add.at(table, ([numbers[story] for story in one.stories], column), np.array(one.rows))
    each = stacked(*coefficients.values())

    def all_of_them(sums: Array) -> Array:
        values = each(sums.reshape(*sums.shape[:-1], len(series), width))
        return values.reshape(*values.shape[:-2], -1)

    found = iter(estimates(table.reshape(len(stories), -1), stories, all_of_them))
    for (about, one), sums in zip(series.items(), table.sum(axis=0), strict=True):
        clusters = len(set(one.stories))
        for name in coefficients:
            estimate = replace(next(found), clusters=clusters)
            if clusters < 2:
                estimate = replace(estimate, low=None, high=None)
            what = name.format(about.name) if name else about.name
            yield Measure(about.layer, what, about.label, about.pair, int(count(sums)), estimate)


def f1(sums: Array) -> Array:
    """F1 of one side against the other, the same both ways (van Rijsbergen 1979): 2 both / (2 both + left + right)."""
    both = 2 * sums[..., 0]
    return ratio(both, both + sums[..., 1] + sums[..., 2])


def _second(sums: Array) -> Array:
    return sums[..., 1]


def share(sums: Array) -> Array:
    """The first count's share of the second."""
    return ratio(sums[..., 0], sums[..., 1])


def units(sums: Array) -> Array:
    """How many units the statistics of ``nominal.paired`` are of."""
    labels = (sums.shape[-1] - 1) // 2
    rated: Array = sums[..., 1 : 1 + labels].sum(axis=-1)
    return rated
