"""Workspaces and git repositories to let CI loose on."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ci.runner import plain_environment
from toolkit.stages import setup

_NOBODY = {
    "GIT_AUTHOR_NAME": "Nobody",
    "GIT_AUTHOR_EMAIL": "nobody@example.org",
    "GIT_COMMITTER_NAME": "Nobody",
    "GIT_COMMITTER_EMAIL": "nobody@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(*args: str, cwd: Path) -> str:
    """Run git as nobody in particular, with nobody's settings; what it prints."""
    environment = plain_environment() | _NOBODY
    result = subprocess.run(["git", *args], cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    return result.stdout


def new_workspace(folder: Path) -> Path:
    """A workspace with the default ontology."""
    setup.init(folder, "trial")
    return folder


def break_ontology(workspace: Path) -> int:
    """Give two entities one name; the line of the second."""
    path = workspace / "configs" / "ontology.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    number = lines.index("  - name: ORGANIZATION\n")
    lines[number] = "  - name: PERSON\n"
    path.write_text("".join(lines), encoding="utf-8")
    return number + 1
