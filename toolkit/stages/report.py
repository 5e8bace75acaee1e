"""The report: one page for people, and its twin for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.stages.gold import agree, resolve
from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.report.build import Report

PAGE = "report.html"
PAGE_WITH_NAMES = "report-names.html"
TWIN = "report.json"


@dataclass(frozen=True, slots=True)
class Reported:
    """The report, and where it was written."""

    page: Path
    twin: Path
    report: Report


def report(workspace: Workspace, *, names: bool = False, worst: int | None = None) -> Reported:
    """Settle the gold and measure the agreement anew, and write the report about it: ``reports/report.html``.

    The twin ``reports/report.json`` never has names. A page with names is a file of its own that only its owner can
    read, so that it is not mistaken for the one that may be shared.

    Args:
        workspace: the project; no server is asked.
        names: say the annotators' names, as the newest snapshot has them.
        worst: how many articles to show with their text.

    Raises GoldkitError where the packages that draw the page are not installed; nothing is written then.
    """
    from toolkit.annotations.store import load_annotations
    from toolkit.files import write_json, write_text
    from toolkit.report.build import WORST, build
    from toolkit.report.charts import require
    from toolkit.report.page import render

    require()
    known = annotator_names(workspace) if names else None
    built = build(
        workspace.project,
        ontology(workspace),
        articles(workspace),
        tuple(load_annotations(workspace.annotations)),
        resolve(workspace),
        agree(workspace),
        worst=WORST if worst is None else worst,
    )
    page = workspace.reports / (PAGE_WITH_NAMES if names else PAGE)
    write_text(page, render(built, known), private=names)
    write_json(workspace.reports / TWIN, built.as_dict())
    return Reported(page, workspace.reports / TWIN, built)


def annotator_names(workspace: Workspace) -> Mapping[str, str]:
    """E-mail addresses by pseudonym, from the newest snapshot; there are none in an export that came as a file."""
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.studio import snapshots

    pseudonyms = load_pseudonyms(workspace.private)
    return {pseudonyms.of(email): email for email in snapshots.latest(workspace.snapshots).users.values()}
