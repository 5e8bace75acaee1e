from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sweep import examples

from toolkit.gold.agreement.continuum import Continuum, Unit
from toolkit.gold.agreement.gamma import gamma, statistics
from toolkit.gold.agreement.sums import value

LENGTH = 40
UNITS = st.builds(
    lambda start, length, label: Unit(start, min(start + length, LENGTH), label),
    st.integers(0, LENGTH - 1),
    st.integers(1, 12),
    st.sampled_from("ab"),
)


def continua(min_annotators: int, max_annotators: int, units: int) -> st.SearchStrategy[Continuum]:
    annotators = st.lists(st.lists(UNITS, max_size=units), min_size=min_annotators, max_size=max_annotators)
    return annotators.map(lambda units: Continuum(LENGTH, units))


def of(*articles: Continuum) -> float | None:
    return value(gamma, statistics(articles).sum(axis=0))


def observed(article: Continuum) -> float:
    return float(statistics([article])[0, 0])


def read(length: int, *annotators: str) -> Continuum:
    units = [[unit.split(":") for unit in annotator.split()] for annotator in annotators]
    return Continuum(length, [[Unit(int(start), int(end), label) for start, end, label in one] for one in units])


def heaped(annotators: int, units: int, length: int) -> Continuum:
    random_ = random.Random(annotators)
    return Continuum(
        length,
        [
            [
                Unit(start := random_.randrange(length - 20), start + random_.randint(1, 20), random_.choice("ab"))
                for _ in range(units)
            ]
            for _ in range(annotators)
        ],
    )


# The least disorders and the values of γ that pygamma-agreement 0.5.9 finds, with its shuffling sampler and 200 random
# texts, three times: γ was .543, .552 and .558 in the first, the example of Krippendorff et al. (2016).
ALEX_PAUL_SUZAN = read(
    60,
    "2:9:1 11:17:2 24:30:5 32:36:6 36:44:6 44:60:7",
    "2:9:1 11:17:3 19:25:5 32:44:6",
    "2:9:1 11:17:4 21:27:5 32:36:6 36:40:6 40:44:6",
)
DENSE = read(
    90,
    "4:5:b 7:10:a 32:52:a 46:52:b 54:71:a 55:68:b 59:70:b 69:84:b 71:77:a 77:79:a",
    "29:30:a 41:47:a 57:63:b 57:71:b 59:76:a 62:71:b 64:81:b 65:82:b 65:83:a 75:87:b",
    "13:15:a 21:41:b 39:46:b 43:44:a 58:73:b 61:71:b 62:70:b 64:82:b 65:77:a 72:90:b",
)
FOUR = read(
    65,
    "12:28:b 15:34:a 16:34:a 23:43:b 38:39:b 40:59:a",
    "10:29:a 19:20:b 25:30:a 30:50:b 40:45:b 47:48:a",
    "6:8:a 31:38:b 43:57:b 45:59:b 46:65:b 59:64:b",
    "26:43:b 34:53:a 36:48:b 37:45:b 38:44:b 43:44:b",
)


@pytest.mark.parametrize(("article", "disorder"), [(ALEX_PAUL_SUZAN, 3.4855556), (DENSE, 9.4089907), (FOUR, 7.8850136)])
def test_the_disorder_is_that_of_pygamma_agreement(article: Continuum, disorder: float) -> None:
    assert observed(article) == pytest.approx(disorder, abs=2e-6)  # it counts in single precision


def test_gamma_is_that_of_pygamma_agreement() -> None:
    """Random texts of 16 units differ by about a sixth, the mean of 30 by a thirtieth, γ by .45 / 30: 3 of them."""
    assert of(ALEX_PAUL_SUZAN) == pytest.approx(0.551, abs=0.045)


# The definition once more: all partitions.


def dissimilarity(one: Unit, other: Unit) -> float:
    edges = abs(one.start - other.start) + abs(one.end - other.end)
    return (edges / (one.end - one.start + other.end - other.start)) ** 2 + (one.label != other.label)


def disorder(units: Sequence[Unit | None]) -> float:
    pairs = list(combinations(units, 2))
    return sum(1 if one is None or other is None else dissimilarity(one, other) for one, other in pairs) / len(pairs)


def partitions(annotators: list[list[Unit]]) -> Iterator[float]:
    """The disorder of every way to put the units into unitary alignments; no annotator has a unit twice."""
    if not any(annotators):
        yield 0
        return
    whose = next(number for number, units in enumerate(annotators) if units)
    first, *rest = annotators[whose]
    others = [[None, *units] if number > whose else [None] for number, units in enumerate(annotators)]
    others[whose] = [first]
    for chosen in product(*others):
        left = [[unit for unit in units if unit is not used] for units, used in zip(annotators, chosen, strict=True)]
        left[whose] = rest
        yield from (disorder(chosen) + further for further in partitions(left))


