from __future__ import annotations

from collections import Counter

from toolkit.articles.diff import Removed, counts, diff_lines, removed
from toolkit.articles.freeze import freeze
from toolkit.articles.model import StoredArticle
from toolkit.articles.raw import RawArticle
from toolkit.articles.rules import Rules
from toolkit.findings import Place


def test_what_was_removed_is_shown_with_its_rule_and_line(rules: Rules) -> None:
    raw = "[ad_1]\r\n\r\n[ad_2]\r\nCafe\u0301 one.\r\nTwo.\rThree.\n\nSource link\n"
    stored = freeze(RawArticle("a", raw, Place(file="a.txt")), rules)
    assert isinstance(stored, StoredArticle)
    assert removed(stored)[:3] == [
        Removed("ad-slot", 0, 8, "[ad_1]\r\n"),
        Removed("blank-edge", 8, 10, "\r\n"),
        Removed("ad-slot", 10, 18, "[ad_2]\r\n"),
    ]
    assert counts(stored) == Counter({"ad-slot": 2, "newline": 2, "blank-edge": 3, "source-link": 1, "nfc": 1})
    assert diff_lines(stored) == [
        "--- a (raw, a.txt)",
        "+++ a (frozen)",
        "@@ line 1: ad-slot @@",
        "-[ad_1]",
        "@@ line 3: ad-slot @@",
        "-[ad_2]",
        "@@ line 8: source-link @@",
        "-Source link",
        "@@ not shown: blank-edge 3, newline 2, nfc 1 @@",
    ]


def test_a_clean_article_has_nothing_to_show(rules: Rules) -> None:
    stored = freeze(RawArticle("a", "One.", Place(file="a.txt")), rules)
    assert isinstance(stored, StoredArticle)
    assert (removed(stored), counts(stored)) == ([], Counter())
    assert diff_lines(stored) == ["--- a (raw, a.txt)", "+++ a (frozen)"]
