from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.spans import Span, from_crlf, from_utf16, same_words, to_utf16, utf16_length

TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("😀\n\t\u00a0é👩‍🚒اب"), min_size=1, max_size=60)


@st.composite
def text_and_span(draw: st.DrawFn) -> tuple[str, Span]:
    text = draw(TEXTS)
    start = draw(st.integers(0, len(text) - 1))
    return text, Span(start, draw(st.integers(start + 1, len(text))))


@given(text_and_span())
def test_utf16_there_and_back(case: tuple[str, Span]) -> None:
    text, span = case
    assert from_utf16(text, to_utf16(text, span)) == span


@given(TEXTS)
def test_utf16_length_is_javascripts(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("text", "units", "points"),
    [
        ("a😀b", Span(3, 4), Span(2, 3)),
        ("a😀b", Span(1, 3), Span(1, 2)),
        ("a😀b", Span(2, 3), None),  # inside the surrogate pair
        ("a😀b", Span(0, 5), None),  # one past the end
        ("سلام", Span(0, 4), Span(0, 4)),
    ],
)
def test_utf16_by_hand(text: str, units: Span, points: Span | None) -> None:
    assert from_utf16(text, units) == points


@given(text_and_span())
def test_crlf_counts_two_for_a_newline(case: tuple[str, Span]) -> None:
    text, span = case
    text = text.replace("\r", "")
    span = Span(min(span.start, len(text)), min(span.end, len(text)))
    longer = Span(*(edge + text[:edge].count("\n") for edge in span))
    assert from_crlf(text, longer) == span
    assert longer.of(text.replace("\n", "\r\n")) == span.of(text).replace("\n", "\r\n")


def test_crlf_reading_of_an_edge_between_cr_and_lf_is_none() -> None:
    assert from_crlf("a\nb", Span(0, 2)) is None


@given(text_and_span(), text_and_span())
def test_overlap_is_symmetric_and_agrees_with_the_intersection(left: tuple[str, Span], right: tuple[str, Span]) -> None:
    a, b = left[1], right[1]
    assert a.overlaps(b) == b.overlaps(a) == (a.intersection(b) > 0)
    assert not a.contains(b) or a.intersection(b) == b.end - b.start


def test_fits() -> None:
    assert Span(0, 3).fits("abc")
    assert not any(span.fits("abc") for span in (Span(0, 4), Span(2, 2), Span(2, 1), Span(-1, 2)))


def test_same_words_forgives_white_space_alone() -> None:
    assert same_words("a  b\r\nc", "a b\\n c")
    assert not same_words("ab c", "a b c")
