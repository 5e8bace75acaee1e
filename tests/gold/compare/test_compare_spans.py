"""Spans paired by hand."""

from __future__ import annotations

import pytest

from toolkit.annotations.model import Mention, Origin
from toolkit.gold.compare.counts import Tally, confusion, mention_tallies, span_tally, total
from toolkit.gold.compare.ends import labels
from toolkit.gold.compare.spans import Matched, match

from .works import mention

Ids = list[tuple[str, str]]


def paired(found: Matched[Mention]) -> Ids:
    return [(pair.left.id, pair.right.id) for pair in found.pairs]


def alone(found: Matched[Mention]) -> tuple[list[str], list[str]]:
    return [item.id for item in found.left], [item.id for item in found.right]


def test_equal_offsets_are_paired_whatever_the_labels() -> None:
    found = match([mention("a", 0, 4, "PERSON")], [mention("b", 0, 4, "GPE")], labels)
    assert paired(found) == [("a", "b")]
    assert found.pairs[0].exact
    assert confusion(found) == {("PERSON", "GPE"): 1}
    assert mention_tallies(found) == {"GPE": Tally(right=1), "PERSON": Tally(left=1)}


def test_an_overlap_is_relaxed_agreement_and_no_exact_one() -> None:
    found = match([mention("a", 0, 4)], [mention("b", 2, 6)], labels)
    assert paired(found) == [("a", "b")]
    assert found.pairs[0].overlap == pytest.approx(2 / 6)
    assert (paired(found.exact()), alone(found.exact())) == ([], (["a"], ["b"]))
    assert (span_tally(found), span_tally(found, exact=True)) == (Tally(both=1), Tally(left=1, right=1))


def test_spans_that_only_touch_are_two() -> None:
    assert paired(match([mention("a", 0, 4)], [mention("b", 4, 6)], labels)) == []


def test_one_is_paired_with_one() -> None:
    found = match([mention("a", 0, 10)], [mention("b", 0, 4), mention("c", 5, 10)], labels)
    assert (paired(found), alone(found)) == ([("a", "c")], ([], ["b"]))


def test_the_best_sum_wins_over_the_best_single_pair() -> None:
    """a-c is the best pair (4/6, against 5/10 and 2/6), but a-d and b-c together have more than it alone."""
    left = [mention("a", 0, 5), mention("b", 5, 7)]
    right = [mention("c", 1, 7), mention("d", 0, 2)]
    assert paired(match(left, right, labels)) == [("a", "d"), ("b", "c")]
    assert paired(match(left, right[:1], labels)) == [("a", "c")]


def test_equal_offsets_come_before_more_labels_in_common() -> None:
    """Two halves overlap a whole as much as the whole itself does; their labels do not make up for that."""
    left = [mention("a", 0, 10, "PERSON"), mention("b", 0, 5, "GPE")]
    right = [mention("c", 0, 10, "GPE"), mention("d", 5, 10, "PERSON")]
    assert paired(match(left, right, labels)) == [("a", "c")]


def test_of_equal_overlaps_the_equal_labels_are_paired() -> None:
    left = [mention("a", 2, 4, "GPE")]
    right = [mention("b", 0, 4, "PERSON"), mention("c", 2, 6, "GPE")]
    assert paired(match(left, right, labels)) == [("a", "c")]
    assert paired(match(left, [*right, mention("d", 1, 5, "GPE")], labels)) == [("a", "d")]


def test_of_equals_in_all_that_counts_the_first_in_the_text_is_taken() -> None:
    left, right = [mention("z", 2, 4)], [mention("y", 2, 6), mention("x", 0, 4)]
    assert paired(match(left, right, labels)) == [("z", "x")]
    assert paired(match(right, left, labels)) == [("x", "z")]


def test_several_labels_are_compared_as_sets() -> None:
    found = match([mention("a", 0, 4, "GPE", "PERSON")], [mention("b", 0, 4, "GPE", "NORP")], labels)
    assert mention_tallies(found) == {"GPE": Tally(both=1), "NORP": Tally(right=1), "PERSON": Tally(left=1)}
    assert confusion(found) == {("PERSON", "NORP"): 1}


def test_two_labels_on_one_mention_are_what_two_mentions_are() -> None:
    one, two = [mention("a", 0, 4, "GPE", "PERSON")], [mention("b", 0, 4, "GPE"), mention("c", 0, 4, "PERSON")]
    for exact in (False, True):
        assert mention_tallies(match(one, two, labels), exact=exact) == {"GPE": Tally(both=1), "PERSON": Tally(both=1)}


def test_accepted_suggestions_are_counted_apart() -> None:
    accepted, changed = {"origin": Origin.ACCEPTED}, {"origin": Origin.CHANGED}
    left = [mention("a", 0, 4, **accepted), mention("b", 5, 9, **changed), mention("c", 10, 14, **accepted)]
    right = [mention("d", 0, 4), mention("e", 5, 9), mention("f", 20, 24, **accepted), mention("g", 30, 34)]
    found = match(left, right, labels)
    assert mention_tallies(found) == {"PERSON": Tally(both=2, left=1, right=2)}
    assert mention_tallies(found, independent=True) == {"PERSON": Tally(both=1, right=1)}


def test_a_stray_select_all_parts_nobody() -> None:
    left = [mention(f"a{n}", 10 * n, 10 * n + 5) for n in range(40)]
    right = [mention(f"b{n}", 10 * n, 10 * n + 4) for n in range(40)]
    found = match([*left, mention("all", 0, 400)], right, labels)
    assert paired(found) == [(f"a{n}", f"b{n}") for n in range(40)]
    assert alone(found) == (["all"], [])


def test_one_object_on_both_sides_is_two_items() -> None:
    same = mention("b", 0, 4)
    found = match([same], [mention("a", 0, 4), same], labels)
    assert (paired(found), alone(found)) == ([("b", "a")], ([], ["b"]))


def test_tallies_add_up_by_name() -> None:
    parts = [{"GPE": Tally(1, 2, 3)}, {"GPE": Tally(1, 0, 1), "NORP": Tally(left=1)}]
    assert total(parts) == {"GPE": Tally(2, 2, 4), "NORP": Tally(left=1)}
