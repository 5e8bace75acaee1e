"""Snapshots: what Label Studio returned, as it came, with a manifest that vouches for it. Never edited.

::

    snapshots/20310314T120000Z/
      manifest.json                server, time, projects and their counts, sha256 and size of every file
      ontology.yaml                the ontology that the workspace had then
      users.json                   user id to e-mail; the only place where they are kept
      project-7/project.json       the project's settings
      project-7/label_config.xml
      project-7/tasks-000000001.json …   pages of tasks; the number is the first task's id
      project-7/index.jsonl        which task is to be read from which page (index.py)

A snapshot can be read alone. One that goes on from an earlier one shares its pages with it where the disk can (hard
links), and has new ones, ``tasks-000000001-1.json`` …, for the tasks that changed since.

An export that somebody has as a file is kept the same way, as ``export.json`` with its ``mapping.yaml``; one that is a
folder, as the folder ``export``, and a file of JSON lines in that folder: its name may say who annotated.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from toolkit.annotations.jsonl import is_jsonl
from toolkit.errors import BadInputError, WorkspaceError
from toolkit.files import explained, read_json, replacing_folder, write_json
from toolkit.ontology.load import BESIDE
from toolkit.studio import index
from toolkit.studio.manifest import FileRecord as FileRecord
from toolkit.studio.manifest import Manifest as Manifest
from toolkit.studio.manifest import ProjectRecord as ProjectRecord

MANIFEST = "manifest.json"
MAPPING = "mapping.yaml"
USERS = "users.json"
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ADDRESS = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+")  # as in “Ada Quill ada@example.org, 7”
_NAME = re.compile(r"(\d{8}T\d{6}Z)(?:-(\d+))?")


class StoredPage(NamedTuple):
    """A file of tasks in a snapshot, and which of them count; ``ids`` is None where all do."""

    project: ProjectRecord
    file: str
    ids: frozenset[int] | None


@dataclass(frozen=True)
class Snapshot:
    """A snapshot's folder and its manifest."""

    folder: Path
    manifest: Manifest

    @cached_property
    def users(self) -> Mapping[int, str]:
        """E-mail addresses by user id, as the server had them. Raises BadInputError where the file is damaged."""
        if USERS not in self.manifest.files:  # an export from a file
            return {}
        return {int(id): email for id, email in read_json(self.file(USERS)).items()}

    def identity(self, completed_by: Any) -> str:
        """Who an annotation is by: an e-mail address in lower case, or ``<server>#<id>`` where none is known.

        ``completed_by`` is an id, an object with one, or a line with the address in it: Label Studio's exports differ.
        """
        if isinstance(completed_by, dict):
            if completed_by.get("email"):
                return str(completed_by["email"]).lower()
            completed_by = completed_by.get("id")
        if isinstance(completed_by, str) and (address := _ADDRESS.search(completed_by)):
            return address[0].lower()
        email = self.users.get(completed_by, "") if isinstance(completed_by, int) else ""
        return email.lower() or f"{self.manifest.server_url}#{completed_by}"

    @property
    def ontology(self) -> Path:
        """The ontology that it was taken with. Raises BadInputError where there is none, or another than that."""
        if BESIDE not in self.manifest.files:
            raise BadInputError(
                f"the snapshot {self.folder.name} does not hold the ontology that it was taken with",
                next="goldkit pull (takes one that does)",
            )
        return self.file(BESIDE)

    @property
    def export(self) -> Path:
        """The export that was taken from a file, or from a folder. Raises BadInputError as ``file``.

        In a folder there must not be more than was taken, either.
        """
        name = self.manifest.export
        if name in self.manifest.files:
            return self.file(name)
        there = {path.relative_to(self.folder).as_posix() for path in (self.folder / name).rglob("*") if path.is_file()}
        for inside in sorted(there | {inside for inside in self.manifest.files if inside.startswith(f"{name}/")}):
            self.file(inside)
        return self.folder / name

    def file(self, name: str) -> Path:
        """A file of the snapshot. Raises BadInputError where it is not what was pulled."""
        path = self.folder / name
        if name not in self.manifest.files or digest(path) != self.manifest.files[name]:
            raise BadInputError(
                f"{path} is not what was pulled: it is missing, cut off, edited or new",
                next="restore the snapshot from a copy, or delete its folder and run: goldkit pull",
            )
        return path


def stored_pages(snapshot: Snapshot) -> Iterator[StoredPage]:
    """The pages of a snapshot, project by project, by name. Raises BadInputError where an index is not what was pulled.

    Each can be read alone, in any order, also by several processes.
    """
    for project in snapshot.manifest.projects:
        folder = f"project-{project.id}"
        if f"{folder}/{index.INDEX}" in snapshot.manifest.files:
            for page in index.read(snapshot.file(f"{folder}/{index.INDEX}")):
                whole = len(page.tasks) == page.stored
                ids = None if whole else frozenset(entry.id for entry in page.tasks)
                yield StoredPage(project, f"{folder}/{page.page}", ids)
        else:  # from before there were indexes
            names = (name for name in snapshot.manifest.files if name.startswith(f"{folder}/tasks-"))
            yield from (StoredPage(project, name, None) for name in sorted(names))


