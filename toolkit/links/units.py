"""What a number counts or measures, and whether two numbers count the same kind of thing.

Outlets call one crowd dockers, workers and people, so all persons are one kind. Measures are turned into one unit; of
anything else the noun must be the same. A noun in another script than Latin is not read: it may be anything countable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

PERSONS = "persons"

# Words for persons, in the singular, that the ending does not tell; and what ends like a word for a person.
_PERSON = """
    activist agent ally body captive casualty child citizen civilian combatant conscript crew dead death delegate deputy
    detainee doctor fatality guard hostage human hurt inhabitant injured injury insurgent killed lawyer man men member
    migrant militant missing mp nurse participant patient people person pilot police recruit refugee relative resident
    sailor soldier staff student survivor suspect troop victim witness woman women wounded children
"""
_NO_PERSON = """
    border bomber bunker car carrier center centre chapter charter coffee color colour committee computer container
    corner corridor counter crater cruiser cylinder degree detector disaster dollar door encounter error factor fee
    floor freighter gutter harbour helicopter honour hour jeep knee ladder launcher letter liter litre locker matter
    meteor meter metre mirror mortar motor newspaper number offer order paper poster power printer quarter radar reactor
    register river rotor sector semester sensor server shelter summer tanker tender theater theatre tour tower tractor
    trailer transfer tree ulcer visor water winter year
"""
_PERSONS, _NOT_PERSONS = frozenset(_PERSON.split()), frozenset(_NO_PERSON.split())
_PERSON_ENDINGS = ("men", "man", "women", "woman", "people", "ist", "ists", "ee", "ees", "er", "ers", "or", "ors")

_MEASURES: dict[str, dict[str, float]] = {
    "length": {"mm": 0.001, "cm": 0.01, "m": 1, "metre": 1, "meter": 1, "km": 1000, "kilometre": 1000}
    | {"kilometer": 1000, "centimetre": 0.01, "centimeter": 0.01, "mile": 1609.344, "foot": 0.3048, "feet": 0.3048},
    "mass": {"g": 0.001, "gram": 0.001, "kg": 1, "kilo": 1, "kilogram": 1, "t": 1000, "ton": 1000, "tonne": 1000},
    "time": {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2629800, "year": 31557600},
    "share": dict.fromkeys(("%", "percent", "percentage", "prozent", "procent", "процент", "процента", "процентов"), 1),
    "dollar": {"$": 1, "usd": 1, "dollar": 1},
    "euro": {"€": 1, "eur": 1, "euro": 1},
    "pound": {"£": 1, "gbp": 1, "pound": 1},
}
_KNOWN = {name: (kind, factor) for kind, names in _MEASURES.items() for name, factor in names.items()}
_PLURALS = frozenset(("people", "men", "women", "children", "dead", "wounded", "injured"))
_PERCENT = re.compile(r"\b(?:per|pour)\s+cent\b|\bpor\s+ciento\b|\bper\s+cento\b|(?<=\d)\s*[%٪]", re.IGNORECASE)
_PER = re.compile(r"\s+(?:per|an?|each|every)\s+|\s*/\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[%$€£]")


class Unit(NamedTuple):
    """A kind of thing, and how much of the kind's own unit one of these is; no kind where nothing is said."""

    kind: str
    factor: float = 1.0

    @property
    def is_measure(self) -> bool:
        """Whether it is measured, not counted."""
        return self.kind.split(" per ")[0] in _MEASURES


@lru_cache(maxsize=1 << 14)
def unit(words: str) -> Unit:
    """The unit that these words name, such as ``Sarrundi soldiers``, ``km`` or ``crowns a year``."""
    text = with_percent(unicodedata.normalize("NFKC", words).casefold()).strip()
    head, *rates = (_head(part) for part in _PER.split(text, maxsplit=1))
    return Unit(f"{head.kind} per {rates[0].kind}", head.factor / rates[0].factor) if rates and rates[0].kind else head


def comparable(left: Unit, right: Unit) -> bool:
    """Whether numbers of the two are about one kind of thing, as far as the words tell."""
    if left.kind == right.kind:
        return True
    return not (left.kind and right.kind) and not (left.is_measure or right.is_measure)


def is_known(word: str) -> bool:
    """Whether a word is a measure or a word for persons."""
    found = _noun(word.casefold())
    return found.kind == PERSONS or found.is_measure


def with_percent(text: str) -> str:
    """The text with one word for shares, "percent", or the sign right behind its number."""
    return _PERCENT.sub(lambda match: "%" if match[0][-1] in "%٪" else "percent", text)


def are_persons(word: str) -> bool:
    """Whether a word is a plural that is known for persons: what "no" stands before where it counts them."""
    word = word.casefold()
    *_, stem = _forms(word)
    return word in _PLURALS or (word != stem and stem in _PERSONS)


def _head(text: str) -> Unit:
    """By its first word that is known, else by its last one: a noun follows its adjectives."""
    words = _WORD.findall(text)
    if not words:
        return Unit("")
    return next((found for word in words if is_known(word) and (found := _noun(word))), _noun(words[-1]))


def _noun(word: str) -> Unit:
    for form in _forms(word):
        if form in _KNOWN:
            return Unit(*_KNOWN[form])
    if not any(unicodedata.name(char, "").startswith("LATIN") for char in word):
        return Unit("")
    *_, stem = _forms(word)
    is_person = stem in _PERSONS or (len(word) > 4 and word.endswith(_PERSON_ENDINGS) and stem not in _NOT_PERSONS)
    return Unit(PERSONS if is_person else stem)


def _forms(word: str) -> Iterator[str]:
    """The word, and what it may be the plural of; the likeliest singular last."""
    yield word
    if word.endswith("ies") and len(word) > 4:
        yield f"{word[:-3]}y"
    elif word.endswith(("sses", "shes", "ches", "xes", "uses")):
        yield word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        yield word[:-1]
