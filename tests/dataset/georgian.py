"""Articles in letters that stand nowhere else, with a vote that quotes them in every way there is."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from small_world import World, make_article, vote

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Relation
from toolkit.articles.model import Article
from toolkit.spans import Span

GEORGIAN = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"  # no letter of these is in an ontology, an id or a card
words = st.text(GEORGIAN, min_size=1, max_size=9)
texts = st.lists(st.lists(words, min_size=4, max_size=8).map(" ".join), min_size=1, max_size=4).map("\n".join)


def labelled(article_id: str, title: str, text: str) -> tuple[Article, Annotation]:
    """An article, and a vote that quotes its words in every way there is."""
    article = make_article(article_id, text, title=title, outlet="Sada", language="ka", url="https://sada.example/1")
    first, second, third, fourth = word_spans(text)[:4]

    def quoted(kind: Any, id: str, span: Span, **more: Any) -> Any:
        return kind(id=id, start=span.start, end=span.end, text=span.of(text), **more)

    return article, vote(
        article,
        "annotator-7f",
        mentions=(
            quoted(Mention, "m1", first, labels=("PERSON",)),
            quoted(Mention, "m2", Span(first.start, second.end), labels=("GPE", "LOCATION")),
            quoted(Mention, "m3", third, labels=("QUANTITY",), attributes={"number": "30"}),
        ),
        cues=(quoted(Cue, "q1", fourth),),
        claims=(
            quoted(
                Claim,
                "c1",
                Span(first.start, fourth.end),
                attributes={"attribution": "indirect", "check_worthy": "yes"},
                claimants=("m1",),
                cues=("q1",),
                values=("m3",),
            ),
        ),
        relations=(Relation(type="located_in", head="m1", tail="m2"),),
    )


def word_spans(text: str) -> list[Span]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append(Span(at, at + len(word)))
        at += len(word)
    return found


def set_text(world: World, text: str) -> World:
    settings = world.project.model_dump() | {"dataset": {"splits": {"train": 1}, "text": text}}
    world.project = type(world.project).model_validate(settings)
    return world
