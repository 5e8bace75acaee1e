"""The README's commands are run, and its outputs are generated, not typed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LOAD = """\
from datasets import load_dataset

entities = load_dataset("exports/demo/dataset/0.1.0", "entities", split="train")
labels = entities.features["entities"].feature["label"]
for entity in entities[0]["entities"][:5]:
    print(f"{entity['start']:>4} {entity['end']:>4}  {labels.int2str(entity['label']):<13} {entity['text']}")
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.CompletedProcess[str]]]:
    """`goldkit demo` in an empty folder, as a new user runs it."""
    folder = tmp_path_factory.mktemp("empty")
    yield folder, goldkit("demo", cwd=folder)
    goldkit("studio", "stop", cwd=folder / "goldkit-demo")


def goldkit(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "toolkit", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
        stdin=subprocess.DEVNULL,
    )


def block(page: Path, name: str, content: str) -> str:
    """The fenced block that a comment marks in a page; with GOLDKIT_UPDATE_DOCS it is written anew."""
    text = page.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name}:[^\n]*-->\n```\w*\n)(.*?)(```)", re.DOTALL)
    assert pattern.search(text), f"{page.name} has no block {name}"
    if os.environ.get("GOLDKIT_UPDATE_DOCS"):
        text = pattern.sub(lambda found: found[1] + content + found[3], text)
        page.write_text(text, encoding="utf-8")
    found = pattern.search(text)
    assert found
    return found[2]


def without_times(table: str) -> str:
    """The demo's table without what differs from run to run: the port, the seconds, the rulers."""
    lines = [line for line in table.splitlines() if not line.startswith("--")]
    return "\n".join(re.sub(r"\s+", " ", re.sub(r"http://\S+|[\d.]+$", "", line)).strip() for line in lines)


def test_the_demo_prints_what_the_readme_shows(
    demo: tuple[Path, subprocess.CompletedProcess[str]], repository: Path
) -> None:
    _, result = demo
    assert result.returncode == 0, result.stderr
    table = result.stdout.partition("\n\n")[0] + "\n"
    assert without_times(block(repository / "README.md", "demo", table)) == without_times(table)
    assert "scripted" in result.stdout


def test_the_demo_stops_its_server(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = demo
    status = goldkit("studio", "status", "--format", "json", cwd=folder / "goldkit-demo")
    assert json.loads(status.stdout)["running"] is False


def test_the_dataset_loads_as_the_readme_says(
    demo: tuple[Path, subprocess.CompletedProcess[str]], repository: Path
) -> None:
    folder, _ = demo
    environment = os.environ | {"HF_HOME": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", LOAD],
        cwd=folder / "goldkit-demo",
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert block(repository / "README.md", "load", LOAD) == LOAD
    assert block(repository / "README.md", "loaded", result.stdout) == result.stdout


def test_after_the_demo_the_stages_need_no_server_and_no_option(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = demo
    for command in ("check", "build"):
        result = goldkit(command, cwd=folder / "goldkit-demo")
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_readme_opens_with_the_two_commands(repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    first = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert first
    commands = [line.split("#")[0].strip() for line in first[1].splitlines()]
    assert commands == ["make demo", "make test"]


def test_every_picture_and_page_that_is_linked_is_there(repository: Path) -> None:
    for page in (repository / "README.md", *(repository / "docs").glob("*.md")):
        links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
        missing = [link for link in links if not (page.parent / link).exists()]
        assert missing == [], page.name
