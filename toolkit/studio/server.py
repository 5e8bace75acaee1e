"""The embedded Label Studio: started, found and stopped from here; it runs in a process of its own (serve.py).

A server's *home* is a folder (``.goldkit/studio`` in a workspace) that holds all it needs and all it writes:
``label_studio.sqlite3``, ``media/``, ``.env`` (the key that signs its tokens), ``credentials.json``, ``server.json``
(process and port), ``server.log`` (this run) and ``server.log.1`` (the run before). It listens on 127.0.0.1 alone.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from toolkit.errors import GoldkitError, StudioError, StudioVersionError
from toolkit.files import explained, read_json, read_secret, write_json
from toolkit.studio.process import HOST, alive, answers, bound_socket, end, locked

DATABASE = "label_studio.sqlite3"
LOG = "server.log"

# All that the server needs of our environment. Label Studio reads hundreds of variables, with and without a prefix
# (HOST, DEBUG, SECRET_KEY, DATABASE_NAME, DJANGO_DB …): one that means something else here would change it.
_KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to reach a Label Studio as one of its users. ``token`` is a personal access token; secrets are not shown."""

    url: str
    email: str
    password: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of a home's server. ``pid`` is 0 where none runs; ``url`` then is the address it had last."""

    running: bool
    answering: bool
    url: str
    pid: int
    version: str
    home: Path
    log: Path


@dataclass(slots=True)
class _Record:
    """``server.json``: the process, and what outlives it (the port, so that links in old reports stay valid)."""

    pid: int = 0
    created: float = 0.0
    ready: bool = False
    port: int = 0
    version: str = ""

    @classmethod
    def read(cls, home: Path) -> _Record:
        try:
            known = read_json(home / "server.json") if (home / "server.json").exists() else {}
            return cls(**known)
        except (GoldkitError, TypeError):  # cut off by a full disk, or written by another version: start anew
            return cls()

    def write(self, home: Path) -> None:
        write_json(home / "server.json", {name: getattr(self, name) for name in self.__slots__}, private=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}" if self.port else ""


def start(
    home: Path, *, workers: int = 2, timeout: float = 300, progress: Callable[[str], None] | None = None
) -> Credentials:
    """Start the server of ``home`` and wait until it answers; one that runs already is returned at once.

    ``timeout`` is in seconds: a start takes 5 to 15, the first on a machine up to a minute (it makes the database).
    ``progress`` is called with one line for people before the waiting begins.

    Raises StudioError where Label Studio is not installed, ends, or does not answer in time, and StudioVersionError
    where the home was written by a newer one.
    """
    say = progress or (lambda line: None)
    home = home.resolve()
    version = _installed_version()
    deadline = time.monotonic() + timeout
    with explained(home, "make"):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(home, timeout):
        record = _Record.read(home)
        server = _process(record)
        if server is None:
            _refuse_downgrade(home, record.version, version)
            first = not (home / DATABASE).exists() and not prepared_database(version).exists()
            say(f"starting Label Studio {version}" + (", the first time here: about a minute" if first else ""))
            server = _spawn(home, workers, version, record)
            try:
                _wait_until_up(home, record, server, deadline)
            except BaseException:  # Ctrl-C too: it is another session's process, nobody else would end it
                end(server, grace=0)
                _forget(home, record)
                raise
        elif not record.ready:  # the one who started it was killed while waiting
            say(f"Label Studio is starting (process {record.pid})")
            _wait_until_up(home, record, server, deadline)
        found = credentials(home)
    if found is None:
        raise StudioError(
            f"Label Studio runs, but {home / 'credentials.json'} cannot be read",
            next="goldkit studio stop && goldkit studio start (writes it again)",
        )
    return found


def stop(home: Path, *, timeout: float = 20) -> bool:
    """Stop the server of ``home``; requests under way have ``timeout`` seconds. False where none ran."""
    home = home.resolve()
    if not (home / "server.json").exists():
        return False
    with locked(home, timeout):
        record = _Record.read(home)
        server = _process(record)
        if server is not None:
            end(server, grace=timeout)
        _forget(home, record)
        return server is not None


def status(home: Path) -> ServerStatus:
    """What runs in ``home``, now. Never raises for a server that is absent or broken."""
    home = home.resolve()
    record = _Record.read(home)
    running = _process(record) is not None
    return ServerStatus(
        running=running,
        answering=running and answers(record.port, timeout=2),
        url=record.url,
        pid=record.pid if running else 0,
        version=record.version,
        home=home,
        log=home / LOG,
    )


