from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from odd_world import PIECES

from toolkit.dataset.formats.alignment import Aligned, align, token_sentences
from toolkit.dataset.formats.spacy import words_and_spaces
from toolkit.dataset.tokens import Labelled, bio, tokenize
from toolkit.spans import Span

TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=40)
SPANS = st.tuples(st.integers(0, 60), st.integers(1, 15)).map(lambda it: Span(it[0], it[0] + it[1]))


def test_a_span_touches_the_tokens_that_it_covers_in_part() -> None:
    tokens = tokenize("Greater Tripoli Area.")
    assert align(tokens, Span(0, 15)) == Aligned(0, 2, exact=True)
    assert align(tokens, Span(2, 18)) == Aligned(0, 3, exact=False)
    assert align(tokens, Span(7, 15)) == Aligned(1, 2, exact=False)
    assert align(tokens, Span(7, 8)) is None
    assert align(tokens, Span(21, 22)) is None


@given(TEXTS, SPANS)
def test_it_aligns_as_the_tags_do(text: str, span: Span) -> None:
    tokens = tokenize(text)
    place = align(tokens, span)
    tagging = bio(tokens, [Labelled(span, "X")], ["X"])
    tagged = [number for number, tag in enumerate(tagging.tags) if tag != "O"]
    assert tagged == (list(range(place.first, place.last)) if place else [])
    assert tagging.misaligned == bool(place and not place.exact)


def test_a_sentence_does_not_end_inside_a_mention() -> None:
    text = "He left. The Harrow\nFront stayed. Nobody saw it."
    tokens = tokenize(text)
    words = [token.of(text) for token in tokens]

    def sentences(*uncut: Span) -> list[list[str]]:
        return [words[run.start : run.stop] for run in token_sentences(text, tokens, uncut)]

    first, last = ["He", "left", "."], ["Nobody", "saw", "it", "."]
    assert sentences() == [first, ["The", "Harrow"], ["Front", "stayed", "."], last]
    assert sentences(Span(13, 25)) == [first, ["The", "Harrow", "Front", "stayed", "."], last]
    assert sentences(Span(0, 25)) == [[*first, "The", "Harrow", "Front", "stayed", "."], last]


@given(TEXTS, st.lists(SPANS, max_size=4))
def test_sentences_are_all_tokens_in_order_and_cut_no_span(text: str, uncut: list[Span]) -> None:
    tokens = tokenize(text)
    runs = token_sentences(text, tokens, uncut)
    assert [number for run in runs for number in run] == list(range(len(tokens)))
    assert all(len(run) for run in runs)
    starts = {run.start for run in runs}
    for place in (align(tokens, span) for span in uncut):
        assert place is None or not starts & set(range(place.first + 1, place.last))


@given(TEXTS)
def test_words_and_spaces_are_the_text(text: str) -> None:
    tokens = tokenize(text)
    words, spaces, numbers = words_and_spaces(text, tokens)
    assert "".join(word + " " * space for word, space in zip(words, spaces, strict=True)) == text
    assert [words[number] for number in numbers] == [token.of(text) for token in tokens]
    assert all(words)


def test_white_space_that_is_more_than_a_space_is_a_word() -> None:
    text = " a  b\n\nc \nd "
    assert words_and_spaces(text, tokenize(text)) == (
        [" ", "a", " ", "b", "\n\n", "c", "\n", "d"],
        [False, True, False, False, False, True, False, True],
        [1, 3, 5, 7],
    )
