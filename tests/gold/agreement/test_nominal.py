from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa as their_fleiss_kappa

from toolkit.gold.agreement.nominal import (
    cohen_kappa,
    counted,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    observed_agreement,
    paired,
    statistics,
)
from toolkit.gold.agreement.sums import Coefficient, stacked, value

Rows = list[list[str | None]]

LABELS = "abcd"
ALL = (observed_agreement, krippendorff_alpha, fleiss_kappa, gwet_ac1)
CORRECTED = (krippendorff_alpha, fleiss_kappa)


def of(coefficient: Coefficient, raters: Sequence[Sequence[str | None]], labels: str = LABELS) -> float | None:
    return value(coefficient, statistics(counted(raters, labels)))


def read(*rows: str) -> Rows:
    """One rater a row, one letter a unit, * for a missing rating."""
    return [[None if letter == "*" else letter for letter in row.replace(" ", "")] for row in rows]


@st.composite
def reliability_data(draw: st.DrawFn, missing: bool = True, max_raters: int = 5) -> Rows:
    raters, units = draw(st.integers(2, max_raters)), draw(st.integers(1, 12))
    rating = st.sampled_from([*LABELS, None] if missing else LABELS)
    return draw(st.lists(st.lists(rating, min_size=units, max_size=units), min_size=raters, max_size=raters))


# Published figures. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): two observers with two values
# (A) and with five (B), four observers with missing values (C).
TWO_VALUES = read("0100000010", "1110010000")
FIVE_VALUES = read("aabbdcccedda", "babbbccceddd")
FOUR_OBSERVERS = read("1233214 12***", "1233224 12 5*3", "*333234 22 51*", "1233244 12 51*")


@pytest.mark.parametrize(
    ("data", "labels", "alpha"),
    [(TWO_VALUES, "01", 0.095), (FIVE_VALUES, "abcde", 0.692), (FOUR_OBSERVERS, "12345", 0.743)],
)
def test_krippendorffs_own_examples(data: Rows, labels: str, alpha: float) -> None:
    assert of(krippendorff_alpha, data, labels) == pytest.approx(alpha, abs=0.0005)


def test_three_coders_with_gaps() -> None:
    """The example of the encyclopedias' articles on α."""
    data = read("***** 34121 133*3", "1*213 343** *****", "**213 44*21 133*4")
    assert of(krippendorff_alpha, data, "1234") == pytest.approx(0.691, abs=0.0005)


def test_fleiss_1971() -> None:
    """Thirty patients, six psychiatrists, five diagnoses."""
    diagnoses = """444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444
    224445 333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"""
    raters = read(*("".join(row) for row in zip(*diagnoses.split(), strict=True)))
    assert of(fleiss_kappa, raters, "12345") == pytest.approx(0.430, abs=0.0005)


def test_cohen_1960() -> None:
    """Two hundred people, two judges, three kinds of disorder: agreement .70, .41 of it by chance."""
    table = {"aa": 88, "ab": 14, "ac": 18, "ba": 10, "bb": 40, "bc": 10, "ca": 2, "cb": 6, "cc": 12}
    first, second = zip(*(cell for cell, times in table.items() for _ in range(times)), strict=True)
    assert value(cohen_kappa, paired(first, second, "abc")) == pytest.approx(0.29 / 0.59)


def test_gwet_on_skewed_labels() -> None:
    """The paradox of κ, 118 + 0 of 125 agreeing: agreement .944, κ about -.02, and AC1 .94."""
    first, second = "y" * 118 + "y" * 5 + "n" * 2, "y" * 118 + "n" * 5 + "y" * 2
    assert of(gwet_ac1, [first, second], "yn") == pytest.approx(0.9408, abs=0.00005)
    assert value(cohen_kappa, paired(first, second, "yn")) == pytest.approx(-0.0234, abs=0.00005)


