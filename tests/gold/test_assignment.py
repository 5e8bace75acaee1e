"""The laws of the plan: who labels what."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from toolkit.gold.assignment import Assignment, Piece, assign

PEOPLE = [f"ann-{letter * 8}" for letter in "abcdefgh"]

people = st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True)
overlaps = st.integers(1, 4)
fresh = st.lists(
    st.builds(
        Piece,
        article_id=st.integers(0, 999).map(lambda number: f"a-{number:03}"),
        characters=st.integers(1, 5000),
        story_id=st.sampled_from(["", "harbour", "dam", "memorandum"]),
    ),
    unique_by=lambda piece: piece.article_id,
    max_size=25,
)
"""Articles that nobody was given."""


def begun(pieces: list[Piece], data: st.DataObject) -> list[Piece]:
    """The same, with some given to people (also such as are gone), and some labelled unasked."""
    some = st.frozensets(st.sampled_from([*PEOPLE, "ann-gonegone"]), max_size=3)
    return [replace(piece, assigned=data.draw(some), labelled=data.draw(some)) for piece in pieces]


def after(pieces: list[Piece], plan: Assignment) -> list[Piece]:
    """The articles as they are when the plan was carried out."""
    return [
        replace(p, assigned=frozenset(plan.people[p.article_id]), calibration=p.article_id in plan.calibration)
        for p in pieces
    ]


def loads(pieces: list[Piece], plan: Assignment, annotators: list[str]) -> list[int]:
    """Everybody's characters."""
    return [sum(p.characters for p in pieces if who in plan.people[p.article_id]) for who in annotators]


@given(fresh, people, overlaps, st.integers(0, 6))
def test_each_article_gets_its_number_of_different_people(
    pieces: list[Piece], annotators: list[str], overlap: int, calibration: int
) -> None:
    plan = assign(pieces, annotators, overlap, calibration)
    assert plan.people.keys() == {piece.article_id for piece in pieces}
    for article_id, own in plan.people.items():
        assert set(own) <= set(annotators)
        assert len(set(own)) == len(own)
        due = len(annotators) if article_id in plan.calibration else min(overlap, len(annotators))
        assert len(own) == due


@given(fresh, people, overlaps, st.integers(0, 6))
def test_nobody_has_more_than_another_by_more_than_the_longest_article(
    pieces: list[Piece], annotators: list[str], overlap: int, calibration: int
) -> None:
    found = loads(pieces, assign(pieces, annotators, overlap, calibration), annotators)
    assert max(found) - min(found) <= max((piece.characters for piece in pieces), default=0)


@given(fresh, people, overlaps, st.integers(0, 6), st.data())
def test_it_stays_as_even_when_articles_are_added(
    pieces: list[Piece], annotators: list[str], overlap: int, calibration: int, data: st.DataObject
) -> None:
    early = data.draw(st.integers(0, len(pieces)))
    first = after(pieces[:early], assign(pieces[:early], annotators, overlap, calibration))
    found = loads(pieces, assign([*first, *pieces[early:]], annotators, overlap), annotators)
    assert max(found) - min(found) <= max((piece.characters for piece in pieces), default=0)


@given(fresh, people, overlaps, st.integers(0, 6), st.data())
def test_the_order_of_articles_and_people_does_not_matter(
    pieces: list[Piece], annotators: list[str], overlap: int, calibration: int, data: st.DataObject
) -> None:
    pieces = begun(pieces, data)
    shuffled = data.draw(st.permutations(pieces)), data.draw(st.permutations(annotators))
    assert assign(*shuffled, overlap, calibration) == assign(pieces, annotators, overlap, calibration)


@given(fresh, people, people, overlaps, overlaps, st.data())
def test_nothing_is_taken_away(
    pieces: list[Piece], annotators: list[str], newcomers: list[str], overlap: int, later: int, data: st.DataObject
) -> None:
    pieces = begun(pieces, data)
    early = data.draw(st.integers(0, len(pieces)))
    first = assign(pieces[:early], annotators, overlap, data.draw(st.integers(0, 6)))
    grown = [*after(pieces[:early], first), *pieces[early:]]
    then = assign(grown, {*annotators, *newcomers}, later, data.draw(st.integers(0, 6)))
    assert first.calibration <= then.calibration
    assert all(set(own) <= set(then.people[article_id]) for article_id, own in first.people.items())
    for piece in pieces:
        assert piece.assigned | piece.labelled <= set(then.people[piece.article_id])


@given(fresh, people, overlaps, st.integers(0, 6), st.data())
def test_the_same_again_changes_nothing(
    pieces: list[Piece], annotators: list[str], overlap: int, calibration: int, data: st.DataObject
) -> None:
    pieces = begun(pieces, data)
    plan = assign(pieces, annotators, overlap, calibration)
    assert assign(after(pieces, plan), annotators, overlap, calibration) == plan
    assert assign(after(pieces, plan), annotators, overlap) == plan  # the calibration is remembered


@given(fresh, people, overlaps, st.data())
def test_nobody_is_given_more_than_an_article_lacks(
    pieces: list[Piece], annotators: list[str], overlap: int, data: st.DataObject
) -> None:
    pieces = begun(pieces, data)
    plan = assign(pieces, annotators, overlap)
    for piece in pieces:
        own = set(plan.people[piece.article_id])
        new = own - piece.assigned - piece.labelled
        counted = {who for who in own if who in annotators or who in piece.labelled}
        assert not new or len(counted) == overlap or counted.issuperset(annotators)


@given(fresh, people, st.integers(1, 6))
def test_calibration_is_of_different_stories_where_that_can_be(
    pieces: list[Piece], annotators: list[str], wanted: int
) -> None:
    story = {piece.article_id: piece.story_id or piece.article_id for piece in pieces}
    chosen = assign(pieces, annotators, 1, wanted).calibration
    assert len(chosen) == min(wanted, len(pieces))
    used = Counter(story[article_id] for article_id in chosen)
    most = max(used.values(), default=0)
    for name, there in Counter(story.values()).items():  # a second of one story only when each has given its first
        assert used[name] >= min(there, most - 1)
    assert chosen <= assign(pieces, annotators, 1, wanted + 1).calibration


def test_work_that_a_person_who_left_did_not_do_goes_to_others() -> None:
    left = frozenset({"ann-gonegone", PEOPLE[0]})
    undone = Piece("a", 10, assigned=left)
    done = Piece("b", 10, assigned=left, labelled=frozenset({"ann-gonegone"}))
    plan = assign([undone, done], PEOPLE[:2], 2)
    assert plan.people["a"] == (PEOPLE[0], PEOPLE[1], "ann-gonegone")
    assert plan.people["b"] == (PEOPLE[0], "ann-gonegone")


def test_who_comes_late_gets_the_new_articles_first() -> None:
    old = [Piece(f"old-{number}", 100, assigned=frozenset(PEOPLE[:1])) for number in range(3)]
    new = [Piece(f"new-{number}", 100) for number in range(3)]
    plan = assign([*old, *new], PEOPLE[:2], 1)
    assert {plan.people[piece.article_id] for piece in new} == {(PEOPLE[1],)}


def test_everybody_shares_articles_with_everybody() -> None:
    """Of equally long articles the same two people would share all, if it were always the first two."""
    plan = assign([Piece(f"a-{number}", 100) for number in range(40)], PEOPLE[:4], 2)
    assert set(plan.people.values()) == set(combinations(PEOPLE[:4], 2))
