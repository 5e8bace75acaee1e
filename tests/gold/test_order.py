"""The order in which articles are met: what is new, contested or uncertain comes first, and what is begun stays."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.gold.assignment import Assignment, Piece, assign, mixed
from toolkit.gold.order import ENOUGH, EXACT, TOGETHER, Turn, by_coverage, by_score, places

ANN, BO = "ann-aaaaaaaa", "ann-bbbbbbbb"
NAMES = ("story", "outlet", "month")

described = st.dictionaries(
    st.integers(0, 99).map(lambda number: f"a-{number:02}"),
    st.fixed_dictionaries({name: st.sampled_from(["", "x", "y", "z"]) for name in NAMES}),
    max_size=25,
)
"""Articles, and what is known of them."""


def piece(article_id: str, *labelled: str, rank: int | None = None) -> Piece:
    return Piece(article_id, 100, labelled=frozenset(labelled), rank=rank)


def turns(articles: str) -> list[Turn]:
    return [Turn(id, "asked") for id in articles.split()]


def ranks(pieces: list[Piece], plan: Assignment, wanted: str) -> dict[str, int]:
    return {id: place.rank for id, place in places(pieces, plan, turns(wanted)).items()}


def test_the_calibration_comes_first_and_the_rest_as_it_is_wanted() -> None:
    pieces = [piece(id) for id in "abcd"]
    plan = Assignment(dict.fromkeys("abcd", (ANN, BO)), frozenset("c"))
    found = places(pieces, plan, turns("d c b a"))
    assert {id: place.rank for id, place in found.items()} == {"c": 0, "d": 1, "b": 2, "a": 3}
    assert (found["c"].why, found["d"].why) == ("calibration", "asked")


def test_far_behind_some_share_a_place() -> None:
    names = [f"a-{number:04}" for number in range(EXACT + TOGETHER + 1)]
    pieces = [piece(id) for id in names]
    plan = Assignment(dict.fromkeys(names, (ANN,)), frozenset())
    found = [place.rank for place in places(pieces, plan, [Turn(id, "asked") for id in names]).values()]
    assert found[: EXACT + 1] == [*range(1, EXACT + 1), EXACT + TOGETHER]
    assert {*found[EXACT:-1]} == {EXACT + TOGETHER}
    assert found[-1] == EXACT + 2 * TOGETHER


def test_what_is_labelled_keeps_its_place_and_the_others_go_round_it() -> None:
    pieces = [piece("a", ANN, rank=2), piece("b", ANN, BO, rank=3), piece("c", rank=1), piece("d", rank=4), piece("e")]
    plan = Assignment(dict.fromkeys("abcde", (ANN, BO)), frozenset())
    assert ranks(pieces, plan, "e d c b a") == {"a": 2, "b": 3, "e": 1, "d": 4, "c": 5}


def test_what_one_began_without_a_place_comes_before_what_nobody_did_and_what_is_done_needs_none() -> None:
    pieces = [piece("a"), piece("b", ANN), piece("c", ANN, BO), piece("d", BO)]
    plan = Assignment(dict.fromkeys("abcd", (ANN, BO)), frozenset())
    found = places(pieces, plan, turns("a b c d"))
    assert [(id, *place) for id, place in found.items()] == [
        ("b", 1, "begun; asked"),
        ("d", 2, "begun; asked"),
        ("a", 3, "asked"),
    ]


@given(described, st.data())
def test_no_two_articles_have_one_place_and_another_order_moves_only_what_nobody_labelled(
    described: dict[str, dict[str, str]], data: st.DataObject
) -> None:
    people = [ANN, BO]
    pieces = [piece(id) for id in described]
    plan = assign(pieces, people, 1, 1)
    first = places(pieces, plan, by_coverage(described, sorted(plan.calibration)))
    assert first.keys() == described.keys()
    own = [place.rank for id, place in first.items() if id not in plan.calibration]
    assert sorted(own) == list(range(1, len(own) + 1))
    done = data.draw(st.sets(st.sampled_from(sorted(described)))) if described else set()
    later = [replace(one, rank=first[one.article_id].rank) for one in pieces]
    later = [replace(one, labelled=frozenset({ANN}) if one.article_id in done else frozenset()) for one in later]
    scores = {id: (data.draw(st.floats(0, 1)), "drawn") for id in described}
    then = places(later, assign(later, people, 1), by_score(scores, described, "none"))
    assert all(then[id].rank == first[id].rank for id in done - plan.calibration)
    again = [place.rank for id, place in then.items() if id not in plan.calibration]
    assert len(set(again)) == len(again)
    waiting = [id for _, id in sorted((place.rank, id) for id, place in then.items() if id not in done)]
    waiting = [id for id in waiting if id not in plan.calibration]
    assert all(scores[one][0] >= scores[other][0] for one, other in itertools.pairwise(waiting))


def test_coverage_brings_what_is_new_before_what_was_met() -> None:
    articles = {
        "dull": {"story": "harbour", "outlet": "Meridian"},
        "half": {"story": "harbour", "outlet": "Courier"},
        "fresh": {"story": "dam", "outlet": "Courier"},
        "first": {"story": "harbour", "outlet": "Meridian"},
        "second": {"story": "harbour", "outlet": "Meridian"},
    }
    assert [*by_coverage(articles, ["first", "second"])] == [
        *(Turn(id, "nothing new") for id in sorted(["first", "second"], key=mixed)),
        ("fresh", "new: story dam, outlet Courier"),
        ("half", "1 before: outlet Courier"),
        ("dull", "2 before: outlet Meridian"),
    ]


def test_coverage_takes_an_article_of_which_nothing_is_known_last() -> None:
    articles = {"blank": {"story": "", "outlet": ""}, "told": {"story": "", "outlet": "Courier"}}
    articles |= {f"same-{number}": articles["told"] for number in range(ENOUGH - 1)}
    found = [*by_coverage(articles, [])]
    assert found[-1] == ("blank", "nothing known of it")
    assert found[0].why == "new: outlet Courier"


def test_what_enough_articles_have_is_not_looked_for() -> None:
    articles = {f"a-{number:02}": {"story": "harbour"} for number in range(ENOUGH + 1)}
    whys = [turn.why for turn in by_coverage(articles, [])]
    assert whys[:2] == ["new: story harbour", "1 before: story harbour"]
    assert whys[-1] == f"all of it {ENOUGH} times before"


@given(described, st.data())
def test_coverage_is_greedy(described: dict[str, dict[str, str]], data: st.DataObject) -> None:
    """The lazy heap finds what looking at every article each time finds."""
    met = data.draw(st.sets(st.sampled_from(sorted(described)))) if described else set()
    order = [turn.article_id for turn in by_coverage(described, met)]
    assert sorted(order) == sorted(described)
    assert {*order[: len(met)]} == met

    def brings(id: str, before: list[str]) -> list[int]:
        return sorted(
            min(ENOUGH, sum(described[other][name] == value for other in before)) if value else ENOUGH
            for name, value in described[id].items()
        )

    for at in range(len(met), len(order)):
        best = min(brings(id, order[:at]) for id in order[at:])
        assert brings(order[at], order[:at]) == best


@given(described, st.data())
def test_the_order_of_the_input_does_not_matter(described: dict[str, dict[str, str]], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations([*described.items()])))
    assert [*by_coverage(shuffled, [])] == [*by_coverage(described, [])]
    scores = {id: (data.draw(st.sampled_from([0.2, 0.5])), id) for id in described}
    assert by_score(scores, shuffled, "") == by_score(scores, described, "")


def test_the_highest_score_comes_first_and_what_has_none_is_spread_evenly() -> None:
    scores = {f"a-{number}": (number / 10, f"{number} unsure") for number in range(9)}
    found = by_score(scores, [*scores, "control-1", "control-2", "control-3"], "no scores")
    assert [turn for turn in found if turn.article_id in scores] == [
        (f"a-{number}", f"{number} unsure") for number in reversed(range(9))
    ]
    spread = [at for at, turn in enumerate(found) if turn.article_id not in scores]
    assert {found[at].why for at in spread} == {"no scores"}
    assert [at // 4 for at in spread] == [0, 1, 2]  # one in each third


def test_equals_do_not_come_by_name() -> None:
    names = [f"a-{number:02}" for number in range(20)]
    order = [turn.article_id for turn in by_score({}, names, "")]
    assert sorted(order) == names != order


@pytest.mark.parametrize("overlap", [1, 2])
def test_an_order_says_nothing_about_whose_an_article_is(overlap: int) -> None:
    pieces = [piece(f"a-{number}") for number in range(9)]
    ranked = [replace(one, rank=9 - number) for number, one in enumerate(pieces)]
    assert assign(ranked, [ANN, BO], overlap, 2) == assign(pieces, [ANN, BO], overlap, 2)
