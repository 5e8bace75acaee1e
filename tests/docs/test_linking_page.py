"""docs/linking.md names commands and findings that there are, and its table is what the command prints."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from pathlib import Path

import pytest
import typer
from sampled import sample_workspace
from typer.testing import CliRunner

import toolkit.links
from toolkit.cli.main import app
from toolkit.findings import Rule
from toolkit.stages import gold, linkfile, linksync


@pytest.fixture(scope="module")
def page(repository: Path) -> Path:
    return repository / "docs" / "linking.md"


def _commands(command: object, path: str) -> set[str]:
    children = getattr(command, "commands", {})
    return {path}.union(*(_commands(child, f"{path} {name}") for name, child in children.items()))


def test_every_command_on_the_page_is_one(page: Path) -> None:
    known = _commands(typer.main.get_command(app), "goldkit")
    named = set(re.findall(r"(?:^|`)(goldkit(?: [a-z]+)+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(named) > 8
    assert named <= known


def test_every_finding_on_the_page_is_one(page: Path) -> None:
    modules = [
        importlib.import_module(one.name) for one in pkgutil.walk_packages(toolkit.links.__path__, "toolkit.links.")
    ]
    modules += [linkfile, linksync]
    known = {value.id for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    named = set(re.findall(r"^\| `([a-z]+(?:-[a-z]+)+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(named) > 8
    assert named <= known


def test_the_candidates_of_the_sample_stories_are_those_on_the_page(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold.resolve(sample_workspace(tmp_path / "work"))
    monkeypatch.chdir(tmp_path / "work")
    result = CliRunner().invoke(app, ["link", "candidates"])
    assert result.exit_code == 0, result.output
    pattern = re.compile(r"(<!-- candidates:[^\n]*-->\n```\n)(.*?)(```)", re.DOTALL)
    text = page.read_text(encoding="utf-8")
    if os.environ.get("GOLDKIT_UPDATE_DOCS"):
        text = pattern.sub(lambda found: found[1] + result.stdout.strip() + "\n" + found[3], text)
        page.write_text(text, encoding="utf-8")
    found = pattern.search(text)
    assert found
    assert found[2].split() == result.stdout.split(), "out of date: make docs"
