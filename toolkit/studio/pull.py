"""From Label Studio to a snapshot: whole, as it came, and no more than what changed.

A full pull reads pages of tasks, a few readers side by side, each through its own range of ids, each page straight to
disk: the server needs a second or two for one. A pull that goes on from an earlier snapshot fetches the tasks that
``changes`` finds. Both write into a folder where the next pull finds them, should this one be killed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from toolkit.errors import WorkspaceError
from toolkit.files import tidy
from toolkit.findings import Finding
from toolkit.studio import bases, changes, projects, proof, snapshots, tasks
from toolkit.studio.assembly import Assembly, Pages
from toolkit.studio.bases import Base, Source
from toolkit.studio.client import Client
from toolkit.studio.index import Index
from toolkit.studio.projects import RemoteProject
from toolkit.studio.readers import READERS, Reading
from toolkit.studio.snapshots import Manifest, ProjectRecord, Snapshot
from toolkit.studio.unfinished import State, Unfinished

FORMAT = 2  # of the manifest
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pulled:
    """The snapshot of what the server has now, and what that took.

    Where nothing changed it is the one before (``changed`` is False). The numbers of tasks are against the one that is
    named in ``before``. ``findings`` say where a full pull came to another result than the pulls of changes before it;
    ``proved`` is the number of tasks that were compared.
    """

    snapshot: Snapshot
    changed: bool
    full: bool
    before: str = ""
    new: int = 0
    updated: int = 0
    deleted: int = 0
    proved: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def summary(self) -> str:
        """What changed since ``before``, for people; empty where there was none."""
        if not self.before:
            return ""
        if not self.changed:
            return f"nothing changed since {self.before}"
        counts = f"tasks since {self.before}: {self.new} new, {self.updated} changed, {self.deleted} deleted"
        if not self.proved:
            return counts
        differ = f"{len(self.findings)} differ" if self.findings else "all are equal"
        return f"{counts}\nof {self.proved} tasks, fetched anew and by pulls of changes, {differ}"


def pull(
    client: Client,
    projects: Sequence[RemoteProject],
    folder: Path,
    ontology: Path,
    *,
    progress: Callable[[int], None] | None = None,
    readers: int = READERS,
    page_size: int = tasks.PAGE,
    now: datetime | None = None,
) -> Snapshot:
    """The snapshot that ``fetch`` leads to."""
    return fetch(
        client, projects, folder, ontology, progress=progress, readers=readers, page_size=page_size, now=now
    ).snapshot


def fetch(
    client: Client,
    projects: Sequence[RemoteProject],
    folder: Path,
    ontology: Path,
    *,
    full: bool = False,
    progress: Callable[[int], None] | None = None,
    say: Say = lambda line: None,
    readers: int = READERS,
    page_size: int = tasks.PAGE,
    now: datetime | None = None,
) -> Pulled:
    """Bring the snapshots below ``folder`` up to date with the projects' tasks and annotations.

    Predictions are left out (they are ours), and so are drafts: they are nobody's finished work.

    Args:
        client: the connection.
        projects: what to fetch.
        folder: where snapshots are kept.
        ontology: the workspace's ontology, kept in the snapshot as it is.
        full: fetch all tasks, also those that did not change, and compare.
        progress: called with the number of tasks that arrived since the last call; from several threads.
        say: told why all is fetched where that was not asked for, and what a stopped pull left.
        readers: pages asked for at the same time.
        page_size: tasks in a page.
        now: the manifest's time.

    Of several at once into one folder, whoever calls lets one wait for the other.

    Raises StudioError where the server fails or returns less than it counts: no snapshot is made then, and the next
    pull goes on from there. Raises WorkspaceError where the disk does; then it begins anew.
    """
    reading = Reading(client, progress or (lambda done: None), readers, page_size)
    now = (now or datetime.now(UTC)).astimezone(UTC)
    return _Run(client, projects, folder, ontology, reading, say, now).pulled(full)


@dataclass
class _Run:
    client: Client
    projects: Sequence[RemoteProject]
    folder: Path
    ontology: Path
    reading: Reading
    say: Say
    now: datetime

    def pulled(self, full: bool) -> Pulled:
        tidy(self.folder)  # where nothing has changed, nothing is written there that would do it
        source = Source(
            self.client.url, tasks.ANNOTATED, {one.id: (one.created_at, one.wanted.layers) for one in self.projects}
        )
        base = bases.find(self.folder, source, self.now)
        if base.why and not full:
            self.say(f"fetching everything: {base.why}")
        unfinished = self._begun(source, full or base.snapshot is None or bool(base.why))
        try:
            try:
                return self._finished(unfinished, base)
            except _Unsure as reason:
                self.say(f"fetching everything: {reason}")
                return self._finished(Unfinished.begin(unfinished.folder, self._state(source, True)), base)
        except WorkspaceError:  # nobody knows what is whole, and room may be what is missing
            unfinished.drop()
            raise

    def _begun(self, source: Source, full: bool) -> Unfinished:
        """The pull that was killed, where this one can go on with it; else a new one."""
        folder = self.folder.with_name(f".{self.folder.name}.pulling")
        left = Unfinished.left(folder)
        if left:
            wanted = self._state(source, full, bare=True)
            kept = sum(len(page.tasks) for pages in left.kept.values() for page in pages)
            if wanted.continues(left.state):
                self.say(f"going on with the pull that was stopped: {kept} tasks are here")
                self.reading.progress(kept)
                return left
            self.say(f"a pull that was stopped does not fit any more: its {kept} tasks are fetched again")
        return Unfinished.begin(folder, self._state(source, full))

    def _state(self, source: Source, full: bool, *, bare: bool = False) -> State:
        ids = [] if bare or not full else [one.id for one in self.projects]
        names = snapshots.newest_first(self.folder)
        return State(
            server_url=source.server_url,
            include=source.include,
            after=names[0].name if names else "",
            full=full,
            created={id: made for id, (made, _) in source.projects.items()},
            since={id: tasks.newest(self.client, id) for id in ids},
            ranges={id: tuple(tasks.split(self.client, id, self.reading.readers)) for id in ids},
        )

    def _finished(self, unfinished: Unfinished, base: Base) -> Pulled:
        full, before = unfinished.state.full, base.snapshot
        assembly, records, counts = Assembly.begin(self.client, self.ontology), [], Counter[str]()
        for project in self.projects:
            found, newest = self._project(project, unfinished, before)
            pages = Pages(found, unfinished.folder, before.folder if before else None)
            records.append(assembly.add_project(self.client, project, pages, newest))
            if before:
                counts += _against(before, project.id, found)
        manifest = self._manifest(assembly, records, None if full else before)
        name = before.folder.name if before else ""
        if before and name == unfinished.state.after and not full and _same(before.manifest, manifest):
            unfinished.drop()
            return Pulled(before, changed=False, full=False, before=name)
        with snapshots.new_folder(self.folder, self.now) as (part, target):
            assembly.write(part, manifest)
        unfinished.drop()
        snapshot = Snapshot(target, manifest)
        since = unfinished.state.since
        proved, findings = proof.compare(self.client, before, snapshot, since) if full and before else (0, ())
        return Pulled(
            snapshot,
            True,
            full,
            name,
            new=counts["new"],
            updated=counts["updated"],
            deleted=counts["deleted"],
            proved=proved,
            findings=findings,
        )

    def _project(self, project: RemoteProject, unfinished: Unfinished, before: Snapshot | None) -> tuple[Index, str]:
        """What a project has, and when the last change was made that this is sure to hold."""
        state, kept = unfinished.state, unfinished.kept.get(project.id)
        if state.full or not before:
            found, since = Index(), state.since[project.id]
        else:
            found, since = bases.known(before, project.id), _record(before, project).newest
        for page in kept or ():
            found.add(page)
        newest = tasks.newest(self.client, project.id)
        if state.full:
            self.reading.ranges(project, unfinished, found)
        else:
            self.reading.progress(project.tasks)
        if state.full and kept is None:
            return found, since
        self._catch_up(project, unfinished, found, since, newest)  # with what changed since those pages came
        return found, newest

    def _catch_up(self, project: RemoteProject, unfinished: Unfinished, found: Index, since: str, newest: str) -> None:
        """Fetch what changed since a moment."""
        changed = changes.find(self.client, project.id, found, since, newest)
        if changed.full:
            raise _Unsure(changed.full)
        gone = set(changed.ids) - self.reading.ids(project, unfinished, found, changed.ids)
        had_work = any(one.annotations or one.skipped for one in map(found.get, gone) if one)
        found.drop(gone)
        if had_work and projects.work(self.client, project.id) != found.work:
            # Taking duplicates away moves their work to the task that stays, and says so nowhere.
            raise _Unsure("tasks with work in them are gone, and some of it seems to have been moved to others")

    def _manifest(self, assembly: Assembly, records: Sequence[ProjectRecord], base: Snapshot | None) -> Manifest:
        created = self.now.isoformat(timespec="seconds")
        return Manifest(
            format=FORMAT,
            created=created,
            server_url=self.client.url,
            server_version=self.client.version(),
            projects=tuple(records),
            base=base.folder.name if base else "",
            full=base.manifest.full if base else created,
            since_full=base.manifest.since_full + 1 if base else 0,
            include=tasks.ANNOTATED,
            files=assembly.files,
        )


class _Unsure(Exception):  # noqa: N818  # no error: then all is fetched
    """Why what changed cannot be told."""


def _record(snapshot: Snapshot, project: RemoteProject) -> ProjectRecord:
    return next(one for one in snapshot.manifest.projects if one.id == project.id)


def _against(before: Snapshot, project: int, found: Index) -> Counter[str]:
    """New, updated and deleted tasks."""
    old = {entry.id: entry for entry in bases.known(before, project)}
    counts = Counter("updated" if entry.id in old else "new" for entry in found if old.get(entry.id) != entry)
    counts["deleted"] = sum(found.get(id) is None for id in old)
    return counts


def _same(one: Manifest, other: Manifest) -> bool:
    """Whether two snapshots hold the same; when the server's newest change was made counts for nothing by itself."""

    def told(manifest: Manifest) -> tuple[object, ...]:
        records = [record.model_copy(update={"newest": ""}) for record in manifest.projects]
        return manifest.server_version, records, manifest.files

    return told(one) == told(other)
