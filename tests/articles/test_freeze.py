from __future__ import annotations

import pytest

from toolkit.articles.freeze import freeze, freeze_all
from toolkit.articles.model import StoredArticle, text_digest
from toolkit.articles.raw import RawArticle
from toolkit.articles.rules import Rules
from toolkit.findings import Finding, Place


def article(raw: str, **values: object) -> RawArticle:
    return RawArticle("a", raw, Place(file="news/a.jsonl", line=3), **values)  # type: ignore[arg-type]


def test_a_frozen_article_knows_its_text_and_what_led_to_it(rules: Rules) -> None:
    raw = "date 2031-05-09 Fast News\r\n\r\nThe crews met.\r\nSource: Meridian Wire"
    stored = freeze(article(raw, fields={"title": "Crews"}, translated=True, metadata={"desk": 4}), rules)
    assert isinstance(stored, StoredArticle)
    assert stored.article.text == "The crews met."
    assert stored.article.text_sha256 == text_digest("The crews met.")
    assert (stored.article.title, stored.article.published, stored.article.translated) == ("Crews", "2031-05-09", True)
    assert stored.article.metadata == {"desk": 4, "section": "Fast News", "source": "Meridian Wire"}
    assert (stored.raw, stored.source) == (raw, "a.jsonl:3")


def test_the_source_goes_before_what_the_text_says(rules: Rules) -> None:
    raw = "date 2031-05-09 Fast News\nThe crews met.\nSource: Meridian Wire"
    stored = freeze(article(raw, fields={"published": "2030-01-01"}, metadata={"source": "Lamp"}), rules)
    assert isinstance(stored, StoredArticle)
    assert stored.article.published == "2030-01-01"
    assert stored.article.metadata == {"section": "Fast News", "source": "Lamp"}


@pytest.mark.parametrize(
    ("raw", "rule", "words"),
    [
        ("", "article-empty", "no text"),
        ("\ufeff \n\u00a0\u200b\t", "article-empty", "no text"),
        ("é" * 500_001, "article-too-long", "1,000,002 bytes"),
        ("The crews\nmet\x00.", "article-control-character", "U+0000 at line 2, character 4"),
        ("The crews\x0b met.", "article-control-character", "U+000B at line 1, character 10"),
        ("The crews\x7f met.", "article-control-character", "U+007F"),
        ("The crews \ud83d met.", "article-control-character", "U+D83D at line 1, character 11"),
        ("Zalgo" + "\u0301\u0323" * 200, "article-marks", "line 1, character 6"),
        ("[ad_1]\n\nSource link\n", "article-all-boilerplate", "ad-slot, blank-edge, source-link"),
    ],
)
def test_what_cannot_be_an_article_is_a_finding(rules: Rules, raw: str, rule: str, words: str) -> None:
    finding = freeze(article(raw), rules)
    assert isinstance(finding, Finding)
    assert finding.rule == rule
    assert words in finding.message
    assert finding.place == Place(file="news/a.jsonl", line=3, article_id="a")
    assert finding.next


@pytest.mark.parametrize(
    "raw", ["a" * 1_000_000, "tab\tand\nnewline\r\n.", "👩‍👩‍👧", "1", "e" + "\u0301" * 256, "—" * 300 + "😀" * 300]
)
def test_what_looks_odd_and_is_none_of_that(rules: Rules, raw: str) -> None:
    assert isinstance(freeze(article(raw), rules), StoredArticle)


def test_findings_pass_through(rules: Rules) -> None:
    finding = Finding("file-type", Place(file="a.pdf"), "no", "leave it out")
    frozen = list(freeze_all([finding, article("The crews met.")], rules))
    assert frozen[0] is finding
    assert isinstance(frozen[1], StoredArticle)
