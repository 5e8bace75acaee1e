"""The embedded Label Studio, a real one: started twice (once anew, once again) for all of these tests."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import psutil
import pytest

from toolkit.errors import StudioAuthError, StudioError, StudioUnreachable, StudioVersionError
from toolkit.studio import process, server
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

pytest.importorskip("label_studio", reason="the embedded server is the extra goldkit[studio]")

CONFIG = '<View><Labels name="label" toName="text"><Label value="A"/></Labels><Text name="text" value="$text"/></View>'
ANNA, BEN = "anna.musterfrau@annotators.example", "ben.mustermann@annotators.example"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("workspace") / "studio"
    yield home
    server.stop(home)


@pytest.fixture(scope="module")
def studio(home: Path) -> Credentials:
    """Started by two at once, of whom one must win and the other find the winner's."""
    lines: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: server.start(home, progress=lines.append), range(2))
    assert first == second
    assert len(lines) == 1, "only one of them started anything"
    return first


def api(studio: Credentials, token: str | None = None) -> httpx.Client:
    """A client of the API that is logged in with a personal access token, as the README tells people to."""
    reply = httpx.post(f"{studio.url}/api/token/refresh/", json={"refresh": token or studio.token}, trust_env=False)
    assert reply.status_code == 200, reply.text
    headers = {"Authorization": f"Bearer {reply.json()['access']}"}
    return httpx.Client(base_url=studio.url, headers=headers, timeout=120, trust_env=False)


@pytest.fixture(scope="module")
def project(studio: Credentials) -> int:
    with api(studio) as client:
        reply = client.post("/api/projects", json={"title": "concurrent", "label_config": CONFIG})
        assert reply.status_code == 201, reply.text
        return int(reply.json()["id"])


def test_a_running_server_is_returned_at_once(home: Path, studio: Credentials) -> None:
    before, lines = server.status(home), list[str]()
    assert server.start(home, progress=lines.append) == studio
    assert lines == []  # nothing to wait for
    assert server.status(home) == before
    assert (before.running, before.answering, before.url) == (True, True, studio.url)
    assert server.credentials(home) == studio


def test_the_token_opens_the_door(studio: Credentials) -> None:
    with api(studio) as client:
        assert client.get("/api/projects").status_code == 200
        assert client.get("/api/current-user/whoami").json()["email"] == studio.email


def test_secrets_stay_in_private_files(home: Path, studio: Credentials) -> None:
    for name in ("credentials.json", ".env", "server.json", "server.log", server.DATABASE):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600, name
    assert repr(studio) == f"Credentials(url={studio.url!r}, email={studio.email!r})"


def test_it_listens_on_loopback_alone(home: Path, studio: Credentials) -> None:
    master = psutil.Process(server.status(home).pid)
    workers = master.children(recursive=True)
    assert len(workers) >= 2
    heard = {c.laddr.ip for p in (master, *workers) for c in p.net_connections() if c.status == psutil.CONN_LISTEN}
    assert heard == {"127.0.0.1"}


def test_it_does_not_answer_to_another_sites_name(studio: Credentials) -> None:
    port = httpx.URL(studio.url).port
    for host, expected in ((f"localhost:{port}", 200), (f"evil.example:{port}", 400)):
        reply = httpx.get(f"{studio.url}/user/login/", headers={"Host": host}, trust_env=False)
        assert reply.status_code == expected, host


def test_the_pages_and_the_editor_are_served(studio: Credentials, project: int) -> None:
    with httpx.Client(base_url=studio.url, follow_redirects=True, timeout=30, trust_env=False) as browser:
        assert browser.get("/").url.path == "/user/login/"
        form = {"email": studio.email, "password": studio.password}
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        home_page = browser.post("/user/login/", data=form)
        assert home_page.status_code == 200
        assert home_page.url.path != "/user/login/"
        page = browser.get(f"/projects/{project}/data")
        assert page.status_code == 200
        assert "collect_analytics: false" in page.text
        assert "sentry_dsn: null" in page.text
        began = time.monotonic()
        sizes = {path: len(_script(browser, path)) for path in ("/react-app/main.js", "/static/js/jquery.min.js")}
        assert sizes["/react-app/main.js"] > 1_000_000
        assert time.monotonic() - began < 30  # a moment, where nothing else runs
        assert browser.get("/heidi-tips").status_code == 404, "the server would fetch these from the internet"


