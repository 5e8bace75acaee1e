"""`goldkit demo`: the whole job, on the sample articles."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.output import Format, FormatOption, bar, emit, say, table


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    app.command()(demo)


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave Label Studio up, and print its address and login.")
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Run the whole job on the sample articles: from raw texts to a dataset that loads.

    A real Label Studio is started, and three users of it label. These three are scripted: their work was written for
    this demo, with the disagreements that people have. Outside a workspace the demo makes one in goldkit-demo/.

    Example: goldkit demo --keep
    """
    from toolkit.demo import run

    result = run(keep=keep, say=say, bar=bar)
    emit(
        result.as_dict(),
        format=format,
        text=table(("stage", "counts", "seconds"), [(s.name, s.counts, f"{s.seconds:.1f}") for s in result.stages])
        + "\n\n"
        + result.where,
    )
