"""A release: a dataset with a version, a date and what changed, that is never written again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import BadInputError
from toolkit.files import read_text, replacing_folder, tidy, write_text
from toolkit.stages.build import aside, build, changes_since, compose, placed
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.build import Built
    from toolkit.dataset.changes import Changes
    from toolkit.dataset.releases import Release

FIRST, NOTHING = "first", "none"  # in the place of the number that has to rise

_SETTINGS = "under dataset in configs/project.yaml"


@dataclass(frozen=True, slots=True)
class Released:
    """A release as it was made, or as it would be.

    ``previous`` is the version before, empty for the first. ``needs`` says which number had to rise (``NOTHING``: it
    was released before, and is the same). ``entry`` is its part of the changelog, in Markdown.
    """

    folder: Path
    version: str
    date: str
    previous: str
    needs: str
    changes: dict[str, Any]
    entry: str
    written: bool
    built: Built

    def as_dict(self) -> dict[str, Any]:
        """The release as plain JSON values."""
        names = ("version", "date", "previous", "needs", "changes", "entry", "written")
        return {
            "folder": str(self.folder),
            **{name: getattr(self, name) for name in names},
            "findings": [finding.as_dict() for finding in self.built.findings],
        }


def release(workspace: Workspace, *, dry_run: bool = False) -> Released:
    """Build the version in configs/project.yaml, and make it a release; with ``dry_run`` only say what it would be.

    Where that version is released and nothing has changed, nothing is done. Raises BadInputError where it is released
    and something has changed, where there is no date, where the version is not as high as the changes need, and where
    a raised version has nothing new; where a release was changed by hand, too.
    """
    from toolkit.dataset.changelog import entry, needed
    from toolkit.dataset.releases import find

    settings = workspace.project.dataset
    folder = workspace.dataset(settings.version)
    tidy(folder.parent)
    releases = find(folder.parent)
    if known := next((one for one in releases if one.version == settings.version), None):
        return _again(workspace, known)
    previous = releases[-1] if releases else None
    since = previous.version if previous else ""
    _require_a_date(settings.date, previous)
    with aside(workspace) as temporary:
        built = compose(workspace, temporary / settings.version, settings, previous)
        changes = _changes(workspace, built.folder, previous)
        if previous:
            _require_high_enough(settings.version, previous, changes)
        made = Released(
            folder=folder,
            version=settings.version,
            date=settings.date,
            previous=since,
            needs=str(needed(changes)) if previous else FIRST,
            changes=changes.as_dict(),
            entry=entry(settings.version, settings.date, since, changes),
            written=not dry_run,
            built=placed(built, folder),
        )
        if not dry_run:
            _write(made, built.folder, previous, settings.split_seed)
    return made


def _again(workspace: Workspace, known: Release) -> Released:
    record = known.record
    same = build(workspace)  # or an error that says what changed
    return Released(
        known.folder, known.version, record.date, record.previous, NOTHING, {}, "", written=False, built=same
    )


def _changes(workspace: Workspace, built: Path, previous: Release | None) -> Changes:
    """What changed since the release before; its own version and date do not count."""
    from toolkit.dataset.changes import compare
    from toolkit.dataset.opened import open_dataset

    if previous is None:
        return compare(None, open_dataset(built))
    previous.require_intact()
    changes = compare(open_dataset(previous.folder), open_dataset(built))
    if changes:
        return changes
    then = {"version": previous.version, "date": previous.record.date}
    settings = workspace.project.dataset.model_copy(update=then)
    as_then = compose(workspace, built.with_name("as-then"), settings, previous)
    return changes_since(previous, as_then.folder)


def _write(made: Released, built: Path, previous: Release | None, split_seed: int) -> None:
    """Put a build in its place, as a release: all of it, or nothing."""
    from toolkit.dataset.changelog import changelog
    from toolkit.dataset.releases import CHANGELOG, seal

    before = read_text(previous.folder / CHANGELOG) if previous else ""
    write_text(built / CHANGELOG, changelog(made.entry, before))
    names = ("version", "previous", "date", "needs", "changes")
    seal(built, {name: getattr(made, name) for name in names} | {"split_seed": split_seed})
    with replacing_folder(made.folder) as part:
        part.rmdir()
        built.replace(part)


def _require_a_date(date: str, previous: Release | None) -> None:
    if not date:
        raise BadInputError(
            "the release has no date, and the clock is not asked",
            next=f'write date: "2026-11-22" (its own day) {_SETTINGS}',
        )
    if previous and date < previous.record.date:
        raise BadInputError(
            f"the release is dated {date}, and {previous.version} before it {previous.record.date}",
            next=f"correct the date {_SETTINGS}",
        )


def _require_high_enough(version: str, previous: Release, changes: Changes) -> None:
    from toolkit.dataset.changelog import needed, told
    from toolkit.ontology.versions import is_enough, numbers, raised

    lowest = raised(previous.version, needed(changes))
    if not changes:
        raise BadInputError(
            f"nothing has changed since {previous.version}, so there is nothing to release as {version}",
            next=f"put version back to {previous.version} {_SETTINGS}",
        )
    if numbers(version) < numbers(previous.version):
        raise BadInputError(
            f"{version} is lower than {previous.version}, which is released",
            next=f"raise version to {lowest} at least {_SETTINGS}",
        )
    if not is_enough(previous.version, version, needed(changes)):
        asking = [one for one in told(changes) if not is_enough(previous.version, version, one.bump)]
        raise BadInputError(
            f"{version} is too small a step from {previous.version}"
            + "".join(f"\n  {one.bump}: {one.sentence}" for one in asking),
            next=f"raise version to {lowest} at least {_SETTINGS}",
        )
