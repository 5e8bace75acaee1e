"""What cannot all be true among links: each rule by cases that break it, and by cases that do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.links.claims import ONTOLOGY, key, link, pair, said
from toolkit.links.consistency import (
    AGAINST_DATES,
    CONFLICT_WITHIN,
    IN_A_CIRCLE,
    NOT_TRANSITIVE,
    Contradiction,
    Same,
    contradictions,
    two_answers,
)
from toolkit.links.model import ClaimLink

DATES = {"a": "2031-03-14", "b": "2031-03-15", "c": "2031-03-16", "d": "2031-03", "e": ""}
WORDS = {key(name): f"words of {name}" for name in "abcde"}


def found(links: Sequence[ClaimLink], dates: Mapping[str, str] = DATES) -> list[Contradiction]:
    return list(contradictions(links, ONTOLOGY, dates, WORDS))


@pytest.mark.parametrize("third", ["unrelated", "supports", "updates"])
def test_what_is_the_same_as_the_same_is_the_same(third: str) -> None:
    links = [link("a", "equivalent", "b"), link("b", "equivalent", "c"), link("c", third, "a")]
    (wrong,) = found(links)
    assert wrong.rule is NOT_TRANSITIVE
    assert wrong.pairs == (pair("a", "c"), *[pair("a", "b"), pair("b", "c")][:: 1 if third == "unrelated" else -1])
    assert "words of b" in wrong.message
    assert third in wrong.message


def test_a_long_way_round_counts_too() -> None:
    links = [link(x, "equivalent", y) for x, y in ("ab", "bc", "cd", "de")]
    (wrong,) = found([*links, link("a", "unrelated", "e")])
    assert len(wrong.pairs) == 5


def test_no_contradiction_within_what_is_the_same() -> None:
    links = [link("a", "equivalent", "b"), link("c", "equivalent", "b"), link("a", "contradicts", "c", cause="numeric")]
    (wrong,) = found(links)
    assert wrong.rule is CONFLICT_WITHIN
    assert set(wrong.pairs) == {pair("a", "b"), pair("b", "c"), pair("a", "c")}


@pytest.mark.parametrize(
    ("head", "tail", "wrong"),
    [("b", "a", False), ("a", "b", True), ("d", "a", False), ("a", "d", False), ("e", "a", False), ("a", "e", False)],
)
def test_an_update_is_not_older_than_what_it_updates(head: str, tail: str, wrong: bool) -> None:
    assert [one.rule for one in found([link(head, "updates", tail)])] == [AGAINST_DATES] * wrong


def test_two_of_one_day_may_update_each_other_in_either_way() -> None:
    same_day = {"a": "2031-03-14T09:00", "b": "2031-03-14"}
    assert not found([link("a", "updates", "b")], same_day)
    assert not found([link("b", "updates", "a")], same_day)
    assert found([link("a", "updates", "b")], {"a": "2031-03-14T09:00", "b": "2031-03-14T10:00"})


def test_updates_do_not_go_in_a_circle() -> None:
    links = [link("a", "updates", "b"), link("b", "updates", "c"), link("c", "updates", "a")]
    wrong = [one for one in found(links, {}) if one.rule is IN_A_CIRCLE]
    assert len(wrong) == 1
    assert set(wrong[0].pairs) == {pair("a", "b"), pair("b", "c"), pair("a", "c")}


def test_what_can_all_be_true_has_no_finding() -> None:
    links = [
        link("a", "equivalent", "b"),
        link("b", "equivalent", "c"),
        link("a", "equivalent", "c"),
        link("d", "supports", "a"),
        link("e", "contradicts", "a", cause="actor"),
        link("e", "unrelated", "d"),
    ]
    assert found(links) == []


def test_one_annotator_who_answers_a_pair_twice_differently_is_told() -> None:
    first, second = said("x", "a", "equivalent", "b", "1"), said("x", "b", "contradicts", "a", "2", cause="time")
    other = said("y", "a", "unrelated", "b", "1")
    again = said("x", "b", "contradicts", "a", "3", cause="time")
    assert list(two_answers([second, other, first])) == [(first, second)]
    assert list(two_answers([second, again])) == []


def test_a_directed_link_given_both_ways_is_two_answers() -> None:
    one, other = said("x", "a", "supports", "b", "1"), said("x", "b", "supports", "a", "2")
    assert list(two_answers([one, other])) == [(one, other)]


names = st.sampled_from("abcde")
some_links = st.dictionaries(
    st.sampled_from(list(combinations("abcde", 2))), st.sampled_from([*ONTOLOGY.claim_link_types]), max_size=10
).map(lambda said: [link(head, type, tail) for (head, tail), type in said.items()])


@given(some_links)
def test_an_order_of_links_plays_no_part(links: list[ClaimLink]) -> None:
    assert found(links) == found(links[::-1])


@given(some_links)
def test_classes_are_the_transitive_closure(links: list[ClaimLink]) -> None:
    same = {frozenset((one.head, one.tail)) for one in links if one.type == "equivalent"}
    closure = set(same)
    while new := {a ^ b for a in closure for b in closure if len(a & b) == 1} - closure:
        closure |= new
    graph = Same.of(links, ONTOLOGY.claim_link_types)
    assert {frozenset(both) for both in graph.implied()} == closure
    wrong = {one.pairs[0] for one in found(links) if one.rule in (NOT_TRANSITIVE, CONFLICT_WITHIN)}
    assert wrong == {
        one.key for one in links if one.type != "equivalent" and frozenset((one.head, one.tail)) in closure
    }