@settings(max_examples=examples(60))
@given(continua(2, 2, 4) | continua(3, 3, 2) | continua(4, 4, 1))
def test_the_least_disorder_is_the_least(article: Continuum) -> None:
    annotators = [list(set(units)) for units in article.annotators]
    assert observed(article) == pytest.approx(min(partitions(annotators)), abs=1e-9)


# Laws.


@given(st.lists(UNITS, min_size=1, max_size=4), st.integers(2, 4))
def test_agreement_with_oneself_is_1(units: list[Unit], annotators: int) -> None:
    assert of(Continuum(LENGTH, [units] * annotators)) == 1


@settings(max_examples=examples(50))
@given(st.lists(continua(2, 3, 5), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_no_order_matters(articles: list[Continuum], random_: random.Random) -> None:
    shuffled = [
        Continuum(
            LENGTH,
            [
                random_.sample(units, len(units))
                for units in random_.sample(article.annotators, len(article.annotators))
            ],
        )
        for article in random_.sample(articles, len(articles))
    ]
    before, after = of(*articles), of(*shuffled)
    assert before == after if before is None else after == pytest.approx(before, abs=1e-9)


@settings(max_examples=examples(50))
@given(continua(2, 3, 5))
@example(read(LENGTH, "0:1:a 5:6:a", "0:1:b 3:4:b"))
def test_no_name_matters(article: Continuum) -> None:
    """Not for the disorder; two annotators with the same spans and other labels change places in the random texts."""
    renamed = [[unit._replace(label={"a": "z", "b": "c"}[unit.label]) for unit in one] for one in article.annotators]
    before, after = statistics([article, article._replace(annotators=renamed)])
    assert after[0] == pytest.approx(before[0], abs=1e-9)
    if len({str(sorted(unit[:2] for unit in units)) for units in article.annotators}) == len(article.annotators):
        assert after[1] == pytest.approx(before[1], abs=1e-9)


def test_units_far_apart_are_apart() -> None:
    """Two annotators, one unit each and nothing near: each is alone, with a disorder of 1."""
    assert observed(read(100, "0:5:a", "90:95:a")) == 2
    assert observed(read(100, "0:5:a", "")) == 1


def test_the_expected_disorder_is_that_of_as_many_units() -> None:
    """Three units in a long text, and an annotator without any: random texts have six, three or none of them, all alone
    but for a great chance, so three of theirs have a disorder of 3."""
    assert statistics([read(10**9, "0:5:a 90:95:a 200:201:b", "")]).tolist() == [[3, 3]]


def test_a_long_continuum_is_the_sum_of_its_parts() -> None:
    parts = [heaped(3, 6, 80) for _ in range(5)]
    whole = Continuum(
        5000,
        [
            [
                Unit(unit.start + 1000 * number, unit.end + 1000 * number, unit.label)
                for number, part in enumerate(parts)
                for unit in part.annotators[who]
            ]
            for who in range(3)
        ],
    )
    assert observed(whole) == pytest.approx(sum(map(observed, parts)))


def test_units_heaped_up_end() -> None:
    """More ways than are followed: the disorder is finite, and no more than every unit alone would be."""
    article = heaped(4, 8, 50)
    found, expected = statistics([article])[0]
    assert 0 < found < 4 * 8
    assert 0 < expected < 4 * 8


def test_chance_is_about_0() -> None:
    """40 articles, 3 annotators who know nothing of each other.

    Over 12 seeds γ was .015 on average (no unit crosses the end of a text, which all annotators have in common), with a
    standard deviation of .009: 4 of them.
    """
    random_ = random.Random(2)
    articles = [Continuum(500, [random_units(random_) for _ in range(3)]) for _ in range(40)]
    assert of(*articles) == pytest.approx(0.015, abs=0.036)


def random_units(random_: random.Random) -> list[Unit]:
    return [
        Unit(start := random_.randrange(480), start + random_.randint(5, 20), random_.choice("abc")) for _ in range(12)
    ]


# Where it is undefined, and what is refused.


def test_nothing_to_compare() -> None:
    assert of() is None
    assert of(read(10, "", "")) is None
    assert of(read(10, "1:2:a")) is None
    assert (statistics([read(10, "1:2:a")]) == np.zeros((1, 2))).all()


def test_bad_units_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit a text of 10"):
        statistics([read(10, "2:2:a", "")])
