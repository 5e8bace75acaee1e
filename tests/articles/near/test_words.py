"""What counts as a word, and what as the same one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.articles.near.shingles import common, shingles
from toolkit.articles.near.words import Reader, house_spelling


def same(one: str, other: str) -> bool:
    reader = Reader()
    return reader.read(one).words.tolist() == reader.read(other).words.tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The harbour, she said, is CLOSED.", "the harbour she said is closed"),
        ("“It’s over”", '"It\'s over"'),
        ("ﬁve 12 men", "five １２ men"),
        ("José organised the defence of the theatre", "Jose organized the defense of the theater"),
        ("مُحَمَّد", "محمد"),
    ],
)
def test_spelling_and_punctuation_make_no_difference(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), [("11 dead", "14 dead"), ("dog bites man", "man bites dog"), ("no", "")])
def test_words_and_their_order_do(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    ("text", "words"), [("三名男子被捕。", 6), ("Xi 习近平 met", 5), ("เมือง", 5), ("خليج ميران", 2), ("서울 항구", 2)]
)
def test_scripts_without_spaces_are_read_by_character(text: str, words: int) -> None:
    assert len(Reader().read(text).words) == words


def test_passages_are_lines_and_sentences() -> None:
    text = "Headline\n\nIt rained. “Stop!” she said.\n***\n第一句。第二句。"
    read = Reader().read(text)
    assert [text[start:end].strip() for start, end in read.spans] == [
        "Headline",
        "It rained.",
        "“Stop!”",
        "she said.",
        "第一句。",
        "第二句。",
    ]
    assert read.lengths.tolist() == [1, 2, 1, 2, 3, 3]


def test_a_passage_is_known_by_its_words_alone() -> None:
    read = Reader().read("It rained!\nit RAINED\nRained it.\nIt rained, it.")
    first, second, third, fourth = read.digests.tolist()
    assert first == second
    assert len({first, third, fourth}) == 3


def test_digests_do_not_depend_on_what_was_read_before() -> None:
    fresh, used = Reader(), Reader()
    used.read("Other words came first.")
    assert fresh.read("It rained.").words.tolist() == used.read("It rained.").words.tolist()


def test_without_leaves_the_whole_text_where_nothing_else_is_left() -> None:
    read = Reader().read("It rained. It snowed.")
    rained, snowed = read.digests.tolist()
    assert read.without({rained}).tolist() == Reader().read("It snowed.").words.tolist()
    assert read.without({rained, snowed}).tolist() == read.words.tolist()


def test_shingles_are_the_distinct_runs_of_five_words() -> None:
    def count(text: str) -> int:
        return len(shingles(Reader().read(text).words))

    assert [count("a b c d e f g"), count("a b c d e"), count("a b c d"), count("a a a"), count("")] == [3, 1, 4, 1, 0]
    assert count("a b a b a b a b a b") == 2


@given(st.lists(st.integers(0, 40)), st.lists(st.integers(0, 40)))
def test_shared_shingles_are_those_of_plain_python(one: list[int], other: list[int]) -> None:
    def plain(words: list[int]) -> set[tuple[int, ...]]:
        return {tuple(words[at : at + 5]) for at in range(len(words) - 4)} or {(word,) for word in words}

    left, right = (shingles(Reader().read(" ".join(map(str, words))).words) for words in (one, other))
    assert (len(left), len(right)) == (len(plain(one)), len(plain(other)))
    assert common(left, right) == common(right, left) == len(plain(one) & plain(other))


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    read = Reader().read(text)
    assert sum(read.lengths.tolist()) == len(read.words)
    assert len(read.spans) == len(read.lengths) == len(read.digests)


@given(st.text(st.characters(categories=["L", "M", "N"]), min_size=1))
def test_a_spelling_is_never_empty_and_settles(word: str) -> None:
    assert house_spelling(word)
