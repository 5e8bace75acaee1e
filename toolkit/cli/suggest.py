"""`goldkit suggest`: what a program thinks is in the articles, for annotators to accept, change or delete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.output import Format, FormatOption, as_text, bar, emit, table
from toolkit.errors import EXIT_FINDINGS, EXIT_INTERRUPTED

if TYPE_CHECKING:
    from toolkit.findings import Finding


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    app.command()(suggest)


def suggest(
    source: Annotated[
        str, typer.Argument(help="A source of configs/project.yaml; without it, the one that is shown.")
    ] = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Ask a source what is in the articles that nobody has labelled yet; goldkit push then shows it.

    The sources stand in configs/project.yaml (suggestions: sources:): gold that is there already, a spaCy pipeline, a
    program, an HTTP endpoint. What breaks a rule of the annotations reaches no annotator. A share of the articles, the
    control, gets no suggestions: goldkit report tells what they change.

    Example: goldkit suggest
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages.suggest import suggest as ask
    from toolkit.workspace import Workspace

    made = ask(Workspace.find(), source, bar=bar)
    parts = [
        as_text(_few(made.findings)),
        table(("label", "suggestions"), list(made.labels.items())) if made.labels else "",
        f"{made.version}: suggestions for {made.answered} of {made.asked} articles; {made.refused} items refused; "
        f"{made.control} articles are in the control, without any",
        "next: goldkit push" if made.answered else "",
    ]
    emit(made.as_dict(), format=format, text="\n\n".join(part for part in parts if part))
    if made.stopped:
        raise typer.Exit(EXIT_INTERRUPTED)
    if calls_for_action(made.findings):
        raise typer.Exit(EXIT_FINDINGS)


def _few(findings: Iterable[Finding], most: int = 3) -> Iterator[Finding]:
    """Of each rule some findings that say different things, and how many more there are: a source errs everywhere."""
    by_rule: defaultdict[str, dict[str, list[Finding]]] = defaultdict(dict)
    for finding in findings:
        by_rule[finding.rule].setdefault(finding.message, []).append(finding)
    for said in by_rule.values():
        told = [(same[0], f" ({len(same)} times)" if len(same) > 1 else "") for same in list(said.values())[:most]]
        if left := sum(map(len, list(said.values())[most:])):
            told[-1] = (told[-1][0], f"{told[-1][1]}; and {left} more such findings, which --format json has")
        yield from (replace(finding, message=finding.message + more) for finding, more in told)
