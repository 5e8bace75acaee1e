"""Of two in one workspace the second waits; nothing is left of one that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from toolkit.errors import WorkspaceError
from toolkit.studio.turns import in_turn

HOLD = """
import sys
from pathlib import Path
from toolkit.studio.turns import in_turn

with in_turn(Path(sys.argv[1]), lambda line: print(line, flush=True), "push"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def running(lock: Path, begins: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock, or waits for it; gone afterwards."""
    command = [sys.executable, "-c", HOLD, str(lock)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(begins)
            yield process
        finally:
            process.kill()


def test_the_second_waits_and_says_so(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with running(lock, "held") as first, running(lock, "another push is under way") as second:
        assert second.poll() is None
        assert first.stdin is not None
        assert second.stdout is not None
        first.stdin.close()
        assert second.stdout.readline() == "held\n"


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with running(lock, "held") as first, running(lock, "another push is under way") as second:
        first.kill()
        assert second.stdout is not None
        assert second.stdout.readline() == "held\n"


def test_ctrl_c_ends_the_wait(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with running(lock, "held") as first, running(lock, "another push is under way") as second:
        second.send_signal(signal.SIGINT)
        _, errors = second.communicate(timeout=60)
        assert "KeyboardInterrupt" in errors
        assert first.poll() is None


def test_nothing_is_said_where_nobody_else_is(tmp_path: Path) -> None:
    lock, said = tmp_path / "lock", list[str]()
    for _ in range(2):
        with in_turn(lock, said.append, "push"):
            assert lock.stat().st_mode & 0o077 == 0
    assert said == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WorkspaceError, match="cannot lock"), in_turn(tmp_path / "lock", lambda line: None, "push"):
        pass


def test_a_lock_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot lock"), in_turn(tmp_path, lambda line: None, "push"):
        pass
