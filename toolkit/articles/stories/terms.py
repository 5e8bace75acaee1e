"""What a text speaks of: its words, and the names in it.

Outlets spell names differently, translations above all: Namroush, al-Nimrush, Nemrush. A name counts by its key: its
letters transliterated (anyascii), without vowels, with the consonants that transliterations exchange taken for one.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import regex  # type: ignore[import-untyped, unused-ignore]
from anyascii import anyascii

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_SENTENCE = regex.compile(r"\n+|(?<=[.!?…؟۔。！？])\s*")
_EXCHANGED = (("ch", "k"), ("kh", "k"), ("gh", "g"), ("sh", "s"), ("th", "t"), ("dh", "d"), ("ph", "f"), ("x", "ks"))
_ALIKE = str.maketrans("cqvpzj", "kkfbsg", "aeiouyhw")
_TWICE = regex.compile(r"(.)\1+")
_ARABIC_ARTICLE = regex.compile(r"^[وفبلك]?ال(?=\p{Arabic}{3})")
SHORTEST = 3  # letters of a key: Akar and Ankara would be too many other words


@dataclass(frozen=True, slots=True)
class Terms:
    """How often each word (case-folded) and each name (by key) stands in a text; numbers are names of their own.

    ``spelt`` has one of the text's own spellings of each name.
    """

    words: Mapping[str, int]
    names: Mapping[str, int]
    spelt: Mapping[str, str]


def terms(texts: Mapping[str, str]) -> dict[str, Terms]:
    """The terms of each text. Which words are names, the texts say together.

    In scripts with capitals it is what is capitalised inside a sentence and nowhere in lower case; in others every word
    of four letters or more may be one, and those that are none match nothing.
    """
    tokens = {id: _tokens(text) for id, text in texts.items()}
    inside = {word.casefold() for found in tokens.values() for word, first in found if not first and word[0].isupper()}
    lower = {word for found in tokens.values() for word, _ in found if word[0].islower()}
    return {id: _terms([word for word, _ in found], inside - lower) for id, found in tokens.items()}


def _tokens(text: str) -> list[tuple[str, bool]]:
    """The words, and whether each is the first of its sentence."""
    return [
        (word, number == 0)
        for sentence in _SENTENCE.split(unicodedata.normalize("NFKC", text))
        for number, word in enumerate(_WORD.findall(sentence))
    ]


def _terms(tokens: list[str], capitalised: set[str]) -> Terms:
    names: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for token in tokens:
        if key := _key(token, capitalised):
            names[key] += 1
            spelt[key] = min(token, spelt.get(key, token))
    return Terms(Counter(token.casefold() for token in tokens), names, spelt)


def _key(token: str, capitalised: set[str]) -> str:
    if token.isdecimal():
        return str(int(token)) if 2 <= len(token) <= 18 else ""
    if token[0].isupper() and token.casefold() in capitalised:
        return name_key(token)
    is_caseless = unicodedata.category(token[0]) == "Lo" and len(token) > SHORTEST
    return name_key(token) if is_caseless else ""


@lru_cache(maxsize=1 << 18)
def name_key(name: str) -> str:
    """What the spellings of a name have in common; empty where that is too little to know it by."""
    bare = _ARABIC_ARTICLE.sub("", name)
    key = "".join(char for char in anyascii(bare).casefold() if char.isascii() and char.isalnum())
    for pair, one in _EXCHANGED:
        key = key.replace(pair, one)
    key = _TWICE.sub(r"\1", key.translate(_ALIKE))
    return key if len(key) >= SHORTEST else ""
