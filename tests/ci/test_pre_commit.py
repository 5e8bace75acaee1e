""".pre-commit-hooks.yaml, with the real pre-commit: the hooks of this checkout, tried on repositories of ontologies."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pre_commit.clientlib import load_manifest

from ci.runner import OFFLINE, plain_environment
from ci.workspaces import break_ontology, git, new_workspace

CHECK, COMPILE = "goldkit-schema-check", "goldkit-schema-compile"


@pytest.fixture(scope="module")
def checkout(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the files of this checkout as they are, new ones too; the checkout itself is only read."""
    copy = tmp_path_factory.mktemp("checkout")
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=repository).split("\0")
    for file in filter(None, listed):
        if (repository / file).is_file():  # not one that was deleted since the last commit
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / file, copy / file)
    _commit(copy)
    return copy


@pytest.fixture
def repository_of_an_ontology(tmp_path: Path) -> Path:
    return new_workspace(tmp_path / "ours")


def _commit(folder: Path) -> None:
    git("init", cwd=folder)
    git("add", ".", cwd=folder)
    git("commit", "--message=as it is", cwd=folder)


def try_hooks(checkout: Path, repository: Path) -> tuple[dict[str, str], str]:
    """What each hook of the checkout says of a repository, Passed, Failed or Skipped; and all that was printed."""
    ours = {"repo": str(checkout), "rev": git("rev-parse", "HEAD", cwd=checkout).strip()}
    config = {"repos": [ours | {"hooks": [{"id": hook} for hook in (CHECK, COMPILE)]}]}
    (repository / ".pre-commit-config.yaml").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    _commit(repository)
    result = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose", "--color=never"],
        cwd=repository,
        # Beside the checkout: what it installs of it, it installs once.
        env=plain_environment() | OFFLINE | {"PRE_COMMIT_HOME": str(checkout.with_name("pre-commit-home"))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = re.findall(r"\.{3}(\w+)\n- hook id: (.+)$", result.stdout, re.MULTILINE)
    statuses = {hook: status for status, hook in said}
    assert statuses.keys() == {CHECK, COMPILE}, result.stdout + result.stderr
    assert result.returncode == ("Failed" in statuses.values())
    return statuses, result.stdout


def test_the_hooks_are_hooks_by_pre_commits_own_check(repository: Path) -> None:
    hooks = load_manifest(repository / ".pre-commit-hooks.yaml")  # raises where it is none
    assert [hook["id"] for hook in hooks] == [CHECK, COMPILE]


def test_a_good_ontology_passes(checkout: Path, repository_of_an_ontology: Path) -> None:
    statuses, printed = try_hooks(checkout, repository_of_an_ontology)
    assert statuses == {CHECK: "Passed", COMPILE: "Passed"}, printed
    assert "configs/ontology.yaml" in printed, "the hook was given the file"


def test_a_bad_ontology_fails_with_its_place(checkout: Path, repository_of_an_ontology: Path) -> None:
    line = break_ontology(repository_of_an_ontology)
    statuses, printed = try_hooks(checkout, repository_of_an_ontology)
    assert statuses[CHECK] == "Failed"
    assert "error name-twice" in printed
    assert f"at configs/ontology.yaml:{line}" in printed


def test_a_generated_file_that_was_edited_by_hand_fails(checkout: Path, repository_of_an_ontology: Path) -> None:
    config = repository_of_an_ontology / "configs" / "label_config.xml"
    config.write_text(config.read_text(encoding="utf-8") + "<!-- mine -->\n", encoding="utf-8")
    statuses, printed = try_hooks(checkout, repository_of_an_ontology)
    assert statuses[COMPILE] == "Failed"
    assert re.search("^out of date: .*label_config.xml$", printed, re.MULTILINE)


@pytest.mark.parametrize(
    ("hook", "file", "taken"),
    [
        (CHECK, "configs/ontology.yaml", True),
        (CHECK, "ontology-v2.yml", True),
        (CHECK, "desk/label_config.xml", True),
        (CHECK, "configs/project.yaml", False),
        (CHECK, "docs/ontology.md", False),
        (CHECK, "ontology/readme.yaml", False),
        (COMPILE, "configs/annotations.schema.json", True),
        (COMPILE, "desk/configs/ontology.yaml", False),
    ],
)
def test_which_files_a_hook_is_for(repository: Path, hook: str, file: str, taken: bool) -> None:
    hooks = load_manifest(repository / ".pre-commit-hooks.yaml")
    [pattern] = [one["files"] for one in hooks if one["id"] == hook]
    assert bool(re.search(pattern, file)) is taken
