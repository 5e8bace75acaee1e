"""Copies of articles as outlets make them: shortened, edited, under another headline, between notices, joined."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

from toolkit.articles.model import Article, text_digest

NOTICES = {
    "Northern Post": (
        "Stay ahead of the day: the Northern Post briefing reaches you every weekday at six, free of charge.",
        "The Northern Post is not answerable for what other websites say.",
        "All rights reserved by the Northern Post company and those who write for it.",
    ),
    "Bay Herald": (
        "This article was put into English by a machine, and no editor has read it since.",
        "Tell the Bay Herald what you saw: our news desk never closes.",
    ),
}


def article(article_id: str, text: str, **fields: str) -> Article:
    return Article(article_id=article_id, text=text, text_sha256=text_digest(text), **fields)


def shortened(sentences: list[str], chance: random.Random) -> list[str]:
    return sentences[: len(sentences) // 2]


def thinned(sentences: list[str], chance: random.Random) -> list[str]:
    gone = set(chance.sample(range(len(sentences)), len(sentences) // 8))
    return [sentence for number, sentence in enumerate(sentences) if number not in gone]


def edited(sentences: list[str], chance: random.Random) -> list[str]:
    """One word in forty is another one."""
    words = "\n".join(sentences).split(" ")
    for place in chance.sample(range(len(words)), len(words) // 40):
        words[place] = "reportedly"
    return " ".join(words).split("\n")


def reheaded(sentences: list[str], chance: random.Random) -> list[str]:
    return ["WHAT WE KNOW SO FAR ABOUT IT", "From our own correspondents", *sentences[1:]]


def noticed(sentences: list[str], chance: random.Random) -> list[str]:
    first, *others = NOTICES["Northern Post"]
    middle = len(sentences) // 2
    return [first, *sentences[:middle], *NOTICES["Bay Herald"], *sentences[middle:], *others]


WAYS: dict[str, Callable[[list[str], random.Random], list[str]]] = {
    way.__name__: way for way in (shortened, thinned, edited, reheaded, noticed)
}


def planted(sources: Mapping[str, list[str]], seed: int) -> Iterator[tuple[Article, frozenset[str]]]:
    """The sources under their outlets' notices, a copy of each in every way, and pairs of neighbours joined.

    With each article the sources that it has its text from.
    """
    chance = random.Random(seed)
    ids = sorted(sources)
    for number, id in enumerate(ids):
        outlet = sorted(NOTICES)[number % 2]
        text = "\n".join([*sources[id], *NOTICES[outlet]])
        yield article(id, text, outlet=outlet), frozenset({id})
        for name, way in WAYS.items():
            yield article(f"{id}-{name}", "\n".join(way(sources[id], chance))), frozenset({id})
    for one, other in zip(ids[::2], ids[1::2], strict=False):
        yield article(f"{one}-joined", "\n".join([*sources[one], *sources[other]])), frozenset({one, other})
