"""The dataset."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.engine import Engine
from toolkit.errors import BadInputError
from toolkit.files import read_text, scratch_folder, tidy
from toolkit.findings import Place, Rule, Severity
from toolkit.project import DatasetSettings
from toolkit.stages.facts import facts
from toolkit.stages.gold import resolve
from toolkit.stages.group import groups
from toolkit.stages.hydrate import beside_standoff
from toolkit.stages.ingest import articles, as_given
from toolkit.stages.links import settle as settle_links
from toolkit.stages.sample import to_label
from toolkit.stages.setup import ontology
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.articles.model import Article
    from toolkit.dataset.build import Built
    from toolkit.dataset.changes import Changes
    from toolkit.dataset.releases import Release
    from toolkit.ontology.model import Ontology

UNCHANGED = Rule(
    "release-unchanged",
    "A released version stays as it is: a build of the same inputs gives the same bytes.",
    Severity.NOTE,
    "nothing; goldkit publish sends it to the Hub",
)


def build(workspace: Workspace, *, engine: Engine | None = None) -> Built:
    """Settle the gold, within the articles and across them, and build the dataset from it.

    A released version is built aside and compared, and never written. The engine searches for copies, where that is to
    be done again, and makes the rows of the tables; the files do not depend on it.

    Raises BadInputError where the version was built before, and whoever loads it would now find other columns or
    classes, and where it was released, and would now be another dataset; nothing is written then.
    """
    from toolkit.dataset.releases import before, find

    settings = workspace.project.dataset
    folder = workspace.dataset(settings.version)
    tidy(folder.parent)
    releases = find(folder.parent)
    previous = before(releases, settings.version)
    if own := next((release for release in releases if release.version == settings.version), None):
        return _as_released(workspace, own, previous, engine)
    _refuse_other_classes(folder, ontology(workspace))
    return compose(workspace, folder, settings, previous, engine)


def compose(
    workspace: Workspace,
    folder: Path,
    settings: DatasetSettings,
    previous: Release | None,
    engine: Engine | None = None,
) -> Built:
    """Write the dataset into a folder as ``settings`` want it; articles of the release before keep their splits."""
    from toolkit.annotations.store import load_annotations
    from toolkit.articles.groups import together
    from toolkit.articles.stories.entries import load_stories
    from toolkit.dataset.build import build as building
    from toolkit.dataset.prose import read_prose

    resolved = resolve(workspace)
    linked = settle_links(workspace, resolved)
    found = groups(workspace, engine=engine)  # first of all: articles take theirs from them
    as_they_came = as_given(workspace)
    given = {id: article.dup_group for id, article in as_they_came.items() if article.dup_group}
    beside, other = beside_standoff(workspace) if settings.text == "stand-off" else ({}, ())
    votes = tuple(load_annotations(workspace.annotations))
    kept = previous is not None and previous.record.split_seed == settings.split_seed
    built = building(
        folder,
        project=workspace.project.model_copy(update={"dataset": settings}),
        ontology=ontology(workspace),
        articles=_taken(workspace, {vote.article_id for vote in votes} | {*(previous.splits() if previous else ())}),
        annotations=votes,
        resolved=resolved,
        links=linked.stories,
        released=previous.splits() if previous and kept else None,
        together=together(found, given),
        prose=read_prose(workspace.prose),
        facts=facts(workspace),
        beside=beside,
        engine=engine,
    )
    stories = load_stories(workspace.stories).findings(as_they_came)
    return replace(built, findings=(*built.findings, *linked.findings, *other, *stories))


def _taken(workspace: Workspace, held: Collection[str]) -> dict[str, Article]:
    """The articles that go into the dataset: those to be labelled, and those held because they are or were in it."""
    stored = articles(workspace)
    chosen = to_label(workspace, stored)
    return {id: article for id, article in stored.items() if id in chosen or id in held}


def aside(workspace: Workspace) -> AbstractContextManager[Path]:
    """A folder in exports/ for what may not stay; gone afterwards."""
    return scratch_folder(workspace.exports / "building")


def placed(built: Built, folder: Path) -> Built:
    """The same as if it had been built in the folder that it ends up in."""

    def moved(place: Place) -> Place:
        return replace(place, file=place.file.replace(str(built.folder), str(folder), 1))

    findings = tuple(replace(finding, place=moved(finding.place)) for finding in built.findings)
    return replace(built, folder=folder, findings=findings)


def changes_since(release: Release, built: Path) -> Changes:
    """What a build would change in a release; other files count only where the tables are the same."""
    from toolkit.dataset.changes import compare
    from toolkit.dataset.opened import open_dataset

    changes = compare(open_dataset(release.folder), open_dataset(built))
    return changes or replace(changes, files=release.differing(built))


def _as_released(workspace: Workspace, release: Release, previous: Release | None, engine: Engine | None) -> Built:
    from toolkit.dataset.changelog import needed, told
    from toolkit.ontology.versions import raised

    release.require_intact()
    settings = workspace.project.dataset
    with aside(workspace) as folder:
        built = compose(workspace, folder / release.version, settings, previous, engine)
        if not release.differing(built.folder):
            built = placed(built, release.folder)
            message = f"nothing has changed since {release.version} was released"
            return replace(built, findings=(*built.findings, UNCHANGED.at(Place(file=str(release.folder)), message)))
        changes = changes_since(release, built.folder)
    what = [one.sentence for one in told(changes)]
    if settings.date != release.record.date:
        what.append(f"It is dated {settings.date or 'no day'}, and was {release.record.date}.")
    raise BadInputError(
        "\n  ".join([f"{release.version} was released, and what would be built now is another dataset", *what]),
        next=f"raise version to {raised(release.version, needed(changes))} at least, and say the date of that release, "
        "under dataset in configs/project.yaml; or take the changes back",
    )


def _refuse_other_classes(folder: Path, schema: Ontology) -> None:
    """Leave a dataset alone whose readers the new one would break: one version, one meaning of its classes."""
    from toolkit.ontology.changes import Contract
    from toolkit.ontology.compare import compare
    from toolkit.ontology.load import BESIDE, parse_ontology

    beside = folder / BESIDE
    if not beside.is_file():
        return
    old = parse_ontology(read_text(beside), beside, lenient=True)
    if breaking := [change for change in compare(old, schema) if Contract.DATASET in change.breaks]:
        what = "".join(f"\n  {change.rule.id}: {change.message}" for change in breaking)
        raise BadInputError(
            f"{folder} was built with the ontology {old.version}, and {schema.version} breaks it for readers{what}",
            next="raise version under dataset in configs/project.yaml, or delete the folder if nobody uses it",
        )
