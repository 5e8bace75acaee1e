"""A small ontology and article, and strategies for arbitrary ones with annotations that keep every rule."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from toolkit.annotations.codec import Codec
from toolkit.annotations.decode import in_text
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation
from toolkit.annotations.relate import in_order
from toolkit.articles.model import Article, text_digest
from toolkit.ontology.model import ASSERTED, Attribute, Claims, Ontology, Option, RelationType, SpanType

COLOUR = "#336699"


def attribute(name: str, *options: str, **rest: Any) -> Attribute:
    return Attribute(
        name=name, definition=name, options=tuple(Option(name=one, definition=one) for one in options), **rest
    )


def span_type(name: str, *attributes: Attribute) -> SpanType:
    return SpanType(name=name, definition=name, colour=COLOUR, attributes=attributes)


def relation_type(name: str, head: tuple[str, ...], tail: tuple[str, ...], *, symmetric: bool = False) -> RelationType:
    return RelationType(name=name, definition=name, head=head, tail=tail, symmetric=symmetric)


SMALL = Ontology(
    name="small",
    version="1.0.0",
    entities=(span_type("PERSON"), span_type("GPE"), span_type("EVENT")),
    values=(
        span_type("QUANTITY", attribute("number", pattern=r"\d+")),
        span_type("RANK", attribute("grade", required=True)),
    ),
    mention_attributes=(attribute("level", "named", "nominal"),),
    relations=(
        relation_type("located_in", ("PERSON", "EVENT"), ("GPE",)),
        relation_type("knows", ("PERSON",), ("PERSON",), symmetric=True),
        relation_type("has_quantity", ("EVENT", "CLAIM"), ("QUANTITY",)),
    ),
    modality=attribute("modality", "asserted", "negated", "hypothetical"),
    claims=Claims(
        content=span_type("CLAIM", attribute("attribution", "direct", "narrator", required=True)),
        cue=span_type("CUE"),
        claimant=relation_type("claimant", ("CLAIM",), ("PERSON",)),
        cued_by=relation_type("cued_by", ("CLAIM",), ("CUE",)),
        value="has_quantity",
        no_claimant=("narrator",),
    ),
)


def article(text: str, article_id: str = "one") -> Article:
    return Article(article_id=article_id, text=text, text_sha256=text_digest(text))


PIECES = [
    "a",
    "Rome",
    " ",
    "  ",
    "\n",
    "\t",
    "\u00a0",
    "\u200b",
    "\u2028",
    "😀",
    "👩\u200d👧",
    "e\u0301",
    "السلام",
    "ل\u0651",
    "中",
    "&amp;",
]
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map("".join)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
metas = st.dictionaries(st.text(max_size=4).filter(lambda key: key != "goldkit"), json_values, max_size=2)


@st.composite
def ontologies(draw: st.DrawFn) -> Ontology:
    """Any valid ontology: names from one pool, so that each is used once."""
    pool = iter(draw(st.permutations([f"{letter}{number}" for letter in string.ascii_letters for number in (1, 2)])))

    def asked(*, required: bool = False) -> Attribute:
        options = [next(pool) for _ in range(draw(st.sampled_from([0, 2])))]
        pattern = None if options else draw(st.sampled_from([None, r"\d+"]))
        return attribute(next(pool), *options, required=required, pattern=pattern)

    def types(least: int) -> tuple[SpanType, ...]:
        count = draw(st.integers(least, 3))
        return tuple(span_type(next(pool), *([asked()] if draw(st.booleans()) else [])) for _ in range(count))

    entities, values = types(1), types(0)
    mentions = [one.name for one in (*entities, *values)]
    ends = st.lists(st.sampled_from(mentions), min_size=1, unique=True).map(tuple)
    relations = [
        relation_type(next(pool), draw(ends), draw(ends), symmetric=draw(st.booleans()))
        for _ in range(draw(st.integers(0, 3)))
    ]
    claims = None
    if draw(st.booleans()):
        content, cue = span_type(next(pool), asked(required=True), asked()), span_type(next(pool))
        value = None
        if draw(st.booleans()):
            value = next(pool)
            heads = (content.name, *draw(st.sampled_from([(), tuple(mentions[:1])])))
            relations.append(relation_type(value, heads, draw(ends)))
        claims = Claims(
            content=content,
            cue=cue,
            claimant=relation_type(next(pool), (content.name,), draw(ends)),
            cued_by=relation_type(next(pool), (content.name,), (cue.name,)),
            value=value,
        )
    return Ontology(
        name="any",
        version="1.0.0",
        entities=entities,
        values=values,
        mention_attributes=(asked(),) if draw(st.booleans()) else (),
        relations=tuple(relations),
        modality=attribute(next(pool), ASSERTED, next(pool), next(pool)) if draw(st.booleans()) else None,
        claims=claims,
    )


@st.composite
def annotations(draw: st.DrawFn, ontology: Ontology, text: str, *, context: bool = True) -> Annotation:
    """An annotation of ``text`` that keeps every rule: overlapping, nested, identical spans and several labels too."""
    ids = iter(draw(st.lists(st.text(min_size=1, max_size=3), min_size=14, max_size=14, unique=True)))
    origins = st.sampled_from([one for one in Origin if context or one is not Origin.CONTEXT])

    def item(*labels: str) -> dict[str, Any]:
        start, end = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True)))
        questions = {name: asked for label in labels for name, asked in ontology.attributes_of(label).items()}
        answers = {
            name: draw(st.sampled_from(asked.choices) if asked.options else st.text(min_size=1, max_size=3))
            for name, asked in questions.items()
            if asked.required or draw(st.booleans())
        }
        return {
            "id": next(ids),
            "start": start,
            "end": end,
            "text": text[start:end],
            "attributes": answers,
            "origin": draw(origins),
            "score": draw(st.none() | st.floats(0, 1)),
            "meta": draw(metas),
        }

    label_sets = st.lists(st.sampled_from([*ontology.mention_types]), min_size=1, max_size=2, unique=True)
    mentions = []
    for _ in range(draw(st.integers(0, 5))):
        labels = tuple(sorted(draw(label_sets)))
        mentions.append(Mention(labels=labels, **item(*labels)))
    cues: list[Cue] = []
    claims: list[Claim] = []
    if ontology.claims:
        cues = [Cue(**item(ontology.claims.cue.name)) for _ in range(draw(st.integers(0, 2)))]
        value = ontology.relation_types.get(ontology.claims.value or "")

        def linked(tail: tuple[str, ...]) -> tuple[str, ...]:
            return some([one.id for one in mentions if set(one.labels) & set(tail)])

        def some(choices: list[str]) -> tuple[str, ...]:
            return tuple(sorted(draw(st.sets(st.sampled_from(choices))))) if choices else ()

        for _ in range(draw(st.integers(0, 3))):
            claims.append(
                Claim(
                    claimants=linked(ontology.claims.claimant.tail),
                    cues=some([cue.id for cue in cues]),
                    values=linked(value.tail) if value else (),
                    **item(ontology.claims.content.name),
                )
            )
    return Annotation(
        article_id="one",
        text_sha256=text_digest(text),
        annotator="ann",
        ontology_version=ontology.version,
        mentions=tuple(sorted(mentions, key=in_text)),
        cues=tuple(sorted(cues, key=in_text)),
        claims=tuple(sorted(claims, key=in_text)),
        relations=draw(_relations(ontology, mentions)),
    )


@st.composite
def _relations(draw: st.DrawFn, ontology: Ontology, mentions: list[Mention]) -> tuple[Relation, ...]:
    possible = [
        (kind, head, tail)
        for kind in ontology.relations
        for head in mentions
        for tail in mentions
        if head is not tail and kind.joins(head.labels, tail.labels)
    ]
    if not possible:
        return ()
    kept: dict[tuple[str, ...], Relation] = {}
    for kind, head, tail in draw(st.lists(st.sampled_from(possible), max_size=5)):
        modality = draw(st.sampled_from([ASSERTED, *ontology.modalities]))
        ends = sorted((head.id, tail.id)) if kind.symmetric else [head.id, tail.id]
        relation = Relation(type=kind.name, head=head.id, tail=tail.id, modality=modality)
        kept.setdefault((kind.name, *ends, modality), relation)
    return in_order(kept.values())


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Ontology, str, Annotation]:
    """An ontology, a text, and an annotation of it."""
    ontology, text = draw(ontologies()), draw(texts)
    return ontology, text, draw(annotations(ontology, text))


@st.composite
def broken_results(draw: st.DrawFn, ontology: Ontology, text: str) -> list[Any]:
    """Elements put together at random, and a valid result, damaged in several places."""
    loose = _loose(ontology, text)
    result: list[Any] = draw(st.lists(loose, max_size=8))
    if draw(st.booleans()):
        result += Codec(ontology).encode(draw(annotations(ontology, text)))
    for _ in range(draw(st.integers(0, 5)) if result else 0):
        at = draw(st.integers(0, len(result) - 1))
        what = draw(st.sampled_from(["repeat", "junk", "loose", "change", "change", "change"]))
        if what == "repeat":
            result.append(result[at])
        elif what == "junk" or not isinstance(result[at], dict):
            result.insert(at, draw(json_values))
        elif what == "loose":
            result[at] = {**result[at], **draw(loose)}
        else:
            result[at] = _changed(draw, result[at])
    return result


def _loose(ontology: Ontology, text: str) -> st.SearchStrategy[dict[str, Any]]:
    """Elements that look right each, and need not go together."""
    ids = st.sampled_from(["a", "b", "c", "d"])
    spans = [(start, end) for start in range(len(text)) for end in range(start + 1, min(len(text), start + 4) + 1)]
    span = st.sampled_from(spans + spans + [(0, 0), (3, 1), (-1, 2), (0, len(text) + 1), (len(text), len(text) + 2)])
    quotes = st.sampled_from(["", "Rome", "a", *text.split()])
    metas = st.sampled_from([{}, {"goldkit": {"context": True}}, {"goldkit": 1}])

    def region(control: str, labels: list[str]) -> st.SearchStrategy[dict[str, Any]]:
        chosen = st.lists(st.sampled_from(labels), min_size=1, max_size=2)
        quoted = st.fixed_dictionaries({"labels": chosen}, optional={"text": quotes})
        value = st.builds(lambda rest, span: rest | {"start": span[0], "end": span[1]}, quoted, span)
        return _element(control, "labels", value, id=ids, meta=metas)

    controls = [region("entities", [*ontology.mention_types, "NOPE"]), region("else", ["NOPE"])]
    if ontology.claims:
        controls.append(region("claims", [ontology.claims.content.name, ontology.claims.cue.name]))
    questions = {name: one for label in ontology.spans for name, one in ontology.attributes_of(label).items()}
    answers = [
        _element(name, "choices", _of("choices", st.lists(st.sampled_from([*one.choices, "NOPE"]), max_size=2)), id=ids)
        if one.options
        else _element(name, "textarea", _of("text", st.sampled_from(["1", "one", ["1"], ["1", "2"]])), id=ids)
        for name, one in questions.items()
    ]
    names = st.sampled_from([*(one.name for one in ontology.all_relations), *ontology.modalities, "NOPE"])
    relation = st.fixed_dictionaries(
        {"type": st.just("relation"), "from_id": ids, "to_id": ids, "labels": st.lists(names, min_size=1, max_size=3)},
        optional={"direction": st.sampled_from(["left", "right", "bi"])},
    )
    return st.one_of(relation, *controls, *controls, *answers)


def _of(key: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({key: values})


def _element(
    control: str, kind: str, value: st.SearchStrategy[dict[str, Any]], **rest: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    fixed = {"from_name": st.just(control), "type": st.just(kind), "value": value}
    return st.fixed_dictionaries({**fixed, **rest})


def _changed(draw: st.DrawFn, element: dict[str, Any]) -> dict[str, Any]:
    element = {**element}
    inner = element.get("value")
    if isinstance(inner, dict) and inner and draw(st.booleans()):
        return element | {"value": _changed(draw, inner)}
    key = draw(st.sampled_from(sorted({*element, "meta", "score", "origin", "type"})))
    if draw(st.integers(0, 4)) == 0:
        element.pop(key, None)
    elif key == "type" and draw(st.booleans()):
        element[key] = draw(
            st.sampled_from(["labels", "choices", "textarea", "relation", "hypertextlabels", "taxonomy"])
        )
    else:
        element[key] = draw(json_values)
    return element
