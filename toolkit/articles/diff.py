"""What cleaning did to an article, for people."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from toolkit.articles.model import StoredArticle
from toolkit.articles.rules import BLANK_EDGE, BOM


class Removed(NamedTuple):
    """A piece of the raw text that is not in the frozen one; offsets in code points of the raw text."""

    rule: str
    start: int
    end: int
    text: str


def counts(stored: StoredArticle) -> Counter[str]:
    """How often each rule changed the article."""
    return Counter(edit.rule for edit in stored.edits)


def removed(stored: StoredArticle) -> list[Removed]:
    """All that was taken out, in the order of the text; what was only written differently is not in here."""
    return [
        Removed(edit.rule, edit.start, edit.end, stored.raw[edit.start : edit.end])
        for edit in stored.edits
        if not edit.new
    ]


def diff_lines(stored: StoredArticle) -> list[str]:
    """Lines in the manner of a unified diff: every line that cleaning removed, with its number and the rule.

    What shows no text (blank lines, newlines, normalised characters) is only counted, in the last line.
    """
    article_id = stored.article.article_id
    lines = [f"--- {article_id} (raw, {stored.source or 'source not known'})", f"+++ {article_id} (frozen)"]
    number, seen = 1, 0
    for piece in removed(stored):
        if piece.rule not in (BLANK_EDGE, BOM):
            number, seen = number + _newlines(stored.raw[seen : piece.start]), piece.start
            lines += f"@@ line {number}: {piece.rule} @@", "-" + piece.text.rstrip("\r\n")
    shown = {edit.rule for edit in stored.edits if not edit.new} - {BLANK_EDGE, BOM}
    counted = ", ".join(f"{rule} {count}" for rule, count in sorted(counts(stored).items()) if rule not in shown)
    return [*lines, f"@@ not shown: {counted} @@"] if counted else lines


def _newlines(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")
