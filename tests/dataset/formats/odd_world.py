"""Generated articles with everything that offsets, tokens and file formats stumble over, and one annotator's work."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from small_world import World, make_article, make_ontology, vote

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation
from toolkit.articles.model import Article
from toolkit.dataset.formats.catalogue import Exported
from toolkit.project import Project
from toolkit.spans import Span

Export = Callable[[str], Exported]
"""What exports a dataset of the fixtures in a format, by its name."""

PIECES = (
    *("Ali", "Omar", "Tripoli", "coast", "guard's", "U.S.", "30", "e\u0301te\u0301", "No.", "2.5"),
    *("👩🏽‍🚀", "🇱🇾", "𝔘𝔫𝔦", "ليبيا", "مُحَمَّد", "東京。", "ไทย", "a\u00adb", "\ufeff"),
    *(" ", " ", " ", " ", "  ", "\n", "\n\n", " \n ", "\t", "\u00a0", "\u2028", "\u200b"),
    *(". ", "! ", "? ", "…\n", "“", "”", "-", "'"),
)
LABELS = ("GPE", "LOCATION", "ORGANIZATION", "PERSON")
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "attribution": {"indirect", "narrator", "anonymous"},
    "check_worthy": {"no", "yes"},
}


def make_odd_world(seed: int, articles: int) -> World:
    """The world of ``World``, its articles drawn: half in one split, half in the other, one of them labelled apart."""
    random = Random(seed)
    drawn = [make_article(f"odd-{number:03}", _text(random), outlet="Sada") for number in range(articles)]
    votes = [_vote(random, article, number) for number, article in enumerate(drawn)]
    project = {
        "name": "odd",
        "studio": {"projects": [{"title": "odd"}]},
        "dataset": {"splits": {"train": 0.5, "test": 0.5}},
    }
    return World(
        ontology=make_ontology(),
        articles={article.article_id: article for article in drawn},
        votes=[one for one in votes if one],
        project=Project.model_validate(project),
    )


def _text(random: Random) -> str:
    return "x" + "".join(random.choices(PIECES, k=random.randint(5, 60))) + "z"


def _vote(random: Random, article: Article, number: int) -> Annotation | None:
    if number % 8 == 7:
        return None  # nobody has seen it
    text = article.text
    mentions = [_mention(random, text, f"m{n}") for n in range(random.randint(0, 16))]
    if number % 8 == 6:  # the entities came from another project
        mentions = [one.model_copy(update={"origin": Origin.CONTEXT, "attributes": {}}) for one in mentions]
    cues = [Cue(id=f"q{n}", **_at(random, text)) for n in range(random.randint(0, 2))]
    claims = [_claim(random, text, f"c{n}", mentions, cues) for n in range(random.randint(0, 3))]
    more: dict[str, Any] = {"layers": ("relations", "claims")} if number % 8 == 6 else {}
    return vote(
        article,
        "annotator-7f",
        mentions=tuple(mentions),
        cues=tuple(cues),
        claims=tuple(claims),
        relations=tuple(_relations(random, mentions)),
        **more,
    )


def _mention(random: Random, text: str, id: str) -> Mention:
    if random.random() < 0.2:
        return Mention(id=id, labels=("QUANTITY",), attributes={"number": "3\n000\t+"}, **_at(random, text))
    labels = sorted(random.sample(LABELS, k=random.choice((1, 1, 1, 2))))
    return Mention(id=id, labels=tuple(labels), attributes={"level": "nominal"}, **_at(random, text))


def _claim(random: Random, text: str, id: str, mentions: list[Mention], cues: list[Cue]) -> Claim:
    people = [one.id for one in mentions if {"PERSON", "ORGANIZATION"} & {*one.labels}]
    values = [one.id for one in mentions if "QUANTITY" in one.labels]
    return Claim(
        id=id,
        attributes={name: random.choice(sorted(choices)) for name, choices in ATTRIBUTES.items()},
        claimants=tuple(sorted(_some(random, people))),
        cues=tuple(sorted(_some(random, [cue.id for cue in cues]))),
        values=tuple(sorted(_some(random, values))),
        **_at(random, text),
    )


def _relations(random: Random, mentions: list[Mention]) -> list[Relation]:
    heads = [one.id for one in mentions if {"PERSON", "ORGANIZATION"} & {*one.labels}]
    tails = [one.id for one in mentions if {"GPE", "LOCATION"} & {*one.labels}]
    pairs = sorted({(head, tail) for head in _some(random, heads) for tail in _some(random, tails) if head != tail})
    return [
        Relation(type="located_in", head=head, tail=tail, modality=random.choice(("asserted", "negated")))
        for head, tail in pairs
    ]


def _some(random: Random, ids: list[str]) -> list[str]:
    return random.sample(ids, k=random.randint(0, min(4, len(ids))))


def _at(random: Random, text: str) -> dict[str, Any]:
    """A span of up to 12 characters; of white space alone it can be, too."""
    start = random.randrange(len(text))
    span = Span(start, min(len(text), start + random.randint(1, 12)))
    return {"start": span.start, "end": span.end, "text": span.of(text)}
