"""What `goldkit report` prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from toolkit.cli import report
from toolkit.workspace import Workspace

from .project import make


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = make(tmp_path)
    monkeypatch.chdir(tmp_path)
    return made


def run(*arguments: str) -> str:
    app = typer.Typer()
    report.register(app)
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_it_prints_the_path_and_the_headline(workspace: Workspace) -> None:
    printed = run()
    assert f"report: {workspace.reports / 'report.html'}\n" in printed
    assert f"for programs: {workspace.reports / 'report.json'}\n" in printed
    figures = dict(line.rsplit(maxsplit=1) for line in printed.splitlines()[2:-3])
    assert (figures["articles"], figures["gold"], figures["open"]) == ("5", "1", "2")
    assert figures["claims: F1, relaxed"] == "1.000"
    assert "not for sharing" not in printed


def test_as_json(workspace: Workspace) -> None:
    printed = json.loads(run("--format", "json", "--worst", "0", "--names"))
    twin = json.loads(Path(printed["twin"]).read_text(encoding="utf-8"))
    assert printed["headline"] == twin["headline"]
    assert (printed["names"], Path(printed["page"]).name) == (True, "report-names.html")
    assert twin["disagreements"] == {"articles": [], "more_open": 2, "more_settled": 0}


def test_names_are_said_not_to_be_for_sharing(workspace: Workspace) -> None:
    assert run("--names").endswith("not for sharing\n")
