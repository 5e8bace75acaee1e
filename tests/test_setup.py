"""What `goldkit init` writes: a project file that is read, and examples in it that are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from toolkit.files import load_yaml
from toolkit.project import CarryOverSettings, Project
from toolkit.settings import parse_settings
from toolkit.stages import setup
from toolkit.workspace import Workspace


@pytest.fixture
def file(tmp_path: Path) -> Path:
    setup.init(tmp_path, "coast")
    return tmp_path / "configs" / "project.yaml"


def examples(text: str) -> str:
    """The lines below the last heading, without their marks."""
    _, _, below = text.partition("# What may stand here besides")
    return "\n".join(line.removeprefix("# ") for line in below.splitlines()[1:])


def test_the_examples_ask_for_nothing_until_their_marks_are_taken_off(file: Path) -> None:
    project = Workspace(file.parent.parent).project
    assert not {"gold", "suggestions", "linking"} & project.model_fields_set


def test_the_examples_are_settings_without_their_marks(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text + examples(text), encoding="utf-8")
    project = parse_settings(Project, load_yaml(file), file)
    assert project.suggestions.sources == (CarryOverSettings(name="gold", kind="carry-over"),)
    assert {"gold", "suggestions", "linking"} <= project.model_fields_set


def test_the_pages_that_it_names_are_there(file: Path, repository: Path) -> None:
    named = re.findall(r"docs/[\w-]+\.md", file.read_text(encoding="utf-8"))
    assert len(named) > 2
    for page in named:
        assert (repository / page).is_file()