def _script(browser: httpx.Client, path: str) -> bytes:
    reply = browser.get(path)
    assert reply.status_code == 200, path
    assert "javascript" in reply.headers["content-type"], path
    return reply.content


def test_eight_writers_at_once_all_get_through(studio: Credentials, project: int) -> None:
    with api(studio) as client:
        url = f"/api/projects/{project}/import?return_task_ids=true"
        tasks = client.post(url, json=[{"text": f"Text {n}"} for n in range(40)]).json()["task_ids"]

        def write(worker: int) -> list[int]:
            codes = []
            for turn in range(6):
                if worker % 2:
                    value = {"start": 0, "end": 4, "text": "Text", "labels": ["A"]}
                    region = {"from_name": "label", "to_name": "text", "type": "labels", "value": value}
                    task = tasks[(worker * 6 + turn) % len(tasks)]
                    reply = client.post(f"/api/tasks/{task}/annotations/", json={"result": [region]})
                else:
                    reply = client.post(url, json=[{"text": f"Text {worker} {turn} {n}"} for n in range(50)])
                codes.append(reply.status_code)
            return codes

        with ThreadPoolExecutor(8) as pool:
            codes = [code for each in pool.map(write, range(8)) for code in each]
        assert set(codes) == {201}
        state = client.get(f"/api/projects/{project}").json()
    assert state["task_number"] == 40 + 4 * 6 * 50
    assert state["total_annotations_number"] == 4 * 6


def test_counters_follow_after_a_project_was_deleted(studio: Credentials) -> None:
    def made(client: httpx.Client, tasks: int) -> tuple[int, list[int]]:
        project = client.post("/api/projects/", json={"title": "counted", "label_config": CONFIG}).json()["id"]
        texts = [{"text": f"Text {number}"} for number in range(tasks)]
        url = f"/api/projects/{project}/import?return_task_ids=true"
        return project, client.post(url, json=texts).json()["task_ids"]

    for _ in range(4):  # connections, and with them workers
        with api(studio) as client:
            gone, _tasks = made(client, 1)
            client.delete(f"/api/projects/{gone}/").raise_for_status()
            project, (first, *_others) = made(client, 3)
            client.delete(f"/api/tasks/{first}/").raise_for_status()
            summary = client.get(f"/api/projects/{project}/summary/").json()
            assert summary["all_data_columns"] == {"text": 2}


def test_two_annotators_are_two_users(studio: Credentials) -> None:
    tokens = {email: add_annotator(studio, email, "correct horse battery") for email in (ANNA, BEN)}
    ids = set()
    for email, token in tokens.items():
        with api(studio, token) as client:
            me = client.get("/api/current-user/whoami").json()
            assert me["email"] == email
            ids.add(me["id"])
    assert len(ids) == 2
    with pytest.raises(StudioError, match="already exists"):
        add_annotator(studio, ANNA, "correct horse battery")
    with pytest.raises(StudioError, match="8 characters"):
        add_annotator(studio, "carl@annotators.example", "short")
    with pytest.raises(StudioAuthError) as refused:
        add_annotator(Credentials(studio.url, "", "", tokens[ANNA][:-4] + "AAAA"), "carl@annotators.example", "x" * 9)
    assert refused.value.next
    assert tokens[ANNA][:20] not in str(refused.value)


def test_the_log_names_nobody(home: Path, studio: Credentials) -> None:
    with api(studio) as client:
        client.post("/api/projects", json={"title": "x", "created_by": ANNA})
        assert client.get("/trigger500/").status_code == 500
    log = (home / server.LOG).read_text()
    assert "Exception: test" in log, "what breaks must be found there"
    for secret in (studio.password, studio.token, studio.token.split(".")[2], ANNA, BEN, "correct horse", "token=ey"):
        assert secret not in log


