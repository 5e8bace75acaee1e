"""docs/commands.md is made from the commands themselves, so it cannot lie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from toolkit.cli.main import app

HEAD = """# Commands

Made from the program's own help by `make docs`; a test fails when the two differ.

Data goes to stdout and talk to stderr. `--format json` prints any result for programs. Exit codes: 0
done, 1 the operation failed, 2 wrong usage, 3 it ran and found problems in the data or the schema, 130 stopped by
Ctrl-C.
`goldkit --install-completion` teaches your shell the commands.
"""


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, child in getattr(command, "commands", {}).items():
        if hasattr(child, "commands"):
            yield from commands(child, f"{path} {name}")
        else:
            yield f"{path} {name}", child


def rendered() -> str:
    parts = [HEAD]
    for path, command in commands(typer.main.get_command(app), "goldkit"):
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option" and "--help" not in p.opts]
        usage = " ".join([path, *map(_metavar, arguments), "[OPTIONS]"])
        lines = [f"## {path}", "", *_paragraphs(command.help), "", "```", usage, "```", ""]
        lines += ["| | |", "| --- | --- |"]
        lines += [f"| `{_metavar(p)}` | {p.help} |" for p in arguments]
        lines += [f"| `{', '.join(p.opts)}` | {p.help} |" for p in options]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _metavar(argument: Any) -> str:
    name = argument.metavar or str(argument.name).upper()
    name += "…" if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _paragraphs(help: str) -> list[str]:
    return [
        f"Example: `{line.removeprefix('Example: ')}`" if line.startswith("Example: ") else line
        for line in help.strip().splitlines()
    ]


def test_the_page_is_what_the_commands_say(repository: Path) -> None:
    page = repository / "docs" / "commands.md"
    if os.environ.get("GOLDKIT_UPDATE_DOCS"):
        page.write_text(rendered(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == rendered(), "out of date: make docs"
