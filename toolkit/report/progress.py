"""How far the project is and how fast it goes, told by the files alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

from toolkit.annotations.model import Annotation, Origin
from toolkit.gold.resolve import Resolved

_MOST_PERIODS = 40  # that fit side by side on a phone
_FEW_YEARS = 10 * 366


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the articles stand, each counted once.

    ``awaiting`` are those that votes cannot settle: all of somebody's work was rejected, or two are marked as the
    truth.
    """

    untouched: int
    gold: int
    open: int
    awaiting: int
    skipped: int

    @property
    def articles(self) -> int:
        """All articles."""
        return self.untouched + self.annotated + self.skipped

    @property
    def annotated(self) -> int:
        """The articles that somebody labelled."""
        return self.gold + self.open + self.awaiting


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the work took. Label Studio counts the seconds that a task is open, which includes pauses.

    ``timed`` annotations have a time; ``minutes`` is their median, None where there are none.
    """

    timed: int
    hours: float
    minutes: float | None
    an_hour: float | None


@dataclass(frozen=True, slots=True)
class Person:
    """What one annotator did; ``items`` are mentions, cues, claims and relations. Days are ISO dates, in UTC."""

    annotator: str
    done: int
    skipped: int
    items: int
    pace: Pace
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week or month (by its first day), and the work that was saved in it."""

    start: str
    done: int
    skipped: int
    pace: Pace


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the project is.

    ``overlap`` says how many articles so many annotators labelled. ``periods`` are of one length, named ``unit``, and
    follow each other without gaps; work without a date is in none of them, and is ``undated``.
    """

    standing: Standing
    overlap: tuple[tuple[int, int], ...]
    people: tuple[Person, ...]
    pace: Pace
    unit: str
    periods: tuple[Period, ...]
    undated: int


def progress(articles: Iterable[str], works: Sequence[Annotation], resolved: Resolved) -> Progress:
    """Count what is done.

    Args:
        articles: the ids of all that are to be labelled; those that somebody labelled all the same count too.
        works: everybody's annotations.
        resolved: what has become of them.
    """
    everything = set(articles) | {work.article_id for work in works}
    labelled = Counter(work.article_id for work in works if not work.skipped)
    gold, open, skipped = len(resolved.gold), len(resolved.open), len(resolved.skipped)
    awaiting = len(resolved.awaiting) - open
    by_person: dict[str, list[Annotation]] = defaultdict(list)
    for work in works:
        by_person[work.annotator].append(work)
    unit, periods = _periods(works)
    return Progress(
        standing=Standing(len(everything) - gold - open - awaiting - skipped, gold, open, awaiting, skipped),
        overlap=tuple(sorted(Counter(labelled[article_id] for article_id in everything).items())),
        people=tuple(_person(name, own) for name, own in sorted(by_person.items())),
        pace=_pace(works),
        unit=unit,
        periods=periods,
        undated=sum(_day(work) is None for work in works),
    )


def _person(name: str, works: Sequence[Annotation]) -> Person:
    days = sorted(day.isoformat() for work in works if (day := _day(work)))
    return Person(
        annotator=name,
        done=sum(not work.skipped for work in works),
        skipped=sum(work.skipped for work in works),
        items=sum(len(work.relations) + _own_spans(work) for work in works if not work.skipped),
        pace=_pace(works),
        first=days[0] if days else "",
        last=days[-1] if days else "",
    )


def _own_spans(work: Annotation) -> int:
    return sum(item.origin is not Origin.CONTEXT for item in work.spans())


def _pace(works: Iterable[Annotation]) -> Pace:
    times = sorted(work.lead_time for work in works if not work.skipped and work.lead_time and work.lead_time > 0)
    hours = sum(times) / 3600
    return Pace(
        timed=len(times),
        hours=hours,
        minutes=median(times) / 60 if times else None,
        an_hour=len(times) / hours if times else None,
    )


def _day(work: Annotation) -> date | None:
    """The day on which it was saved, in UTC; None where that is not known."""
    try:
        saved = datetime.fromisoformat(work.updated_at)
    except ValueError:
        return None
    return (saved if saved.tzinfo else saved.replace(tzinfo=UTC)).astimezone(UTC).date()


def _periods(works: Iterable[Annotation]) -> tuple[str, tuple[Period, ...]]:
    by_day: dict[date, list[Annotation]] = defaultdict(list)
    for work in works:
        if day := _day(work):
            by_day[day].append(work)
    if not by_day:
        return "day", ()
    first, last = min(by_day), max(by_day)
    unit = _unit((last - first).days + 1)
    by_start: dict[date, list[Annotation]] = {start: [] for start in _starts(first, last, unit)}
    for day, own in by_day.items():
        by_start.setdefault(_start(day, unit), []).extend(own)
    return unit, tuple(
        Period(
            start=start.isoformat(),
            done=sum(not work.skipped for work in own),
            skipped=sum(work.skipped for work in own),
            pace=_pace(own),
        )
        for start, own in sorted(by_start.items())
    )


def _unit(days: int) -> str:
    if days <= _MOST_PERIODS:
        return "day"
    return "week" if days <= 7 * _MOST_PERIODS else "month"


def _starts(first: date, last: date, unit: str) -> Iterator[date]:
    """The first day of every period, those without work too, unless a clock that was wrong would make them endless."""
    if (last - first).days > _FEW_YEARS:
        return
    day = first
    while day <= last:
        if _start(day, unit) == day or day == first:
            yield _start(day, unit)
        day += timedelta(days=1)


def _start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day
