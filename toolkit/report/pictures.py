"""Which charts the report has, and what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from toolkit.gold.measures import Measure
from toolkit.gold.model import Resolution
from toolkit.project import Layer
from toolkit.report import charts
from toolkit.report.build import Report
from toolkit.report.figures import by_label, confused, first, link_figures, pair_maps
from toolkit.report.labels import LabelCount
from toolkit.report.progress import Period

if TYPE_CHECKING:
    from markupsafe import Markup

_MOST_OUTLETS = 5
_MOST_LABELS = 40
_WHO = "F1 of two annotators' entities, taken as sets of mentions; last, the share of equal Wikidata items."


class Picture(NamedTuple):
    """A chart with its title, and a sentence about it."""

    title: str
    svg: Markup
    note: str = ""


def progress_pictures(report: Report) -> Iterator[Picture]:
    """Where the articles stand, and the pace."""
    standing = report.progress.standing
    states = {
        "gold": standing.gold,
        "open": standing.open,
        "awaiting": standing.awaiting,
        "skipped": standing.skipped,
        "not begun": standing.untouched,
    }
    title = "Where the articles stand"
    yield Picture(title, charts.bars(title, list(states.items())))
    title = "Annotators per article"
    overlap = [(_people(people), articles) for people, articles in report.progress.overlap]
    yield Picture(title, charts.bars(title, overlap), "How many people labelled so many articles; skips do not count.")
    periods, unit = report.progress.periods, report.progress.unit
    if len(periods) > 1:
        title = f"Annotations saved per {unit}"
        yield Picture(title, charts.columns(title, [(_when(one, unit), one.done) for one in periods]))
    if len([one for one in periods if one.pace.timed]) > 1:
        title = f"Articles an hour, by {unit}"
        pace = [(_when(one, unit), one.pace.an_hour or 0) for one in periods]
        yield Picture(
            title, charts.columns(title, pace, digits=1), "Of one person at work; empty where none was saved."
        )


def label_pictures(report: Report) -> Iterator[Picture]:
    """How often each label was given, layer by layer, and in which outlets."""
    where = "in the gold" if any(one.gold for one in report.labels) else "in all annotations; there is no gold yet"
    for layer in report.layers:
        used = [one for one in report.labels if one.layer == layer and one.shown]
        if not used:
            continue
        # Answers stand in the order of their questions, labels by how often they were given.
        ordered = used if layer == "claims" else sorted(used, key=lambda one: (-one.shown, one.label))
        shown = ordered[:_MOST_LABELS]
        left = f" The {len(ordered) - len(shown)} rarest are left out." if len(ordered) > len(shown) else ""
        title = layer.capitalize()
        counts = [(one.label, one.shown) for one in shown]
        yield Picture(title, charts.bars(title, counts), f"Counted {where}.{left}")
        if len({outlet for one in shown for outlet in one.outlets}) > 1:
            title = f"{title} by outlet"
            note = "Counts; the darker, the larger the share of the outlet's own."
            yield Picture(title, _outlets(title, shown), note)


def _outlets(title: str, counts: Sequence[LabelCount]) -> Markup:
    totals: Counter[str] = Counter()
    for one in counts:
        totals.update(one.outlets)
    names = sorted(totals, key=lambda outlet: (-totals[outlet], outlet))
    # One more than fits would leave a single outlet to be "others".
    named = names if len(names) <= _MOST_OUTLETS + 1 else names[:_MOST_OUTLETS]
    others = f"{len(names) - len(named)} others"
    columns = [*named, others] if len(named) < len(names) else named

    def column(outlet: str) -> str:
        return outlet if outlet in named else others

    cells: Counter[tuple[str, str]] = Counter()
    sums: Counter[str] = Counter()
    for one in counts:
        for outlet, count in one.outlets.items():
            cells[one.label, column(outlet)] += count
            sums[column(outlet)] += count
    most = max(count / sums[outlet] for (_, outlet), count in cells.items())
    shaded = [(label, outlet, n / sums[outlet] / most, str(n)) for (label, outlet), n in sorted(cells.items())]
    return charts.heat(title, shaded, [one.label for one in counts], columns)


def agreement_pictures(report: Report, layer: Layer) -> Iterator[Picture]:
    """A layer's first figures, and each label's own."""
    for title, measures in (
        (f"{layer.capitalize()}: overall", first(report.agreement, layer)),
        (f"{layer.capitalize()}: by label", by_label(report.agreement, layer)),
    ):
        if measures:
            rows = [_interval(one) for one in measures[:_MOST_LABELS]]
            left = len(measures) - len(rows)
            note = f"{measures[0].name}." if measures[0].label else ""
            if any("given agreed" in one.name and not one.label for one in measures):
                note = f"“Given {'claims' if layer == 'claims' else 'spans'}”: of those that both have."
            if left:
                note += f" The {left} that agree best are left out."
            yield Picture(title, charts.intervals(title, rows), note)


def _interval(measure: Measure) -> tuple[str, float | None, float | None, float | None]:
    name = measure.label or measure.name.replace("Krippendorff α", "α").replace("given agreed", "given")
    return name, measure.estimate.value, measure.estimate.low, measure.estimate.high


def across_pictures(report: Report) -> Iterator[Picture]:
    """How far annotators agree on who is who, and on how claims bear on each other."""
    figures = link_figures(report.across.agreement)
    for title, layer, labelled, note in (
        ("Who is who", "entities", False, _WHO),
        ("Links between claims", "claims", False, "α and AC1 of the link that was chosen, with the way it leads."),
        ("Links between claims: by type", "claims", True, "F1."),
    ):
        shown = [one for one in figures if one.layer == layer and (one.name == "F1" if labelled else not one.label)]
        if shown:
            yield Picture(title, charts.intervals(title, [_interval(one) for one in shown]), note)


def comparison_pictures(report: Report, who: Callable[[str], str]) -> Iterator[Picture]:
    """Which labels are confused with which, and how far each two annotators agree."""
    labels, times, left_out = confused(report.agreement)
    if times:
        title = "Labels confused"
        most = max(times.values())
        both = [*times.items(), *(((other, one), count) for (one, other), count in times.items())]
        cells = [(one, other, count / most, str(count)) for (one, other), count in sorted(both)]
        note = "How often two annotators gave these two labels to the same words."
        note += f" {left_out} labels that are confused less are left out." if left_out else ""
        yield Picture(title, charts.heat(title, cells, labels, labels), note)
    for found in pair_maps(report.agreement):
        title = f"Annotators, {found.layer}"
        names = _told_apart({one: who(one) for one in found.annotators})
        squares = [
            (names[a], names[b], value or 0.0, "–" if value is None else f"{100 * value:.0f}")
            for pair, value in sorted(found.values.items())
            for a, b in (pair, pair[::-1])
        ]
        note = f"{found.measure}, in hundredths."
        if found.left_out:
            note += f" Those with the most articles in common; {found.left_out} annotators are left out."
        yield Picture(title, charts.heat(title, squares, list(names.values()), list(names.values())), note)


def settlement_pictures(report: Report) -> Iterator[Picture]:
    """How items were settled, and what is left."""
    settled = report.settlement
    if settled.items:
        title = "How items were settled"
        parts = [how for how in Resolution if any(one is how for _, one, _ in settled.items)]
        counts = [(f"{kind}s", how.value, count) for kind, how, count in settled.items]
        yield Picture(title, charts.shares(title, counts, {how.value: _HUES[how] for how in parts}))
        title = "Support"
        rows = [(f"{support} of {voters}", items) for support, voters, items in settled.support]
        yield Picture(title, charts.bars(title, rows), "Items, by how many of those asked said exactly this.")
    if settled.left:
        title = "What is open"
        left = [(f"{kind}: {reason}", count) for kind, reason, count in settled.left]
        yield Picture(title, charts.bars(title, left), "Items that are left for a person, by what they differ in.")


_HUES: Mapping[Resolution, str] = dict(zip(Resolution, charts.HUES, strict=True))


def _people(count: int) -> str:
    return "nobody" if count == 0 else "1 person" if count == 1 else f"{count} people"


def _when(period: Period, unit: str) -> str:
    day = date.fromisoformat(period.start)
    return f"{day:%b %Y}" if unit == "month" else f"{day.day} {day:%b}"


def _told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Short names for annotators: of an address what stands before the @, or all of it where two would be the same."""
    short = {one: name.split("@")[0] for one, name in names.items()}
    often = Counter(short.values())
    return {one: short[one] if often[short[one]] == 1 else name for one, name in names.items()}
