"""Where a region is in its text, judged by the words that it quotes.

Old servers counted offsets in UTF-16 units, others in text with CRLF newlines. Such a reading is taken only where the
quoted words prove it: they do not stand where the offsets say, and do stand where the other count leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from toolkit.files import to_json
from toolkit.spans import Span, from_crlf, from_utf16, same_words


class Reading(NamedTuple):
    """The span, if there is one, and the rule that was broken: on the way to the span, or in place of it."""

    span: Span | None
    rule: str = ""
    message: str = ""


_REPAIRS: tuple[tuple[str, Callable[[str, Span], Span | None], str], ...] = (
    ("offset-utf16", from_utf16, "UTF-16 units"),
    ("offset-newline", from_crlf, "two characters a newline"),
)


def read_span(value: Mapping[str, Any], text: str) -> Reading:
    """Read ``start``, ``end`` and, where it is there, ``text`` of a region's ``value``."""
    start, end = value.get("start"), value.get("end")
    if start is None or end is None:
        return Reading(None, "malformed-result", "the region has no start or no end")
    if type(start) is not int or type(end) is not int:
        return Reading(None, "offset-not-integer", f"the offsets are {_told(start)} and {_told(end)}")
    quoted = value.get("text")
    if quoted is not None and not isinstance(quoted, str):
        return Reading(None, "malformed-result", "the region's text is not a text")
    span = Span(start, end)
    if span.start > span.end:
        return Reading(None, "offset-inverted", f"the region starts at {span.start} and ends at {span.end}")
    if span.start == span.end:
        return Reading(None, "offset-empty", f"the region starts and ends at {span.start}")
    return _as_it_stands(span, text) if quoted is None else _by_words(span, quoted, text)


def _told(offset: Any) -> str:
    # The keys of an object in order: the same work set aside and read again gives the same message.
    return short(to_json(offset) if isinstance(offset, dict | list) else repr(offset))


def _as_it_stands(span: Span, text: str) -> Reading:
    if span.fits(text):
        return Reading(span)
    message = f"the region is [{span.start}:{span.end}], the text has {len(text)} characters"
    return Reading(None, "offset-out-of-range", message)


def _by_words(span: Span, quoted: str, text: str) -> Reading:
    there = _as_it_stands(span, text)
    if there.span and span.of(text) == quoted:
        return there
    repaired = [reading for reading in _repaired(span, text) if same_words(_words(reading, text), quoted)]
    # The same letters beat the same words: quotes are displayed text, so white space may differ, but does not agree
    # by chance.
    exact = [reading for reading in repaired if _words(reading, text) == quoted]
    if not exact and there.span and same_words(span.of(text), quoted):
        return there
    if len({reading.span for reading in exact or repaired}) == 1:  # two counts may lead to one span, not to two
        return (exact or repaired)[0]
    if there.span is None:
        return there
    return Reading(None, "text-mismatch", f"the region quotes “{short(quoted)}”, the text has “{short(span.of(text))}”")


def _repaired(span: Span, text: str) -> Iterator[Reading]:
    for rule, read, unit in _REPAIRS:
        found = read(text, span)
        if found and found != span and found.fits(text):
            message = f"[{span.start}:{span.end}] counted in {unit} is [{found.start}:{found.end}]"
            yield Reading(found, rule, message)


def _words(reading: Reading, text: str) -> str:
    return reading.span.of(text) if reading.span else ""


def short(text: str, limit: int = 60) -> str:
    """A quotation for a message: one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
