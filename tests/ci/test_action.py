"""action.yml, run as a GitHub runner runs it: real scripts, a real installation, good and bad ontologies."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from ci.runner import Job, plain_environment
from ci.workspaces import break_ontology, git, new_workspace
from toolkit.stages.setup import compile_schema
from toolkit.workspace import Workspace

STAND_INS = {"actions/setup-python": {"python-path": sys.executable}}


@pytest.fixture(scope="module")
def installed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A job whose action is installed, once for all that follows; it has checked nothing yet."""
    job = Job(repository, tmp_path_factory.mktemp("nothing"), tmp_path_factory.mktemp("runner"), {}, STAND_INS)
    assert job.run("python", "install") == 0, job.log
    return job


@pytest.fixture
def check(installed: Job, tmp_path: Path) -> Callable[..., tuple[int, Job]]:
    """Run the action's check in a workspace with these inputs: its exit code and the job."""

    def run(workspace: Path, inputs: Mapping[str, str] = {}) -> tuple[int, Job]:
        job = Job(installed.action, workspace, tmp_path, inputs, STAND_INS, dict(installed.outputs))
        return job.run("check"), job

    return run


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return new_workspace(tmp_path / "checkout")


def test_it_is_an_action_by_githubs_schema(repository: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"]
    result = subprocess.run([*command, repository / "action.yml"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_no_script_has_an_expression_in_its_text(repository: Path) -> None:
    steps = yaml.safe_load((repository / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert scripts
    assert not any("${{" in script for script in scripts)


def test_what_is_installed_is_the_actions_own_checkout(installed: Job, repository: Path, tmp_path: Path) -> None:
    env = Path(installed.outputs["install"]["folder"], "env")
    [package] = env.glob("lib/python*/site-packages/toolkit")
    modules = {file.relative_to(package) for file in package.rglob("*.py")}
    assert modules == {file.relative_to(repository / "toolkit") for file in (repository / "toolkit").rglob("*.py")}
    version = subprocess.run(
        [env / "bin" / "goldkit", "--version"], cwd=tmp_path, env=plain_environment(), capture_output=True, check=False
    )
    assert version.returncode != 0, "without OFFLINE it finds no dependencies: it is isolated from the tests' own"


def test_a_good_ontology_passes(check: Callable[..., tuple[int, Job]], workspace: Path) -> None:
    code, job = check(workspace)
    assert code == 0, job.log
    assert "0 errors" in job.log


def test_a_bad_one_fails_with_annotations_on_its_lines(check: Callable[..., tuple[int, Job]], workspace: Path) -> None:
    line = break_ontology(workspace)
    code, job = check(workspace)
    assert code == 3, job.log
    assert f"::error file=configs/ontology.yaml,line={line}," in job.log
    assert "title=name-twice::" in job.log


def test_the_report_is_a_file_also_where_the_check_fails(
    check: Callable[..., tuple[int, Job]], workspace: Path
) -> None:
    break_ontology(workspace)
    code, job = check(workspace, {"format": "sarif"})
    assert code == 3, job.log
    report = Path(job.output("report"))
    assert report.suffix == ".sarif"
    results = json.loads(report.read_text(encoding="utf-8"))["runs"][0]["results"]
    assert "name-twice" in [result["ruleId"] for result in results]


def test_where_nothing_could_be_checked_there_is_no_report(
    check: Callable[..., tuple[int, Job]], workspace: Path
) -> None:
    code, job = check(workspace, {"paths": "nothing.yaml"})
    assert code == 1, job.log
    assert "error: there is no file nothing.yaml" in job.log
    assert job.output("report") == ""


def test_a_workspace_in_a_folder_is_named_from_the_root(check: Callable[..., tuple[int, Job]], workspace: Path) -> None:
    nested = new_workspace(workspace / "news desk")
    break_ontology(nested)
    code, job = check(workspace, {"working-directory": "news desk"})
    assert code == 3, job.log
    assert "::error file=news desk/configs/ontology.yaml," in job.log


def test_paths_are_one_a_line_and_may_have_spaces(check: Callable[..., tuple[int, Job]], workspace: Path) -> None:
    broken = new_workspace(workspace / "news desk")
    break_ontology(broken)
    good, bad = "configs/ontology.yaml", "news desk/configs/ontology.yaml"
    code, job = check(workspace, {"paths": f"{good}\n"})
    assert code == 0, job.log
    code, job = check(workspace, {"paths": f"{good}\n{bad}\n"})
    assert code == 3, job.log
    assert f"::error file={bad}," in job.log


def test_rules_can_be_left_out(check: Callable[..., tuple[int, Job]], workspace: Path) -> None:
    break_ontology(workspace)
    _, job = check(workspace, {"ignore": "name-twice\nhotkey-twice\n"})
    assert "title=name-twice" not in job.log


def test_changes_since_a_branch_are_checked(check: Callable[..., tuple[int, Job]], workspace: Path) -> None:
    git("init", "--initial-branch=main", cwd=workspace)
    git("add", ".", cwd=workspace)
    git("commit", "--message=the contract", cwd=workspace)
    git("branch", "base", cwd=workspace)
    code, job = check(workspace, {"against": "base"})
    assert code == 0, job.log
    ontology = workspace / "configs" / "ontology.yaml"
    ontology.write_text(ontology.read_text(encoding="utf-8").replace("ARMED_GROUP", "MILITIA"), encoding="utf-8")
    compile_schema(Workspace.find(workspace))
    _, alone = check(workspace)
    code, job = check(workspace, {"against": "base"})
    assert code == 3, job.log
    more = set(job.log.splitlines()) - set(alone.log.splitlines())
    assert any(line.startswith("::") and "ARMED_GROUP" in line for line in more), job.log


def test_no_input_becomes_a_command(check: Callable[..., tuple[int, Job]], workspace: Path) -> None:
    evil = '$(touch "$GITHUB_WORKSPACE/pwned")`touch pwned`"; touch pwned; "'
    code, job = check(workspace, dict.fromkeys(("paths", "against", "ignore", "format"), evil))
    assert code != 0, job.log
    assert list(workspace.glob("**/pwned*")) == []


def test_no_input_becomes_an_option(check: Callable[..., tuple[int, Job]], workspace: Path) -> None:
    code, job = check(workspace, dict.fromkeys(("paths", "against", "ignore"), "--help"))
    assert code in {1, 2}, job.log  # help would be 0
