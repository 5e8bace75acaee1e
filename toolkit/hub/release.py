"""A release on disk, as it is to be sent: intact, every file known by the names that the Hub has for its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from toolkit.dataset.releases import find
from toolkit.errors import BadInputError
from toolkit.files import explained, scratch_folder, tidy

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file: ``size`` in bytes, ``sha256``, and the SHA-1 by which git names its content."""

    path: Path
    size: int
    sha256: str
    blob: str


@dataclass(frozen=True, slots=True)
class LocalRelease:
    """A release: its files by their path in it, ``release.json`` among them."""

    folder: Path
    version: str
    date: str
    files: Mapping[str, LocalFile]

    @property
    def tag(self) -> str:
        """What the version is called on the Hub."""
        return f"v{self.version}"

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder beside it for what comes from the Hub; gone afterwards, or after the next run."""
        return scratch_folder(self.folder.with_name("loading"))


def read_release(folder: Path) -> LocalRelease:
    """The release in ``folder``.

    Raises BadInputError where there is none, or where a file is missing, changed or new since it was released.
    """
    tidy(folder.parent)
    if not folder.is_dir():
        raise BadInputError(
            f"there is no dataset {folder}", next="goldkit build, goldkit release; --version names another one"
        )
    release = next((one for one in find(folder.parent) if one.folder == folder), None)
    if release is None:
        raise BadInputError(f"{folder} is no release, only a build", next="goldkit release")
    release.require_intact()
    files = {
        path.relative_to(folder).as_posix(): measured(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }
    return LocalRelease(folder, release.version, release.record.date, files)


def measured(path: Path) -> LocalFile:
    """Read a file for its size and digests."""
    with explained(path, "read"), path.open("rb") as file:
        size = path.stat().st_size
        sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        while chunk := file.read(CHUNK):
            sha256.update(chunk)
            blob.update(chunk)
    return LocalFile(path, size, sha256.hexdigest(), blob.hexdigest())


def recorded(text: bytes) -> frozenset[str]:
    """The files that a ``release.json`` from elsewhere vouches for, of any version; none where it is not understood."""
    try:
        return frozenset(json.loads(text)["files"])
    except (ValueError, LookupError, TypeError):
        return frozenset()
