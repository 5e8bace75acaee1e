"""Groups of copies: what is in one, and what it is called."""

from __future__ import annotations

import random

import hypothesis
from hypothesis import strategies as st

from toolkit.articles.groups import Groups, together
from toolkit.articles.near.components import dup_groups
from toolkit.articles.near.pairs import Kind, Pair


def pair(left: str, right: str, kind: Kind = Kind.NEAR_DUPLICATE) -> Pair:
    return Pair(left, right, 0.75, 0.9, kind)


def test_a_group_is_what_hangs_together_and_has_the_name_of_its_first_article() -> None:
    pairs = [pair("b", "c"), pair("a", "c", Kind.CONTAINED), pair("x", "y", Kind.DUPLICATE)]
    assert dup_groups(pairs, {}) == {"a": "dup-a", "b": "dup-a", "c": "dup-a", "x": "dup-x", "y": "dup-x"}


def test_pairs_for_review_make_no_group() -> None:
    assert dup_groups([pair("a", "b", Kind.REVIEW)], {}) == {}


def test_what_an_article_came_with_stands_and_joins() -> None:
    pairs = [pair("a", "b"), pair("c", "d")]
    assert dup_groups(pairs, {"b": "wire-7", "e": "wire-7", "lone": "wire-9"}) == {
        "a": "wire-7",
        "b": "wire-7",
        "c": "dup-c",
        "d": "dup-c",
        "e": "wire-7",
    }


def test_of_two_given_groups_that_meet_each_keeps_its_own() -> None:
    assert dup_groups([pair("a", "b"), pair("b", "c")], {"a": "two", "c": "one"}) == {
        "a": "two",
        "b": "one",
        "c": "one",
    }


def test_a_given_name_is_not_made_for_others() -> None:
    assert dup_groups([pair("a", "b")], {"x": "dup-a", "y": "dup-a"}) == {
        "a": "dup-a+",
        "b": "dup-a+",
        "x": "dup-a",
        "y": "dup-a",
    }


@hypothesis.given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))), st.randoms())
def test_the_order_of_pairs_does_not_matter(ends: list[tuple[str, str]], chance: random.Random) -> None:
    pairs = [pair(*sorted(two)) for two in ends if two[0] != two[1]]
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    groups = dup_groups(pairs, {})
    assert dup_groups(shuffled, {}) == groups
    assert all(groups[one.left] == groups[one.right] for one in pairs)
    assert all(name == f"dup-{min(id for id in groups if groups[id] == name)}" for name in groups.values())


def test_stories_every_pair_and_given_copies_stay_together() -> None:
    groups = Groups(
        pairs=(pair("a", "b"), pair("p", "q", Kind.REVIEW)),
        dup_groups={"a": "wire", "b": "wire", "z": "wire"},
        stories={"c": "ferry", "m": "ferry", "x": "ferry", "lone": "bridge"},
    )
    ties = [*together(groups, {"a": "wire", "z": "wire"})]
    assert sorted(map(sorted, ties)) == [["a", "b"], ["a", "z"], ["c", "m", "x"], ["lone"], ["p", "q"]]
