"""Workspaces with releases to publish: the small world of the dataset's tests, with the record of its files."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dataset.small_world import World, make_articles, make_votes

from toolkit.dataset.releases import seal

from .server import TestHub

REPOSITORY = "tester/harbour"
PROJECT = """\
name: demo
studio: {projects: [{title: harbour}]}
dataset: {version: 1.0.0, licence: cc-by-4.0}
hub: {repository: tester/harbour}
"""


def record(folder: Path, version: str) -> None:
    """Make a release of a dataset's folder, or make it one again after a change."""
    seal(folder, {"version": version, "date": "2026-11-22", "split_seed": 0, "needs": "first", "changes": {}})


def build_releases(root: Path) -> Path:
    """A workspace with 1.0.0, and 1.1.0 in which nobody claims anything any more."""
    (root / "configs").mkdir(parents=True)
    (root / "configs" / "project.yaml").write_text(PROJECT, encoding="utf-8")
    World().build(release_folder(root, "1.0.0"))
    votes = [vote.model_copy(update={"claims": (), "cues": ()}) for vote in make_votes(make_articles())]
    World(votes=votes).build(release_folder(root, "1.1.0"))
    for version in ("1.0.0", "1.1.0"):
        record(release_folder(root, version), version)
    return root


def release_folder(root: Path, version: str) -> Path:
    return root / "exports" / "demo" / "dataset" / version


def digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file, as `sha256sum` would say it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@dataclass
class Publisher:
    """A person at a workspace with a Hub; ``home`` is where the client keeps its things."""

    root: Path
    hub: TestHub
    home: Path

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | self.hub.environment(self.home) | {"PYTHONUTF8": "1"} | more

    def command(self, *args: str) -> list[str]:
        return [sys.executable, "-m", "toolkit", "publish", *args]

    def run(self, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*args),
            cwd=self.root,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def folder(self, version: str = "1.0.0") -> Path:
        return release_folder(self.root, version)

    def holds(self, version: str = "1.0.0", revision: str = "") -> bool:
        """Whether the tag of a version, and the branch, are exactly its files."""
        wanted = digests(self.folder(version))
        return self.hub.tree(REPOSITORY, f"v{version}") == self.hub.tree(REPOSITORY) == wanted


def copy_workspace(source: Path, target: Path) -> Path:
    return Path(shutil.copytree(source, target))