def credentials(home: Path) -> Credentials | None:
    """The administrator of the server that runs in ``home``; None where none runs.

    Raises WorkspaceError where others can read the file that says it.
    """
    home = home.resolve()
    record = _Record.read(home)
    if _process(record) is None:
        return None
    try:
        known = json.loads(read_secret(home / "credentials.json"))
        return Credentials(url=record.url, email=known["email"], password=known["password"], token=known["token"])
    except (ValueError, KeyError, TypeError):
        return None


def prepared_database(version: str) -> Path:
    """Where an empty, migrated database of that Label Studio is kept, so that a machine migrates once.

    ``GOLDKIT_CACHE`` names another folder than ``~/.cache/goldkit``.
    """
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("GOLDKIT_CACHE") or Path(base) / "goldkit")
    return folder.absolute() / f"label-studio-{version}.sqlite3"


def _installed_version() -> str:
    """The installed Label Studio's version, without importing it (that takes seconds)."""
    missing = [name for name in ("label_studio", "gunicorn") if importlib.util.find_spec(name) is None]
    if missing:
        raise StudioError(
            f"the embedded Label Studio is not installed ({', '.join(missing)} missing)",
            next='pip install "goldkit[studio]", or name your own server in configs/project.yaml (studio: url:)',
        )
    return importlib.metadata.version("label-studio")


def _refuse_downgrade(home: Path, written_by: str, installed: str) -> None:
    old, new = (tuple(int(part) for part in text.split(".") if part.isdigit()) for text in (written_by, installed))
    if (home / DATABASE).exists() and old > new:
        raise StudioVersionError(
            f"{home} was written by Label Studio {written_by}; {installed} is installed and cannot read it safely",
            next=f'pip install "label-studio>={written_by}"',
        )


def _spawn(home: Path, workers: int, version: str, record: _Record) -> psutil.Process:
    """Start the child on a socket that we bind, so that the port is known, and ours; record it."""
    log = home / LOG
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    # The same modules as ours, in the same order; the empty entry would mean the folder that the child stands in.
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    with bound_socket(record.port) as listener, explained(log, "write"):
        if log.exists():
            log.replace(log.with_name(LOG + ".1"))
        log.touch(mode=0o600)
        with log.open("wb") as output:
            child = subprocess.Popen(
                [
                    *(sys.executable, "-u", "-P", "-W", "ignore", "-m", "toolkit.studio.serve", "--home", str(home)),
                    *("--fd", str(listener.fileno()), "--workers", str(max(2, workers))),
                    *("--prepared", str(prepared_database(version))),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                pass_fds=(listener.fileno(),),
                start_new_session=True,  # Ctrl-C in this terminal, now or later, is not meant for it
            )
        server = psutil.Process(child.pid)
        # It outlives us by intent, and psutil waits for it: without this, Popen's finaliser warns.
        child.returncode = 0
        try:
            record.pid, record.created, record.ready = child.pid, server.create_time(), False
            record.port, record.version = listener.getsockname()[1], version
            record.write(home)
        except BaseException:  # a server that is not recorded could not be found again
            end(server, grace=0)
            raise
    return server


def _wait_until_up(home: Path, record: _Record, server: psutil.Process, deadline: float) -> None:
    while not answers(record.port, timeout=5):
        ended = not alive(server)
        if ended or time.monotonic() > deadline:
            log = home / LOG
            tail = "".join(f"\n  {line}" for line in log.read_text(errors="replace").splitlines()[-15:])
            raise StudioError(
                f"Label Studio {'ended while starting' if ended else 'did not answer in time'}; {log} ends with:{tail}",
                next=f"correct what it names, or move {home} away for an empty one; then: goldkit studio start",
            )
        time.sleep(0.1)
    record.ready = True
    record.write(home)


def _process(record: _Record) -> psutil.Process | None:
    """The recorded process where it is alive, and still the same: a pid is given again after a while."""
    try:
        server = psutil.Process(record.pid)
        # Seconds since boot, plus a boot time that moves when the clock is set: hence not to the last digit.
        same = abs(server.create_time() - record.created) < 2
    except (psutil.Error, TypeError, ValueError):
        return None
    return server if same and alive(server) else None


def _forget(home: Path, record: _Record) -> None:
    record.pid, record.created, record.ready = 0, 0.0, False
    record.write(home)
