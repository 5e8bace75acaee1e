from __future__ import annotations

import os
from pathlib import Path

import pytest

from toolkit.errors import BadInputError, WorkspaceError
from toolkit.workspace import (
    Workspace,
    explained,
    load_yaml,
    read_json,
    read_jsonl,
    replacing,
    replacing_folder,
    to_json,
    write_jsonl,
    write_text,
)

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


def test_yaml_not_utf8_names_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"name: \xff\n")
    with pytest.raises(BadInputError, match="byte 6"):
        load_yaml(path)


def test_two_projects_of_one_title(root: Path) -> None:
    assert "same title" in project_error(root, PROJECT + "    - title: goldkit demo\n")


def test_private_folder_is_private_and_out_of_git(root: Path) -> None:
    folder = Workspace(root).private
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_failure_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "data.txt"
    write_text(path, "old")
    with pytest.raises(RuntimeError), replacing(path) as part:
        part.write_text("half", encoding="utf-8")
        raise RuntimeError
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_failure_while_writing_leaves_the_old_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a").write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), replacing_folder(folder) as part:
        (part / "a").write_text("half", encoding="utf-8")
        raise KeyboardInterrupt
    assert (folder / "a").read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [folder]


def test_folder_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for names in (["a", "b"], ["c"]):
        with replacing_folder(folder) as part:
            for name in names:
                (part / name).write_text(name, encoding="utf-8")
    assert [path.name for path in folder.iterdir()] == ["c"]
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_private_file_is_0600(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_text(path, "x", private=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_disk_full_is_a_clear_error(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    path = Path("/dev/full")
    with pytest.raises(WorkspaceError) as caught, explained(path, "write"), path.open("w", encoding="utf-8") as file:
        file.write("x" * 100_000)
    assert "No space left" in caught.value.message
    assert "free space" in caught.value.next


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_a_clear_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WorkspaceError, match="Permission denied"):
        write_text(tmp_path / "x", "x")


def test_jsonl_there_and_back_with_line_separators(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    values = [{"b": "one\u2028two", "a": 1}, {"a": "é😀"}]
    assert write_jsonl(path, values) == 2
    assert [value for _, value in read_jsonl(path)] == values
    assert to_json(values[0]).startswith('{"a":1,')


def test_broken_jsonl_names_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a":1}\n{"a":\n', encoding="utf-8")
    with pytest.raises(BadInputError, match=r"x\.jsonl:2"):
        list(read_jsonl(path))


def test_broken_json_names_line(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{\n"a": }', encoding="utf-8")
    with pytest.raises(BadInputError, match=r"x\.json:2"):
        read_json(path)


def test_json_that_is_nested_without_end_is_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(BadInputError, match=r"deep\.json"):
        read_json(path)
    with pytest.raises(BadInputError, match=r"deep\.json:1"):
        list(read_jsonl(path))
