"""`goldkit init`: a new workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.output import Format, FormatOption, emit


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make it in.")] = Path(),
    name: Annotated[str, typer.Option("--name", help="The project's name; else the folder's.")] = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Make a workspace: configs/ with the default ontology, guidelines and cleaning rules, and exports/.

    Files that are there already stay as they are.

    Example: goldkit init my-project --name tripoli
    """
    from toolkit.stages import setup

    made = setup.init(folder, name or folder.resolve().name)
    listed = "\n".join(f"  {path}" for path in made) or "  nothing: all of it was there already"
    emit(
        {"workspace": str(folder.resolve()), "made": [str(path) for path in made]},
        format=format,
        text=f"workspace {folder.resolve()}, made:\n{listed}\nnext: goldkit articles add PATH…",
    )
