"""From raw to clean text, every change recorded as an edit of the raw text.

Everything is decided line by line. A line goes as a whole, with the newline that ends it, or it stays and is brought
into NFC by itself; since no newline ever combines with a character, the edits cannot overlap and the kept lines are
in NFC together. All other characters stay as they are: tabs, no-break and zero-width spaces, U+2028.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from toolkit.articles.edits import apply
from toolkit.articles.model import Edit
from toolkit.articles.nfc import nfc_edits
from toolkit.articles.rules import BLANK_EDGE, BOM, NEWLINE, Rule, Rules, Where, folded
from toolkit.spans import Span

_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Clean text, the edits that made it, and what the rules caught on the way (the first of each name)."""

    text: str
    edits: tuple[Edit, ...]
    caught: dict[str, str]


def clean(raw: str, rules: Rules, title: str = "") -> Cleaned:
    r"""Clean one article.

    The text is in NFC, has ``\n`` for every newline, and neither begins nor ends with a blank line; it is empty where
    the rules know every line. Law: ``apply(raw, edits) == text``.

    Args:
        raw: The text as it came, without lone surrogates.
        rules: What is boilerplate.
        title: The article's title where it is known, for the rules that look for its repetition.
    """
    bom = len(raw) - len(raw.lstrip("\ufeff"))
    lines = _lines(raw, bom)
    shown = [raw[start:end].strip() for start, end, _ in lines]
    boilerplate = _Boilerplate(rules, title)
    gone = boilerplate.find(shown)
    story = [number for number, line in enumerate(shown) if line and number not in gone]
    edits = (
        *([Edit(rule=BOM, start=0, end=bom)] if bom else ()),
        *_edits(raw, lines, gone, (story[0], story[-1]) if story else (len(lines), len(lines))),
    )
    return Cleaned(apply(raw, edits), edits, boilerplate.caught)


def _lines(raw: str, begin: int) -> list[tuple[int, int, int]]:
    """The lines from ``begin`` on: where each starts, where it ends, and where the next one starts."""
    newlines = [found.span() for found in _NEWLINE.finditer(raw, begin)]
    starts = [begin, *(end for _, end in newlines)]
    ends = [*(start for start, _ in newlines), len(raw)]
    return [line for line in zip(starts, ends, [*starts[1:], len(raw)], strict=True) if line[0] < line[2]]


class _Boilerplate:
    """Finds the lines that the rules know."""

    def __init__(self, rules: Rules, title: str) -> None:
        self._rules = rules.by_place
        self._longest = rules.longest_line
        self._titles = {folded(title)} - {""}
        self._gone: dict[int, str] = {}
        self.caught: dict[str, str] = {}

    def find(self, lines: Sequence[str]) -> dict[int, str]:
        """The numbers of the lines (stripped) that are boilerplate, each with the rule that knows it."""
        numbers = [number for number, line in enumerate(lines) if line]
        self._take("anywhere", lines, numbers)
        while True:
            titles = len(self._titles)
            self._take("head", lines, numbers)
            self._take("tail", lines, reversed(numbers))
            if len(self._titles) == titles:  # a title caught at the tail may be what a line at the head repeats
                return self._gone

    def _take(self, where: Where, lines: Sequence[str], numbers: Iterable[int]) -> None:
        for number in numbers:
            if number in self._gone:
                continue
            rule = self._knower(lines[number], self._rules[where])
            if rule is not None:
                self._gone[number] = rule.name
            elif where != "anywhere":
                return

    def _knower(self, line: str, rules: Sequence[Rule]) -> Rule | None:
        if len(line) > self._longest:
            return None
        line = unicodedata.normalize("NFC", line)
        for rule in rules:
            caught = rule.match(line, self._titles)
            if caught is not None:
                self.caught = caught | self.caught
                if "title" in caught:
                    self._titles.add(folded(caught["title"]))
                return rule
        return None


def _edits(
    raw: str, lines: Sequence[tuple[int, int, int]], gone: dict[int, str], story: tuple[int, int]
) -> Iterator[Edit]:
    """The edits that leave the lines from the first to the last of the ``story``, without those that are gone."""
    first, last = story
    is_nfc = unicodedata.is_normalized("NFC", raw)
    for number, (start, end, next_start) in enumerate(lines):
        if number in gone:
            yield Edit(rule=gone[number], start=start, end=next_start)
        elif not first <= number <= last:
            yield Edit(rule=BLANK_EDGE, start=start, end=next_start)
        else:
            if not is_nfc:
                yield from nfc_edits(raw, Span(start, end))
            if number == last:
                if end < next_start:
                    yield Edit(rule=BLANK_EDGE, start=end, end=next_start)
            elif raw[end:next_start] != "\n":
                yield Edit(rule=NEWLINE, start=end, end=next_start, new="\n")
