"""Offsets against quoted words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.annotations.reading import Reading, read_span
from toolkit.spans import Span, to_utf16

from .worlds import texts


def quoting(start: int, end: int, text: str | None) -> dict[str, object]:
    return {"start": start, "end": end, "text": text}


@given(texts, st.data())
def test_offsets_that_quote_their_words_are_taken_as_they_stand(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True)))
    assert read_span(quoting(start, end, text[start:end]), text) == Reading(Span(start, end))
    assert read_span(quoting(start, end, None), text) == Reading(Span(start, end))


@given(st.lists(st.sampled_from("😀👧"), min_size=1, max_size=5), st.integers(0, 9), st.integers(1, 5))
def test_utf16_offsets_are_led_back(emoji: list[str], start: int, length: int) -> None:
    text = "".join(emoji) + "0123456789abcdef"
    span = Span(len(emoji) + start, len(emoji) + start + length)
    reading = read_span(quoting(*to_utf16(text, span), span.of(text)), text)
    assert (reading.span, reading.rule) == (span, "offset-utf16")


@given(st.integers(1, 5), st.integers(0, 9), st.integers(1, 5))
def test_crlf_offsets_are_led_back(newlines: int, start: int, length: int) -> None:
    text = "\n" * newlines + "0123456789abcdef"
    span = Span(newlines + start, newlines + start + length)
    shifted = Span(span.start + newlines, span.end + newlines)
    reading = read_span(quoting(*shifted, span.of(text)), text)
    assert (reading.span, reading.rule) == (span, "offset-newline")


@pytest.mark.parametrize(
    ("text", "start", "end", "quoted", "span", "rule"),
    [
        ("a\n\n b", 0, 5, "a\\n\\n b", (0, 5), ""),  # newlines are displayed as two letters
        ("a \u00a0 b", 0, 5, "a b", (0, 5), ""),  # white space is displayed collapsed
        ("😀 a  b", 2, 4, " a", (1, 3), "offset-utf16"),  # "a " has the same words, " a" the same letters
        ("😀 ab ab ab", 6, 8, "ab", (5, 7), "offset-utf16"),
        ("\n\n\n😀xxababz", 9, 11, "ab", None, "text-mismatch"),  # two counts, two places: nothing is proved
        ("\n😀xxabz", 5, 7, "ab", (4, 6), "offset-utf16"),  # two counts, one place
        ("a😀b", 2, 3, "😀", None, "text-mismatch"),  # starts inside a surrogate pair
    ],
)
def test_what_is_repaired_and_what_is_not(
    text: str, start: int, end: int, quoted: str, span: tuple[int, int] | None, rule: str
) -> None:
    reading = read_span(quoting(start, end, quoted), text)
    assert (reading.span, reading.rule) == (span, rule)
