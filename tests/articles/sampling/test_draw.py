"""The draw: it only adds, it is fair, it does not depend on order, and copies are chosen once."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from toolkit.articles.sampling.corpus import Candidate
from toolkit.articles.sampling.draw import Drawn, draw
from toolkit.articles.sampling.strata import by_lot

Corpus = dict[str, Candidate]


def article(
    id: str, language: str = "en", outlet: str = "Post", month: str = "", story: str = "", **more: object
) -> Candidate:
    return Candidate(id, (language, outlet, month, story or id), story, **more)  # type: ignore[arg-type]


def by_id(*articles: Candidate) -> Corpus:
    return {one.article_id: one for one in articles}


@st.composite
def corpora(draw_: st.DrawFn, prefix: str = "a", outlets: str = "PQR") -> Corpus:
    made = []
    for number in range(draw_(st.integers(1, 30))):
        made.append(
            article(
                f"{prefix}{number}",
                draw_(st.sampled_from(["en", "ar"])),
                draw_(st.sampled_from(outlets)),
                draw_(st.sampled_from(["", "2031-04", "2031-05"])),
                draw_(st.sampled_from(["", "ferry", "dam"])),
                group=draw_(st.sampled_from(["", "", f"{prefix}1", f"{prefix}2"])),
                mentions=frozenset(draw_(st.sets(st.sampled_from(["floods", "strikes"])))),
            )
        )
    return by_id(*made)


NUMBERS, SEEDS = st.integers(1, 35), st.integers(0, 3)


def ids(drawn: Drawn) -> list[str]:
    return [one.article_id for one in drawn.chosen]


@given(corpora(), NUMBERS, SEEDS)
def test_as_many_are_chosen_as_there_are_and_none_twice(corpus: Corpus, number: int, seed: int) -> None:
    drawn = draw(corpus, number, seed=seed)
    apart = len({one.group or f"only {one.article_id}" for one in corpus.values()})
    assert len(drawn.units) == apart
    assert len(set(ids(drawn))) == len(ids(drawn)) == min(number, apart)
    groups = [one.group for one in drawn.chosen if one.group]
    assert len(set(groups)) == len(groups)


@given(corpora(), NUMBERS, NUMBERS, SEEDS)
def test_asking_for_more_adds_and_the_way_there_does_not_matter(
    corpus: Corpus, fewer: int, more: int, seed: int
) -> None:
    first = ids(draw(corpus, min(fewer, more), seed=seed))
    then = draw(corpus, max(fewer, more), seed=seed, chosen=first)
    assert [one.article_id for one in then.before] == first
    assert ids(then) == ids(draw(corpus, max(fewer, more), seed=seed))


@given(corpora(), NUMBERS, NUMBERS, SEEDS, st.booleans(), corpora(prefix="b"))
def test_what_is_chosen_stays_whatever_else_is_asked(
    corpus: Corpus, one: int, other: int, seed: int, whole_stories: bool, grown: Corpus
) -> None:
    first = ids(draw(corpus, one, seed=seed, sought={"floods": 2}, whole_stories=whole_stories))
    then = ids(draw(corpus | grown, other, seed=seed + 1, chosen=first, sought={"strikes": 3}))
    assert set(first) <= set(then)
    assert len(then) <= max(len(first), other)


@given(corpora(), NUMBERS, SEEDS, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_the_corpus_does_not_matter(
    corpus: Corpus, number: int, seed: int, whole_stories: bool, chance: random.Random
) -> None:
    shuffled = list(corpus)
    chance.shuffle(shuffled)
    asked = {"seed": seed, "sought": {"floods": 3, "strikes": 1}, "whole_stories": whole_stories}
    assert draw({id: corpus[id] for id in shuffled}, number, **asked) == draw(corpus, number, **asked)  # type: ignore[arg-type]


@given(corpora(), NUMBERS, SEEDS)
def test_no_outlet_has_two_before_another_has_one_nor_runs_ahead_of_its_share(
    corpus: Corpus, number: int, seed: int
) -> None:
    drawn = draw({id: one for id, one in corpus.items() if one.stratum[0] == "en"}, number, seed=seed)
    sizes = Counter(one.stratum[1] for one in drawn.units)
    chosen = Counter(one.stratum[1] for one in drawn.chosen)
    for one in sizes:
        for other in sizes:
            if chosen[one] > 1 and chosen[other] < sizes[other]:
                assert chosen[other] > 0
                assert (chosen[one] - 1) / sizes[one] < (chosen[other] + 1) / sizes[other]


@given(corpora(outlets="PQ"), corpora(prefix="b", outlets="R"), NUMBERS, SEEDS)
def test_growth_elsewhere_changes_how_many_of_an_outlet_are_chosen_and_not_which(
    corpus: Corpus, elsewhere: Corpus, number: int, seed: int
) -> None:
    before, after = draw(corpus, number, seed=seed), draw(corpus | elsewhere, number, seed=seed)
    for language in ("en", "ar"):
        for outlet in "PQ":
            had = {one.article_id for one in before.chosen if one.stratum[:2] == (language, outlet)}
            has = {one.article_id for one in after.chosen if one.stratum[:2] == (language, outlet)}
            assert had <= has or has <= had


@given(corpora(), NUMBERS, SEEDS)
def test_whole_stories_are_whole_and_pass_the_number_by_one_story_at_most(
    corpus: Corpus, number: int, seed: int
) -> None:
    drawn = draw(corpus, number, seed=seed, whole_stories=True)
    stories = Counter(one.story for one in drawn.units if one.story)
    chosen = Counter(one.story for one in drawn.chosen if one.story)
    assert all(chosen[story] in (0, count) for story, count in stories.items())
    assert len(drawn.chosen) < number + max([1, *stories.values()])
    last = drawn.picks[-1]
    came_with_it = [one for one in drawn.picks if one.whom == last.whom] if last.why == "story" else []
    assert len(drawn.chosen) - len(came_with_it) - 1 < number


def test_the_large_get_their_share_and_the_small_get_one() -> None:
    corpus = by_id(
        *(article(f"large-{n}", outlet="Large") for n in range(900)),
        *(article(f"middle-{n}", outlet="Middle") for n in range(99)),
        article("small", outlet="Small"),
    )
    chosen = Counter(one.stratum[1] for one in draw(corpus, 100).chosen)
    assert chosen["Small"] == 1
    assert abs(chosen["Large"] - 90) <= 1
    assert sum(chosen.values()) == 100


def test_months_are_proportional_though_every_outlet_gets_one_article_only() -> None:
    """Each outlet has 3 in 4 articles in May; one that always gave its largest month would give nothing else."""
    corpus = by_id(
        *(
            article(f"{n}-{k}", outlet=f"O{n}", month="2031-05" if k else "2031-04")
            for n in range(400)
            for k in range(4)
        )
    )
    chosen = Counter(one.stratum[2] for one in draw(corpus, 400, seed=1).chosen)
    assert set(Counter(one.stratum[1] for one in draw(corpus, 400, seed=1).chosen).values()) == {1}
    assert 70 <= chosen["2031-04"] <= 130  # 100 are its share, 9 the standard deviation


def test_within_a_stratum_the_lot_decides() -> None:
    corpus = by_id(*(article(f"a{n}", story="ferry") for n in range(20)))
    assert [pick.article for pick in draw(corpus, 5, seed=7).picks] == by_lot(7, corpus.values())[:5]
    assert ids(draw(corpus, 5, seed=7)) != ids(draw(corpus, 5, seed=8))


def test_one_of_each_story_comes_before_a_second_of_one() -> None:
    corpus = by_id(*(article(f"a{n}", story="ferry") for n in range(5)), article("b", story="dam"), article("c"))
    assert Counter(one.story for one in draw(corpus, 3).chosen) == {"ferry": 1, "dam": 1, "": 1}


def test_what_is_refused_is_not_chosen_and_a_copy_of_it_may_be() -> None:
    corpus = by_id(article("a", group="wire"), article("b", group="wire"), article("c"))
    assert ids(draw(corpus, 9, never=["a", "c"])) == ["b"]
    assert ids(draw(corpus, 9, never=["a", "b", "c"])) == []


def test_two_copies_that_a_person_chose_both_stay() -> None:
    corpus = by_id(*(article(id, group="wire") for id in "abc"), article("d"))
    assert ids(draw(corpus, 9, chosen=["a", "b", "gone"])) == ["a", "b", "d"]


def test_what_is_sought_comes_first_and_what_is_chosen_counts() -> None:
    rare = [article(f"rare-{n}", mentions=frozenset({"floods"})) for n in range(4)]
    corpus = by_id(*rare, *(article(f"a{n}") for n in range(100)))
    drawn = draw(corpus, 10, chosen=["rare-0", "a1"], sought={"floods": 3})
    assert [(pick.why, pick.whom) for pick in drawn.picks] == [("sought", "floods")] * 2 + [("share", "")] * 6
    assert len(drawn.chosen) == 10


def test_the_rarest_is_sought_first_and_the_number_stands() -> None:
    corpus = by_id(
        *(article(f"a{n}", mentions=frozenset({"strikes"})) for n in range(9)),
        article("b", mentions=frozenset({"floods", "strikes"})),
    )
    drawn = draw(corpus, 3, sought={"strikes": 5, "floods": 1})
    assert drawn.picks[0].article.article_id == "b"
    assert [pick.whom for pick in drawn.picks] == ["floods", "strikes", "strikes"]


def test_of_copies_that_one_is_chosen_which_mentions_what_is_sought() -> None:
    for name in "abcdef":  # whichever the lot prefers
        copies = {
            id: article(id, group="wire", mentions=frozenset({"floods"} if id == name else ())) for id in "abcdef"
        }
        assert ids(draw(copies, 1, sought={"floods": 1})) == [name]


def test_stories_of_which_a_part_was_chosen_are_completed_first() -> None:
    corpus = by_id(
        *(article(f"ferry-{n}", outlet=f"O{n}", story="ferry") for n in range(4)),
        *(article(f"a{n}") for n in range(50)),
    )
    drawn = draw(corpus, 3, chosen=["ferry-2"], whole_stories=True)
    assert ids(drawn) == [f"ferry-{n}" for n in range(4)]
    assert {(pick.why, pick.whom) for pick in drawn.picks} == {("story", "ferry-2")}
    assert draw(corpus, 1, chosen=["ferry-2"], whole_stories=True).picks == ()
