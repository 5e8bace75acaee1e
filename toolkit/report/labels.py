"""How often each label was given, in the gold and by everybody, and in which outlets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Origin
from toolkit.articles.model import Article
from toolkit.gold.model import Gold
from toolkit.ontology.model import Ontology
from toolkit.project import Layer

NO_OUTLET = "(no outlet)"

Name = tuple[Layer, str]


@dataclass(frozen=True, slots=True)
class LabelCount:
    """One label, or one answer about claims: how often it stands in the gold, and in all annotations together.

    ``outlets`` divides the gold's by outlet or, where there is no gold yet, the annotations'.
    """

    layer: Layer
    label: str
    gold: int
    annotations: int
    outlets: Mapping[str, int]

    @property
    def shown(self) -> int:
        """The sum over the outlets."""
        return sum(self.outlets.values())


def label_counts(
    ontology: Ontology, works: Iterable[Annotation], gold: Iterable[Gold], articles: Mapping[str, Article]
) -> tuple[LabelCount, ...]:
    """Count every name that the ontology has, in its order; those that were never used stand with zeros."""
    grammar = Grammar(ontology)
    in_gold, in_works = _by_outlet(gold, grammar, articles), _by_outlet(works, grammar, articles)
    shown = in_gold or in_works
    return tuple(
        LabelCount(
            layer=layer,
            label=label,
            gold=sum(in_gold.get((layer, label), Counter()).values()),
            annotations=sum(in_works.get((layer, label), Counter()).values()),
            outlets=dict(sorted(shown.get((layer, label), Counter()).items())),
        )
        for layer, label in _names(ontology)
    )


def _names(ontology: Ontology) -> Iterator[Name]:
    for label in ontology.mention_types:
        yield "entities", label
    for relation in ontology.relations:
        # What only claims are linked with is counted with the claims.
        if {*relation.head} & {*ontology.mention_types}:
            yield "relations", relation.name
    if ontology.claims:
        yield "claims", ontology.claims.content.name
        yield "claims", ontology.claims.cue.name
        for question in ontology.claims.content.attributes:
            for answer in question.choices:
                yield "claims", f"{question.name}: {answer}"


def _by_outlet(
    records: Iterable[Annotation | Gold], grammar: Grammar, articles: Mapping[str, Article]
) -> dict[Name, Counter[str]]:
    counts: dict[Name, Counter[str]] = defaultdict(Counter)
    for record in records:
        article = articles.get(record.article_id)
        for name in _given(record, grammar):
            counts[name][(article.outlet if article else "") or NO_OUTLET] += 1
    return dict(counts)


def _given(record: Annotation | Gold, grammar: Grammar) -> Iterator[Name]:
    for mention in record.mentions:
        if mention.origin is not Origin.CONTEXT:
            yield from (("entities", label) for label in mention.labels)
    yield from (("relations", relation.type) for relation in record.relations)
    yield from (("claims", grammar.cue) for cue in record.cues if cue.origin is not Origin.CONTEXT)
    for claim in record.claims:
        if claim.origin is not Origin.CONTEXT:
            yield "claims", grammar.content
            for name, question in grammar.questions[grammar.content].items():
                answer = claim.attributes.get(name, question.default)
                if question.options and answer is not None:
                    yield "claims", f"{name}: {answer}"
