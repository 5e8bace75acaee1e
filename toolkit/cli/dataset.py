"""`goldkit build`: the dataset."""

from __future__ import annotations

import typer

from toolkit.cli.output import Format, FormatOption, as_text, emit, table


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    app.command()(build)


def build(format: FormatOption = Format.TEXT) -> None:
    """Choose the gold and write the dataset, a folder that `datasets.load_dataset` reads.

    Example: goldkit build
    """
    from toolkit.stages.build import build as building
    from toolkit.workspace import Workspace

    built = building(Workspace.find())
    rows = table(("config", "rows"), sorted(built.rows.items()))
    load = f'datasets.load_dataset("{built.folder}", "entities")'
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
