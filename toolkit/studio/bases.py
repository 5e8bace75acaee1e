"""The snapshot that a pull can go on from, and when it should not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from toolkit.errors import BadInputError
from toolkit.project import Layer
from toolkit.studio import index, snapshots
from toolkit.studio.index import Index
from toolkit.studio.snapshots import Manifest, Snapshot

MOST = 20  # snapshots in a row that go on from another one
OLDEST = timedelta(days=7)  # since everything was fetched


class Source(NamedTuple):
    """What is pulled. Snapshots of the same source can go on from each other."""

    server_url: str
    include: str
    projects: Mapping[int, tuple[str, tuple[Layer, ...]]]  # by id: when it was made, and what is labelled in it

    def made(self, manifest: Manifest) -> bool:
        """Whether a snapshot came from here."""
        projects = {one.id: (one.created_at, one.layers) for one in manifest.projects}
        return (manifest.server_url, manifest.include, projects) == self


class Base(NamedTuple):
    """The newest snapshot of the source, if there is a sound one; ``why`` everything is to be fetched, if it is."""

    snapshot: Snapshot | None
    why: str = ""


def find(folder: Path, source: Source, now: datetime) -> Base:
    """What a pull from ``source`` at the time ``now`` can go on from, of the snapshots in a folder."""
    live = [one for one in map(_opened, snapshots.newest_first(folder)) if one and one.manifest.projects]
    ours = next((one for one in live if source.made(one.manifest)), None)
    if ours is None:
        return Base(None, "no snapshot before was taken of just these projects, as they are pulled now" if live else "")
    if damaged := next((name for name in ours.manifest.files if not _as_pulled(ours, name)), ""):
        return Base(None, f"{ours.folder / damaged} is not what was pulled")
    if ours.manifest.since_full >= MOST:
        return Base(ours, f"{ours.manifest.since_full} pulls in a row fetched only what had changed")
    if now - datetime.fromisoformat(ours.manifest.full) > OLDEST:
        return Base(ours, f"everything was fetched last at {ours.manifest.full}")
    return Base(ours)


def known(base: Snapshot, project: int) -> Index:
    """The tasks of a project that a snapshot holds."""
    return Index(index.read(base.file(f"project-{project}/{index.INDEX}")))


def _opened(folder: Path) -> Snapshot | None:
    try:
        return snapshots.load(folder)
    except BadInputError:  # whoever reads it is told; there may be others
        return None


def _as_pulled(base: Snapshot, name: str) -> bool:
    """Whether a file is as it was; it is read only where it was written after the manifest."""
    path = base.folder / name
    if not path.is_file() or path.stat().st_size != base.manifest.files[name].bytes:
        return False
    if path.stat().st_mtime_ns <= (base.folder / snapshots.MANIFEST).stat().st_mtime_ns:
        return True
    return snapshots.digest(path) == base.manifest.files[name]
