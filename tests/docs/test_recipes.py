"""Every block of docs/recipes.md is run as it stands, and what it prints is what the page says it prints."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from sampled import sample_workspace

from toolkit.stages.build import build

PAGE = Path(__file__).parent.parent.parent / "docs" / "recipes.md"
PRINTS = re.compile(r"```(python|sh)\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)

# Each block is a program of its own; one process runs them, since what they import takes seconds.
RUN = """\
import contextlib, io, json, sys
printed = []
for block in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(block, "docs/recipes.md", "exec"), {"__name__": "__main__"})
    printed.append(out.getvalue())
print(json.dumps(printed))
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each Python block printed, beside a sample dataset, after the shell's commands."""
    folder = tmp_path_factory.mktemp("recipes")
    workspace = sample_workspace(folder)
    assert build(workspace).folder == folder / "exports" / "demo" / "dataset" / "0.1.0"
    offline = {"HF_HOME": str(folder / "cache"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}

    def run(*command: str, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=folder,
            input=given,
            env=os.environ | offline,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    for command in blocks("sh"):
        program, *args = shlex.split(command)
        assert program == "goldkit"
        run("-m", "toolkit", *args)
    return list(json.loads(run("-c", RUN, given=json.dumps(blocks("python")))))


def blocks(language: str) -> list[str]:
    return [block for kind, block, _ in PRINTS.findall(PAGE.read_text(encoding="utf-8")) if kind == language]


def without_score(text: str) -> str:
    """What a trained model scores differs from machine to machine."""
    return re.sub(r"F1 [\d.]+", "F1", text)


def test_the_page_shows_what_its_blocks_print(printed: list[str]) -> None:
    if os.environ.get("GOLDKIT_UPDATE_DOCS"):
        outputs = iter(printed)

        def renewed(found: re.Match[str]) -> str:
            if found[1] != "python":
                return found[0]
            old, new = found[3] or "", next(outputs)
            return found[0].replace(f"```text\n{old}```", f"```text\n{new}```")

        PAGE.write_text(PRINTS.sub(renewed, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    shown = [out for kind, _, out in PRINTS.findall(PAGE.read_text(encoding="utf-8")) if kind == "python"]
    assert list(map(without_score, shown)) == list(map(without_score, printed))
    assert all(shown)


def test_the_model_learns_something_and_not_much(printed: list[str]) -> None:
    """A model that learned nothing scores 0; one that is near 1 on another story has seen it."""
    (score,) = re.findall(r"F1 ([\d.]+)", printed[-1])
    assert 0.02 < float(score) < 0.8
