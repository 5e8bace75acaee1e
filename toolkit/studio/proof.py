"""Whether pulls of changes lead to what a full pull has: task by task, in what they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from toolkit.findings import Finding, Place
from toolkit.studio import bases, changes, tasks
from toolkit.studio.client import Client
from toolkit.studio.index import moment
from toolkit.studio.snapshots import ProjectRecord, Snapshot, stored_pages

DIFFERS = "incremental-pull-differs"


class _Task(msgspec.Struct, gc=False):
    id: int
    updated_at: str
    data: msgspec.Raw
    meta: msgspec.Raw
    annotations: list[msgspec.Raw]


class _Page(msgspec.Struct):
    tasks: list[_Task]


class _Seen(NamedTuple):
    updated_at: str
    digest: bytes


_decoder = msgspec.json.Decoder(_Page)


def compare(
    client: Client, base: Snapshot, full: Snapshot, since: Mapping[int, str]
) -> tuple[int, tuple[Finding, ...]]:
    """Hold a full pull against what a pull of the changes since ``base`` would have had.

    Args:
        client: the connection.
        base: the snapshot before.
        full: the full one.
        since: by project, the server's newest change when the full pull began; what was changed later may differ.

    Returns the number of tasks compared, and a finding for each that differs. Raises StudioError where the server
    fails, and BadInputError where a file of a snapshot is not what was pulled.
    """
    compared, findings = 0, []
    for project in full.manifest.projects:
        before = next(one for one in base.manifest.projects if one.id == project.id)
        ours = _caught_up(client, base, before)
        if ours is None:  # the pull of changes would have been a full one
            continue
        theirs = _held(full, project)
        odd = [id for id in ours.keys() | theirs.keys() if ours.get(id) != theirs.get(id)]
        compared += len(ours.keys() | theirs.keys())
        findings += [
            _finding(project, id, ours.get(id), theirs.get(id))
            for id in _standing(client, project, sorted(odd), ours, since[project.id])
        ]
    return compared, tuple(findings)


def _caught_up(client: Client, base: Snapshot, project: ProjectRecord) -> dict[int, _Seen] | None:
    """What a pull of changes would hold now."""
    known = bases.known(base, project.id)
    found = changes.find(client, project.id, known, project.newest, tasks.newest(client, project.id))
    if found.full:
        return None
    held = _held(base, project)
    for id in found.ids:
        held.pop(id, None)
    for page in tasks.of_ids(client, project.id, tasks.ANNOTATED, found.ids):
        held |= _seen(page.body)
    return held


def _held(snapshot: Snapshot, project: ProjectRecord) -> dict[int, _Seen]:
    """What a snapshot holds of a project."""
    held: dict[int, _Seen] = {}
    for page in stored_pages(snapshot):
        if page.project.id == project.id:
            seen = _seen(snapshot.file(page.file).read_bytes())
            held |= seen if page.ids is None else {id: one for id, one in seen.items() if id in page.ids}
    return held


def _seen(body: bytes) -> dict[int, _Seen]:
    """What a task is and when it was changed, without the numbers that the server brings up to date later."""
    return {task.id: _Seen(moment(task.updated_at), _digest(task)) for task in _decoder.decode(body).tasks}


def _digest(task: _Task) -> bytes:
    found = hashlib.blake2b(digest_size=16)
    for part in (task.data, task.meta, *sorted(map(bytes, task.annotations))):
        found.update(bytes(part) + b"\n")
    return found.digest()


def _standing(
    client: Client, project: ProjectRecord, odd: Iterable[int], ours: Mapping[int, _Seen], since: str
) -> Iterator[int]:
    """Those that are not explained by somebody's work while both pulls ran."""
    now = {
        task["id"]: moment(task["updated_at"])
        for page in tasks.of_ids(client, project.id, tasks.MOMENTS, list(odd))
        for task in page.tasks
    }
    for id in odd:
        last = now.get(id) or (ours[id].updated_at if id in ours else "")  # gone: deleted since, or long ago
        if last and last <= since:
            yield id


def _finding(project: ProjectRecord, id: int, ours: _Seen | None, theirs: _Seen | None) -> Finding:
    if ours and theirs:
        said = f"is of {ours.updated_at} after the pulls of changes and of {theirs.updated_at} after this full one"
        what = said if ours.updated_at != theirs.updated_at else "has other contents after the pulls of changes"
    else:
        what = "was left by the pulls of changes and is deleted" if ours else "was missed by the pulls of changes"
    return Finding(
        rule=DIFFERS,
        place=Place(url=f"{project.url}/data?task={id}"),
        message=f"task {id} {what}",
        next="this pull is right; please report it as a bug of goldkit, with the server's version and database",
    )
