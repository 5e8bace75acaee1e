from __future__ import annotations

import json
import random
import time
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scorch.scores import b_cubed, ceaf_e, muc

from toolkit.gold.agreement.bootstrap import estimates
from toolkit.links.scores import MEASURES, SINGLETONS, WIDTH, Partition, Score, Scores, f1, scored, scores, statistics

WITH, WITHOUT = SINGLETONS


def read(entities: str) -> Partition:
    """One word an entity, one letter a mention."""
    return {mention: str(number) for number, word in enumerate(entities.split()) for mention in word}


def of(key: str, response: str) -> Scores:
    return scores([(read(key), read(response))])


def fraction(text: str) -> Fraction | None:
    return None if text == "-" else Fraction(text)


# The cases of the reference scorer's test suite (Pradhan et al. 2014), with LEA's figures by its authors: the key, the
# response, then recall and precision.
REFERENCE = [
    ("a bc def", "a bc def", "MUC", "1", "1"),
    ("a bc def", "a bc def", "LEA", "1", "1"),
    ("a bc def", "a de", "MUC", "1/3", "1"),
    ("a bc def", "a de", "B³", "7/18", "1"),
    ("a bc def", "a de", "CEAFe", "3/5", "9/10"),
    ("a bc def", "a de", "LEA", "1/3", "1"),
    ("a bc def", "a bcx defy z", "MUC", "1", "3/5"),
    ("a bc def", "a bcx defy z", "B³", "1", "55/108"),
    ("a bc def", "a bcx defy z", "CEAFe", "31/35", "93/140"),
    ("a bc def", "a bcx defy z", "LEA", "1", "4/9"),
    ("a bc def", "a bcx dy z", "MUC", "1/3", "1/3"),
    ("a bc def", "a bcx dy z", "B³", "5/9", "17/42"),
    ("a bc def", "a bcx dy z", "CEAFe", "11/15", "11/20"),
    ("a bc def", "a bcx dy z", "LEA", "1/2", "2/7"),
    ("a bc def", "a bcxB dy z", "CEAFe", "31/45", "31/60"),
    ("a bc def", "a bcxB dy z", "LEA", "1/2", "5/24"),
    ("a bc def", "a bcx dy Bz", "B³", "5/9", "17/48"),
    ("a bc def", "a bcx dy Bz", "LEA", "1/2", "1/4"),
    ("a bc def", "a b c d e f", "B³", "1/2", "1"),
    ("a bc def", "a b c d e f", "LEA", "1/6", "1/6"),
    ("a bc def", "abcdef", "LEA", "5/6", "4/15"),
    ("a bc def", "a x y c d e z", "B³", "13/36", "4/7"),
    ("a bc def", "a x y c d e z", "LEA", "1/6", "1/7"),
    ("a bc def", "axycdez", "B³", "17/36", "6/49"),
    ("a bc def", "axycdez", "LEA", "1/6", "1/21"),
    ("ab cde", "bcx de", "LEA", "1/5", "2/5"),
    ("ab cde fg", "bcx de fg", "LEA", "3/7", "4/7"),
    # Bagga and Baldwin 1998
    ("12345 67 89ABC", "12345 6789ABC", "MUC", "1", "9/10"),
    ("12345 67 89ABC", "12345 6789ABC", "B³", "1", "16/21"),
    ("12345 67 89ABC", "12345 6789ABC", "LEA", "1", "13/18"),
    ("12345 67 89ABC", "1234589ABC 67", "MUC", "1", "9/10"),
    ("12345 67 89ABC", "1234589ABC 67", "B³", "1", "7/12"),
    # Vilain et al. 1995
    ("ABCD", "AB CD", "MUC", "2/3", "1"),
    ("AB CD", "ABCD", "MUC", "1", "2/3"),
    ("ABC", "AC", "MUC", "1/2", "1"),
    ("BCDEGHJ", "ABC DEF GHI", "MUC", "1/2", "1/2"),
    ("BCDEGHJ", "ABC DEF GHI", "LEA", "1/7", "1/3"),
    ("ABC DEFG", "AB CD FGH", "MUC", "2/5", "1/2"),
    ("ABC DEFG", "AB CD FGH", "LEA", "5/21", "3/7"),
    ("abcdef", "ab cde f", "LEA", "4/15", "5/6"),
    ("abcdef", "abcxyz", "LEA", "1/5", "1/5"),
    ("a b c d e f", "a b c d e f", "LEA", "1", "1"),
    ("a b c d e f", "ab cde f", "LEA", "1/6", "1/6"),
    ("a b c d e f", "abcxyz", "LEA", "0", "0"),
    # Moosavi and Strube 2016, section 4, where the other measures' figures stand as well
    ("abc defg", "ab cd fghi", "LEA", "5/21", "1/3"),
    ("abc defg", "ab cd fghi", "MUC", "2/5", "2/5"),
    ("abc defg", "ab cd fghi", "B³", "5/12", "1/2"),
    ("abc defg", "ab cd fghi", "CEAFe", "13/20", "13/30"),
    # nothing to find, nothing found: undefined, and not 0
    ("a b c", "a b c", "MUC", "-", "-"),
    ("ab", "a b", "MUC", "0", "-"),
    ("", "", "LEA", "-", "-"),
    ("a bc", "", "B³", "0", "-"),
    ("", "a bc", "CEAFe", "-", "0"),
]


