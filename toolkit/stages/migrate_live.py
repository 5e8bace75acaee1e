"""A plan carried out in the live projects.

While annotations move, a project's label config offers the old names and the new ones; the final one is set when
nothing has an old name any more.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.annotations.moves import digest, size
from toolkit.errors import GoldkitError, StudioConflict
from toolkit.files import read_text
from toolkit.ontology.labelconfig import generated_from
from toolkit.ontology.plan import Plan
from toolkit.ontology.plan_checks import check_from, check_names
from toolkit.ontology.plan_file import Ref
from toolkit.stages.check import read_snapshot
from toolkit.stages.migration import Applied, Folder, Migration
from toolkit.stages.survey import Survey, annotator_names
from toolkit.stages.talk import Bar, Say
from toolkit.studio import migrate, projects, snapshots
from toolkit.studio.migrate import Mover, Recorded
from toolkit.studio.pull import pull
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.collect import Received
    from toolkit.studio.client import Client
    from toolkit.studio.projects import RemoteProject
    from toolkit.studio.snapshots import Snapshot

ROUNDS = 5  # looks for work that came in while the last was moved


@dataclass(frozen=True)
class Live:
    """A plan, and the workspace's projects on a server."""

    workspace: Workspace
    plan: Plan
    client: Client
    projects: tuple[RemoteProject, ...]
    bar: Bar
    say: Say

    @property
    def folder(self) -> Folder:
        """Where the migration is kept."""
        return Folder.of(self.workspace, self.plan)

    def movers(self, migration: Migration) -> Iterator[Mover]:
        """Those who move the projects."""
        known = {int(id): Recorded(one.before, one.after, one.updated_at) for id, one in migration.annotations.items()}
        for project in self.projects:
            done = migration.state == "done"
            yield Mover(self.client, project, self.plan, known, self.folder.keep, old_only=done)

    def pull(self) -> Snapshot:
        """Take a snapshot."""
        from toolkit.studio.turns import in_turn

        turn = in_turn(self.workspace.private / "pull.lock", self.say, "goldkit pull")
        with turn, self.bar("pulling", sum(project.tasks for project in self.projects)) as advance:
            return pull(self.client, self.projects, self.workspace.snapshots, self.workspace.ontology, progress=advance)


def find(workspace: Workspace, plan: Plan, client: Client, bar: Bar, say: Say) -> Live:
    """The workspace's projects. Raises StudioConflict where one is not there."""
    name, wanted = workspace.project.name, workspace.project.studio.projects
    there = tuple(projects.require_project(client, name, one) for one in wanted)
    return Live(workspace, plan, client, there, bar, say)


def dry_run(live: Live, path: Path) -> Migration:
    """Take a snapshot, move it on paper, and record that."""
    earlier = live.folder.load()
    if earlier is not None and earlier.state == "done":
        return earlier.model_copy(update={"late": sum(len(mover.pending()) for mover in live.movers(earlier))})
    for project in live.projects:
        if made := generated_from(project.label_config):
            check_from(path, live.plan, made[1], f"the live label config of “{project.title}”")
    snapshot = live.pull()
    survey = Survey(live.plan)
    annotator_of = annotator_names(live.workspace, snapshot)
    urls = {project.title: project.url for project in live.projects}

    def moved(received: Received) -> Received:
        task = received.task
        where = _page(urls[received.project], task["id"])
        annotations = [
            {**one, "result": survey.annotation(str(one["id"]), one, annotator_of(one["completed_by"]), where)}
            for one in task["annotations"]
        ]
        return received._replace(task={**task, "annotations": annotations})

    collected = read_snapshot(live.workspace, snapshot, moved)
    predictions, drafts = _others(live, survey)
    old: dict[Ref, str] = {}
    for project in live.projects:
        old |= live.plan.names_in_config(project.label_config)
    begun = earlier is not None and earlier.state == "begun"
    if earlier is not None and begun:  # the config offers the new names already
        old = {Ref(*ref): place for *ref, place in earlier.names}
    check_names(path, live.plan, old, survey.before)
    name = snapshot.folder.name
    live.folder.save_plan(path)
    live.folder.save_rows("withdrawn", name, survey.withdrawn)
    live.folder.save_rows("predictions", name, predictions)
    return live.folder.save(
        survey.migration(
            live.workspace,
            name,
            collected,
            old,
            state="begun" if begun else "planned",
            configs={project.title: _digest(project.label_config) for project in live.projects},
            predictions=len(predictions),
            drafts=drafts,
        )
    )


