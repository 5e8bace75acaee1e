"""`goldkit schema …`: the ontology and what is generated from it."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.output import Format, FormatOption, emit
from toolkit.errors import EXIT_FINDINGS

app = typer.Typer(help="The ontology, and the files that are generated from it.", no_args_is_help=True)


@app.command()
def compile(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 3 when a file is out of date.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write the label config and the JSON Schema of the records from configs/ontology.yaml.

    Example: goldkit schema compile --check
    """
    from toolkit.stages import setup
    from toolkit.workspace import Workspace

    stale = setup.compile_schema(Workspace.find(), write=not check)
    verb = "out of date" if check else "written"
    emit(
        {"out_of_date" if check else "written": [str(path) for path in stale]},
        format=format,
        text="\n".join(f"{verb}: {path}" for path in stale) or "all up to date",
    )
    if check and stale:
        raise typer.Exit(EXIT_FINDINGS)
