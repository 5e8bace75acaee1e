"""Tokens and keys stay where they are: not in what is printed, not in the list of processes, not readable by others."""

from __future__ import annotations

import contextlib
import json
import stat
import subprocess
import sys
from email.message import Message
from pathlib import Path
from typing import Any

import psutil
import pytest
from pipeline.program import environment, goldkit, process
from typer.main import get_command

from toolkit.cli import token
from toolkit.cli.main import app
from toolkit.errors import UsageError, WorkspaceError
from toolkit.stages import ingest, setup, sync
from toolkit.studio import retries, server
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

from .servers import Answer, stranger

TOKEN = "0123456789abcdefSECRET"


def quoting(status: int) -> Answer:
    """A server that says the request's headers back, as some do in their errors."""

    def answer(path: str, headers: Message) -> tuple[int, Any]:
        if path.startswith("/api/version"):
            return 200, {"release": "1.23.2"}
        return status, {"detail": str(headers), "results": [str(headers)]}

    return answer


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "configs").mkdir()
    file = tmp_path / "configs" / "project.yaml"
    file.write_text("name: demo\nstudio: {projects: [{title: Entities}]}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_an_error_does_not_quote_the_token_that_the_server_quotes(
    workspace: Path, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does what is said of another try."""
    monkeypatch.setattr(retries, "USUAL", retries.Patience(attempts=3, first=0.01, longest=0.1, total=5))
    with stranger(quoting(status)) as other:
        result = goldkit("status", "--url", other.url, cwd=workspace, env={"LABEL_STUDIO_API_KEY": TOKEN})
    assert result.returncode == 1
    assert "error: " in result.stderr
    assert TOKEN not in result.stdout + result.stderr


def test_an_answer_that_nobody_foresaw_is_told_without_the_token(workspace: Path) -> None:
    with stranger(quoting(200)) as other:
        variables = environment(LABEL_STUDIO_URL=other.url, LABEL_STUDIO_API_KEY=TOKEN, GOLDKIT_DEBUG="1")
        result = process("status", cwd=workspace, env=variables)
    assert result.returncode == 1
    assert TOKEN not in result.stdout + result.stderr


def test_a_traceback_shows_no_token(workspace: Path) -> None:
    """A bug in the midst of the token's own code, while somebody looks for it."""
    script = """
from toolkit.cli.main import main
from toolkit.studio.client import Client

def broken(self):
    token = self.address.token
    raise RuntimeError(f"a bug with a token of {len(token)} letters")

Client.check_version = broken
main()
"""
    variables = environment(LABEL_STUDIO_URL="http://127.0.0.1:1", LABEL_STUDIO_API_KEY=TOKEN, GOLDKIT_DEBUG="1")
    command = [sys.executable, "-c", script, "status"]
    result = subprocess.run(command, cwd=workspace, env=variables, capture_output=True, text=True, check=False)
    assert "Traceback" in result.stderr
    assert f"{len(TOKEN)} letters" in result.stderr
    assert TOKEN not in result.stdout + result.stderr


def test_what_is_in_the_way_of_the_token_is_told_without_it(workspace: Path) -> None:
    variables = {"LABEL_STUDIO_URL": f"http://me:{TOKEN}@127.0.0.1:1", "LABEL_STUDIO_API_KEY": TOKEN}
    result = goldkit("status", cwd=workspace, env=variables)
    assert result.returncode == 2
    assert TOKEN not in result.stdout + result.stderr


def test_wherever_a_token_can_be_typed_something_better_is_named() -> None:
    """What is typed stands in the shell's history and in the list of processes."""
    waiting, offered = [get_command(app)], 0
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        for option in command.params:
            if "--token" in option.opts:
                offered += 1
                assert "LABEL_STUDIO_API_KEY" in option.help  # type: ignore[attr-defined]
                assert "0600" in option.help  # type: ignore[attr-defined]
    assert offered >= 5


@pytest.mark.parametrize("form", ["--token {}", "--token={}", "--token wrong --token {}", "--token -"])
def test_a_token_that_was_typed_is_in_no_list_of_processes(workspace: Path, form: str) -> None:
    """Who looks is the server, while the command waits for its answer: then it has the token, and shows none."""
    sent: list[str] = []
    shown: list[str] = []
    typed = form.format(TOKEN).split()

    def answer(path: str, headers: Message) -> tuple[int, Any]:
        sent.append(headers["Authorization"])
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                shown.append(line.read_bytes().decode(errors="replace"))
        return 401, {"detail": "no"}

    with stranger(answer) as other:
        result = process("status", "--url", other.url, *typed, cwd=workspace, stdin=None, input=f"{TOKEN}\n")
    assert (result.returncode, sent[0]) == (1, f"Token {TOKEN}"), result.stderr
    assert any(f"{other.url}\0--token" in line for line in shown)
    assert [line for line in shown if TOKEN in line or "wrong" in line.split("\0")] == []
    assert TOKEN not in result.stdout + result.stderr


def test_standard_input_without_a_token_is_said(workspace: Path) -> None:
    result = goldkit("status", "--url", "http://127.0.0.1:1", "--token", "-", cwd=workspace)
    assert (result.returncode, "there is none" in result.stderr) == (2, True)


def test_a_terminal_that_is_closed_instead_of_a_token_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", closed)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.argv", ["goldkit", "status", "--token", "-"])
    with pytest.raises(UsageError, match="there is none"):
        token.take()


