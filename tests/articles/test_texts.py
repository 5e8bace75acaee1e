"""The texts of a store, one at a time: those that loading the whole store gives, and its errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit import samples
from toolkit.articles.freeze import freeze_all
from toolkit.articles.read import read
from toolkit.articles.rules import Rules
from toolkit.articles.store import add, load
from toolkit.articles.texts import Texts, index
from toolkit.errors import BadInputError, WorkspaceError


@pytest.fixture
def store(tmp_path: Path) -> Path:
    add(tmp_path / "articles.jsonl", freeze_all(read([samples.ARTICLES]), Rules()))
    return tmp_path / "articles.jsonl"


def test_the_texts_are_those_of_the_store(store: Path) -> None:
    there = load(store)
    with Texts(store, index(store)) as texts:
        assert list(texts) == list(there)
        for _ in range(2):
            assert {id: (one.text, one.text_sha256) for id, one in texts.items()} == {
                id: (one.article.text, one.article.text_sha256) for id, one in there.items()
            }
        assert "nobody" not in texts
        assert texts.get("nobody") is None


def test_a_store_that_is_not_there_or_broken_is_refused_as_when_it_is_loaded(store: Path) -> None:
    whole = store.read_bytes()
    for broken in (whole[:-10], whole + b"[]\n", whole + whole.splitlines(keepends=True)[0], b"\xff" + whole):
        store.write_bytes(broken)
        with pytest.raises(BadInputError) as loaded:
            load(store)
        with pytest.raises(BadInputError) as indexed:
            index(store)
        assert indexed.value.message == loaded.value.message
    store.unlink()
    with pytest.raises(WorkspaceError, match="no articles yet"):
        index(store)


def test_a_text_that_is_not_the_frozen_one_is_refused_when_it_is_asked_for(store: Path) -> None:
    lines = store.read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    first["article"]["text"] += "!"
    store.write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n", encoding="utf-8")
    with Texts(store, index(store)) as texts, pytest.raises(BadInputError, match="not as goldkit wrote it"):
        texts[first["article"]["article_id"]]


def test_a_store_that_changes_meanwhile_is_noticed(store: Path) -> None:
    lines = index(store)
    store.write_bytes(b"".join(sorted(store.read_bytes().splitlines(keepends=True), key=len)))
    with Texts(store, lines) as texts, pytest.raises(BadInputError, match="changed while it was read"):
        list(texts.values())
