from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.dataset.sentences import around, evidence, sentences
from toolkit.spans import Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Mr. Smith met the U.S. envoy. He left.", ["Mr. Smith met the U.S. envoy.", "He left."]),
        ("“It broke. Nobody saw,” he said. Why?", ["“It broke.", "Nobody saw,” he said.", "Why?"]),
        ("It rose 3.5 per cent ... then fell.", ["It rose 3.5 per cent ... then fell."]),
        ("Title\n\nFirst line\nsecond", ["Title", "First line", "second"]),
        ("هل عاد؟ نعم.", ["هل عاد؟", "نعم."]),
        ("他来了。我走了。", ["他来了。", "我走了。"]),
        (" \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [sentence.of(text) for sentence in sentences(text)] == expected


@given(st.text(st.sampled_from("aB .!?\n\u00a0。“”)…"), max_size=40))
def test_sentences_are_sorted_disjoint_and_cover_all_but_white_space(text: str) -> None:
    found = sentences(text)
    assert all(left.end <= right.start for left, right in pairwise(found))
    covered = {position for sentence in found for position in range(*sentence)}
    assert covered >= {position for position, char in enumerate(text) if not char.isspace()}


@given(st.text(st.sampled_from("aB .\n"), min_size=2, max_size=30), st.data())
def test_context_holds_the_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    assert around(sentences(text), span).contains(span)


def test_evidence_is_the_sentence_or_the_stretch() -> None:
    text = "Ali met Omar. Omar left. Zed stayed."
    found = sentences(text)
    ali, omar, again = Span(0, 3), Span(8, 12), Span(14, 18)
    assert evidence(found, omar, ali).of(text) == "Ali met Omar."
    assert evidence(found, again, ali).of(text) == "Ali met Omar. Omar"
    assert around(found, Span(8, 18)).of(text) == "Ali met Omar. Omar left."