def test_a_program_that_calls_the_command_is_not_started_again(workspace: Path) -> None:
    """The words of its own command line are its own; what it calls us with, nobody sees."""
    script = "import sys; from toolkit.cli.main import main; print(sys.argv[1:]); sys.argv = ['goldkit', 'status'"
    script += ", '--url', 'http://127.0.0.1:1', '--token', 'inner']; main()"
    command = [sys.executable, "-c", script, "--token", "outer"]
    done = subprocess.run(command, cwd=workspace, capture_output=True, text=True, check=False, env=environment())
    assert (done.returncode, done.stdout) == (1, "['--token', 'outer']\n")


def test_no_process_of_the_embedded_server_shows_a_secret(studio_home: Path, studio: Credentials) -> None:
    master = psutil.Process(server.status(studio_home).pid)
    shown = [" ".join(one.cmdline()) for one in (master, *master.children(recursive=True))]
    assert all("toolkit.studio.serve" in line for line in shown)
    assert not any(secret in line for line in shown for secret in (studio.token, studio.password))


def test_credentials_that_others_can_read_are_not_used(studio_home: Path, studio: Credentials) -> None:
    file = studio_home / "credentials.json"
    file.chmod(0o640)
    try:
        with pytest.raises(WorkspaceError, match="can be read by others") as caught:
            server.credentials(studio_home)
        assert caught.value.next == f"chmod 600 {file}"
    finally:
        file.chmod(0o600)
    assert server.credentials(studio_home) == studio


def test_no_file_but_the_private_ones_holds_a_secret(tmp_path: Path, studio: Credentials) -> None:
    setup.init(tmp_path, "secrets")
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "It rained."}\n', encoding="utf-8")
    ingest.add_articles(Workspace(tmp_path), [tmp_path / "a.jsonl"])
    for stage in (sync.push, sync.pull, sync.push):
        stage(Workspace(tmp_path), url=studio.url, token=studio.token)  # type: ignore[operator]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.is_relative_to(tmp_path / "exports") for path in files)
    secrets = [one.encode() for one in (studio.token, studio.password)]
    assert [path for path in files if any(secret in path.read_bytes() for secret in secrets)] == []
    assert b"eyJ" not in b"".join(path.read_bytes() for path in files)  # nor a token that was made of it


def test_files_of_secrets_are_private_whatever_the_umask(tmp_path: Path) -> None:
    made = process("init", ".", "--name", "demo", cwd=tmp_path, umask=0)
    assert made.returncode == 0, made.stderr
    task = {"id": 1, "data": {"text": "It rained."}, "annotations": [{"id": 1, "completed_by": 1, "result": []}]}
    (tmp_path / "export.json").write_text(json.dumps([task]), encoding="utf-8")
    assert process("pull", "--from-file", "export.json", cwd=tmp_path, umask=0).returncode == 0
    private = tmp_path / ".goldkit"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert stat.S_IMODE((private / "pseudonym.key").stat().st_mode) == 0o600
    (private / "pseudonym.key").chmod(0o604)
    refused = goldkit("pull", "--from-file", "export.json", cwd=tmp_path)
    assert (refused.returncode, f"chmod 600 {private / 'pseudonym.key'}" in refused.stderr) == (1, True)
