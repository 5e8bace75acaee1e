"""Adjudication across articles: what the answers leave open to projects for reviews, and the decisions back."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from toolkit.findings import Finding, Place
from toolkit.stages.ingest import articles
from toolkit.stages.linkanswers import LinkCounts, answers_in, read_answers
from toolkit.stages.links import settle, told_of, with_links
from toolkit.stages.linksync import PushedLinks, find_snapshot, projects_of, push_to, screens
from toolkit.stages.setup import ontology
from toolkit.stages.sync import connected
from toolkit.stages.talk import Bar, Say, no_bar, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.links.model import ClaimPair, LinkDifference, StoryLinks
    from toolkit.links.settle import LinksResolved
    from toolkit.studio.links import Answer, Asked

REVIEW = "review"
"""What the projects' titles end in."""


@dataclass(frozen=True, slots=True)
class ReviewedLinks:
    """What a snapshot of the reviews held, and what is settled with them."""

    snapshot: str
    counts: LinkCounts
    resolved: LinksResolved
    findings: tuple[Finding, ...]

    @property
    def summary(self) -> str:
        """The counts, for people: they add up."""
        return f"reviews of links {self.snapshot}\n{self.counts}\n{told_of(self.resolved)}"

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "snapshot": self.snapshot,
            "counts": asdict(self.counts),
            "open": [story.story_id for story in self.resolved.open],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def push(
    workspace: Workspace, *, names: bool = False, url: str = "", token: str = "", bar: Bar = no_bar, say: Say = no_word
) -> list[PushedLinks]:
    """Put what is open across articles into projects for reviews, once; nothing where nothing is open.

    Annotators are called A, B, C …, another letter in each story; with ``names`` by their pseudonyms.
    """
    from toolkit.studio.links import CLAIMS, ENTITIES
    from toolkit.studio.turns import in_turn

    asked = cases(workspace, names=names)
    if not asked:
        return []
    shown = screens(with_links(workspace))
    kinds = [kind for kind in (ENTITIES, CLAIMS) if any(one.kind == kind for one in asked)]
    turn = in_turn(workspace.private / "link-review-push.lock", say, "goldkit review push")
    with turn, connected(workspace, url, token, say) as client:
        wanted = projects_of(workspace, REVIEW)
        return [
            push_to(
                client,
                workspace,
                wanted[kind],
                shown[kind],
                [one for one in asked if one.kind == kind],
                "goldkit review push",
                bar,
                say,
            )
            for kind in kinds
        ]


def cases(workspace: Workspace, *, names: bool = False) -> list[Asked]:
    """The tasks of all that is open across articles, the story with most of it first."""
    if ontology(workspace).links is None:
        return []
    return list(_Cases(workspace, settle(workspace), names).asked())


