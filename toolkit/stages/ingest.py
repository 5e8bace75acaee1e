"""Articles into the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.engine import Engine, Here
from toolkit.errors import UsageError
from toolkit.files import scratch_folder
from toolkit.findings import Finding, Place, Severity
from toolkit.stages.talk import Bar, no_bar
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.articles.model import Article, StoredArticle


@dataclass(frozen=True, slots=True)
class AddedArticles:
    """What became of the articles given, and how often each cleaning rule cut into the new ones."""

    new: tuple[str, ...]
    known: tuple[str, ...]
    findings: tuple[Finding, ...]
    hits: dict[str, int]

    @property
    def refused(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)


def add_articles(
    workspace: Workspace,
    paths: Sequence[str | Path],
    *,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    bar: Bar = no_bar,
    engine: Engine | None = None,
    shard_bytes: int | None = None,
) -> AddedArticles:
    """Read, clean and freeze articles, and put them into the store.

    Each shard of the input is frozen by whomever the engine has free; the store is the same whatever the engine, and
    however large the shards are (in bytes, about).
    """
    from toolkit.articles.read import no_articles
    from toolkit.articles.rules import load_rules
    from toolkit.articles.shards import BYTES, cut, freeze_shards
    from toolkit.articles.store import entries, merge

    engine, rules, found, findings = engine or Here(), load_rules(workspace.cleaning), 0, list[Finding]()
    shards = cut(paths, encoding, engine, shard_bytes or BYTES)
    with scratch_folder(workspace.exports / "reading") as folder, bar("reading articles", None) as advance:
        files = []
        for frozen in freeze_shards(
            shards, fields=fields or {}, encoding=encoding, rules=rules, folder=folder, engine=engine
        ):
            files.append(frozen.file)
            findings += frozen.findings
            found += frozen.articles
            advance(frozen.articles)
        if not found and not findings:
            raise no_articles(paths)
        added = merge(workspace.articles, map(entries, files), findings)
    return AddedArticles(added.new, added.known, (*added.findings, *_renamed(added.original_ids)), dict(added.hits))


def _renamed(original_ids: Mapping[str, str]) -> Iterator[Finding]:
    """One note for all articles whose ids had slashes."""
    from toolkit.articles.raw import ORIGINAL_ID

    if ids := sorted(original_ids):
        yield Finding(
            "article-id-slash",
            Place(article_id=ids[0]),
            f"{len(ids)} ids had a slash, for which a hyphen stands now: {original_ids[ids[0]]} is {ids[0]}",
            f"nothing: the id as it was is kept in the metadata, as {ORIGINAL_ID}",
            Severity.NOTE,
        )


def article(workspace: Workspace, article_id: str) -> StoredArticle:
    """One stored article. Raises UsageError where there is none of that id."""
    from toolkit.articles.store import load

    stored = load(workspace.articles).get(article_id)
    if stored is None:
        raise UsageError(f"no article is called {article_id!r}", next="goldkit articles list")
    return stored


def articles(workspace: Workspace) -> dict[str, Article]:
    """All frozen articles by id, with their stories and groups of near-copies as far as these are known.

    A story is what an article came with, else what a person confirmed in configs/stories.yaml. A group is what it came
    with, else what ``goldkit articles group`` found, as long as that is about these articles and these thresholds;
    nothing is computed here.
    """
    from toolkit.articles.groups import copies_digest, read_groups
    from toolkit.articles.stories.entries import load_stories

    found = as_given(workspace)
    stories, copies = load_stories(workspace.stories).confirmed, dict[str, str]()
    if workspace.groups.is_file():
        groups = read_groups(workspace.groups)
        if groups.made_from.get("articles") == copies_digest(found, workspace.project.grouping):
            copies = dict(groups.dup_groups)
    return {id: _with(one, stories.get(id, ""), copies.get(id, "")) for id, one in found.items()}


def as_given(workspace: Workspace) -> dict[str, Article]:
    """All frozen articles by id, with the stories and groups that they came with."""
    from toolkit.articles.store import load_articles

    return load_articles(workspace.articles)


def _with(article: Article, story: str, copies: str) -> Article:
    """The article with a story and a group, where it has none of its own."""
    own = {"story_id": article.story_id or story, "dup_group": article.dup_group or copies}
    return article if own == {name: getattr(article, name) for name in own} else article.model_copy(update=own)
