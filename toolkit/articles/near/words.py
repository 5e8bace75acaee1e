"""A text as passages of words: what two texts are compared by.

A word is letters, digits and marks, in NFKC, case-folded and in nobody's spelling; punctuation counts for nothing.
Scripts that put no spaces between words are taken character by character. Words are 64-bit digests, so that a corpus is
arrays of numbers; two words are taken for one with a probability of 2⁻⁶⁴.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import regex  # type: ignore[import-untyped, unused-ignore]
from numpy.typing import NDArray

Digests = NDArray[np.uint64]

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_HAS_UNSPACED = regex.compile(f"[{_UNSPACED}]")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_WORD_OR_CHARACTER = regex.compile(rf"(?V1)[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]+|[{_UNSPACED}]")  # slower
_END = re.compile(r"""[.!?…؟۔।]["'”’»)]*\s+|\n+|[。！？]""")

# organise, organize; colour, color; defence, defense; centre, center; travelled, traveled
_SPELLINGS = (("z", "s"), ("our", "or"), ("ence", "ense"), ("tre", "ter"), ("ll", "l"))


@dataclass(frozen=True, slots=True)
class Passages:
    """The sentences and lines of a text: where each lies, how many words it has, its digest, and all words in order."""

    spans: NDArray[np.int64]
    lengths: NDArray[np.int64]
    digests: Digests
    words: Digests

    def without(self, boilerplate: Collection[int]) -> Digests:
        """The words outside of these passages (by digest); all words where nothing else is left."""
        if not boilerplate:
            return self.words
        kept = np.array([digest not in boilerplate for digest in self.digests.tolist()], dtype=bool)
        words = self.words[np.repeat(kept, self.lengths)]
        return words if len(words) else self.words


class Reader:
    """Takes texts apart; remembers the words that it has met, so that each is digested once."""

    def __init__(self) -> None:
        self._known = _Vocabulary()

    def read(self, text: str) -> Passages:
        """The passages of a text; those without a word are left out."""
        spans: list[tuple[int, int]] = []
        lengths: list[int] = []
        words: list[int] = []
        word = _WORD_OR_CHARACTER if _HAS_UNSPACED.search(text) else _WORD
        for start, end in _pieces(text):
            found = word.findall(unicodedata.normalize("NFKC", text[start:end]).casefold())
            if found:
                spans.append((start, end))
                lengths.append(len(found))
                words.extend(map(self._known.__getitem__, found))
        counted, digested = np.array(lengths, dtype=np.int64), np.array(words, dtype=np.uint64)
        return Passages(np.array(spans, dtype=np.int64).reshape(-1, 2), counted, _digests(digested, counted), digested)


class _Vocabulary(dict[str, int]):
    def __missing__(self, word: str) -> int:
        digest = int.from_bytes(hashlib.blake2b(house_spelling(word).encode(), digest_size=8).digest(), "little")
        self[word] = digest
        return digest


def house_spelling(word: str) -> str:
    """What all outlets' spellings of a word have in common: no diacritics, and neither British nor American.

    Outlets that take over a wire text put it into their own spelling. A few different words become one by this (four,
    for), which five words in a row hardly ever do.
    """
    word = "".join(char for char in unicodedata.normalize("NFKD", word) if unicodedata.category(char) != "Mn")
    for theirs, ours in _SPELLINGS:
        word = word.replace(theirs, ours)
    return word or "-"  # a lone mark


def _pieces(text: str) -> list[tuple[int, int]]:
    edges = [0, *(end.end() for end in _END.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(edges) if start < end]


def _digests(words: Digests, lengths: NDArray[np.int64]) -> Digests:
    """One digest a passage, of its words in their order."""
    if not len(lengths):
        return words
    starts = np.cumsum(lengths) - lengths
    places = (np.arange(len(words)) - np.repeat(starts, lengths)).astype(np.uint64)
    return mixed(np.add.reduceat(mixed(words + mixed(places)), starts))


def mixed(numbers: Digests) -> Digests:
    """The finaliser of MurmurHash3 (64 bits): near numbers become far ones, different ones stay different."""
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        numbers = (numbers ^ (numbers >> np.uint64(33))) * np.uint64(factor)
    return numbers ^ (numbers >> np.uint64(33))
