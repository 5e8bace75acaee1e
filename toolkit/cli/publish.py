"""`goldkit publish`: a release to the Hugging Face Hub."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.output import Format, FormatOption, emit, say, table
from toolkit.errors import UsageError
from toolkit.stages.talk import counted

if TYPE_CHECKING:
    from toolkit.hub.plan import Plan
    from toolkit.stages.publish import Published


def register(app: typer.Typer) -> None:
    """Add the command of this file to the program."""
    app.command()(publish)


def publish(
    version: Annotated[
        str, typer.Option("--version", help="The release to publish; else the version in configs/project.yaml.")
    ] = "",
    repo: Annotated[
        str, typer.Option("--repo", help="OWNER/NAME on the Hub; else repository under hub in configs/project.yaml.")
    ] = "",
    public: Annotated[
        bool | None,
        typer.Option("--public/--private", help="Who may read a repository that is made now; others stay as they are."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Publish a release on the Hugging Face Hub as one commit and a tag, and load it back to compare every file.

    A new repository is private. The token is that of HF_TOKEN, a 0600 file .goldkit/hf-token, or `hf auth login`. Run
    it again after whatever stopped it: what is there is not sent twice.

    Example: goldkit publish --repo my-org/harbour --dry-run
    """
    from toolkit.stages import publish as stage
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    private = None if public is None else not public
    plan = stage.plan(workspace, version=version, repository=repo, private=private, say=say)
    if dry_run:
        emit(plan.as_dict(), format=format, text=_preview(plan))
        return
    say(_preview(plan))
    if not yes:
        _confirm(plan.questions)
    published = stage.publish(workspace, plan, say=say)
    emit(published.as_dict(), format=format, text=_outcome(published))


def _confirm(questions: tuple[str, ...]) -> None:
    if not questions:
        return
    for question in questions:
        say(question)
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to say yes", next="the same command again with --yes")
    typer.confirm("Publish?", abort=True, err=True)


def _preview(plan: Plan) -> str:
    """What would be done, for people: what stays the same is only counted."""
    rows = [(one.path, one.kind, one.size) for one in plan.changes if one.kind != "same"]
    same = len(plan.paths("same"))
    new = "" if plan.exists else ", which is made now"
    todo = {"commit and tag": "", "tag": ": only the tag is missing", "nothing": ": published already"}[plan.step]
    return "\n".join(
        (
            *((table(("file", "change", "bytes"), rows),) if rows else ()),
            f"{counted(len(rows), 'file')} to change, {same} the same{todo}",
            f"to: {plan.page} ({'private' if plan.private else 'public'}{new}), {plan.release.tag}",
        )
    )


def _outcome(published: Published) -> str:
    plan = published.plan
    rows = [
        (config, split, rows) for config, splits in published.verified.rows.items() for split, rows in splits.items()
    ]
    config = "entities" if "entities" in published.verified.rows else next(iter(published.verified.rows), "")
    return "\n".join(
        (
            table(("config", "split", "rows"), rows),
            f"{'published already' if plan.step == 'nothing' else 'published'}: {plan.page}/tree/{plan.release.tag}",
            f"commit {published.commit}; loaded back: {published.verified.files} files have the same sha256",
            f'load it: datasets.load_dataset("{plan.repository}", "{config}", revision="{plan.release.tag}")',
        )
    )
