"""A Label Studio for a team, as docs/scale.md has it, on PostgreSQL with several workers; for one run, then gone."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from toolkit.errors import GoldkitError
from toolkit.files import replacing, write_text
from toolkit.studio.process import HOST, alive, answers, bound_socket, end
from toolkit.studio.server import Credentials, prepared_database

DATABASE = USER = "labelstudio"
EMAIL, PASSWORD = "admin@label.example", "a long enough password"
PATIENCE = 120  # seconds that a server has to answer; the database's first migrations take half a minute more

# What docs/scale.md tells people to run; a test compares the two.
GUNICORN = """\
from importlib.util import find_spec

wsgi_app = "label_studio.core.wsgi:application"
pythonpath = find_spec("label_studio").submodule_search_locations[0]
raw_env = ["DJANGO_SETTINGS_MODULE=label_studio.core.settings.label_studio"]
bind = "127.0.0.1:8080"
workers = 4  # processes; one or two a core
worker_class = "gthread"
threads = 4  # in each: who waits for the database leaves the processor to others
preload_app = True  # loaded once, 260 MB, and forked
timeout = 600  # seconds; the largest imports and exports take minutes
control_socket_disable = True  # a second way in, which nobody here uses


def when_ready(server):
    from django.db import connections

    connections.close_all()  # what was opened while loading must not be shared by the workers
"""
SETTINGS = {
    "DJANGO_DB": "default",
    "CSRF_TRUSTED_ORIGINS": "https://label.example.org",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LOG_LEVEL": "ERROR",
}


@dataclass(frozen=True, slots=True)
class Team:
    """A running Label Studio and its database. ``connection`` is what psycopg wants to know."""

    credentials: Credentials
    connection: Mapping[str, str]
    server: psutil.Process
    database: psutil.Process

    def processor_seconds(self) -> float:
        """User and system time of both since they began, and of those of their processes that have ended."""
        return sum(
            sum(one.cpu_times()[:4]) for parent in (self.server, self.database) for one in (parent, *_children(parent))
        )


def programs() -> Path | None:
    """The folder of Debian's newest PostgreSQL, or of the one on the path; None where there is none."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextlib.contextmanager
def team(home: Path, *, workers: int = 4) -> Iterator[Team]:
    """Start a database and a server on free places of this machine, and stop them whatever happens.

    ``home`` is for the server's files. Raises GoldkitError where there is no PostgreSQL, or one of both does
    not start.
    """
    with _database() as (connection, database):
        settings = _environment(home, connection)
        _prepare(connection, settings)
        with _label_studio(home, settings, workers) as (url, server):
            yield Team(Credentials(url, EMAIL, PASSWORD, _token(url)), connection, server, database)


@contextlib.contextmanager
def _database() -> Iterator[tuple[Mapping[str, str], psutil.Process]]:
    """An empty cluster that only a socket in a private folder leads to; what it holds need not outlive a crash."""
    found = programs()
    if found is None:
        raise GoldkitError("there is no PostgreSQL here", next="apt-get install postgresql")
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="goldkit-pg-"))  # not deep: a socket's path has a hundred characters at most
    try:
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        create = ["initdb", "-D", "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        _run([found / create[0], *create[1:]], cwd=folder, **owner)
        careless = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "full_page_writes=off")
        with (folder / "log").open("wb") as log:
            child = subprocess.Popen(
                [found / "postgres", "-D", folder / "data", *(word for one in careless for word in ("-c", one))],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **owner,
            )
        try:
            ready = [found / "pg_isready", "-q", "-h", folder]
            _wait(lambda: subprocess.run(ready, check=False).returncode == 0, child, folder / "log")
            yield {"host": str(folder), "user": USER, "dbname": DATABASE}, psutil.Process(child.pid)
        finally:
            child.send_signal(signal.SIGINT)  # its fast way out; at SIGTERM it waits until nobody is connected
            _collect(child, grace=10)
    finally:
        shutil.rmtree(folder)


def _owner() -> dict[str, Any]:
    """Whom PostgreSQL is run as: not root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name: one for one in pwd.getpwall()}
    other = names.get("postgres") or names["nobody"]
    return {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}


def _environment(home: Path, connection: Mapping[str, str]) -> dict[str, str]:
    """What docs/scale.md has in label-studio.env, beside a clean environment."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    database = {"HOST": connection["host"], "NAME": DATABASE, "USER": USER, "PORT": "5432", "PASSWORD": "unused"}
    return {
        **kept,
        **SETTINGS,
        **{f"POSTGRE_{name}": value for name, value in database.items()},
        "LABEL_STUDIO_BASE_DATA_DIR": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
    }


def _prepare(connection: Mapping[str, str], settings: Mapping[str, str]) -> None:
    """Make Label Studio's tables and its first user, from what an earlier run kept where there is one."""
    found = programs()
    assert found
    where = ["-h", connection["host"], "-U", USER]
    _run([found / "createdb", *where, DATABASE])
    cached = prepared_database(importlib.metadata.version("label-studio")).with_suffix(".postgresql.sql")
    load = [found / "psql", *where, "-d", DATABASE, "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", cached]
    if cached.exists() and subprocess.run(load, capture_output=True, check=False).returncode == 0:
        return
    first = {"LABEL_STUDIO_USERNAME": EMAIL, "LABEL_STUDIO_PASSWORD": PASSWORD}
    _run([Path(sys.executable).with_name("label-studio"), "init", "-q"], env=dict(settings) | first)
    with replacing(cached, private=True) as part:
        _run([found / "pg_dump", *where, "-d", DATABASE, "--no-owner", "-f", part])


@contextlib.contextmanager
def _label_studio(home: Path, settings: Mapping[str, str], workers: int) -> Iterator[tuple[str, psutil.Process]]:
    """The server, on a port that the system gives."""
    write_text(home / "gunicorn.conf.py", GUNICORN)
    log = home / "server.log"
    with bound_socket(0) as listener, log.open("wb") as output:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        child = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "gunicorn", "--config", home / "gunicorn.conf.py"),
                *("--bind", f"fd://{descriptor}", "--workers", str(workers)),
            ],
            env=dict(settings),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(descriptor,),
            start_new_session=True,
        )
    try:
        _wait(lambda: answers(port, timeout=5), child, log)
        yield f"http://{HOST}:{port}", psutil.Process(child.pid)
    finally:
        _collect(child, grace=0)  # what it holds is not wanted


def _token(url: str) -> str:
    """A personal access token of the first user, got as a person gets it: after logging in."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as browser:
        browser.get("/user/login/").raise_for_status()
        form = {"email": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post("/user/login/", data=form)
        reply = browser.post("/api/token/", headers={"X-CSRFToken": browser.cookies["csrftoken"], "Referer": url})
        return str(reply.raise_for_status().json()["token"])


def _wait(ready: Any, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if child.poll() is not None or time.monotonic() > deadline:
            raise GoldkitError(f"it did not start: {log.read_text(errors='replace')[-2000:]}", next=f"see {log}")
        time.sleep(0.05)


def _collect(child: subprocess.Popen[bytes], *, grace: float) -> None:
    """End a process with all that it started; it leads a group of its own. ``grace`` in seconds."""
    if child.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            end(psutil.Process(child.pid), grace=grace)
    child.wait(timeout=10)


def _children(parent: psutil.Process) -> list[psutil.Process]:
    return [one for one in parent.children(recursive=True) if alive(one)]


def _run(command: list[Any], **options: Any) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, **options)
    if done.returncode:
        raise GoldkitError(f"{Path(command[0]).name}: {done.stderr[-2000:]}", next="see what it says")