def test_gwet_with_missing_ratings() -> None:
    """Krippendorff's four observers, which Gwet's Handbook takes up; irrCAC 0.4.4 says the same."""
    assert of(gwet_ac1, FOUR_OBSERVERS, "12345") == pytest.approx(0.77544, abs=0.000005)


def test_fleiss_with_unequal_numbers_by_hand() -> None:
    """Three units with 2, 3 and 4 ratings: xx, xxy, xyyy.

    p = 5/9, and Σ n p (1 - p) over the units is 0 + 2/3 + 3/4 = 17/12, over (9 - 3) · 5/9 · 4/9 = 40/27.
    """
    assert of(fleiss_kappa, read("xxx", "xxy", "*yy", "**y"), "xy") == pytest.approx(1 - (17 / 12) / (40 / 27))


# Other people's programs.


@given(reliability_data())
def test_alpha_is_that_of_krippendorff(data: Rows) -> None:
    codes = [[np.nan if label is None else LABELS.index(label) for label in rater] for rater in data]
    ours = of(krippendorff_alpha, data)
    if ours is None:
        pairable = [unit for unit in zip(*data, strict=True) if sum(label is not None for label in unit) > 1]
        assert len({label for unit in pairable for label in unit if label is not None}) < 2
    else:
        theirs = krippendorff.alpha(codes, level_of_measurement="nominal", value_domain=range(len(LABELS)))
        assert ours == pytest.approx(theirs, abs=1e-12)


@given(reliability_data(missing=False, max_raters=2))
def test_cohen_is_that_of_scikit_learn(data: Rows) -> None:
    ours = value(cohen_kappa, paired(data[0], data[1], LABELS))
    if ours is None:
        assert len({*data[0], *data[1]}) == 1
    else:
        assert ours == pytest.approx(cohen_kappa_score(data[0], data[1]), abs=1e-12)


@given(reliability_data(missing=False))
def test_fleiss_is_that_of_statsmodels(data: Rows) -> None:
    counts = counted(data, LABELS)
    ours = value(fleiss_kappa, statistics(counts))
    if ours is None:
        assert (counts.sum(axis=0) > 0).sum() == 1
    else:
        assert ours == pytest.approx(their_fleiss_kappa(counts), abs=1e-12)


# The definitions once more, slowly and exactly.


