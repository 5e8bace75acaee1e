"""The report: one page for people and its twin for programs, and a page for each story."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.stages.gold import agree, resolve
from toolkit.stages.ingest import articles
from toolkit.stages.links import agree as agree_across
from toolkit.stages.links import settle as settle_links
from toolkit.stages.sample import to_label
from toolkit.stages.setup import ontology
from toolkit.stages.suggested import suggestion_use
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.articles.model import Article
    from toolkit.gold.model import Gold
    from toolkit.links.model import StoryLinks
    from toolkit.ontology.model import Ontology
    from toolkit.report.build import Report

PAGE = "report.html"
PAGE_WITH_NAMES = "report-names.html"
TWIN = "report.json"


@dataclass(frozen=True, slots=True)
class Reported:
    """The report, and where it was written; ``stories`` are the pages of stories that are linked."""

    page: Path
    twin: Path
    report: Report
    stories: tuple[Path, ...] = ()


def report(workspace: Workspace, *, names: bool = False, worst: int | None = None) -> Reported:
    """Settle the gold and measure the agreement anew, and write the report about it: ``reports/report.html``.

    The twin ``reports/report.json`` never has names, nor have the stories' pages in ``reports/stories``, of which there
    are those of the linked stories and no others. A page with names is a file of its own that only its owner can
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
    schema, stored, resolved = ontology(workspace), articles(workspace), resolve(workspace)
    linked = settle_links(workspace, resolved).stories
    built = build(
        workspace.project,
        schema,
        stored,
        tuple(load_annotations(workspace.annotations)),
        resolved,
        agree(workspace),
        worst=WORST if worst is None else worst,
        to_label=to_label(workspace, stored),
        links=linked,
        link_agreement=agree_across(workspace),
        suggestion_use=suggestion_use(workspace),
    )
    page = workspace.reports / (PAGE_WITH_NAMES if names else PAGE)
    write_text(page, render(built, known), private=names)
    write_json(workspace.reports / TWIN, built.as_dict())
    stories = _write_stories(workspace, linked, stored, resolved.gold, schema)
    return Reported(page, workspace.reports / TWIN, built, stories)


def _write_stories(
    workspace: Workspace,
    links: Iterable[StoryLinks],
    stored: Mapping[str, Article],
    golds: Iterable[Gold],
    schema: Ontology,
) -> tuple[Path, ...]:
    """A page for each linked story, in the place of those that were there."""
    from toolkit.files import explained, replacing_folder, write_text
    from toolkit.report.across import FOLDER, begun, page_name, story_articles
    from toolkit.report.page import render_story
    from toolkit.report.stories import story_page

    folder, by_id = workspace.reports / FOLDER, {gold.article_id: gold for gold in golds}
    pages = {
        page_name(one.story_id): render_story(story_page(one, story_articles(one, stored), by_id, schema))
        for one in begun(links)
    }
    if not pages:
        with explained(folder, "take away"):
            if folder.exists():
                shutil.rmtree(folder)
        return ()
    with replacing_folder(folder) as part:
        for name, page in pages.items():
            write_text(part / name, page)
    return tuple(folder / name for name in pages)


def annotator_names(workspace: Workspace) -> Mapping[str, str]:
    """E-mail addresses by pseudonym, from the newest snapshot; there are none in an export that came as a file."""
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.studio import snapshots

    pseudonyms = load_pseudonyms(workspace.private)
    return {pseudonyms.of(email): email for email in snapshots.latest(workspace.snapshots).users.values()}
