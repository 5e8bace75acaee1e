from __future__ import annotations

import random
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.dataset.splits import DATED, TORN, UNEVEN, WITHHELD, Piece, Splits, divide
from toolkit.errors import BadInputError
from toolkit.project import DatasetSettings
from toolkit.settings import parse_settings

IDS = [f"a{number}" for number in range(12)]


def settings(**changes: Any) -> DatasetSettings:
    return DatasetSettings.model_validate(changes)


def pieces(*ids: str, **published: str) -> dict[str, Piece]:
    return {id: Piece(published.get(id, ""), gold=True) for id in ids}


def in_split(splits: Splits, split: str) -> set[str]:
    return {id for id, name in splits.by_article.items() if name == split}


ties = st.lists(st.sets(st.sampled_from(IDS), min_size=1, max_size=4), max_size=8)
corpora = st.dictionaries(st.sampled_from(IDS), st.builds(Piece, st.just(""), st.booleans()), min_size=1)


@given(corpora, ties, st.integers(0, 3), st.randoms(use_true_random=False))
def test_what_belongs_together_is_in_one_split_in_whatever_order_it_comes(
    articles: dict[str, Piece], together: list[set[str]], seed: int, order: random.Random
) -> None:
    splits = divide(articles, together, settings(split_seed=seed))
    assert splits.by_article.keys() == articles.keys()
    assert not splits.withheld
    for ids in together:
        assert len({splits.by_article[id] for id in ids if id in articles}) <= 1
    shuffled = [[*ids] for ids in together]
    order.shuffle(shuffled)
    assert divide(dict(reversed(articles.items())), shuffled, settings(split_seed=seed)) == splits


@given(corpora, ties, corpora, ties)
def test_a_released_article_never_moves(
    articles: dict[str, Piece], together: list[set[str]], more: dict[str, Piece], ties: list[set[str]]
) -> None:
    before = divide(articles, together, settings()).by_article
    after = divide(articles | more, [*together, *ties], settings(), released=before)
    assert {id: split for id, split in after.by_article.items() if id in before} == before
    assert {*after.by_article, *after.withheld} == {*articles, *more}
    for ids in ties:  # of what is in it, nothing is torn but what is said to be
        for one, other in combinations(sorted(ids & after.by_article.keys()), 2):
            if after.by_article[one] != after.by_article[other]:
                assert {one, other} <= before.keys()
                assert after.torn


@given(st.integers(1, 60), st.integers(0, 5))
def test_single_articles_get_the_asked_shares_to_the_article(count: int, seed: int) -> None:
    splits = divide({f"x{number}": Piece(gold=True) for number in range(count)}, [], settings(split_seed=seed))
    asked = settings().splits
    assert all(abs(splits.got[name] - share * count) <= 1 for name, share in asked.items()) or count < 10
    assert count < 3 or min(splits.got.values()) > 0
    assert not [finding for finding in splits.findings if finding.rule == UNEVEN.id and count >= 10]


def test_large_stories_are_placed_first_and_no_split_stays_empty() -> None:
    stories = [[f"s{story}-{number}" for number in range(size)] for story, size in enumerate((5, 4, 3, 2))]
    splits = divide(pieces(*(id for story in stories for id in story)), stories, settings())
    assert splits.by_article["s0-0"] == splits.by_article["s1-0"] == "train"
    assert {splits.by_article["s2-0"], splits.by_article["s3-0"]} == {"validation", "test"}
    assert (splits.components, splits.largest) == (4, 5)
    (finding,) = splits.findings
    assert finding.rule == UNEVEN.id
    assert "train 9 of 14 articles (64%, asked 80%)" in finding.message


def test_every_split_has_gold_where_there_are_stories_enough() -> None:
    articles = {f"x{number}": Piece(gold=number < 3) for number in range(40)}
    splits = divide(articles, [], settings())
    assert {splits.by_article[f"x{number}"] for number in range(3)} == {"train", "validation", "test"}


def test_another_seed_is_another_division() -> None:
    articles = pieces(*(f"x{number}" for number in range(50)))
    divisions = [divide(articles, [], settings(split_seed=seed)).by_article for seed in range(3)]
    assert divisions[0] != divisions[1] != divisions[2]
    assert [Counter(one.values()) for one in divisions] == [{"train": 40, "validation": 5, "test": 5}] * 3


def test_a_new_article_joins_the_story_that_was_released() -> None:
    splits = divide(pieces("old", "new", "other"), [{"old", "new"}], settings(), released={"old": "test"})
    assert splits.by_article["new"] == "test"
    assert splits.by_article["old"] == "test"


def test_a_new_article_between_two_splits_is_withheld_and_said_so() -> None:
    released = {"left": "train", "right": "test"}
    splits = divide(pieces("left", "right", "bridge"), [("left", "bridge"), ("bridge", "right")], settings(), released)
    assert splits.by_article == released
    assert splits.withheld == ("bridge",)
    (finding,) = [finding for finding in splits.findings if finding.rule == WITHHELD.id]
    assert (finding.place.article_id, finding.message) == ("bridge", "it belongs to test and train")
    assert not splits.torn


def test_released_articles_of_one_story_in_two_splits_are_an_error() -> None:
    splits = divide(pieces("left", "right"), [("left", "right")], settings(), {"left": "train", "right": "test"})
    assert splits.torn == (("left", "right"),)
    assert [finding.rule for finding in splits.findings if finding.severity == "error"] == [TORN.id]


def test_stories_from_a_day_on_are_the_test() -> None:
    articles = pieces(
        *"abcdef", a="2026-01-01", b="2026-03-01", c="2026-03-02T10:00:00Z", d="2026-02-01", e="2026-04-01"
    )
    splits = divide(articles, [("c", "d")], settings(test_from="2026-03-01"))
    assert in_split(splits, "test") == {"b", "e"}
    assert in_split(splits, "train") | in_split(splits, "validation") == {"a", "c", "d", "f"}
    assert [finding.place.article_id for finding in splits.findings if finding.rule == DATED.id] == ["c"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"splits": {"train": 0.8, "test": 0.1}}, "add up to 0.9, not to 1"),
        ({"splits": {"train": 1, "Test": 0}}, "lower-case letters"),
        ({"splits": {}}, "needs 1 at least"),
        ({"test_from": "2026-02-30"}, "day is out of range"),
        ({"test_from": "2026-02-03", "splits": {"train": 1}}, "needs a share for test"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        parse_settings(DatasetSettings, changes, Path("project.yaml"))
