"""`goldkit report`: the project's state as one page."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.output import Format, FormatOption, emit, table


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    app.command()(report)


def report(
    names: Annotated[
        bool, typer.Option("--names", help="Name the annotators, in a file of its own that is not for sharing.")
    ] = False,
    worst: Annotated[
        int, typer.Option("--worst", min=0, help="How many articles to show with the annotators' marks in the text.")
    ] = 30,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write one HTML page about the project: progress, labels, agreement, and where annotators differ, in the text.

    It needs no server and nothing from the internet, on a screen of any size or in print: reports/report.html.
    The same figures for programs stand in reports/report.json. Each story that is linked across its articles has a
    page of its own in reports/stories. Needs the extra: pip install 'goldkit[report]'.

    Example: goldkit report
    """
    from toolkit.stages.report import report as reporting
    from toolkit.workspace import Workspace

    made = reporting(Workspace.find(), names=names, worst=worst)
    headline = made.report.headline()
    agreement = headline["agreement"]
    rows = [(name.replace("_", " "), value) for name, value in headline.items() if name != "agreement"]
    rows += [(name, "undefined" if value is None else f"{value:.3f}") for name, value in agreement.items()]
    stories = [str(path) for path in made.stories]
    emit(
        {"page": str(made.page), "twin": str(made.twin), "stories": stories, "names": names, "headline": headline},
        format=format,
        text=f"{table(('figure', 'value'), rows)}\n\nreport: {made.page}\nfor programs: {made.twin}"
        + "".join(f"\nstory: {path}" for path in stories)
        + ("\nit names the annotators: not for sharing" if names else ""),
    )
