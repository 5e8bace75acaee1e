"""docs/ci.md: what there is to copy is valid where it is copied to, and the commands in it exist."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pre_commit.clientlib import load_config, load_manifest

from toolkit.cli.main import app
from toolkit.cli.reports import ReportFormat
from toolkit.errors import EXIT_FAILED, EXIT_FINDINGS, EXIT_USAGE

PAGE = (Path(__file__).parents[2] / "docs" / "ci.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```yaml\n(.*?)```", PAGE, re.DOTALL))
WORKFLOWS = [name for name in FILES if name.startswith(".github/workflows/")]
ACTION = "your-org/goldkit@"


def commands() -> Iterator[list[str]]:
    """Every `goldkit …` of the page, in a block or in a sentence."""
    for found in re.finditer(r"[`'] *(goldkit [a-z][^`'\n>]+)|^ *- (goldkit [a-z][^\n>]+)", PAGE, re.MULTILINE):
        yield (found[1] or found[2]).split()


def steps_of_ours() -> list[dict[str, Any]]:
    jobs = [job for name in WORKFLOWS for job in yaml.safe_load(FILES[name])["jobs"].values()]
    return [step for job in jobs for step in job["steps"] if step["uses"].startswith(ACTION)]


def test_every_yaml_block_says_which_file_it_is() -> None:
    assert PAGE.count("```yaml") == len(FILES) == 4


@pytest.mark.parametrize("name", [*WORKFLOWS, ".gitlab-ci.yml"])
def test_a_pipeline_is_valid_by_its_services_schema(name: str, tmp_path: Path) -> None:
    schema = "vendor.gitlab-ci" if name == ".gitlab-ci.yml" else "vendor.github-workflows"
    file = tmp_path / Path(name).name
    file.write_text(FILES[name], encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_workflows_give_the_action_inputs_that_it_has(repository: Path) -> None:
    action = yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))
    steps = steps_of_ours()
    assert len(steps) == len(WORKFLOWS) == 2
    assert all(step.get("with", {}).keys() <= action["inputs"].keys() for step in steps)
    used = re.findall(r"steps\.goldkit\.outputs\.([\w-]+)", PAGE)
    assert set(used) == action["outputs"].keys()


def test_the_table_of_inputs_is_the_actions(repository: Path) -> None:
    action = yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))
    table = PAGE.partition("| input | |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == list(action["inputs"])
    [formats] = re.findall(r"^\| `format` \| (.*) \|$", table, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", formats)) == set(ReportFormat)


def test_what_is_compared_with_is_fetched() -> None:
    for name in WORKFLOWS:
        [job] = yaml.safe_load(FILES[name])["jobs"].values()
        [checkout] = [step for step in job["steps"] if step["uses"].startswith("actions/checkout@")]
        assert checkout["with"]["fetch-depth"] == 0


def test_the_hooks_are_there(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(FILES[".pre-commit-config.yaml"], encoding="utf-8")
    [ours] = load_config(tmp_path / "config.yaml")["repos"]
    offered = [hook["id"] for hook in load_manifest(repository / ".pre-commit-hooks.yaml")]
    assert [hook["id"] for hook in ours["hooks"]] == offered


def test_there_are_commands() -> None:
    assert len({" ".join(command) for command in commands()}) >= 5


@pytest.mark.parametrize("words", {" ".join(command): command for command in commands()}.values(), ids=" ".join)
def test_a_command_exists_with_its_options(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    rest = words[1:]
    while rest and hasattr(command, "commands"):
        assert rest[0] in command.commands, f"there is no {rest[0]}"
        command = command.commands[rest.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= known


def test_the_exit_codes_are_what_the_table_says() -> None:
    table = PAGE.partition("| exit code |")[2].partition("\n\n")[0]
    assert [int(code) for code in re.findall(r"^\| (\d) \|", table, re.MULTILINE)] == [
        0,
        EXIT_FAILED,
        EXIT_USAGE,
        EXIT_FINDINGS,
    ]
