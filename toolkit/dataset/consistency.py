"""Whether records fit their articles and the ontology: the dataset's own gate, so that no number in it is a guess."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Relation, SpanItem
from toolkit.articles.model import Article
from toolkit.dataset.features import modalities
from toolkit.errors import BadInputError
from toolkit.gold.model import Gold
from toolkit.ontology.model import Attribute, Ontology

_SHOWN = 5


def require(records: Iterable[Annotation | Gold], articles: Mapping[str, Article], ontology: Ontology) -> None:
    """Raise BadInputError, naming the first problems and their number, unless every record fits."""
    found = [
        f"{record.article_id}, {_whose(record)}: {problem}"
        for record in records
        for problem in problems(record, articles.get(record.article_id), ontology)
    ]
    if found:
        found.sort()
        more = [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        raise BadInputError(
            "\n".join(
                [
                    f"what does not fit the ontology or the articles: {len(found)}",
                    *(f"  {line}" for line in found[:_SHOWN]),
                    *more,
                ]
            ),
            next=f"goldkit check (against ontology {ontology.version} and the articles of now), then build again",
        )


def problems(record: Annotation | Gold, article: Article | None, ontology: Ontology) -> Iterator[str]:
    """What in a record does not fit, one sentence each."""
    if article is None:
        yield "no such article"
        return
    if record.text_sha256 != article.text_sha256:
        yield "made on another text of this article"
        return
    spans = (*record.mentions, *record.cues, *record.claims)
    for item in spans:
        if not item.span.fits(article.text) or item.span.of(article.text) != item.text:
            yield f"{item.id}: [{item.start}:{item.end}] is not {item.text!r}"
    if len({item.id for item in spans}) < len(spans):
        yield "two items have one id"
    mentions = {mention.id: mention for mention in record.mentions}
    for mention in record.mentions:
        yield from _mention(mention, ontology)
    for cue in record.cues:
        yield from _cue(cue, ontology)
    for relation in record.relations:
        yield from _relation(relation, mentions, ontology)
    for claim in record.claims:
        yield from _claim(claim, mentions, {cue.id for cue in record.cues}, ontology)


def _mention(mention: Mention, ontology: Ontology) -> Iterator[str]:
    unknown = [label for label in mention.labels if label not in ontology.mention_types]
    if unknown:
        yield f"{mention.id}: {unknown[0]} is no entity or value type"
        return
    asked = {name: it for label in mention.labels for name, it in ontology.attributes_of(label).items()}
    yield from _answers(mention, asked)


def _cue(cue: Cue, ontology: Ontology) -> Iterator[str]:
    if ontology.claims is None:
        yield f"{cue.id}: the ontology has no cues"
    else:
        yield from _answers(cue, ontology.attributes_of(ontology.claims.cue.name))


def _relation(relation: Relation, mentions: Mapping[str, Mention], ontology: Ontology) -> Iterator[str]:
    ends = ontology.relation_types.get(relation.type)
    if ends is None:
        yield f"{relation.type} is no relation type"
        return
    yield from _link(relation.type, relation.head, ends.head, mentions)
    yield from _link(relation.type, relation.tail, ends.tail, mentions)
    labels = [mentions[end].labels for end in (relation.head, relation.tail) if end in mentions]
    if ends.same_type and len(labels) == 2 and not ends.joins(*labels):
        yield f"{relation.type}: {relation.head} and {relation.tail} are not of one type"
    if relation.modality not in modalities(ontology):
        yield f"{relation.type}: {relation.modality} is no modality"


def _claim(claim: Claim, mentions: Mapping[str, Mention], cues: set[str], ontology: Ontology) -> Iterator[str]:
    claims = ontology.claims
    if claims is None:
        yield f"{claim.id}: the ontology has no claims"
        return
    yield from _answers(claim, ontology.attributes_of(claims.content.name))
    for claimant in claim.claimants:
        yield from _link(claims.claimant.name, claimant, claims.claimant.tail, mentions)
    value_types = ontology.relation_types[claims.value].tail if claims.value else ()
    for value in claim.values:
        yield from _link(claims.value or "value", value, value_types, mentions)
    yield from (f"{claim.id}: there is no cue {cue}" for cue in claim.cues if cue not in cues)


def _link(name: str, end: str, wanted: Sequence[str], mentions: Mapping[str, Mention]) -> Iterator[str]:
    if end not in mentions:
        yield f"{name}: there is no mention {end}"
    elif not set(mentions[end].labels) & set(wanted):
        yield f"{name}: {end} is {'+'.join(mentions[end].labels)}, not {' or '.join(wanted) or 'allowed'}"


def _answers(item: SpanItem, asked: Mapping[str, Attribute]) -> Iterator[str]:
    for name, answer in sorted(item.attributes.items()):
        if name not in asked:
            yield f"{item.id}: {name} is not asked here"
        elif asked[name].options and answer not in asked[name].choices:
            yield f"{item.id}: {answer!r} is no answer to {name}"


def _whose(record: Annotation | Gold) -> str:
    return record.annotator if isinstance(record, Annotation) else "gold"
