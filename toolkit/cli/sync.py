"""`goldkit push|pull|status|check`: to Label Studio and back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.engine import EngineOption, chosen
from toolkit.cli.output import Format, FormatOption, TokenOption, UrlOption, as_text, bar, emit, say, table
from toolkit.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from toolkit.stages.check import Checked
    from toolkit.stages.status import Status
    from toolkit.studio.feedback import Shown
    from toolkit.studio.status import Work


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    for command in (push, pull, status, check):
        app.command()(command)


def push(
    url: UrlOption = "",
    token: TokenOption = "",
    overwrite_config: Annotated[
        bool,
        typer.Option(
            "--overwrite-config", help="Take away names that only the live label config has, where nobody uses them."
        ),
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Make the Label Studio projects of configs/project.yaml, and a task for each article that has none there.

    Run it as often as you like: an article that is there already is never sent again. With suggestions (goldkit
    suggest) the tasks carry them, but for the control; tasks that nobody has begun get those that are newer.

    Example: goldkit push
    """
    from toolkit.stages import sync
    from toolkit.workspace import Workspace

    pushed = sync.push(Workspace.find(), url=url, token=token, overwrite_config=overwrite_config, bar=bar, say=say)
    columns = ("project", "new", "known", "waiting", "suggested", "address")
    rows = [(p.title, p.new, p.known, p.waiting, p.suggested, p.url) for p in pushed]
    findings = [finding for p in pushed for finding in p.findings]
    emit(
        [p.as_dict() for p in pushed],
        format=format,
        text="\n".join(part for part in (table(columns, rows), as_text(findings)) if part),
    )
    if findings:
        raise typer.Exit(EXIT_FINDINGS)


def pull(
    url: UrlOption = "",
    token: TokenOption = "",
    full: Annotated[
        bool, typer.Option("--full", help="Fetch everything again, and compare it with what pulls of changes have.")
    ] = False,
    from_file: Annotated[
        Path | None,
        typer.Option(
            "--from-file",
            help="Work from a file: a Label Studio JSON export, JSON lines; or a folder of JSON lines, brat or CoNLL.",
        ),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="With --from-file: a YAML that maps its label names to ours.")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Fetch all annotations as a snapshot, check them, and write the records.

    Only what changed since the last snapshot is fetched; now and then, and with --full, everything is, and the two
    are compared. A pull that was stopped goes on where it was.

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
    if full and from_file:
        raise UsageError("--full is about a server, and --from-file about a file", next="goldkit pull --full")
    workspace = Workspace.find()
    if from_file:
        checked = take_file(workspace, from_file, mapping)
        say("check and build now read this export, and nothing that was pulled before; goldkit pull goes back")
    else:
        checked = fetch(workspace, url=url, token=token, full=full, bar=bar, say=say)
    _finish(checked, format)


def check(
    push: Annotated[
        bool, typer.Option("--push", help="Show the findings to the annotators, as a view “needs fixing”.")
    ] = False,
    url: UrlOption = "",
    token: TokenOption = "",
    engine: EngineOption = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Check the last snapshot again with the ontology as it is now; needs no server but with --push.

    With --push, errors and warnings are shown in the Label Studio project, each with its annotator's pseudonym. Run
    it after every pull: what was mended since leaves the view.

    Example: goldkit check --push
    """
    from toolkit.errors import UsageError
    from toolkit.stages.check import check as check_again
    from toolkit.stages.feedback import push_findings
    from toolkit.workspace import Workspace

    if (url or token) and not push:
        raise UsageError("check needs no server without --push", next="goldkit check, or goldkit check --push")
    workspace = Workspace.find()
    with chosen(engine) as at_work:
        checked = check_again(workspace, engine=at_work)
    shown = push_findings(workspace, checked, url=url, token=token, bar=bar, say=say) if push else []
    _finish(checked, format, shown)


def status(
    url: UrlOption = "",
    token: TokenOption = "",
    names: Annotated[bool, typer.Option("--names", help="Say who is who. On a terminal only.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Say how far the labelling is, how fast it goes, and when it may be through: per project and per annotator.

    The pace is that of an annotator's middle article; "through" is when all that they were given would be labelled at
    the rate of the days since their first article. Both need five labelled articles, and "through" a day. A sample,
    the order of articles that were given out, and projects for links are named where there are some.

    Example: goldkit status
    """
    from toolkit.errors import UsageError
    from toolkit.stages.assign import who_is_who
    from toolkit.stages.status import status as ask
    from toolkit.workspace import Workspace

    if names and not (format is Format.TEXT and sys.stdout.isatty()):
        raise UsageError("--names prints addresses, on a terminal only", next="goldkit status --names, into no pipe")
    workspace = Workspace.find()
    found = ask(workspace, url=url, token=token, bar=bar, say=say)
    known = who_is_who(workspace, url=url, token=token) if names else []
    emit(found.as_dict(), format=format, text=_standing(found, known))


_PEOPLE = (
    *("project", "annotator", "assigned", "labelled", "left", "skipped", "drafts"),
    *("articles/h", "characters/h", "hours left", "through"),
)


def _standing(found: Status, known: Sequence[tuple[str, str]]) -> str:
    """The state of the labelling for people: the projects, what is to be labelled, the annotators, who is who."""
    totals = [(p.title, p.articles, p.labelled, p.skipped, p.drafts, p.url) for p in found.projects]
    people = [
        (p.title, who, *("" if cell is None else cell for cell in _cells(work)))
        for p in found.projects
        for who, work in p.by_annotator.items()
    ]
    links = [(one.title, one.tasks, one.answers, one.skipped, one.url) for one in found.links]
    sample, order = found.sample, found.order
    told = [
        f"sample: {sample.to_label} of {sample.articles} articles are to be labelled (configs/sample.yaml)"
        if sample
        else "",
        f"order: {order} (assignment.json says why)" if order else "",
    ]
    parts = [
        table(("project", "articles", "labelled", "skipped", "drafts", "address"), totals),
        table(("project for links", "tasks", "answers", "skipped", "address"), links) if links else "",
        "\n".join(filter(None, told)),
        table(_PEOPLE, people) if people else "",
        table(("annotator", "e-mail"), known) if known else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _cells(work: Work) -> tuple[object, ...]:
    pace = (work.articles_per_hour, work.characters_per_hour, work.hours_left, work.through)
    return (work.assigned, work.labelled, work.left, work.skipped, work.drafts, *pace)


def _finish(checked: Checked, format: Format, shown: Sequence[Shown] = ()) -> None:
    from toolkit.findings import calls_for_action

    told = [f"{one.title}: {one.tasks} articles need fixing, {one.fixed} were fixed; {one.url}" for one in shown]
    text, data = "", {}
    if format is Format.TEXT:  # there may be a million findings: they are read one by one
        text = "\n".join(part for part in (as_text(checked.each_finding()), checked.summary, *told) if part)
    else:
        data = checked.as_dict() | ({"shown": [one.as_dict() for one in shown]} if shown else {})
    emit(data, format=format, text=text)
    if calls_for_action(checked.each_finding()):
        raise typer.Exit(EXIT_FINDINGS)
