"""docs/first-round.md names commands, options, files and images that there are."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from toolkit.cli.main import app
from toolkit.project import StudioSettings
from toolkit.stages import setup


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "first-round.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """Every command by its words."""

    def commands(command: Any, path: str) -> dict[str, Any]:
        children = getattr(command, "commands", {})
        found = {path: command} if not children else {}
        for name, child in children.items():
            found |= commands(child, f"{path} {name}")
        return found

    return commands(typer.main.get_command(app), "goldkit")


def used(page: str) -> list[tuple[str, list[str]]]:
    """Every command on the page, with the words behind it."""
    code = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    lines = [line for block in code for line in block.splitlines()] + re.findall(r"`(goldkit\s[^`]+)`", page)
    pieces = [" ".join(piece.split()) for line in lines for piece in line.partition("#")[0].split("&&")]
    return [(piece, piece.split()) for piece in pieces if piece.startswith("goldkit ")]


def test_every_command_is_one_and_has_its_options(page: str, known: dict[str, Any]) -> None:
    seen = set()
    for piece, said in used(page):
        name = next((" ".join(said[:n]) for n in (3, 2) if " ".join(said[:n]) in known), None)
        assert name, f"{piece!r} is no command"
        options = {option for parameter in known[name].params for option in parameter.opts}
        assert {word for word in said if word.startswith("--")} <= options, piece
        arguments = [one for one in known[name].params if one.param_type_name == "argument"]
        if not arguments:
            words = [word for word in said[len(name.split()) :] if not word.startswith("--") and not word.isdigit()]
            assert not words, piece
        seen.add(name)
    assert len(seen) > 15


def test_the_round_is_whole(page: str) -> None:
    """The first block is the round in the order in which it is gone through."""
    block = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)[0]
    steps = ["init", "articles add", "articles sample", "studio start", "push", "assign", "pull", "agree", "resolve"]
    places = [block.index(f"goldkit {step} ") for step in steps]
    assert places == sorted(places)


def test_every_image_is_a_picture_and_has_words(page: str, repository: Path) -> None:
    images = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page)
    assert len(images) > 1
    for words, path in images:
        assert words
        picture = (repository / "docs" / path).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert min(struct.unpack(">II", picture[16:24])) > 400  # width and height


def test_every_link_leads_somewhere(page: str, repository: Path) -> None:
    links = re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", page)
    assert len(links) > 8
    for link in links:
        path, _, anchor = link.partition("#")
        text = (repository / "docs" / path).read_text(encoding="utf-8")
        if anchor:
            headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_settings_it_shows_are_settings(page: str) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (project,) = StudioSettings.model_validate(yaml.safe_load(block)["studio"]).projects
    assert project.overlap <= len(project.annotators)


def test_the_files_it_names_are_those_of_a_new_workspace(page: str, tmp_path: Path) -> None:
    setup.init(tmp_path, "harbour")
    later = {"configs/stories.yaml", "configs/sample.yaml"}  # written by the commands beside which they stand
    named = set(re.findall(r"\b(configs/(?:pages/)?[\w.]*\w\.\w+|configs/pages)\b", page)) - later
    assert len(named) > 4
    for path in named:
        assert (tmp_path / path).exists(), path
