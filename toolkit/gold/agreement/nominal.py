"""Agreement on labels without an order: raters give each unit one label, or none.

A unit is whatever all raters have before them: a matched span, a claim, a pair of mentions, a token. Units are counted
into a matrix of units by labels (``counted``), the matrix into statistics (``statistics``); those of articles add up.
All coefficients but Cohen's are functions of the same vector. Cohen's needs to know who rated (``paired``).

1 is perfect agreement, 0 what chance would give, below 0 is worse than chance. Where everybody used one and the same
label there is no variation and nothing to be reliable about: all but AC1 are undefined then, not 1.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.gold.agreement.sums import Array, ratio

Counts = NDArray[np.int64]
Ratings = Sequence[Hashable | None]
"""One rater's labels, unit by unit; None where the rater gave none."""


def counted(raters: Sequence[Ratings], labels: Sequence[Hashable]) -> Counts:
    """How many raters gave each unit each label: units × labels.

    For tokens, pass each annotator's labels token by token, an article at a time. Labels bear no B- or I-: where units
    begin is for ``unitizing`` to judge. "No label" is a label like any other: tokens outside of all spans are rated.

    Args:
        raters: one sequence a rater, as long as there are units. The order of the raters does not matter.
        labels: all labels that can be given.

    Raises:
        ValueError: the sequences differ in length, or hold a label that is not among ``labels``.
    """
    numbers = _numbers(labels)
    units = len(raters[0]) if raters else 0
    counts = np.zeros((units, len(labels) + 1), dtype=np.int64)
    for ratings in raters:
        counts[np.arange(units), _codes(ratings, numbers, units)] += 1
    return counts[:, :-1]  # the last column counted what is missing


def _numbers(labels: Sequence[Hashable]) -> Mapping[Hashable | None, int]:
    return {None: len(labels)} | {label: number for number, label in enumerate(labels)}


def _codes(ratings: Ratings, numbers: Mapping[Hashable | None, int], units: int) -> NDArray[np.intp]:
    if len(ratings) != units:
        raise ValueError(f"one rater has {len(ratings)} units, another {units}")
    try:
        return np.fromiter(map(numbers.__getitem__, ratings), dtype=np.intp, count=units)
    except KeyError as error:
        raise ValueError(f"{error.args[0]!r} is not among the labels") from None


def statistics(counts: Counts) -> Array:
    """The statistics of some units, a vector of 4 + 2 × labels.

    Sums are taken over units with the same number of ratings first, so the order of the units does not even change the
    last digit.
    """
    sums = np.zeros(4 + 2 * counts.shape[1])
    parts = _parts(sums)
    sizes = counts.sum(axis=1)
    for size in np.unique(sizes[sizes > 0]):
        block = counts[sizes == size]
        given = block.sum(axis=0)
        parts.rated[...] += len(block)
        parts.shares[...] += given / size
        if size > 1:
            agreeing = (block * (block - 1)).sum()  # ordered pairs of raters
            parts.pairable[...] += len(block)
            parts.agreement[...] += agreeing / (size * (size - 1))
            parts.coincidences[...] += agreeing / (size - 1)
            parts.ratings[...] += given
    return sums


class _Parts(NamedTuple):
    """Views into a vector of statistics; those by label have an axis more."""

    pairable: Array  # units with two ratings or more
    rated: Array  # units with one or more
    agreement: Array  # over pairable units: the share of a unit's pairs of raters who agree
    coincidences: Array  # the same, times the unit's ratings
    ratings: Array  # in pairable units, by label
    shares: Array  # over rated units: a label's share of the unit's ratings, by label


def _parts(sums: Array) -> _Parts:
    labels = (sums.shape[-1] - 4) // 2
    pairable, rated, agreement, coincidences = (sums[..., number] for number in range(4))
    return _Parts(pairable, rated, agreement, coincidences, sums[..., 4 : 4 + labels], sums[..., 4 + labels :])


def observed_agreement(sums: Array) -> Array:
    """The share of pairs of raters who agree, averaged over units with two ratings or more.

    From 0 to 1, with no correction for chance. Undefined without such units.
    """
    parts = _parts(sums)
    return ratio(parts.agreement, parts.pairable)


