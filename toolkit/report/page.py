"""The report's pages as HTML that needs nothing from anywhere: no script, no font, no picture but its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.articles.model import Article
from toolkit.report import suggestions
from toolkit.report.build import Report
from toolkit.report.charts import figure
from toolkit.report.figures import INDEPENDENT, confused, link_figures, overall, with_others
from toolkit.report.pictures import (
    across_pictures,
    agreement_pictures,
    comparison_pictures,
    label_pictures,
    progress_pictures,
    settlement_pictures,
)
from toolkit.report.stories import StoryPage
from toolkit.report.topics import day

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

_HERE = Path(__file__).parent
_OPENED = 3  # articles whose text is shown without asking
_MOST_CONFUSED = 10


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
    environment.filters |= {"who": who, "figure": figure}
    page = environment.get_template("page.html.jinja").render(**_shown(report, who), named=names is not None)
    return page.strip() + "\n"


def render_story(page: StoryPage) -> str:
    """The page of one story; annotators are pseudonyms."""
    return _story_template().render(page=page, style=_style("page.css", "story.css"), symbols=_SYMBOLS).strip() + "\n"


def _shown(report: Report, who: Callable[[str], str]) -> dict[str, Any]:
    agreement = report.agreement
    layers = [layer for layer in report.layers if overall(agreement, layer)]
    compared = layers[0] if layers else None
    return {
        "report": report,
        "style": _style("page.css"),
        "pictures": {
            "progress": list(progress_pictures(report)),
            "labels": list(label_pictures(report)),
            "agreement": [picture for layer in layers for picture in agreement_pictures(report, layer)],
            "comparison": list(comparison_pictures(report, who)),
            "settlement": list(settlement_pictures(report)),
            "across": list(across_pictures(report)),
        },
        "never": [one.label for one in report.labels if not one.annotations],
        "figures": {layer: overall(agreement, layer) for layer in layers},
        "link_figures": link_figures(report.across.agreement),
        "independent": next((one for one in agreement.measures if one.name == INDEPENDENT and not one.label), None),
        "few_stories": agreement.stories < suggestions.FEW_STORIES,
        "compared": compared,
        "with_others": with_others(agreement, compared) if compared else {},
        "confused": Counter(confused(agreement)[1]).most_common(_MOST_CONFUSED),
        "outcomes": _OUTCOMES,
        "suggestions": suggestions,
        "colours": _colours(report),
        "opened": _OPENED,
    }


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"day": _day, "counted": _counted}
    return environment


@cache
def _story_template() -> Template:
    environment = _environment()
    environment.filters |= {"weekday": _weekday, "out_on": _out_on, "quotes": _quotes}
    return environment.get_template("story.html.jinja")


@cache
def _style(*sheets: str) -> Markup:
    from markupsafe import Markup

    return Markup("".join((_HERE / sheet).read_text(encoding="utf-8") for sheet in sheets))  # noqa: S704 - ours


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
        found = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{found.day} {found:%B %Y}"


def _weekday(day: str) -> str:
    """The weekday of an ISO day; empty of a month, of a year, and of what is none."""
    try:
        return f"{date.fromisoformat(day):%A}"
    except ValueError:
        return ""


def _out_on(article: Article) -> str:
    return _day(day(article)) or "no date"


def _quotes(message: str) -> list[tuple[str, bool]]:
    """A message cut before and after what it quotes, each piece with whether it is quoted."""
    return [(piece, piece.startswith("“")) for piece in re.split(r"(“[^”]*”)", message) if piece]


def _counted(number: int, one: str, several: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


_SYMBOLS: Mapping[str, str] = {"same": "=", "conflict": "≠", "later": "→", "other": "+", "none": "·"}
"""Of links between claims, by what they mean."""

_OUTCOMES: Mapping[str, str] = {
    "agreed": "same ends, direction, type and modality",
    "modality": "another modality, for example attributed and asserted",
    "direction": "the same type the other way round",
    "type": "another type",
    "missing": "both marked the two ends, one of them no relation",
    "end-missing": "one of them did not mark an end of it",
}
