from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from fractions import Fraction
from itertools import accumulate, pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.gold.agreement.continuum import Continuum, Unit
from toolkit.gold.agreement.sums import stacked
from toolkit.gold.agreement.unitizing import cu_alpha, statistics, u_alpha, u_alpha_binary, u_alpha_by_label

LABELS = "abc"
TOGETHER = stacked(u_alpha, u_alpha_binary, cu_alpha)

Values = list[float | None]


def values(articles: list[Continuum], labels: str = LABELS) -> Values:
    """uα, |uα, cuα, then |uα by label."""
    counted = statistics(articles, labels)
    found = [*TOGETHER(counted.together.sum(axis=0)), *u_alpha_by_label(counted.by_label.sum(axis=0))]
    return [None if np.isnan(one) else float(one) for one in found]


def same(one: Values, other: Values) -> bool:
    return [x is None for x in one] == [y is None for y in other] and [x or 0 for x in one] == pytest.approx(
        [y or 0 for y in other], abs=1e-9
    )


def read(length: int, *annotators: str) -> Continuum:
    """One annotator a row: ``start-end label`` with spaces between."""
    units = [[unit.split(":") for unit in annotator.split()] for annotator in annotators]
    return Continuum(length, [[Unit(int(start), int(end), label) for start, end, label in one] for one in units])


LENGTH = 25
UNITS = st.builds(
    lambda start, length, label: Unit(start, min(start + length, LENGTH), label),
    st.integers(0, LENGTH - 1),
    st.integers(1, 12),
    st.sampled_from(LABELS),
)


def continua(min_annotators: int = 2, max_annotators: int = 4) -> st.SearchStrategy[Continuum]:
    annotators = st.lists(st.lists(UNITS, max_size=6), min_size=min_annotators, max_size=max_annotators)
    return annotators.map(lambda units: Continuum(LENGTH, units))


# Alex, Paul and Suzan, the example of Krippendorff, Mathet, Bouvry and Widlöcher (2016) and of Krippendorff's Content
# Analysis (4th edition, figure 12.11), which give uα = .510, |uα = .413 and cuα = .724.
ALEX_PAUL_SUZAN = read(
    60,
    "2:9:1 11:17:2 24:30:5 32:36:6 36:44:6 44:60:7",
    "2:9:1 11:17:3 19:25:5 32:44:6",
    "2:9:1 11:17:4 21:27:5 32:36:6 36:40:6 40:44:6",
)


def test_the_papers_example() -> None:
    together = values([ALEX_PAUL_SUZAN], "1234567")[:3]
    assert together == pytest.approx([0.510, 0.413, 0.724], abs=0.0005)


@pytest.mark.parametrize(
    ("article", "alpha"),
    [
        (read(60, "4:7:b 8:16:b 36:48:b 51:54:c", "1:6:b 13:24:c 31:50:a 53:60:c"), -0.05110781404549947),
        (
            read(
                80,
                "4:7:b 10:11:c 20:21:b 27:32:c 39:46:c",
                "3:4:b 34:40:b 46:47:c 56:59:a 64:69:c",
                "3:17:b 22:29:c 30:41:c 65:72:c 76:80:a",
            ),
            0.021978595666927875,
        ),
        (
            read(
                100,
                "1:8:c 16:30:a 33:47:a 60:69:c 74:75:b 77:80:c",
                "1:19:a 29:49:a 50:60:c 66:70:a 81:85:b 94:99:a",
                "34:49:a 50:54:b 56:60:a 73:76:a 91:92:a 93:100:b",
                "27:33:c 38:44:c 49:53:b 55:64:c 73:80:a 86:99:b",
            ),
            0.04766585027511727,
        ),
    ],
)
def test_u_alpha_is_that_of_krippendorff_unitized_alpha(article: Continuum, alpha: float) -> None:
    """Random units; the values are those of the package krippendorff-unitized-alpha 0.1.0."""
    assert values([article])[0] == pytest.approx(alpha, abs=1e-12)


