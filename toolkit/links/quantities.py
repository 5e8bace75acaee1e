"""Numbers of a text as intervals: digits in any script, number words (text2num), "1.2 million", "dozens", "up to 40".

What loosens a number widens its interval:

=============  ===================================================================================================
``exact``      the number itself
``approx``     a tenth of the number to either side, of things that are counted at least one
``at_least``   from the number upwards
``at_most``    from 0 to the number; "fewer than" and "more than" a number leave the number itself out (``strict``)
``range``      from the one number to the other; "dozens" and "hundreds" are ranges of their own (``_VAGUE``)
=============  ===================================================================================================

Of English, "no casualties" and "nobody was hurt" are 0 too; other things that there are none of are not counted.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from toolkit.links.units import Unit, are_persons, is_known, unit, with_percent

TOLERANCE = 0.1
"""How far "about" reaches, as a share of the number."""

_SPELT = ("en", "fr", "es", "pt", "de", "it", "nl")  # that text2num knows
_WITH_COMMA = """
    az be bg bs ca cs da de el es et eu fi fr gl hr hu hy id is it ka kk ky lt lv mk nb nl nn no pl pt ro ru sk sl sq sr
    sv tr uk uz vi
"""
_DECIMAL_COMMA = frozenset(_WITH_COMMA.split())
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT_SCALES = {"k": 1e3, "mn": 1e6, "mln": 1e6, "bn": 1e9, "tn": 1e12}
_ORDINALS = ("st", "nd", "rd", "th")
_VAGUE = {
    "dozens": (24, 99),
    "scores": (40, 99),
    "tens of thousands": (20_000, 99_999),
    "hundreds of thousands": (200_000, 999_999),
    "tens of millions": (2e7, 99_999_999),
    "hundreds": (200, 999),
    "thousands": (2000, 9999),
    "millions": (2e6, 999_999_999),
}
_LOOSE = {
    "at_least": "at least|no (?:fewer|less) than|not (?:fewer|less) than|more than|over|above|upwards of|exceed|"
    "exceeds|exceeded|exceeding|mindestens|mehr als|über|au moins|plus de|al menos|más de|almeno|più di|"
    "أكثر من|ما لا يقل عن|не менее|более",
    "at_most": "at most|no more than|not more than|up to|as many as|(?:fewer|less) than|under|below|höchstens|bis zu|"
    "weniger als|au plus|jusqu['’]à|moins de|hasta|menos de|al massimo|meno di|nicht mehr als|pas plus de|"
    "no más de|non più di|أقل من|ما لا يزيد على|не более|менее",
    "approx": "about|around|some|roughly|approximately|nearly|almost|close to|circa|an estimated|estimated|etwa|rund|"
    "ungefähr|knapp|fast|environ|près de|quelque|unos|unas|cerca de|casi|circa|quasi|نحو|حوالي|زهاء|около|примерно|~",
}
_NEGATED = r"(?<!\bno)(?<!\bnot)(?<!\bnon)(?<!\bpas)(?<!\bnicht)(?<!\bне)"
_BEFORE = {
    name: re.compile(rf"(?:^|{_NEGATED}[\s(“\"])(?P<said>{words})\s*(?:[$€£]\s?)?$") for name, words in _LOOSE.items()
}
_STRICT = re.compile(
    r"(?:more|fewer|less|over|above|under|below|exceed|mehr|weniger|über|plus|moins|más|menos|più|meno|أكثر|أقل|более|менее)"
)
_HAIR = 1e-6  # of a number that is left out itself
_AFTER = {
    "at_least": re.compile(r"\s*(?:or more|and more|at (?:the )?least|\+)"),
    "at_most": re.compile(r"\s*(?:or (?:fewer|less)|at (?:the )?most)"),
    "approx": re.compile(r"\s*(?:or so)\b"),
}
_NUMBER = r"(?>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d{1,18}(?:[.,٫٬'’]\d{1,18})*)"
_TO = r"\s?[-–—‥]\s?|\s+(?:to|or|bis|à|إلى|до)\s+|\s+and\s+"
_FOUND = re.compile(
    rf"(?<![\w.,٫٬:/-])(?<!\d['’])(?P<money>(?:US)?[$€£]\s?)?(?P<low>{_NUMBER})(?:(?P<to>{_TO})(?P<high>{_NUMBER}))?"
    r"(?P<glued>%|[^\W\d_]{1,3}(?!\w))?(?![\w:])(?!/\d|-[^\W\d_]|\s?[ap]\.?m\b)"
)
_SCALED = re.compile(
    rf"(?<![\w.,٫٬-])(?<!\d['’])({_NUMBER})[\s-]?(?:({'|'.join(_SCALES)})s?|({'|'.join(_SHORT_SCALES)})|(1(?:000)+))\b"
)
_WHOLE_WORDS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bhalf a (hundred|thousand|million|billion)\b", r"0.5 \1"),
        (r"\bhalf a dozen\b", "6"),
        (r"\ba dozen\b", "12"),
        (r"\ba couple(?: of)?\b", "2"),
        (r"\ba (?=(?:hundred|thousand|million|billion|trillion)\b)", "one "),
        (r"\b(?:several|a few) (dozen|hundred|thousand|million)s?\b", r"\1s"),
    )
)
_NO = re.compile(r"\bno(?= ([^\W\d_]+)(?!['’-]?\w))", re.IGNORECASE)
_NOBODY = re.compile(
    r"\b(?:nobody|no[ -]one)"
    r"(?= (?:(?:was|is|(?:has|had) been) )?(?:killed|hurt|injured|wounded|dead|died|missing)\b)",
    re.IGNORECASE,
)
_MANY = re.compile(rf"\b({'|'.join(sorted(_VAGUE, key=len, reverse=True))})\b")
_COUNTED = re.compile(r"\s*(?:of\s+)?(?:(?:the|its|their|his|her|our)\s+)?((?:[^\W\d_]+(?:['’-][^\W\d_]+)*\s*){1,4})")
_NEAR = 60  # characters before and after a number in which its words stand
_RATE = re.compile(r"\s*\b(?:per|an?|each|every)\s+(?:hour|day|week|month|year)\b|\s?/\s?[^\W\d_]+")
_NAME = re.compile(r"\b(?!\d)[^\W_a-z]\w+\s$")  # a capitalised word right before: Pier 6
_NO_NOUN = """
    a after again against an and are as at be because been before but by can could did do does during for from had has
    have he her his if in into is it may might no not of on only or said say says shall she should since so than that
    the their them then there they this to under until was we were what when where which while who will with within
    would yet
