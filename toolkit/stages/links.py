"""The layer across articles: what there is to link in each story, and what the answers settle."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from toolkit.engine import Engine, Here, Processes, uncollected
from toolkit.errors import UsageError
from toolkit.stages.gold import resolve
from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.stages.talk import Bar, no_bar
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.articles.model import Article
    from toolkit.gold.model import Gold
    from toolkit.gold.resolve import Resolved
    from toolkit.links.agree import LinkAgreement
    from toolkit.links.model import ClaimPair, Register
    from toolkit.links.settle import LinksResolved, Story
    from toolkit.ontology.model import Ontology


SHARD = 20
"""Stories that one process takes at a time."""

MANY = 5
"""Shards above which starting processes is worth its second."""


@dataclass(frozen=True, slots=True)
class StoryCandidates:
    """What there is to link in a story."""

    story_id: str
    articles: int
    mentions: int
    entities: int
    claims: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """All stories with two articles of gold or more; ``alone`` are articles of gold that no other tells of."""

    stories: tuple[StoryCandidates, ...]
    alone: int

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self)


def told_of(resolved: LinksResolved) -> str:
    """How far the stories are settled, for people."""
    whole = sum(story.entities_resolution is not None for story in resolved.stories)
    answered, asked = (sum(getattr(story, name) for story in resolved.stories) for name in ("answered", "pairs"))
    open = sum(len(story.differences) for story in resolved.stories)
    return (
        f"who is who is settled in {whole} of {len(resolved.stories)} stories; "
        f"{answered} of {asked} pairs of claims are answered; {open} open"
    )


@uncollected()
def candidates(workspace: Workspace, *, bar: Bar = no_bar, engine: Engine | None = None) -> Candidates:
    """Propose who is who and which claims to compare, story by story, from the gold; write both.

    Args:
        workspace: the project; no server is asked.
        bar: shows how many stories are done.
        engine: where that is done; by default in this process, and on all cores where there are many stories.

    Raises UsageError where the ontology has no links.
    """
    from toolkit.links.store import PAIRS, REGISTERS, write_records

    schema = with_links(workspace)
    by_story, alone = gold_by_story(workspace)
    tellings = [Telling(id, tuple(golds), texts) for id, (golds, texts) in by_story.items()]
    shards = [tellings[first : first + SHARD] for first in range(0, len(tellings), SHARD)]
    engine = engine or (Processes(os.cpu_count() or 1) if len(shards) > MANY else Here())
    work = partial(_proposed, schema, workspace.project.linking.pairs)
    told: list[StoryCandidates] = []
    registers: list[Register] = []
    found: list[ClaimPair] = []
    with bar("comparing stories", len(tellings)) as advance:
        for shard, made in zip(shards, engine.map(work, shards), strict=True):
            for telling, (own, between) in zip(shard, made, strict=True):
                registers.append(own)
                found += between
                claims = sum(len(gold.claims) for gold in telling.golds)
                sizes = (len(telling.golds), len(own.mentions), len(own.entities), claims, len(between))
                told.append(StoryCandidates(telling.story_id, *sizes))
            advance(len(shard))
    write_records(workspace.links / REGISTERS, registers)
    write_records(workspace.links / PAIRS, found)
    return Candidates(tuple(told), alone)


class Telling(NamedTuple):
    """A story's gold, and its articles by id."""

    story_id: str
    golds: tuple[Gold, ...]
    articles: dict[str, Article]


def _proposed(schema: Ontology, most: int, shard: Sequence[Telling]) -> list[tuple[Register, tuple[ClaimPair, ...]]]:
    """The register and the pairs of each story."""
    from toolkit.links.pairs import pairs
    from toolkit.links.register import register

    found = []
    with uncollected():
        for story_id, golds, texts in shard:
            own = register(story_id, golds, texts, schema)
            found.append((own, pairs(own, golds, texts, schema, most) if schema.claim_link_types else ()))
    return found


