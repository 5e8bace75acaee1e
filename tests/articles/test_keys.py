"""The store read in part says what it says when it is read whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit import samples
from toolkit.articles.freeze import freeze_all
from toolkit.articles.keys import load_some, read_keys
from toolkit.articles.model import StoredArticle
from toolkit.articles.read import read
from toolkit.articles.rules import Rules
from toolkit.articles.store import add, load
from toolkit.errors import BadInputError, WorkspaceError


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    assert add(path, freeze_all(read([samples.ARTICLES]), Rules())).new
    return path


def test_the_same_as_the_whole(store: Path) -> None:
    whole = {article_id: stored.article for article_id, stored in load(store).items()}
    keys = read_keys(store)
    assert list(keys.items()) == [(article_id, article.text_sha256) for article_id, article in whole.items()]
    some = sorted(whole)[::3]
    assert list(load_some(store, some)) == [whole[article_id] for article_id in some]
    assert list(load_some(store, ())) == []


def test_in_the_order_of_the_ids(store: Path) -> None:
    keys = read_keys(store)
    store.write_bytes(b"".join(reversed(store.read_bytes().splitlines(keepends=True))))
    assert list(read_keys(store)) == list(keys) == sorted(keys)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (b"{", "truncated"),
        (b"[]", "Expected `object`"),
        (b"\xff", "malformed"),
        (b'{"article": {"article_id": "x"}}', "text_sha256"),
        (b'{"article": {"article_id": "\xff", "text_sha256": ""}}', "utf-8"),
        (None, "stands twice"),
    ],
    ids=["cut off", "no object", "no text", "no digest", "not UTF-8", "twice"],
)
def test_what_goldkit_did_not_write(store: Path, second: bytes | None, why: str) -> None:
    first = store.read_bytes().splitlines()[0]
    store.write_bytes(first + b"\n" + (second or first) + b"\n")
    with pytest.raises(BadInputError, match=f"{store.name}:2: .*{why}"):
        read_keys(store)


def test_a_text_that_was_changed(store: Path) -> None:
    article = next(iter(load(store).values()))
    damaged = StoredArticle.model_construct(
        **{**dict(article), "article": article.article.model_copy(update={"text": "x"})}
    )
    store.write_text(damaged.model_dump_json() + "\n", encoding="utf-8")
    assert read_keys(store) == {article.article.article_id: article.article.text_sha256}
    with pytest.raises(BadInputError, match=f"{store.name}:1: .*not the text that was frozen"):
        list(load_some(store, {article.article.article_id}))
    assert list(load_some(store, {"another"})) == []


def test_no_store(tmp_path: Path) -> None:
    for look in (read_keys, lambda path: list(load_some(path, ()))):
        with pytest.raises(WorkspaceError, match="no articles yet") as raised:
            look(tmp_path / "articles.jsonl")
        assert raised.value.next == "goldkit articles add PATH"
