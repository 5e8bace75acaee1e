"""A release on disk: what may be sent, and what is refused with its name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.errors import BadInputError
from toolkit.hub.release import read_release, recorded

from .releases import record

HELLO_SHA256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
HELLO_BLOB = "ce013625030ba8dba906f756967f9e9ca394464a"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "1.0.0"
    (made / "entities").mkdir(parents=True)
    (made / "README.md").write_text("hello\n", encoding="utf-8")
    (made / "entities" / "train-00000-of-00001.parquet").write_bytes(b"PAR1")
    record(made, "1.0.0")
    return made


def test_files_are_known_by_both_digests(folder: Path) -> None:
    release = read_release(folder)
    assert (release.version, release.tag, release.date) == ("1.0.0", "v1.0.0", "2026-11-22")
    assert sorted(release.files) == ["README.md", "entities/train-00000-of-00001.parquet", "release.json"]
    hello = release.files["README.md"]
    assert (hello.size, hello.sha256, hello.blob) == (6, HELLO_SHA256, HELLO_BLOB)  # sha256sum, git hash-object


def rewrite(folder: Path, **changes: object) -> None:
    path = folder / "release.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


TAMPERED: list[tuple[str, Callable[[Path], object]]] = [
    ("changed: README.md", lambda folder: (folder / "README.md").write_text("hell0\n", encoding="utf-8")),
    ("missing: README.md", lambda folder: (folder / "README.md").unlink()),
    ("not released: entities/notes.txt", lambda folder: (folder / "entities" / "notes.txt").touch()),
    ("missing: ../secret", lambda folder: rewrite(folder, files={"../secret": HELLO_SHA256})),
]


@pytest.mark.parametrize(("told", "tamper"), TAMPERED, ids=[told.partition(":")[0] + told[-6:] for told, _ in TAMPERED])
def test_what_was_not_released_is_named(folder: Path, told: str, tamper: Callable[[Path], object]) -> None:
    tamper(folder)
    with pytest.raises(BadInputError, match="is not what was released") as raised:
        read_release(folder)
    assert f"\n  {told}" in raised.value.message
    assert "a change needs a version of its own" in raised.value.next


def test_a_dataset_is_no_release(folder: Path) -> None:
    (folder / "release.json").unlink()
    with pytest.raises(BadInputError, match="is no release, only a build") as raised:
        read_release(folder)
    assert raised.value.next == "goldkit release"


def test_no_dataset_at_all(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"there is no dataset .*9\.9\.9"):
        read_release(tmp_path / "9.9.9")


def test_a_record_that_is_none(folder: Path) -> None:
    (folder / "release.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"release\.json:1"):
        read_release(folder)


@pytest.mark.parametrize("spoilt", [False, True])
def test_the_documented_check_of_a_copy(folder: Path, repository: Path, *, spoilt: bool) -> None:
    page = (repository / "docs" / "publishing.md").read_text(encoding="utf-8")
    command = page.partition("## Check a copy")[2].partition("```sh\n")[2].partition("\n```")[0]
    if spoilt:
        (folder / "README.md").write_text("hell0\n", encoding="utf-8")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is not spoilt, done.stderr
    assert ("README.md: FAILED" in done.stdout) is spoilt


@pytest.mark.parametrize("text", [b"not JSON", b"\xff", b"[]", b"1", b'{"version": "1.0.0"}', b'{"files": 1}'])
def test_a_record_from_elsewhere_that_is_not_understood(text: bytes) -> None:
    assert recorded(text) == frozenset()


def test_a_record_from_elsewhere() -> None:
    assert recorded(b'{"files": {"README.md": "any", "a/b.parquet": "any"}, "more": 1}') == {"README.md", "a/b.parquet"}
