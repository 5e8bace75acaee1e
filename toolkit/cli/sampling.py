"""`goldkit articles sample`: which articles are labelled, and what was chosen, for people."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.output import Format, FormatOption, as_text, bar, emit, table
from toolkit.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from toolkit.stages.sample import Sampled
    from toolkit.workspace import Workspace

MOST = 20  # lines of a table; the file and --format json have all


def sample(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="How many articles are to be chosen in the end.")],
    seed: Annotated[int, typer.Option("--seed", help="Another number draws other articles.")] = 0,
    seek: Annotated[
        Path | None,
        typer.Option(
            "--seek", metavar="FILE", help="Names and patterns, and how many articles must mention them (YAML)."
        ),
    ] = None,
    whole_stories: Annotated[
        bool, typer.Option("--whole-stories", help="A chosen article brings its story; N may be passed by one story.")
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Choose the articles to label: by language, outlet, month and story, one of each group of near-copies.

    Writes configs/sample.yaml, for you to correct; goldkit push sends what is in it. What was chosen stays chosen:
    asking for more only adds, after new articles as well.

    Example: goldkit articles sample 200 --whole-stories
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages.sample import sample as draw
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    sampled = draw(workspace, number, seed=seed, seek=seek, whole_stories=whole_stories, bar=bar)
    emit(sampled.as_dict(), format=format, text=as_words(sampled, workspace))
    if calls_for_action(sampled.findings):
        raise typer.Exit(EXIT_FINDINGS)


def as_words(sampled: Sampled, workspace: Workspace) -> str:
    """The strata, level by level; what was sought; the articles that were added and why; findings, and the counts."""
    parts = [
        *_strata(sampled),
        _cut(
            ("sought", "asked", "in corpus", "chosen"),
            [(name, one.asked, one.corpus, one.chosen) for name, one in sampled.sought.items()],
        ),
        _cut(("added", "outlet", "month", "language", "story", "why", "copies"), list(_added(sampled))),
        as_text(sampled.findings),
        f"{len(sampled.added)} added to {len(sampled.before)} chosen before; {sampled.asked} asked for\n"
        f"all of it: {workspace.sample}\n"
        "next: goldkit push",
    ]
    return "\n\n".join(part for part in parts if part)


def _strata(sampled: Sampled) -> Iterator[str]:
    """A table a level, but for those that are one stratum."""
    for level, strata in groupby(sampled.strata, key=lambda row: row.level):
        rows: list[tuple[object, ...]] = [
            (row.name or "-", row.corpus, row.without_copies, f"{row.asked:.1f}", row.chosen) for row in strata
        ]
        if len(rows) > 1:
            yield _cut((level, "in corpus", "without copies", "asked", "chosen"), rows)


def _added(sampled: Sampled) -> Iterator[tuple[object, ...]]:
    for one in sampled.added:
        stratum = (name or "-" for name in (one.outlet, one.month, one.language, one.story))
        yield one.article_id, *stratum, one.why, " ".join(one.copies)


def _cut(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    if not rows:
        return ""
    more = f"\n… and {len(rows) - MOST} more: --format json prints all of them" if len(rows) > MOST else ""
    return table(columns, rows[:MOST]) + more
