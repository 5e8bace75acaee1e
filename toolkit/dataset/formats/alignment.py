"""Spans on tokens, and sentences as runs of tokens, for formats that count in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from toolkit.dataset.formats.reasons import WIDENED
from toolkit.dataset.sentences import sentences
from toolkit.spans import Span


class Aligned(NamedTuple):
    """The tokens that a span touches, ``tokens[first:last]``, and whether it has their edges."""

    first: int
    last: int
    exact: bool

    @property
    def change(self) -> str:
        """What is not as it was when only tokens are told, for people; empty where nothing is."""
        return "" if self.exact else WIDENED


def align(tokens: Sequence[Span], span: Span) -> Aligned | None:
    """A span as tokens; None where it touches none. A token that it covers in part belongs to it."""
    first = bisect_right(tokens, span.start, key=lambda token: token.end)
    last = bisect_left(tokens, span.end, key=lambda token: token.start)
    if first >= last:
        return None
    return Aligned(first, last, span == (tokens[first].start, tokens[last - 1].end))


def token_sentences(text: str, tokens: Sequence[Span], uncut: Iterable[Span]) -> list[range]:
    """The sentences of a text as runs of its tokens; one that ends inside a span of ``uncut`` ends with the next."""
    found = sentences(text)
    joined = [False] * len(found)  # to the one before it
    for span in (*tokens, *uncut):
        first = bisect_right(found, span.start, key=lambda sentence: sentence.end)
        last = bisect_left(found, span.end, key=lambda sentence: sentence.start)
        joined[first + 1 : last] = [True] * max(0, last - first - 1)
    starts = [
        bisect_left(tokens, sentence.start, key=lambda token: token.start)
        for sentence, is_joined in zip(found, joined, strict=True)
        if not is_joined
    ]
    return [range(*edges) for edges in pairwise((*starts, len(tokens)))]