@pytest.mark.parametrize(("key", "response", "measure", "recall", "precision"), REFERENCE)
def test_published(key: str, response: str, measure: str, recall: str, precision: str) -> None:
    r, p = fraction(recall), fraction(precision)
    one, other = r or 0, p or 0
    both = None if r is None and p is None else float(2 * one * other / (one + other)) if one + other else 0.0
    found = of(key, response)[measure]
    assert found.recall == pytest.approx(r and float(r))
    assert found.precision == pytest.approx(p and float(p))
    assert found.f1 == pytest.approx(both)


@pytest.mark.parametrize(
    ("response", "ceaf", "muc_", "b3"),
    [
        ("12345 6789ABC", 0.733, 0.947, 0.865),
        ("1234589ABC 67", 0.667, 0.947, 0.737),
        ("123456789ABC", 0.294, 0.900, 0.545),
        ("1 2 3 4 5 6 7 8 9 A B C", 0.178, 0.0, 0.400),
    ],
)
def test_luo_2005(response: str, ceaf: float, muc_: float, b3: float) -> None:
    """Table 1: four responses to one key, by F1. All singletons have no precision by MUC, and no recall."""
    found = of("12345 67 89ABC", response)
    assert [found[name].f1 for name in ("CEAFe", "MUC", "B³")] == pytest.approx([ceaf, muc_, b3], abs=0.0005)


def test_conll_is_the_mean_of_three() -> None:
    found = of("abc defg", "ab cd fghi")
    assert found["CoNLL"] == Score(None, None, pytest.approx((0.4 + 5 / 11 + 0.52) / 3))


def test_without_singletons_either_side_loses_its_own() -> None:
    """The key's ``a`` goes, the response's ``x``; ``d`` is missing then, since only the response has it alone."""
    found = of("a bc de", "abc x d")
    assert found.by_singletons[WITHOUT]["B³"] == Score(
        pytest.approx(2 / 4), pytest.approx(4 / 9), pytest.approx(8 / 17)
    )
    assert found.by_singletons[WITHOUT]["CEAFe"].recall == pytest.approx(0.8 / 2)
    assert found.by_singletons[WITH]["B³"] == Score(
        pytest.approx(3.5 / 5), pytest.approx((5 / 3 + 1) / 5), found["B³"].f1
    )


@st.composite
def partitions(draw: st.DrawFn, entities: int = 5) -> Partition:
    mentions = draw(st.sets(st.sampled_from("abcdefghij")))
    return {mention: str(draw(st.integers(1, entities))) for mention in sorted(mentions)}


def sets(partition: Partition) -> list[set[str]]:
    return [{mention for mention, one in partition.items() if one == entity} for entity in set(partition.values())]


@settings(deadline=None)
@given(partitions(), partitions())
def test_equals_scorch(key: Partition, response: Partition) -> None:
    """Where scorch says 0 because something is undefined, we say None."""
    found = scores([(key, response)])
    keys, responses = sets(key), sets(response)
    for name, theirs in (("MUC", muc), ("B³", b_cubed), ("CEAFe", ceaf_e)):
        ours = found[name]
        # Without a mention in common all is 0, and scorch fails on some of it.
        expected = theirs(keys, responses) if key.keys() & response.keys() else (0, 0, 0)
        assert [ours.recall or 0.0, ours.precision or 0.0, ours.f1 or 0.0] == pytest.approx(expected)


def lea(key: Partition, response: Partition) -> Fraction | None:
    """Recall by the definition: importance, times resolved links over all links, over all importance."""

    def links(entity: set[str]) -> set[frozenset[str]]:
        return {frozenset(entity)} if len(entity) == 1 else {frozenset(pair) for pair in combinations(entity, 2)}

    others = {link for entity in sets(response) for link in links(entity)}
    resolved = sum(len(entity) * Fraction(len(links(entity) & others), len(links(entity))) for entity in sets(key))
    return Fraction(resolved, len(key)) if key else None


