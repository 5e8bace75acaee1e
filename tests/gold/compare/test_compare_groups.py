"""Groups of any number of annotators' items: laws, and cases by hand."""

from __future__ import annotations

from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from sweep import examples

from toolkit.annotations.model import Annotation, Mention, Origin
from toolkit.errors import BadInputError
from toolkit.gold.compare.article import compare
from toolkit.gold.compare.groups import Group, align

from .works import (
    GRAMMAR,
    claim,
    groups,
    mention,
    mixed,
    own,
    random_work,
    relation,
    seeds,
    shuffled,
    told,
    work,
    works,
)

three = works("amina", "boris", "chen")
law = settings(max_examples=examples(150))
Works = tuple[Annotation, ...]


def ids(group: Group[Any]) -> dict[str, str]:
    return {whose: item.id for whose, item in group.items.items()}


@given(three, seeds)
@law
def test_neither_order_nor_ids_matter(article: Works, random: Random) -> None:
    aligned = align(article, GRAMMAR)
    assert all(align(order, GRAMMAR) == aligned for order in permutations(article))
    assert align([mixed(one, random) for one in article], GRAMMAR) == aligned
    assert groups(align([shuffled(one, random) for one in article], GRAMMAR)) == groups(aligned)


@given(three)
@law
def test_every_item_stands_in_one_group(article: Works) -> None:
    aligned = align(article, GRAMMAR)
    for one in article:
        whose = one.annotator

        def listed(groups: Any, part: str, whose: str = whose) -> list[str]:
            return sorted(getattr(group, part)[whose].id for group in groups if whose in getattr(group, part))

        for name, layer in (("mentions", "entities"), ("cues", "claims"), ("claims", "claims")):
            done = [item.id for item in own(getattr(one, name)) if layer in one.layers]
            assert listed(getattr(aligned, name), "items") == sorted(done)
        everything = listed(aligned.mentions, "items") + listed(aligned.mentions, "context")
        assert sorted(everything) == sorted(item.id for item in one.mentions)
        links = [group.items[whose].relation for group in aligned.relations if whose in group.items]
        expected = one.relations if "relations" in one.layers else ()
        assert sorted(map(repr, links)) == sorted(map(repr, expected))


@given(three)
@law
def test_the_spans_of_a_group_share_a_piece_of_text(article: Works) -> None:
    aligned = align(article, GRAMMAR)
    for group in (*aligned.mentions, *aligned.cues, *aligned.claims):
        items = [*group.items.values(), *group.context.values()]
        assert max(item.start for item in items) < min(item.end for item in items)
        assert not group.items.keys() & group.context.keys()


@given(works("amina", "boris"))
@law
def test_two_annotators_groups_are_their_pairs(article: Works) -> None:
    left, right = article
    found, aligned = compare(left, right, GRAMMAR), align(article, GRAMMAR)
    for name, layer in (("mentions", "entities"), ("cues", "claims"), ("claims", "claims")):
        if layer in found.layers:
            pairs = [(pair.left.id, pair.right.id) for pair in getattr(found, name).pairs]
            both = [tuple(ids(group).values()) for group in getattr(aligned, name) if len(group.items) == 2]
            assert sorted(pairs) == sorted(both)
    if "relations" in found.layers:
        cases = [(told(case.left), told(case.right)) for case in found.relations if case.left and case.right]
        together = [tuple(map(told, group.items.values())) for group in aligned.relations if len(group.items) == 2]
        assert sorted(cases) == sorted(together)


@given(seeds)
@law
def test_the_same_work_is_grouped_whole(random: Random) -> None:
    first = random_work(random)
    names = ("amina", "boris", "chen", "dora")
    aligned = align([shuffled(first, random).model_copy(update={"annotator": name}) for name in names], GRAMMAR)
    for group in (*aligned.mentions, *aligned.cues, *aligned.claims):
        members = group.items or group.context
        assert tuple(members) == names
        assert len({told(item) for item in members.values()}) == 1
    for links in aligned.relations:
        assert tuple(links.items) == names
        assert len({(link.relation.type, link.relation.modality) for link in links.items.values()}) == 1


def mentions(annotator: str, *spans: Mention, **rest: Any) -> Annotation:
    return work(annotator, mentions=spans, **rest)


