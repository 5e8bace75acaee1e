"""A small ontology, five articles and the votes on them: one of everything that the tables must get right."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation
from toolkit.articles.model import Article, text_digest
from toolkit.dataset.build import Built, build
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, Project

HARBOUR = (
    "Ali 👩🏽‍🚀 of Libya's coast guard met Omar in Tripoli.\n"
    "According to Ali, “30\u00a0migrants” were rescued off the Greater Tripoli Area.\nNobody was hurt."
)
ARABIC = "قال مُحَمَّد 🇱🇾 إن ليبيا بخير."


def span_type(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "definition": f"What {name} | means.", "colour": "#123456", **more}


def choice(name: str, *options: str, **more: Any) -> dict[str, Any]:
    options_ = [{"name": option, "definition": option} for option in options]
    return {"name": name, "definition": name, "options": options_, **more}


def link(name: str, head: list[str], tail: list[str], **more: Any) -> dict[str, Any]:
    return {"name": name, "definition": name, "head": head, "tail": tail, **more}


def make_ontology(**changes: Any) -> Ontology:
    schema: dict[str, Any] = {
        "name": "harbour",
        "version": "1.2.0",
        "entities": [span_type("PERSON"), span_type("ORGANIZATION"), span_type("GPE"), span_type("LOCATION")],
        "values": [
            span_type(
                "QUANTITY",
                attributes=[
                    {"name": "number", "definition": "the number"},
                    choice("precision", "exact", "approx", default="exact"),
                ],
            )
        ],
        "mention_attributes": [choice("level", "named", "nominal", default="named")],
        "relations": [
            link("located_in", ["PERSON", "ORGANIZATION"], ["GPE", "LOCATION"]),
            link("met_with", ["PERSON"], ["PERSON"], symmetric=True),
            link("has_quantity", ["CLAIM"], ["QUANTITY"]),
        ],
        "modality": choice("modality", "asserted", "negated"),
        "claims": {
            "content": span_type(
                "CLAIM",
                attributes=[
                    choice("attribution", "indirect", "narrator", "anonymous", required=True),
                    choice("check_worthy", "no", "yes", required=True),
                    choice("polarity", "positive", "negative", default="positive"),
                    choice("certainty", "certain", "possible"),
                ],
            ),
            "cue": span_type("CUE"),
            "claimant": link("claimed_by", ["CLAIM"], ["PERSON", "ORGANIZATION"]),
            "cued_by": link("cued_by", ["CLAIM"], ["CUE"]),
            "value": "has_quantity",
            "no_claimant": ["narrator", "anonymous"],
        },
    }
    return Ontology.model_validate(schema | changes)


def make_article(article_id: str, text: str, **more: Any) -> Article:
    return Article(article_id=article_id, text=text, text_sha256=text_digest(text), **more)


def at(text: str, quote: str, nth: int = 1) -> dict[str, Any]:
    """Offsets and text of the nth ``quote`` in ``text``."""
    start = -1
    for _ in range(nth):
        start = text.index(quote, start + 1)
    return {"start": start, "end": start + len(quote), "text": quote}


def mention(text: str, id: str, quote: str, *labels: str, nth: int = 1, **more: Any) -> Mention:
    return Mention(id=id, labels=labels, **at(text, quote, nth), **more)


def vote(article: Article, annotator: str, **more: Any) -> Annotation:
    return Annotation(
        article_id=article.article_id,
        text_sha256=article.text_sha256,
        annotator=annotator,
        ontology_version="1.2.0",
        **more,
    )


def make_articles() -> dict[str, Article]:
    articles = (
        make_article("a1", HARBOUR, outlet="Meridian | Wire", language="en", story_id="s1", licence="Apache-2.0"),
        make_article("a2", ARABIC, outlet="Sada", language="ar", translated=True),
        make_article("a3", "Two people read this."),
        make_article("a4", "Nobody wanted this."),
        make_article("a5", "Nobody saw this."),
    )
    return {article.article_id: article for article in articles}


def make_votes(articles: dict[str, Article]) -> list[Annotation]:
    harbour = vote(
        articles["a1"],
        "annotator-7f",
        lead_time=12.5,
        mentions=(
            mention(HARBOUR, "m1", "Ali", "PERSON"),
            mention(HARBOUR, "m2", "Libya", "GPE"),
            mention(HARBOUR, "m3", "Libya's coast guard", "ORGANIZATION", attributes={"level": "nominal"}),
            mention(HARBOUR, "m4", "Omar", "PERSON", origin=Origin.ACCEPTED, score=0.75),
            mention(HARBOUR, "m5", "Tripoli", "GPE", "LOCATION"),
            mention(HARBOUR, "m6", "30\u00a0migrants", "QUANTITY", attributes={"number": "30"}),
            mention(HARBOUR, "m7", "Greater Tripoli Are", "LOCATION"),
            mention(HARBOUR, "m8", "Ali", "PERSON", nth=2),
        ),
        cues=(Cue(id="q1", **at(HARBOUR, "According to")),),
        claims=(
            Claim(
                id="c1",
                **at(HARBOUR, "“30\u00a0migrants” were rescued"),
                attributes={"attribution": "indirect", "check_worthy": "yes"},
                claimants=("m8",),
                cues=("q1",),
                values=("m6",),
            ),
            Claim(
                id="c2",
                **at(HARBOUR, "Nobody was hurt"),
                attributes={"attribution": "narrator", "check_worthy": "no", "polarity": "negative"},
            ),
        ),
        relations=(
            Relation(type="located_in", head="m4", tail="m5", modality="negated"),
            Relation(type="met_with", head="m1", tail="m8"),
        ),
    )
    arabic = (
        vote(
            articles["a2"],
            "annotator-7f",
            ground_truth=LAYERS,
            mentions=(mention(ARABIC, "m1", "مُحَمَّد", "PERSON"), mention(ARABIC, "m2", "ليبيا", "GPE")),
        ),
        vote(articles["a2"], "annotator-9c", mentions=(mention(ARABIC, "m1", "مُحَمَّد", "PERSON"),)),
    )
    people = mention(articles["a3"].text, "m1", "people", "PERSON")
    undecided = (
        vote(articles["a3"], "annotator-7f", mentions=(people,)),
        vote(articles["a3"], "annotator-9c"),
    )
    return [harbour, *arabic, *undecided, vote(articles["a4"], "annotator-9c", skipped=True)]


@dataclass
class World:
    """The inputs of a build, ready to be changed."""

    ontology: Ontology = field(default_factory=make_ontology)
    articles: dict[str, Article] = field(default_factory=make_articles)
    votes: list[Annotation] = field(default_factory=list)
    project: Project = field(
        default_factory=lambda: Project.model_validate(
            {"name": "demo", "studio": {"projects": [{"title": "demo"}]}, "dataset": {"splits": {"train": 1}}}
        )
    )

    def __post_init__(self) -> None:
        self.votes = self.votes or make_votes(self.articles)

    def build(self, folder: Path, **more: Any) -> Built:
        return build(
            folder,
            project=self.project,
            ontology=self.ontology,
            articles=self.articles,
            annotations=self.votes,
            **more,
        )