def settle(workspace: Workspace, resolved: Resolved | None = None) -> LinksResolved:
    """Settle every story from the answers pulled last and the reviews, and write it: ``links/gold.jsonl``.

    ``resolved`` is the gold of the articles, where it has just been settled. A workspace whose ontology has no links,
    or in which nobody answered anything, has no stories here.
    """
    from toolkit.links.settle import LinksResolved
    from toolkit.links.settle import settle as settled
    from toolkit.links.store import (
        CLAIM_VOTES,
        ENTITY_VOTES,
        REVIEWS,
        load_claim_votes,
        load_entity_votes,
        load_reviews,
        write_records,
    )

    schema, folder = ontology(workspace), workspace.links
    if schema.links is None or not any((folder / name).is_file() for name in (ENTITY_VOTES, CLAIM_VOTES, REVIEWS)):
        return LinksResolved()
    found = settled(
        stories(workspace, schema, resolved),
        schema,
        workspace.project.gold,
        load_entity_votes(folder),
        load_claim_votes(folder),
        load_reviews(folder),
    )
    write_records(workspace.links_gold, found.stories)
    return found


def agree(workspace: Workspace) -> LinkAgreement | None:
    """Measure how far annotators agree across articles, and write it: ``reports/link-agreement.json``.

    None where the ontology has no links, or nobody answered anything.
    """
    from toolkit.files import write_json
    from toolkit.links.agree import link_agreement
    from toolkit.links.store import load_claim_votes, load_entity_votes

    schema, folder = ontology(workspace), workspace.links
    entity_votes, claim_votes = tuple(load_entity_votes(folder)), tuple(load_claim_votes(folder))
    if schema.links is None or not (entity_votes or claim_votes):
        return None
    measured = link_agreement(entity_votes, claim_votes, schema)
    write_json(workspace.reports / "link-agreement.json", measured.as_dict())
    return measured


def with_links(workspace: Workspace) -> Ontology:
    """The workspace's ontology. Raises UsageError where it has no links."""
    schema = ontology(workspace)
    if schema.links is None:
        raise UsageError(
            f"{workspace.ontology} has no layer across articles",
            next="add links: to it (docs/schema.md), then run this again",
        )
    return schema


def stories(workspace: Workspace, schema: Ontology, resolved: Resolved | None = None) -> Iterator[Story]:
    """What there is to link in each story, from the gold."""
    from toolkit.links.gather import linked_mentions
    from toolkit.links.model import Register
    from toolkit.links.pairs import linked_claims
    from toolkit.links.settle import Story
    from toolkit.links.store import load_pairs

    asked: dict[str, set[str]] = defaultdict(set)
    for pair in load_pairs(workspace.links):
        asked[pair.story_id].add(pair.key)
    for story_id, (golds, texts) in gold_by_story(workspace, resolved)[0].items():
        known = Register(story_id=story_id, mentions=linked_mentions(golds, schema), entities=())
        yield Story(
            story_id=story_id,
            mentions=known.mentions,
            claims=tuple(
                claim for gold in golds for claim in linked_claims(gold, texts[gold.article_id], schema, known)
            ),
            published={id: article.published for id, article in texts.items()},
            pairs=frozenset(asked[story_id]),
        )


def gold_by_story(
    workspace: Workspace, resolved: Resolved | None = None
) -> tuple[dict[str, tuple[list[Gold], dict[str, Article]]], int]:
    """The gold and the articles of each story that two of them tell, and how many tell of none such."""
    stored, by_story = articles(workspace), defaultdict[str, list["Gold"]](list)
    for gold in (resolved or resolve(workspace)).gold:
        by_story[stored[gold.article_id].story_id].append(gold)
    alone = len(by_story.pop("", []))
    told = {id: golds for id, golds in sorted(by_story.items()) if len(golds) > 1}
    alone += sum(len(golds) for id, golds in by_story.items() if id not in told)
    return {
        id: (golds, {gold.article_id: stored[gold.article_id] for gold in golds}) for id, golds in told.items()
    }, alone
