"""Each of the two ways finds what it is there for, on its own."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.articles.near.candidates import alike, candidates, contained
from toolkit.articles.near.pairs import ENOUGH
from toolkit.articles.near.words import Digests


def numbers(seed: int, count: int) -> Digests:
    return np.unique(np.random.default_rng(seed).integers(0, 2**64, count, dtype=np.uint64))


def overlapping(seed: int, left: int, right: int, shared: int) -> list[Digests]:
    """Two sets of these sizes with so many digests in common."""
    every = np.random.default_rng(seed).permutation(numbers(seed, left + right - shared))
    return [np.sort(every[:left]), np.sort(every[left - shared :])]


def test_what_is_half_alike_is_found_by_minhash() -> None:
    for seed in range(150):
        assert list(alike(overlapping(seed, 150, 150, 100))) == [(0, 1)]  # 100 of 200


def test_what_is_hardly_alike_is_seldom_looked_at() -> None:
    looked_at = sum(len(list(alike(overlapping(seed, 200, 200, 20)))) for seed in range(150))
    assert looked_at < 15  # 20 of 380


@pytest.mark.parametrize(("short", "shared"), [(ENOUGH, 24), (100, 80), (1000, 800)])
def test_what_is_contained_is_found_however_long_the_other_is(short: int, shared: int) -> None:
    for seed in range(40):
        left, right = overlapping(seed, short, 20 * short, shared)
        assert list(contained([left, right])) == [(0, 1)]
        assert list(contained([right, left])) == [(0, 1)]


def test_a_short_text_is_contained_in_nothing() -> None:
    assert list(contained(overlapping(1, ENOUGH - 1, 500, ENOUGH - 1))) == []


def test_every_pair_once_and_in_order() -> None:
    one, other = overlapping(1, 100, 120, 95), overlapping(2, 50, 60, 45)
    assert candidates([one[0], other[0], one[1], other[1], one[0]]) == [(0, 2), (0, 4), (1, 3), (2, 4)]


def test_empty_sets_are_like_nothing() -> None:
    nothing = numbers(1, 0)
    assert candidates([]) == candidates([nothing, nothing]) == []
