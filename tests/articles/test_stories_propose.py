"""What is proposed as one story, and what is not."""

from __future__ import annotations

import random
from collections.abc import Mapping

from toolkit.articles.model import Article, text_digest
from toolkit.articles.near.pairs import Kind, Pair
from toolkit.articles.stories.propose import Decided, Proposal, propose
from toolkit.project import GroupingSettings

FERRY = (
    "The ferry Halcyon sank off Dunmere. Captain Teo Quill reached Port Sarrel with 41 passengers.",
    "Off Dunmere the Halcyon went down on Monday. Quill, her captain, brought 41 people to Port Sarrel.",
    "Divers looked for the Halcyon near Dunmere, while Teo Quill told Port Sarrel how 41 were saved.",
)
BRIDGE = (
    "The bridge at Ostrow cost 12 million crowns, said Minister Ada Marsh in Velm.",
    "Ada Marsh denied in Velm that the Ostrow bridge, at 12 million crowns, was too dear.",
)


def article(id: str, text: str, day: str = "", **fields: str) -> Article:
    return Article(article_id=id, text=text, text_sha256=text_digest(text), published=day, **fields)


ARTICLES = [
    *(article(f"ferry-{n}", text, f"2031-05-0{n + 1}") for n, text in enumerate(FERRY)),
    *(article(f"bridge-{n}", text, f"2031-05-0{n + 1}") for n, text in enumerate(BRIDGE)),
]


def proposed(
    articles: list[Article], decided: Decided | None = None, copies: tuple[Pair, ...] = (), **settings: float
) -> list[Proposal]:
    named: Mapping[str, Article] = {one.article_id: one for one in articles}
    texts = {id: one.text for id, one in named.items()}
    return propose(named, texts, copies, decided or Decided(), GroupingSettings(**settings))  # type: ignore[arg-type]


def members(found: list[Proposal]) -> list[tuple[str, ...]]:
    return [one.articles for one in found]


def test_articles_on_one_event_are_a_story_with_what_speaks_for_it() -> None:
    bridge, ferry = proposed(ARTICLES)
    assert bridge.articles == ("bridge-0", "bridge-1")
    assert ferry.articles == ("ferry-0", "ferry-1", "ferry-2")
    assert ferry.names == ("Dunmere", "Halcyon", "Port", "Sarrel", "41")
    assert (ferry.joins, ferry.days) == ("", 2)
    assert 0.25 <= ferry.similarity < 1


def test_the_order_of_articles_does_not_matter() -> None:
    shuffled = random.Random(1).sample(ARTICLES, len(ARTICLES))
    assert proposed(shuffled) == proposed(ARTICLES)


def test_days_apart_are_events_apart() -> None:
    late = [*ARTICLES[:1], article("later", FERRY[1], "2031-06-01")]
    assert proposed(late) == []
    assert members(proposed(late, story_days=31)) == [("ferry-0", "later")]


def test_without_a_date_more_likeness_is_asked_for() -> None:
    dated, undated = ARTICLES[:2], [ARTICLES[0], article("undated", FERRY[1])]
    alike = proposed(dated)[0].similarity
    assert members(proposed(undated, story_similarity=alike / 1.3)) == [("ferry-0", "undated")]
    assert proposed(undated, story_similarity=alike / 1.1) == []
    assert members(proposed(dated, story_similarity=alike / 1.1)) == [("ferry-0", "ferry-1")]


def test_a_date_that_is_none_is_no_date() -> None:
    assert proposed([article("a", FERRY[0], "on Monday"), article("b", FERRY[0], "2031-05")])[0].days is None


def test_copies_are_of_one_story_whenever_they_appeared() -> None:
    one, other = article("a", FERRY[0], "2031-05-01"), article("b", FERRY[1], "2032-01-01")
    copy = Pair("a", "b", 0.8, 0.9, Kind.NEAR_DUPLICATE)
    assert members(proposed([one, other], copies=(copy,))) == [("a", "b")]
    assert proposed([one, other], copies=(Pair("a", "b", 0.6, 0.7, Kind.REVIEW),)) == []


def test_what_came_with_a_story_is_not_proposed_and_others_may_join_it() -> None:
    decided = Decided(stories={"ferry-0": "halcyon", "bridge-0": "ostrow", "bridge-1": "ostrow"})
    (found,) = proposed(ARTICLES, decided)
    assert (found.articles, found.joins) == (("ferry-1", "ferry-2"), "halcyon")


def test_two_given_stories_stay_two() -> None:
    decided = Decided(stories={"ferry-0": "one", "ferry-1": "two"})
    (found,) = proposed(ARTICLES[:3], decided)
    assert found.articles == ("ferry-2",)
    assert found.joins in ("one", "two")


def test_what_was_refused_is_not_proposed_again_whole_or_in_part() -> None:
    refused = Decided(apart=(frozenset({"ferry-0", "ferry-1", "ferry-2"}),))
    assert members(proposed(ARTICLES, refused)) == [("bridge-0", "bridge-1")]


def test_an_article_refused_by_a_story_may_be_in_another() -> None:
    refused = Decided(stories={"ferry-0": "halcyon"}, refused=(("ferry-1", "halcyon"), ("ferry-2", "halcyon")))
    (found,) = proposed(ARTICLES[:3], refused)
    assert (found.articles, found.joins) == (("ferry-1", "ferry-2"), "")


def test_a_digest_of_two_events_does_not_make_them_one() -> None:
    digest = article("digest", " ".join([FERRY[0], BRIDGE[0]]), "2031-05-01")
    again = [article(f"{one.article_id}-again", f"{one.text} It was said again.", one.published) for one in ARTICLES]
    found = proposed([*ARTICLES, *again, digest])
    assert sorted(map(len, members(found))) == [5, 6]
    assert not any({"ferry-0", "bridge-0"} <= set(one.articles) for one in found)


def test_an_outlets_own_name_speaks_for_nothing() -> None:
    texts = ["A source told Gulf Mirror of a storm.", "Readers of Gulf Mirror won a prize at chess."]
    own = [article(f"own-{n}", text, "2031-05-01", outlet="Gulf Mirror") for n, text in enumerate(texts)]
    assert proposed(own, story_similarity=0.1) == []
    other = [article(f"other-{n}", text, "2031-05-01") for n, text in enumerate(texts)]
    assert members(proposed(other, story_similarity=0.1)) == [("other-0", "other-1")]


def test_names_lead_across_scripts() -> None:
    arabic = article("ar", "نفى كارل فيسنغ وأنسل دراي في بلفارا نبأ وصول نهى بشيران إلى لاسندري", "2031-05-01")
    english = article("en", "Karl Vessing of Belfara met Ansel Dray and Nuha Bashiran at Lasandri.", "2031-05-02")
    found = proposed([arabic, english, *ARTICLES], story_similarity=0.2)
    assert members(found) == [("ar", "en"), ("bridge-0", "bridge-1"), ("ferry-0", "ferry-1", "ferry-2")]


def test_nothing_of_nothing() -> None:
    assert proposed([]) == []
    assert proposed(ARTICLES[:1]) == []