def test_two_annotators_by_hand() -> None:
    """Ten characters: one marks [2, 6), the other [4, 8).

    They differ over four characters, counted from both sides: 8. Of 20, 8 are marked and 12 blank, so 2 · 8 · 12 pairs
    differ, and a character is paired with 20 - (16 + 16 + 12) / 20 = 17.8 others on average: 192 / 17.8 are expected.
    """
    alpha = pytest.approx(1 - 8 / (192 / 17.8))
    assert values([read(10, "2:6:a", "4:8:a")]) == [alpha, alpha, None, alpha, None, None]


# The definition once more, character by character.


Along = list[tuple[tuple[str, ...], int]]
"""Each character's labels, and the number of the segment that it lies in."""


def slow(articles: list[Continuum]) -> Values:
    worked = [article for article in articles if len(article.annotators) > 1]
    whole = [[along(units, article.length) for units in article.annotators] for article in worked]
    single = [
        [
            [along([unit for unit in units if unit.label == label], article.length) for units in article.annotators]
            for article in worked
        ]
        for label in LABELS
    ]
    found = [
        alpha(whole, lambda labels: labels),
        alpha(whole, bool),
        alpha(whole, lambda labels: labels, blanks=False),
        *(alpha(one, bool) for one in single),
    ]
    return [None if one is None else float(one) for one in found]


def along(units: Iterable[Unit], length: int) -> Along:
    """A segment ends wherever a unit begins or ends; units of one label that overlap are one."""
    edges: set[int] = set()
    covered: dict[str, set[int]] = {}
    for label in LABELS:
        own = [unit for unit in units if unit.label == label]
        covered[label] = {place for unit in own for place in range(unit.start, unit.end)}
        within = {place for unit in own for place in range(unit.start + 1, unit.end)}
        edges |= {edge for unit in own for edge in unit[:2] if edge not in within}
    segment = list(accumulate(place in edges for place in range(length)))
    return [(tuple(label for label in LABELS if place in covered[label]), segment[place]) for place in range(length)]


def alpha(articles: list[list[Along]], category: Callable[[Any], Hashable], blanks: bool = True) -> Fraction | None:
    """1 - observed / expected disagreement of characters, none of them paired with its own segment."""
    observed, itself = Fraction(), Fraction()
    lengths: dict[Hashable, Fraction] = defaultdict(Fraction)
    for annotators in articles:
        others = len(annotators) - 1
        for one, other in permutations(annotators, 2):
            for (left, _), (right, _) in zip(one, other, strict=True):
                if (blanks or (left and right)) and category(left) != category(right):
                    observed += Fraction(1, others)
        for one in annotators:
            segments: dict[int, Fraction] = defaultdict(Fraction)
            for place, (labels, segment) in enumerate(one):
                paired = sum(bool(other[place][0]) for other in annotators if other is not one)
                share = Fraction(1) if blanks else Fraction(paired, others) if labels else Fraction()
                lengths[category(labels)] += share
                if labels:
                    segments[segment] += share
                else:
                    itself += share
            itself += sum(length**2 for length in segments.values())
    total = sum(lengths.values())
    crossing = total**2 - sum(length**2 for length in lengths.values())
    return 1 - observed * (total - itself / total) / crossing if crossing else None


@given(st.lists(continua(), min_size=1, max_size=3))
def test_all_of_it_by_definition(articles: list[Continuum]) -> None:
    assert same(values(articles), slow(articles))


# Laws.


@given(continua(1, 1), st.integers(2, 4))
def test_agreement_with_oneself_is_1_or_undefined(article: Continuum, annotators: int) -> None:
    found = values([Continuum(article.length, [*article.annotators] * annotators)])
    assert all(one is None or one == pytest.approx(1) for one in found)


