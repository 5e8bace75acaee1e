"""Two stories: four articles whose people and claims are linked, with a contradiction, and two that are left open."""

from __future__ import annotations

from typing import Any

from small_world import World, at, choice, make_article, make_ontology, vote

from toolkit.annotations.model import Annotation, Claim, Mention
from toolkit.articles.model import Article
from toolkit.gold.model import Provenance, Resolution, Vote
from toolkit.links.model import NIL, ClaimLink, Entity, LinkDifference, LinkedClaim, LinkedMention, StoryLinks

FIRST, SECOND = "annotator-7f", "annotator-9c"


def link_type(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "definition": f"What {name} means.", **more}


LINKS: dict[str, Any] = {
    "entities": ["PERSON", "ORGANIZATION", "GPE"],
    "claims": [
        link_type("equivalent", meaning="same", symmetric=True),
        link_type(
            "contradicts",
            meaning="conflict",
            symmetric=True,
            attributes=[choice("cause", "numeric", "negation", required=True)],
        ),
        link_type("supports"),
        link_type("updates", meaning="later"),
        link_type("unrelated", meaning="none", symmetric=True),
    ],
}

# Of each article: its story, outlet, date and text; the people and places in it, by label; what is claimed.
ARTICLES = {
    "b1": ("visit", "Meridian", "2031-05-02", "Omar Hadad said fifty soldiers landed in Pelvara."),
    "b2": ("visit", "Sada", "2031-05-01", "O. Hadad: no more than twenty soldiers came to Pelvara."),
    "b3": ("visit", "Sada", "", "عمر حداد 🇵🇻: نزل خمسون جنديا."),
    "b4": ("visit", "Lumen", "2031-05-03T08:00:00Z", "Fifty troops reached Pelvara, Hadad said."),
    "c1": ("storm", "Meridian", "2031-06-01", "The navy counts nine dead."),
    "c2": ("storm", "", "2031-06-02", "The navy now counts seven dead."),
    "d1": ("", "Sada", "2031-06-03", "The harbour was quiet."),
}
PEOPLE = {"b1": "Omar Hadad", "b2": "O. Hadad", "b3": "عمر حداد", "b4": "Hadad"}
PLACES = {"b1": "Pelvara", "b2": "Pelvara", "b4": "Pelvara"}
NAVY = {"c1": "navy", "c2": "navy"}
CLAIMS = {
    "b1": "fifty soldiers landed in Pelvara",
    "b2": "no more than twenty soldiers came to Pelvara",
    "b3": "نزل خمسون جنديا",
    "b4": "Fifty troops reached Pelvara",
    "c1": "nine dead",
    "c2": "seven dead",
}


def make_articles() -> dict[str, Article]:
    languages = {"b3": "ar"}
    return {
        id: make_article(
            id, text, story_id=story, outlet=outlet, published=published, language=languages.get(id, "en"), title=id
        )
        for id, (story, outlet, published, text) in ARTICLES.items()
    }


def make_votes(articles: dict[str, Article]) -> list[Annotation]:
    return [
        vote(
            article,
            FIRST,
            mentions=tuple(
                Mention(id=f"m{number}", labels=(label,), **at(article.text, quotes[id]))
                for number, (label, quotes) in enumerate(
                    (("PERSON", PEOPLE), ("GPE", PLACES), ("ORGANIZATION", NAVY)), start=1
                )
                if id in quotes
            ),
            claims=tuple(
                Claim(id="c1", **at(article.text, quote), attributes={"attribution": "narrator", "check_worthy": "yes"})
                for quote in (CLAIMS.get(id),)
                if quote
            ),
        )
        for id, article in articles.items()
    ]


def mention(article_id: str, quote: str, label: str) -> LinkedMention:
    return LinkedMention(article_id=article_id, labels=(label,), **at(ARTICLES[article_id][3], quote))


def claim(article_id: str) -> LinkedClaim:
    return LinkedClaim(article_id=article_id, **at(ARTICLES[article_id][3], CLAIMS[article_id]))


def link(type: str, head: str, tail: str, **attributes: str) -> ClaimLink:
    """A link between the claims of two articles, by the articles' ids."""
    return ClaimLink(type=type, head=claim(head).key, tail=claim(tail).key, attributes=attributes)


def why(resolution: Resolution, support: int, *voters: str, adjudicator: str = "") -> Provenance:
    votes = tuple(Vote(annotator=voter, value={}) for voter in voters)
    return Provenance(resolution=resolution, support=support, voters=len(voters), votes=votes, adjudicator=adjudicator)


def make_links() -> list[StoryLinks]:
    people = [mention(id, quote, "PERSON") for id, quote in PEOPLE.items()]
    places = [mention(id, quote, "GPE") for id, quote in PLACES.items()]
    links = (
        link("contradicts", "b1", "b2", cause="numeric"),
        link("equivalent", "b1", "b3"),
        link("equivalent", "b1", "b4"),
        link("supports", "b4", "b2"),
        link("equivalent", "b3", "b4"),
    )
    asked = why(Resolution.UNANIMOUS, 2, FIRST, SECOND)
    visit = StoryLinks(
        story_id="visit",
        mentions=tuple(sorted((*people, *places), key=lambda it: it.key)),
        entities=(
            Entity(
                id="e1",
                name="Omar Hadad",
                type="PERSON",
                wikidata="Q900000001",
                mentions=tuple(sorted(it.key for it in people)),
            ),
            Entity(id="e2", name="Pelvara", type="GPE", wikidata=NIL, mentions=tuple(sorted(it.key for it in places))),
        ),
        entities_resolution=Resolution.MAJORITY,
        claims=tuple(claim(id) for id in ("b1", "b2", "b3", "b4")),
        links=links,
        followed=(links[4].key,),
        pairs=4,
        answered=4,
        provenance={
            **{it.key: asked for it in (*people, *places)},
            people[2].key: why(Resolution.MAJORITY, 1, FIRST, SECOND),
            links[0].key: why(Resolution.ADJUDICATED, 1, FIRST, SECOND, adjudicator="annotator-c4"),
            **{one.key: asked for one in links[1:4]},
            links[4].key: why(Resolution.UNANIMOUS, 0),
        },
        annotators=(FIRST, SECOND),
        adjudicators=("annotator-c4",),
    )
    pair = link("updates", "c2", "c1").key
    storm = StoryLinks(
        story_id="storm",
        mentions=tuple(mention(id, quote, "ORGANIZATION") for id, quote in NAVY.items()),
        claims=(claim("c1"), claim("c2")),
        pairs=1,
        answered=1,
        differences=(LinkDifference(reason="type", about=(pair,), message="one says updates, the other contradicts"),),
        annotators=(FIRST, SECOND),
    )
    return [visit, storm]


def make_world(**dataset: Any) -> World:
    articles = make_articles()
    world = World(ontology=make_ontology(links=LINKS), articles=articles, votes=make_votes(articles))
    settings = world.project.model_dump() | {"dataset": {"splits": {"train": 0.6, "test": 0.4}} | dataset}
    world.project = type(world.project).model_validate(settings)
    return world
