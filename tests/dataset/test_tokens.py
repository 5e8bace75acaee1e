from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.dataset.tokens import Labelled, bio, spans_of, tag_names, tokenize
from toolkit.spans import Span

LABELS = ["PERSON", "GPE", "LOCATION"]
TEXTS = st.text(
    st.one_of(st.sampled_from("ab 's-\n\r\t\u00a0\u200b\u200d\ufe0f👩🏽🚀🇱🇾مُ漢ไก่é"), st.characters()), max_size=40
)


def words(text: str) -> list[str]:
    return [token.of(text) for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Libya's US-backed force", ["Libya", "'", "s", "US", "-", "backed", "force"]),
        ("2,000 men: 3.5%", ["2", ",", "000", "men", ":", "3", ".", "5", "%"]),
        ("👩🏽‍🚀🇱🇾🇱🇾❤️‍🔥!", ["👩🏽‍🚀", "🇱🇾", "🇱🇾", "❤️‍🔥", "!"]),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣", ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣"]),
        ("قال مُحَمَّد.", ["قال", "مُحَمَّد", "."]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("Gad\u00addafi cafe\u0301", ["Gad\u00addafi", "cafe\u0301"]),
        ("我去Tripoli。", ["我", "去", "Tripoli", "。"]),
        ("ก่อน", ["ก่", "อ", "น"]),
        ("a\u00a0b\r\nc\u2028d", ["a", "b", "c", "d"]),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(TEXTS)
def test_tokens_are_sorted_disjoint_and_cover_all_but_white_space(text: str) -> None:
    tokens = tokenize(text)
    assert all(left.end <= right.start for left, right in pairwise(tokens))
    covered = {position for token in tokens for position in range(*token)}
    assert covered == {position for position, char in enumerate(text) if not char.isspace()}


@st.composite
def texts_with_mentions(draw: st.DrawFn) -> tuple[str, list[Labelled]]:
    text = draw(TEXTS.filter(bool))
    edges = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted).filter(lambda e: e[0] < e[1])
    spans = st.builds(lambda edge, label: Labelled(Span(*edge), label), edges, st.sampled_from(LABELS))
    return text, draw(st.lists(spans, max_size=8))


@given(texts_with_mentions())
def test_decoding_gives_back_what_was_kept_and_aligned(case: tuple[str, list[Labelled]]) -> None:
    text, mentions = case
    tokens = tokenize(text)
    tagging = bio(tokens, mentions, LABELS)
    decoded = spans_of(tokens, tagging.tags)
    assert len(decoded) == len(tagging.kept)
    assert set(tagging.tags) <= set(tag_names(LABELS))
    same = [kept == found for kept, found in zip(tagging.kept, decoded, strict=True)]
    assert same.count(False) == tagging.misaligned
    for kept, found in zip(tagging.kept, decoded, strict=True):
        assert kept.label == found.label
        assert kept.span.overlaps(found.span)
        assert kept in mentions


@given(texts_with_mentions(), st.randoms())
def test_tags_do_not_depend_on_the_order_of_mentions(case: tuple[str, list[Labelled]], random: Random) -> None:
    text, mentions = case
    shuffled = list(mentions)
    random.shuffle(shuffled)
    assert bio(tokenize(text), mentions, LABELS) == bio(tokenize(text), shuffled, LABELS)


@pytest.mark.parametrize(
    ("mentions", "tags"),
    [
        # the longest wins, whatever its place
        ([("PERSON", 0, 2), ("GPE", 0, 6)], "B-GPE I-GPE I-GPE O"),
        # equally long: the earlier
        ([("GPE", 3, 7), ("PERSON", 0, 4)], "B-PERSON I-PERSON O O"),
        # the same span: the ontology's order
        ([("LOCATION", 0, 2), ("GPE", 0, 2)], "B-GPE O O O"),
        # neighbours stay apart
        ([("GPE", 0, 2), ("GPE", 3, 4)], "B-GPE B-GPE O O"),
        # a token covered in part belongs to the mention
        ([("GPE", 1, 4)], "B-GPE I-GPE O O"),
        # nothing but white space
        ([("GPE", 2, 3)], "O O O O"),
    ],
)
def test_which_mention_is_tagged(mentions: list[tuple[str, int, int]], tags: str) -> None:
    text = "ab c d e"
    labelled = [Labelled(Span(start, end), label) for label, start, end in mentions]
    assert bio(tokenize(text), labelled, LABELS).tags == tags.split()


def test_partly_covered_tokens_are_counted() -> None:
    tokens = tokenize("ab cd")
    assert bio(tokens, [Labelled(Span(1, 5), "GPE")], LABELS).misaligned == 1
    assert bio(tokens, [Labelled(Span(0, 5), "GPE")], LABELS).misaligned == 0
