"""`goldkit link …`: across the articles of a story: who is who, and which claims bear on each other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from toolkit.cli.engine import EngineOption, chosen
from toolkit.cli.output import Format, FormatOption, TokenOption, UrlOption, as_text, bar, emit, say, table
from toolkit.errors import EXIT_FINDINGS

Bound = Literal["story_id", "subtopic", "topic", "document"]  # as clusters.Grouping, which is not to be loaded here

app = typer.Typer(help="Link what several articles say: who is who, and which claims agree.", no_args_is_help=True)


@app.command()
def candidates(engine: EngineOption = "", format: FormatOption = Format.TEXT) -> None:
    """Propose, story by story, who is who and which claims to compare. Needs no server.

    It starts from the gold of articles that are in one story: goldkit articles group proposes stories. People settle
    what is proposed: goldkit link push. The proposals stand in exports/<project>/links/.

    Example: goldkit link candidates
    """
    from toolkit.stages.links import candidates as propose
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    with chosen(engine) as at_work:
        found = propose(workspace, bar=bar, engine=at_work)
    rows = [(one.story_id, one.articles, one.mentions, one.entities, one.claims, one.pairs) for one in found.stories]
    columns = ("story", "articles", "mentions", "entities", "claims", "pairs")
    parts = [
        table(columns, rows) if rows else _NO_STORIES,
        f"{found.alone} articles of gold are in no story with another" if found.alone else "",
    ]
    emit(found.as_dict(), format=format, text="\n\n".join(part for part in parts if part))


_NO_STORIES = (
    "no story has two articles of gold\n"
    "next: goldkit articles group (proposes stories), and goldkit resolve (says what is gold)"
)


@app.command()
def push(url: UrlOption = "", token: TokenOption = "", format: FormatOption = Format.TEXT) -> None:
    """Make two Label Studio projects, and a task for each story (who is who) and each pair of claims.

    Run it as often as you like: what is there is not sent again. A story whose gold mentions have changed since is
    asked about again. What the last pull found wrong is shown to the annotators, in a view “needs fixing”.

    Example: goldkit link push
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages import linksync
    from toolkit.workspace import Workspace

    pushed = linksync.push(Workspace.find(), url=url, token=token, bar=bar, say=say)
    rows = [(one.title, one.new, one.known, one.fixing, one.url) for one in pushed]
    findings = [finding for one in pushed for finding in one.findings]
    text = "\n".join(
        part for part in (table(("project", "new", "known", "to fix", "address"), rows), as_text(findings)) if part
    )
    emit([one.as_dict() for one in pushed], format=format, text=text)
    if calls_for_action(findings):
        raise typer.Exit(EXIT_FINDINGS)


@app.command()
def pull(
    url: UrlOption = "",
    token: TokenOption = "",
    from_file: Annotated[
        Path | None,
        typer.Option("--from-file", help="Take who is who from a file: JSON lines with clusters."),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Fetch all answers about stories and pairs as a snapshot, check them, and settle what they settle.

    Each annotator's links are held against each other: what is the same as the same is the same, and does not
    contradict itself; what is updated is older. goldkit link push then shows them what does not fit.

    Example: goldkit link pull
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages import linkfile, linksync
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    if from_file:
        pulled = linkfile.take_file(workspace, from_file)
    else:
        pulled = linksync.pull(workspace, url=url, token=token, bar=bar, say=say)
    emit(
        pulled.as_dict(),
        format=format,
        text="\n".join(part for part in (as_text(pulled.findings), pulled.summary) if part),
    )
    if calls_for_action(pulled.findings):
        raise typer.Exit(EXIT_FINDINGS)


@app.command()
def score(
    key: Annotated[Path, typer.Argument(help="The file that is held to be right.", show_default=False)],
    response: Annotated[Path, typer.Argument(help="The file that is scored.", show_default=False)],
    by: Annotated[Bound | None, typer.Option("--by", help="What clusters do not reach beyond.")] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Score one file of clusters against another: MUC, B³, CEAFe, CoNLL and LEA, with and without singletons.

    Each is JSON lines of documents with clusters, CoNLL-2012, or a file of this layer such as links/registers.jsonl
    (docs/agreement.md tells their forms). Clusters may reach over all documents of one story or topic.

    Example: goldkit link score gold.jsonl exports/demo/links/registers.jsonl
    """
    from toolkit.links.filescores import COLUMNS, score_files

    scored = score_files(key, response, by=by)
    data = scored.as_dict()
    lines = [
        f"{side}: {data[side]['mentions']} mentions in {data[side]['entities']} entities, of {data[side]['documents']}"
        " documents"
        for side in ("key", "response")
    ]
    only = (("key", scored.only_key), ("response", scored.only_response))
    lines += [f"{len(ids)} documents are only in the {side}" for side, ids in only if ids]
    text = "\n".join((table(COLUMNS, scored.rows()), "", *lines, f"{scored.both} mentions are in both"))
    emit(data, format=format, text=text)
