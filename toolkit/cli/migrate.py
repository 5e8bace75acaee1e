"""`goldkit schema migrate`: what was labelled, brought to a new version of the ontology."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.output import Format, FormatOption, TokenOption, UrlOption, as_text, bar, emit, say, table
from toolkit.errors import EXIT_FINDINGS, UsageError
from toolkit.stages.talk import counted

if TYPE_CHECKING:
    from toolkit.stages.migration import Applied, Migration, Tally


def register(app: typer.Typer) -> None:
    """Add the command of this file to the program."""
    app.command()(migrate)


def migrate(
    plan: Annotated[Path, typer.Option("--plan", help="The plan: docs/migrating.md says how to write one.")],
    apply: Annotated[bool, typer.Option("--apply", help="Carry it out, as the last dry run found it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --apply: do not ask.")] = False,
    leave_drafts: Annotated[
        bool,
        typer.Option("--leave-drafts", help="Go on although somebody's drafts cannot be read, and so not be moved."),
    ] = False,
    url: UrlOption = "",
    token: TokenOption = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Move annotations, gold and the live Label Studio projects to a new version of the ontology, by a plan.

    Without --apply nothing changes: a snapshot is taken and the moves are counted. With --apply they are made. Where
    it is stopped, the same command goes on.

    Example: goldkit schema migrate --plan configs/migrations/2.0.0.yaml
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages import migrate as stage
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    found = stage.recorded(workspace, plan, url=url) if apply else None
    found = found or stage.dry_run(workspace, plan, url=url, token=token, bar=bar, say=say)
    again = f"goldkit schema migrate --plan {plan}"
    if not apply or found.uncovered:
        ask = "" if found.uncovered or found.state == "done" else f"\n\nnext: {again} --apply"
        emit(found.as_dict(), format=format, text=_preview(found, again) + ask)
        if found.uncovered or found.late:
            raise typer.Exit(EXIT_FINDINGS)
        return
    if found.state != "done":
        say(_preview(found, again))
        _confirm(yes, again)
    try:
        applied = stage.apply(workspace, plan, found, leave_drafts=leave_drafts, url=url, token=token, bar=bar, say=say)
    except KeyboardInterrupt:
        say(f"stopped half-way; to go on from here: {again} --apply")
        raise
    emit(applied.as_dict(), format=format, text=_outcome(applied, again))
    if applied.changed or applied.unread or (applied.checked and calls_for_action(applied.checked.findings)):
        raise typer.Exit(EXIT_FINDINGS)


def _confirm(yes: bool, again: str) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to say yes", next=f"{again} --apply --yes")
    typer.confirm("Everybody has saved and closed Label Studio. Move all this?", abort=True, err=True)


def _preview(found: Migration, again: str) -> str:
    """A dry run for people."""
    if found.state == "done":
        late = f"{counted(found.late, 'task')} got old names since then" if found.late else "nothing to do"
        return f"this plan was carried out: {late}" + (f"\nnext: {again} --apply" if found.late else "")
    return "\n\n".join(part for part in _parts(found, again) if part)


def _parts(found: Migration, again: str) -> Iterator[str]:
    items, (old, new) = found.items, found.versions
    others = ""
    if found.predictions or found.drafts:
        others = f"; {counted(found.predictions, 'prediction')} and {counted(found.drafts, 'draft')}, too"
    yield (
        f"from {old} to {new}: {found.changing} of {counted(len(found.annotations), 'annotation')} to change{others}\n"
        f"as it was: snapshot {found.snapshot}"
    )
    numbers = ("moved", "fell together", "withdrawn")
    if found.ways:
        ways = [(way.step, way.old, way.new, *_numbers(way.items)) for way in found.ways]
        yield table(("step", "old", "new", *numbers), ways)
    if found.people:
        yield table(
            ("annotator", "annotations", *numbers),
            [(one.annotator, one.annotations, *_numbers(one.items)) for one in found.people],
        )
    yield (
        f"items: {items.before} before = {items.kept} kept + {items.moved} moved + {items.together} fell together"
        f" + {items.withdrawn} withdrawn"
    )
    if found.refused:
        rows = [(one.rule, one.name, one.items) for one in found.refused]
        yield "the new ontology will not take these:\n" + table(("rule", "name", "items"), rows)
    if found.uncovered:
        uncovered = [(one.name, one.items, one.where) for one in found.uncovered]
        yield "neither the plan nor the new ontology knows these:\n" + table(
            ("name", "items", "for example"), uncovered
        )
        yield f"next: write steps for them into the plan, then {again}"


def _numbers(items: Tally) -> tuple[int, int, int]:
    return items.moved, items.together, items.withdrawn


def _outcome(applied: Applied, again: str) -> str:
    """What --apply did, for people."""
    if applied.changed:
        return "\n".join(
            ("nothing was changed: this is not as the dry run found it", *_listed(applied.changed), f"next: {again}")
        )
    if applied.unread:
        return "\n".join(
            (
                "nothing was changed: there are drafts here that the token's user may not read",
                *_listed(applied.unread),
                f"next: ask their authors to submit them, or {again} --apply --leave-drafts (they keep the old names)",
            )
        )
    if not applied.snapshot:
        return "this plan was carried out: nothing to do"
    items = applied.migration.items
    written = ", ".join(counted(count, what.removesuffix("s")) for what, count in applied.written.items())
    lines = []
    if applied.checked:  # first, for the counts are what is to be seen
        lines += [part for part in (as_text(applied.checked.findings), applied.checked.summary) if part]
    lines += [
        f"moved: {written or 'nothing was left to move'}",
        f"items: {items.before} before = {items.after} now + {items.together} fell together"
        f" + {items.withdrawn} withdrawn",
    ]
    if applied.meanwhile:
        lines.append(f"there are {applied.items} now, because people went on working:")
        lines += _listed(applied.meanwhile)
    if applied.gold is not None:
        lines.append(f"gold: chosen anew for {counted(applied.gold, 'article')}")
    return "\n".join(lines)


def _listed(what: Sequence[str], most: int = 20) -> list[str]:
    more = [f"  … and {len(what) - most} more: --format json prints all of them"] if len(what) > most else []
    return [*(f"  {one}" for one in what[:most]), *more]