@given(reliability_data())
def test_fleiss_and_gwet_by_definition(data: Rows) -> None:
    units = [[label for label in unit if label is not None] for unit in zip(*data, strict=True)]
    rated, pairable = [unit for unit in units if unit], [unit for unit in units if len(unit) > 1]
    fleiss: Fraction | None = None
    ac1: Fraction | None = None
    if pairable:
        total = sum(map(len, pairable))
        shares = [Fraction(sum(unit.count(label) for unit in pairable), total) for label in LABELS]
        within = sum(
            len(unit) * Fraction(unit.count(label), len(unit)) * (1 - Fraction(unit.count(label), len(unit)))
            for unit in pairable
            for label in LABELS
        )
        between = (total - len(pairable)) * sum(share * (1 - share) for share in shares)
        fleiss = 1 - within / between if between else None
        agreed = [Fraction(sum(a == b for a, b in combinations(u, 2)), len(u) * (len(u) - 1) // 2) for u in pairable]
        observed = sum(agreed, Fraction()) / len(agreed)
        means = [sum((Fraction(u.count(label), len(u)) for u in rated), Fraction()) / len(rated) for label in LABELS]
        chance = sum((mean * (1 - mean) for mean in means), Fraction()) / (len(LABELS) - 1)
        ac1 = (observed - chance) / (1 - chance)
    assert of(fleiss_kappa, data) == (None if fleiss is None else pytest.approx(float(fleiss)))
    assert of(gwet_ac1, data) == (None if ac1 is None else pytest.approx(float(ac1)))


# Laws.


@given(reliability_data(), st.randoms(use_true_random=False))
def test_no_order_matters_and_no_name(data: Rows, random_: random.Random) -> None:
    raters = random_.sample(data, len(data))
    units = random_.sample(list(zip(*raters, strict=True)), len(data[0]))
    names = dict(zip(LABELS, random_.sample(LABELS, len(LABELS)), strict=True))
    shuffled = [[label and names[label] for label in rater] for rater in zip(*units, strict=True)]
    together = stacked(*ALL)
    before, after = (together(statistics(counted(one, LABELS))) for one in (data, shuffled))
    assert after == pytest.approx(before, abs=1e-12, nan_ok=True)
    in_order = statistics(counted(data, LABELS))
    assert (
        statistics(counted(list(zip(*sorted(zip(*data, strict=True), key=str), strict=True)), LABELS)) == in_order
    ).all()


@given(reliability_data(missing=False, max_raters=2))
def test_cohen_is_symmetric(data: Rows) -> None:
    first, second = data
    one, other = (value(cohen_kappa, paired(*pair, LABELS)) for pair in ((first, second), (second, first)))
    assert one == other


@given(st.lists(st.sampled_from(LABELS), min_size=2).filter(lambda labels: len(set(labels)) > 1), st.integers(2, 4))
def test_agreement_with_oneself_is_1(labels: list[str], raters: int) -> None:
    for coefficient in ALL:
        assert of(coefficient, [labels] * raters) == pytest.approx(1)
    assert value(cohen_kappa, paired(labels, labels, LABELS)) == 1


@given(reliability_data(), st.sampled_from(LABELS))
def test_a_unit_on_which_all_agree_does_not_lower_the_observed_agreement(data: Rows, label: str) -> None:
    before, after = of(observed_agreement, data), of(observed_agreement, [[*rater, label] for rater in data])
    assert after is not None
    assert before is None or after >= before


@given(st.lists(reliability_data(), min_size=1, max_size=4))
def test_statistics_of_articles_add_up(articles: list[Rows]) -> None:
    most = max(map(len, articles))
    whole: Rows = [[] for _ in range(most)]
    for article in articles:
        for row, rater in zip(whole, [*article, *[[None] * len(article[0])] * (most - len(article))], strict=True):
            row.extend(rater)
    parts = sum(statistics(counted(article, LABELS)) for article in articles)
    assert statistics(counted(whole, LABELS)) == pytest.approx(parts)


def test_chance_is_about_0() -> None:
    """The standard error of random labels is about 1 / √(units · pairs · (labels - 1)), here .0075; 4 of them."""
    random_ = random.Random(5)
    data = [random_.choices(LABELS, k=2000) for _ in range(3)]
    for coefficient in (*CORRECTED, gwet_ac1):
        assert of(coefficient, data) == pytest.approx(0, abs=0.03)
    assert value(cohen_kappa, paired(data[0], data[1], LABELS)) == pytest.approx(0, abs=0.05)  # one pair, not three


# Where they are undefined.


def test_without_variation() -> None:
    same = read("aaa", "aaa")
    assert [of(coefficient, same) for coefficient in CORRECTED] == [None, None]
    assert value(cohen_kappa, paired(*same, LABELS)) is None
    assert of(gwet_ac1, same) == 1
    assert of(gwet_ac1, same, "a") is None


def test_without_pairable_units() -> None:
    single = read("ab*", "**c")
    assert [of(coefficient, single) for coefficient in ALL] == [None] * 4
    assert value(cohen_kappa, paired(*single, LABELS)) is None
    assert [of(coefficient, []) for coefficient in ALL] == [None] * 4


def test_bad_ratings_are_refused() -> None:
    with pytest.raises(ValueError, match="one rater has 1 units, another 2"):
        counted(["ab", "a"], LABELS)
    with pytest.raises(ValueError, match="'z' is not among the labels"):
        counted(["az", "ab"], LABELS)
    with pytest.raises(ValueError, match="'z' is not among the labels"):
        paired("az", "ab", LABELS)
