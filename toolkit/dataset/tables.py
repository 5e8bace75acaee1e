"""Rows of every config, one at a time and sorted, ready for Parquet: classes are numbers here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, groupby
from typing import Any

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation, SpanItem
from toolkit.articles.model import Article
from toolkit.dataset import features
from toolkit.dataset.answers import Answers, numbered
from toolkit.dataset.sentences import around, evidence, sentences
from toolkit.dataset.soft import NOT_ASKED, Soft, SoftLabels, soft_labels
from toolkit.dataset.tokens import Labelled, bio, tag_names, tokenize
from toolkit.dataset.write import Block, Row
from toolkit.gold.model import Gold, Provenance, relation_key
from toolkit.gold.resolve import Resolved
from toolkit.ontology.consistency import ATTRIBUTION
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, Layer
from toolkit.spans import Span

NARRATOR = "narrator"  # the answer to `attribution` with which the outlet itself speaks


class Tables:
    """The rows of every config. The records must fit the ontology and the articles (``consistency.problems``)."""

    def __init__(
        self,
        ontology: Ontology,
        articles: Iterable[Article],
        annotations: Iterable[Annotation],
        resolved: Resolved,
    ) -> None:
        self.ontology = ontology
        self.articles = {article.article_id: article for article in sorted(articles, key=lambda it: it.article_id)}
        self.annotations = _sorted(annotations)
        self.resolved = resolved
        self._mention_answers = Answers(features.mention_attributes(ontology))
        self._value_answers = Answers(features.value_attributes(ontology))
        self._claim_answers = Answers(features.claim_attributes(ontology))
        self._cue_answers = Answers(features.cue_attributes(ontology))
        self._labels = numbered(ontology.mention_types)
        self._tags = numbered(tag_names(ontology.mention_types))
        self._relation_types = numbered(ontology.relation_types)
        self._modalities = numbered(features.modalities(ontology))
        self._origins = numbered(features.ORIGINS)
        self._resolutions = numbered(features.RESOLUTIONS)
        self._asked = {name: ontology.attributes_of(name) for name in ontology.spans}

    def blocks(self, config: str) -> Iterator[Block]:
        """The rows of one config, all of an article at a time, sorted by article."""
        of_gold = {"entities": self._entities, "relations": self._relations, "claims": self._claims}
        if config == "documents":
            yield from self._documents()
        elif config == "annotations":
            yield from self._annotations()
        else:
            for gold in sorted(self.resolved.gold, key=lambda it: it.article_id):
                if config in gold.layers:  # the configs bear the layers' names
                    yield gold.article_id, list(of_gold[config](gold, self.articles[gold.article_id]))

    def rows(self, config: str) -> Iterator[Row]:
        """The same, one at a time."""
        return chain.from_iterable(rows for _, rows in self.blocks(config))

    @cached_property
    def _annotators(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {article_id: set() for article_id in self.articles}
        for vote in self.annotations:
            if not vote.skipped:
                found[vote.article_id].add(vote.annotator)
        return found

    def _documents(self) -> Iterator[Block]:
        resolution = {gold.article_id: self._resolutions[gold.resolution] for gold in self.resolved.gold}
        layers = {gold.article_id: gold.layers for gold in self.resolved.gold}
        status = dict.fromkeys(self.resolved.awaiting, "awaiting-adjudication")
        status |= dict.fromkeys(self.resolved.skipped, "skipped") | dict.fromkeys(resolution, "gold")
        for article_id, article in self.articles.items():
            row = article.model_dump(exclude={"metadata"}) | {
                "status": features.STATUSES.index(status.get(article_id, "unlabelled")),
                "voters": len(self._annotators[article_id]),
                "annotators": sorted(self._annotators[article_id]),
                "resolution": resolution.get(article_id),
                "layers": self._layers_of(layers.get(article_id, ())),
            }
            yield article_id, [row]

    def _entities(self, gold: Gold, article: Article) -> Iterator[Row]:
        tokens = tokenize(article.text)
        mentions = [mention for mention in gold.mentions if mention.origin is not Origin.CONTEXT]  # others' are no gold
        labelled = [Labelled(mention.span, label) for mention in mentions for label in mention.labels]
        tagging = bio(tokens, labelled, list(self._labels))
        yield {
            "article_id": article.article_id,
            "text": article.text,
            "text_sha256": article.text_sha256,
            "tokens": [token.of(article.text) for token in tokens],
            "token_starts": [token.start for token in tokens],
            "token_ends": [token.end for token in tokens],
            "ner_tags": [self._tags[tag] for tag in tagging.tags],
            "entities": [
                self._labelled(mention, label)
                | self._mention_answers.of(mention, self._asked[label])
                | {"origin": self._origins[mention.origin]}
                | self._decided(gold.provenance[mention.id])
                for mention in mentions
                for label in self._in_order(mention.labels)
            ],
            "untagged": len(labelled) - len(tagging.kept),
            "misaligned": tagging.misaligned,
            "resolution": self._resolutions[gold.resolution],
            "annotators": list(gold.annotators),
            "voters": gold.voters,
            "ontology_version": gold.ontology_version,
        }

    def _relations(self, gold: Gold, article: Article) -> Iterator[Row]:
        mentions = {mention.id: mention for mention in gold.mentions}
        found = sentences(article.text) if gold.relations else []
        for relation in gold.relations:
            ends = self.ontology.relation_types[relation.type]
            head, tail = mentions[relation.head], mentions[relation.tail]
            yield {
                "article_id": article.article_id,
                "head": self._fitting(head, ends.head),
                "tail": self._fitting(tail, ends.tail),
                **self._typed(relation),
                "evidence": _quoted(article.text, evidence(found, head.span, tail.span)),
                **self._provenance(gold, gold.provenance[relation_key(relation)]),
            }

    def _claims(self, gold: Gold, article: Article) -> Iterator[Row]:
        claims = self.ontology.claims
        if claims is None:
            return
        value_types = self.ontology.relation_types[claims.value].tail if claims.value else ()
        mentions = {mention.id: mention for mention in gold.mentions}
        cues = {cue.id: cue for cue in gold.cues}
        found = sentences(article.text) if gold.claims else []
        for claim in gold.claims:
            values = [mentions[value] for value in claim.values]
            yield {
                "article_id": article.article_id,
                **_named(claim),
                "context": _quoted(article.text, around(found, claim.span)),
                **self._claim_answers.of(claim, self._asked[claims.content.name]),
                "claimants": [self._fitting(mentions[it], claims.claimant.tail) for it in claim.claimants],
                "claimant_kind": features.CLAIMANT_KINDS.index(_claimant_kind(claim)),
                "outlet": article.outlet,
                "cues": [self._cue(cues[cue]) for cue in claim.cues],
                "values": [
                    self._fitting(value, value_types)
                    | self._value_answers.of(value, self._asked[self._fit(value, value_types)])
                    for value in values
                ],
                "origin": self._origins[claim.origin],
                **self._provenance(gold, gold.provenance[claim.id]),
            }

    def _annotations(self) -> Iterator[Block]:
        grammar = Grammar(self.ontology)
        gold = {one.article_id: one for one in (*self.resolved.gold, *self.resolved.open)}
        for article_id, group in groupby(self.annotations, key=lambda vote: vote.article_id):
            votes = list(group)
            soft = soft_labels(votes, gold.get(article_id), grammar)
            yield article_id, [self._annotation(vote, soft) for vote in votes]

    def _annotation(self, vote: Annotation, soft: SoftLabels) -> Row:
        claims = self.ontology.claims
        return {
            "article_id": vote.article_id,
            "annotator": vote.annotator,
            "skipped": vote.skipped,
            "ground_truth": self._layers_of(vote.ground_truth),
            "lead_time": vote.lead_time,
            "ontology_version": vote.ontology_version,
            "text_sha256": vote.text_sha256,
            "layers": self._layers_of(vote.layers),
            "mentions": [
                _named(mention)
                | {"labels": [self._labels[label] for label in self._in_order(mention.labels)]}
                | self._mention_answers.of(
                    mention, {name: it for label in mention.labels for name, it in self._asked[label].items()}
                )
                | self._vote(mention, of := soft.spans.get((vote.annotator, mention.id), NOT_ASKED))
                | {"soft_labels": [{"label": self._labels[name], "share": share} for name, share in of.labels]}
                for mention in _in_text_order(vote.mentions)
            ],
            "cues": [self._cue(cue) | self._found(vote, cue, soft) for cue in _in_text_order(vote.cues) if claims],
            "claims": [
                _named(claim)
                | self._claim_answers.of(claim, self._asked[claims.content.name])
                | {"claimants": claim.claimants, "cues": claim.cues, "values": claim.values}
                | self._found(vote, claim, soft)
                for claim in _in_text_order(vote.claims)
                if claims
            ],
            "relations": [
                {"head": relation.head, "tail": relation.tail, **self._typed(relation), **_asked(of)}
                | {"soft_labels": [{"type": self._relation_types[name], "share": share} for name, share in of.labels]}
                for relation in sorted(vote.relations, key=lambda it: (it.head, it.tail, it.type, it.modality))
                for of in (soft.relations.get((vote.annotator, relation), NOT_ASKED),)
            ],
        }

    def _labelled(self, mention: Mention, label: str) -> Row:
        return _named(mention) | {"label": self._labels[label]}

    def _cue(self, cue: Cue) -> Row:
        asked = self._asked[self.ontology.claims.cue.name] if self.ontology.claims else {}
        return _named(cue) | self._cue_answers.of(cue, asked)

    def _fit(self, mention: Mention, wanted: Sequence[str]) -> str:
        return next(label for label in self._in_order(mention.labels) if label in wanted)

    def _fitting(self, mention: Mention, wanted: Sequence[str]) -> Row:
        return self._labelled(mention, self._fit(mention, wanted))

    def _in_order(self, labels: Iterable[str]) -> list[str]:
        return sorted(labels, key=self._labels.__getitem__)

    def _layers_of(self, layers: Iterable[Layer]) -> list[int]:
        return [LAYERS.index(layer) for layer in layers]

    def _typed(self, relation: Relation) -> Row:
        return {"type": self._relation_types[relation.type], "modality": self._modalities[relation.modality]}

    def _vote(self, item: SpanItem, soft: Soft) -> Row:
        answers = [dict(zip(("question", "answer", "share"), one, strict=True)) for one in soft.answers]
        return {"origin": self._origins[item.origin], "score": item.score, **_asked(soft), "soft_answers": answers}

    def _found(self, vote: Annotation, item: SpanItem, soft: SoftLabels) -> Row:
        of = soft.spans.get((vote.annotator, item.id), NOT_ASKED)
        return self._vote(item, of) | {"share": of.found}

    def _provenance(self, gold: Gold, why: Provenance) -> Row:
        return {
            **self._decided(why),
            "annotators": [vote.annotator for vote in why.votes if vote.value is not None],
            "adjudicator": why.adjudicator or None,
            "ontology_version": gold.ontology_version,
        }

    def _decided(self, why: Provenance) -> Row:
        return {
            "resolution": self._resolutions[why.resolution],
            "support": why.support,
            "voters": why.voters,
        }


def _sorted(annotations: Iterable[Annotation]) -> list[Annotation]:
    """By article, then annotator; by content only where one annotator has several of an article."""
    votes = list(annotations)
    count = Counter((vote.article_id, vote.annotator) for vote in votes)

    def key(vote: Annotation) -> tuple[str, str, str]:
        pair = vote.article_id, vote.annotator
        return (*pair, vote.model_dump_json() if count[pair] > 1 else "")

    return sorted(votes, key=key)


def _asked(soft: Soft) -> Row:
    return {"item": soft.item or None, "asked": soft.asked}


def _claimant_kind(claim: Claim) -> str:
    if claim.claimants:
        return "mention"
    return "outlet" if claim.attributes.get(ATTRIBUTION) == NARRATOR else "unnamed"


def _in_text_order(items: Iterable[SpanItem]) -> list[Any]:
    return sorted(items, key=lambda item: (item.span, item.id))


def _named(item: SpanItem) -> Row:
    return {"id": item.id, "start": item.start, "end": item.end, "text": item.text}


def _quoted(text: str, span: Span) -> Row:
    return {"start": span.start, "end": span.end, "text": span.of(text)}
