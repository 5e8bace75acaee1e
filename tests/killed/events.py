"""What a program does to the world outside, counted as it does it; at a given event it kills itself.

Opened files, renamings, new and removed folders, connections and processes are told by Python's audit events. These do
not tell what is written and what is sent, so files, sockets, fsync and the Parquet writer are counted by wrappers. A
write that is the last one leaves half of its bytes.
"""

from __future__ import annotations

import builtins
import io
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_COUNTED = {
    *("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"),
    *("subprocess.Popen", "socket.connect", "sqlite3.connect"),
}
_SOCKET = ("send", "sendall", "recv", "recv_into")
_PARQUET = ("write_table", "close")


class Counter:
    """Counts events into a file, a line each; at the one numbered ``last`` the process is gone (0: never)."""

    def __init__(self, log: int, last: int, stop: signal.Signals = signal.SIGKILL) -> None:
        self._log, self._last, self._stop = log, last, stop
        self._count = 0
        self._lock = threading.RLock()

    def install(self) -> None:
        """Count what this process does from now on."""
        event, original = self.event, io.open

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                event(f"write {len(data)} to {self.name}", lambda: io.FileIO.write(self, data[: len(data) // 2]))
                return super().write(data)

        def opened(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **more: Any) -> Any:
            if set(mode) & set("wax+"):
                return _opened(Raw, file, mode, *args, **more)
            return original(file, mode, buffering, *args, **more)

        builtins.open = io.open = opened  # type: ignore[assignment]
        for name in _SOCKET:
            self._wrap(socket.socket, name, f"socket.{name}")
        self._wrap(os, "fsync", "os.fsync")
        if parquet := sys.modules.get("pyarrow.parquet"):
            for name in _PARQUET:
                self._wrap(parquet.ParquetWriter, name, f"parquet.{name}")
        sys.addaudithook(self._audited)

    def _wrap(self, owner: Any, name: str, told: str) -> None:
        inner = getattr(owner, name)

        def counted(*args: Any, **more: Any) -> Any:
            self.event(told)
            return inner(*args, **more)

        setattr(owner, name, counted)

    def _audited(self, name: str, args: tuple[Any, ...]) -> None:
        if name == "open" and isinstance(args[2], int) and args[2] & _WRITING and not str(args[0]).endswith(".pyc"):
            self.event(f"open {args[0]}")
        elif name in _COUNTED:
            self.event(f"{name} {args[0]}")

    def event(self, told: str, half: Callable[[], object] = lambda: None) -> None:
        """One event more, before it happens; ``half`` is what is done of the last one."""
        with self._lock:
            self._count += 1
            os.write(self._log, f"{self._count} {told}\n".encode())
            if self._count == self._last:
                half()
                os.kill(os.getpid(), self._stop)


def _opened(
    raw: type[io.FileIO],
    file: Any,
    mode: str,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """What `open` gives for writing, on top of another raw file."""
    bare = raw(file, mode.replace("b", "").replace("t", ""), closefd, opener)
    buffered = io.BufferedRandom(bare) if "+" in mode else io.BufferedWriter(bare)
    return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)
