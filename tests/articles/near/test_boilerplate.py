"""Boilerplate is learnt from few articles as from many, and wire copy is not taken for it."""

from __future__ import annotations

import random

from toolkit.articles.model import Article
from toolkit.articles.near.boilerplate import Boilerplate, learn
from toolkit.articles.near.copies import find_copies, without_boilerplate
from toolkit.articles.near.words import Reader
from toolkit.project import GroupingSettings

from .planting import article

FOOTER = "Subscribe to our newsletter and never miss a story from the coast again."


def story(seed: int, sentences: int = 8) -> list[str]:
    """Sentences that no other seed has."""
    chance = random.Random(seed)
    return [f"{' '.join(f'w{chance.randrange(10**6)}' for _ in range(12))}." for _ in range(sentences)]


def learnt(articles: list[Article]) -> Boilerplate:
    articles = sorted(articles, key=lambda one: one.article_id)
    reader = Reader()
    return learn(articles, [reader.read(one.text) for one in articles])


def texts(articles: list[Article]) -> list[tuple[str, int, str]]:
    return [(passage.text, passage.articles, passage.outlet) for passage in learnt(articles).passages]


def with_footer(count: int, outlet: str = "", start: int = 0) -> list[Article]:
    return [
        article(f"{outlet or 'x'}-{start + number}", "\n".join([*story(start + number), FOOTER]), outlet=outlet)
        for number in range(count)
    ]


def test_three_unlike_articles_of_one_outlet_are_enough() -> None:
    assert texts(with_footer(3, "Post")) == [(FOOTER, 3, "Post")]


def test_two_are_not() -> None:
    assert texts(with_footer(2, "Post")) == []


def test_of_unknown_outlets_it_takes_five() -> None:
    assert texts(with_footer(4)) == []
    assert texts(with_footer(5)) == [(FOOTER, 5, "")]


def test_of_several_outlets_it_is_nobodys() -> None:
    assert texts([*with_footer(3, "Post"), *with_footer(1, "Herald", 50)]) == [(FOOTER, 4, "")]


def test_many_articles_as_well_as_few() -> None:
    assert texts(with_footer(300, "Post")) == [(FOOTER, 300, "Post")]


def test_the_order_of_articles_does_not_matter() -> None:
    articles = [*with_footer(40, "Post"), *with_footer(7, "", 50)]
    shuffled = random.Random(3).sample(articles, len(articles))
    assert learnt(articles) == learnt(shuffled)


def test_wire_copy_is_not_boilerplate_however_many_print_it() -> None:
    wire = story(1)
    prints = [
        article(f"print-{number}", "\n".join([*wire, *story(100 + number, 3)]), outlet=f"Outlet {number % 4}")
        for number in range(20)
    ]
    assert texts(prints) == []


def test_nor_is_what_outlets_take_over_in_part() -> None:
    wire = story(1, 12)
    rewritten = [
        article(f"part-{number}", "\n".join([*wire[number : number + 6], *story(100 + number, 6)]), outlet=f"O{number}")
        for number in range(7)
    ]
    assert texts(rewritten) == []


def test_a_footer_under_wire_copy_is_still_learnt() -> None:
    wire = story(1)
    copies = [article(f"wire-{number}", "\n".join([*wire, FOOTER]), outlet="Post") for number in range(5)]
    assert texts(copies) == []  # five times the same article says nothing about what is boilerplate
    assert texts([*copies, *with_footer(2, "Post", 50)]) == [(FOOTER, 7, "Post")]


def test_boilerplate_makes_no_two_articles_alike() -> None:
    notice = story(5, 6)
    short = [article(f"short-{n}", "\n".join([*story(30 + n, 2), *notice]), outlet="Post") for n in range(4)]
    long = [article(f"long-{n}", "\n".join([*story(60 + n, 30), *notice]), outlet="Post") for n in range(4)]
    assert find_copies({one.article_id: one for one in short}, GroupingSettings()).pairs != ()
    known = {one.article_id: one for one in [*short, *long]}
    assert find_copies(known, GroupingSettings()).pairs == ()
    rest = without_boilerplate(known)
    assert [line.strip() for line in rest["short-1"].splitlines() if line.strip()] == story(31, 2)


def test_no_articles_no_boilerplate() -> None:
    assert learnt([]) == Boilerplate()
    assert without_boilerplate({}) == {}
