"""With suggestions and without: a figure of each, and their difference, with intervals by drawing stories again.

The figures of both sides are taken from the same draws, so that a story in which both occur counts for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from toolkit.gold.agreement.bootstrap import Estimate, estimates
from toolkit.gold.agreement.sums import Array, Coefficient, ratio

UNKNOWN = Estimate(None, None, None, 0, 0)


@dataclass(frozen=True, slots=True)
class Contrast:
    """A figure with suggestions (``suggested``) and without (``control``), and the first minus the second.

    ``counts`` is how many things each of the two is about.
    """

    suggested: Estimate
    control: Estimate
    difference: Estimate
    counts: tuple[int, int]


class Timed(NamedTuple):
    """How long an annotator took for an article: ``value`` in whatever is compared, in an article of ``story``."""

    story: str
    annotator: str
    value: float


Rows = Sequence[tuple[str, Sequence[float]]]
"""Statistics, each with its story."""


def contrast(suggested: Rows, control: Rows, width: int, coefficient: Coefficient, counts: tuple[int, int]) -> Contrast:
    """A coefficient of the statistics of each side.

    An interval of a side needs two stories in which something was counted, that of the difference two on each side.

    Args:
        suggested: the statistics of articles with suggestions.
        control: the same of those without.
        width: how many statistics there are in a row.
        coefficient: from summed statistics to one value.
        counts: what the result says that it is about.
    """

    def both(sums: Array) -> Array:
        sides = [coefficient(sums[..., :width]), coefficient(sums[..., width:])]
        return np.stack([*sides, sides[0] - sides[1]], axis=-1)

    table, stories = _by_story(suggested, control, width)
    if not stories:
        return Contrast(UNKNOWN, UNKNOWN, UNKNOWN, counts)
    clusters = [int(side.any(axis=1).sum()) for side in (table[:, :width], table[:, width:])]
    found = estimates(table, stories, both)
    limited = [_limited(one, number) for one, number in zip(found, (*clusters, min(clusters)), strict=True)]
    return Contrast(limited[0], limited[1], limited[2], counts)


def _by_story(suggested: Rows, control: Rows, width: int) -> tuple[Array, list[str]]:
    """One row a story, in their order; whole numbers only, so that the order of adding does not matter."""
    stories = sorted({story for story, _ in (*suggested, *control)})
    numbers = {story: number for number, story in enumerate(stories)}
    table = np.zeros((len(stories), 2 * width))
    for first, rows in ((0, suggested), (width, control)):
        for story, row in rows:
            table[numbers[story], first : first + width] += row
    return table, stories


def _limited(estimate: Estimate, clusters: int) -> Estimate:
    low, high = (estimate.low, estimate.high) if clusters > 1 else (None, None)
    return replace(estimate, low=low, high=high, clusters=clusters)


def medians(suggested: Sequence[Timed], control: Sequence[Timed]) -> Contrast:
    """The medians of both sides, from values rounded to three digits."""
    values = sorted({_rounded(one.value) for one in (*suggested, *control)})
    columns = {value: number for number, value in enumerate(values)}

    def rows(side: Sequence[Timed]) -> Rows:
        times: dict[str, list[float]] = {}
        for one in side:
            times.setdefault(one.story, [0.0] * len(values))[columns[_rounded(one.value)]] += 1
        return list(times.items())

    counts = (len(suggested), len(control))
    return contrast(rows(suggested), rows(control), len(values), _median(values), counts)


def _rounded(value: float) -> float:
    """Three digits are more than a time is known by, and bound how many values a bootstrap has to count."""
    return float(f"{value:.3g}")


def _median(values: Sequence[float]) -> Coefficient:
    """The median of values by how often each occurs; between the two in the middle, where they are two."""
    ordered = np.array(values)

    def median(sums: Array) -> Array:
        up_to = sums.cumsum(axis=-1)
        half = up_to[..., -1:] / 2
        low, high = ((up_to >= half).argmax(axis=-1), (up_to > half).argmax(axis=-1))
        found: Array = np.where(half[..., 0] > 0, (ordered[low] + ordered[high]) / 2, np.nan)
        return found

    return median


def within(suggested: Sequence[Timed], control: Sequence[Timed]) -> tuple[Estimate, int]:
    """How many times as long the same annotators take with suggestions as without, and how many annotators that is of.

    The effect in a model of log(value) with one term for each annotator and one for the suggestions, by least squares:
    the mean over annotators of the difference of their mean logarithms, by the weight n m / (n + m) of their numbers of
    values. So neither does it matter who worked on which side more, nor does a long pause weigh much. Only annotators
    who worked on both sides count; all values must be above 0.
    """
    there = sorted({one.annotator for one in suggested} & {one.annotator for one in control})
    columns = {who: 4 * number for number, who in enumerate(there)}
    rows, stories = [], []
    for first, side in ((0, suggested), (2, control)):
        for one in side:
            if one.annotator in columns:
                row = np.zeros(4 * len(there))
                row[columns[one.annotator] + first :][:2] = 1.0, np.log(one.value)
                rows.append(row)
                stories.append(one.story)
    if not rows:
        return UNKNOWN, 0
    (found,) = estimates(np.array(rows), stories, _effect)
    return found, len(there)


def _effect(sums: Array) -> Array:
    """The exponential of the weighted mean difference; annotators without values on one side have no weight."""
    n, total_n, m, total_m = (sums[..., first::4] for first in range(4))
    weight = np.nan_to_num(ratio(n * m, n + m))
    difference = np.where(weight > 0, ratio(total_n, n) - ratio(total_m, m), 0.0)
    found: Array = np.exp(ratio((weight * difference).sum(axis=-1), weight.sum(axis=-1)))
    return found