def krippendorff_alpha(sums: Array) -> Array:
    """Krippendorff's α for nominal data (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability").

    1 minus observed over expected disagreement. Observed: the share of pairable ratings that do not coincide, each
    unit's pairs of ratings weighing 1 / (ratings of the unit - 1). Expected: the share of differing pairs when two
    ratings are drawn, without putting back, from all pairable ratings. Units with fewer than two ratings do not count;
    any number of raters, any ratings may be missing.

    At most 1; undefined where all ratings are the same label.
    """
    parts = _parts(sums)
    total = parts.ratings.sum(axis=-1)
    return 1 - ratio((total - parts.coincidences) * (total - 1), _differing(parts.ratings))


def fleiss_kappa(sums: Array) -> Array:
    """Fleiss' κ (Fleiss 1971, Psychological Bulletin 76), with unequal numbers of raters as well.

    1 minus observed over expected disagreement, expected from the labels' shares of all ratings, drawn with putting
    back. Where units have different numbers of ratings it is the form of Fleiss and Cuzick (1979, Applied Psychological
    Measurement 3, eq. 3), which weights each unit's disagreement by its ratings - 1, averaged over labels by p(1 - p)
    as Fleiss, Levin and Paik do (2003, section 18.3); with equal numbers that is the κ of 1971. Units with fewer than
    two ratings do not count.

    At most 1; undefined where all ratings are the same label.
    """
    parts = _parts(sums)
    total = parts.ratings.sum(axis=-1)
    free = total - parts.pairable  # ratings beyond the first of each unit
    disagreement = free - (parts.coincidences - parts.agreement)
    return 1 - ratio(disagreement * total**2, free * _differing(parts.ratings))


def gwet_ac1(sums: Array) -> Array:
    """Gwet's AC1 (Gwet 2008, British Journal of Mathematical and Statistical Psychology 61), for skewed labels.

    Observed agreement beyond chance over what is possible beyond chance. Chance agreement is the sum of p(1 - p) over
    the labels, divided by the number of labels - 1, where p is a label's share of a unit's ratings, averaged over all
    rated units (those with a single rating too, as in Gwet's Handbook of Inter-Rater Reliability). The labels are those
    that could be given: the same ratings under a longer list of labels have a higher AC1.

    At most 1. It stays defined where all ratings are the same label, and is 1 then; undefined without a unit of two
    ratings, or with fewer than two labels.
    """
    parts = _parts(sums)
    labels = parts.shares.shape[-1]
    if labels < 2:
        return np.full(parts.pairable.shape, np.nan)
    shares = ratio(parts.shares, parts.rated[..., np.newaxis])
    chance: Array = (shares * (1 - shares)).sum(axis=-1) / (labels - 1)
    return (ratio(parts.agreement, parts.pairable) - chance) / (1 - chance)


def _differing(ratings: Array) -> Array:
    """How many ordered pairs of ratings are of different labels."""
    pairs: Array = ratings.sum(axis=-1) ** 2 - (ratings**2).sum(axis=-1)
    return pairs


def paired(first: Ratings, second: Ratings, labels: Sequence[Hashable]) -> Array:
    """The statistics of two raters for Cohen's κ, a vector of 1 + 2 × labels; units that one left out do not count.

    Raises:
        ValueError: as ``counted``.
    """
    numbers = _numbers(labels)
    one, other = (_codes(ratings, numbers, len(first)) for ratings in (first, second))
    both = (one < len(labels)) & (other < len(labels))
    one, other = one[both], other[both]
    used = [np.bincount(codes, minlength=len(labels)) for codes in (one, other)]
    return np.concatenate([[(one == other).sum()], *used]).astype(np.float64)


def cohen_kappa(sums: Array) -> Array:
    """Cohen's κ (Cohen 1960, Educational and Psychological Measurement 20) of the statistics of ``paired``.

    Observed agreement beyond chance over what is possible beyond chance; chance agreement is the sum over labels of the
    product of the two raters' shares: each rater has habits of their own.

    From -1 to 1; undefined where both raters used one and the same label only.
    """
    labels = (sums.shape[-1] - 1) // 2
    first, second = sums[..., 1 : 1 + labels], sums[..., 1 + labels :]
    units = first.sum(axis=-1)
    chance = (first * second).sum(axis=-1)
    return ratio(units * sums[..., 0] - chance, units**2 - chance)
