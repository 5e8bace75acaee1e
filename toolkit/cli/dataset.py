"""`goldkit build`: the dataset."""

from __future__ import annotations

import typer

from toolkit.cli.output import Format, FormatOption, as_text, emit, table
from toolkit.errors import EXIT_FINDINGS


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    app.command()(build)


def build(format: FormatOption = Format.TEXT) -> None:
    """Choose the gold and write the dataset, a folder that `datasets.load_dataset` reads.

    Example: goldkit build
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages.build import build as building
    from toolkit.workspace import Workspace

    built = building(Workspace.find())
    rows = table(("config", "rows"), sorted(built.rows.items()))
    config = "entities" if built.rows.get("entities") else "documents"
    load = f'datasets.load_dataset("{built.folder}", "{config}")'
    emit(
        built.as_dict(),
        format=format,
        text="\n".join(
            part
            for part in (
                as_text(built.findings),
                rows,
                f"{len(built.awaiting)} articles await adjudication",
                f"dataset: {built.folder}",
                f"load it: {load}",
            )
            if part
        ),
    )
    if calls_for_action(built.findings):
        raise typer.Exit(EXIT_FINDINGS)