def test_after_a_restart_all_is_as_before(home: Path, studio: Credentials, project: int) -> None:
    with httpx.Client(base_url=studio.url, follow_redirects=True, trust_env=False) as browser:
        browser.get("/user/login/")
        form = {"email": studio.email, "password": studio.password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post("/user/login/", data=form)
        group = server.status(home).pid

        assert server.stop(home) is True
        stopped = server.status(home)
        assert (stopped.running, stopped.answering, stopped.pid, stopped.url) == (False, False, 0, studio.url)
        assert not [process for process in psutil.process_iter() if _group(process) == group]
        assert server.stop(home) is False
        assert server.credentials(home) is None
        with pytest.raises(StudioUnreachable):
            add_annotator(studio, "dora@annotators.example", "correct horse battery")

        _make_older(home / server.DATABASE)
        assert server.start(home) == studio, "the same address, password and token"
        assert browser.get("/").url.path != "/user/login/", "still logged in"
    with api(studio) as client:
        assert client.get(f"/api/projects/{project}").json()["title"] == "concurrent"
    assert _applied(home / server.DATABASE) == 1, "a database of an older version is migrated"
    (backup,) = home.glob("label_studio.before-*.sqlite3")
    assert _applied(backup) == 0
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


_MIGRATION = "app = 'data_manager' AND name = '0018_remove_allow_skip'"  # changes rows only, so it can run twice


def _make_older(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        assert connection.execute(f"DELETE FROM django_migrations WHERE {_MIGRATION}").rowcount == 1


def _applied(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM django_migrations WHERE {_MIGRATION}").fetchone()[0])


def _group(process: psutil.Process) -> int:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return 0


def test_a_child_that_dies_is_explained(tmp_path: Path) -> None:
    (tmp_path / server.DATABASE).write_bytes(b"this is no database" * 100)
    with pytest.raises(StudioError, match="file is not a database") as dead:
        server.start(tmp_path)
    assert dead.value.next
    assert server.status(tmp_path).pid == 0
    assert server.stop(tmp_path) is False


def test_ctrl_c_while_starting_leaves_nothing_behind(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from toolkit.studio import server; server.start(Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    starter = subprocess.Popen([sys.executable, "-c", code, tmp_path], env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (pid := server.status(tmp_path).pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    # Python drops an interrupt that comes while a finaliser runs; a person then presses the keys again.
    try:
        while starter.poll() is None:
            assert time.monotonic() < deadline
            starter.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                starter.wait(timeout=3)
        assert starter.returncode != 0
    except BaseException:
        server.stop(tmp_path)  # a test that fails leaves nothing behind either
        raise
    assert not psutil.pid_exists(pid)
    assert server.status(tmp_path).pid == 0
    assert server.stop(tmp_path) is False


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StudioError) as missing:
        server.start(tmp_path)
    assert 'pip install "goldkit[studio]"' in missing.value.next


def test_a_home_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / server.DATABASE).touch()
    (tmp_path / "server.json").write_text(json.dumps({"version": "99.1.0", "port": 5}))
    with pytest.raises(StudioVersionError, match=r"99\.1\.0"):
        server.start(tmp_path)


def test_another_process_under_the_recorded_pid_is_left_alone(tmp_path: Path) -> None:
    record = {"pid": os.getpid(), "created": 1.0, "ready": True, "port": 5, "version": "1.0"}
    (tmp_path / "server.json").write_text(json.dumps(record))
    assert not server.status(tmp_path).running
    assert server.stop(tmp_path) is False


def test_a_port_that_is_taken_is_not_fought_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with process.bound_socket(port) as other:
            assert other.getsockname()[1] != port
    with process.bound_socket(port) as again:
        assert again.getsockname() == ("127.0.0.1", port)


def test_the_cache_can_be_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDKIT_CACHE", str(tmp_path))
    assert server.prepared_database("1.2.3") == tmp_path / "label-studio-1.2.3.sqlite3"
    monkeypatch.delenv("GOLDKIT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert server.prepared_database("1.2.3").parent == tmp_path / "xdg" / "goldkit"
