"""Intervals by drawing whole stories again.

Articles of one story are not independent: they tell the same events, and some are copies of one wire text. So stories
are drawn, never articles or tokens (Field and Welsh 2007, "Bootstrapping clustered data").
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.gold.agreement.sums import Array, Coefficient, defined

REPLICATES = 1000
SEED = 20_310_509
_LEVEL = 0.95
_CELLS = 4_000_000  # of the matrix of weights that are held at once


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its 95 % percentile interval. None is undefined: of the value, or no interval."""

    value: float | None
    low: float | None
    high: float | None
    clusters: int  # that something was counted in
    undefined: int  # replicates in which the value was undefined, and which the interval leaves out


def estimates(
    rows: Array, clusters: Sequence[str], coefficient: Coefficient, *, replicates: int = REPLICATES, seed: int = SEED
) -> tuple[Estimate, ...]:
    """Each of a coefficient's values with its interval, the same whatever the order of rows and clusters.

    A replicate draws as many clusters as there are, with putting back: its statistics are multinomial weights times the
    clusters' statistics. ``stacked`` puts several coefficients into one pass. Two calls with the same clusters and seed
    draw the same replicates.

    There is no interval from fewer than two clusters, nor where most replicates are undefined: it would tell of the
    draw, not of the data. With fewer than about twenty clusters it is too narrow; say how many there are.

    Args:
        rows: statistics, one row an article.
        clusters: the story of each row.
        coefficient: from summed statistics to the values.
        replicates: how often to draw.
        seed: of the draws.
    """
    by_cluster = summed(rows, clusters)
    values = np.atleast_1d(coefficient(by_cluster.sum(axis=0)))
    if len(by_cluster) < 2:
        return tuple(Estimate(defined(float(value)), None, None, len(by_cluster), 0) for value in values)
    drawn = [coefficient(weights @ by_cluster) for weights in _weights(len(by_cluster), replicates, seed)]
    columns = np.concatenate(drawn).reshape(replicates, len(values)).T
    each = zip(values.tolist(), columns, strict=True)
    return tuple(_estimate(value, column, len(by_cluster)) for value, column in each)


def summed(rows: Array, clusters: Sequence[str]) -> Array:
    """One row a cluster, in the clusters' order; those in which nothing was counted are left out.

    Sums are rounded once, so that the order of the rows does not even change the last digit.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for number, cluster in enumerate(clusters):
        members[cluster].append(number)
    by_cluster = np.empty((len(members), rows.shape[1]))
    for line, (_, numbers) in zip(by_cluster, sorted(members.items()), strict=True):
        line[:] = [math.fsum(column) for column in rows[numbers].T] if len(numbers) > 1 else rows[numbers[0]]
    return by_cluster[by_cluster.any(axis=1)]


def _weights(clusters: int, replicates: int, seed: int) -> Iterator[Array]:
    """How often each replicate draws each cluster, some replicates at a time."""
    random = np.random.default_rng(seed)
    chances = np.full(clusters, 1 / clusters)
    while replicates > 0:
        some = min(replicates, max(1, _CELLS // clusters))
        yield random.multinomial(clusters, chances, size=some).astype(np.float64)
        replicates -= some


def _estimate(value: float, column: Array, clusters: int) -> Estimate:
    known = column[~np.isnan(column)]
    undefined = len(column) - len(known)
    if math.isnan(value) or 2 * undefined > len(column):
        return Estimate(defined(value), None, None, clusters, undefined)
    low, high = np.quantile(known, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Estimate(value, float(low), float(high), clusters, undefined)
