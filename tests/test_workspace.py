from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import BadInputError, WorkspaceError
from toolkit.workspace import Workspace

PROJECT = "name: demo\nstudio:\n  projects:\n    - title: goldkit demo\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "project.yaml").write_text(PROJECT, encoding="utf-8")
    return tmp_path


def project_error(root: Path, text: str) -> str:
    (root / "configs" / "project.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        Workspace(root).project  # noqa: B018
    assert "project.yaml" in caught.value.message
    assert caught.value.next
    return caught.value.message


def test_found_from_a_folder_below(root: Path) -> None:
    below = root / "a" / "b"
    below.mkdir(parents=True)
    assert Workspace.find(below).root == root.resolve()


def test_no_workspace_names_the_next_command(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        Workspace.find(tmp_path)
    assert "goldkit init" in caught.value.next


def test_defaults(root: Path) -> None:
    workspace = Workspace(root)
    assert workspace.project.studio.projects[0].layers == ("entities", "relations", "claims")
    assert workspace.articles == root.resolve() / "exports" / "demo" / "articles.jsonl"


def test_unknown_key_is_named(root: Path) -> None:
    assert "studio.tokn: unknown key" in project_error(root, PROJECT + "  tokn: secret\n")


def test_duplicate_key_is_refused_with_its_line(root: Path) -> None:
    assert "project.yaml:5:1: the key 'name' stands twice" in project_error(root, PROJECT + "name: other\n")


def test_alias_is_refused(root: Path) -> None:
    assert "aliases" in project_error(root, "name: &a demo\nontology: *a\n")


def test_a_project_name_cannot_leave_exports(root: Path) -> None:
    assert "name" in project_error(root, PROJECT.replace("demo", "../evil", 1))


def test_broken_yaml_names_line(root: Path) -> None:
    assert "project.yaml:2:1: expected" in project_error(root, "name: [demo\n")


def test_two_projects_of_one_title(root: Path) -> None:
    assert "same title" in project_error(root, PROJECT + "    - title: goldkit demo\n")


def test_private_folder_is_private_and_out_of_git(root: Path) -> None:
    folder = Workspace(root).private
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"
