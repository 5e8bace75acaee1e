"""Which articles belong together: near-copies, and stories for a person to confirm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from toolkit.articles.groups import Groups
from toolkit.engine import Engine
from toolkit.files import scratch_folder
from toolkit.findings import Finding
from toolkit.stages.ingest import as_given
from toolkit.stages.talk import Bar, no_bar
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from toolkit.articles.model import Article
    from toolkit.articles.near.copies import Copies
    from toolkit.articles.stories.entries import Entry, Stories


@dataclass(frozen=True, slots=True)
class Grouped:
    """The groups, the stories that await a decision, and what is to be mended in configs/stories.yaml.

    ``given`` and ``confirmed`` count the articles that have a story so.
    """

    groups: Groups
    proposed: tuple[Entry, ...]
    given: int
    confirmed: int
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            **self.groups.as_dict(),
            "given": self.given,
            "confirmed": self.confirmed,
            "proposed": [entry.model_dump(mode="json") for entry in self.proposed],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def group(workspace: Workspace, bar: Bar = no_bar, engine: Engine | None = None) -> Grouped:
    """Find near-copies and propose stories; write groups.json, and into configs/stories.yaml what is new.

    The engine does the search for copies; what it finds does not depend on it.

    Raises BadInputError where configs/stories.yaml cannot be read; nothing is written then.
    """
    from toolkit.articles.groups import write_groups
    from toolkit.articles.stories.edit import untouched, with_proposals
    from toolkit.articles.stories.entries import load_stories
    from toolkit.articles.stories.propose import propose
    from toolkit.files import write_text

    articles, settings = as_given(workspace), workspace.project.grouping
    stories = load_stories(workspace.stories)
    given = {id: article.story_id for id, article in articles.items() if article.story_id}
    copies = _copies(workspace, articles, bar, engine)
    decided = stories.decided(given, untouched(stories, articles))
    now = with_proposals(stories, propose(articles, copies.texts, copies.pairs, decided, settings), articles)
    if now.text != stories.text:
        write_text(workspace.stories, now.text)
    found = _groups(workspace, articles, copies, now)
    write_groups(workspace.groups, found)
    return Grouped(
        groups=found,
        proposed=tuple(entry for entry in now.entries if entry.confirmed == "open"),
        given=len(given),
        confirmed=len(found.stories) - len(given),
        findings=tuple(now.findings(articles)),
    )


def groups(workspace: Workspace, bar: Bar = no_bar, engine: Engine | None = None) -> Groups:
    """The groups as the articles, the settings and configs/stories.yaml are now: read, or made and written.

    configs/stories.yaml is only read.
    """
    from toolkit.articles.groups import copies_digest, read_groups, write_groups
    from toolkit.articles.stories.entries import load_stories

    articles, stories = as_given(workspace), load_stories(workspace.stories)
    known = read_groups(workspace.groups) if workspace.groups.is_file() else Groups()
    if known.made_from.get("articles") == copies_digest(articles, workspace.project.grouping):
        found = _with_stories(known, articles, stories)
    else:
        found = _groups(workspace, articles, _copies(workspace, articles, bar, engine), stories)
    if found != known:
        write_groups(workspace.groups, found)
    return found


def _copies(workspace: Workspace, articles: Mapping[str, Article], bar: Bar, engine: Engine | None = None) -> Copies:
    from toolkit.articles.near.copies import find_copies

    settings = workspace.project.grouping
    with scratch_folder(workspace.exports / "comparing") as folder, bar("comparing articles", len(articles)) as advance:
        return find_copies(articles, settings, advance, engine=engine, folder=folder)


def _groups(workspace: Workspace, articles: Mapping[str, Article], copies: Copies, stories: Stories) -> Groups:
    from toolkit.articles.groups import copies_digest, thresholds
    from toolkit.articles.near.components import dup_groups

    settings = workspace.project.grouping
    found = Groups(
        pairs=copies.pairs,
        dup_groups=dup_groups(copies.pairs, {id: one.dup_group for id, one in articles.items() if one.dup_group}),
        boilerplate=copies.boilerplate.passages,
        thresholds=thresholds(settings),
        made_from={"articles": copies_digest(articles, settings)},
    )
    return _with_stories(found, articles, stories)


def _with_stories(groups: Groups, articles: Mapping[str, Article], stories: Stories) -> Groups:
    """The groups with the stories that articles came with or that were confirmed for them."""
    from toolkit.articles.groups import stories_digest

    confirmed = stories.confirmed
    of = {id: story for id, one in sorted(articles.items()) if (story := one.story_id or confirmed.get(id, ""))}
    return replace(groups, stories=of, made_from={**groups.made_from, "stories": stories_digest(of)})
