"""The best assignment is the best: by trying all, and by another program."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from sweep import examples

from toolkit.gold.matching import assign, optimum

Weights = list[list[int]]


@st.composite
def tables(draw: st.DrawFn, most: int = 5, highest: int = 4) -> Weights:
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    line = st.lists(st.integers(0, highest), min_size=columns, max_size=columns)
    return draw(st.lists(line, min_size=rows, max_size=rows))


def by_trying(weights: Weights) -> list[tuple[int, int]]:
    """Of all sets of pairs, the one with the highest weight in which the first rows have the lowest columns."""
    columns = range(len(weights[0]))
    nobody = len(columns)
    choices = [[*(column for column in columns if line[column]), nobody] for line in weights]
    possible = [
        chosen
        for chosen in product(*choices)
        if len({*chosen} - {nobody}) == sum(column != nobody for column in chosen)
    ]
    value = {chosen: sum(weights[row][col] for row, col in enumerate(chosen) if col != nobody) for chosen in possible}
    best = min(chosen for chosen in possible if value[chosen] == max(value.values()))
    return [(row, column) for row, column in enumerate(best) if column != nobody]


@given(tables())
@settings(max_examples=examples(300))
def test_it_is_what_trying_all_gives(weights: Weights) -> None:
    assert optimum(weights) == by_trying(weights)


@pytest.mark.parametrize(("rows", "columns"), [(1, 60), (25, 25), (40, 31), (31, 40), (80, 80)])
def test_it_weighs_what_scipy_finds(rows: int, columns: int) -> None:
    random = Random(rows)
    weights = [[random.choice([0, 0, random.randrange(1000)]) for _ in range(columns)] for _ in range(rows)]
    chosen = optimum(weights)
    assert len({row for row, _ in chosen}) == len({column for _, column in chosen}) == len(chosen)
    table = np.array(weights)
    assert sum(weights[row][column] for row, column in chosen) == table[linear_sum_assignment(-table)].sum()


def test_weights_are_not_rounded() -> None:
    huge = 10**40
    assert optimum([[huge, huge + 1], [0, huge]]) == [(0, 0), (1, 1)]
    assert optimum([[huge, 2 * huge + 1], [0, huge]]) == [(0, 1)]


def test_nothing_is_paired_with_nothing() -> None:
    assert optimum([]) == optimum([[], []]) == optimum([[0, 0]]) == []


def test_greed_would_lose() -> None:
    assert optimum([[9, 8], [8, 0]]) == [(0, 1), (1, 0)]


def closeness(one: int, other: int) -> int:
    return max(0, 3 - abs(one - other))


@given(st.lists(st.integers(0, 9), max_size=5, unique=True), st.lists(st.integers(0, 9), max_size=5, unique=True))
@settings(max_examples=examples(200))
def test_neither_order_nor_side_matters(left: list[int], right: list[int]) -> None:
    pairs = assign(left, right, closeness, key=int)
    assert sorted(assign(left[::-1], sorted(right), closeness, key=int)) == sorted(pairs)
    assert sorted(assign(right, left, closeness, key=int)) == sorted((two, one) for one, two in pairs)


def test_of_equal_results_the_first_item_has_the_first_partner() -> None:
    assert assign([5], [6, 4], closeness, key=int) == [(5, 4)]
    assert assign([6, 4], [5], closeness, key=int) == [(4, 5)]
    assert sorted(assign([1, 3], [2, 4], lambda *_: 1, key=int)) == [(1, 2), (3, 4)]


def test_the_side_that_stands_first_chooses_wherever_it_stands() -> None:
    """Two best assignments, a ring each: 1 would rather have 4, and 2 would rather have 3."""
    ring = {(1, 4), (3, 6), (5, 2)} | {(1, 6), (3, 2), (5, 4)}
    first, second = [1, 3, 5], [2, 4, 6]
    assert assign(first, second, lambda one, other: (one, other) in ring, key=int) == [(1, 4), (3, 6), (5, 2)]
    assert assign(second, first, lambda one, other: (other, one) in ring, key=int) == [(4, 1), (6, 3), (2, 5)]
