"""Releases: datasets that stay as they are.

A ``release.json`` in a dataset's folder makes it one, and vouches for every byte beside it. Releases lie side by side,
in folders that bear their versions; a dataset without the file is a build, which the next build replaces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from toolkit.dataset.opened import open_dataset
from toolkit.errors import BadInputError
from toolkit.files import explained, read_json, write_json
from toolkit.ontology.versions import numbers
from toolkit.project import IsoDate
from toolkit.settings import SemVer, parse_settings

RECORD = "release.json"
CHANGELOG = "CHANGELOG.md"

_SHOWN = 20  # files that an error names


class Record(BaseModel):
    """What ``release.json`` says: ``files`` are the sha256 of every other file in the folder, by path.

    ``previous`` is the version that it was compared with, empty for the first. ``changes`` are the counts of that
    comparison (``Changes.as_dict``), ``needs`` how far the version had to rise for them.
    """

    model_config = ConfigDict(frozen=True)

    version: SemVer
    previous: SemVer | Literal[""] = ""
    date: IsoDate
    split_seed: int
    needs: Literal["first", "patch", "minor", "major"]
    changes: dict[str, Any]
    files: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]


@dataclass(frozen=True, slots=True)
class Release:
    """A dataset's folder with its record."""

    folder: Path
    record: Record

    @property
    def version(self) -> str:
        """Its version, which is the folder's name."""
        return self.record.version

    def require_intact(self) -> None:
        """Raise BadInputError, naming the files, where one is missing, changed or new since it was released."""
        said, found = self.record.files, digests(self.folder)
        kinds = {
            "missing": said.keys() - found.keys(),
            "changed": {path for path in said.keys() & found.keys() if said[path] != found[path]},
            "not released": found.keys() - said.keys(),
        }
        lines = [f"\n  {kind}: {listed(sorted(paths))}" for kind, paths in kinds.items() if paths]
        if lines:
            raise BadInputError(
                f"{self.folder} is not what was released{''.join(lines)}",
                next="put its files back as they were (git restore, or a download of that version); "
                "a change needs a version of its own",
            )

    def differing(self, built: Path) -> tuple[str, ...]:
        """The files that are not the same in a build, by path; the changelog is the release's own."""
        said = {path: sha256 for path, sha256 in self.record.files.items() if path != CHANGELOG}
        found = digests(built)
        return tuple(path for path in sorted(said.keys() | found.keys()) if said.get(path) != found.get(path))

    def splits(self) -> dict[str, str]:
        """The split of every article."""
        from pyarrow import parquet

        files = open_dataset(self.folder).files("documents")
        columns = {
            split: parquet.read_table(path, columns=["article_id"])["article_id"]  # type: ignore[no-untyped-call]
            for split, path in files.items()
        }
        return {article_id: split for split, column in columns.items() for article_id in column.to_pylist()}


def find(datasets: Path) -> tuple[Release, ...]:
    """The releases of a project, the lowest version first; ``datasets`` is the folder that they lie in.

    Raises BadInputError where a record cannot be read, or is about another version than its folder.
    """
    found = [_read(path) for path in sorted(datasets.glob(f"[0-9]*/{RECORD}"))]
    return tuple(sorted(found, key=lambda release: numbers(release.version)))


def before(releases: Iterable[Release], version: str) -> Release | None:
    """The release that ``version`` follows: the highest below it; of a released version the one it was compared with.

    Where that one is not here, a released version follows itself: its articles keep their splits all the same.
    """
    known = {release.version: release for release in releases}
    if own := known.get(version):
        return known.get(own.record.previous, own) if own.record.previous else None
    lower = [release for release in known.values() if numbers(release.version) < numbers(version)]
    return max(lower, key=lambda release: numbers(release.version), default=None)


def seal(folder: Path, record: Mapping[str, Any]) -> Record:
    """Write ``release.json`` over a folder that is complete; ``record`` is all of it but ``files``."""
    sealed = Record(**record, files=digests(folder))
    write_json(folder / RECORD, sealed.model_dump())
    return sealed


def digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file below a folder but its record, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / RECORD:
            with explained(path, "read"), path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _read(path: Path) -> Release:
    record = parse_settings(Record, read_json(path), path)
    if record.version != path.parent.name:
        raise BadInputError(
            f"{path} is about version {record.version}, and its folder about {path.parent.name}",
            next=f"rename the folder to {record.version}, or move it out of {path.parent.parent}",
        )
    return Release(path.parent, record)


def listed(paths: Sequence[str]) -> str:
    """Paths for people, not more than they read."""
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
