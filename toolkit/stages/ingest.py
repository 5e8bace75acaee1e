"""Articles into the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import UsageError
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
    paths: Sequence[Path],
    *,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    bar: Bar = no_bar,
) -> AddedArticles:
    """Read, clean and freeze articles, and put them into the store."""
    from toolkit.articles.diff import counts
    from toolkit.articles.freeze import freeze_all
    from toolkit.articles.read import read
    from toolkit.articles.rules import load_rules
    from toolkit.articles.store import add

    frozen = []
    with bar("reading articles", None) as advance:
        for one in freeze_all(read(paths, fields=fields, encoding=encoding), load_rules(workspace.cleaning)):
            frozen.append(one)
            advance(1)
    added = add(workspace.articles, frozen)
    new = set(added.new)
    hits: Counter[str] = Counter()
    for one in frozen:
        if not isinstance(one, Finding) and one.article.article_id in new:
            hits += counts(one)
    renamed = _renamed([one for one in frozen if not isinstance(one, Finding) and one.article.article_id in new])
    return AddedArticles(added.new, added.known, (*added.findings, *renamed), dict(sorted(hits.items())))


def _renamed(added: Iterable[StoredArticle]) -> Iterator[Finding]:
    """One note for all articles whose ids had slashes."""
    from toolkit.articles.raw import ORIGINAL_ID

    originals = {one.article.article_id: one.article.metadata.get(ORIGINAL_ID) for one in added}
    ids = sorted(
        id for id, given in originals.items() if isinstance(given, str) and given != id == given.replace("/", "-")
    )
    if ids:
        yield Finding(
            "article-id-slash",
            Place(article_id=ids[0]),
            f"{len(ids)} ids had a slash, for which a hyphen stands now: {originals[ids[0]]} is {ids[0]}",
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
    from toolkit.articles.store import load

    return {article_id: stored.article for article_id, stored in load(workspace.articles).items()}


def _with(article: Article, story: str, copies: str) -> Article:
    """The article with a story and a group, where it has none of its own."""
    own = {"story_id": article.story_id or story, "dup_group": article.dup_group or copies}
    return article if own == {name: getattr(article, name) for name in own} else article.model_copy(update=own)
