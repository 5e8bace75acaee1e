"""Random work of several annotators on one article, and what a comparison says without ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count, permutations
from random import Random
from typing import Any

from annotations.worlds import attribute, relation_type, span_type
from hypothesis import strategies as st

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation, SpanItem
from toolkit.articles.model import text_digest
from toolkit.gold.compare.article import Comparison
from toolkit.gold.compare.ends import Link
from toolkit.gold.compare.groups import Alignment, Group
from toolkit.ontology.model import Claims, Ontology
from toolkit.project import LAYERS

# Short, so that two annotators often mark the same; with four relations of PERSONs, so that these differ in all ways.
TEXT = "abcdef"
ONTOLOGY = Ontology(
    name="small",
    version="1.0.0",
    entities=(span_type("PERSON"), span_type("GPE")),
    values=(span_type("QUANTITY", attribute("number", pattern=r"\d+")),),
    mention_attributes=(attribute("level", "named", "nominal", default="named"),),
    relations=(
        relation_type("leads", ("PERSON",), ("PERSON", "GPE")),
        relation_type("supports", ("PERSON",), ("PERSON",)),
        relation_type("knows", ("PERSON",), ("PERSON",), symmetric=True),
        relation_type("met", ("PERSON",), ("PERSON",), symmetric=True),
        relation_type("has_quantity", ("CLAIM",), ("QUANTITY",)),
    ),
    modality=attribute("modality", "asserted", "negated"),
    claims=Claims(
        content=span_type(
            "CLAIM", attribute("attribution", "direct", "narrator", required=True), attribute("kind", "event", "quote")
        ),
        cue=span_type("CUE"),
        claimant=relation_type("claimed_by", ("CLAIM",), ("PERSON",)),
        cued_by=relation_type("cued_by", ("CLAIM",), ("CUE",)),
        value="has_quantity",
        no_claimant=("narrator",),
    ),
)
GRAMMAR = Grammar(ONTOLOGY)
_BETWEEN_PEOPLE = ("leads", "supports", "knows", "met")
_MODALITIES = ("asserted", "asserted", "negated")
_ROLES = ("claimants", "cues", "values")


_ORIGINS = (*[Origin.MANUAL] * 3, Origin.ACCEPTED, Origin.CHANGED, Origin.CONTEXT)

seeds = st.integers(0, 2**32).map(Random)


def works(*names: str) -> st.SearchStrategy[tuple[Annotation, ...]]:
    """Valid annotations of one article, each at random, or like the first one with some of it changed."""
    return seeds.map(lambda random: tuple(_works(random, names)))


def _works(random: Random, names: Iterable[str]) -> Iterator[Annotation]:
    first = random_work(random)
    for name in names:
        made = disturbed(first, random) if random.random() < 0.6 else random_work(random)
        layers = LAYERS if random.random() < 0.7 else tuple(random.sample(LAYERS, random.randint(1, 3)))
        yield made.model_copy(update={"annotator": name, "layers": layers})


def random_work(random: Random) -> Annotation:
    """A valid annotation, with overlapping, nested and identical spans, several labels on some, and context."""
    ids = map(str, count())

    def spot(*labels: str) -> dict[str, Any]:
        start, end = sorted(random.sample(range(len(TEXT) + 1), 2))
        asked = {name: question for label in labels for name, question in ONTOLOGY.attributes_of(label).items()}
        answers = {
            name: random.choice(question.choices or ("1", "2"))
            for name, question in asked.items()
            if question.required or random.random() < 0.3
        }
        origin = random.choice(_ORIGINS)
        place = {"id": next(ids), "start": start, "end": end, "text": TEXT[start:end]}
        return place | {"attributes": answers, "origin": origin}

    def some(items: Iterable[SpanItem]) -> tuple[str, ...]:
        return tuple(sorted(item.id for item in items if random.random() < 0.4))

    mentions: list[Mention] = []
    for _ in range(random.randrange(7)):
        labels = random.choice([("PERSON",), ("PERSON",), ("GPE",), ("QUANTITY",), ("GPE", "PERSON")])
        mentions.append(Mention(labels=labels, **spot(*labels)))
    people = [mention for mention in mentions if "PERSON" in mention.labels]
    numbers = [mention for mention in mentions if "QUANTITY" in mention.labels]
    cues = [Cue(**spot("CUE")) for _ in range(random.randrange(3))]
    claims = [
        Claim(claimants=some(people), cues=some(cues), values=some(numbers), **spot("CLAIM"))
        for _ in range(random.randrange(4))
    ]
    relations = [
        Relation(type=random.choice(_BETWEEN_PEOPLE), head=one.id, tail=other.id, modality=random.choice(_MODALITIES))
        for one, other in permutations(people, 2)
        if random.random() < 0.3
    ]
    return Annotation(
        article_id="one",
        text_sha256=text_digest(TEXT),
        annotator="",
        ontology_version=ONTOLOGY.version,
        mentions=tuple(mentions),
        cues=tuple(cues),
        claims=tuple(claims),
        relations=tuple(_distinct(relations)),
    )


def disturbed(work: Annotation, random: Random) -> Annotation:
    """The same with new ids, some edges moved, some answers lost, and some relations turned or renamed."""

    def moved(item: SpanItem) -> Any:
        start, end = item.start, item.end
        if random.random() < 0.3:
            start = random.randrange(end)
        kept = random.random() < 0.7 or isinstance(item, Claim)
        attributes = item.attributes if kept else {}
        return item.model_copy(update={"start": start, "text": TEXT[start:end], "attributes": attributes})

    def turned(link: Relation) -> Relation:
        people = all("PERSON" in mention.labels for mention in work.mentions if mention.id in (link.head, link.tail))
        change: dict[str, str] = {}
        if people and random.random() < 0.3:
            change = {"head": link.tail, "tail": link.head}
        elif people and random.random() < 0.3:
            change = {"type": random.choice(_BETWEEN_PEOPLE)}
        elif random.random() < 0.3:
            change = {"modality": random.choice(_MODALITIES)}
        return link.model_copy(update=change)

    changed = work.model_copy(
        update={
            "mentions": tuple(map(moved, work.mentions)),
            "cues": tuple(map(moved, work.cues)),
            "claims": tuple(map(moved, work.claims)),
            "relations": tuple(_distinct(map(turned, work.relations))),
        }
    )
    return shuffled(changed, random)


def _distinct(links: Iterable[Relation]) -> Iterable[Relation]:
    kept: dict[tuple[Any, ...], Relation] = {}
    for link in links:
        symmetric = ONTOLOGY.relation_types[link.type].symmetric
        ends = sorted((link.head, link.tail)) if symmetric else (link.head, link.tail)
        kept.setdefault((link.type, link.modality, *ends), link)
    return kept.values()


def shuffled(work: Annotation, random: Random) -> Annotation:
    """The same work: other ids, in another order."""
    ids = [item.id for item in work.spans()]
    numbers = random.sample(range(100), len(ids))
    new = {id: f"n{number}" for id, number in zip(ids, numbers, strict=True)}

    def named(item: SpanItem) -> Any:
        links = {}
        if isinstance(item, Claim):
            links = {role: tuple(sorted(new[id] for id in getattr(item, role))) for role in _ROLES}
        return item.model_copy(update={"id": new[item.id], **links})

    renamed = work.model_copy(
        update={
            "mentions": tuple(map(named, work.mentions)),
            "cues": tuple(map(named, work.cues)),
            "claims": tuple(map(named, work.claims)),
            "relations": tuple(
                link.model_copy(update={"head": new[link.head], "tail": new[link.tail]}) for link in work.relations
            ),
        }
    )
    return mixed(renamed, random)


def mixed(work: Annotation, random: Random) -> Annotation:
    """The same work in another order."""
    lists = {name: getattr(work, name) for name in ("mentions", "cues", "claims", "relations")}
    return work.model_copy(update={name: tuple(random.sample(items, len(items))) for name, items in lists.items()})


def told(item: SpanItem | Link | None) -> tuple[Any, ...]:
    """What an item is, whatever its id."""
    if item is None:
        return ()
    if isinstance(item, Link):
        return item.relation.type, item.relation.modality, *told(item.head), *told(item.tail)
    labels = item.labels if isinstance(item, Mention) else ()
    return item.start, item.end, labels, item.origin.value, tuple(sorted(item.attributes.items()))


def summary(comparison: Comparison, left: str = "left", right: str = "right") -> dict[str, Any]:
    """All that a comparison says, without ids; with its sides named in the other order, of the swapped comparison."""

    def sides(one: Any) -> tuple[Any, Any]:
        return getattr(one, left), getattr(one, right)

    parts: dict[str, Any] = {"layers": comparison.layers, "sides": sides(comparison)}
    for name in ("mentions", "cues", "claims"):
        matched = getattr(comparison, name)
        parts[name] = sorted(tuple(map(told, sides(pair))) for pair in matched.pairs)
        parts[f"only {name}"] = [sorted(map(told, items)) for items in sides(matched)]
    answers = [*comparison.answers, *(answer for claim in comparison.claim_pairs for answer in claim.answers)]
    parts["answers"] = sorted(
        (one.question, *(str(answer) for answer in sides(one)), *map(told, sides(one.about))) for one in answers
    )
    parts["relations"] = sorted((case.outcome.value, *map(told, sides(case))) for case in comparison.relations)
    parts["roles"] = sorted(
        (
            role.role,
            role.both,
            *(tuple(sorted(map(told, items))) for items in sides(role)),
            *map(told, sides(one.claim)),
        )
        for one in comparison.claim_pairs
        for role in one.roles
    )
    return parts


def groups(aligned: Alignment) -> dict[str, Any]:
    """All that an alignment says, without ids."""
    return {name: sorted(map(_members, getattr(aligned, name))) for name in ("mentions", "cues", "claims", "relations")}


def _members(group: Group[Any]) -> tuple[Any, ...]:
    return tuple(
        tuple(sorted((whose, told(item)) for whose, item in items.items())) for items in (group.items, group.context)
    )


def own(items: Iterable[SpanItem]) -> list[Any]:
    """The items without context."""
    return [item for item in items if item.origin is not Origin.CONTEXT]


def mention(id: str, start: int, end: int, *labels: str, **rest: Any) -> Mention:
    return Mention(id=id, start=start, end=end, text="x", labels=labels or ("PERSON",), **rest)


def claim(id: str, start: int, end: int, attributes: Mapping[str, str] | None = None, **rest: Any) -> Claim:
    return Claim(id=id, start=start, end=end, text="x", attributes=attributes or {"attribution": "direct"}, **rest)


def cue(id: str, start: int, end: int) -> Cue:
    return Cue(id=id, start=start, end=end, text="x")


def relation(type: str, head: str, tail: str, modality: str = "asserted") -> Relation:
    return Relation(type=type, head=head, tail=tail, modality=modality)


def work(annotator: str, **rest: Any) -> Annotation:
    return Annotation(article_id="one", text_sha256="0" * 64, annotator=annotator, ontology_version="1.0.0", **rest)
