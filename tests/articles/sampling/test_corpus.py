"""A store as a sample reads it: what describes the articles, and no more than that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.articles.sampling.corpus import candidates, read_corpus
from toolkit.errors import BadInputError, WorkspaceError


def line(article_id: str, **fields: Any) -> str:
    return json.dumps({"article": {"article_id": article_id, "text_sha256": "0", "text": "It rained.", **fields}})


def store(folder: Path, *lines: str) -> Path:
    path = folder / "articles.jsonl"
    path.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("published", "month"),
    [
        ("2031-05-09", "2031-05"),
        ("2031-05-09T10:00:00Z", "2031-05"),
        ("2031-05", "2031-05"),
        ("2031", ""),
        ("2031-13-01", ""),
        ("9 May 2031", ""),
        ("", ""),
    ],
)
def test_the_month_is_what_published_says(tmp_path: Path, published: str, month: str) -> None:
    (article,) = read_corpus(store(tmp_path, line("a", published=published))).values()
    assert article.month == month


def test_articles_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    assert list(read_corpus(store(tmp_path, line("c"), line("a"), line("b")))) == ["a", "b", "c"]


def test_title_and_text_are_looked_at_only_when_something_is_sought(tmp_path: Path) -> None:
    path, seen = store(tmp_path, line("a", title="Rain", metadata={"x": 1}), line("b")), []

    def mentions(article_id: str, text: str) -> frozenset[str]:
        seen.append((article_id, text))
        return frozenset({"rain"} if "Rain" in text else ())

    assert [one.mentions for one in read_corpus(path, mentions).values()] == [{"rain"}, frozenset()]
    assert seen == [("a", "Rain\nIt rained."), ("b", "\nIt rained.")]
    assert [one.mentions for one in read_corpus(path).values()] == [frozenset()] * 2


def test_what_an_article_came_with_stands(tmp_path: Path) -> None:
    path = store(tmp_path, line("a", story_id="dam", dup_group="wire", outlet="Post"), line("b", language="ar"))
    made = candidates(read_corpus(path), {"a": "ferry", "b": "ferry"}, {"a": "dup-a", "b": "dup-a"})
    assert [(one.story, one.group) for one in made.values()] == [("dam", "wire"), ("ferry", "dup-a")]
    assert [one.stratum for one in made.values()] == [("", "Post", "", "dam"), ("ar", "", "", "ferry")]
    alone = candidates(read_corpus(path), {}, {})["b"]
    assert (alone.story, alone.stratum) == ("", ("ar", "", "", "b"))


@pytest.mark.parametrize("broken", ["{", '{"article": {}}', "[]", '{"article": {"article_id": 7, "text_sha256": ""}}'])
def test_a_broken_line_is_named(tmp_path: Path, broken: str) -> None:
    with pytest.raises(BadInputError, match=r"articles\.jsonl:2: not as goldkit wrote it"):
        read_corpus(store(tmp_path, line("a"), broken))


def test_an_article_that_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="a stands twice"):
        read_corpus(store(tmp_path, line("a"), line("a")))


def test_without_a_store_the_next_command_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as error:
        read_corpus(tmp_path / "articles.jsonl")
    assert error.value.next == "goldkit articles add PATH"