"""
_UNCOUNTED = frozenset(_NO_NOUN.split())


@dataclass(frozen=True, slots=True)
class Quantity:
    """The numbers that are meant: from ``low`` to ``high``, which may be infinite; ``unit`` as the text calls it."""

    low: float
    high: float
    unit: str = ""
    precision: str = "exact"
    text: str = field(default="", compare=False)  # as the article has it, where that is known
    strict: bool = False  # the number that is said is not meant itself: more than 10

    @property
    def counted(self) -> Unit:
        """What it counts or measures."""
        return unit(self.unit)

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where it reaches, for comparison: a hair less than it says where it is strict."""
        hair = _HAIR * max(1.0, abs(self.said)) if self.strict else 0.0
        if self.precision == "at_most":
            return min(self.low, self.high - hair), self.high - hair
        return (self.low + hair if self.precision == "at_least" else self.low), self.high

    @property
    def said(self) -> float:
        """The one number that is said, such as 40 in "up to 40"; of a range its middle."""
        return {"at_least": self.low, "at_most": self.high}.get(self.precision, (self.low + self.high) / 2)

    def __str__(self) -> str:
        if self.text:
            return self.text
        ends = (self.low, self.high) if self.precision == "range" else (self.said,)
        number = " to ".join(f"{end:,.15g}" for end in ends)
        words = {"at_least": ("at least", "more than"), "at_most": ("at most", "fewer than"), "approx": ("about", "")}
        word = words.get(self.precision, ("", ""))[self.strict]
        return " ".join(part for part in (word, number, self.unit) if part)


def quantities(text: str, language: str = "", *, lone_one: bool = False) -> tuple[Quantity, ...]:
    """All numbers in a text, in its order. ``lone_one``: also the word "one", which is mostly no number.

    Clock times, ordinals, ages ("30-year-old"), bare years and numbers in names ("Pier 6", "T-72") are left out.
    """
    if not text or not _may_count(text, language):
        return ()
    plain = _digits(text, language or "en")
    found = []
    for match in _FOUND.finditer(plain):
        for one in _read(plain, match, language):
            is_word = one.low == one.high == 1 and "1" not in text
            if lone_one or not is_word:
                found.append(one)
    return tuple(found)


def answered(attributes: Mapping[str, str], text: str = "") -> Quantity | None:
    """The number that an annotator read: answers ``number`` ("30", "40/50"), ``unit`` and ``precision``."""
    try:
        low, *rest = (float(part) for part in attributes.get("number", "").split("/"))
    except ValueError:
        return None
    ends = sorted((low, *rest))
    if len(ends) > 2 or not all(map(math.isfinite, ends)):
        return None
    precision = attributes.get("precision", "exact") if len(ends) == 1 else "range"
    return _spread(ends[0], ends[-1], attributes.get("unit", ""), precision, text, _is_strict(text))


def _spread(low: float, high: float, words: str, precision: str, text: str = "", strict: bool = False) -> Quantity:
    """The interval that a precision makes of a number."""
    ends = {"at_least": (low, math.inf), "at_most": (min(0.0, high), high)}.get(precision, (low, high))
    if precision == "approx" and low == high:
        reach = max(abs(low) * TOLERANCE, 0.0 if unit(words).is_measure else 1.0)
        ends = (low - reach, low + reach)
    known = precision if precision in (*_LOOSE, "range") else "exact"
    return Quantity(*ends, words, known, " ".join(text.split()), strict and known in ("at_least", "at_most"))


def _is_strict(said: str) -> bool:
    """Whether words such as "more than" leave out the number that they stand before."""
    return bool(_STRICT.match(said.strip().casefold()))


