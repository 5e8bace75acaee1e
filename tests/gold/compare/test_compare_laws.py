"""What holds of every comparison, whatever two annotators did."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import examples

from toolkit.annotations.codec import decode, encode
from toolkit.annotations.model import Annotation, Mention
from toolkit.gold.compare.article import compare
from toolkit.gold.compare.counts import Tally, confusion, mention_tallies, outcome_tallies, relation_tallies, span_tally
from toolkit.gold.compare.ends import labels
from toolkit.gold.compare.relations import Outcome
from toolkit.gold.compare.spans import match

from .works import GRAMMAR, ONTOLOGY, TEXT, mixed, own, random_work, seeds, shuffled, summary, works

two = works("amina", "boris")
law = settings(max_examples=examples(200))
Two = tuple[Annotation, Annotation]


@given(two)
@law
def test_what_is_compared_here_keeps_the_rules(pair: Two) -> None:
    for work in pair:
        assert decode(encode(work, ONTOLOGY), TEXT, ONTOLOGY).rejected == ()


@given(two)
@law
def test_swapped_sides_give_the_swapped_result(pair: Two) -> None:
    left, right = pair
    assert summary(compare(right, left, GRAMMAR), "right", "left") == summary(compare(left, right, GRAMMAR))


@given(two, seeds)
@law
def test_neither_order_nor_ids_matter(pair: Two, random: Random) -> None:
    left, right = pair
    other = compare(shuffled(left, random), shuffled(right, random), GRAMMAR)
    assert summary(other) == summary(compare(left, right, GRAMMAR))


@given(two, seeds)
@law
def test_the_order_alone_changes_nothing_at_all(pair: Two, random: Random) -> None:
    assert compare(*(mixed(work, random) for work in pair), GRAMMAR) == compare(*pair, GRAMMAR)


@given(seeds.map(random_work), seeds)
@law
def test_work_agrees_with_itself(work: Annotation, random: Random) -> None:
    found = compare(work, shuffled(work, random), GRAMMAR)
    for matched in (found.mentions, found.cues, found.claims):
        assert matched == matched.exact()
        assert matched.left == matched.right == ()
    assert all(answer.agreed for answer in found.answers)
    assert {case.outcome for case in found.relations} <= {Outcome.AGREED}
    assert all(answer.agreed for claim in found.claim_pairs for answer in claim.answers)
    assert all(role.agreed for claim in found.claim_pairs for role in claim.roles)
    assert all(tally.left == tally.right == 0 for tally in mention_tallies(found.mentions, exact=True).values())
    assert confusion(found.mentions) == {}


@given(two)
@law
def test_every_item_stands_in_one_place(pair: Two) -> None:
    found = compare(*pair, GRAMMAR)
    for name, layer in (("mentions", "entities"), ("cues", "claims"), ("claims", "claims")):
        whole = getattr(found, name)
        for matched in (whole, whole.exact()):
            for side, work in zip(("left", "right"), pair, strict=True):
                listed = [*getattr(matched, side), *(getattr(pair, side) for pair in matched.pairs)]
                compared = own(getattr(work, name)) if layer in found.layers else []
                assert sorted(item.id for item in listed) == sorted(item.id for item in compared)
    for side, work in zip(("left", "right"), pair, strict=True):
        links = [getattr(case, side).relation for case in found.relations if getattr(case, side)]
        compared = list(work.relations) if "relations" in found.layers else []
        assert sorted(map(repr, links)) == sorted(map(repr, compared))
    assert [one.claim for one in found.claim_pairs] == list(found.claims.pairs)


@given(two)
@law
def test_outcomes_say_which_sides_are_there(pair: Two) -> None:
    alone = {Outcome.MISSING, Outcome.END_MISSING}
    cases = compare(*pair, GRAMMAR).relations
    for case in cases:
        assert (case.left is None or case.right is None) == (case.outcome in alone)
        assert case.left or case.right
    tallies = outcome_tallies(cases)
    assert sum((Tally(2 * one.both, one.left, one.right) for one in tallies.values()), Tally()) == Tally(
        2 * sum(1 for case in cases if case.left and case.right),
        sum(1 for case in cases if not case.right),
        sum(1 for case in cases if not case.left),
    )


@given(two)
@law
def test_what_is_exact_is_relaxed_too(pair: Two) -> None:
    found = compare(*pair, GRAMMAR)
    assert set(map(id, found.mentions.exact().pairs)) <= set(map(id, found.mentions.pairs))
    relaxed, exact = mention_tallies(found.mentions), mention_tallies(found.mentions, exact=True)
    assert relaxed.keys() == exact.keys()
    assert all(exact[label].both <= relaxed[label].both for label in exact)
    for label, tally in exact.items():  # the same items, counted in another way
        assert (tally.both + tally.left, tally.both + tally.right) == (
            relaxed[label].both + relaxed[label].left,
            relaxed[label].both + relaxed[label].right,
        )
    given_ends = relation_tallies(found.relations, given_ends=True)
    end_to_end = relation_tallies(found.relations)
    assert all(end_to_end[type].both == tally.both for type, tally in given_ends.items())


@given(two)
@law
def test_without_accepted_suggestions_there_are_none(pair: Two) -> None:
    whole = compare(*pair, GRAMMAR).mentions
    kept = whole.independent()
    assert set(map(id, kept.pairs)) <= set(map(id, whole.pairs))
    assert not any(pair.accepted for pair in kept.pairs)
    assert len(kept.pairs) + sum(pair.accepted for pair in whole.pairs) == len(whole.pairs)
    assert span_tally(whole, independent=True) == Tally(len(kept.pairs), len(kept.left), len(kept.right))


spans = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 8), st.sampled_from([("A",), ("B",), ("A", "B")])), max_size=4
).map(lambda drawn: [mention(f"m{number}", *one) for number, one in enumerate(drawn)])


def mention(id: str, start: int, length: int, labels: tuple[str, ...]) -> Mention:
    return Mention(id=id, start=start, end=start + length, text="x", labels=labels)


def overlap(one: Mention, other: Mention) -> Fraction:
    ones, others = set(range(one.start, one.end)), set(range(other.start, other.end))
    return Fraction(len(ones & others), len(ones | others))


@given(spans, spans)
@settings(max_examples=examples(300))
def test_the_overlap_is_the_highest_that_there_is(left: list[Mention], right: list[Mention]) -> None:
    found = match(left, right, labels)
    short, long = sorted((left, right), key=len)
    best = max(
        sum((overlap(one, other) for one, other in zip(short, order, strict=False)), Fraction())
        for order in permutations(long)
    )
    assert sum((overlap(pair.left, pair.right) for pair in found.pairs), Fraction()) == best
    assert all(overlap(pair.left, pair.right) > 0 for pair in found.pairs)
    assert all(Fraction(pair.overlap).limit_denominator(100) == overlap(pair.left, pair.right) for pair in found.pairs)
