"""`goldkit push|pull|status|check`: to Label Studio and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.output import Format, FormatOption, TokenOption, UrlOption, as_text, bar, emit, say, table
from toolkit.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from toolkit.stages.check import Checked


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    for command in (push, pull, status, check):
        app.command()(command)


def push(
    url: UrlOption = "",
    token: TokenOption = "",
    overwrite_config: Annotated[
        bool,
        typer.Option("--overwrite-config", help="Replace a label config that was edited by hand in Label Studio."),
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Make the Label Studio projects of configs/project.yaml, and a task for each article that has none there.

    Run it as often as you like: an article that is there already is never sent again.

    Example: goldkit push
    """
    from toolkit.stages import sync
    from toolkit.workspace import Workspace

    pushed = sync.push(Workspace.find(), url=url, token=token, overwrite_config=overwrite_config, bar=bar, say=say)
    rows = [(p.title, p.new, p.known, p.waiting, p.url) for p in pushed]
    findings = [finding for p in pushed for finding in p.findings]
    emit(
        [p.as_dict() for p in pushed],
        format=format,
        text="\n".join(
            part for part in (table(("project", "new", "known", "waiting", "address"), rows), as_text(findings)) if part
        ),
    )
    if findings:
        raise typer.Exit(EXIT_FINDINGS)


def pull(
    url: UrlOption = "",
    token: TokenOption = "",
    from_file: Annotated[
        Path | None,
        typer.Option(
            "--from-file", help="Take a Label Studio JSON export instead of a server; or a folder of brat or CoNLL."
        ),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="With --from-file: a YAML that maps its label names to ours.")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Fetch all annotations as a snapshot, check them, and write the records.

    The snapshot holds what came, byte for byte. What passes the checks is in annotations.jsonl, what does not is in
    rejected.jsonl with its reason; the counts add up. The last pull counts: for check and build, a file that is taken
    replaces what was pulled before (the snapshots stay).

    Example: goldkit pull
    """
    from toolkit.errors import UsageError
    from toolkit.stages.check import take_file
    from toolkit.stages.sync import pull as fetch
    from toolkit.workspace import Workspace

    if mapping and not from_file:
        raise UsageError("--mapping goes with --from-file", next="goldkit pull --from-file EXPORT.json --mapping FILE")
    workspace = Workspace.find()
    if from_file:
        checked = take_file(workspace, from_file, mapping)
        say("check and build now read this export, and nothing that was pulled before; goldkit pull goes back")
    else:
        checked = fetch(workspace, url=url, token=token, bar=bar, say=say)
    _finish(checked, format)


def check(format: FormatOption = Format.TEXT) -> None:
    """Check the last snapshot again with the ontology as it is now; needs no server.

    Example: goldkit check --format json
    """
    from toolkit.stages.check import check as check_again
    from toolkit.workspace import Workspace

    checked = check_again(Workspace.find())
    _finish(checked, format)


def status(
    url: UrlOption = "",
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Say how far the labelling is: per project and per annotator.

    Example: goldkit status
    """
    from toolkit.stages import sync
    from toolkit.workspace import Workspace

    projects = sync.status(Workspace.find(), url=url, token=token, say=say)
    totals = table(
        ("project", "articles", "labelled", "skipped", "address"),
        [(p.title, p.articles, p.labelled, p.skipped, p.url) for p in projects],
    )
    people = [
        (p.title, annotator, work.labelled, work.skipped)
        for p in projects
        for annotator, work in sorted(p.by_annotator.items())
    ]
    emit(
        [p.as_dict() for p in projects],
        format=format,
        text=totals + (f"\n\n{table(('project', 'annotator', 'labelled', 'skipped'), people)}" if people else ""),
    )


def _finish(checked: Checked, format: Format) -> None:
    from toolkit.findings import calls_for_action

    text = "\n".join(part for part in (as_text(checked.findings), checked.summary) if part)
    emit(checked.as_dict(), format=format, text=text)
    if calls_for_action(checked.findings):
        raise typer.Exit(EXIT_FINDINGS)
