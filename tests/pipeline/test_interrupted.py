"""Ctrl-C, a full disk, a reader that goes away: what was there stays whole, and the same command again ends right."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from toolkit import demo
from toolkit.annotations.store import load_annotations
from toolkit.stages import build, sync
from toolkit.studio import snapshots
from toolkit.studio.client import Client

from .desk import Desk, tree
from .program import environment

MANY = 3000


@pytest.fixture(scope="module")
def many(desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace of so many articles that push and pull take seconds."""
    file = tmp_path_factory.mktemp("many") / "articles.jsonl"
    lines = (f"Article {number}: the ferry to Port Sarrel is late. " * 40 for number in range(MANY))
    rows = (json.dumps({"article_id": f"a-{number:04}", "text": text}) for number, text in enumerate(lines))
    file.write_text("\n".join(rows), encoding="utf-8")
    made = desk("many", articles=None)
    assert made.run("articles", "add", file).returncode == 0
    return made


def interrupt(desk: Desk, *command: str, when: Callable[[], Any]) -> subprocess.CompletedProcess[str]:
    """Start a command, and press Ctrl-C as soon as something is so."""
    running = subprocess.Popen(
        [sys.executable, "-m", "toolkit", *command, *desk.online_options],
        cwd=desk.root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while running.poll() is None and not when():
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    return subprocess.CompletedProcess(command, running.returncode, out, err)


def said_stopped(result: subprocess.CompletedProcess[str]) -> bool:
    assert (result.returncode, result.stdout) == (130, ""), result.stderr
    assert "Traceback" not in result.stderr
    return "stopped: nothing is half-written; run the same command again" in result.stderr


def test_push(many: Desk) -> None:
    def some_are_there() -> bool:
        with many.client() as client:
            listed = client.get("/api/projects/", {"include": "id,title,task_number"})["results"]
        return any(one["task_number"] for one in listed if one["title"].startswith(many.root.name))

    assert said_stopped(interrupt(many, "push", when=some_are_there))
    again = many.online("push", "--format", "json")  # at once: the server may still be at what it was sent
    assert again.returncode == 0, again.stdout
    (project,) = json.loads(again.stdout)
    assert project["new"] + project["known"] == MANY
    assert project["known"] >= 1000
    assert project["new"] > 0
    assert len(many.tasks()) == MANY  # each once


def test_push_leaves_no_batch_under_way(desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is gone before the server has answered does not know what is there: the next push could double it."""
    made = desk("under-way")
    post = Client.post

    def slow(client: Client, path: str, *args: Any, **more: Any) -> Any:
        if "/import" in path:
            threading.Timer(0.1, signal.raise_signal, [signal.SIGINT]).start()
            time.sleep(0.5)
        return post(client, path, *args, **more)

    monkeypatch.setattr(Client, "post", slow)
    with pytest.raises(KeyboardInterrupt):
        made.push()
    assert len(made.tasks()) == 14
    assert [(one.new, one.known) for one in made.push()] == [(0, 14)]


def test_pull(many: Desk) -> None:
    many.push()
    folder = many.workspace.snapshots

    def a_page_is_there() -> bool:
        return any(folder.parent.glob(".snapshots.pulling/project-*/tasks-*.json"))

    assert said_stopped(interrupt(many, "pull", when=a_page_is_there))
    assert not folder.exists() or list(folder.iterdir()) == []
    assert not many.workspace.annotations.exists()
    again = many.online("pull")
    assert again.returncode == 0, again.stderr
    (only,) = folder.iterdir()
    found = [task["data"]["article_id"] for _, task in snapshots.read_tasks(snapshots.load(only))]
    assert sorted(found) == [f"a-{number:04}" for number in range(MANY)]


def test_before_the_command_has_begun(many: Desk) -> None:
    """Typer takes Ctrl-C once it runs the command, and not while it gets ready."""
    code = (
        "import inspect, signal, sys\n"
        "from toolkit.cli import main\n"
        "inspect.signature = lambda *a, **k: signal.raise_signal(signal.SIGINT)\n"
        "sys.argv = ['goldkit', 'check']\n"
        "main.main()"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=many.root, capture_output=True, text=True, check=False)
    assert said_stopped(result)


@pytest.fixture(scope="module")
def finished(desk: Callable[..., Desk]) -> Desk:
    """A workspace with a dataset."""
    made = desk("finished")
    made.push()
    demo.label(made.workspace, made.tokens, **made.address)
    sync.pull(made.workspace, **made.address)
    build.build(made.workspace)
    return made


def full_after(size: int) -> Callable[[], None]:
    """No file can grow beyond so many bytes: for the one who writes, a disk that is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize(("command", "size"), [("pull", 0), ("pull", 20_000), ("build", 20_000)])
def test_disk_full(finished: Desk, command: str, size: int) -> None:
    """Where no disk can be mounted, this stands in for tests/killed/test_full_disk.py; only here is a server."""
    options = ("--full", *finished.online_options) if command == "pull" else ()
    before = tree(finished.root)
    result = finished.process(command, *options, preexec_fn=full_after(size))
    assert result.returncode == 1, result.stdout
    assert "cannot write" in result.stderr
    assert "File too large" in result.stderr
    assert "next: free space" in result.stderr
    assert "Traceback" not in result.stderr
    # A pull may have come to its end and the check not: a whole snapshot more. All else is as it was.
    after = tree(finished.root)
    new = {name for name in after.keys() - before.keys() if "snapshots/2" not in name}
    assert new == set()
    assert {name: after.get(name) for name in before} == before
    for folder in finished.workspace.snapshots.iterdir():
        snapshots.load(folder)
    list(load_annotations(finished.workspace.annotations))


def without_roots_privilege() -> None:
    """Let file permissions hold for root too, from the next exec on."""
    if os.geteuid() == 0:
        drop_capability, may_write_everywhere = 24, 1  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
        ctypes.CDLL(None).prctl(drop_capability, may_write_everywhere)


def test_read_only_exports(finished: Desk) -> None:
    if os.geteuid() == 0 and sys.platform != "linux":
        pytest.skip("root writes everywhere; run the tests as somebody else")
    finished.workspace.exports.chmod(0o555)
    try:
        result = finished.process("check", preexec_fn=without_roots_privilege)
    finally:
        finished.workspace.exports.chmod(0o755)
    assert result.returncode == 1
    assert "Permission denied" in result.stderr
    assert "next: free space or correct the permissions" in result.stderr


@pytest.mark.parametrize("command", [["articles", "list"], ["status"], ["check", "--format", "json"]])
def test_the_reader_goes_away(finished: Desk, command: list[str]) -> None:
    """`goldkit … | head -0`"""
    options = finished.online_options if command == ["status"] else ()
    read, write = os.pipe()
    os.close(read)
    try:
        result = subprocess.run(
            [sys.executable, "-m", "toolkit", *command, *options],
            cwd=finished.root,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)
    assert (result.returncode, result.stderr) == (1, "")


def test_at_a_terminal_progress_is_shown_and_data_stay_clean(many: Desk) -> None:
    """Stderr a terminal, stdout a pipe: as in `goldkit push > done.json`."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    result = subprocess.run(
        [sys.executable, "-m", "toolkit", "push", "--format", "json", *many.online_options],
        cwd=many.root,
        env=environment(TERM="xterm"),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=False,
    )
    os.close(theirs)
    assert result.returncode == 0
    assert json.loads(result.stdout)[0]["new"] == 0
    assert b"pushing to many" in os.read(ours, 65536)
    os.close(ours)
