from __future__ import annotations

import re

import pytest
from small_world import make_article

from toolkit.articles.model import Article
from toolkit.dataset.apart import MISSED, divide_apart, divided
from toolkit.errors import BadInputError
from toolkit.project import Project

WORDS = [f"word{number}" for number in range(4000)]


def project(**dataset: object) -> Project:
    return Project.model_validate({"name": "demo", "studio": {"projects": [{"title": "demo"}]}, "dataset": dataset})


def stories(count: int, words: int = 120) -> dict[str, Article]:
    texts = [" ".join(WORDS[number * words : (number + 1) * words]) for number in range(count)]
    return {f"x{number:02}": make_article(f"x{number:02}", text) for number, text in enumerate(texts)}


def test_copies_that_nobody_told_of_are_in_one_split() -> None:
    articles = stories(30)
    for number in range(30):  # half of it from the article before: the other half new, so that it is not one chain
        words = articles[f"x{number:02}"].text.split()
        copy = " ".join([*words[:100], *(f"new{number}-{word}" for word in range(20))])
        articles[f"y{number:02}"] = make_article(f"y{number:02}", copy)
    splits = divide_apart(articles, articles.keys(), [], project())
    assert {*splits.by_article.values()} == {"train", "validation", "test"}
    for number in range(30):
        assert splits.by_article[f"x{number:02}"] == splits.by_article[f"y{number:02}"]
    assert splits.components == 30


def test_a_short_copy_within_a_long_article_counts_too() -> None:
    articles = stories(20, words=60)
    for number in range(20):
        long = " ".join([articles[f"x{number:02}"].text, *(f"more{number}-{word}" for word in range(400))])
        articles[f"y{number:02}"] = make_article(f"y{number:02}", long)
    splits = divide_apart(articles, [], [], project())
    assert all(splits.by_article[f"x{n:02}"] == splits.by_article[f"y{n:02}"] for n in range(20))


def test_copies_that_were_released_in_two_splits_fail_the_build() -> None:
    articles = stories(3)
    text = articles["x00"].text
    articles["y00"] = make_article("y00", text + " and some more")
    with pytest.raises(BadInputError, match=r"x00 \(train\) and y00 \(test\) belong together") as error:
        divide_apart(articles, [], [], project(), released={"x00": "train", "y00": "test"})
    assert "split_seed" in error.value.next
    assert divide_apart(articles, [], [], project(), released={"x00": "train"}).by_article["y00"] == "train"


def test_what_is_different_may_be_anywhere() -> None:
    articles = stories(10)
    splits = divide_apart(articles, articles.keys(), [], project())
    assert dict(splits.got) == {"train": 8, "validation": 1, "test": 1}


def test_what_is_alike_by_boilerplate_alone_is_in_one_split_and_said() -> None:
    background = [" ".join(WORDS[3000 + 20 * number : 3020 + 20 * number]) + "." for number in range(8)]
    articles = {id: article.model_copy(update={"outlet": "Wire"}) for id, article in stories(24, words=100).items()}
    for number, (id, article) in enumerate(list(articles.items())):
        text = f"{article.text}.\n{background[number % 8]}\n{background[(number + 3) % 8]}"
        articles[id] = make_article(id, text, outlet="Wire")
    for number in range(6):
        own = " ".join(WORDS[2600 + 30 * number : 2630 + 30 * number])
        articles[f"live{number}"] = make_article(f"live{number}", "\n".join([f"{own}.", *background]), outlet="Wire")
    splits = divide_apart(articles, articles.keys(), [], project())
    assert len({splits.by_article[f"live{number}"] for number in range(6)}) == 1
    (finding,) = [finding for finding in splits.findings if finding.rule == MISSED.id]
    assert re.match(r"\d+ pairs of articles stay together", finding.message)
    assert "live" in finding.place.article_id


def test_copies_that_a_withheld_article_held_together_are_no_group() -> None:
    articles = {id: article.model_copy(update={"dup_group": "dup-bridge"}) for id, article in stories(4).items()}
    articles["bridge"] = make_article(
        "bridge", f"{articles['x00'].text} {articles['x01'].text}", dup_group="dup-bridge"
    )
    pairs = [("bridge", "x00"), ("bridge", "x01"), ("bridge", "x03"), ("x00", "x02")]
    released = {"x00": "train", "x01": "test", "x02": "train", "x03": "train"}
    splits = divide_apart(articles, [], pairs, project(), released)
    assert splits.withheld == ("bridge",)
    kept = divided(articles, splits, pairs)
    assert {id: article.dup_group for id, article in kept.items()} == {
        "x00": "dup-x00",
        "x01": "",
        "x02": "dup-x00",
        "x03": "",
    }
