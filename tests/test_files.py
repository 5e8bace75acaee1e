from __future__ import annotations

import os
import signal
import subprocess
import sys
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


WRITE_OTHER = (
    "import sys; from pathlib import Path; from toolkit.files import write_text; write_text(Path(sys.argv[1]), 'x')"
)
WRITE = """
import os, signal, sys
from pathlib import Path
from toolkit.files import replacing, replacing_folder
folder = Path(sys.argv[1])
with replacing(folder / "file") as part, replacing_folder(folder / "folder") as other:
    (other / "half").touch()
    if sys.argv[2] == "moved":
        (folder / "folder").replace(other.with_suffix(".old"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["written", "moved"])
def test_what_a_killed_run_left_is_taken_away(tmp_path: Path, when: str) -> None:
    write_text(tmp_path / "file", "old")
    write_text(tmp_path / "folder" / "a", "old")
    killed = subprocess.run([sys.executable, "-c", WRITE, str(tmp_path), when], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob(".*"))) == (2 if when == "written" else 3)
    subprocess.run([sys.executable, "-c", WRITE_OTHER, str(tmp_path / "other")], check=True)
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder", "other"}
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"
    assert (tmp_path / "folder" / "a").read_text(encoding="utf-8") == "old"


def test_what_another_run_is_writing_is_left_alone(tmp_path: Path) -> None:
    with replacing(tmp_path / "file") as part, replacing_folder(tmp_path / "folder") as other:
        subprocess.run([sys.executable, "-c", WRITE_OTHER, str(tmp_path / "other")], check=True)
        assert part.exists()
        assert other.exists()


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