class _Cases:
    """What is open in each story, as tasks."""

    def __init__(self, workspace: Workspace, resolved: LinksResolved, names: bool) -> None:
        from toolkit.annotations.pseudonyms import load_pseudonyms
        from toolkit.links.store import load_pairs

        self.resolved, self.names = resolved, names
        self.articles, self.ontology = articles(workspace), ontology(workspace)
        self.pairs = {pair.key: pair for pair in load_pairs(workspace.links)}
        self.seal = load_pseudonyms(workspace.private).of

    def asked(self) -> Iterator[Asked]:
        """A task for each story whose entities are open, and for each pair that is; those with most open first."""
        from toolkit.links.whoiswho import WIKIDATA
        from toolkit.studio.links import CLAIMS, ENTITIES

        for story in sorted(self.resolved.open, key=lambda story: (-len(story.differences), story.story_id)):
            about_pairs: dict[str, list[str]] = defaultdict(list)
            about_mentions: dict[str, list[str]] = defaultdict(list)
            about_entities: list[str] = []
            mentions = {mention.key for mention in story.mentions}
            for one in story.differences:
                words = self._blind(story, one)
                if one.reason == WIKIDATA:  # of the entity, whose mentions are where they belong
                    about_entities.append(words)
                    continue
                for key in one.about:
                    (about_mentions if key in mentions else about_pairs)[key].append(words)
            if about_mentions or about_entities:
                note = "\n".join(f"Wikidata: {words}" for words in about_entities)
                yield self._asked(ENTITIES, story, story.story_id, self._entities(story, about_mentions, note))
            for key, told in about_pairs.items():
                if pair := self._pair(story, key):
                    yield self._asked(CLAIMS, story, key, self._claims(pair, told))

    def _asked(self, kind: str, story: StoryLinks, key: str, task: dict[str, Any]) -> Asked:
        from toolkit.articles.model import text_digest
        from toolkit.files import to_json
        from toolkit.studio.links import Asked

        state = text_digest(to_json([task["data"], story.work_sha256]))[:16]
        task["data"]["work"] = story.work_sha256
        return Asked(kind, key, state, 1, task)

    def _entities(self, story: StoryLinks, open: Mapping[str, list[str]], note: str) -> dict[str, Any]:
        from toolkit.links.model import Register
        from toolkit.links.screens.entities import entity_task

        entities = [
            entity.model_copy(update={"mentions": tuple(key for key in entity.mentions if key not in open)})
            for entity in story.proposed or story.entities
        ]  # what is open begins as unsure: what nobody touches is not decided
        register = Register(story_id=story.story_id, mentions=story.mentions, entities=tuple(entities))
        told = {key: "\n".join(dict.fromkeys(words)) for key, words in open.items()}
        return entity_task(register, self.articles, open=told, note=note)

    def _claims(self, pair: ClaimPair, told: list[str]) -> dict[str, Any]:
        from toolkit.links.screens.claims import claim_task

        return claim_task(pair, self.articles, self.ontology, note="\n".join(dict.fromkeys(told)))

    def _pair(self, story: StoryLinks, key: str) -> ClaimPair | None:
        """The pair as a candidate, or made of its claims where it is none any more."""
        from toolkit.links.model import ClaimPair

        if key in self.pairs:
            return self.pairs[key]
        claims = {claim.key: claim for claim in story.claims}
        both = [claims[one] for one in key.split(" ") if one in claims]
        if len(both) != 2:
            return None
        left, right = sorted(both, key=lambda one: (self.articles[one.article_id].published, one.key))
        return ClaimPair(story_id=story.story_id, left=left, right=right, score=0)

    def _blind(self, story: StoryLinks, difference: LinkDifference) -> str:
        """What is open, in words, without the annotators' names."""
        from toolkit.gold.review.case import blind

        if self.names:
            return difference.message
        letters = blind(story.annotators, lambda who: self.seal(f"{story.story_id}\n{who}"))
        if not letters:
            return difference.message
        return re.sub("|".join(map(re.escape, letters)), lambda found: letters[found[0]], difference.message)


def pull(
    workspace: Workspace, *, url: str = "", token: str = "", bar: Bar = no_bar, say: Say = no_word
) -> ReviewedLinks | None:
    """Fetch what adjudicators decided, write ``links/reviews.jsonl``, and settle the stories with it.

    None where there are no such projects.
    """
    if ontology(workspace).links is None:
        return None
    snapshot = find_snapshot(workspace, REVIEW, url, token, bar, say)
    return take(workspace, answers_in(workspace, snapshot), str(snapshot.folder)) if snapshot else None


def take(workspace: Workspace, answers: Iterable[Answer], snapshot: str = "") -> ReviewedLinks:
    """Read reviews, write them, and settle the stories. One whose task is gone stands.

    Raises GoldkitError where the counts do not add up; nothing is written then.
    """
    from toolkit.gold.review.rules import KEPT
    from toolkit.links.model import ClaimVote, EntityVote, StoryLinks
    from toolkit.links.store import REVIEWS, load_reviews, write_records

    given = list(answers)
    found = read_answers(given, with_links(workspace))
    work = {one.url: str(one.data.get("work", "")) for one in given}
    reviews: dict[str, StoryLinks] = {}
    votes: list[EntityVote | ClaimVote] = [*found.entity_votes, *found.claim_votes]
    for vote in sorted(votes, key=lambda vote: (vote.updated_at, vote.source)):
        before = reviews.get(vote.story_id, StoryLinks(story_id=vote.story_id))
        people = (vote.annotator, *(one for one in before.adjudicators if one != vote.annotator))
        update: dict[str, Any] = {"adjudicators": people, "work_sha256": work[vote.source]}
        if isinstance(vote, EntityVote):
            update["entities"] = vote.entities
        else:
            links = {link.key: link for link in before.links} | {vote.pair: vote.link}
            update["links"] = tuple(link for _, link in sorted(links.items()))
        reviews[vote.story_id] = before.model_copy(update=update)
    kept = [one for one in load_reviews(workspace.links) if one.story_id not in reviews]
    by_story = reviews | {one.story_id: one for one in kept}
    write_records(workspace.links / REVIEWS, (one for _, one in sorted(by_story.items())))
    resolved = settle(workspace)
    notes = [KEPT.at(Place(story=one.story_id), "the projects for reviews have no task of it") for one in kept]
    told = (*(one.finding for one in found.noted), *notes, *resolved.findings)
    return ReviewedLinks(snapshot, found.counts, resolved, tuple(sorted(dict.fromkeys(told))))
