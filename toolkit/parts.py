"""Temporary neighbours of files and folders that are being written, and what is left of them where a run was killed.

A part bears the number of its process in its name, so that a later run can tell what nobody will finish.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import tempfile
from pathlib import Path

PART, OLD = ".part", ".old"
_NAME = re.compile(rf"\.(?P<of>.+)\.(?P<process>\d+)-\w+(?P<kind>\{PART}|\{OLD})")


def new_file(path: Path) -> Path:
    """An empty file beside ``path``, for its next content."""
    sweep(path.parent)
    handle, name = tempfile.mkstemp(prefix=_prefix(path), suffix=PART, dir=path.parent)
    os.close(handle)
    return Path(name)


def new_folder(path: Path) -> Path:
    """The same for a folder."""
    sweep(path.parent)
    return Path(tempfile.mkdtemp(prefix=_prefix(path), suffix=PART, dir=path.parent))


@functools.cache  # once a run: a folder may have many files
def sweep(folder: Path) -> None:
    """Remove the parts that killed runs left in a folder; what was set aside, and never replaced, comes back."""
    for left in sorted(folder.iterdir()):
        found = _NAME.fullmatch(left.name)
        if not found or _lives(int(found["process"])):
            continue
        if found["kind"] == OLD and not (folder / found["of"]).exists():
            left.replace(folder / found["of"])
        elif left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _prefix(path: Path) -> str:
    return f".{path.name}.{os.getpid()}-"


def _lives(process: int) -> bool:
    import psutil

    return bool(psutil.pid_exists(process))
