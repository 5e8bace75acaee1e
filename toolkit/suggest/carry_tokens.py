"""A text as tokens that keep their offsets: what carry-over compares texts by.

A token is a run of letters, digits and marks, or any other character that is no white space; scripts that put no spaces
between words are taken character by character. In a token's ``key`` all apostrophes are one, and all quotes. That puts
one character in the place of another, so that an offset within a key is one within the text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property

import regex  # type: ignore[import-untyped, unused-ignore]

from toolkit.spans import Span

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]"
_TOKEN = regex.compile(rf"(?V1){_LETTER}+|\S")
_WITHIN = regex.compile(rf"(?V1){_LETTER}{{2}}")
_QUOTES = str.maketrans("‘’‚‛ʼ`´“”„‟«»", "'''''''" + '"' * 6)
_SENTENCE = regex.compile(
    r"""
    \n\s*
  | (?: (?<! \b(?:\p{L} | Mr|Mrs|Ms|Dr|Prof|St|Gen|Lt|Col|Maj|Capt|Sgt|Sen|Rep|Gov|No) ) \. | [!?؟۔।…] )
    ["'”’»)\]]* \s+ (?!\p{Ll})
  | [。！？]["'”’」』]*
    """,
    regex.VERBOSE,
)

Form = tuple[str, ...]
"""The keys of some tokens in a row, each but the first with the white space before it: a blank, or a newline."""


class Tokens:
    """The tokens of a text: the key, the start and the end of each."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = list(_TOKEN.finditer(text.translate(_QUOTES)))
        self.keys: list[str] = [token.group() for token in found]
        self.starts: list[int] = [token.start() for token in found]
        self.ends: list[int] = [token.end() for token in found]

    def __len__(self) -> int:
        return len(self.keys)

    def span(self, first: int, last: int) -> Span:
        """Where the tokens from ``first`` to before ``last`` stand."""
        return Span(self.starts[first], self.ends[last - 1])

    def touched(self, span: Span) -> tuple[int, int] | None:
        """The tokens that a span touches, as half-open indices; None where an edge of it lies in white space."""
        first, last = bisect_right(self.ends, span.start), bisect_left(self.starts, span.end)
        if first >= last or self.starts[first] > span.start or self.ends[last - 1] < span.end:
            return None
        return first, last

    def joined(self, index: int) -> str:
        """A token's key, after the white space between it and the token before it."""
        between = self.text[self.ends[index - 1] : self.starts[index]]
        return ("\n" if "\n" in between else " " if between else "") + self.keys[index]

    def form(self, span: Span) -> Form | None:
        """The form of a span that begins and ends with a token; None for any other."""
        touched = self.touched(span)
        if touched is None or self.span(*touched) != span:
            return None
        first, last = touched
        return (self.keys[first], *(self.joined(index) for index in range(first + 1, last)))

    @cached_property
    def sentences(self) -> list[int]:
        """Where sentences begin: at every line, and after a stop, white space and no small letter."""
        return [0, *(end.end() for end in _SENTENCE.finditer(self.text))]

    def sentence(self, offset: int) -> int:
        """The number of the sentence that an offset is in."""
        return bisect_right(self.sentences, offset)

    def around(self, span: Span) -> tuple[int, int]:
        """The tokens of the sentences that a span touches, as half-open indices."""
        first, last = self.sentence(span.start), self.sentence(span.end - 1)
        end = self.sentences[last] if last < len(self.sentences) else len(self.text)
        return bisect_left(self.starts, self.sentences[first - 1]), bisect_left(self.starts, end)

    def opens_sentence(self, offset: int) -> bool:
        """Whether there is nothing but quotes and brackets between the sentence's begin and the offset."""
        begun = self.sentences[self.sentence(offset) - 1]
        return not any(char.isalnum() for char in self.text[begun:offset])


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether no token goes on beyond the edges of a piece of the text."""
    return not any(_WITHIN.match(text, edge - 1) for edge in (start, end) if edge > 0)
