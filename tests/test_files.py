from __future__ import annotations

import os
from pathlib import Path

import pytest

from toolkit.errors import BadInputError, WorkspaceError
from toolkit.files import (
    explained,
    load_yaml,
    read_json,
    read_jsonl,
    replacing,
    replacing_folder,
    shown,
    to_json,
    write_jsonl,
    write_text,
)


def test_yaml_not_utf8_names_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"name: \xff\n")
    with pytest.raises(BadInputError, match="byte 6"):
        load_yaml(path)


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


def test_paths_are_told_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "exports").mkdir()
    path = tmp_path / "configs" / "ontology.yaml"
    monkeypatch.chdir(tmp_path)
    assert shown(path) == "configs/ontology.yaml"
    monkeypatch.chdir(tmp_path / "exports")
    assert shown(path) == "../configs/ontology.yaml"
    assert shown(Path("/elsewhere/ontology.yaml")) == "/elsewhere/ontology.yaml"


@pytest.mark.parametrize("written", ['a: "\\ud800"', '"\\udc00": a'])
def test_half_a_character_is_refused_with_its_place(tmp_path: Path, written: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(BadInputError, match=r"x\.yaml:1:\d: '.ud.00' is half a character"):
        load_yaml(path)