@given(st.lists(continua(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_no_order_matters_and_no_name(articles: list[Continuum], random_: random.Random) -> None:
    order = random_.sample(range(len(LABELS)), len(LABELS))
    names = {label: LABELS[place] for label, place in zip(LABELS, order, strict=True)}
    shuffled = [
        Continuum(
            article.length,
            [
                [unit._replace(label=names[unit.label]) for unit in random_.sample(units, len(units))]
                for units in random_.sample(article.annotators, len(article.annotators))
            ],
        )
        for article in random_.sample(articles, len(articles))
    ]
    before, after = values(articles), values(shuffled)
    assert same(before, after[:3] + [after[3 + place] for place in order])


@given(st.lists(continua(3, 3), min_size=2, max_size=4))
def test_articles_are_one_continuum_laid_end_to_end(articles: list[Continuum]) -> None:
    starts = np.cumsum([0, *(article.length for article in articles)]).tolist()
    long = Continuum(
        starts[-1],
        [
            [
                Unit(unit.start + start, unit.end + start, unit.label)
                for start, article in zip(starts, articles, strict=False)
                for unit in article.annotators[who]
            ]
            for who in range(3)
        ],
    )
    assert same(values(articles), values([long]))


@given(continua())
def test_an_article_of_one_annotator_counts_nothing(article: Continuum) -> None:
    alone = article._replace(annotators=article.annotators[:1])
    assert values([alone, article]) == values([article])
    assert values([alone]) == [None] * 6


@given(UNITS, UNITS)
def test_with_one_label_all_but_the_coding_are_the_same(one: Unit, other: Unit) -> None:
    article = Continuum(LENGTH + 1, [[one._replace(label="a")], [other._replace(label="a")]])
    u, binary, coding, a, b, c = values([article])
    assert u is not None
    assert u == binary == a
    assert (coding, b, c) == (None, None, None)


def test_more_in_common_is_more_agreement() -> None:
    shifted = [values([read(100, "10:20:a", f"{10 + by}:{20 + by}:a")])[0] for by in range(11)]
    assert all(nearer > farther for nearer, farther in pairwise(shifted))


def test_touching_units_are_two_and_overlapping_ones_are_one() -> None:
    one, two, overlapping = "0:8:a", "0:4:a 4:8:a", "0:5:a 3:8:a"
    other = "0:6:a"
    assert values([read(20, overlapping, other)]) == values([read(20, one, other)])
    assert values([read(20, two, other)]) != values([read(20, one, other)])


def test_overlaps_of_labels_are_sets() -> None:
    nested = "0:8:a 2:4:b"
    assert values([read(20, nested, nested)])[:3] == [1, 1, 1]
    u, binary, coding, a, b, _ = values([read(20, nested, "0:8:a")])
    assert (binary, a) == (1, 1)
    assert u is not None
    assert u < 1
    assert coding is not None
    assert coding < 1
    assert b is not None
    assert b < 0


def test_chance_is_about_0() -> None:
    """400 articles, 3 annotators who know nothing of each other.

    Over 20 seeds the values had standard deviations of .003 to .008: 5 of the largest.
    """
    random_ = random.Random(3)
    articles = [Continuum(500, [random_units(random_) for _ in range(3)]) for _ in range(400)]
    assert values(articles) == pytest.approx([0] * 6, abs=0.04)


def random_units(random_: random.Random) -> list[Unit]:
    """Twelve units that do not overlap, pushed round the text: its edges are as likely to be marked as its middle."""
    edges = sorted(random_.sample(range(500), 24))
    push = random_.randrange(500)
    units = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        label = random_.choice(LABELS)
        for from_, to in ((start + push, min(end + push, 500)), (max(start + push, 500) - 500, end + push - 500)):
            if 0 <= from_ < to:
                units.append(Unit(from_, to, label))
    return units


# Where they are undefined, and what is refused.


def test_nothing_marked() -> None:
    assert values([read(10, "", "")]) == [None] * 6
    assert values([]) == [None] * 6


def test_one_marked_something_and_the_other_nothing() -> None:
    u, binary, coding, a, b, c = values([read(10, "2:4:a", "")])
    assert u == binary == a
    assert u is not None
    assert u < 0
    assert (coding, b, c) == (None, None, None)


def test_all_of_the_text_with_one_label() -> None:
    assert values([read(10, "0:10:a", "0:10:a")]) == [None] * 6


def test_bad_units_are_refused() -> None:
    with pytest.raises(ValueError, match="'z' is not among the labels"):
        statistics([read(10, "2:4:z", "")], LABELS)
    with pytest.raises(ValueError, match="does not fit a text of 10"):
        statistics([read(10, "2:14:a", "")], LABELS)
