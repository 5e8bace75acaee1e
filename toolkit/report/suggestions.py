"""What suggestions did, in words and figures for the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from toolkit.gold.agreement.bootstrap import Estimate
from toolkit.report.charts import figure

if TYPE_CHECKING:
    from toolkit.suggest.contrast import Contrast
    from toolkit.suggest.use import SuggestionUse, Use

FEW_STORIES = 20
"""Below this many, intervals are known to be too narrow."""

_NOTHING = "–"


class Row(NamedTuple):
    """One figure with suggestions, without, and the difference; each with its interval, where there is one."""

    name: str
    suggested: tuple[str, str]
    control: tuple[str, str]
    difference: tuple[str, str]
    counts: tuple[int, int]


def by_version(use: SuggestionUse) -> dict[str, list[Use]]:
    """What became of each version's suggestions: layer by layer, all of a layer before its labels."""
    found: defaultdict[str, list[Use]] = defaultdict(list)
    for one in use.uses:
        found[one.version].append(one)
    return dict(found)


def changes(use: SuggestionUse, version: str) -> dict[str, int]:
    """In how many items of a version what was changed."""
    times: defaultdict[str, int] = defaultdict(int)
    for one in use.uses:
        if one.version == version and not one.label:
            for change, count in one.changes.items():
                times[change.value] += count
    return dict(times)


def rows(use: SuggestionUse) -> list[Row]:
    """Time and agreement, as far as they are known of one side at least."""
    found = [
        _row("minutes an article (median)", use.seconds, 60, 1),
        _row("seconds per 1,000 characters (median)", use.seconds_per_1000, 1, 0),
        *(_row(f"{one.layer}: {one.measure}", one.contrast, 1, 2) for one in use.agreement),
    ]
    return [row for row in found if any(row.counts)]


def _row(name: str, contrast: Contrast, unit: float, digits: int) -> Row:
    sides = (contrast.suggested, contrast.control)
    suggested, control = (_told(one, lambda value: f"{value / unit:.{digits}f}") for one in sides)
    difference = _told(contrast.difference, lambda value: _signed(value / unit, digits))
    return Row(name, suggested, control, difference, contrast.counts)


def _told(estimate: Estimate, told: Callable[[float], str]) -> tuple[str, str]:
    """A value and its interval, in words; empty where there is none."""
    value, low, high = estimate.value, estimate.low, estimate.high
    interval = "" if low is None or high is None else f"{told(low)} to {told(high)}"
    return (_NOTHING if value is None else told(value)), interval


def _signed(value: float, digits: int) -> str:
    """A difference with its sign; what rounds to nothing has none."""
    shown = f"{abs(value):.{digits}f}"
    return shown if not float(shown) else f"{'+' if value > 0 else '−'}{shown}"


def remarks(use: SuggestionUse) -> Iterator[str]:
    """What has to be said so that nobody reads more out of the figures than is in them."""
    if not use.labelled.get("control"):
        yield "No control article is labelled yet, so it cannot be told what suggestions save."
    if use.ratio.value is not None:
        people = f"The {use.people} annotators" if use.people > 1 else "The one annotator"
        low, high = use.ratio.low, use.ratio.high
        interval = "" if low is None or high is None else f" ({figure(low)} to {figure(high)})"
        yield (
            f"{people} who worked with suggestions and without took {figure(use.ratio.value)} times as long with them"
            f"{interval}, for as many characters; who labelled how much of which plays no part in that."
        )
    elif use.labelled.get("control"):
        yield "Nobody's time is known with suggestions and without, so differences in time may be between people."
    sides = [side.clusters for side in (use.seconds.suggested, use.seconds.control)]
    sides += [side.clusters for one in use.agreement for side in (one.contrast.suggested, one.contrast.control)]
    if use.labelled.get("control") and any(0 < stories < FEW_STORIES for stories in sides):
        yield (
            f"Some figures are from fewer than {FEW_STORIES} stories, for which intervals are too narrow: take them as "
            "a lower limit of the doubt. A difference whose interval holds 0 may be chance."
        )


def warnings(use: SuggestionUse) -> list[str]:
    """The findings in words, each kind once, with the articles that it is about."""
    about: defaultdict[str, list[str]] = defaultdict(list)
    for one in use.findings:
        about[one.message].append(one.place.article_id)
    return [f"{message}: {', '.join(sorted({*ids}))}" if any(ids) else message for message, ids in about.items()]
