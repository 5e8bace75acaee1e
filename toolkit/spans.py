"""Spans of text: half-open ``[start, end)`` in Unicode code points.

This is the only module that knows that other programs count in UTF-16 code units.
"""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points, ``text[start:end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The piece of ``text`` that the span covers."""
        return text[self.start : self.end]

    def fits(self, text: str) -> bool:
        """Whether the span is non-empty and lies inside ``text``."""
        return 0 <= self.start < self.end <= len(text)

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether ``other`` lies inside this span (or is equal to it)."""
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: Span) -> int:
        """How many code points the two share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


def utf16_length(text: str) -> int:
    """The length of ``text`` in UTF-16 code units, as JavaScript and Java count it."""
    return len(text) + sum(char > "\uffff" for char in text)


def from_utf16(text: str, span: Span) -> Span | None:
    """Read ``span`` as UTF-16 code units of ``text`` and return it in code points.

    Returns None where an edge lies outside the text or inside a surrogate pair.
    """
    units = text.encode("utf-16-le", "surrogatepass")
    if not all(0 <= 2 * edge <= len(units) for edge in span):
        return None
    try:
        return Span(*(len(units[: 2 * edge].decode("utf-16-le")) for edge in span))
    except UnicodeDecodeError:
        return None


def to_utf16(text: str, span: Span) -> Span:
    """The span of code points counted in UTF-16 code units instead."""
    return Span(utf16_length(text[: span.start]), utf16_length(text[: span.end]))


def from_crlf(text: str, span: Span) -> Span | None:
    r"""Read ``span`` as counted in ``text`` with every ``\n`` written ``\r\n``; None where an edge does not fit."""
    longer = text.replace("\n", "\r\n")
    if not all(0 <= edge <= len(longer) and longer[edge : edge + 1] != "\n" for edge in span):
        return None
    return Span(*(edge - longer.count("\n", 0, edge) for edge in span))


def same_words(left: str, right: str) -> bool:
    r"""Whether two texts are equal but for white space, and for newlines written out as ``\n``.

    Label Studio's ``value.text`` is *displayed* text: white space is collapsed in it.
    """
    return _words(left) == _words(right)


def _words(text: str) -> list[str]:
    return text.replace("\\r", " ").replace("\\n", " ").split()
