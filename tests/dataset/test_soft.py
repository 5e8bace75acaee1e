from __future__ import annotations

import pytest
from small_world import HARBOUR, make_article, make_ontology, mention, vote

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Mention, Origin, Relation
from toolkit.dataset.soft import NOT_ASKED, soft_labels
from toolkit.gold.resolve import resolve

ONTOLOGY = make_ontology()
GRAMMAR = Grammar(ONTOLOGY)
ARTICLE = make_article("a1", HARBOUR)


def works(*everybody: tuple[Mention, ...]) -> list[Annotation]:
    return [vote(ARTICLE, f"ann-{letter}", mentions=own) for letter, own in zip("abcd", everybody, strict=False)]


def ali(id: str, label: str = "PERSON", **more: object) -> Mention:
    return mention(HARBOUR, id, "Ali", label, **more)


def test_labels_are_shares_of_those_who_were_asked() -> None:
    voted = works((ali("x"),), (ali("y"),), (ali("z", "ORGANIZATION"),), ())
    (gold,) = resolve(voted[:2], ONTOLOGY).gold
    soft = soft_labels(voted, gold, GRAMMAR)
    assert len({*soft.spans.values()}) == 1
    one = soft.spans["ann-c", "z"]
    assert (one.asked, one.found) == (4, 0.75)
    assert one.labels == (("ORGANIZATION", 0.25), ("PERSON", 0.5))


def test_the_name_is_the_gold_item_s_where_it_became_one() -> None:
    voted = works((ali("x"), mention(HARBOUR, "t", "Tripoli", "GPE")), (ali("y"),), (ali("z"),))
    (gold,) = resolve(voted, ONTOLOGY).gold
    soft = soft_labels(voted, gold, GRAMMAR)
    assert {soft.spans[who, id].item for who, id in (("ann-a", "x"), ("ann-b", "y"), ("ann-c", "z"))} == {
        gold.mentions[0].id
    }
    assert soft.spans["ann-a", "t"].item == "ann-a/t"  # voted down: no gold item has that name
    assert {item.id for item in gold.mentions} == {soft.spans["ann-a", "x"].item}


def test_answers_are_shares_of_those_who_marked_it() -> None:
    voted = works((ali("x", attributes={"level": "nominal"}),), (ali("y"),), ())
    soft = soft_labels(voted, None, GRAMMAR).spans["ann-a", "x"]
    assert soft.answers == (("level", "named", 0.5), ("level", "nominal", 0.5))  # "named" is the default
    assert soft.labels == (("PERSON", pytest.approx(2 / 3)),)


def test_claims_and_relations_have_them_too() -> None:
    quote = "“30\u00a0migrants” were rescued"
    start = HARBOUR.index(quote)
    people = (ali("m1"), mention(HARBOUR, "m2", "Omar", "PERSON"))

    def said(answer: str) -> tuple[Claim, ...]:
        answers = {"attribution": "narrator", "check_worthy": answer}
        return (Claim(id="c", start=start, end=start + len(quote), text=quote, attributes=answers),)

    voted = [
        vote(ARTICLE, "ann-a", mentions=people, claims=said("yes"), relations=(met := relation("met_with"),)),
        vote(ARTICLE, "ann-b", mentions=people, claims=said("no"), relations=(met,)),
        vote(ARTICLE, "ann-c", mentions=people),
    ]
    soft = soft_labels(voted, None, GRAMMAR)
    claim = soft.spans["ann-b", "c"]
    assert (claim.asked, claim.found, claim.labels) == (3, pytest.approx(2 / 3), ())
    assert ("check_worthy", "no", 0.5) in claim.answers
    assert soft.relations["ann-a", met].labels == (("met_with", pytest.approx(2 / 3)),)


def relation(type: str) -> Relation:
    return Relation(type=type, head="m1", tail="m2")


def test_who_passed_an_article_over_was_not_asked() -> None:
    voted = [*works((ali("x"),)), vote(ARTICLE, "ann-z", skipped=True)]
    assert soft_labels(voted, None, GRAMMAR).spans["ann-a", "x"].found == 1


def test_context_and_doubled_work_have_none() -> None:
    shown = ali("x", origin=Origin.CONTEXT)
    assert soft_labels(works((shown,), (ali("y"),)), None, GRAMMAR).spans.get(("ann-a", "x"), NOT_ASKED) is NOT_ASKED
    twice = [*works((ali("x"),)), *works((ali("y"),))]
    assert not soft_labels(twice, None, GRAMMAR).spans
    assert not soft_labels([], None, GRAMMAR).spans
