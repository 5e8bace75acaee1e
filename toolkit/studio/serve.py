"""The embedded server's process: ``python -m toolkit.studio.serve --home … --fd …``; server.py starts it.

It stands alone: it makes or migrates the database, makes the administrator, writes ``credentials.json``, and serves
Label Studio's own WSGI application with gunicorn. Loading Label Studio takes 4 to 12 seconds and 260 MB, so it is
done once, and the workers are forked from the loaded process.

Everything in Label Studio that would speak to the internet by itself is off: usage statistics, Sentry, the look for
newer versions, feature flags from LaunchDarkly, and the tips that the home page has the server fetch from GitHub.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import logging
import os
import re
import secrets
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from toolkit.files import read_json, replacing, write_json
from toolkit.studio.receivers import keep_receivers

DATABASE = "label_studio.sqlite3"
EMAIL = "admin@goldkit.local"
THREADS = 4  # per worker; they share the database's one writer, so more would only wait
REQUEST_SECONDS = 600  # the largest imports and exports take minutes
LOCK_SECONDS = 120  # how long a writer waits for its turn: longer than the largest import holds the database

logger = logging.getLogger("goldkit.studio")
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def main(arguments: list[str] | None = None) -> None:
    """Prepare the home and serve until a signal ends it."""
    parser = argparse.ArgumentParser(prog="toolkit.studio.serve", description="Serve one home's Label Studio.")
    parser.add_argument("--home", type=Path, required=True, help="the server's folder")
    parser.add_argument("--fd", type=int, required=True, help="a bound TCP socket, inherited")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--prepared", type=Path, required=True, help="where an empty, migrated database is kept")
    options = parser.parse_args(arguments)

    logging.basicConfig(level=logging.ERROR)  # Label Studio says much before its own levels apply
    logger.setLevel(logging.INFO)
    os.umask(0o077)
    os.chdir(options.home)  # Label Studio serves files from some folder names that it finds where it stands
    database = options.home / DATABASE
    new = options.home / (DATABASE + ".new")
    for leftover in options.home.glob(new.name + "*"):
        leftover.unlink()
    if database.exists():
        _check(database)
    else:
        _copy_prepared(options.prepared, database)
    _load(options.home, database if database.exists() else new)
    if database.exists():
        _migrate_old(database)
    else:
        _migrate_new(new, database, options.prepared)
    _make_administrator(options.home / "credentials.json")
    _serve(options.fd, options.workers)


def _load(home: Path, database: Path) -> None:
    """Set Label Studio up in this process, with its settings as we want them."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="label_studio.core.settings.label_studio",
        DJANGO_DB="sqlite",
        LABEL_STUDIO_BASE_DATA_DIR=str(home),
        LABEL_STUDIO_DATABASE_NAME=str(database),
        XDG_CONFIG_HOME=str(home / "config"),  # it writes an id of the machine there
        LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK="true",
        # No LABEL_STUDIO_HOST: the pages' links are then relative, and right under 127.0.0.1, under localhost, and
        # through an SSH tunnel; the invite link is made in the browser from the address it sees.
        LABEL_STUDIO_ALLOWED_HOSTS="127.0.0.1,localhost",  # no other site may be made to resolve to us
        LABEL_STUDIO_CORS_ALLOW_ALL_ORIGINS="false",
        LOG_LEVEL="ERROR",
        DEBUG="false",
        COLLECT_ANALYTICS="false",
        LATEST_VERSION_CHECK="false",
        SENTRY_DSN="",
        FRONTEND_SENTRY_DSN="",
        FEATURE_FLAGS_OFFLINE="true",
    )
    package = find_spec("label_studio")
    if package is None or not package.submodule_search_locations:
        sys.exit("label_studio is not installed")
    sys.path.insert(0, package.submodule_search_locations[0])  # its modules call each other core, users, tasks …

    # Not by importing the settings' module: it asks for its own settings while it is half loaded, and only Django,
    # which loads it on first use, then forgets the half.
    settings = import_module("django.conf").settings
    settings.DATABASES["default"]["CONN_MAX_AGE"] = None  # a new connection is 5 ms of a request
    settings.DATABASES["default"]["OPTIONS"] = {
        "timeout": LOCK_SECONDS,
        # A transaction that reads first and writes later cannot wait for another writer (SQLite refuses it at once);
        # one that says from the beginning that it will write can.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",  # readers do not wait for the writer
    }
    # Browsers keep one jar a host, whatever the port: two workspaces' servers would log each other out.
    settings.SESSION_COOKIE_NAME = f"sessionid_{hashlib.sha256(settings.SECRET_KEY.encode()).hexdigest()[:8]}"
    settings.LOGGING["formatters"]["standard"]["()"] = Redacting
    settings.LOGGING["handlers"]["console"]["filters"] = ["refusals"]
    settings.LOGGING["filters"] = {"refusals": {"()": WithoutRefusals}}
    import_module("django").setup()
    keep_receivers()


class Redacting(logging.Formatter):
    """Log lines without e-mail addresses and tokens: the log may be shown, or sent with a bug report."""

    _secret = re.compile(
        r"(?P<mail>[\w.+-]+@[\w-]+(\.[\w-]+)+)|(?P<jwt>eyJ[\w-]+\.[\w.-]+)|(?P<key>(?<=token=)[\w-]+)", re.ASCII
    )

    def format(self, record: logging.LogRecord) -> str:  # noqa: D102
        return self._secret.sub(lambda match: f"<{match.lastgroup or 'mail'}>", super().format(record))


