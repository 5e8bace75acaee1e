"""What must be so of a workspace at any moment: its files are whole. And after the next run: nothing else is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import yaml
from pyarrow import parquet

from toolkit.dataset import releases
from toolkit.studio import snapshots

_PART = re.compile(r"\..+\.(part|old)")
_LEFT = re.compile(r"\..+\.(part|old|pulling)")
_JOURNAL = "journal.jsonl"  # grows by a line at a time, and whoever reads it reckons with half a line


def of_parts(path: Path) -> bool:
    """Whether a path is in something that is only being written."""
    return any(_PART.fullmatch(part) for part in path.parts)


def check(root: Path) -> None:
    """Read every file of a workspace as what it is; what is only being written may be half-written."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not of_parts(path.relative_to(root)):
            try:
                _read(path)
            except Exception as error:
                raise AssertionError(f"{path.relative_to(root)} is not whole: {error!r}") from error


def _read(path: Path) -> None:
    match path.suffix:
        case ".json":
            json.loads(path.read_bytes())
        case ".jsonl":
            *lines, rest = path.read_bytes().split(b"\n")
            assert not rest or path.name == _JOURNAL, "the last line is cut off"
            for line in lines:
                json.loads(line)
        case ".yaml":
            assert yaml.safe_load(path.read_bytes()) is not None
        case ".parquet":
            parquet.read_table(path)
        case ".xml":
            ElementTree.fromstring(path.read_bytes())
    if path.name == snapshots.MANIFEST:
        snapshot = snapshots.load(path.parent)
        for name in snapshot.manifest.files:
            snapshot.file(name)
    elif path.name == releases.RECORD:
        (found,) = (one for one in releases.find(path.parent.parent) if one.folder == path.parent)
        found.require_intact()


def left_over(*folders: Path) -> list[Path]:
    """Temporary files and folders, and empty folders, which nobody made for anything."""
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if _LEFT.fullmatch(path.name) or (path.is_dir() and not any(path.iterdir()))
    ]
