"""Answers about stories and pairs of claims: read, checked, kept, and what of them is to be fixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from toolkit.errors import GoldkitError
from toolkit.files import read_jsonl, write_jsonl
from toolkit.findings import Finding, Place, Severity
from toolkit.stages.gold import resolve
from toolkit.stages.ingest import articles
from toolkit.stages.links import settle, stories, told_of, with_links
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.links.model import ClaimVote, EntityVote
    from toolkit.links.screens.problems import Problem
    from toolkit.links.settle import LinksResolved, Story
    from toolkit.ontology.model import Ontology
    from toolkit.studio.links import Answer
    from toolkit.studio.snapshots import Snapshot

REJECTED = "rejected.jsonl"
NOTED = "findings.jsonl"


@dataclass
class LinkCounts:
    """What a snapshot held, in annotations: valid ones, skipped ones, and those that could not be read."""

    annotations: int = 0
    stories: int = 0  # valid: who is who
    pairs: int = 0  # valid: of claims
    skipped: int = 0
    rejected: int = 0

    @property
    def add_up(self) -> bool:
        """Whether nothing was lost."""
        return self.annotations == self.stories + self.pairs + self.skipped + self.rejected

    def __str__(self) -> str:
        return (
            f"{self.annotations} annotations = {self.stories} of stories + {self.pairs} of pairs"
            f" + {self.skipped} skipped + {self.rejected} rejected"
        )


@dataclass(frozen=True, slots=True)
class Noted:
    """A finding about what one annotator said of one story or pair (``key``)."""

    kind: str
    key: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class PulledLinks:
    """What a snapshot held, and what it settles."""

    snapshot: str
    counts: LinkCounts
    resolved: LinksResolved
    findings: tuple[Finding, ...]

    @property
    def summary(self) -> str:
        """The counts, for people: they add up."""
        told = told_of(self.resolved)
        return "\n".join(
            part for part in (f"snapshot {self.snapshot}" if self.snapshot else "", str(self.counts), told)
        )

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "snapshot": self.snapshot,
            "counts": asdict(self.counts),
            "stories": len(self.resolved.stories),
            "open": [story.story_id for story in self.resolved.open],
            "findings": [finding.as_dict() for finding in self.findings],
        }


@dataclass
class Read:
    """Answers as votes, what could not be read, and what was found."""

    entity_votes: list[EntityVote] = field(default_factory=list)
    claim_votes: list[ClaimVote] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    counts: LinkCounts = field(default_factory=LinkCounts)


def answers_in(workspace: Workspace, snapshot: Snapshot) -> Iterator[Answer]:
    """What a snapshot holds, people by their pseudonyms."""
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.studio.links import answers

    return answers(snapshot, load_pseudonyms(workspace.private).of)


def take(workspace: Workspace, answers: Iterable[Answer], snapshot: str = "") -> PulledLinks:
    """Read answers, check them, write them, and settle the stories.

    Raises GoldkitError where the counts do not add up; nothing is written then.
    """
    schema = with_links(workspace)
    return keep(workspace, snapshot, read_answers(answers, schema), schema)


def read_answers(answers: Iterable[Answer], ontology: Ontology) -> Read:
    """Answers as votes. One that breaks a rule so that nothing can be read of it is rejected.

    Raises GoldkitError where the counts do not add up.
    """
    found = Read()
    for answer in answers:
        found.counts.annotations += 1
        problems = _put(answer, ontology, found)
        story = str(answer.data.get("story_id") or "")
        rejected = any(problem.rule.severity is Severity.ERROR for problem in problems)
        for problem in problems:
            place = Place(story=story, annotator=answer.annotator, region=problem.region, url=answer.url)
            found.noted.append(Noted(answer.kind, answer.key, problem.rule.at(place, problem.message)))
        if rejected:
            found.counts.rejected += 1
            found.rejected.append(
                {
                    "kind": answer.kind,
                    "key": answer.key,
                    "annotator": answer.annotator,
                    "rules": sorted({problem.rule.id for problem in problems}),
                    "url": answer.url,
                    "result": list(answer.result),
                }
            )
    if not found.counts.add_up:
        raise GoldkitError(
            f"the counts do not add up: {found.counts}",
            next="nothing was written; please report this as a bug of goldkit",
        )
    return found


def _put(answer: Answer, ontology: Ontology, found: Read) -> list[Problem]:
    """Put down what an answer says, unless an error keeps it out; returns its problems."""
    from toolkit.links.model import ClaimVote, EntityVote
    from toolkit.links.screens.claims import read_link
    from toolkit.links.screens.entities import read_entities
    from toolkit.studio.links import ENTITIES

    about = {
        "story_id": str(answer.data.get("story_id") or ""),
        "annotator": answer.annotator,
        "lead_time": answer.lead_time,
        "updated_at": answer.updated_at,
        "source": answer.url,
    }
    if answer.skipped:
        found.counts.skipped += 1
        return []
    if answer.kind == ENTITIES:
        entities, unsure, problems = read_entities(answer.data, answer.result)
        if not any(problem.rule.severity is Severity.ERROR for problem in problems):
            found.counts.stories += 1
            mentions = sorted([*unsure, *(key for entity in entities for key in entity.mentions)])
            found.entity_votes.append(
                EntityVote(**about, mentions=tuple(mentions), entities=entities, unsure=tuple(sorted(unsure)))
            )
        return problems
    link, problems = read_link(answer.data, answer.result, ontology)
    if link and not any(problem.rule.severity is Severity.ERROR for problem in problems):
        found.counts.pairs += 1
        found.claim_votes.append(ClaimVote(**about, pair=link.key, link=link))
    return problems


def keep(workspace: Workspace, snapshot: str, found: Read, ontology: Ontology) -> PulledLinks:
    """Write what was read, settle the stories with it, and hold each annotator's answers against each other."""
    from toolkit.links.store import CLAIM_VOTES, ENTITY_VOTES, write_records

    found.entity_votes.sort(key=lambda vote: (vote.story_id, vote.annotator, vote.updated_at, vote.source))
    found.claim_votes.sort(key=lambda vote: (vote.story_id, vote.pair, vote.annotator, vote.updated_at, vote.source))
    gold = resolve(workspace)
    found.noted += _checked(found.claim_votes, stories(workspace, ontology, gold), ontology)
    found.noted += _against_values(workspace, found.claim_votes, ontology)
    write_records(workspace.links / ENTITY_VOTES, found.entity_votes)
    write_records(workspace.links / CLAIM_VOTES, found.claim_votes)
    write_jsonl(workspace.links / REJECTED, found.rejected)
    resolved = settle(workspace, gold)
    tasks = {vote.source: ("entities", vote.story_id) for vote in found.entity_votes}
    tasks |= {vote.source: ("claims", vote.pair) for vote in found.claim_votes}
    about_work = (one for one in resolved.findings if one.place.annotator and one.place.url in tasks)
    noted = [*found.noted, *(Noted(*tasks[one.place.url], one) for one in about_work)]
    rows = ({"kind": one.kind, "key": one.key, **one.finding.as_dict()} for one in noted)
    write_jsonl(workspace.links / NOTED, rows)
    findings = (*(one.finding for one in found.noted), *resolved.findings)
    told = {(one.rule, one.message, one.place.annotator): one for one in findings}
    return PulledLinks(snapshot, found.counts, resolved, tuple(sorted(told.values())))


