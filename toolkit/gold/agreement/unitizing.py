"""Krippendorff's α for unitizing: annotators find units in a text themselves, and label them.

After Krippendorff, Mathet, Bouvry and Widlöcher, "On the reliability of unitizing textual continua: Further
developments" (Quality & Quantity 50, 2016), which replaces the definition of 1995 and 2004: that one misbehaves with
more than two annotators. What an annotator marked cuts a text into segments; between them are blanks. Two annotators'
segments coincide for as long as they intersect. Expected coincidences come from pairing any segment with any other but
itself. Two annotators disagree over the length at which

- ``u_alpha``, the paper's uα: the two values differ, blank being a value.
- ``u_alpha_binary``, |uα: one marked something and the other nothing, whatever the labels.
- ``cu_alpha``, cuα: both marked something, and the labels differ.
- ``u_alpha_by_label``, |uα by label: one marked the label and the other did not, whatever else is there; each label has
  a continuum of its own.

The paper's (k)uα is left out: it judges one label within what both marked, as cuα and a table of confusions do.

*Overlaps.* The family knows no overlapping units of one annotator; people do nest and double them. Units of one label
that overlap are merged: for the label, it is marked or not. Where units of different labels overlap, the value is the
set of labels, equal to the same set only; by label, overlaps with other labels do not matter. Without overlaps it is
exactly the paper's definition.

*Articles.* Each is a continuum with annotators of its own number, m, and its coincidences weigh 1 / (m - 1), as α
weighs units when ratings are missing. Their sum is the continuum that they make laid end to end: no unit crosses from
one article to the next, and blanks count by length, so that it does not matter that they end there.

*Size.* Time is n log n in an article's units, memory one row an article.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.gold.agreement.continuum import Continuum, Segment, Unit, check, merged, segments
from toolkit.gold.agreement.sums import Array, ratio

_HEAD = 5  # statistics before those by value
_Integers = NDArray[np.int64]
_Value = tuple[str, ...]
_BLANK: _Value = ()  # it sorts before all others


class Statistics(NamedTuple):
    """One row an article, in the order they came; rows add up, within one call of ``statistics``."""

    together: Array  # for u_alpha, u_alpha_binary and cu_alpha; as many columns as sets of labels occur
    by_label: Array  # for u_alpha_by_label


class _Row(NamedTuple):
    head: Array
    values: Mapping[_Value, tuple[float, float]]  # the length of each value, and where others marked something too
    by_label: Array


def statistics(articles: Iterable[Continuum], labels: Sequence[str]) -> Statistics:
    """Count articles one by one. An article with fewer than two annotators counts nothing.

    Args:
        articles: the texts with what was marked in them.
        labels: all labels that can be given; ``u_alpha_by_label`` follows their order.

    Raises:
        ValueError: a unit is empty, leaves its text, or has a label that is not among ``labels``.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    rows = [_row(article, numbers) for article in articles]
    occurring = sorted({_BLANK}.union(*(row.values for row in rows)))
    columns = {value: number for number, value in enumerate(occurring)}
    together = np.zeros((len(rows), _HEAD + 2 * len(columns)))
    for row, line in zip(rows, together, strict=True):
        line[:_HEAD] = row.head
        lengths, pairable = _by_value(line)
        for value, (length, shared) in row.values.items():
            lengths[columns[value]], pairable[columns[value]] = length, shared
    by_label = np.array([row.by_label for row in rows]).reshape(len(rows), 1 + 3 * len(labels))
    return Statistics(together, by_label)


def _row(article: Continuum, labels: Mapping[str, int]) -> _Row:
    check(article)
    if len(article.annotators) < 2:
        return _Row(np.zeros(_HEAD), {}, np.zeros(1 + 3 * len(labels)))
    units = [merged(one) for one in article.annotators]
    head, values = _together([segments(one) for one in units], article.length)
    return _Row(head, values, _by_label(units, article.length, labels))


def _together(annotators: Sequence[Sequence[Segment]], length: int) -> tuple[Array, dict[_Value, tuple[float, float]]]:
    parts = [part for one in annotators for part in one]
    numbers = {value: number for number, value in enumerate(dict.fromkeys(part.labels for part in parts))}
    marked = _Marked.of(parts, [numbers[part.labels] for part in parts], length, len(numbers))
    others = len(annotators) - 1
    some = marked.counts.sum(axis=1)
    none = len(annotators) - some
    blank = marked.widths @ none
    both_blank = marked.widths @ (none * (none - 1)) / others
    shared = marked.widths * (some - 1)  # of a segment here: with how much of others' segments it coincides
    along = np.concatenate([[0], np.cumsum(shared)])
    head = [
        len(annotators) * length,
        both_blank,
        both_blank + marked.coincidences().sum() / others,
        blank + (marked.lengths**2).sum(),
        ((along[marked.last] - along[marked.first]) ** 2).sum() / others**2,
    ]
    lengths, pairable = marked.widths @ marked.counts, shared @ marked.counts / others
    values = {value: (float(lengths[number]), float(pairable[number])) for value, number in numbers.items()}
    return np.array(head, dtype=np.float64), values | {_BLANK: (float(blank), 0.0)}


