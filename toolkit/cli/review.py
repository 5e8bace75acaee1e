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
    """Put every article that the votes left open into the review project in Label Studio, the worst first.

    The adjudicator finds all that is settled in its place, and all that is open marked, with who proposes it. Run it as
    often as you like: an article that waits there already is not sent again, and one that was reviewed and is still
    open comes again, in a new round, with what was decided.

    Example: goldkit review push
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages import review
    from toolkit.workspace import Workspace

    pushed = review.push(Workspace.find(), names=names, url=url, token=token, bar=bar, say=say)
    row = (pushed.title, pushed.new, pushed.known, pushed.url)
    parts = [
        as_text(pushed.findings),
        table(("project", "new", "known", "address"), [row]) if pushed.url else "no article is open for review",
        f"{pushed.stuck} more await for another reason: goldkit resolve names it" if pushed.stuck else "",
    ]
    emit(pushed.as_dict(), format=format, text="\n\n".join(part for part in parts if part))
    if calls_for_action(pushed.findings):
        raise typer.Exit(EXIT_FINDINGS)


@app.command()
def pull(url: UrlOption = "", token: TokenOption = "", format: FormatOption = Format.TEXT) -> None:
    """Fetch what adjudicators decided, and settle the gold with it.

    The snapshot in review-snapshots/ holds what came, byte for byte; reviews.jsonl holds each article as its review
    left it. What breaks a rule is named, and stays open.

    Example: goldkit review pull
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages import review
    from toolkit.workspace import Workspace

    pulled = review.pull(Workspace.find(), url=url, token=token, bar=bar, say=say)
    text = "\n".join(part for part in (as_text(pulled.findings), pulled.summary) if part)
    emit(pulled.as_dict(), format=format, text=text)
    if calls_for_action(pulled.findings):
        raise typer.Exit(EXIT_FINDINGS)