class WithoutRefusals(logging.Filter):
    """Drop what Label Studio logs as an error for every answer of 400 to 499: the client was told, with the reason."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: D102
        return not getattr(record, "sentry_skip", False)


def _check(database: Path) -> None:
    """Fail early, and by name, for a file that is no database. Raises sqlite3.DatabaseError."""
    with closing(sqlite3.connect(database, timeout=LOCK_SECONDS)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master")


def _copy_prepared(prepared: Path, database: Path) -> None:
    """Begin with the machine's prepared database where there is one and it is whole."""
    if not prepared.exists():
        return
    try:
        with closing(sqlite3.connect(prepared)) as connection:
            whole = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        whole = False
    if not whole:
        logger.info("%s is damaged: making another", prepared)
        prepared.unlink(missing_ok=True)
        return
    with replacing(database, private=True) as part:
        shutil.copyfile(prepared, part)


def _migrate_new(new: Path, database: Path, prepared: Path) -> None:
    """Make the database beside its place, keep an empty copy for later homes, then put it in its place."""
    logger.info("making the database")
    connection = import_module("django.db").connection
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")  # a crash costs this file only, and the next start makes another
    import_module("django.core.management").call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    connection.settings_dict["NAME"] = str(database)  # one dict for all threads' connections
    with replacing(database, private=True) as part:
        _copy_database(new, part)
    for leftover in new.parent.glob(new.name + "*"):
        leftover.unlink()
    try:
        with replacing(prepared) as part:
            shutil.copyfile(database, part)
    except Exception as error:  # a cache that cannot be written costs the next home a minute, no more
        logger.info("no copy for later homes: %s", error)


def _migrate_old(database: Path) -> None:
    """Bring the database of an older Label Studio up to this one, a copy kept beside it."""
    connection = import_module("django.db").connection
    executor = import_module("django.db.migrations.executor").MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    version = import_module("label_studio").__version__
    backup = database.with_name(f"label_studio.before-{version}.sqlite3")
    logger.info("migrating the database to Label Studio %s; as it was: %s", version, backup)
    if not backup.exists():  # a start that was broken off had already begun to change it
        with replacing(backup, private=True) as part:
            _copy_database(database, part)
    import_module("django.core.management").call_command("migrate", verbosity=0, interactive=False)


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # one file: no log beside it that a copy would forget


def _make_administrator(path: Path) -> None:
    """Make the user, the organisation and the token that are absent, and write how to log in.

    The file is the truth: the account's password follows it, and a token that no longer opens the door (the signing
    key is new, or somebody revoked it) is replaced.
    """
    users = import_module("users.models").User.objects
    organizations = import_module("organizations.models").Organization
    try:
        known = dict(read_json(path)) if path.exists() else {}
    except Exception:  # unreadable: the account gets a new password and token
        known = {}
    password = known.get("password") or secrets.token_urlsafe(18)
    user = users.filter(email=EMAIL).first()
    if user is None:
        user = users.create_user(email=EMAIL, password=password)
    elif not user.check_password(password):
        user.set_password(password)
    user.is_staff = user.is_superuser = True
    organization = organizations.objects.first() or organizations.create_organization(created_by=user, title="goldkit")
    organization.add_user(user)
    user.active_organization = organization
    user.save()
    made = {"email": EMAIL, "password": password, "token": _valid_token(user, known.get("token", ""))}
    if made != known:
        write_json(path, made, private=True)


def _valid_token(user: Any, known: str) -> str:
    tokens = import_module("jwt_auth.models").LSAPIToken
    jwt_errors = import_module("rest_framework_simplejwt.exceptions")
    blacklist = import_module("rest_framework_simplejwt.token_blacklist.models")
    try:
        if int(tokens(known)["user_id"]) == user.pk:
            return known
    except (jwt_errors.TokenError, jwt_errors.TokenBackendError, KeyError):
        pass
    for old in blacklist.OutstandingToken.objects.filter(user=user):
        blacklist.BlacklistedToken.objects.get_or_create(token=old)
    return str(tokens.for_user(user).get_full_jwt())


def _serve(descriptor: int, workers: int) -> None:
    from gunicorn.app.base import BaseApplication

    application = _without_tips(import_module("django.core.wsgi").get_wsgi_application())
    import_module("django.urls").get_resolver().url_patterns  # noqa: B018  # all views, before the workers fork
    import_module("django.db").connections.close_all()  # SQLite forbids a connection to cross a fork
    gc.collect()
    gc.freeze()  # the collector would otherwise touch, and so copy, the pages that the workers share

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            wanted = {
                "bind": f"fd://{descriptor}",
                "workers": workers,
                "worker_class": "gthread",
                "threads": THREADS,
                "preload_app": True,
                "timeout": REQUEST_SECONDS,
                "graceful_timeout": 15,
                "accesslog": None,
                "errorlog": "-",
                "loglevel": "warning",
                "proc_name": "goldkit-studio",
                "control_socket_disable": True,  # a second way in, which nobody here uses
                "when_ready": _redact,
            }
            for name, value in wanted.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Application:
            return application

    Server().run()


def _redact(server: Any) -> None:
    for handler in server.log.error_log.handlers:
        handler.setFormatter(Redacting(server.log.error_fmt, server.log.datefmt))


def _without_tips(application: Application) -> Application:
    """The application, minus the one page that makes the server fetch something from the internet."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith("/heidi-tips"):
            start_response("404 Not Found", [("Content-Type", "application/json"), ("Content-Length", "2")])
            return [b"{}"]
        return application(environ, start_response)

    return guarded


if __name__ == "__main__":
    main()
