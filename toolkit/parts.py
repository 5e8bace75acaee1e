"""Temporary neighbours of files and folders that are being written, and what is left of them where a run was killed.

A part bears the number of its process in its name, so that a later run can tell what nobody will finish.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import tempfile
from pathlib import Path

PART, OLD = ".part", ".old"
_NAME = re.compile(rf"\.(?P<of>.+)\.(?P<process>\d+)-\w+(?P<kind>\{PART}|\{OLD})")
_CLOCKS = 60  # seconds by which the time of a file and the start of a process may be apart

_ours: set[Path] = set()


def new_file(path: Path) -> Path:
    """An empty file beside ``path``, for its next content."""
    sweep(path.parent)
    handle, name = tempfile.mkstemp(prefix=_prefix(path), suffix=PART, dir=path.parent)
    os.close(handle)
    return _noted(Path(name))


def new_folder(path: Path) -> Path:
    """The same for a folder."""
    sweep(path.parent)
    return _noted(Path(tempfile.mkdtemp(prefix=_prefix(path), suffix=PART, dir=path.parent)))


@functools.cache  # once a run: a folder may have many files
def sweep(folder: Path) -> None:
    """Remove the parts that killed runs left in a folder; what was set aside, and never replaced, comes back.

    What cannot be removed stays. Raises OSError where something cannot come back.
    """
    for left in sorted(folder.iterdir()) if folder.is_dir() else ():
        found = _NAME.fullmatch(left.name)
        if not found or not _abandoned(left, int(found["process"])):
            continue
        if found["kind"] == OLD and not (folder / found["of"]).exists():
            with contextlib.suppress(FileNotFoundError):  # another run was quicker
                left.replace(folder / found["of"])
        elif left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
            with contextlib.suppress(OSError):
                (folder / found["of"]).rmdir()  # only a name that was taken for it: an empty folder
        else:
            with contextlib.suppress(OSError):
                left.unlink()


def _prefix(path: Path) -> str:
    return f".{path.name}.{os.getpid()}-"


def _noted(part: Path) -> Path:
    _ours.add(part)
    return part


def _abandoned(left: Path, process: int) -> bool:
    """Whether its process is gone. The number may be another's since: in a container it always is."""
    import psutil

    if process == os.getpid():
        return left.with_suffix(PART) not in _ours
    try:
        return bool(psutil.Process(process).create_time() > left.stat().st_mtime + _CLOCKS)
    except psutil.NoSuchProcess:
        return True
    except (psutil.Error, OSError):  # somebody else's process; or it was not left after all
        return False
