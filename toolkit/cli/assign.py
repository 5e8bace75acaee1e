"""`goldkit assign`: who labels what."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.output import Format, FormatOption, TokenOption, UrlOption, bar, emit, say, table
from toolkit.gold.order import Order


def register(app: typer.Typer) -> None:
    """Add the command of this file to the program."""
    app.command()(assign)


def assign(
    calibration: Annotated[
        int, typer.Option("--calibration", min=0, help="Let everybody label this many articles, before all others.")
    ] = 0,
    order: Annotated[
        Order | None,
        typer.Option(
            "--order",
            help="What annotators meet first: coverage, what is new (stories, outlets, months, languages); "
            "disagreement, what is like that on which they disagreed; uncertainty, what suggestions are least sure of.",
            show_default="as last time, at first plain",
        ),
    ] = None,
    url: UrlOption = "",
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Give each article to as many annotators as its project's overlap, evenly, and each annotator a view of theirs.

    Who they are stands in configs/project.yaml, by pseudonym. Run it again after new articles or new annotators:
    what somebody was given, or has labelled, stays theirs. Another order changes what they meet first, not whose it is.

    Example: goldkit assign --calibration 5 --order coverage
    """
    from toolkit.stages.assign import assign as give_out
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    assigned = give_out(workspace, calibration=calibration, order=order, url=url, token=token, bar=bar, say=say)
    rows = [
        (project.title, annotator, share.articles, share.characters, share.new, share.url)
        for project in assigned
        for annotator, share in project.by_annotator.items()
    ]
    told = [
        f"{project.title}: {project.articles} articles, {project.calibration} of them for everybody, by {project.order}"
        for project in assigned
    ]
    columns = ("project", "annotator", "articles", "characters", "new", "address")
    emit(
        [project.as_dict() for project in assigned],
        format=format,
        text="\n".join([table(columns, rows), "", *told]),
    )
    say("next: send everybody the address of their view (goldkit status --names says who is who)")
