"""Tokens of an article, and flat BIO tags on them.

A token is

- a word: a run of letters, marks and digits. Marks (Arabic vowel signs, combining accents) stay in their word, and so
  do the invisible joiners inside one (soft hyphen, zero-width joiner and non-joiner). Apostrophes and hyphens are
  tokens of their own, so that "Libya" in "Libya's" and "US" in "US-backed" end where a token ends;
- one character with its marks, in scripts that are written without spaces (Chinese, Japanese, Thai, Khmer, ...);
- one emoji, whole: flags, skin tones, sequences held together by zero-width joiners;
- any other character that is not white space.

So tokens are sorted, disjoint, and cover every character but white space. Offsets are code points.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import regex  # type: ignore[import-untyped, unused-ignore]

from toolkit.spans import Span

OUTSIDE = "O"

_TOKEN = regex.compile(
    r"""
    (?P<run>[[\p{L}\p{M}\p{N}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Line_Break=SA}]]+)(?:[\u00ad\u200c\u200d]+(?&run))*
  | [[\p{Han}\p{Hiragana}\p{Katakana}\p{Line_Break=SA}]&&[\p{L}\p{N}]]\p{M}*
  | \p{Regional_Indicator}{2}
  | (?P<emoji>\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}\U000e0020-\U000e007f]*)(?:\u200d(?&emoji))*
  | [^\s\x1c-\x1f]\p{M}*
    """,
    regex.VERBOSE | regex.VERSION1,
)


class Labelled(NamedTuple):
    """A span and its label."""

    span: Span
    label: str


class Tagging(NamedTuple):
    """BIO tags, one a token, and what they could not say.

    ``kept`` are the mentions that the tags show, in text order; the others overlap one of those (or hold no token).
    ``misaligned`` counts the kept ones whose edges are not edges of tokens: decoding gives those back as whole tokens.
    """

    tags: list[str]
    kept: list[Labelled]
    misaligned: int


def tokenize(text: str) -> list[Span]:
    """The tokens of ``text``, sorted."""
    return [Span(*match.span()) for match in _TOKEN.finditer(text)]


def tag_names(labels: Iterable[str]) -> list[str]:
    """The tag set of ``labels``: O, then B and I of each label in turn."""
    return [OUTSIDE, *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


def bio(tokens: Sequence[Span], mentions: Iterable[Labelled], labels: Sequence[str]) -> Tagging:
    """Tag ``tokens`` with ``mentions``, flat.

    Where mentions share a token the longest wins, then the earlier, then the label that stands first in ``labels``.
    A token that a mention covers in part belongs to it.
    """
    starts = [token.start for token in tokens]
    ends = [token.end for token in tokens]
    rank = {label: index for index, label in enumerate(labels)}
    tags = [OUTSIDE] * len(tokens)
    kept: list[Labelled] = []
    misaligned = 0
    for mention in sorted(mentions, key=lambda m: (m.span.start - m.span.end, m.span.start, rank[m.label])):
        first, last = bisect_right(ends, mention.span.start), bisect_left(starts, mention.span.end)
        if first == last or any(tag != OUTSIDE for tag in tags[first:last]):
            continue
        tags[first:last] = [f"B-{mention.label}", *[f"I-{mention.label}"] * (last - first - 1)]
        kept.append(mention)
        misaligned += mention.span != (starts[first], ends[last - 1])
    return Tagging(tags, sorted(kept), misaligned)


def spans_of(tokens: Sequence[Span], tags: Sequence[str]) -> list[Labelled]:
    """Decode BIO tags into spans of whole tokens, in text order."""
    found: list[Labelled] = []
    for token, tag in zip(tokens, tags, strict=True):
        prefix, _, label = tag.partition("-")
        if prefix == "B":
            found.append(Labelled(token, label))
        elif prefix == "I":
            found[-1] = Labelled(Span(found[-1].span.start, token.end), label)
    return found
