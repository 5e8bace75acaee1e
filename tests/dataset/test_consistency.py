from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_world import HARBOUR, World, make_article

from toolkit.annotations.model import Annotation, Claim, Mention, Relation
from toolkit.dataset.consistency import problems, require
from toolkit.errors import BadInputError
from toolkit.gold.resolve import resolve

Change = Callable[[Annotation], dict[str, Any]]


def first_mention(vote: Annotation, **changes: Any) -> dict[str, Any]:
    return {"mentions": (vote.mentions[0].model_copy(update=changes), *vote.mentions[1:])}


def first_claim(vote: Annotation, **changes: Any) -> dict[str, Any]:
    return {"claims": (vote.claims[0].model_copy(update=changes),)}


def test_the_small_world_fits(world: World) -> None:
    require([*world.votes, *resolve(world.votes, world.ontology).gold], world.articles, world.ontology)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda v: {"text_sha256": "0" * 64}, "another text"),
        (lambda v: first_mention(v, text="Omar"), "m1: [0:3] is not 'Omar'"),
        (lambda v: first_mention(v, end=10_000), "m1: [0:10000] is not 'Ali'"),
        (lambda v: first_mention(v, labels=("CAT",)), "m1: CAT is no entity or value type"),
        (lambda v: first_mention(v, attributes={"number": "3"}), "m1: number is not asked here"),
        (lambda v: first_mention(v, attributes={"level": "loud"}), "m1: 'loud' is no answer to level"),
        (lambda v: {"mentions": (*v.mentions, v.mentions[0])}, "two items have one id"),
        (lambda v: {"relations": (Relation(type="eats", head="m1", tail="m4"),)}, "eats is no relation type"),
        (lambda v: {"relations": (Relation(type="met_with", head="m1", tail="m9"),)}, "there is no mention m9"),
        (lambda v: {"relations": (Relation(type="met_with", head="m1", tail="m2"),)}, "m2 is GPE, not PERSON"),
        (
            lambda v: {"relations": (Relation(type="met_with", head="m1", tail="m4", modality="loud"),)},
            "met_with: loud is no modality",
        ),
        (lambda v: first_claim(v, claimants=("m2",)), "claimed_by: m2 is GPE, not PERSON or ORGANIZATION"),
        (lambda v: first_claim(v, values=("m1",)), "has_quantity: m1 is PERSON, not QUANTITY"),
        (
            lambda v: {"cues": (v.cues[0].model_copy(update={"attributes": {"level": "named"}}),)},
            "q1: level is not asked here",
        ),
        (lambda v: first_claim(v, cues=("q9",)), "c1: there is no cue q9"),
        (lambda v: first_claim(v, attributes={"polarity": "both"}), "c1: 'both' is no answer to polarity"),
    ],
)
def test_what_does_not_fit_is_named(world: World, change: Change, problem: str) -> None:
    vote = world.votes[0]
    changed = vote.model_copy(update=change(vote))
    assert any(problem in found for found in problems(changed, world.articles["a1"], world.ontology))


def test_an_unknown_article(world: World) -> None:
    assert list(problems(world.votes[0], None, world.ontology)) == ["no such article"]


def test_claims_need_an_ontology_with_claims(world: World, ontology_with: Callable[..., Any]) -> None:
    bare = ontology_with(claims=None, relations=[])
    claim = Claim(id="c", start=0, end=3, text="Ali")
    vote = world.votes[0].model_copy(update={"claims": (claim,), "relations": ()})
    found = list(problems(vote, world.articles["a1"], bare))
    assert found == ["q1: the ontology has no cues", "c: the ontology has no claims"]


def test_the_error_counts_and_shows_the_first(world: World) -> None:
    mentions = tuple(Mention(id=f"m{n}", start=0, end=3, text="Eva", labels=("PERSON",)) for n in range(9))
    vote = world.votes[0].model_copy(update={"mentions": mentions, "claims": (), "relations": ()})
    with pytest.raises(BadInputError, match="the articles: 9") as caught:
        require([vote], {"a1": make_article("a1", HARBOUR)}, world.ontology)
    assert "a1, annotator-7f: m0: [0:3] is not 'Eva'" in caught.value.message
    assert "and 4 more" in caught.value.message
    assert "goldkit check" in caught.value.next
