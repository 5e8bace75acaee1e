"""`goldkit export`: the dataset in other tools' formats."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.output import Format, FormatOption, bar, emit, table
from toolkit.dataset.formats.names import Target

if TYPE_CHECKING:
    from toolkit.dataset.formats.part import Part


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    app.command()(export)


def export(
    to: Annotated[Target, typer.Option("--to", help="The format: spacy, conll, brat, jsonl, docred or uima.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="A dataset's folder; else the one that goldkit build wrote.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to; else exports/<project>/formats/<version>/<format>.")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write the dataset in another tool's format, one file or folder a split.

    It prints what was written, and what the format cannot hold, counted: together that is all of the dataset. spacy and
    uima need the extra of that name: pip install 'goldkit[spacy]'.

    Example: goldkit export --to conll
    """
    from toolkit.dataset.formats.part import KINDS
    from toolkit.stages.export import export as exporting

    made = exporting(to, source=source, out=out, bar=bar)
    written = [(part.split, *(part.written[kind] for kind in KINDS)) for part in made.parts]
    limits = [line for part in made.parts for line in _limits(part)]
    text = (
        table(("split", *KINDS), written),
        table(("split", "kind", "became", "items", "because"), limits) if limits else "",
        f"{to}: {made.folder}",
    )
    emit(made.as_dict(), format=format, text="\n\n".join(paragraph for paragraph in text if paragraph))


def _limits(part: Part) -> Iterator[tuple[object, ...]]:
    """What the format could not take, and what it could not take as it was."""
    for became, counts in (("left out", part.left_out), ("changed", part.changed)):
        for kind, reason in sorted(counts):
            yield part.split, kind, became, counts[kind, reason], reason
