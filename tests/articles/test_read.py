from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from toolkit.articles.raw import RawArticle
from toolkit.articles.read import read
from toolkit.errors import BadInputError, UsageError
from toolkit.findings import Finding, Severity

GOLDEN = Path(__file__).parent / "golden" / "files"


def articles(*paths: Path, **options: object) -> list[RawArticle]:
    found = list(read(paths, **options))  # type: ignore[arg-type]
    assert all(isinstance(item, RawArticle) for item in found), found
    return [item for item in found if isinstance(item, RawArticle)]


def findings(*paths: Path, **options: object) -> list[Finding]:
    return [item for item in read(paths, **options) if isinstance(item, Finding)]  # type: ignore[arg-type]


def test_plain_text_is_one_article_called_like_its_file() -> None:
    (article,) = articles(GOLDEN / "bom.txt")
    assert article.article_id == "bom"
    assert article.raw.startswith("\ufeffThe ferry")
    assert "\r\n\r\nCafe\u0301 owners at the quay 😀" in article.raw
    assert (article.fields, article.metadata) == ({}, {})
    assert str(article.place) == str(GOLDEN / "bom.txt")


def test_jsonl_lines_end_at_newlines_only() -> None:
    first, second, third = articles(GOLDEN / "lines.jsonl")
    assert (first.article_id, first.raw) == ("line-1", "The quay\u2028was full.")
    assert first.fields == {"title": "Quay", "story_id": "ferry"}
    assert first.metadata == {"section": "local"}
    assert (second.article_id, second.translated) == ("line-2", True)
    assert second.raw == "The raw separator \u2028 stands inside."
    assert second.metadata == {"editor": "desk", "id": "7"}
    assert third.article_id == "a-089041452eb80a74"  # the first 16 hex digits of the sha256 of its text
    assert [item.place.line for item in (first, second, third)] == [1, 3, 4]


