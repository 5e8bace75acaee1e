from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.gold.agreement.bootstrap import Estimate, estimates, summed
from toolkit.gold.agreement.nominal import counted, gwet_ac1, krippendorff_alpha, statistics
from toolkit.gold.agreement.sums import Array, ratio, stacked


def mean(sums: Array) -> Array:
    """Of rows (sum, number)."""
    return ratio(sums[..., 0], sums[..., 1])


def rows(values: list[float]) -> Array:
    return np.array([[one, 1] for one in values], dtype=np.float64)


def names(number: int) -> list[str]:
    return [f"story-{index}" for index in range(number)]


def test_the_interval_is_that_of_means_drawn_one_by_one() -> None:
    """Another generator and another way to draw; with 1,000 replicates a bound moves by about 5 % of the interval."""
    random_ = random.Random(1)
    values = [random_.gauss(10, 3) for _ in range(50)]
    drawn = sorted(sum(random_.choices(values, k=50)) / 50 for _ in range(4000))
    (found,) = estimates(rows(values), names(50), mean)
    assert found.value == pytest.approx(sum(values) / 50)
    assert (found.low, found.high) == pytest.approx((drawn[100], drawn[3900]), abs=0.15)
    assert (found.clusters, found.undefined) == (50, 0)


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """200 samples of 40: 95 % would be 190; binomial chance and the bootstrap's own narrowness allow for 178."""
    random_ = random.Random(4)
    held = 0
    for seed in range(200):
        (found,) = estimates(rows([random_.gauss(0, 1) for _ in range(40)]), names(40), mean, replicates=400, seed=seed)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0 <= found.high
    assert 178 <= held <= 199


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.lists(st.sampled_from("abc"), min_size=4, max_size=4)), min_size=1),
    st.randoms(use_true_random=False),
)
def test_no_order_changes_a_digit(articles: list[tuple[int, list[str]]], random_: random.Random) -> None:
    """Four raters: coincidences are thirds, which floating point cannot hold."""
    both = []
    for some in (articles, random_.sample(articles, len(articles))):
        counts = np.array([statistics(counted(labels, "abc")) for _, labels in some])
        stories = [f"story-{number}" for number, _ in some]
        both.append(estimates(counts, stories, stacked(krippendorff_alpha, gwet_ac1), replicates=50))
    assert both[0] == both[1]


def test_articles_of_a_story_are_drawn_together() -> None:
    """Copies of a story make no interval narrower."""
    values = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0]
    once = estimates(rows(values), names(6), mean)
    ten = estimates(rows(values * 10), names(6) * 10, mean)
    assert ten == once
    assert estimates(rows(values * 10), names(60), mean) != once


def test_rows_are_summed_by_cluster_and_empty_clusters_left_out() -> None:
    table = np.array([[1, 2], [0, 0], [3, 4], [5, 6]], dtype=np.float64)
    assert summed(table, ["b", "c", "a", "b"]).tolist() == [[3, 4], [6, 8]]


def test_the_seed_makes_the_draw() -> None:
    some = rows([number**1.5 for number in range(20)])
    assert estimates(some, names(20), mean) == estimates(some, names(20), mean)
    assert estimates(some, names(20), mean, seed=1) != estimates(some, names(20), mean, seed=2)


def test_several_values_in_one_pass_are_those_of_single_passes() -> None:
    some = rows([1.0, 4.0, 2.0, 8.0])
    both = estimates(some, names(4), stacked(mean, lambda sums: 2 * mean(sums)))
    assert both[0] == estimates(some, names(4), mean)[0]
    assert both[1].high == pytest.approx(2 * (both[0].high or 0))


def test_undefined_replicates_are_counted_and_left_out() -> None:
    """One story of four has the label at all: (3/4)⁴ = .316 of the replicates are without it."""
    some = np.array([[1, 2], [0, 0.0], [0, 0], [0, 0]])
    table = np.hstack([some, np.ones((4, 1))])  # something was counted in all of them
    (found,) = estimates(table, names(4), mean)
    assert (found.value, found.low, found.high, found.clusters) == (0.5, 0.5, 0.5, 4)
    assert found.undefined == pytest.approx(316, abs=60)  # 4 standard deviations


def test_where_most_replicates_are_undefined_there_is_no_interval() -> None:
    """Only a replicate with three times the same story has no variation; here that is every defined one."""

    def strict(sums: Array) -> Array:
        return np.where(sums[..., 0] == 3, sums[..., 1], np.nan)

    (found,) = estimates(np.array([[0, 1], [0, 1], [3, 1.0]]), names(3), strict)
    assert (found.value, found.low, found.high) == (3, None, None)
    assert found.undefined > 500


def test_fewer_than_two_clusters_have_no_interval() -> None:
    assert estimates(rows([2.0, 4.0]), ["a", "a"], mean) == (Estimate(3, None, None, 1, 0),)
    assert estimates(rows([]).reshape(0, 2), [], mean) == (Estimate(None, None, None, 0, 0),)


def test_an_undefined_value_has_no_interval() -> None:
    (found,) = estimates(np.array([[1, 0], [2, 0.0]]), names(2), mean)
    assert found == Estimate(None, None, None, 2, 1000)


def test_many_clusters_are_drawn_in_parts() -> None:
    """More weights than are held at once: the parts are one draw."""
    values = np.tile([1.0, 3.0], 6000).tolist()
    (found,) = estimates(rows(values), names(12_000), mean)
    assert found.undefined == 0
    assert found.low is not None
    assert found.high is not None
    assert 1.96 < found.low < 2 < found.high < 2.04  # 2 ± 1.96 / √12,000