def read_page(snapshot: Snapshot, page: StoredPage) -> Iterator[dict[str, Any]]:
    """The tasks of a page that count, by id. Raises BadInputError where the file is not what was pulled."""
    for task in read_json(snapshot.file(page.file))["tasks"]:
        if page.ids is None or task["id"] in page.ids:
            yield task


def read_tasks(snapshot: Snapshot) -> Iterator[tuple[ProjectRecord, dict[str, Any]]]:
    """Every task with its annotations, project by project; in the order of their ids within a page.

    Raises BadInputError where a file is not what was pulled.
    """
    for page in stored_pages(snapshot):
        for task in read_page(snapshot, page):
            yield page.project, task


def load(folder: Path) -> Snapshot:
    """Open a snapshot. Raises BadInputError where it has no readable manifest."""
    path = folder / MANIFEST
    try:
        with explained(path, "read"):
            return Snapshot(folder, Manifest.model_validate_json(path.read_bytes()))
    except (ValidationError, WorkspaceError) as error:
        reason = "no manifest of a snapshot" if isinstance(error, ValidationError) else error.message
        raise BadInputError(f"{path}: {reason}", next="delete the folder and run: goldkit pull") from None


def latest(snapshots: Path) -> Snapshot:
    """The newest snapshot. Raises BadInputError where there is none."""
    found = newest_first(snapshots)
    if not found:
        raise BadInputError(f"there is no snapshot in {snapshots}", next="goldkit pull")
    return load(found[0])


def newest_first(snapshots: Path) -> list[Path]:
    """The folders of all snapshots."""
    found = [one for one in snapshots.glob("*") if _NAME.fullmatch(one.name) and one.is_dir() and any(one.iterdir())]
    return sorted(found, key=_age, reverse=True)


def keep_file(
    snapshots: Path,
    export: Path,
    mapping: Path | None,
    ontology: Path,
    now: datetime | None = None,
    *,
    derived_from: str = "",
    plan: str = "",
) -> Snapshot:
    """Keep an export that somebody has as a file, with its mapping and the ontology, as a snapshot made now."""
    now = now or datetime.now(UTC)
    with new_folder(snapshots, now) as (part, target):
        lines = export.is_file() and is_jsonl(export)
        exported = "export" if lines or export.is_dir() else "export.json"
        if lines:
            (part / exported).mkdir()
        copies = {f"{exported}/{export.name}" if lines else exported: export} | ({MAPPING: mapping} if mapping else {})
        for name, source in copies.items():
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, part / name)
        keep_ontology(ontology, part)
        kept = sorted(path for path in part.rglob("*") if path.is_file())
        protect(part)
        manifest = Manifest(
            created=now.astimezone(UTC).isoformat(timespec="seconds"),
            export=exported,
            mapping=MAPPING if mapping else "",
            derived_from=derived_from,
            plan=plan,
            files={path.relative_to(part).as_posix(): found for path in kept if (found := digest(path))},
        )
        write_json(part / MANIFEST, manifest.model_dump(mode="json"))
    return Snapshot(target, manifest)


def keep_ontology(ontology: Path, part: Path) -> None:
    """Copy the ontology into a snapshot's folder, byte for byte: it says what the annotations in there mean."""
    with explained(ontology, "read"):
        shutil.copyfile(ontology, part / BESIDE)


@contextlib.contextmanager
def new_folder(snapshots: Path, now: datetime) -> Iterator[tuple[Path, Path]]:
    """A folder for a snapshot made now (UTC): where to write it, and what it will be called when it is whole.

    The name is taken at once, as an empty folder, so that of two snapshots made at the same time none is lost. The
    folder to write in is made before that: what a killed run leaves can be told by it.
    """
    base = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for number in itertools.count():
        target = snapshots / (f"{base}-{number}" if number else base)
        try:
            with replacing_folder(target) as part:
                _take(target)
                try:
                    yield part, target
                except BaseException:
                    with contextlib.suppress(OSError):
                        target.rmdir()
                    raise
            return
        except _TakenError:
            continue


class _TakenError(Exception):
    """Another snapshot has that name."""


def _take(target: Path) -> None:
    try:
        target.mkdir()
    except FileExistsError:
        raise _TakenError from None


def protect(folder: Path) -> None:
    """Take from others, whatever the umask, the right to change what is in a folder."""
    with explained(folder, "protect"):
        for path in folder.rglob("*"):
            if (mode := stat.S_IMODE(path.stat().st_mode)) & _OTHERS_WRITE:
                path.chmod(mode & ~_OTHERS_WRITE)


def digest(path: Path) -> FileRecord | None:
    """A file's digest and size; None where there is no such file."""
    if not path.is_file():
        return None
    with explained(path, "read"), path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return FileRecord(sha256=sha256, bytes=path.stat().st_size)


def _age(folder: Path) -> tuple[str, int]:
    match = _NAME.fullmatch(folder.name)
    return (match[1], int(match[2] or 0)) if match else ("", 0)
