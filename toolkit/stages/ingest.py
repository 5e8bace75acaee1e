"""Articles into the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import UsageError
from toolkit.findings import Finding, Severity
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
    return AddedArticles(added.new, added.known, added.findings, dict(sorted(hits.items())))


def article(workspace: Workspace, article_id: str) -> StoredArticle:
    """One stored article. Raises UsageError where there is none of that id."""
    from toolkit.articles.store import load

    stored = load(workspace.articles).get(article_id)
    if stored is None:
        raise UsageError(f"no article is called {article_id!r}", next="goldkit articles list")
    return stored


def articles(workspace: Workspace) -> dict[str, Article]:
    """All frozen articles by id."""
    from toolkit.articles.store import load

    return {article_id: stored.article for article_id, stored in load(workspace.articles).items()}