def _by_label(annotators: Sequence[Sequence[Unit]], length: int, labels: Mapping[str, int]) -> Array:
    units = [unit for one in annotators for unit in one]
    try:
        numbers = [labels[unit.label] for unit in units]
    except KeyError as error:
        raise ValueError(f"{error.args[0]!r} is not among the labels") from None
    marked = _Marked.of(units, numbers, length, len(labels))
    both = marked.coincidences() / (len(annotators) - 1)
    squares = np.bincount(marked.numbers, weights=marked.lengths**2, minlength=len(labels))
    return np.concatenate([[len(annotators) * length], marked.widths @ marked.counts, both, squares]).astype(np.float64)


class _Marked(NamedTuple):
    """Ranges of all annotators, each with a number, over a text that is cut into pieces at all their edges.

    All in whole numbers: nothing depends on an order of summing.
    """

    numbers: _Integers  # of each range
    lengths: _Integers  # of each range
    first: NDArray[np.intp]  # of each range: the first piece that it covers
    last: NDArray[np.intp]  # and the one after the last
    widths: _Integers  # of each piece
    counts: _Integers  # pieces × numbers: how many annotators' ranges cover the piece

    @classmethod
    def of(cls, ranges: Sequence[Segment | Unit], numbers: Sequence[int], length: int, width: int) -> _Marked:
        starts, ends = (np.array([part[side] for part in ranges], dtype=np.int64) for side in (0, 1))
        codes = np.array(numbers, dtype=np.int64)
        edges = np.unique(np.concatenate([[0, length], starts, ends]))
        first, last = np.searchsorted(edges, starts), np.searchsorted(edges, ends)
        size = len(edges) * width
        steps = np.bincount(first * width + codes, minlength=size) - np.bincount(last * width + codes, minlength=size)
        counts = np.cumsum(steps.reshape(len(edges), width), axis=0)[:-1]
        return cls(codes, ends - starts, first, last, np.diff(edges), counts)

    def coincidences(self) -> _Integers:
        """By number, over ordered pairs of annotators: the length that ranges of both cover."""
        return self.widths @ (self.counts * (self.counts - 1))


def _by_value(sums: Array) -> tuple[Array, Array]:
    values = (sums.shape[-1] - _HEAD) // 2
    return sums[..., _HEAD : _HEAD + values], sums[..., _HEAD + values :]


def _alpha(observed: Array, crossing: Array, total: Array, squares: Array) -> Array:
    """1 minus observed over expected disagreement.

    Args:
        observed: coincidences of different values.
        crossing: the sum over different values of the product of their lengths.
        total: all values' length.
        squares: the sum of what a segment would coincide with by being paired with itself: its length squared, and the
            length of the blanks, which are no units.
    """
    return 1 - ratio(observed * (total - ratio(squares, total)), crossing)


def u_alpha(sums: Array) -> Array:
    """uα over ``Statistics.together``: position and label at once, the whole of the task.

    At most 1, 0 for chance; undefined where there is one value only, such as nothing marked at all.
    """
    total, _, same, squares = (sums[..., number] for number in range(4))
    lengths, _ = _by_value(sums)
    return _alpha(total - same, total**2 - (lengths**2).sum(axis=-1), total, squares)


def u_alpha_binary(sums: Array) -> Array:
    """|uα over ``Statistics.together``: position alone. Range and gaps as ``u_alpha``.

    Segments, too, are those of the labelled continuum, as in the paper.
    """
    total, both_blank, _, squares = (sums[..., number] for number in range(4))
    blank = _by_value(sums)[0][..., 0]
    return _alpha(2 * (blank - both_blank), 2 * blank * (total - blank), total, squares)


def cu_alpha(sums: Array) -> Array:
    """cuα over ``Statistics.together``: labels, where two annotators both marked something; blanks do not count.

    At most 1, 0 for chance; undefined where there is one value only, or no such place.
    """
    _, both_blank, same, _, squares = (sums[..., number] for number in range(_HEAD))
    _, pairable = _by_value(sums)
    total = pairable.sum(axis=-1)
    return _alpha(total - (same - both_blank), total**2 - (pairable**2).sum(axis=-1), total, squares)


def u_alpha_by_label(sums: Array) -> Array:
    """|uα of each label's own units over ``Statistics.by_label``; the labels are the last axis of what is returned.

    At most 1, 0 for chance; undefined where nobody used the label, or all marked all of the text with it.
    """
    total, (length, both, squares) = sums[..., :1], np.split(sums[..., 1:], 3, axis=-1)
    blank = total - length
    return _alpha(2 * (length - both), 2 * length * blank, total, squares + blank)
