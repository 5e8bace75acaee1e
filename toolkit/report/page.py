"""The report as one HTML page that needs nothing from anywhere: no script, no font, no picture but its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.report.build import Report
from toolkit.report.charts import figure
from toolkit.report.figures import INDEPENDENT, confused, overall, with_others
from toolkit.report.pictures import (
    agreement_pictures,
    comparison_pictures,
    label_pictures,
    progress_pictures,
    settlement_pictures,
)

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_OPENED = 3  # articles whose text is shown without asking
_MOST_CONFUSED = 10
_FEW_STORIES = 20  # below which the intervals are known to be too narrow


def render(report: Report, names: Mapping[str, str] | None = None) -> str:
    """The page.

    Args:
        report: what it shows.
        names: annotators' names by pseudonym; the page then says that it is not for sharing.
    """
    known = dict(names or {})

    def who(annotator: str) -> str:
        return known.get(annotator, annotator)

    environment = _environment()
    environment.filters |= {"who": who, "figure": figure, "day": _day, "counted": _counted}
    page = environment.get_template("page.html.jinja").render(**_shown(report, who), named=names is not None)
    return page.strip() + "\n"


def _shown(report: Report, who: Callable[[str], str]) -> dict[str, Any]:
    from markupsafe import Markup

    agreement = report.agreement
    layers = [layer for layer in report.layers if overall(agreement, layer)]
    compared = layers[0] if layers else None
    return {
        "report": report,
        "style": Markup((_HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - ours
        "pictures": {
            "progress": list(progress_pictures(report)),
            "labels": list(label_pictures(report)),
            "agreement": [picture for layer in layers for picture in agreement_pictures(report, layer)],
            "comparison": list(comparison_pictures(report, who)),
            "settlement": list(settlement_pictures(report)),
        },
        "never": [one.label for one in report.labels if not one.annotations],
        "figures": {layer: overall(agreement, layer) for layer in layers},
        "independent": next((one for one in agreement.measures if one.name == INDEPENDENT and not one.label), None),
        "few_stories": agreement.stories < _FEW_STORIES,
        "compared": compared,
        "with_others": with_others(agreement, compared) if compared else {},
        "confused": Counter(confused(agreement)[1]).most_common(_MOST_CONFUSED),
        "outcomes": _OUTCOMES,
        "colours": _colours(report),
        "opened": _OPENED,
    }


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _colours(report: Report) -> dict[str, str]:
    """The colour of each label, of several labels that of the first, and of claims and cues."""
    ontology = report.ontology
    colours = {name: span.colour for name, span in ontology.spans.items()}
    if ontology.claims:
        colours |= {"claim": ontology.claims.content.colour, "cue": ontology.claims.cue.colour}
    pieces = (
        piece
        for article in report.disagreements.articles
        for passage in article.passages
        for version in passage.versions
        for piece in version.pieces
    )
    return colours | {piece.label: colours[piece.label.split("+")[0]] for piece in pieces if piece.label}


def _day(moment: str) -> str:
    """The day of an ISO moment, for people; as it stands where it is none."""
    try:
        day = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{day.day} {day:%B %Y}"


def _counted(number: int, one: str, several: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


_OUTCOMES: Mapping[str, str] = {
    "agreed": "same ends, direction, type and modality",
    "modality": "another modality, for example attributed and asserted",
    "direction": "the same type the other way round",
    "type": "another type",
    "missing": "both marked the two ends, one of them no relation",
    "end-missing": "one of them did not mark an end of it",
}