def test_one_place_is_one_group_whatever_the_labels() -> None:
    article = [
        mentions("amina", mention("a", 0, 5, "GPE")),
        mentions("boris", mention("b", 0, 5, "PERSON")),
        mentions("chen", mention("c", 0, 4, "GPE"), mention("d", 8, 9)),
    ]
    assert [ids(group) for group in align(article, GRAMMAR).mentions] == [
        {"amina": "a", "boris": "b", "chen": "c"},
        {"chen": "d"},
    ]


def test_equal_labels_at_one_place_come_together_first() -> None:
    article = [
        mentions("amina", mention("a1", 0, 5, "GPE"), mention("a2", 0, 5, "PERSON")),
        mentions("boris", mention("b", 0, 5, "PERSON")),
        mentions("chen", mention("c", 0, 5, "GPE")),
    ]
    assert [ids(group) for group in align(article, GRAMMAR).mentions] == [
        {"amina": "a1", "chen": "c"},
        {"amina": "a2", "boris": "b"},
    ]


def test_two_halves_of_a_whole_do_not_come_together() -> None:
    article = [
        mentions("amina", mention("a", 0, 4)),
        mentions("boris", mention("b", 0, 10)),
        mentions("chen", mention("c", 4, 10)),
    ]
    assert [ids(group) for group in align(article, GRAMMAR).mentions] == [
        {"amina": "a"},
        {"boris": "b", "chen": "c"},  # 6 of 10 characters, where amina has 4
    ]


@pytest.mark.parametrize("names", list(permutations(("amina", "boris", "chen"))))
def test_of_equal_overlaps_the_first_in_the_text_comes_first_whoever_it_is(names: tuple[str, str, str]) -> None:
    start, middle, end = names
    article = [
        mentions(start, mention("s", 0, 4)),
        mentions(middle, mention("m", 3, 5)),
        mentions(end, mention("e", 4, 8)),
    ]
    assert [ids(group) for group in align(article, GRAMMAR).mentions] == [{start: "s", middle: "m"}, {end: "e"}]


def test_who_was_not_asked_or_passed_is_no_voter() -> None:
    shown = mention("c", 0, 5, origin=Origin.CONTEXT)
    article = [
        mentions("amina", mention("a", 0, 5)),
        mentions("boris"),
        mentions("chen", shown, layers=("claims",), claims=(claim("k", 10, 20, claimants=("c",)),)),
        mentions("dora", skipped=True),
    ]
    aligned = align(article, GRAMMAR)
    assert aligned.asked == {
        "entities": ("amina", "boris"),
        "relations": ("amina", "boris"),
        "claims": ("amina", "boris", "chen"),
    }
    (group,) = aligned.mentions
    assert (ids(group), {whose: item.id for whose, item in group.context.items()}) == ({"amina": "a"}, {"chen": "c"})
    assert [ids(group) for group in aligned.claims] == [{"chen": "k"}]


def related(side: str, *links: tuple[str, str, str]) -> Annotation:
    made = tuple(relation(type, f"{side}{head}", f"{side}{tail}") for type, head, tail in links)
    return mentions(side, mention(f"{side}x", 0, 4), mention(f"{side}y", 10, 14), relations=made)


def types(*article: Annotation) -> list[dict[str, tuple[str, str]]]:
    return [
        {whose: (link.relation.type, link.head.id[1:]) for whose, link in group.items.items()}
        for group in align(article, GRAMMAR).relations
    ]


def test_relations_are_grouped_over_grouped_ends() -> None:
    assert types(
        related("a", ("leads", "x", "y")),
        related("b", ("leads", "x", "y"), ("supports", "x", "y")),
        related("c", ("supports", "x", "y"), ("leads", "y", "x")),
        related("d"),
    ) == [
        {"a": ("leads", "x"), "b": ("leads", "x"), "c": ("leads", "y")},
        {"b": ("supports", "x"), "c": ("supports", "x")},
    ]


def test_what_agrees_comes_together_before_what_does_not() -> None:
    assert types(
        related("a", ("leads", "x", "y")),
        related("b", ("leads", "x", "y"), ("supports", "x", "y")),
        related("c", ("supports", "x", "y")),
    ) == [
        {"a": ("leads", "x"), "b": ("leads", "x")},
        {"b": ("supports", "x"), "c": ("supports", "x")},
    ]


def test_one_annotator_twice_is_refused() -> None:
    with pytest.raises(BadInputError, match="amina has more than one"):
        align([mentions("amina"), mentions("amina")], GRAMMAR)