def _others(live: Live, survey: Survey) -> tuple[list[dict[str, object]], int]:
    """The predictions that change, and how many drafts do; all their names are surveyed."""
    predictions: list[dict[str, object]] = []
    drafts = 0
    for project in live.projects:
        for task in migrate.scan(live.client, project):
            where = _page(project.url, task["id"])
            for one in task["predictions"]:
                if survey.other(one["result"], where).result != one["result"]:
                    predictions.append({"task": task["id"], "id": one["id"], "result": one["result"]})
            for one in migrate.drafts(live.client, task["id"]) if task["draft_exists"] else []:
                drafts += survey.other(one["result"], where).result != one["result"]
    return predictions, drafts


def apply(live: Live, migration: Migration, leave_drafts: bool) -> Applied:
    """Move everything, set the label configs, and pull again."""
    if migration.state == "planned":
        changed, unread = _since(live, migration)
        if changed or (unread and not leave_drafts):
            return Applied(migration, changed=tuple(changed), unread=tuple(unread))
        migration = live.folder.save(migration.model_copy(update={"state": "begun"}))
    elif migration.state == "done" and not any(mover.pending() for mover in live.movers(migration)):
        return Applied(migration)
    written: Counter[str] = Counter()
    if migration.state == "begun":
        _set_configs(live, final=False)
        live.say("the label config offers the old names and the new ones; annotations are being moved")
    written += _move(live, migration)
    for last in (False, True):
        try:
            _set_configs(live, final=True)
            break
        except StudioConflict:  # somebody saved an old name from a screen that was open
            if last:
                raise
            written += _move(live, migration)
    written += _move(live, migration)
    return _pulled(live, migration, written)


def _since(live: Live, migration: Migration) -> tuple[list[str], list[str]]:
    """What is not as the dry run found it, and pages of drafts that cannot be read."""
    changed, unread = [], []
    missing = dict(migration.annotations)
    for project in live.projects:
        if _digest(project.label_config) != migration.configs.get(project.title):
            changed.append(f"the label config was changed: {project.url}/settings/labeling")
        for task in migrate.scan(live.client, project):
            where = _page(project.url, task["id"])
            for one in task["annotations"]:
                found = missing.pop(str(one["id"]), None)
                if found is None:
                    changed.append(f"annotation {one['id']} is new: {where}")
                elif digest(one["result"]) not in (found.before, found.after):
                    changed.append(f"annotation {one['id']} was changed: {where}")
            if task["draft_exists"] and not migrate.drafts(live.client, task["id"]):
                unread.append(where)
    changed += [f"annotation {id} was deleted: {found.where}" for id, found in missing.items()]
    return changed, unread


def _set_configs(live: Live, *, final: bool) -> None:
    from toolkit.ontology.instructions import instructions_html
    from toolkit.ontology.labelconfig import compile_label_config
    from toolkit.studio.union import union

    instruction = instructions_html(read_text(live.workspace.guidelines), live.plan.ontology)
    for project in live.projects:
        config = compile_label_config(live.plan.ontology, project.wanted.layers)
        projects.ensure_project(
            live.client,
            live.workspace.project.name,
            project.wanted,
            label_config=config if final else union(project.label_config, config),
            instruction=instruction,
            overwrite_config=True,
        )


def _move(live: Live, migration: Migration) -> Counter[str]:
    """Move all there is, and what comes in meanwhile."""
    written: Counter[str] = Counter()
    for mover in live.movers(migration):
        mover.put_back(live.folder.kept_drafts())
        for _ in range(ROUNDS):
            pending = mover.pending()
            if not pending:
                break
            with live.bar(f"moving {mover.project.title}", len(pending)) as advance:
                written += mover.move(pending, progress=advance)
    return written


def _pulled(live: Live, migration: Migration, written: Counter[str]) -> Applied:
    """Take a snapshot of what is there now, and hold it against the dry run."""
    snapshot = live.pull()
    there = 0
    meanwhile = []
    missing = dict(migration.annotations)
    for project, task in snapshots.read_tasks(snapshot):
        for one in task["annotations"]:
            found = missing.pop(str(one["id"]), None)
            there += size(one["result"], live.plan)
            if found is None or digest(one["result"]) != found.after:
                meanwhile.append(f"annotation {one['id']}: {_page(project.url, task['id'])}")
    meanwhile += [f"annotation {id}, deleted: {found.where}" for id, found in missing.items()]
    if not meanwhile and there != migration.items.after:
        raise GoldkitError(
            f"{there} items are there after the move, and {migration.items.after} were due",
            next=f"report this as a bug of goldkit; the snapshot {migration.snapshot} has everything as it was",
        )
    return Applied(
        migration,
        snapshot=snapshot.folder.name,
        written=dict(sorted(written.items())),
        meanwhile=tuple(meanwhile),
        items=there,
    )


def _page(project_url: str, task: int) -> str:
    return f"{project_url}/data?task={task}"


def _digest(config: str) -> str:
    return hashlib.sha256(config.encode()).hexdigest()
