"""Names as they are compared: in one script, without titles and particles, as words with a sound.

Outlets spell one name in many ways, most of all when it comes from another script: vowels change, consonants that a
script does not tell apart change places (p and b, v and f, s and sh), articles come and go. Each word is therefore kept
as letters, as its sound (folded consonants, vowels kept) and as its skeleton (the sound without vowels). Two words that
share a skeleton are spellings of one word where their sounds are alike too; a script without vowels is excused from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii
from rapidfuzz.distance import OSA, Indel

from toolkit.links.words import ARTICLES, DIRECTIONS, GENERIC, NUMBERS, PARTICLES, STOP_WORDS, TITLES

SAME, PART, SPELLING, NEAR, UNCLEAR = 1.0, 0.95, 0.9, 0.8, 0.6
"""How alike two words or names are: the same letters; an initial or the start of the other (of given names); another
spelling; one letter off, or two that changed places; hardly more than a skeleton in common, which says little alone."""

_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}]|['’ʼ`](?=[^\W_]))*")
_SILENT = re.compile(f"[{_MARKS}'’ʼ`]")
_POSSESSIVE = re.compile(r"['’ʼ`]s?$", re.IGNORECASE)
_LOCATOR = re.compile(r"\s*,\s|\s(?:in|at|near|on|from)\s", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_ROMAN = re.compile(r"(?=[IVX]{2})X{0,3}(?:IX|IV|V?I{0,3})")
_ARABIC = re.compile(r"[\u0590-\u08ff\ufb1d-\ufefc]")
_ARABIC_ARTICLE = re.compile(r"^(?:[وب]?ال|لل)(?=\w{2})")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_DEMONYM = re.compile(r"(?:a?n|ian|i|ese|ish)")
_CLUSTERS = {
    "sch": "s", "tch": "s", "sh": "s", "zh": "s", "ch": "k", "kh": "k", "gh": "k", "ck": "k", "qu": "k", "ph": "f",
    "th": "t", "dh": "d", "ts": "s", "tz": "s", "cz": "s", "dj": "j", "x": "ks", "ce": "se", "ci": "si", "cy": "si",
}  # fmt: skip
_CLUSTER = re.compile("|".join(sorted(_CLUSTERS, key=len, reverse=True)))
_FOLD = str.maketrans("cgkpqvwyz", "kkkbkfuis")
_DOUBLED = re.compile(r"(.)\1+")
_SYLLABLE = re.compile(r"[aeiou]+")
_VOWELS = str.maketrans("", "", "aeiouh")
_ALIKE, _ALIKE_IF_SHORT = 0.6, 0.75  # of two sounds with one skeleton
_SHORT_SKELETON = 2
_UNLIKE = 0.5
_LONG_ENOUGH = 5  # letters, for one of them to be off


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word of a name in small Latin letters; ``vowelled`` is whether its script writes vowels."""

    letters: str
    sound: str
    skeleton: str
    vowelled: bool = True

    @property
    def is_initial(self) -> bool:
        """Whether it is a single letter, for a name that begins with it."""
        return len(self.letters) == 1 and self.letters.isalpha()


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name as it is compared.

    ``shown`` is the text without article, title and possessive; ``words`` are what counts of it, ``head`` those before
    a place that is only added ("Beverly Hills, California"). ``titles`` are sounds of the words that were cut,
    ``spelt`` its words' letters, ``numbers`` those in digits, ordinals too, ``directions`` those such as north and new.
    """

    shown: str
    words: tuple[Word, ...]
    head: int
    titles: frozenset[str] = frozenset()
    initials: frozenset[str] = frozenset()
    acronym: str = ""
    spelt: tuple[str, ...] = field(init=False)
    numbers: frozenset[str] = field(init=False)
    directions: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        letters = tuple(word.letters for word in self.words)
        object.__setattr__(self, "spelt", letters)
        object.__setattr__(self, "numbers", frozenset(one for one in letters if one.isdigit()))
        object.__setattr__(self, "directions", DIRECTIONS.intersection(letters))

    @property
    def has_initial(self) -> bool:
        """Whether it begins with an initial: T. Olun."""
        return len(self.words) > 1 and self.words[0].is_initial

    @property
    def skeleton(self) -> str:
        """The skeletons of its words, whatever their order."""
        return " ".join(sorted(word.skeleton for word in self.words))


@lru_cache(maxsize=1 << 14)
def word(letters: str, vowelled: bool = True) -> Word:
    """A word of small Latin letters, with its sound and skeleton."""
    sound = "h" + letters[2:] if letters.startswith("kh") else letters  # a letter that many scripts share with h
    sound = _CLUSTER.sub(lambda found: _CLUSTERS[found[0]], sound)
    sound = ("f" + sound[1:] if sound.startswith("w") else sound).translate(_FOLD)
    sound = _DOUBLED.sub(r"\1", sound)
    skeleton = _DOUBLED.sub(r"\1", sound.translate(_VOWELS))
    return Word(letters, sound, skeleton or sound, vowelled)


@lru_cache(maxsize=1 << 14)
def name(text: str, of_person: bool = False) -> Name:
    """Read a mention's text; ``of_person`` where titles before it and additions behind it are none of the name."""
    located = _LOCATOR.search(text, 1)
    if located and of_person:
        text, located = text[: located.start()], None
    found = [_token(match, text) for match in _WORD.finditer(text)]
    first, titles = _titles(found) if of_person else (0, frozenset())
    kept = [token for number, token in enumerate(found[first:]) if _counts(token, number, of_person)] or found
    words, ends = _fused(kept)
    located_at = located.start() if located else len(text)
    first_kept = next((token for token in found[first:] if token.raw.lower() not in ARTICLES), None)
    shown = _POSSESSIVE.sub("", text[first_kept.start :].strip(" .,;:")) if first_kept else text
    capital = [token.raw[0] for token in found if token.raw[0].isupper()]
    content = [token.raw[0] for token in kept if token.raw[0].isupper()]
    several = len(content) > 1
    alone = found[0].raw if len(kept) == 1 and kept[0].raw.isupper() and 1 < len(kept[0].raw) <= 6 else ""
    return Name(
        shown=shown or text,
        words=words,
        head=sum(end <= located_at for end in ends) or len(words),
        titles=titles,
        initials=frozenset({"".join(capital), "".join(content)}) if several else frozenset(),
        acronym=kept[0].raw if alone else "",
    )


