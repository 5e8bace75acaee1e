"""Whether records fit their articles and the ontology: the dataset's own gate, so that no number in it is a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Relation, SpanItem
from toolkit.articles.model import Article
from toolkit.dataset.features import modalities
from toolkit.errors import BadInputError
from toolkit.gold.model import Gold
from toolkit.links.model import ClaimLink, Entity, StoryLinks
from toolkit.ontology.model import Attribute, Ontology

_SHOWN = 5


def require(records: Iterable[Annotation | Gold], articles: Mapping[str, Article], ontology: Ontology) -> None:
    """Raise BadInputError, naming the first problems and their number, unless every record fits."""
    found = [
        f"{record.article_id}, {_whose(record)}: {problem}"
        for record in records
        for problem in problems(record, articles.get(record.article_id), ontology)
    ]
    _refuse(found, f"goldkit check (against ontology {ontology.version} and the articles of now), then build again")


def require_links(links: Sequence[StoryLinks], articles: Mapping[str, Article], ontology: Ontology) -> None:
    """The same of what is settled across articles, which must be known once a story. Raises BadInputError."""
    times = Counter(story.story_id for story in links)
    found = [f"{story_id}: it is there {count} times" for story_id, count in times.items() if count > 1]
    found += [f"{story.story_id}: {it}" for story in links for it in links_problems(story, articles, ontology)]
    _refuse(found, f"goldkit resolve (by ontology {ontology.version} and the stories of now), then build again")


def _refuse(found: list[str], next: str) -> None:
    if found:
        shown = sorted(found)[:_SHOWN]
        more = [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        head = f"what does not fit the ontology or the articles: {len(found)}"
        raise BadInputError("\n".join([head, *(f"  {line}" for line in shown), *more]), next=next)


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
    yield from _given(item.id, item.attributes, asked)


def _given(what: str, answers: Mapping[str, str], asked: Mapping[str, Attribute]) -> Iterator[str]:
    for name, answer in sorted(answers.items()):
        if name not in asked:
            yield f"{what}: {name} is not asked here"
        elif asked[name].options and answer not in asked[name].choices:
            yield f"{what}: {answer!r} is no answer to {name}"


def links_problems(story: StoryLinks, articles: Mapping[str, Article], ontology: Ontology) -> Iterator[str]:
    """What across the articles of a story does not fit, one sentence each."""
    if ontology.links is None:
        yield "the ontology has no links"
        return
    for passage in (*story.mentions, *story.claims):
        article = articles.get(passage.article_id)
        if article is None:
            yield f"{passage.key}: no such article"
        elif article.story_id != story.story_id:
            yield f"{passage.key}: the article is of {article.story_id or 'no story'}"
        elif article.text[passage.start : passage.end] != passage.text:
            yield f"{passage.key} is not {passage.text!r}"
    for mention in story.mentions:
        unknown = [label for label in mention.labels if label not in ontology.mention_types]
        yield from (f"{mention.key}: {label} is no entity or value type" for label in unknown)
    yield from _entities(story.entities, {mention.key for mention in story.mentions}, ontology)
    claims = {claim.key: claim.article_id for claim in story.claims}
    for link in story.links:
        yield from _claim_link(link, claims, ontology)
    twice = [key for key, count in Counter(link.key for link in story.links).items() if count > 1]
    yield from (f"{key}: linked twice" for key in twice)


def _entities(entities: Iterable[Entity], mentions: set[str], ontology: Ontology) -> Iterator[str]:
    ids: set[str] = set()
    placed: set[str] = set()
    for entity in entities:
        if entity.id in ids:
            yield f"{entity.id}: two entities have this id"
        if entity.type not in ontology.linked_types:
            yield f"{entity.id}: {entity.type} is no type that is linked"
        for key in entity.mentions:
            if key not in mentions:
                yield f"{entity.id}: there is no mention {key}"
            elif key in placed:
                yield f"{entity.id}: {key} is of another entity too"
            placed.add(key)
        ids.add(entity.id)


def _claim_link(link: ClaimLink, claims: Mapping[str, str], ontology: Ontology) -> Iterator[str]:
    kind = ontology.claim_link_types.get(link.type)
    if kind is None:
        yield f"{link.key}: {link.type} is no type of claim links"
        return
    yield from (f"{link.key}: there is no claim {end}" for end in (link.head, link.tail) if end not in claims)
    if link.head in claims and claims[link.head] == claims.get(link.tail):
        yield f"{link.key}: both claims are of one article"
    if kind.symmetric and link.head > link.tail:
        yield f"{link.key}: {link.type} has no direction, and its head is not the claim whose key sorts first"
    yield from _given(link.key, link.attributes, {attribute.name: attribute for attribute in kind.attributes})


def _whose(record: Annotation | Gold) -> str:
    return record.annotator if isinstance(record, Annotation) else "gold"
