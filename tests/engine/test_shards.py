"""Wherever the input is cut, and wherever it lies, the same articles and findings come of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import fsspec
import pytest
from pipeline.program import goldkit

from engine.corpus import corpus, jsonl, outcome, workspace
from toolkit.articles.read import read, read_piece
from toolkit.articles.rules import Rules
from toolkit.articles.shards import Shard, _freeze, cut
from toolkit.articles.sources import Piece, Source, shown
from toolkit.engine import Here
from toolkit.errors import BadInputError, WorkspaceError
from toolkit.findings import Finding
from toolkit.stages.ingest import add_articles


def test_a_file_of_lines_is_the_same_in_pieces(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(jsonl())
    whole = list(read([file]))
    assert sum(isinstance(one, Finding) for one in whole) == 3
    for largest in range(1, len(jsonl()) + 1):
        shards = cut([file], None, Here(), largest)
        pieces = [part for shard in shards for part in shard.parts if not isinstance(part, Finding)]
        assert largest == len(jsonl()) or len(pieces) > 1
        assert [one for piece in pieces for one in read_piece(piece, {}, None)] == whole, largest


def test_a_parquet_file_is_the_same_in_pieces(tmp_path: Path) -> None:
    file = corpus(tmp_path / "news") / "e.parquet"
    whole = list(read([file]))
    for largest, least in ((1, 7), (900, 2), (10**9, 1)):
        shards = cut([file], None, Here(), largest)
        pieces = [part for shard in shards for part in shard.parts if not isinstance(part, Finding)]
        assert len(pieces) >= least
        assert [one for piece in pieces for one in read_piece(piece, {}, None)] == whole


def test_a_file_that_cannot_be_read_is_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(jsonl())

    def refuse(source: Source) -> BinaryIO:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Source, "open", refuse)  # root may read everything
    (shard,) = cut([file], None, Here(), 20)
    (piece,) = shard.parts
    assert isinstance(piece, Piece)
    (finding,) = read_piece(piece, {}, None)
    assert isinstance(finding, Finding)
    assert (finding.rule, "Permission denied" in finding.message) == ("file-unreadable", True)


def test_shards_are_about_as_large_as_asked_for(tmp_path: Path) -> None:
    news = corpus(tmp_path / "news")
    assert len(cut([news], None, Here())) == 1
    shards = cut([news], None, Here(), 1000)
    assert [shard.number for shard in shards] == list(range(len(shards)))
    assert len(shards) > 5
    assert len(cut([news], "utf-8", Here(), 1000)) < len(shards)  # in other encodings a newline's byte may be a part


def test_the_store_does_not_depend_on_the_cut(tmp_path: Path) -> None:
    news = corpus(tmp_path / "news")
    outcomes = []
    for number, size in enumerate((None, 200, 3000)):
        made = workspace(tmp_path / str(number))
        first = add_articles(made, [news / "a.jsonl"], shard_bytes=size)
        assert first.refused
        outcomes.append(outcome(made, add_articles(made, [news], shard_bytes=size)))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    stored, added, findings, left = outcomes[0]
    assert {"article-id-taken", "jsonl-line", "article-encoding", "file-type"} <= {one.rule for one in findings}
    assert (left, len(added.new) + len(added.known) > 90) == (["articles.jsonl"], True)
    assert stored.count(b"\n") == len(added.new) + 3


class TestAddresses:
    @pytest.fixture
    def memory(self, tmp_path: Path) -> Iterator[str]:
        news = corpus(tmp_path / "news")
        system = fsspec.filesystem("memory")
        system.put(str(news) + "/", "/news/", recursive=True)
        system.pipe("/news/.hidden/a.txt", b"not to be read")
        yield "memory://news"
        system.rm("/news", recursive=True)

    def test_what_lies_elsewhere_is_read_as_if_it_lay_here(self, memory: str, tmp_path: Path) -> None:
        here, elsewhere = workspace(tmp_path / "here"), workspace(tmp_path / "elsewhere")
        ours = add_articles(here, [tmp_path / "news"])
        theirs = add_articles(elsewhere, [memory], shard_bytes=700)
        assert here.articles.read_bytes() == elsewhere.articles.read_bytes()
        assert (ours.new, ours.known, ours.hits) == (theirs.new, theirs.known, theirs.hits)
        assert len(ours.findings) == len(theirs.findings)
        assert "memory:///news/a.jsonl" in {one.place.file for one in theirs.findings}

    def test_a_file_address_is_a_path(self, tmp_path: Path) -> None:
        news = corpus(tmp_path / "news")
        (news / "out.txt").symlink_to(Path(__file__))
        assert list(read([f"file://{news}"])) == list(read([news]))

    def test_a_folder_that_is_a_link_is_told_and_not_followed(self, tmp_path: Path) -> None:
        news = corpus(tmp_path / "news")
        whole = list(read([news]))
        (news / "out").symlink_to(tmp_path, target_is_directory=True)
        (news / "again").symlink_to(news, target_is_directory=True)
        found = [one for one in read([news]) if one not in whole]
        assert all(isinstance(one, Finding) for one in found)
        assert sorted((Path(one.place.file).name, one.message) for one in found) == [
            ("again", "not read: a link to a folder, which is not followed"),
            ("out", "not read: a link that leads out of the folder"),
        ]

    @pytest.mark.parametrize("address", ["memory://nowhere", "memory://nowhere/a.jsonl", "file:///no/such/folder"])
    def test_nothing_is_there(self, address: str, tmp_path: Path) -> None:
        made = workspace(tmp_path / "w")
        result = goldkit("articles", "add", address, cwd=made.root)
        assert (result.returncode, "no such file or folder" in result.stderr) == (1, True)

    def test_what_may_be_a_credential_is_not_told(self, tmp_path: Path) -> None:
        assert shown("s3://KEY:SECRET@news/a.jsonl?token=SECRET") == "s3://news/a.jsonl"
        for address in ("nosuch://KEY:SECRET@news/a.jsonl", "sftp://KEY:SECRET@127.0.0.1:1/a?SECRET"):
            with pytest.raises(BadInputError) as caught:
                list(read([address]))
            assert "SECRET" not in caught.value.message + caught.value.next


def test_a_worker_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="does not see") as caught:
        _freeze(Shard(0, ()), fields={}, encoding=None, rules=Rules(), folder=tmp_path / "elsewhere")
    assert "--engine processes" in caught.value.next
