"""`goldkit build|release`: the dataset, and its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.engine import EngineOption, chosen
from toolkit.cli.output import Format, FormatOption, as_text, emit, table
from toolkit.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from toolkit.dataset.build import Built
    from toolkit.stages.release import Released


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    for command in (build, release):
        app.command()(command)


def build(engine: EngineOption = "", format: FormatOption = Format.TEXT) -> None:
    """Choose the gold and write the dataset, a folder that `datasets.load_dataset` reads.

    A version that was released is not written again: where nothing has changed, that is said, and else it is an error.

    Example: goldkit build
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages.build import build as building
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    with chosen(engine) as at_work:
        built = building(workspace, engine=at_work)
    config = "entities" if built.rows.get("entities") else "documents"
    parts = [
        as_text(built.findings),
        table(("config", "rows"), sorted(built.rows.items())),
        _splits(built),
        f"{len(built.awaiting)} articles await adjudication",
        f"dataset: {built.folder}",
        f'load it: datasets.load_dataset("{built.folder}", "{config}")',
    ]
    emit(built.as_dict(), format=format, text="\n".join(part for part in parts if part))
    if calls_for_action(built.findings):
        raise typer.Exit(EXIT_FINDINGS)


def release(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the release would be.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Make a release of the dataset: built, compared with the release before, and never written again.

    Version and date are those under dataset in configs/project.yaml; the version has to rise as far as what changed
    asks for. Articles stay in the splits that they were released in.

    Example: goldkit release --dry-run
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages.release import release as releasing
    from toolkit.workspace import Workspace

    released = releasing(Workspace.find(), dry_run=dry_run)
    parts = [as_text(released.built.findings), _splits(released.built), released.entry, _said(released)]
    emit(released.as_dict(), format=format, text="\n".join(part for part in parts if part))
    if calls_for_action(released.built.findings):
        raise typer.Exit(EXIT_FINDINGS)


def _splits(built: Built) -> str:
    total = sum(built.splits.values()) or 1
    rows = [
        (split, count, f"{count / total:.0%}", f"{built.asked.get(split, 0):.0%}")
        for split, count in built.splits.items()
    ]
    return table(("split", "articles", "share", "asked"), rows) if rows else ""


def _said(released: Released) -> str:
    if released.needs == "none":
        return f"nothing to release: {released.version} is released, and nothing has changed"
    before = f"{released.previous} → {released.version}, {released.needs}" if released.previous else "the first"
    what = "released" if released.written else "a dry run, nothing was written; it would be"
    return f"{released.version} ({before}): {what} {released.folder}"
