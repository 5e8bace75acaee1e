"""Rows of the configs that go across articles: who is who in a story, how claims are linked, and the stories."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from toolkit.annotations.model import Origin
from toolkit.articles.model import Article
from toolkit.dataset import features
from toolkit.dataset.answers import Answers, numbered
from toolkit.dataset.write import Block, Row
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.gold.model import Gold, Provenance
from toolkit.links.model import ClaimLink, Entity, LinkedClaim, LinkedMention, Passage, StoryLinks
from toolkit.ontology.model import Ontology

LEFT_OUT = Rule(
    "dataset-link-left-out",
    "What is linked across articles is in the dataset, and in one split.",
    Severity.WARNING,
    "goldkit resolve, where the gold has changed since; of articles that a split keeps out, nothing",
)

_WITHHELD = "an article of it is in no split"
_TORN = "its articles are in two splits"
_NOT_GOLD = "what it links is not gold, or no longer"


class _Mention(NamedTuple):
    """A mention of a settled entity, and the story that it is of."""

    mention: LinkedMention
    entity: Entity
    story: StoryLinks


class _Pair(NamedTuple):
    """Two linked claims."""

    link: ClaimLink
    head: LinkedClaim
    tail: LinkedClaim
    story: StoryLinks


class Across:
    """The rows of ``features.ACROSS``. The records must fit ontology and articles (``consistency.require_links``).

    Args:
        ontology: whose names the classes are.
        articles: those of the dataset, by id.
        gold: what of theirs is gold; what is linked and not among it has no row.
        links: what is settled across the articles, by story.
        splits: the split of each article of the dataset.
    """

    def __init__(
        self,
        ontology: Ontology,
        articles: Mapping[str, Article],
        gold: Iterable[Gold],
        links: Iterable[StoryLinks],
        splits: Mapping[str, str],
    ) -> None:
        self.ontology, self.articles, self._splits = ontology, articles, splits
        self._left_out: dict[tuple[str, str], list[str]] = defaultdict(list)  # what of, by config and why
        self._stories = {story.story_id: story for story in sorted(links, key=lambda it: it.story_id)}
        self._read(gold)
        self._mentions = sorted(self._kept_mentions(), key=lambda it: _place(it.mention))
        self._pairs = sorted(self._kept_pairs(), key=lambda it: (it.story.story_id, sorted(map(_place, it[1:3]))))
        self._told = dict(self._kept_stories())
        self._labels = numbered(ontology.mention_types)
        self._types = numbered(ontology.links.entities if ontology.links else ())
        self._link_types = numbered(ontology.claim_link_types)
        self._answers = Answers(features.link_attributes(ontology))
        self._resolutions = numbered(features.RESOLUTIONS)

    def blocks(self, config: str) -> Iterator[Block]:
        """The rows of one config: of mentions by article, of pairs and stories by story."""
        if config == "entity_links":
            yield from ((one.mention.article_id, [self._mention(one)]) for one in self._mentions)
        elif config == "claim_links":
            yield from ((one.head.article_id, [self._pair(one)]) for one in self._pairs)
        else:
            mentions: dict[str, list[_Mention]] = defaultdict(list)
            pairs: dict[str, list[_Pair]] = defaultdict(list)
            for mention in self._mentions:
                mentions[mention.story.story_id].append(mention)
            for pair in self._pairs:
                pairs[pair.story.story_id].append(pair)
            for id, told in self._told.items():
                yield told[0].article_id, [self._story(id, told, mentions[id], pairs[id])]

    def findings(self) -> Iterator[Finding]:
        """What is linked and has no row, by config and reason."""
        for (config, why), names in sorted(self._left_out.items()):
            message = f"{config}: {len(names)} left out, since {why}; the first is {min(names)}"
            yield LEFT_OUT.at(Place(file=config), message)

    def _read(self, gold: Iterable[Gold]) -> None:
        """What is gold, by place: the labels of mentions, and the claims; and how many claims a story has."""
        self._gold_mentions: dict[tuple[str, int, int], set[str]] = defaultdict(set)
        self._gold_claims: set[tuple[str, int, int]] = set()
        self._claims: Counter[str] = Counter()
        for one in gold:
            story_id = self.articles[one.article_id].story_id
            self._claims[story_id] += len(one.claims)
            if story_id in self._stories:
                self._gold_claims.update((one.article_id, claim.start, claim.end) for claim in one.claims)
                for mention in one.mentions:
                    if mention.origin is not Origin.CONTEXT:
                        self._gold_mentions[one.article_id, mention.start, mention.end].update(mention.labels)

    def _kept_mentions(self) -> Iterator[_Mention]:
        for story in self._stories.values():
            if story.entities_resolution is None:
                continue
            mentions = {mention.key: mention for mention in story.mentions}
            for entity in story.entities:
                for mention in (mentions[key] for key in entity.mentions):
                    is_gold = set(mention.labels) <= self._gold_mentions.get(_place(mention), set())
                    if self._keep("entity_links", mention.key, {mention.article_id}, is_gold):
                        yield _Mention(mention, entity, story)

    def _kept_pairs(self) -> Iterator[_Pair]:
        for story in self._stories.values():
            claims = {claim.key: claim for claim in story.claims}
            for link in story.links:
                head, tail = claims[link.head], claims[link.tail]
                are_gold = {_place(head), _place(tail)} <= self._gold_claims
                if self._keep("claim_links", link.key, {head.article_id, tail.article_id}, are_gold):
                    yield _Pair(link, head, tail, story)

    def _kept_stories(self) -> Iterator[tuple[str, list[Article]]]:
        """The articles of each story that has several, in the order in which they were published."""
        found: dict[str, list[Article]] = defaultdict(list)
        for article in self.articles.values():
            if article.story_id:
                found[article.story_id].append(article)
        for id, told in sorted(found.items()):
            if len(told) > 1 and self._keep("stories", id, {article.article_id for article in told}):
                yield id, sorted(told, key=lambda it: (not it.published, it.published, it.article_id))

    def _keep(self, config: str, name: str, articles: set[str], is_gold: bool = True) -> bool:
        splits = {self._splits.get(id) for id in articles}
        why = _WITHHELD if None in splits else _TORN if len(splits) > 1 else "" if is_gold else _NOT_GOLD
        if why:
            self._left_out[config, why].append(name)
        return not why

    def _mention(self, one: _Mention) -> Row:
        mention, entity, story = one
        return {
            "story_id": story.story_id,
            "entity_id": f"{story.story_id}/{entity.id}",
            "name": entity.name,
            "type": self._types[entity.type],
            "wikidata": entity.wikidata or None,
            **_quoted(mention),
            "labels": sorted(self._labels[label] for label in mention.labels),
            **self._settled(story.provenance.get(mention.key)),
        }

    def _pair(self, one: _Pair) -> Row:
        link, head, tail, story = one
        kind = self.ontology.claim_link_types[link.type]
        return {
            "story_id": story.story_id,
            "head": self._end(head),
            "tail": self._end(tail),
            "type": self._link_types[link.type],
            **self._answers.of(link, {attribute.name: attribute for attribute in kind.attributes}),
            "followed": link.key in story.followed,
            **self._settled(story.provenance.get(link.key)),
        }

    def _end(self, claim: LinkedClaim) -> Row:
        return _quoted(claim) | {"outlet": self.articles[claim.article_id].outlet}

    def _settled(self, why: Provenance | None) -> Row:
        """How it was settled; of what nobody was asked about nothing is known."""
        if why is None:
            return {**dict.fromkeys(("resolution", "support", "voters", "adjudicator")), "annotators": []}
        return {
            "resolution": self._resolutions[why.resolution],
            "support": why.support,
            "voters": why.voters,
            "annotators": [vote.annotator for vote in why.votes if vote.value is not None],
            "adjudicator": why.adjudicator or None,
        }

    def _story(self, id: str, told: list[Article], mentions: list[_Mention], pairs: list[_Pair]) -> Row:
        dates = [article.published for article in told if article.published]
        links = self._stories.get(id, StoryLinks(story_id=id))
        entities_status, claims_status = _statuses(links)
        types = Counter(pair.link.type for pair in pairs)
        kinds = self.ontology.claim_link_types
        row: Row = {
            "story_id": id,
            "articles": [article.article_id for article in told],
            "outlets": sorted({article.outlet for article in told if article.outlet}),
            "languages": sorted({article.language for article in told if article.language}),
            "first": dates[0] if dates else None,
            "last": dates[-1] if dates else None,
        }
        if self._types:
            row |= {
                "entities_status": features.ACROSS_STATUSES.index(entities_status),
                "entities": len({one.entity.id for one in mentions}),
                "mentions": len(mentions),
            }
        if kinds:
            row |= {
                "claims_status": features.ACROSS_STATUSES.index(claims_status),
                "claims": self._claims[id],
                "pairs": links.pairs,
                "links": [{"type": self._link_types[name], "count": types[name]} for name in kinds if types[name]],
                "contradictions": sum(types[name] for name, kind in kinds.items() if kind.meaning == "conflict"),
            }
        return row


def _statuses(story: StoryLinks) -> tuple[str, str]:
    """Where a story stands: who is who in it, and how its claims are linked."""
    mentions = {mention.key for mention in story.mentions}
    of_mentions = [not mentions.isdisjoint(one.about) for one in story.differences]
    entities = "gold" if story.entities_resolution else "awaiting-adjudication" if any(of_mentions) else "unlabelled"
    claims = "unlabelled" if not story.links else "gold" if story.answered == story.pairs else "partly-labelled"
    claims = claims if all(of_mentions) else "awaiting-adjudication"
    return entities, claims


def _place(passage: Passage) -> tuple[str, int, int]:
    return passage.article_id, passage.start, passage.end


def _quoted(passage: Passage) -> Row:
    return {"article_id": passage.article_id, "start": passage.start, "end": passage.end, "text": passage.text}
