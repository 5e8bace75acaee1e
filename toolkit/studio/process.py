"""A server's process, seen from outside: its lock, its socket, whether it lives and answers, and its end."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from toolkit.errors import StudioError
from toolkit.files import explained

HOST = "127.0.0.1"


@contextlib.contextmanager
def locked(home: Path, timeout: float) -> Iterator[None]:
    """Hold the home: of two that start or stop it at once, the second waits and then finds the first one's work."""
    try:
        import fcntl
    except ImportError:
        raise StudioError(
            "the embedded Label Studio needs Linux or macOS",
            next="work in WSL, or name your own server in configs/project.yaml (studio: url:)",
        ) from None
    deadline = time.monotonic() + timeout
    with explained(home / "lock", "open"):
        file = (home / "lock").open("w")
    with file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StudioError(
                        f"another goldkit has been starting or stopping the server of {home} for {timeout:.0f} s",
                        next="wait for it, then: goldkit studio status",
                    ) from None
                time.sleep(0.1)
        yield


def bound_socket(port: int) -> socket.socket:
    """Bind the port of the last run, or any free one where that is taken. Who listens on it is the child."""
    deadline = time.monotonic() + 2  # the workers of a server that was killed need a moment to notice
    while True:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            return listener
        except OSError:
            listener.close()
            if port == 0:
                raise
            if time.monotonic() > deadline:
                port = 0
            else:
                time.sleep(0.1)


def answers(port: int, timeout: float) -> bool:
    """Whether a Label Studio on this machine says that it is well; ``timeout`` in seconds."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)  # no proxy between us, whatever is set
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def alive(server: psutil.Process) -> bool:
    """Whether the process runs; one that ended and waits to be collected does not."""
    with contextlib.suppress(psutil.Error):
        return server.is_running() and server.status() != psutil.STATUS_ZOMBIE
    return False


def end(server: psutil.Process, grace: float) -> None:
    """Ask the server to finish; after ``grace`` seconds end it and its workers (one process group)."""
    with contextlib.suppress(psutil.Error, ProcessLookupError):
        if grace > 0:
            server.terminate()
            with contextlib.suppress(psutil.TimeoutExpired):
                server.wait(timeout=grace)
                return
        os.killpg(server.pid, signal.SIGKILL)  # its own session, so its own group: the workers with it
        server.wait(timeout=5)
