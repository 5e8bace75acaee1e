"""`goldkit review …`: what annotators do not agree on, decided by a person."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.output import Format, FormatOption, TokenOption, UrlOption, as_text, bar, emit, say, table
from toolkit.errors import EXIT_FINDINGS

app = typer.Typer(help="Have a person decide what the votes left open.", no_args_is_help=True)


@app.command()
def push(
    names: Annotated[bool, typer.Option("--names", help="Show the annotators' pseudonyms instead of A, B, C.")] = False,
    url: UrlOption = "",
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Put what the votes left open into review projects in Label Studio, the worst first: articles, stories, claims.

    The adjudicator finds all that is settled in its place, and all that is open marked, with who proposes it. Run it as
    often as you like: what waits there already is not sent again, and what was reviewed and is still open comes again,
    in a new round, with what was decided.

    Example: goldkit review push
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages import linkreview, review
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    pushed = review.push(workspace, names=names, url=url, token=token, bar=bar, say=say)
    links = linkreview.push(workspace, names=names, url=url, token=token, bar=bar, say=say)
    rows = [(pushed.title, pushed.new, pushed.known, pushed.url)] if pushed.url else []
    rows += [(one.title, one.new, one.known, one.url) for one in links]
    findings = [*pushed.findings, *(finding for one in links for finding in one.findings)]
    parts = [
        as_text(findings),
        table(("project", "new", "known", "address"), rows) if rows else "nothing is open for review",
        f"{pushed.stuck} more await for another reason: goldkit resolve names it" if pushed.stuck else "",
    ]
    emit(
        pushed.as_dict() | {"links": [one.as_dict() for one in links]},
        format=format,
        text="\n\n".join(part for part in parts if part),
    )
    if calls_for_action(findings):
        raise typer.Exit(EXIT_FINDINGS)


@app.command()
def pull(url: UrlOption = "", token: TokenOption = "", format: FormatOption = Format.TEXT) -> None:
    """Fetch what adjudicators decided, and settle the gold with it.

    The snapshots in review-snapshots/ and link-review-snapshots/ hold what came, byte for byte; reviews.jsonl holds
    each article as its review left it, links/reviews.jsonl each story. What breaks a rule is named, and stays open.

    Example: goldkit review pull
    """
    from toolkit.errors import StudioConflict
    from toolkit.findings import calls_for_action
    from toolkit.stages import linkreview, review
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    pulled = review.pull(workspace, url=url, token=token, bar=bar, say=say)
    links = linkreview.pull(workspace, url=url, token=token, bar=bar, say=say)
    if not (pulled or links):
        raise StudioConflict(
            "Label Studio has no review project of this workspace: not made yet, or deleted there",
            next="goldkit review push (makes it)",
        )
    findings = [*(pulled.findings if pulled else ()), *(links.findings if links else ())]
    told = [pulled.summary if pulled else "", links.summary if links else ""]
    emit(
        (pulled.as_dict() if pulled else {}) | {"links": links.as_dict() if links else None},
        format=format,
        text="\n".join(part for part in (as_text(findings), *told) if part),
    )
    if calls_for_action(findings):
        raise typer.Exit(EXIT_FINDINGS)
