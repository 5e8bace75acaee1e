"""One at a time: what two runs in one workspace must not do at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from toolkit.files import explained

PATIENCE = 1.0  # seconds before the wait is told


@contextlib.contextmanager
def in_turn(lock: Path, say: Callable[[str], None], what: str) -> Iterator[None]:
    """Wait until nobody else does ``what`` here, and keep others waiting; Ctrl-C ends the wait.

    The lock is the operating system's: it goes with who holds it, however that ends, and its file stays.

    Raises WorkspaceError where the file cannot be made.
    """
    from filelock import FileLock, Timeout

    turn = FileLock(lock, mode=0o600)
    with explained(lock, "lock"):
        try:
            turn.acquire(timeout=PATIENCE)
        except Timeout:
            say(f"another {what} is under way in this workspace: waiting for its end (Ctrl-C gives up)")
            turn.acquire()
    try:
        yield
    finally:
        turn.release()
