"""What holds of the gold of every article, whatever its annotators did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from compare.works import GRAMMAR, ONTOLOGY, TEXT, mixed, own, random_work, seeds, shuffled, told, works
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sweep import examples

from toolkit.annotations.codec import decode, encode
from toolkit.annotations.merge import merge
from toolkit.annotations.model import Annotation, Claim, Origin, SpanItem
from toolkit.files import to_json
from toolkit.gold.compare.claims import ROLES
from toolkit.gold.compare.ends import Link
from toolkit.gold.model import Gold, Provenance, Resolution, Vote, relation_key
from toolkit.gold.resolve import Resolved, resolve
from toolkit.project import LAYERS, GoldSettings, Layer

RULES = ("unanimous", "majority", "dawid-skene", "mace")
law = settings(max_examples=examples(60))
rules = st.sampled_from(RULES).map(lambda rule: GoldSettings(rule=rule, confidence=0.6))
articles = st.one_of(works(*"ab"), works(*"abc"), works(*"abcd"), works(*"abcde"))
Works = tuple[Annotation, ...]


def settled(found: Resolved) -> Gold:
    (gold,) = (*found.gold, *found.open)
    return gold


def spans(gold: Gold) -> list[tuple[str, SpanItem]]:
    parts: tuple[tuple[str, Iterable[SpanItem]], ...] = (
        ("mention", gold.mentions),
        ("cue", gold.cues),
        ("claim", gold.claims),
    )
    return [(kind, item) for kind, items in parts for item in items]


def said(gold: Gold) -> list[tuple[str, tuple[Vote, ...]]]:
    """Everything that was voted on, by its kind."""
    whys = [(kind, gold.provenance[item.id]) for kind, item in spans(gold) if item.id in gold.provenance]
    whys += [("relation", gold.provenance[relation_key(link)]) for link in gold.relations]
    left = [(one.kind, one.votes) for one in (*gold.differences, *gold.voted_down)]
    return [*((kind, why.votes) for kind, why in whys), *left]


def facts(gold: Gold) -> dict[str, Any]:
    """All that the gold says, without ids."""
    named = {item.id: item for _, item in spans(gold)}

    def whole(item: SpanItem) -> tuple[Any, ...]:
        ends = tuple(tuple(sorted(told(named[id]) for id in getattr(item, role))) for role in _roles(item))
        return *told(item), ends

    def why(one: Provenance | None) -> tuple[Any, ...]:
        return (one.resolution.value, one.support, one.voters, *votes(one.votes)) if one else ()

    def votes(those: Iterable[Vote]) -> list[tuple[str, str]]:
        return sorted((vote.annotator, to_json(vote.value)) for vote in those)

    links = (
        (Link(one, named[one.head], named[one.tail]), gold.provenance[relation_key(one)]) for one in gold.relations
    )
    return {
        "article": (gold.resolution, gold.layers, gold.annotators, gold.voters),
        "spans": sorted((kind, whole(item), why(gold.provenance.get(item.id))) for kind, item in spans(gold)),
        "relations": sorted((told(link), why(one)) for link, one in links),
        "open": sorted(
            (one.kind, one.reason, votes(one.votes), sorted((model, it[0], round(it[1], 5)) for model, it in suggested))
            for one in gold.differences
            for suggested in [one.suggested.items()]
        ),
        "down": sorted((one.kind, why(one)) for one in gold.voted_down),
    }


def _roles(item: SpanItem) -> tuple[str, ...]:
    return ROLES if isinstance(item, Claim) else ()


@given(articles, rules, seeds)
@law
def test_the_order_of_annotations_and_items_does_not_matter(article: Works, rule: GoldSettings, random: Random) -> None:
    found = resolve(article, ONTOLOGY, rule)
    for order in (article[::-1], random.sample(article, len(article))):
        assert resolve([mixed(work, random) for work in order], ONTOLOGY, rule) == found


@given(articles, rules, seeds)
@law
def test_ids_do_not_matter(article: Works, rule: GoldSettings, random: Random) -> None:
    other = resolve([shuffled(work, random) for work in article], ONTOLOGY, rule)
    assert facts(settled(other)) == facts(settled(resolve(article, ONTOLOGY, rule)))


@given(st.lists(works(*"ab"), min_size=2, max_size=3), st.sampled_from(["unanimous", "majority"]))
@law
def test_articles_do_not_matter_to_each_other(many: list[Works], rule: str) -> None:
    """Models learn from all of them; the other rules do not."""
    settings = GoldSettings.model_validate({"rule": rule})
    named = [
        [work.model_copy(update={"article_id": f"article {number}"}) for work in article]
        for number, article in enumerate(many)
    ]
    together = resolve([work for article in named for work in article], ONTOLOGY, settings)
    apart = [resolve(article, ONTOLOGY, settings) for article in named]
    for part in ("gold", "open"):
        assert [_unsuggested(one) for one in getattr(together, part)] == [
            _unsuggested(one) for found in apart for one in getattr(found, part)
        ]


def _unsuggested(gold: Gold) -> Gold:
    return gold.model_copy(
        update={"differences": tuple(one.model_copy(update={"suggested": {}}) for one in gold.differences)}
    )


@given(seeds.map(random_work), st.integers(2, 5), rules, seeds)
@law
def test_who_all_do_the_same_are_unanimous(work: Annotation, number: int, rule: GoldSettings, random: Random) -> None:
    work = merge([work], GRAMMAR).annotation  # as work is collected: no context beside an equal span
    article = [shuffled(work, random).model_copy(update={"annotator": f"annotator {one}"}) for one in range(number)]
    (gold,) = resolve(article, ONTOLOGY, rule).gold
    assert gold.resolution is Resolution.UNANIMOUS
    assert all(
        (why.resolution, why.support, why.voters) == (Resolution.UNANIMOUS, number, number) for why in whys(gold)
    )
    assert (gold.differences, gold.voted_down) == ((), ())
    alone = settled(resolve([work.model_copy(update={"annotator": "one"})], ONTOLOGY))
    assert sorted(content(gold)) == sorted(content(alone))


def whys(gold: Gold) -> list[Provenance]:
    return list(gold.provenance.values())


def content(gold: Gold) -> list[tuple[Any, ...]]:
    """The items alone, without ids and reasons."""
    named = {item.id: item for _, item in spans(gold)}
    links = [told(Link(link, named[link.head], named[link.tail])) for link in gold.relations]
    ends = [
        (told(item), role, sorted(told(named[id]) for id in getattr(item, role)))
        for _, item in spans(gold)
        for role in _roles(item)
    ]
    return [(repr(one),) for one in (*(told(item) for _, item in spans(gold)), *links, *ends)]


@given(articles)
@law
def test_nothing_contested_is_gold_where_all_must_agree(article: Works) -> None:
    gold = settled(resolve(article, ONTOLOGY, GoldSettings(rule="unanimous")))
    for why in whys(gold):
        assert why.support == why.voters
        assert why.resolution in (Resolution.UNANIMOUS, Resolution.SINGLE)
        values = [vote.value or {} for vote in why.votes]
        assert all(value for value in values)
        assert (
            len(
                {
                    to_json([value.get(key) for key in ("start", "end", "labels", "type", "modality")])
                    for value in values
                }
            )
            == 1
        )
        assert (
            len({(answers(value, "level"), answers(value, "kind"), answers(value, "attribution")) for value in values})
            == 1
        )
    assert gold.voted_down == ()


def answers(value: Mapping[str, Any], question: str) -> str:
    """What a vote answers; the level has a default, which is also what no answer means."""
    asked = question == "level" and {"PERSON", "GPE"} & set(value.get("labels", ()))
    return str(value.get("attributes", {}).get(question, "named" if asked else ""))


@given(articles)
@law
def test_the_majority_said_exactly_this(article: Works) -> None:
    gold = settled(resolve(article, ONTOLOGY, GoldSettings(rule="majority")))
    for why in whys(gold):
        assert 2 * why.support > why.voters
        assert why.support < why.voters or why.resolution in (
            Resolution.UNANIMOUS,
            Resolution.SINGLE,
            Resolution.MAJORITY,  # of the answers about it
        )
        assert why.resolution is not Resolution.UNANIMOUS or why.support == why.voters
    for down in gold.voted_down:
        assert 2 * down.support > down.voters
        assert down.support == sum(vote.value is None for vote in down.votes)
        assert len(down.votes) == down.voters


@given(articles, rules)
@law
def test_every_vote_is_kept_once(article: Works, rule: GoldSettings) -> None:
    gold = settled(resolve(article, ONTOLOGY, rule))
    layer_of: Mapping[str, Layer] = {
        "mention": "entities",
        "cue": "claims",
        "claim": "claims",
        "relation": "relations",
    }
    voted = Counter(
        (kind, vote.annotator, vote.item or to_json(vote.value))
        for kind, votes in said(gold)
        for vote in votes
        if vote.value is not None
    )
    drawn: Counter[tuple[str, str, str]] = Counter()
    for work in article:
        named = {item.id: item for item in work.spans()}
        parts = (("mention", work.mentions), ("cue", work.cues), ("claim", work.claims))
        for kind, items in parts:
            if layer_of[kind] in work.layers:
                drawn.update((kind, work.annotator, item.id) for item in own(items))
        if "relations" in work.layers:
            drawn.update(("relation", work.annotator, to_json(value(link, named))) for link in work.relations)
    assert voted == drawn
    for kind, votes in said(gold):
        asked = {work.annotator for work in article if layer_of[kind] in work.layers}
        assert {vote.annotator for vote in votes} == asked


def value(link: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    ends = {
        end: {"start": one.start, "end": one.end, "labels": list(one.labels)}
        for end, one in (("head", named[link.head]), ("tail", named[link.tail]))
    }
    return {"type": link.type, "modality": link.modality, **ends}


@given(articles, rules)
@law
def test_the_gold_hangs_together(article: Works, rule: GoldSettings) -> None:
    found = resolve(article, ONTOLOGY, rule)
    gold = settled(found)
    named = [item.id for _, item in spans(gold)]
    assert len(set(named)) == len(named)
    ends = {item.id for kind, item in spans(gold) if kind != "claim"}
    linked = [end for link in gold.relations for end in (link.head, link.tail)]
    linked += [id for claim in gold.claims for role in ROLES for id in getattr(claim, role)]
    assert {*linked} <= ends
    assert all(link.head != link.tail for link in gold.relations)
    context = {item.id for _, item in spans(gold) if item.origin is Origin.CONTEXT}
    assert gold.provenance.keys() == {*named} - context | {relation_key(link) for link in gold.relations}
    assert context <= {*linked} or gold.differences
    assert (gold in found.gold) == (not gold.differences) == (found.awaiting == ())
    parts = {name: getattr(gold, name) for name in ("mentions", "cues", "claims", "relations")}
    assert decode(encode(article[0].model_copy(update=parts), ONTOLOGY), TEXT, ONTOLOGY).rejected == ()


@given(articles, st.sampled_from(["dawid-skene", "mace"]), st.floats(0.51, 1.0))
@law
def test_what_a_model_is_not_sure_of_is_left_open(article: Works, model: str, confidence: float) -> None:
    gold = settled(resolve(article, ONTOLOGY, GoldSettings(rule=model, confidence=confidence)))
    allowed = {Resolution.UNANIMOUS, Resolution.SINGLE, Resolution.MAJORITY, Resolution(model)}
    assert {why.resolution for why in (*whys(gold), *gold.voted_down)} <= allowed
    asked = {"presence", "label", "type", "modality", "level", "attribution", "kind"}
    for difference in gold.differences:
        assert (difference.reason in asked) == bool(difference.suggested)
        if difference.reason in asked:
            assert difference.suggested[model][1] < confidence


@given(works(*"abc"), rules, st.sampled_from(LAYERS), st.sampled_from(range(3)))
@law
def test_the_truth_wins(article: Works, rule: GoldSettings, layer: Layer, number: int) -> None:
    truth = article[number]
    assume(layer in truth.layers)
    marked = truth.model_copy(update={"ground_truth": (layer,)})
    gold = settled(resolve([*article[:number], marked, *article[number + 1 :]], ONTOLOGY, rule))
    kinds = {"entities": {"mention"}, "relations": {"relation"}, "claims": {"claim", "cue"}}[layer]
    parts = {"entities": (truth.mentions,), "relations": (), "claims": (truth.cues, truth.claims)}[layer]
    assert {one.reason for one in gold.differences if one.kind in kinds} <= {"end-open", "end-missing", "end-type"}
    assert {one.resolution for one in gold.voted_down if one.kind in kinds} <= {
        Resolution.GROUND_TRUTH,
        Resolution.SINGLE,
    }
    left = {
        vote.item
        for one in gold.differences
        for vote in one.votes
        if one.kind in kinds and vote.annotator == truth.annotator
    }
    there = sorted(told(item) for kind, item in spans(gold) if kind in kinds and item.origin is not Origin.CONTEXT)
    assert there == sorted(told(item) for part in parts for item in own(part) if item.id not in left)
    for kind, item in spans(gold):
        if kind in kinds and item.id in gold.provenance and gold.voters > 1:
            assert gold.provenance[item.id].resolution in (Resolution.GROUND_TRUTH, Resolution.SINGLE)


@given(seeds, rules)
@law
def test_layers_that_have_one_annotator_each_are_put_together(random: Random, rule: GoldSettings) -> None:
    """Everybody worked on the same spans, and each was asked for one layer."""
    work = random_work(random)
    kept = work.model_copy(update={"mentions": tuple(own(work.mentions)), "cues": tuple(own(work.cues))})
    there = {item.id for item in (*kept.mentions, *kept.cues)}
    assume({item.id for item in (*work.mentions, *work.cues)} == there)
    article = [shuffled(kept, random).model_copy(update={"annotator": layer, "layers": (layer,)}) for layer in LAYERS]
    found = resolve(article, ONTOLOGY, rule)
    gold = settled(found)
    assert gold.differences == gold.voted_down == ()
    assert {why.resolution for why in whys(gold)} <= {Resolution.SINGLE}
    assert gold.layers == LAYERS
    assert gold.annotators == tuple(sorted(LAYERS))