@lru_cache(maxsize=1 << 14)
def likeness(left: Word, right: Word) -> float:
    """How alike two words are: one of SAME, SPELLING, NEAR, or 0."""
    if left.letters == right.letters:
        return SAME
    if left.letters.isdigit() or right.letters.isdigit():
        return 0
    if left.skeleton == right.skeleton and not (left.is_initial or right.is_initial):
        if not (left.vowelled and right.vowelled):
            return SPELLING
        enough = _ALIKE_IF_SHORT if len(left.skeleton) <= _SHORT_SKELETON else _ALIKE
        return SPELLING if Indel.normalized_similarity(left.sound, right.sound) >= enough else 0
    short, long = sorted((left.sound, right.sound), key=len)
    if len(short) < _LONG_ENOUGH or short[0] != long[0]:
        return 0
    return NEAR if OSA.distance(short, long, score_cutoff=1) <= 1 else 0


def surname_likeness(left: Word, right: Word) -> float:
    """As ``likeness``, but that a woman's form of a name is another one (Petr and Petra, Sorin and Sorina)."""
    short, long = sorted((left.letters, right.letters), key=len)
    return 0 if long == f"{short}a" else likeness(left, right)


def given_likeness(left: Word, right: Word) -> float:
    """How alike two given names are: as ``likeness``, PART for an initial or a shortened form, UNCLEAR, or 0."""
    if alike := surname_likeness(left, right):
        return alike
    short, long = sorted((left, right), key=lambda one: len(one.letters))
    if long.letters == f"{short.letters}a":
        return 0
    if short.is_initial:
        return PART if long.sound[0] == short.sound[0] else 0
    if long.skeleton.startswith(short.skeleton) or short.skeleton.startswith(long.skeleton):
        started = long.letters.startswith(short.letters) or not (short.vowelled and long.vowelled)
        return PART if started else UNCLEAR if long.sound[0] == short.sound[0] else 0
    return 0


def unlike(left: Word, right: Word) -> bool:
    """Whether two words cannot be one, however it is spelled: less than half of their sounds in common."""
    known = likeness(left, right) or left.skeleton == right.skeleton
    return not known and Indel.normalized_similarity(left.sound, right.sound) < _UNLIKE


