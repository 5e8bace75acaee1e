"""`goldkit articles …`: read, clean, freeze and show articles."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.engine import EngineOption, chosen
from toolkit.cli.output import Format, FormatOption, as_text, bar, emit, table
from toolkit.cli.sampling import sample
from toolkit.errors import EXIT_FINDINGS

app = typer.Typer(help="Read, clean, freeze and show articles.", no_args_is_help=True)


@app.command()
def add(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATHS...", help="Files (.txt .jsonl .csv .parquet .html), folders of them, or addresses (s3://…)."
        ),
    ],
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="The files' encoding; else UTF-8, or what a web page says.")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="A column to take for another: text=body takes the text from `body`."),
    ] = None,
    engine: EngineOption = "here",
    format: FormatOption = Format.TEXT,
) -> None:
    """Read articles, clean them by the rules in configs/, and freeze them.

    The same text twice is one article; the same id with another text is refused. Nothing is cut without a record.

    Example: goldkit articles add news/ --field text=body
    """
    from toolkit.stages import ingest
    from toolkit.workspace import Workspace

    workspace, columns = Workspace.find(), renames(field or [])
    with chosen(engine) as at_work:
        added = ingest.add_articles(workspace, paths, encoding=encoding, fields=columns, bar=bar, engine=at_work)
    hits = table(("rule", "cuts"), sorted(added.hits.items())) if added.hits else ""
    summary = f"{len(added.new)} new, {len(added.known)} known, {added.refused} refused"
    findings = as_text(added.findings)
    emit(
        {
            "new": added.new,
            "known": added.known,
            "refused": added.refused,
            "hits": dict(sorted(added.hits.items())),
            "findings": [finding.as_dict() for finding in added.findings],
        },
        format=format,
        text="\n".join(part for part in (hits, findings, summary) if part),
    )
    if added.refused:
        raise typer.Exit(EXIT_FINDINGS)


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="The article's id.")],
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what cleaning changed, with the rule of each cut.")
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Print one frozen article.

    Example: goldkit articles show harbour-04-sada --diff
    """
    from toolkit.articles.diff import diff_lines
    from toolkit.stages.ingest import article
    from toolkit.workspace import Workspace

    stored = article(Workspace.find(), article_id)
    text = "\n".join(diff_lines(stored)) if diff else stored.article.text
    emit(stored.model_dump(mode="json"), format=format, text=text)


@app.command("list")
def list_(format: FormatOption = Format.TEXT) -> None:
    """List the frozen articles, with the stories they came with or were confirmed in.

    Example: goldkit articles list --format json
    """
    from toolkit.stages.ingest import articles as load
    from toolkit.workspace import Workspace

    articles = load(Workspace.find()).values()
    columns = ("id", "story", "outlet", "published", "language", "characters")
    rows = [(a.article_id, a.story_id, a.outlet, a.published, a.language, len(a.text)) for a in articles]
    emit([dict(zip(columns, row, strict=True)) for row in rows], format=format, text=table(columns, rows))


@app.command()
def group(engine: EngineOption = "here", format: FormatOption = Format.TEXT) -> None:
    """Find near-copies, and propose which articles are one story.

    Writes exports/PROJECT/groups.json, and the stories into configs/stories.yaml for you to confirm. No split of the
    dataset tears apart what belongs together.

    Example: goldkit articles group
    """
    from toolkit.cli.grouping import as_words
    from toolkit.findings import calls_for_action
    from toolkit.stages.group import group as find
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    with chosen(engine) as at_work:
        grouped = find(workspace, bar, at_work)
    emit(grouped.as_dict(), format=format, text=as_words(grouped, workspace))
    if calls_for_action(grouped.findings):
        raise typer.Exit(EXIT_FINDINGS)


app.command()(sample)


def renames(pairs: list[str]) -> dict[str, str]:
    """{"body": "text"} from ["text=body"]."""
    from toolkit.errors import UsageError

    renames = {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not (ours and equals and theirs):
            raise UsageError(f"--field {pair}: not OURS=THEIRS", next="goldkit articles add PATH --field text=body")
        renames[theirs] = ours
    return renames
