"""From Label Studio to a snapshot: fast, whole, and as it came.

The server needs a second or two for a page and serves several at once, so a few readers go through the project side
by side, each through its own range of ids, each page straight to disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from toolkit.errors import StudioError
from toolkit.files import explained, write_json, write_text
from toolkit.studio import snapshots, tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject
from toolkit.studio.snapshots import Manifest, ProjectRecord, Snapshot

READERS = 2


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
    """Fetch all tasks of the projects, with their annotations, as a new snapshot below ``folder``.

    Predictions are left out (they are ours), and so are drafts: they are nobody's finished work.

    Args:
        client: the connection.
        projects: what to fetch.
        folder: where snapshots are kept.
        ontology: the workspace's ontology, kept in the snapshot as it is.
        progress: called with the number of tasks that arrived since the last call; from several threads.
        readers: pages asked for at the same time.
        page_size: tasks in a page.
        now: the manifest's time.

    Raises StudioError where the server fails or returns less than it counts; nothing is kept then.
    """
    now = now or datetime.now(UTC)
    with snapshots.new_folder(folder, now) as (part, target):
        write_json(part / snapshots.USERS, {str(id): email for id, email in client.users().items()}, private=True)
        snapshots.keep_ontology(ontology, part)
        records = tuple(_pull_project(client, project, part, progress, readers, page_size) for project in projects)
        files = sorted(path for path in part.rglob("*") if path.is_file())
        manifest = Manifest(
            created=now.astimezone(UTC).isoformat(timespec="seconds"),
            server_url=client.url,
            server_version=client.version(),
            projects=records,
            files={path.relative_to(part).as_posix(): found for path in files if (found := snapshots.digest(path))},
        )
        write_json(part / snapshots.MANIFEST, manifest.model_dump(mode="json"))
    return Snapshot(target, manifest)


def _pull_project(
    client: Client,
    project: RemoteProject,
    part: Path,
    progress: Callable[[int], None] | None,
    readers: int,
    page_size: int,
) -> ProjectRecord:
    folder = part / f"project-{project.id}"
    live_bytes, live = client.get_bytes(f"/api/projects/{project.id}/")
    with explained(folder, "write"):
        folder.mkdir()
        (folder / "project.json").write_bytes(live_bytes)
    write_text(folder / "label_config.xml", live["label_config"])
    config = snapshots.digest(folder / "label_config.xml")

    stop = Event()

    def read(ids: tasks.IdRange) -> Counter[str]:
        try:
            return _read_range(client, project, folder, ids, page_size, progress, stop)
        except BaseException:
            stop.set()
            raise

    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(readers, thread_name_prefix="pull") as pool:
        try:
            for count in pool.map(read, tasks.split(client, project.id, readers)):
                counts += count
        except BaseException:  # Ctrl-C too: the readers finish their page, no more
            stop.set()
            raise
    return ProjectRecord(
        id=project.id,
        title=project.title,
        url=project.url,
        layers=project.wanted.layers,
        label_config_sha256=config.sha256 if config else "",
        tasks=counts["tasks"],
        annotations=counts["annotations"],
        skipped=counts["skipped"],
        drafts=tasks.count(client, project.id, tasks.where("draft_exists", "equal", "Boolean", True)),
    )


def _read_range(
    client: Client,
    project: RemoteProject,
    folder: Path,
    ids: tasks.IdRange,
    page_size: int,
    progress: Callable[[int], None] | None,
    stop: Event,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for page in tasks.pages(client, project.id, tasks.ANNOTATED, ids, size=page_size):
        path = folder / f"tasks-{page.tasks[0]['id']:09}.json"
        with explained(path, "write"):
            path.write_bytes(page.body)
        for task in page.tasks:
            counts.update(_count(client, task))
        if progress:
            progress(len(page.tasks))
        if stop.is_set():
            return counts
    if counts["tasks"] < (due := tasks.count(client, project.id, *tasks.within(ids))):
        raise StudioError(
            f"{client.url} counts {due} tasks of “{project.title}” with ids up to {ids.upto}, "
            f"and returned {counts['tasks']}",
            next="goldkit pull (nothing was kept of this one)",
        )
    return counts


def _count(client: Client, task: dict[str, Any]) -> dict[str, int]:
    try:
        skipped = sum(bool(annotation["was_cancelled"]) for annotation in task["annotations"])
        results = [annotation["result"] for annotation in task["annotations"]]
    except (KeyError, TypeError) as error:
        raise StudioError(
            f"{client.url} returned task {task.get('id')} without its annotations' {error}",
            next="report the server's version (goldkit status --format json) as a bug of goldkit",
        ) from None
    return {"tasks": 1, "annotations": len(results) - skipped, "skipped": skipped}
