"""Tokens and keys stay where they are: not in what is printed, not in the list of processes, not readable by others."""

from __future__ import annotations

import json
import stat
from email.message import Message
from pathlib import Path
from typing import Any

import psutil
import pytest
from pipeline.program import environment, goldkit, process
from typer.main import get_command

from toolkit.cli.main import app
from toolkit.studio import server
from toolkit.studio.server import Credentials

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


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_an_error_does_not_quote_the_token_that_the_server_quotes(workspace: Path, status: int) -> None:
    with stranger(quoting(status)) as other:
        result = goldkit("status", "--url", other.url, cwd=workspace, env={"LABEL_STUDIO_API_KEY": TOKEN})
    assert result.returncode == 1
    assert "error: " in result.stderr
    assert TOKEN not in result.stdout + result.stderr


def test_a_traceback_shows_no_token(workspace: Path) -> None:
    """An answer that nobody foresaw, with a token in it, while somebody looks for the bug."""
    with stranger(quoting(200)) as other:
        variables = environment(LABEL_STUDIO_URL=other.url, LABEL_STUDIO_API_KEY=TOKEN, GOLDKIT_DEBUG="1")
        result = process("status", cwd=workspace, env=variables)
    assert "Traceback" in result.stderr
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


def test_no_process_of_the_embedded_server_shows_a_secret(studio_home: Path, studio: Credentials) -> None:
    master = psutil.Process(server.status(studio_home).pid)
    shown = [" ".join(one.cmdline()) for one in (master, *master.children(recursive=True))]
    assert all("toolkit.studio.serve" in line for line in shown)
    assert not any(secret in line for line in shown for secret in (studio.token, studio.password))


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
