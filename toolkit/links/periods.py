"""Dates of a text as periods of whole days: ISO, "3 May 2031", "last October", weekdays, "two days ago".

What a date is counted from is the article's own day; without one only dates that name their year are read. Months and
weekdays in other languages than English are read by dateparser, in short expressions of a known shape: on whole
sentences it is slow, and guesses.
"""

from __future__ import annotations

import calendar
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

_MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name: number for number, name in enumerate(calendar.month_abbr) if name} | {"Sept": 9}
_WEEKDAYS = {name: number for number, name in enumerate(calendar.day_name)}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20|21)\d\d"
_FOUND = re.compile(
    rf"""\b(?:
      (?P<iso>{_YEAR}-\d\d(?:-\d\d)?)\b
    | (?:(?P<from>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?[-–]\s?|\s+(?:to|and)\s+))?
      (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?(?:,?\s+(?P<year>{_YEAR}))?
    | (?P<month2>{_MONTH})\b\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s+(?P<year2>{_YEAR}))?
    | (?P<month3>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<year3>{_YEAR})
    | (?P<way>[Ll]ast|[Nn]ext|[Tt]his|[Cc]oming|[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Oo]f|[Ii]n\s+early|[Ii]n\s+late)\s+
      (?P<month4>{_MONTH})\b
    | (?:(?P<way2>[Ll]ast|[Nn]ext|[Cc]oming)\s+)?(?P<weekday>{"|".join(_WEEKDAYS)})\b
    | (?P<near>[Yy]esterday|[Tt]oday|[Tt]onight|[Tt]omorrow|[Ll]ast\ night)\b
    | (?P<way3>[Ll]ast|[Nn]ext|[Tt]his)\s+(?P<unit>week|month|year)\b
    | (?P<count>\d{{1,3}}|an?|two|three|four|five|six|seven|eight|nine|ten)\s+(?P<unit2>day|week|month|year)s?\s+ago\b
    | (?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Oo]f|[Ff]rom|[Bb]efore|[Aa]fter|[Dd]uring)\s+(?P<year4>{_YEAR})\b
    )""",
    re.VERBOSE,
)
_FOREIGN = re.compile(r"(?<!\w)(?:\d{4}-\d\d-\d\d|\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,}(?:\s+(?:de\s+)?\d{4})?)(?!\w)")
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d)?)?)?")
_NEAR = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "last night": -1}
_NUMBERS = ("", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DAYS = {"day": 1, "week": 7}
_LONGEST = 6  # words of a date


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, ``first`` and ``last`` among them; one day where both are the same."""

    first: date
    last: date
    text: str = field(default="", compare=False)  # as the article has it, where that is known

    def __str__(self) -> str:
        return self.text or "/".join(dict.fromkeys((self.first.isoformat(), self.last.isoformat())))


def published(moment: str) -> date | None:
    """The day on which an article was published; None where it is not known to the day."""
    try:
        return date.fromisoformat(moment[:10])
    except ValueError:
        return None


def answered(attributes: Mapping[str, str], text: str = "") -> Period | None:
    """The date that an annotator read: the answer ``iso`` (2031, 2031-05, 2031-05-03T12:00, or two with a slash)."""
    parts = [_iso(part) for part in attributes.get("iso", "").split("/")]
    if len(parts) > 2 or not all(parts):
        return None
    found = [part for part in parts if part]
    first, last = min(part.first for part in found), max(part.last for part in found)
    return Period(first, last, " ".join(text.split()))


def read(text: str, base: date | None, language: str = "") -> tuple[tuple[Period, ...], str]:
    """All dates in a text, in its order, and the text with blanks where they stood."""
    is_english = language in ("", "en")
    pattern, found, rest = _FOUND if is_english else _FOREIGN, [], text
    for match in pattern.finditer(text):
        try:
            period = _english(match, base) if is_english else _foreign(match[0], base, language)
        except (ValueError, OverflowError):  # 31 June, or a year that no calendar has
            period = None
        if period:
            found.append(Period(period.first, period.last, " ".join(match[0].split())))
        if period or is_english:
            rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
    return tuple(found), rest


def of_expression(text: str, base: date | None, language: str = "") -> Period | None:
    """The date of a text that is nothing but one, such as a marked "Sunday morning"."""
    periods, _ = read(text, base, language)
    if not periods and language not in ("", "en") and len(text.split()) <= _LONGEST:
        period = _foreign(text, base, language)
        periods = (period,) if period else ()
    if not periods and re.fullmatch(_YEAR, text.strip()):
        periods = (_month(int(text), None),)
    return Period(periods[0].first, periods[-1].last, " ".join(text.split())) if len(periods) == 1 else None


def _english(match: re.Match[str], base: date | None) -> Period | None:
    part = {name: value for name, value in match.groupdict().items() if value is not None}
    if "iso" in part:
        return _iso(part["iso"])
    if year := part.get("year3") or part.get("year4"):
        return _month(int(year), _MONTHS[part["month3"]] if "month3" in part else None)
    if day := part.get("day") or part.get("day2"):
        month, said = _MONTHS[part.get("month") or part["month2"]], part.get("year") or part.get("year2")
        last = _day(int(day), month, int(said) if said else None, base)
        first = _day(int(part["from"]), month, last.last.year, base) if last and "from" in part else last
        return Period(first.first, last.last) if first and last and first.first <= last.last else last
    return _relative(part, base) if base else None


def _relative(part: Mapping[str, str], base: date) -> Period:
    way = (part.get("way") or part.get("way2") or part.get("way3") or "").casefold()
    if "month4" in part:
        month = _MONTHS[part["month4"]]
        years = {"last": -(month >= base.month), "next": int(month <= base.month)}
        year = base.year + years[way] if way in years else _nearest_year(1, month, base)
        return _month(year, month)
    if "weekday" in part:
        back = (base.weekday() - _WEEKDAYS[part["weekday"]]) % 7  # 0: the article's own day
        ahead = way in ("next", "coming")
        return _one(base + timedelta(7 - back) if ahead else base - timedelta(back or (7 if way == "last" else 0)))
    if "near" in part:
        return _one(base + timedelta(_NEAR[part["near"].casefold()]))
    if "unit2" in part:
        count = (
            int(part["count"]) if part["count"].isdecimal() else max(1, _NUMBERS.index(part["count"][:5].rstrip("n")))
        )
        return (
            _one(base - timedelta(count * _DAYS[part["unit2"]])) if part["unit2"] in _DAYS else _ago(part, count, base)
        )
    step = {"last": -1, "next": 1}.get(way, 0)
    if part["unit"] == "week":
        monday = base - timedelta(base.weekday() - 7 * step)
        return Period(monday, monday + timedelta(6))
    return _ago({"unit2": part["unit"]}, -step, base)


def _ago(part: Mapping[str, str], count: int, base: date) -> Period:
    """The whole month or year so many before."""
    if part["unit2"] == "year":
        return _month(base.year - count, None)
    months = base.year * 12 + base.month - 1 - count
    return _month(months // 12, months % 12 + 1)


def _iso(text: str) -> Period | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        return _one(date(year or 0, month or 1, day)) if day else _month(year or 0, month)
    except ValueError:
        return None


def _one(day: date) -> Period:
    return Period(day, day)


def _month(year: int, month: int | None) -> Period:
    """A month, or the whole year."""
    if month is None:
        return Period(date(year, 1, 1), date(year, 12, 31))
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _day(day: int, month: int, year: int | None, base: date | None) -> Period | None:
    if year is None and base is None:
        return None
    return _one(date(year or _nearest_year(day, month, base or date.min), month, day))


def _nearest_year(day: int, month: int, base: date) -> int:
    """The year in which this day is nearest to the article's: news speak of what is near."""
    days = min(day, 28)
    return min((base.year - 1, base.year, base.year + 1), key=lambda year: abs(date(year, month, days) - base))


@lru_cache(maxsize=1 << 12)
def _foreign(expression: str, base: date | None, language: str) -> Period | None:
    if _ISO.match(expression):
        return _iso(expression)
    names_year = re.search(r"\d{4}", expression)
    if base is None and not names_year:
        return None
    with warnings.catch_warnings():  # of the standard library, about dates without a year
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            found = _parser(language, base or date(2000, 1, 1)).get_date_data(expression)
        except (ValueError, OverflowError):  # a language that dateparser does not know, a day that there is not
            return None
    if found.date_obj is None:
        return None
    day = found.date_obj.date()
    if found.period in ("month", "year"):
        return _month(day.year, day.month if found.period == "month" else None)
    if base and not names_year and re.search(r"\d", expression):
        return _day(day.day, day.month, None, base)
    if base and day == base - timedelta(7) and len(expression.split()) == 1:
        day = base  # a weekday: dateparser takes the last one, where news mean the article's own day
    return _one(day) if found.period in ("day", "time") else None


@lru_cache(maxsize=64)
def _parser(language: str, base: date) -> Any:
    from dateparser.date import DateDataParser  # type: ignore[import-untyped, unused-ignore]

    anchor = datetime.combine(base, datetime.min.time())
    return DateDataParser(languages=[language], settings={"PREFER_DATES_FROM": "past", "RELATIVE_BASE": anchor})
