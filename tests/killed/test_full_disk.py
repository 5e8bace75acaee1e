"""A disk that is full, or not to be written: a clear error, old files whole; and with space the same command works."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pipeline.desk import tree
from pipeline.program import Result, goldkit
from sweep import SWEEP

from toolkit.files import write_jsonl, write_text
from toolkit.stages import check
from toolkit.stages.build import build
from toolkit.workspace import Workspace

from . import news, whole

SIZE = "32m"
LEFT = range(4, 64, 4) if SWEEP else (4, 8)  # KB
FOREIGN = """\
<View>
  <Labels name="label" toName="text"><Label value="Person"/></Labels>
  <Text name="text" value="$text"/>
</View>
"""
COMMANDS = {
    "init": ("init",),
    "articles add": ("articles", "add", "more.jsonl"),
    "articles group": ("articles", "group"),
    "articles sample": ("articles", "sample", "5"),
    "pull": ("pull", "--from-file", "export.json"),
    "check": ("check",),
    "agree": ("agree",),
    "resolve": ("resolve",),
    "report": ("report",),
    "build": ("build",),
    "release": ("release",),
    "export": ("export", "--to", "jsonl"),
    "hydrate": ("hydrate", "standoff", "news.jsonl", "--out", "hydrated"),
    "compile": ("schema", "compile"),
    "import": ("schema", "import", "foreign.xml", "--ontology", "configs/imported.yaml"),
    "migrate": news.MIGRATE,
}
"""Every command that writes and needs no server."""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each command a workspace in which it has something to do."""
    root = tmp_path_factory.mktemp("full") / "workspace"
    workspace = news.built_from_less(root)
    news.settings(root, version="0.0.1", text="stand-off")
    shutil.move(build(Workspace(root)).folder, root / "standoff")
    news.settings(root, version="0.1.0", text="included")
    works = workspace.annotations.read_text("utf-8")
    check.take_file(workspace, news.exported(root), None)
    write_text(workspace.annotations, works)
    write_jsonl(root / "more.jsonl", [{"article_id": "more", "text": "The ferry is late. " * 2000}])
    write_text(root / "foreign.xml", FOREIGN)
    for made in ("label_config.xml", "annotations.schema.json"):
        (root / "configs" / made).unlink()
    moving = tmp_path_factory.mktemp("moving") / "workspace"
    news.labelled_elsewhere(moving)
    return dict.fromkeys(COMMANDS, root) | {"migrate": moving}


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here, which takes root: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def begin(pristine: Path, disk: Path) -> Path:
    """A copy of a workspace on the disk."""
    root = disk / "workspace"
    shutil.rmtree(root, ignore_errors=True)
    return shutil.copytree(pristine, root)


@contextlib.contextmanager
def full(disk: Path, left: int) -> Iterator[None]:
    """Leave so many KB of a disk."""
    free = os.statvfs(disk)
    with (disk / "filler").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - left * 1024)
    try:
        yield
    finally:
        (disk / "filler").unlink()


def refused(result: Result, why: int, root: Path) -> None:
    """It says what cannot be written, and what to do."""
    assert (result.returncode, result.stdout) == (1, ""), result.stdout + result.stderr
    first, *_, last = result.stderr.strip().splitlines()
    assert first.startswith("error: cannot "), result.stderr
    assert first.endswith(os.strerror(why)), result.stderr
    assert last.startswith("next: free space or correct the permissions"), result.stderr
    assert whole.left_over(root) == []
    whole.check(root)


@pytest.mark.parametrize("name", COMMANDS)
def test_full(name: str, pristine: dict[str, Path], disk: Path) -> None:
    root = begin(pristine[name], disk)
    before = tree(root)
    with full(disk, 0):
        refused(goldkit(*COMMANDS[name], cwd=root), errno.ENOSPC, root)
    assert tree(root) == before
    if SWEEP or name in ("articles add", "check", "build"):
        done = goldkit(*COMMANDS[name], cwd=root)
        assert done.returncode == 0, done.stderr
        whole.check(root)


@pytest.mark.parametrize("name", COMMANDS if SWEEP else ["check"])
def test_full_in_the_middle(name: str, pristine: dict[str, Path], disk: Path) -> None:
    """Each file is old or new."""
    root = begin(pristine[name], disk)
    before = tree(root)
    assert goldkit(*COMMANDS[name], cwd=root).returncode == 0
    after = tree(root)
    for left in LEFT:
        begin(pristine[name], disk)
        with full(disk, left):
            result = goldkit(*COMMANDS[name], cwd=root)
        if result.returncode == 0:
            break
        refused(result, errno.ENOSPC, root)
        found = tree(root)
        assert [path for path in before if found.get(path) not in (before[path], after[path])] == []


@pytest.mark.parametrize("name", COMMANDS if SWEEP else ["articles add", "export"])
def test_read_only(name: str, pristine: dict[str, Path], disk: Path) -> None:
    root = begin(pristine[name], disk)
    before = tree(root)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        result = goldkit(*COMMANDS[name], cwd=root)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    refused(result, errno.EROFS, root)
    assert tree(root) == before


@pytest.mark.parametrize("command", ["check"])
def test_found_out_when_it_is_flushed(
    command: str, pristine: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk of a network, or with a quota."""

    def fsync(_: int) -> None:
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    root = shutil.copytree(pristine[command], tmp_path / "workspace")
    before = tree(root)
    monkeypatch.setattr(os, "fsync", fsync)
    refused(goldkit(command, cwd=root), errno.EDQUOT, root)
    assert tree(root) == before
