from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.articles.freeze import freeze
from toolkit.articles.model import StoredArticle
from toolkit.articles.raw import RawArticle
from toolkit.articles.rules import Rules
from toolkit.articles.store import add, load
from toolkit.errors import BadInputError, WorkspaceError
from toolkit.findings import Finding, Place, Severity


def stored(article_id: str, text: str, source: str = "a.txt", **fields: str) -> StoredArticle:
    frozen = freeze(RawArticle(article_id, text, Place(file=source), fields), Rules())
    assert isinstance(frozen, StoredArticle)
    return frozen


def test_articles_come_back_as_they_went_in(tmp_path: Path) -> None:
    path = tmp_path / "exports" / "articles.jsonl"
    articles = [stored("b", "Two.\r\nCafe\u0301 😀\n", title="Zwei"), stored("a", "One.")]
    added = add(path, articles)
    assert (added.new, added.known, added.findings, added.refused) == (("a", "b"), (), (), 0)
    assert load(path) == {"a": articles[1], "b": articles[0]}
    assert list(load(path)) == ["a", "b"]
    assert [json.loads(line)["article"]["article_id"] for line in path.read_text().splitlines()] == ["a", "b"]


def test_adding_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    add(path, [stored("a", "One.", title="First")])
    before = path.stat()
    added = add(path, [stored("a", "One.", title="Another")])
    assert (added.new, added.known, added.findings) == ((), ("a",), ())
    assert load(path)["a"].article.title == "First"
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_the_same_text_under_another_id_is_the_same_article(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    add(path, [stored("b", "One.")])
    added = add(path, [stored("a", "One.\n"), stored("c", "Three."), stored("d", "Three.")])
    assert (added.new, added.known, added.refused) == (("c",), ("a", "d"), 0)
    assert [(f.rule, f.place.article_id, f.severity) for f in added.findings] == [
        ("article-same-text", "a", Severity.NOTE),
        ("article-same-text", "d", Severity.NOTE),
    ]
    assert "called b" in added.findings[0].message
    assert list(load(path)) == ["b", "c"]


def test_the_same_id_with_another_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    first, other = stored("a", "One."), stored("a", "Uno.", source="news.jsonl:7")
    add(path, [first])
    added = add(path, [other, stored("b", "Two.")])
    assert (added.new, added.known, added.refused) == (("b",), (), 1)
    (finding,) = added.findings
    assert (finding.rule, finding.place) == ("article-id-taken", Place(file="news.jsonl", line=7, article_id="a"))
    for article in (first, other):
        assert article.article.text_sha256[:16] in finding.message
    assert load(path)["a"] == first


def test_of_two_new_texts_with_one_id_neither_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    added = add(path, [stored("a", "One."), stored("a", "Uno."), stored("a", "One.")])
    assert (added.new, added.known, added.refused) == ((), (), 3)
    assert not path.exists()


def test_findings_pass_through(tmp_path: Path) -> None:
    finding = Finding("file-type", Place(file="a.pdf"), "no", "leave it out")
    added = add(tmp_path / "articles.jsonl", [finding, stored("a", "One.")])
    assert (added.new, added.findings, added.refused) == (("a",), (finding,), 1)


@given(
    pairs=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["One.", "Two.", "Three."])), max_size=8),
    already=st.integers(0, 3),
    seed=st.integers(0, 99),
)
def test_all_are_accounted_for_in_whatever_order_they_come(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]], already: int, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("store")
    articles = [stored(article_id, text) for article_id, text in pairs]
    shuffled = random.Random(seed).sample(articles, len(articles))
    outcomes = []
    for name, order in (("one", articles), ("other", shuffled)):
        path = folder / name
        add(path, articles[:already])
        added = add(path, order)
        assert len(added.new) + len(added.known) + added.refused == len(articles)
        outcomes.append((added, path.read_bytes() if path.exists() else b""))
    assert outcomes[0] == outcomes[1]


def test_no_store_yet(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no articles yet") as caught:
        load(tmp_path / "articles.jsonl")
    assert "goldkit articles add" in caught.value.next


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"text":"Two."', '"text":"Tvo."', "not the text that was frozen"),
        ('"raw":"Two.\\n"', '"raw":"Two!\\n"', "edits do not lead"),
        ('"raw":"Two.\\n"', '"raw":"Two."', "does not fit"),
        ('{"article":{"article_id":"b"', '{"artikel":{"article_id":"b"', "article: Field required"),
        ('}\n{"article":{"article_id":"c"', '}\n{"article":{"article_id":"b"', "b stands twice"),
        ('{"article":{"article_id":"b"', '"article":{"article_id":"b"', "JSON"),
    ],
)
def test_a_corrupted_line_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = tmp_path / "articles.jsonl"
    add(path, [stored("a", "One."), stored("b", "Two.\n"), stored("c", "Three.")])
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new))
    with pytest.raises(BadInputError) as caught:
        load(path)
    assert problem in caught.value.message
    assert f"{path}:{3 if 'twice' in problem else 2}:" in caught.value.message
    with pytest.raises(BadInputError):
        add(path, [stored("d", "Four.")])