def _may_count(text: str, language: str) -> bool:
    return (language or "en") in _SPELT or any(char.isdecimal() for char in text)


def _digits(text: str, language: str) -> str:
    """The text with digits for number words: only for reading, its offsets are others."""
    text = with_percent(text)
    if language in _SPELT:
        from text_to_num import alpha2digit  # type: ignore[import-untyped, unused-ignore]

        for pattern, replacement in _WHOLE_WORDS if language == "en" else ():
            text = pattern.sub(replacement, text)
        if language == "en":
            text = _NOBODY.sub("0 people", text)
            text = _NO.sub(lambda match: "0" if are_persons(match[1]) else match[0], text)
            text = _MANY.sub(lambda match: "{:.0f}‥{:.0f}".format(*_VAGUE[match[1]]), text)
            text = _SCALED.sub(lambda match: _scaled(match, language), text)
        text = alpha2digit(text, language, threshold=0)
    return _SCALED.sub(lambda match: _scaled(match, language), text)


def _scaled(match: re.Match[str], language: str) -> str:
    number, word, short, digits = match.groups()
    value = _number(number, language)
    if value is None:
        return match[0]
    return f"{value * (_SCALES.get(word) or _SHORT_SCALES.get(short) or float(digits)):.0f}"


def _read(text: str, match: re.Match[str], language: str) -> Iterator[Quantity]:
    """One number with its words, or a range, or two numbers that stand beside each other."""
    before, after = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() : match.end() + _NEAR]
    low, glued = _number(match["low"], language), match["glued"] or ""
    high = _number(match["high"], language) if match["high"] else None
    if low is None or glued in _ORDINALS:
        return
    if match["money"] and glued in ("m", "b"):
        low, glued = low * {"m": 1e6, "b": 1e9}[glued], ""
    rate = _RATE.match(after) if glued else None
    words = (match["money"] or glued + (rate[0] if rate else "")).strip() or _counted(after)
    if high is None:
        yield from _single(low, words, before, after, is_bare=match["low"].isdecimal())
    elif _is_range(before, match["to"], low, high):
        yield Quantity(low, high, words, "range")
    else:
        yield from _single(low, "", before, "", is_bare=match["low"].isdecimal())
        yield from _single(high, words, "", after, is_bare=match["high"].isdecimal())


def _single(number: float, words: str, before: str, after: str, *, is_bare: bool) -> Iterator[Quantity]:
    precision, strict = _precision(before.casefold(), after.casefold())
    is_name = bool(_NAME.search(before)) and not (words.endswith("s") or is_known(words))
    is_year = is_bare and not words and 1900 <= number < 2200
    if precision != "exact" or not (is_name or is_year):
        yield _spread(number, number, words, precision, strict=strict)


def _is_range(before: str, between: str, low: float, high: float) -> bool:
    """Whether two numbers are the ends of one, unlike in "rose from 14 to 17" and "14 and 17"."""
    opened = before.casefold().rstrip().rsplit(None, 1)[-1:] if before.strip() else []
    if low >= high:
        return False
    return opened == ["between"] if between.strip() == "and" else opened != ["from"]


def _precision(before: str, after: str) -> tuple[str, bool]:
    """How exact a number is, and whether it is left out itself."""
    for name in _LOOSE:
        if said := _BEFORE[name].search(before):
            return name, _is_strict(said["said"])
        if _AFTER[name].match(after):
            return name, False
    return "exact", False


def _counted(after: str) -> str:
    """The noun that follows, with its rate: the first word that is known, else the last plural, else the first."""
    for pattern in _AFTER.values():
        after = pattern.sub("", after, count=1) if pattern.match(after) else after
    match = _COUNTED.match(after)
    words = list(itertools.takewhile(lambda word: word.casefold() not in _UNCOUNTED, match[1].split() if match else ()))
    known = [index for index, word in enumerate(words) if is_known(word)]
    plural = [index for index, word in enumerate(words[:2]) if word.endswith("s")]
    last = known[0] if known else plural[-1] if plural else 0
    noun = " ".join(words[: last + 1])
    if match is None or not noun or (not known and not plural and noun[0].isupper()):
        return ""
    rate = _RATE.match(after, after.index(words[last], match.start(1)) + len(words[last]))
    return noun + (rate[0] if rate else "")


def _number(written: str, language: str) -> float | None:
    """What digits with separators are in this language: ``1.800`` is 1800 in German and 1.8 in English."""
    plain = "".join(str(int(char)) if char.isdecimal() else char for char in written if not char.isspace())
    plain = re.sub("['’٬]", "", plain).replace("٫", "DECIMAL")
    thousands, decimal = (".", ",") if language in _DECIMAL_COMMA else (",", ".")
    for mark in (thousands, decimal):
        head, *groups = plain.split("DECIMAL")[0].split(mark)
        is_grouped = 1 <= len(head) <= 3 and all(len(group.split(decimal)[0]) == 3 for group in groups)
        if groups and is_grouped and (mark == thousands or len(groups) > 1):
            plain = plain.replace(mark, "")
    plain = plain.replace(",", ".").replace("DECIMAL", ".")
    try:
        return float(plain)
    except ValueError:
        return None
