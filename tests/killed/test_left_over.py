"""What killed runs leave: told from what is being written now, and taken away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pipeline.program import environment

from toolkit import parts
from toolkit.errors import WorkspaceError
from toolkit.files import replacing, replacing_folder, tidy, write_text

LONG_AGO = 86_400.0  # seconds since 1970


def left(folder: Path, process: int, kind: str, *, of: str = "dataset") -> Path:
    """A folder that a run left which had this number."""
    made = folder / f".{of}.{process}-abcdefgh{kind}"
    write_text(made / "half", "half")
    return made


def test_by_a_process_of_our_own_number(tmp_path: Path) -> None:
    """In a container every run has the same."""
    left(tmp_path, os.getpid(), parts.PART)
    left(tmp_path, os.getpid(), parts.OLD)
    tidy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dataset"]


def test_by_a_process_whose_number_was_given_again(tmp_path: Path) -> None:
    made = left(tmp_path, os.getppid(), parts.PART)
    os.utime(made, (LONG_AGO, LONG_AGO))
    tidy(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_being_written_stays(tmp_path: Path) -> None:
    theirs = left(tmp_path, os.getppid(), parts.PART)
    with replacing_folder(tmp_path / "folder") as ours:
        parts.sweep.__wrapped__(tmp_path)
        assert theirs.exists()
        assert ours.exists()


def test_a_name_that_was_only_taken_is_given_back(tmp_path: Path) -> None:
    left(tmp_path, os.getpid(), parts.PART, of="snapshot")
    (tmp_path / "snapshot").mkdir()
    tidy(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", [replacing, replacing_folder])
def test_folders_that_were_made_for_nothing_go_again(write: Any, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    path = tmp_path / "a" / "b" / "c" / "file"
    with pytest.raises(WorkspaceError, match="no more"), write(path):
        raise OSError("no more")
    assert [path.name for path in tmp_path.rglob("*")] == ["a"]


def test_what_loads_a_release_back_ends_with_the_command(tmp_path: Path) -> None:
    """Its standard input is the command's to close."""
    loading = subprocess.run(
        [sys.executable, "-m", "toolkit.hub.rows", "tester/harbour", "v1.0.0", "documents"],
        env=environment(HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (loading.returncode, loading.stdout) == (1, b"")
