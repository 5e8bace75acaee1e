"""Sentences, for the context that a claim or a relation is read in. A simple splitter, its rule stated here.

A sentence ends at every newline; and after ``. ! ? ؟ ۔ ।`` or an ellipsis, with the quotes and brackets that close
there, where white space follows and then no lower-case letter. It does not end after an initial ("J. Smith", "U.S.
envoy") or one of a few English titles and abbreviations ("Mr.", "Gen.", "No."). Chinese and Japanese stops
end it without white space.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import regex  # type: ignore[import-untyped, unused-ignore]

from toolkit.spans import Span

_CLOSING = r"""["'”’»›)\]」』]*"""
_BREAK = regex.compile(
    rf"""
    \n+
  | (?<! \b(?:\p{{L}} | Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|Gen|Lt|Col|Maj|Capt|Sgt|Sen|Rep|Gov|Rev|No|vs) ) \. {_CLOSING}
    (?=\s) (?!\s+\p{{Ll}})
  | (?: [!?؟۔।…] | \.\.+ ) [.!?؟…]* {_CLOSING} (?=\s) (?!\s+\p{{Ll}})
  | [。！？]+ {_CLOSING}
    """,
    regex.VERBOSE,
)


def sentences(text: str) -> list[Span]:
    """The sentences of ``text``, sorted and disjoint, without the white space around them."""
    cuts = [0, *(match.end() for match in _BREAK.finditer(text)), len(text)]
    pieces = (Span(start, end) for start, end in pairwise(cuts))
    return [trimmed for piece in pieces if (trimmed := _trim(text, piece)).start < trimmed.end]


def _trim(text: str, span: Span) -> Span:
    piece = span.of(text)
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, span.start + len(piece.rstrip())))


def around(found: Sequence[Span], span: Span) -> Span:
    """``span``, widened to the whole of every sentence that it touches."""
    first = bisect_right(found, span.start, key=lambda sentence: sentence.end)
    last = bisect_left(found, span.end, key=lambda sentence: sentence.start)
    touched = found[first:last]
    return Span(min(span.start, touched[0].start), max(span.end, touched[-1].end)) if touched else span


def evidence(found: Sequence[Span], head: Span, tail: Span) -> Span:
    """The sentence that holds both ends of a relation; where none does, the stretch from one end to the other."""
    stretch = Span(min(head.start, tail.start), max(head.end, tail.end))
    sentence = around(found, stretch)
    return sentence if sentence in found[bisect_left(found, sentence) :][:1] else stretch
