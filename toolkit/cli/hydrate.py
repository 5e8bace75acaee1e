"""`goldkit hydrate`: the texts back into a stand-off dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.output import Format, FormatOption, as_text, bar, emit, table
from toolkit.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from toolkit.dataset.hydrate import Hydrated


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    app.command()(hydrate)


def hydrate(
    dataset: Annotated[Path, typer.Argument(help="The folder of a stand-off dataset.")],
    paths: Annotated[
        list[Path], typer.Argument(help="Your copies: files (.txt .jsonl .csv .parquet .html) or folders of them.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where to write the dataset with its texts; a new folder.")],
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="The copies' encoding; else UTF-8, or what a web page says.")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="A column to take for another: text=body takes the text from `body`."),
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Write without the articles that have no copy.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Put the texts back into a dataset that was published without them, from your own copies of the articles.

    Copies may be raw or clean. Only the sha256 counts, and every offset is proved; nothing is written otherwise.

    Example: goldkit hydrate downloads/harbour articles/ --out harbour --field text=body
    """
    from toolkit.cli.articles import renames
    from toolkit.findings import calls_for_action
    from toolkit.stages.hydrate import hydrate as hydrating

    done = hydrating(dataset, paths, out, encoding=encoding, fields=renames(field or []), partial=partial, bar=bar)
    emit(done.as_dict(), format=format, text=_text(done))
    if calls_for_action(done.findings):
        raise typer.Exit(EXIT_FINDINGS)


def _text(done: Hydrated) -> str:
    rows = [(config, count, done.left_out.get(config, 0)) for config, count in done.rows.items()]
    parts = (
        as_text(done.findings),
        table(("config", "rows", "left out"), rows) if rows else "",
        f"{done.read} copies read: {done.used} used, {done.others} of no article of this dataset, "
        f"{done.read - done.used - done.others} with another text",
        f"{done.articles} of {done.wanted} articles proved"
        + (f", {done.offsets} offsets" if done.written else "; nothing was written"),
        f"dataset: {done.folder}" if done.written else "",
    )
    return "\n".join(part for part in parts if part)
