"""The exact check finds what brute force finds, and so does the quick way."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import examples

from toolkit.articles.near import pairs
from toolkit.articles.near.candidates import candidates
from toolkit.articles.near.exact import cross_pairs
from toolkit.articles.near.pairs import ENOUGH, Kind, Pair, judged
from toolkit.articles.near.shingles import shingles
from toolkit.articles.near.words import Reader
from toolkit.project import GroupingSettings

# Texts made of few blocks of words have many shingles in common, in many proportions.
BLOCKS = [" ".join(f"b{block}w{word}" for word in range(12)) for block in range(8)]
TEXTS = st.lists(
    st.one_of(st.lists(st.sampled_from(BLOCKS), max_size=6).map(" ".join), st.text("ab ", max_size=12)),
    max_size=9,
)


def plain_shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)} or {(word,) for word in words}


def brute_force(
    texts: dict[str, str], side: dict[str, str], jaccard: float, containment: float
) -> set[tuple[str, str]]:
    found = set()
    for left, right in combinations(sorted(texts), 2):
        one, other = plain_shingles(texts[left]), plain_shingles(texts[right])
        smaller, shared = min(len(one), len(other)), len(one & other)
        alike = smaller > 0 and shared / len(one | other) >= jaccard
        within = smaller >= ENOUGH and shared / smaller >= containment
        if side[left] != side[right] and (alike or within):
            found.add((left, right))
    return found


@settings(max_examples=examples(200))
@given(TEXTS, st.data(), st.sampled_from([0.1, 0.5, 0.7, 1.0]), st.sampled_from([0.2, 0.8, 1.0]))
def test_nothing_is_missed_and_nothing_invented(texts: list[str], data: st.DataObject, j: float, c: float) -> None:
    named = {f"a{number}": text for number, text in enumerate(texts)}
    side = {id: data.draw(st.sampled_from(["train", "test", "validation"])) for id in named}
    found = cross_pairs(named, side, j, c)
    assert {(pair.left, pair.right) for pair in found} == brute_force(named, side, j, c)
    assert found == sorted(found, key=lambda pair: (pair.left, pair.right))
    assert cross_pairs(dict(reversed(named.items())), side, j, c) == found


@settings(max_examples=examples(100))
@given(TEXTS)
def test_the_quick_way_finds_the_same(texts: list[str]) -> None:
    reader = Reader()
    sets = [shingles(reader.read(text).words) for text in texts]
    ids = [f"a{number}" for number in range(len(texts))]
    quick = judged(ids, sets, candidates(sets), GroupingSettings())
    apart = {id: id for id in ids}
    exact = cross_pairs(dict(zip(ids, texts, strict=True)), apart, 0.5, 0.8)
    assert {(pair.left, pair.right) for pair in quick} == {(pair.left, pair.right) for pair in exact}


def words(first: int, last: int) -> str:
    return " ".join(f"w{number}" for number in range(first, last))


def test_the_scores_are_exact() -> None:
    texts = {"b": words(0, 104), "a": words(0, 54), "c": words(500, 600)}  # 100, 50 and 96 shingles, 50 shared
    assert cross_pairs(texts, {"a": "train", "b": "test", "c": "test"}, 0.5, 1.0) == [
        Pair("a", "b", 0.5, 1.0, Kind.CONTAINED)
    ]


def test_one_side_or_none_is_not_looked_at() -> None:
    texts = {"a": words(0, 50), "b": words(0, 50), "c": words(0, 50)}
    found = cross_pairs(texts, {"a": "train", "b": "train"}, 0.5, 0.8)
    assert found == []


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        (words(0, 104), words(5, 104), Kind.DUPLICATE),  # 95 of 100
        (words(0, 104), words(15, 104), Kind.NEAR_DUPLICATE),  # 85 of 100
        (words(0, 104), words(40, 104), Kind.CONTAINED),  # 60 of 100, all of the shorter
        (words(0, 104), words(40, 115), Kind.REVIEW),  # 60 of 111, 60 of 71 … of a text with its own end
        (words(0, 54), words(30, 54), None),  # 20 shingles: too few to be contained, .4 alike
    ],
)
def test_kinds(left: str, right: str, kind: Kind | None) -> None:
    reader = Reader()
    alike = pairs.likeness(*(shingles(reader.read(text).words) for text in (left, right)))
    grouping = GroupingSettings(containment=0.9)
    assert pairs.kind(alike, grouping) is kind


def test_short_texts_are_compared_by_their_words() -> None:
    texts = {"a": "Ferry sinks off Dunmere", "b": "ferry sinks OFF dunmere!", "c": "Ferry sails"}
    found = cross_pairs(texts, {id: id for id in texts}, 0.5, 0.8)
    assert [(pair.left, pair.right, pair.jaccard) for pair in found] == [("a", "b", 1.0)]