def same_alone(left: Word, right: Word) -> float:
    """How alike two words are that are the whole name of a place or body: where other words bear it out, less will do.

    UNCLEAR where they have fewer than three consonants, or not as many syllables: Mali and Malawi, Niger and Nigeria.
    """
    alike = _in_name(left, right)
    if alike != SPELLING or not (left.vowelled and right.vowelled):
        return min(alike, UNCLEAR) if alike == NEAR else alike
    if left.skeleton != right.skeleton:
        return alike  # where it is from
    syllables = {len(_SYLLABLE.findall(one.sound)) for one in (left, right)}
    return alike if len(left.skeleton) > _SHORT_SKELETON and len(syllables) == 1 else UNCLEAR


def _in_name(left: Word, right: Word) -> float:
    """As ``likeness``, and a place and what is from there are one: Ostria and Ostrian."""
    short, long = sorted((left.sound, right.sound), key=len)
    derived = len(short) >= _LONG_ENOUGH and long.startswith(short) and _DEMONYM.fullmatch(long, len(short))
    return SPELLING if derived and left.letters != right.letters else likeness(left, right)


def matched(shorter: Sequence[Word], longer: Sequence[Word]) -> float:
    """How alike the words of ``shorter`` are to as many of ``longer``, in any order: the least alike of them, or 0."""
    left, least = list(longer), SAME
    for one in shorter:
        alike = [_in_name(one, other) for other in left]
        least = min(least, max(alike, default=0))
        if not least:
            return 0
        del left[alike.index(max(alike))]
    return least


class _Token(NamedTuple):
    raw: str
    letters: str
    start: int
    end: int
    vowelled: bool
    joined: bool  # by a hyphen to the next


def _token(match: re.Match[str], text: str) -> _Token:
    raw = _POSSESSIVE.sub("", match[0]) or match[0]
    unvowelled = False
    if not raw.isascii():
        if unvowelled := bool(_ARABIC.match(raw)):
            raw = _SILENT.sub("", raw)
            raw = raw if raw in GENERIC else _ARABIC_ARTICLE.sub("", raw)
        raw = GENERIC.get(raw.lower(), raw)
    letters = _NO_LETTER.sub("", (raw if raw.isascii() else anyascii(raw)).lower())
    if ordinal := _ORDINAL.fullmatch(letters):
        letters = ordinal[1]
    letters = NUMBERS.get(raw if _ROMAN.fullmatch(raw) else letters, letters)
    return _Token(raw, letters, match.start(), match.end(), not unvowelled, text[match.end() : match.end() + 1] == "-")


def _titles(tokens: Sequence[_Token]) -> tuple[int, frozenset[str]]:
    """Where the name begins behind titles, and the sounds of what stands before it."""
    first = 0
    for number, token in enumerate(tokens[:-1]):
        if token.letters in TITLES:
            first = number + 1
            if tokens[first].letters in ("of", "for") and len(tokens) > first + 2:
                first += 2 + (tokens[first + 1].letters in ARTICLES and len(tokens) > first + 3)
    return first, frozenset(word(token.letters).sound for token in tokens[:first] if token.letters not in STOP_WORDS)


def _counts(token: _Token, number: int, of_person: bool) -> bool:
    """Whether it is a word of the name: no article and no particle, such as al- and von."""
    if not token.letters or token.letters in ARTICLES:
        return False
    if token.letters in PARTICLES:
        named_so = of_person and number == 0 and token.raw[0].isupper() and not token.joined
        return named_so or (len(token.letters) > 2 and not token.vowelled)
    return of_person or token.letters not in STOP_WORDS


def _fused(tokens: Sequence[_Token]) -> tuple[tuple[Word, ...], tuple[int, ...]]:
    """Words and where they end; two words that are often written as one are one (Salah al-Din, Abd Allah)."""
    words: list[Word] = []
    ends: list[int] = []
    before = ""
    for token in tokens:
        letters = before + token.letters
        before = ""
        if token.letters in ("abd", "abdul", "abdel", "abdal", "bd", "abu", "abi") and token is not tokens[-1]:
            before = token.letters[:3]  # without the article
            continue
        if token.letters in ("din", "deen", "eldin", "aldin", "eddin", "uddin", "ldyn", "dyn") and words:
            letters = words.pop().letters + "din"
            ends.pop()
        words.append(word(letters, token.vowelled))
        ends.append(token.end)
    return tuple(words), tuple(ends)
