"""Each story settled across its articles, as far as the project's rule and the reviews allow."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from toolkit.annotations.reading import short
from toolkit.files import to_json
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.gold.ballots import Judge
from toolkit.links import claimlinks, whoiswho
from toolkit.links.consistency import TWO_ANSWERS, two_answers
from toolkit.links.model import (
    ClaimLink,
    ClaimVote,
    EntityVote,
    LinkedClaim,
    LinkedMention,
    StoryLinks,
)
from toolkit.ontology.model import Ontology
from toolkit.project import GoldSettings

V = TypeVar("V", EntityVote, ClaimVote)

CLAIM_GONE = Rule(
    "link-claim-gone",
    "A link joins claims that are gold.",
    Severity.NOTE,
    "nothing, if the gold is right: the answer is kept, and counts again where the claim comes back",
)
UNKNOWN_TYPE = Rule(
    "link-unknown-type",
    "A link has a type that the ontology has.",
    Severity.ERROR,
    "bring the type back into the ontology (links: claims:), or have the pair answered again",
)
VOTES_CHANGED = Rule(
    "reviewed-links-changed",
    "Answers about a story do not change after its review; the review stands.",
    Severity.WARNING,
    "to have it reviewed anew: delete its line in links/reviews.jsonl and its tasks in the review project, then "
    "goldkit review push",
)
ANSWERED_TWICE = Rule(
    "story-answered-twice",
    "An annotator says once who is who in a story; the latest answer counts.",
    Severity.WARNING,
    "delete all but one of their annotations of this task in Label Studio, then goldkit link pull",
)


@dataclass(frozen=True, slots=True)
class Story:
    """What there is to link in a story: its gold mentions and claims, and when its articles were published."""

    story_id: str
    mentions: tuple[LinkedMention, ...]
    claims: tuple[LinkedClaim, ...]
    published: Mapping[str, str]
    pairs: frozenset[str] = frozenset()  # that are put to people, by key


@dataclass(frozen=True, slots=True)
class LinksResolved:
    """Every story, as far as it is settled, and what was found on the way."""

    stories: tuple[StoryLinks, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def open(self) -> tuple[StoryLinks, ...]:
        """The stories in which something is left for a person."""
        return tuple(story for story in self.stories if story.differences)


def settle(
    stories: Iterable[Story],
    ontology: Ontology,
    rule: GoldSettings,
    entity_votes: Iterable[EntityVote] = (),
    claim_votes: Iterable[ClaimVote] = (),
    reviews: Iterable[StoryLinks] = (),
) -> LinksResolved:
    """Settle each story, sorted, whatever the order that votes come in."""
    who_of, links_of = _by_story(entity_votes), _by_story(claim_votes)
    reviewed = {review.story_id: review for review in reviews}
    judge = claimlinks.judge_of(
        (vote for of in links_of.values() for vote in of if _fits(vote, ontology)), Judge(rule), ontology
    )
    settled: list[StoryLinks] = []
    findings: list[Finding] = []
    for story in sorted(stories, key=lambda story: story.story_id):
        of_story = _OfStory(story, ontology, judge, reviewed.get(story.story_id))
        settled.append(of_story.settled(who_of.get(story.story_id, []), links_of.get(story.story_id, [])))
        findings += of_story.findings
    return LinksResolved(tuple(settled), tuple(sorted(findings)))


def votes_digest(entity_votes: Iterable[EntityVote], claim_votes: Iterable[ClaimVote]) -> str:
    """A digest of what was said of a story, in whatever order; not of when."""
    rows = [vote.model_dump(mode="json", exclude=_WHEN) for vote in (*entity_votes, *claim_votes)]
    return hashlib.sha256("\n".join(sorted(map(to_json, rows))).encode()).hexdigest()


_WHEN = {"lead_time", "updated_at", "source"}


class _OfStory:
    def __init__(self, story: Story, ontology: Ontology, judge: Judge, review: StoryLinks | None) -> None:
        self.story, self.ontology, self.judge, self.review = story, ontology, judge, review
        self.words = {claim.key: short(claim.text) for claim in story.claims}
        self.findings: list[Finding] = []

    def settled(self, entity_votes: Sequence[EntityVote], claim_votes: Sequence[ClaimVote]) -> StoryLinks:
        story, review = self.story, self.review
        live = self._one_each([vote for vote in entity_votes if not vote.skipped])
        answers = self._fitting(claim_votes)
        work = votes_digest(live, answers)
        if review and review.work_sha256 not in ("", work):
            message = "its answers have changed since its review, which stands"
            self.findings.append(VOTES_CHANGED.at(self._place(), message))
        decided = _decided(review) if review and review.entities else None
        who = whoiswho.WhoIsWho()
        if story.mentions and (live or decided):
            who = whoiswho.settle(story.mentions, live, self.judge, self.ontology.linked_types, decided)
        linked = claimlinks.settle(
            answers,
            self.judge,
            self.ontology,
            story.published,
            self.words,
            self._reviewed_links(),
            review.adjudicators[0] if review and review.adjudicators else "",
        )
        whole = bool(who.entities) and not who.differences
        return StoryLinks(
            story_id=story.story_id,
            mentions=story.mentions,
            entities=who.entities if whole else (),
            entities_resolution=who.resolution if whole else None,
            proposed=() if whole else who.entities,
            claims=story.claims,
            links=linked.links,
            followed=linked.followed,
            pairs=len(self.story.pairs | {vote.pair for vote in answers}),
            answered=len({vote.pair for vote in answers} | self._reviewed_links().keys()),
            provenance=(who.provenance if whole else {}) | linked.provenance,
            differences=(*who.differences, *linked.differences),
            annotators=tuple(sorted({vote.annotator for vote in live} | {vote.annotator for vote in answers})),
            adjudicators=review.adjudicators if review else (),
            work_sha256=work,
        )

    def _place(self, url: str = "", annotator: str = "") -> Place:
        return Place(story=self.story.story_id, annotator=annotator, url=url)

    def _one_each(self, votes: Sequence[EntityVote]) -> list[EntityVote]:
        """Each annotator's latest; what is said of mentions that are not gold any more is left out."""
        latest: dict[str, EntityVote] = {}
        for vote in sorted(votes, key=lambda vote: (vote.annotator, vote.updated_at, vote.source, str(vote.entities))):
            if vote.annotator in latest and latest[vote.annotator].source == vote.source:
                message = "several answers about who is who in this story"
                self.findings.append(ANSWERED_TWICE.at(self._place(vote.source, vote.annotator), message))
            latest[vote.annotator] = vote
        gold = {mention.key for mention in self.story.mentions}
        return [_restricted(vote, gold) for vote in latest.values()]

    def _fitting(self, votes: Sequence[ClaimVote]) -> list[ClaimVote]:
        """Each annotator's latest answer to each pair, of those whose claims are gold and whose type there is."""
        kept: dict[tuple[str, str], ClaimVote] = {}
        lost: Counter[str] = Counter()
        for vote in sorted(votes, key=lambda vote: (vote.annotator, vote.pair, vote.updated_at, vote.source)):
            if vote.link is None:
                continue
            place = self._place(vote.source, vote.annotator)
            if not _fits(vote, self.ontology):
                self.findings.append(UNKNOWN_TYPE.at(place, f"{vote.link.type} is no type of claim links"))
            elif gone := [claim for claim in (vote.link.head, vote.link.tail) if claim not in self.words]:
                lost[gone[0]] += 1
            else:
                kept[vote.annotator, vote.link.key] = vote
        for claim, count in sorted(lost.items()):
            message = f"{claim} is no gold claim any more: {count} answers about it do not count"
            self.findings.append(CLAIM_GONE.at(self._place(), message))
        for earlier, latest in two_answers(vote for vote in votes if vote.link and _fits(vote, self.ontology)):
            if earlier.link and latest.link:
                said = [self._told(link) for link in (earlier.link, latest.link)]
                message = f"said first that {said[0]}, and then that {said[1]}"
                self.findings.append(TWO_ANSWERS.at(self._place(latest.source, latest.annotator), message))
        return list(kept.values())

    def _told(self, link: ClaimLink) -> str:
        """A link in words."""
        head, tail = (f"“{self.words.get(claim, claim)}”" for claim in (link.head, link.tail))
        if self.ontology.claim_link_types[link.type].symmetric:
            return f"{head} and {tail}: {link.type}"
        return f"{head} {link.type} {tail}"

    def _reviewed_links(self) -> dict[str, ClaimLink]:
        if not self.review:
            return {}
        types = self.ontology.claim_link_types
        return {
            link.key: link
            for link in self.review.links
            if link.type in types and link.head in self.words and link.tail in self.words
        }


def _decided(review: StoryLinks) -> EntityVote:
    return EntityVote(
        story_id=review.story_id,
        annotator=review.adjudicators[0],
        mentions=tuple(sorted(key for entity in review.entities for key in entity.mentions)),
        entities=review.entities,
    )


def _restricted(vote: EntityVote, gold: set[str]) -> EntityVote:
    entities = [
        entity.model_copy(update={"mentions": kept})
        for entity in vote.entities
        if (kept := tuple(key for key in entity.mentions if key in gold))
    ]
    return vote.model_copy(update={"entities": tuple(entities)})


def _fits(vote: ClaimVote, ontology: Ontology) -> bool:
    return vote.link is None or vote.link.type in ontology.claim_link_types


def _by_story(votes: Iterable[V]) -> dict[str, list[V]]:
    found: dict[str, list[V]] = defaultdict(list)
    for vote in votes:
        found[vote.story_id].append(vote)
    return found