def test_csv_with_semicolons_quotes_and_renamed_columns() -> None:
    first, second = articles(GOLDEN / "table.csv", fields={"body": "text"})
    assert first.raw == 'The mayor said; "we sail".\r\nThen she left.'
    assert first.fields == {"title": "Mayor sails", "published": "2031-05-09"}
    assert first.metadata == {"words": "8"}
    assert (second.article_id, second.fields) == ("table-2", {})
    assert [item.place.line for item in (first, second)] == [2, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_delimiters(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(delimiter.join(["id", "text"]) + "\n" + delimiter.join(["x", "It rained."]) + "\n")
    assert [(item.article_id, item.raw) for item in articles(file)] == [("x", "It rained.")]


def test_the_ids_of_corpora_are_ids(tmp_path: Path) -> None:
    file = tmp_path / "corpus.jsonl"
    file.write_text('{"doc_id": "1/2ecb/3", "text": "It rained.", "id": 7}\n')
    (item,) = articles(file)
    assert (item.article_id, dict(item.metadata)) == ("1-2ecb-3", {"original_id": "1/2ecb/3", "id": 7})


def test_csv_cells_may_be_longer_than_the_default_limit(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id,text\nx," + "word " * 40_000 + "\n")
    assert len(articles(file)[0].raw) == 200_000


def test_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "id": ["p-1", None],
            "text": ["The bridge held 🌉.", "It did not."],
            "published": [date(2031, 5, 9), None],
            "translated": [True, None],
            "score": [0.5, float("nan")],
            "tags": [["a", "b"], None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")  # type: ignore[no-untyped-call]
    first, second = articles(tmp_path / "a.parquet")
    assert (first.article_id, first.raw, first.translated) == ("p-1", "The bridge held 🌉.", True)
    assert first.fields == {"published": "2031-05-09"}
    assert first.metadata == {"score": 0.5, "tags": ["a", "b"]}
    assert second.article_id.startswith("a-")
    assert (second.place.line, dict(second.metadata)) == (2, {})


def test_a_web_page_gives_its_text_by_paragraphs_and_what_it_says_of_itself() -> None:
    (article,) = articles(GOLDEN / "page.html")
    assert article.article_id == "page"
    assert "---" not in article.raw  # what the page says about itself is no text of it
    assert "sitename" not in article.raw
    assert article.raw.split("\n")[-2:] == [
        "The crews of the Nareth ferries went back to work on Friday, a week after they had walked out.",
        "“We have what we asked for,” said Ilse Varga, who leads the crews & sat at the table.",
    ]
    assert article.fields == {
        "title": "Ferry strike ends after a week",
        "outlet": "The Harbour Lamp",
        "url": "https://lamp.example/2031/05/ferry-strike-ends",
        "published": "2031-05-09",
        "language": "en",
    }


def test_a_web_page_in_the_encoding_that_it_names(tmp_path: Path) -> None:
    page = (GOLDEN / "page.html").read_text(encoding="utf-8").replace("utf-8", "windows-1252")
    (tmp_path / "old.htm").write_bytes(page.encode("windows-1252"))
    assert "“We have what we asked for,”" in articles(tmp_path / "old.htm")[0].raw


def test_folders_are_read_sorted_and_hidden_files_left_alone(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.txt", "a/b/d.TXT", ".hidden.txt", ".git/e.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"Text {name}.")
    assert [item.article_id for item in articles(tmp_path)] == ["b", "c", "d"]


def test_an_encoding_is_honoured_in_every_format(tmp_path: Path) -> None:
    text = "Паром снова ходит."
    (tmp_path / "a.txt").write_bytes(text.encode("utf-16"))
    (tmp_path / "b.csv").write_bytes(f"id,text\nb,{text}\n".encode("utf-16"))
    (tmp_path / "c.jsonl").write_bytes(json.dumps({"text": text}, ensure_ascii=False).encode("utf-16"))
    assert [item.raw for item in articles(tmp_path, encoding="utf-16")] == [text] * 3


def test_bytes_that_are_not_utf8_are_named_with_a_guess(tmp_path: Path) -> None:
    text = "В понедельник паром снова вышел из порта, сообщил начальник причала. " * 5
    file = tmp_path / "a.txt"
    file.write_bytes(b"Nareth: " + text.encode("windows-1251"))
    (finding,) = findings(file)
    assert finding.rule == "article-encoding"
    assert finding.message == "not UTF-8 at byte 8; looks like windows-1251"
    assert finding.next == f"goldkit articles add --encoding windows-1251 {file}"
    assert text in articles(file, encoding="windows-1251")[0].raw


def test_a_bad_line_of_jsonl_does_not_stop_the_others(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = [
        b'{"id": "a", "text": "A."}',
        b'{"id": "b", "text": "\xff"}',
        b'{"id": ',
        b"[1]",
        b'{"id":"e","text":"E."}',
    ]
    file.write_bytes(b"\n".join([*lines, b"[" * 100_000]))
    items = list(read([file]))
    assert [item.article_id for item in items if isinstance(item, RawArticle)] == ["a", "e"]
    bad = [item for item in items if isinstance(item, Finding)]
    assert [(item.rule, item.place.line) for item in bad] == [
        ("article-encoding", 2),
        ("jsonl-line", 3),
        ("jsonl-line", 4),
        ("jsonl-line", 6),
    ]
    assert f"byte {len(lines[0]) + 1 + lines[1].index(0xFF)}" in bad[0].message
    assert all(item.severity is Severity.ERROR and item.next for item in bad)


@pytest.mark.parametrize(
    ("name", "content", "rule", "line", "words"),
    [
        ("a.csv", "id,body\n1,It rained.\n", "article-no-text", 2, "columns: body, id"),
        ("a.csv", "id,text\n1,It rained, again.\n", "csv-row", 2, "3 cells"),
        ("a.csv", "id,id\n1,2\n", "csv-header", 1, "two have the same"),
        ("a.csv", 'id,text\n1,"It rained.\n', "csv-row", 2, "unexpected end"),
        ("a.csv", "id,text\nx y,It rained.\n", "article-id", 2, "'x y'"),
        ("a.csv", "text,translated\nIt rained.,perhaps\n", "article-field", 2, "neither true nor false"),
        ("a.jsonl", '{"text": 5}', "article-field", 1, "int"),
        ("a.jsonl", '{"text": "It rained.", "title": ["x"]}', "article-field", 1, "title"),
        ("a.jsonl", '{"text": "It rained.", "title": "\\ud800"}', "article-field", 1, "surrogate"),
        ("a.jsonl", '{"id": "../x", "text": "It rained."}', "article-id", 1, "../x"),
        ("two words.txt", "It rained.", "article-id", 0, "two words"),
        ("a.pdf", "It rained.", "file-type", 0, ".pdf"),
        ("a", "It rained.", "file-type", 0, "without a suffix"),
        ("a.parquet", "It rained.", "file-unreadable", 0, "Parquet"),
    ],
)
def test_what_is_no_article_is_a_finding(
    tmp_path: Path, name: str, content: str, rule: str, line: int, words: str
) -> None:
    (tmp_path / name).write_text(content)
    (finding,) = findings(tmp_path / name)
    assert (finding.rule, finding.place.file, finding.place.line) == (rule, str(tmp_path / name), line)
    assert words in finding.message
    assert finding.next


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"body": "It rained.", "text": "Rain"}')
    (finding,) = findings(tmp_path / "a.jsonl", fields={"body": "text"})
    assert finding.rule == "article-column-twice"
    (article,) = articles(tmp_path / "a.jsonl", fields={"body": "text", "text": "summary"})
    assert (article.raw, article.metadata) == ("It rained.", {"summary": "Rain"})


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(5_000_000_000)
    assert [item.rule for item in findings(tmp_path)] == ["article-too-long"]


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no articles in") as caught:
        list(read([tmp_path]))
    assert ".jsonl" in caught.value.next
    with pytest.raises(BadInputError, match="no such file"):
        list(read([tmp_path / "absent.txt"]))
    with pytest.raises(UsageError, match="no such encoding: klingon"):
        list(read([tmp_path], encoding="klingon"))