@settings(deadline=None)
@given(partitions(), partitions())
def test_lea_is_as_defined(key: Partition, response: Partition) -> None:
    recall, precision = lea(key, response), lea(response, key)
    found = scores([(key, response)])["LEA"]
    assert found.recall == (None if recall is None else pytest.approx(float(recall)))
    assert found.precision == (None if precision is None else pytest.approx(float(precision)))


@settings(deadline=None)
@given(partitions(), partitions(), st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(key: Partition, response: Partition, chance: random.Random) -> None:
    def other(partition: Partition) -> Partition:
        mentions = list(partition)
        chance.shuffle(mentions)
        return {mention: f"entity {9 - int(partition[mention])}" for mention in mentions}

    assert statistics(other(key), other(response)).tolist() == statistics(key, response).tolist()


@settings(deadline=None)
@given(partitions(), partitions())
def test_swapped_sides_swap_recall_and_precision(key: Partition, response: Partition) -> None:
    there, back = scored(statistics(key, response)), scored(statistics(response, key))
    np.testing.assert_allclose(there, back[..., [1, 0, 2]])


@settings(deadline=None)
@given(partitions())
def test_equal_sides_score_one(partition: Partition) -> None:
    for by_measure in scores([(partition, partition)]).by_singletons.values():
        assert {score.f1 for score in by_measure.values()} <= {1.0, None}
    found = scores([(partition, partition)])
    assert found["LEA"].f1 == (1.0 if partition else None)
    assert (found["MUC"].f1 is None) == (len(set(partition.values())) == len(partition))


@settings(deadline=None)
@given(st.lists(st.tuples(partitions(), partitions()), max_size=4))
def test_stories_add_up(stories: list[tuple[Partition, Partition]]) -> None:
    """As one story does that has all their mentions, each story's under keys of its own."""
    one: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for number, story in enumerate(stories):
        for whole, side in zip(one, story, strict=True):
            whole |= {f"{number}{mention}": f"{number}{entity}" for mention, entity in side.items()}
    apart = np.sum([statistics(*story) for story in stories] or [np.zeros(WIDTH)], axis=0)
    np.testing.assert_allclose(apart, statistics(*one))
    assert scores(stories) == scores(stories[::-1])


def test_intervals_by_drawing_stories() -> None:
    stories = [(read("abc de"), read("abc de")), (read("abc de"), read("ab cde")), (read("abcde"), read("ab cde"))]
    rows = np.array([statistics(key, response) for key, response in stories])
    found = estimates(rows, ["s1", "s2", "s3"], f1)
    assert len(found) == len(SINGLETONS) * len(MEASURES)
    whole = scores(stories).by_singletons
    assert [one.value for one in found] == [whole[variant][name].f1 for variant in SINGLETONS for name in MEASURES]
    for one in found:
        assert one.low is not None
        assert one.value is not None
        assert one.high is not None
        assert one.low < one.value < one.high


def test_aligning_takes_the_best_sum_and_not_the_best_pair() -> None:
    """``abcd`` is most like ``abcef``, but nothing would be left for ``ef``."""
    assert of("abcd ef", "abcef d")["CEAFe"].recall == pytest.approx((2 * 1 / 5 + 2 * 2 / 7) / 2)


def test_ecb_plus_equals_scorch(shared_data: Path) -> None:
    """Whoever is called the same within a topic is one: scored topic by topic here, all at once there."""
    path = shared_data / "ecbplus" / "ecbplus-topics-1-8.jsonl"
    if not path.exists():
        pytest.skip(f"ECB+ is not here ({path})")
    topics: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for document in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        key, response = topics.setdefault(document["topic"], ({}, {}))
        for mention in document["mentions"]:
            place = f"{document['doc_id']}:{mention['start']}-{mention['end']}"
            key[place], response[place] = mention["chain"], mention["text"].lower()
    found = scores(topics.values())
    keys, responses = ([entity for topic in topics.values() for entity in sets(topic[side])] for side in (0, 1))
    for name, theirs in (("MUC", muc), ("B³", b_cubed), ("CEAFe", ceaf_e)):
        ours = found[name]
        assert (ours.recall, ours.precision, ours.f1) == pytest.approx(theirs(keys, responses))
    assert found["CoNLL"].f1 == pytest.approx(0.6, abs=0.2)


def test_a_thousand_stories_take_seconds() -> None:
    chance = random.Random(7)
    mentions = [f"article:{number}-{number + 1}" for number in range(300)]
    stories = [
        tuple({mention: str(chance.randrange(100)) for mention in mentions} for _ in ("key", "response"))
        for _ in range(100)
    ]
    started = time.process_time()
    scores(stories)
    assert time.process_time() - started < 5  # a tenth of the stories; it takes about 0.25 s