def _checked(votes: Iterable[ClaimVote], there: Iterable[Story], ontology: Ontology) -> Iterator[Noted]:
    """What each annotator said of a story's pairs and cannot all be true, at every pair that it is about."""
    from toolkit.annotations.reading import short
    from toolkit.links.consistency import contradictions

    said: dict[tuple[str, str], dict[str, ClaimVote]] = defaultdict(dict)
    for vote in votes:  # sorted: the latest answer to a pair stays
        if vote.link:
            said[vote.story_id, vote.annotator][vote.pair] = vote
    by_id = {story.story_id: story for story in there}
    for (story_id, annotator), of in sorted(said.items()):
        if story := by_id.get(story_id):
            words = {claim.key: short(claim.text) for claim in story.claims}
            links = [
                vote.link for vote in of.values() if vote.link and {vote.link.head, vote.link.tail} <= words.keys()
            ]
            for one in contradictions(links, ontology, story.published, words):
                for pair in one.pairs:
                    place = Place(story=story_id, annotator=annotator, url=of[pair].source)
                    yield Noted("claims", pair, one.rule.at(place, one.message))


def _against_values(workspace: Workspace, votes: Iterable[ClaimVote], ontology: Ontology) -> Iterator[Noted]:
    """Answers that the numbers and dates of their claims speak against."""
    from toolkit.links.store import load_pairs
    from toolkit.links.valuechecks import value_problems

    stored, pairs = articles(workspace), {pair.key: pair for pair in load_pairs(workspace.links)}
    for vote in votes:
        if vote.link and (pair := pairs.get(vote.pair)):
            for one in value_problems(pair, vote.link, ontology, stored):
                place = Place(story=vote.story_id, annotator=vote.annotator, url=vote.source)
                yield Noted("claims", vote.pair, replace(one, place=place))


def to_fix(workspace: Workspace) -> Mapping[str, Mapping[str, str]]:
    """What the last pull found, by what tasks ask and what they are about: a line for each annotator, by pseudonym."""
    from toolkit.studio.feedback import BULLET

    path = workspace.links / NOTED
    named: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for _, row in read_jsonl(path) if path.is_file() else ():
        if row["key"] and row["severity"] != Severity.NOTE.value:
            named[row["kind"], row["key"]][row["place"].get("annotator", "nobody")].append(row["message"])
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for (kind, key), people in named.items():
        lines = (f"{BULLET} {who}: {'; '.join(dict.fromkeys(told))}" for who, told in sorted(people.items()))
        found[kind][key] = "\n".join(lines)
    return found
