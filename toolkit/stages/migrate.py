"""Stored annotations and the live Label Studio projects, moved together to the names of a new ontology."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import GoldkitError, UsageError
from toolkit.stages import migrate_file, migrate_live
from toolkit.stages.check import check
from toolkit.stages.gold import resolve
from toolkit.stages.migration import Applied, Folder, Migration
from toolkit.stages.setup import ontology
from toolkit.stages.survey import ontology_digest
from toolkit.stages.sync import connected
from toolkit.stages.talk import Bar, Say, no_bar, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.ontology.model import Ontology
    from toolkit.ontology.plan import Plan
    from toolkit.studio.snapshots import Snapshot


def dry_run(
    workspace: Workspace, path: Path, *, url: str = "", token: str = "", bar: Bar = no_bar, say: Say = no_word
) -> Migration:
    """Find out what a plan does, and record it. Nothing in Label Studio changes.

    The annotations are those of a snapshot that is taken now; or, where the newest snapshot is an export from a file
    and no server is named, those of that export.

    Raises BadInputError where the plan is not one that can be carried out, and StudioError.
    """
    plan = _plan(workspace, path)
    if export := _export(workspace, url):
        return migrate_file.dry_run(workspace, path, plan, export)
    with connected(workspace, url, token, say) as client:
        return migrate_live.dry_run(migrate_live.find(workspace, plan, client, bar, say), path)


def recorded(workspace: Workspace, path: Path, *, url: str = "") -> Migration | None:
    """The plan's dry run; None where there was none, or the ontology or the export has changed since."""
    plan, export = _plan(workspace, path), _export(workspace, url)
    migration = Folder.of(workspace, plan, file=export is not None).load()
    if migration is None or (migration.state == "planned" and migration.ontology_sha256 != ontology_digest(workspace)):
        return None
    return None if export and not migrate_file.counts_for(migration, export) else migration


def apply(
    workspace: Workspace,
    path: Path,
    migration: Migration,
    *,
    leave_drafts: bool = False,
    url: str = "",
    token: str = "",
    bar: Bar = no_bar,
    say: Say = no_word,
) -> Applied:
    """Carry a plan out as its dry run found it. Stopped at any point, the same again goes on from there.

    Args:
        workspace: where.
        path: the plan.
        migration: its dry run, from ``recorded`` or ``dry_run``.
        leave_drafts: go on although there are drafts that cannot be read; they keep the old names.
        url: the server's address.
        token: an access token for it.
        bar: shows progress.
        say: tells what is going on.

    Raises UsageError where names are not covered, and StudioError; what was moved until then stays so.
    """
    if migration.uncovered:
        raise UsageError("the plan does not cover all names in use", next="write steps for them into the plan")
    plan, export = _plan(workspace, path), _export(workspace, url)
    if export:
        applied = migrate_file.apply(workspace, plan, migration, export)
    else:
        with connected(workspace, url, token, say) as client:
            live = migrate_live.find(workspace, plan, client, bar, say)
            applied = migrate_live.apply(live, migration, leave_drafts)
    if not applied.snapshot:
        return applied
    checked, gold = check(workspace), None
    if workspace.gold.is_file():
        try:
            gold = len(resolve(workspace).gold)
        except (
            GoldkitError
        ) as error:  # decisions that stand elsewhere, in old names: the annotations are moved all the same
            say(f"the gold was not chosen anew: {error.message}\nnext: {error.next}")
    done = Folder.of(workspace, plan, file=export is not None).save(
        applied.migration.model_copy(update={"state": "done"})
    )
    return replace(applied, migration=done, checked=checked, gold=gold)


def _plan(workspace: Workspace, path: Path) -> Plan:
    from toolkit.ontology.plan_checks import load_plan

    plan = load_plan(path, ontology(workspace))
    return replace(plan, old=_as_it_was(workspace, plan.file.from_))


def _as_it_was(workspace: Workspace, version: str) -> Ontology | None:
    """The ontology of this version, from the newest snapshot that was taken with it."""
    from toolkit.ontology.load import load_ontology
    from toolkit.studio import snapshots

    for folder in snapshots.newest_first(workspace.snapshots):
        try:
            found = load_ontology(snapshots.load(folder).ontology)
        except GoldkitError:  # an old snapshot, without it
            continue
        if found.version == version:
            return found
    return None


def _export(workspace: Workspace, url: str) -> Snapshot | None:
    """The newest snapshot where it is an export from a file, and no server was named."""
    from toolkit.studio import snapshots

    if url or not (workspace.snapshots.is_dir() and any(workspace.snapshots.iterdir())):
        return None
    newest = snapshots.latest(workspace.snapshots)
    return newest if newest.manifest.export else None
