"""The numbers and dates of claims, normalised, and compared between two claims.

What annotators answered counts; a marked value without an answer is read from its text. Where a claim has no number or
no date that is marked, those are read from the claim itself.

==============  ====================================================================================================
``equal``       the same: 30 and thirty, 60 cm and 0.6 m
``compatible``  both can be true: 30 and about thirty, at least 16 and 17, a day and the month it is in
``different``   both cannot: 30 and 27, 10 and fewer than 10
==============  ====================================================================================================
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple, TypeVar

from toolkit.articles.model import Article
from toolkit.links import periods
from toolkit.links import quantities as numbers
from toolkit.links.model import ClaimValue, LinkedClaim
from toolkit.links.periods import Period
from toolkit.links.quantities import Quantity
from toolkit.links.units import comparable

T = TypeVar("T", float, date)


class Verdict(enum.StrEnum):
    """How two values bear on each other; the best first."""

    EQUAL = "equal"
    COMPATIBLE = "compatible"
    DIFFERENT = "different"


_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values of one kind, one of each claim, for people as the articles have them.

    ``nearness`` is how near the numbers are that are said, whatever is meant by them: the smaller one's share of the
    larger; of dates 1 where they share a day, else 0.
    """

    kind: Literal["quantity", "period"]
    left: str
    right: str
    verdict: Verdict
    nearness: float = 1.0

    def __str__(self) -> str:
        return f"{self.left} · {self.right}: {self.verdict}"


class _Match(NamedTuple):
    """Two values that can be compared; the lower ``order``, the better they go together."""

    order: tuple[float, ...]
    left: Quantity | Period
    right: Quantity | Period
    told: Comparison


@dataclass(frozen=True, slots=True)
class Values:
    """What a claim says in numbers and in dates."""

    quantities: tuple[Quantity, ...] = ()
    periods: tuple[Period, ...] = ()


def values(claim: LinkedClaim, article: Article) -> Values:
    """The numbers and dates of a claim. What cannot be read is left out: it compares with nothing."""
    base = periods.published(article.published)
    marked = [found for value in claim.values if (found := _marked(value, article.language, base))]
    counted = tuple(dict.fromkeys(value for value in marked if isinstance(value, Quantity)))
    dated = tuple(dict.fromkeys(value for value in marked if isinstance(value, Period)))
    if not (counted and dated):
        read, rest = periods.read(claim.text, base, article.language)
        dated = dated or tuple(dict.fromkeys(read))
        counted = counted or tuple(dict.fromkeys(numbers.quantities(rest, article.language)))
    return Values(counted, dated)


def compare(
    left: LinkedClaim, right: LinkedClaim, left_article: Article, right_article: Article
) -> tuple[Comparison, ...]:
    """The values of two claims that are about one kind of thing, each with its best match; numbers, then dates."""
    return compared(values(left, left_article), values(right, right_article))


def compared(left: Values, right: Values) -> tuple[Comparison, ...]:
    """As ``compare``, of what was read already."""
    counted = [_counts(one, other) for one in left.quantities for other in right.quantities]
    dated = [_dates(one, other) for one in left.periods for other in right.periods]
    return (*_best([match for match in counted if match]), *_best(dated))


def _marked(value: ClaimValue, language: str, base: date | None) -> Quantity | Period | None:
    answer = periods.answered(value.attributes, value.text) or numbers.answered(value.attributes, value.text)
    if answer:
        return answer
    if day := periods.of_expression(value.text, base, language):
        return day
    found = numbers.quantities(value.text, language, lone_one=True)
    return replace(found[0], text=value.text) if found else None


def _counts(one: Quantity, other: Quantity) -> _Match | None:
    """Two numbers, unless they are about different kinds of things."""
    a, b = one.counted, other.counted
    if not comparable(a, b):
        return None
    ends, others = ([end * unit.factor for end in q.ends] for q, unit in ((one, a), (other, b)))
    how = _verdict(ends, others, one.precision == other.precision)
    smaller, larger = sorted((abs(one.said * a.factor), abs(other.said * b.factor)))
    near = 1.0 if _close(smaller, larger) else smaller / larger
    other_words = (a.kind != b.kind, one.unit.casefold() != other.unit.casefold())
    told = Comparison("quantity", str(one), str(other), how, near)
    return _Match((_RANK[how], *other_words, -near), one, other, told)


def _dates(one: Period, other: Period) -> _Match:
    how = _verdict((one.first, one.last), (other.first, other.last), True)
    apart = abs((one.first - other.first).days) + abs((one.last - other.last).days)
    told = Comparison("period", str(one), str(other), how, float(how is not Verdict.DIFFERENT))
    return _Match((_RANK[how], apart), one, other, told)


def _best(matches: Sequence[_Match]) -> list[Comparison]:
    """Each value with at most one of the other claim: the best match first, whichever claim is the left one."""
    if len(matches) < 2:  # mostly, and there are many pairs
        return [match.told for match in matches]
    taken: set[tuple[str, Quantity | Period]] = set()
    found = []
    for match in sorted(matches, key=lambda match: (match.order, sorted((match.told.left, match.told.right)))):
        if taken.isdisjoint(ends := {("left", match.left), ("right", match.right)}):
            taken |= ends
            found.append(match.told)
    return found


def _verdict(left: Sequence[T], right: Sequence[T], is_alike: bool) -> Verdict:
    """Of two intervals: the same, sharing something, or apart."""
    if is_alike and all(map(_close, left, right)):
        return Verdict.EQUAL
    (lower, upper), (other_lower, other_upper) = left, right
    is_apart = (upper < other_lower and not _close(upper, other_lower)) or (
        other_upper < lower and not _close(other_upper, lower)
    )
    return Verdict.DIFFERENT if is_apart else Verdict.COMPATIBLE


def _close(one: T, other: T) -> bool:
    """Whether two ends are one, but for what is lost where a unit is turned into another."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return one == other
