"""Pairing two lists one to one so that the total weight is the highest: exact, and the same whatever the order.

Whole numbers are the weights, so nothing is rounded. What is compared falls apart into groups of one or two items
nearly always, and those of a stray "select all" have some dozens; plain Python does these in no time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

_NOBODY = -1

T = TypeVar("T")


def assign(
    left: Sequence[T], right: Sequence[T], weight: Callable[[T, T], int], key: Callable[[T], Any]
) -> list[tuple[T, T]]:
    """Pair two annotators' items with the highest total weight; what has the weight 0 is never paired.

    Ties: the side that stands first by its keys chooses. Its first item takes the first partner that it can have in a
    best assignment, then its second, and so on. So swapping the sides swaps the result, and the order of the lists
    matters for nothing but items with equal keys.

    Args:
        left: one annotator's items.
        right: the other's.
        weight: of a left and a right item, from 0.
        key: by which the items of both sides stand in order.
    """
    if len(left) == len(right) == 1:
        return [(left[0], right[0])] if weight(left[0], right[0]) else []
    lefts, rights = sorted(left, key=key), sorted(right, key=key)
    if [key(item) for item in lefts] <= [key(item) for item in rights]:
        return [
            (lefts[row], rights[column]) for row, column in optimum([[weight(a, b) for b in rights] for a in lefts])
        ]
    return [(lefts[column], rights[row]) for row, column in optimum([[weight(a, b) for a in lefts] for b in rights])]


def optimum(weights: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """The (row, column) pairs of highest total weight, without those of weight 0, in their order.

    Of several such results it is the one in which row 0 has the lowest column (any is better than none), then row 1,
    and so on. That preference stands in the weights as digits below them, which makes the result unique.
    """
    if not weights or not weights[0]:
        return []
    rows, columns = len(weights), len(weights[0])
    unit = [(columns + 1) ** power for power in reversed(range(rows + 1))]
    ranked = [
        [weight and weight * unit[0] + (columns - column) * unit[row + 1] for column, weight in enumerate(line)]
        for row, line in enumerate(weights)
    ]
    if rows <= columns:
        chosen = dict(enumerate(_hungarian(ranked)))
    else:
        chosen = {row: column for column, row in enumerate(_hungarian(list(zip(*ranked, strict=True))))}
    return sorted((row, column) for row, column in chosen.items() if weights[row][column])


def _hungarian(weights: Sequence[Sequence[int]]) -> list[int]:
    """A column for each row, no column twice, of highest total weight; there must be as many columns as rows.

    Row by row, a tree of alternating paths grows from the new row until it reaches a free column. ``gain`` and
    ``price`` are the dual variables: ``gain[row] + price[column] >= weight`` always, with equality where paired.
    Kuhn, The Hungarian method for the assignment problem, 1955; in cubic time.
    """
    columns = range(len(weights[0]))
    gain = [max(line) for line in weights]
    price = [0] * len(columns)
    holder = [_NOBODY] * len(columns)
    for new in range(len(weights)):
        slack = [gain[new] + price[column] - weights[new][column] for column in columns]
        before = [_NOBODY] * len(columns)  # the column before this one on the path from the new row
        rows, reached, outside = [new], list[int](), set(columns)
        while True:
            nearest = min(outside, key=slack.__getitem__)
            if step := slack[nearest]:
                for row in rows:
                    gain[row] -= step
                for column in reached:
                    price[column] += step
                for column in outside:
                    slack[column] -= step
            reached.append(nearest)
            outside.remove(nearest)
            row = holder[nearest]
            if row == _NOBODY:
                break
            rows.append(row)
            for column in outside:
                if (room := gain[row] + price[column] - weights[row][column]) < slack[column]:
                    slack[column], before[column] = room, nearest
        while nearest != _NOBODY:
            last = before[nearest]
            holder[nearest] = new if last == _NOBODY else holder[last]
            nearest = last
    found = {row: column for column, row in enumerate(holder)}
    return [found[row] for row in range(len(weights))]
