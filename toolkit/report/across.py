"""The layer across articles in figures: each story, where its page is, and how far annotators agree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from toolkit.articles.model import Article
from toolkit.links.model import StoryLinks
from toolkit.ontology.model import Ontology
from toolkit.report.topics import outlet_of

if TYPE_CHECKING:
    from toolkit.links.agree import LinkAgreement

FOLDER = "stories"
"""Where the stories' pages lie, beside the report."""

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LIKE_OURS = re.compile(r".*-[0-9a-f]{12}")
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)\d")  # names that Windows keeps for devices


@dataclass(frozen=True, slots=True)
class LinkedStory:
    """One story in numbers.

    ``links`` are counted by type, those of ``followed`` among them, about which nobody was asked; ``asked`` pairs of
    claims were. ``contradictions`` are the links of those types that mean a conflict.
    """

    story_id: str
    page: str
    articles: int
    outlets: int
    entities: int
    claims: int
    links: Mapping[str, int]
    contradictions: int
    asked: int
    followed: int
    open: int


@dataclass(frozen=True, slots=True)
class Across:
    """All stories in which something is linked. ``wanted``: the ontology says that stories are linked.

    ``conflicts`` are the types of links that mean a contradiction.
    """

    wanted: bool
    conflicts: frozenset[str] = frozenset()
    stories: tuple[LinkedStory, ...] = ()
    agreement: LinkAgreement | None = None

    @property
    def types(self) -> tuple[str, ...]:
        """The types of links, in the ontology's order."""
        return tuple(dict.fromkeys(name for story in self.stories for name in story.links))

    @property
    def followed(self) -> int:
        """The links that nobody was asked about."""
        return sum(story.followed for story in self.stories)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "stories": [asdict(story) for story in self.stories],
            "agreement": self.agreement.as_dict() if self.agreement else None,
        }


def begun(links: Iterable[StoryLinks]) -> list[StoryLinks]:
    """The stories in which somebody linked something, sorted."""
    found = (one for one in links if one.entities_resolution or one.pairs or one.links or one.differences)
    return sorted(found, key=lambda one: one.story_id)


def story_articles(links: StoryLinks, articles: Mapping[str, Article]) -> dict[str, Article]:
    """The articles of a story by id."""
    named = {passage.article_id for passage in (*links.mentions, *links.claims)}
    return {id: one for id, one in articles.items() if one.story_id == links.story_id or id in named}


def across(
    links: Sequence[StoryLinks],
    articles: Mapping[str, Article],
    ontology: Ontology,
    agreement: LinkAgreement | None = None,
) -> Across:
    """Count what is linked in each story; nothing where the ontology does not link stories."""
    if ontology.links is None:
        return Across(wanted=False)
    stories = tuple(_counted(one, story_articles(one, articles), ontology) for one in begun(links))
    conflicts = frozenset(name for name, one in ontology.claim_link_types.items() if one.meaning == "conflict")
    return Across(True, conflicts, stories, agreement)


def page_name(story_id: str) -> str:
    """The file of a story's page: the id where any disk can hold it, else what is left of it and a digest.

    No two ids have one file, not even on disks that hold upper and lower case for the same.
    """
    if _PLAIN.fullmatch(story_id) and not _LIKE_OURS.fullmatch(story_id) and not _RESERVED.fullmatch(story_id):
        return f"{story_id}.html"
    words = re.sub(r"[^a-z0-9]+", "-", story_id.lower()).strip("-")[:40].strip("-") or "story"
    return f"{words}-{sha256(story_id.encode()).hexdigest()[:12]}.html"


def _counted(links: StoryLinks, articles: Mapping[str, Article], ontology: Ontology) -> LinkedStory:
    times = Counter(link.type for link in links.links)
    types = ontology.claim_link_types
    return LinkedStory(
        story_id=links.story_id,
        page=f"{FOLDER}/{page_name(links.story_id)}",
        articles=len(articles),
        outlets=len({outlet_of(one) for one in articles.values()}),
        entities=len(links.entities),
        claims=len(links.claims),
        links={name: times[name] for name in (*types, *sorted(times.keys() - types.keys()))},
        contradictions=sum(times[name] for name, one in types.items() if one.meaning == "conflict"),
        asked=links.pairs,
        followed=len(links.followed),
        open=len(links.differences),
    )
