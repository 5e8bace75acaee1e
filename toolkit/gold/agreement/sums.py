"""Statistics that add up, and coefficients of their sums.

Statistics lie on an array's last axis. A coefficient takes them off it: one vector gives one value, a thousand vectors
(the replicates of a bootstrap) give a thousand. Inside arrays NaN says that a coefficient is undefined; where a number
leaves them, None does.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Coefficient = Callable[[Array], Array]
"""From summed statistics to one value, or to several on the last axis."""


def ratio(numerator: Array, denominator: Array) -> Array:
    """The quotient, NaN where the denominator is not above 0."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    quotient = np.full(denominator.shape, np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient


def value(coefficient: Coefficient, sums: Array) -> float | None:
    """A coefficient of one vector of statistics; None where it is undefined."""
    return defined(float(coefficient(sums)))


def defined(number: float) -> float | None:
    """The number, or None for NaN."""
    return None if math.isnan(number) else number


def stacked(*coefficients: Coefficient) -> Coefficient:
    """Several coefficients of the same statistics as one with several values."""
    return lambda sums: np.stack([coefficient(sums) for coefficient in coefficients], axis=-1)
