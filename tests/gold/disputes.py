"""An article on which three annotators differ in every way there is, and the hand of an adjudicator on the result."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from toolkit.annotations.codec import Codec
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Relation
from toolkit.articles.model import Article, text_digest
from toolkit.findings import Place
from toolkit.gold.model import Gold
from toolkit.gold.resolve import resolve
from toolkit.gold.review.board import make_case
from toolkit.gold.review.case import Case, voters, work_digest
from toolkit.gold.review.marks import OPEN, bare
from toolkit.gold.review.reading import Reviewed, read_review
from toolkit.ontology.labelconfig import CLAIMS, ENTITIES
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import GoldSettings

ONTOLOGY: Ontology = load_ontology(Path(__file__).parents[2] / "configs" / "ontology.yaml")
CODEC = Codec(ONTOLOGY)
ANNOTATORS = ("amina", "boris", "chen")
ADJUDICATOR = "dara"

TEXT = """\
🚢 Ada Bly said the dam is safe, and that rain will come. Velda was quiet in the morning.
The minister of Dunmere waited for the Harrow Front, and she waited long.
Teo Quill of Ostria told reporters that nobody was hurt, that taxes rose, that it cost $5 and that the bridge fell.\
"""
ARTICLE = Article(article_id="quarrel", text=TEXT, text_sha256=text_digest(TEXT), title="A quarrel", outlet="Daily")

ANSWERS = {"attribution": "indirect", "certainty": "certain", "kind": "event", "check_worthy": "yes"}


def _at(quote: str) -> dict[str, Any]:
    assert TEXT.count(quote) == 1, quote
    return {"start": TEXT.index(quote), "end": TEXT.index(quote) + len(quote), "text": quote}


def named(label: str, quote: str) -> str:
    """The id of a region; Label Studio makes a class name of it."""
    return re.sub(r"\W+", "_", f"{label} {quote}")


def mention(quote: str, label: str, id: str = "", **answers: str) -> Mention:
    return Mention(id=id or named(label, quote), labels=(label,), attributes=answers, **_at(quote))


def claim(
    quote: str, *, claimants: Iterable[str] = (), cues: Iterable[str] = (), values: Iterable[str] = (), **answers: str
) -> Claim:
    links = {"claimants": tuple(sorted(claimants)), "cues": tuple(sorted(cues)), "values": tuple(sorted(values))}
    return Claim(id=named("CLAIM", quote), attributes=ANSWERS | answers, **links, **_at(quote))


def relation(type: str, head: str, tail: str, modality: str = "asserted") -> Relation:
    return Relation(type=type, head=head, tail=tail, modality=modality)


def work(who: str, article: Article = ARTICLE, **items: Any) -> Annotation:
    return Annotation(
        article_id=article.article_id,
        text_sha256=article.text_sha256,
        annotator=who,
        ontology_version=ONTOLOGY.version,
        **items,
    )


ADA, TEO, VELDA, OSTRIA = "PERSON_Ada_Bly", "PERSON_Teo_Quill", "GPE_Velda", "GPE_Ostria"
SAID, TOLD, FIVE = "CUE_said", "CUE_told", "QUANTITY_5"
RAIN, HURT, TAXES, COST, BRIDGE = (
    named("CLAIM", quote)
    for quote in ("rain will come", "nobody was hurt", "taxes rose", "it cost $5", "the bridge fell")
)
MEETING = (ADA, TEO)
"""The ends of the relation that is asserted or negated."""


def works() -> list[Annotation]:
    """Everybody's work: each thing below is one difference, what is not is agreed upon."""
    amina, boris, chen = ANNOTATORS
    said, told = (Cue(id=named("CUE", word), **_at(word)) for word in ("said", "told"))
    agreed = (
        mention("Ada Bly", "PERSON"),
        mention("Teo Quill", "PERSON"),
        mention("Velda", "GPE"),
        mention("Ostria", "GPE"),
        mention("$5", "QUANTITY", number="5"),
    )
    spans: dict[str, tuple[Mention, ...]] = {
        amina: (
            mention("Dunmere", "GPE"),  # presence
            mention("minister", "ROLE_TITLE"),  # label
            mention("the Harrow Front", "ARMED_GROUP"),  # boundaries
            mention("she", "PERSON", level="pronominal"),  # an answer that is not required
        ),
        boris: (
            mention("Dunmere", "GPE"),
            mention("minister", "ROLE_TITLE"),
            mention("Harrow Front", "ARMED_GROUP"),
            mention("she", "PERSON", level="nominal"),
        ),
        chen: (
            mention("minister", "PERSON"),
            mention("Harrow Front", "ARMED_GROUP"),
            mention("she", "PERSON"),
        ),
    }
    settled = claim("the dam is safe", claimants=[ADA], cues=[SAID])
    claims: dict[str, tuple[Claim, ...]] = {
        who: (
            settled,
            claim("rain will come", claimants=[ADA], cues=[SAID], check_worthy="maybe" if who == boris else "yes"),
            claim("nobody was hurt", claimants=[OSTRIA if who == chen else TEO], cues=[TOLD]),
            claim("taxes rose", claimants=[TEO], cues=[TOLD] if who != chen else []),
            claim("it cost $5", claimants=[TEO], cues=[TOLD], values=[FIVE] if who == amina else []),
            *((claim("the bridge fell", claimants=[TEO], cues=[TOLD]),) if who == amina else ()),
        )
        for who in ANNOTATORS
    }
    relations: dict[str, tuple[Relation, ...]] = {
        amina: (
            relation("origin", TEO, OSTRIA),  # agreed
            relation("located_in", ADA, VELDA),  # presence
            relation("supports", TEO, VELDA),  # type
            relation("supports", VELDA, OSTRIA),  # direction
            relation("met_with", *MEETING),  # modality
            relation("opposes", "ARMED_GROUP_the_Harrow_Front", VELDA),  # an end that is open
        ),
        boris: (
            relation("origin", TEO, OSTRIA),
            relation("located_in", ADA, VELDA),
            relation("opposes", TEO, VELDA),
            relation("supports", VELDA, OSTRIA),
            relation("met_with", *MEETING, "negated"),
            relation("opposes", "ARMED_GROUP_Harrow_Front", VELDA),
        ),
        chen: (
            relation("origin", TEO, OSTRIA),
            relation("supports", TEO, VELDA),
            relation("supports", OSTRIA, VELDA),
            relation("met_with", *reversed(MEETING)),
            relation("opposes", "ARMED_GROUP_Harrow_Front", VELDA),
        ),
    }
    return [
        work(who, mentions=(*agreed, *spans[who]), cues=(said, told), claims=claims[who], relations=relations[who])
        for who in ANNOTATORS
    ]


def open_article(those: Iterable[Annotation] = (), reviews: Iterable[Gold] = ()) -> Gold:
    """The article as the votes leave it, where all must say the same."""
    (article,) = resolve(those or works(), ONTOLOGY, GoldSettings(rule="unanimous"), reviews).open
    return article


def case_of(gold: Gold, names: Mapping[str, str] | None = None, round: int = 1) -> Case:
    names = names or {who: who for who in voters(gold)}
    return make_case(gold, TEXT, CODEC, names, lambda who: who, round=round, work_sha256=work_digest(works()))


class Hand:
    """An adjudicator at a result: what is done to it is what the screen would do."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.result: list[dict[str, Any]] = copy.deepcopy(list(case.result))

    def id(self, quote: str, label: str = "") -> str:
        """The region of some words; with a label where there are several."""
        (found,) = {
            one["id"]
            for one in self.result
            if one["type"] == "labels"
            and one["value"]["text"] == quote
            and (not label or label in one["value"]["labels"])
        }
        return str(found)

    def region(self, id: str) -> dict[str, Any]:
        return next(one for one in self.result if one["type"] == "labels" and one["id"] == id)

    def accept(self, quote: str, label: str = "") -> str:
        id = self.id(quote, label)
        self.region(id)["value"]["labels"].remove(OPEN)
        return id

    def reject(self, quote: str, label: str = "") -> None:
        """Delete a region; Label Studio takes its answers and relations with it."""
        id = self.id(quote, label)
        self.result = [one for one in self.result if id not in (one.get("id"), one.get("from_id"), one.get("to_id"))]

    def answer(self, quote: str, name: str, answer: str) -> None:
        id = self.id(quote)
        self.result = [one for one in self.result if (one.get("id"), one.get("from_name")) != (id, name)]
        where = {key: self.region(id)["value"][key] for key in ("start", "end")}
        value = {**where, "choices": [answer]}
        self.result.append({"id": id, "from_name": name, "to_name": "text", "type": "choices", "value": value})

    def label(self, quote: str, *labels: str) -> str:
        """Draw a new region, or change the labels of one that is there."""
        control = CLAIMS if labels[0] in ("CLAIM", "CUE") else ENTITIES
        value = {**_at(quote), "labels": list(labels)}
        self.result.append(
            {"id": named("new", quote), "from_name": control, "to_name": "text", "type": "labels", "value": value}
        )
        return named("new", quote)

    def arrow(self, head: str, tail: str) -> dict[str, Any]:
        (found,) = [one for one in self.result if (one.get("from_id"), one.get("to_id")) == (head, tail)]
        return found

    def accept_arrow(self, head: str, tail: str, *names: str) -> None:
        """Take the mark off, and all labels but these (with none: off it alone)."""
        arrow = self.arrow(head, tail)
        arrow["labels"] = [label for label in arrow["labels"] if label != OPEN and (not names or label in names)]

    def reject_arrow(self, head: str, tail: str) -> None:
        self.result.remove(self.arrow(head, tail))

    def relate(self, head: str, tail: str, *labels: str) -> None:
        self.result.append(
            {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": list(labels)}
        )

    def hand_in(self, names: Mapping[str, str] | None = None) -> Reviewed:
        case = Case.model_validate_json(self.case.model_dump_json())  # it travels
        reviewed = read_review(case, self.result, TEXT, CODEC, ADJUDICATOR, names or {}, Place(article_id="quarrel"))
        assert reviewed.shown + reviewed.added == sum(reviewed.fates.values())
        return reviewed


def marks(result: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The marks of each region and arrow of a result that has some."""
    found: dict[str, list[str]] = {}
    for element in result:
        labels = element["labels"] if element["type"] == "relation" else element["value"].get("labels", [])
        name = element.get("id") or f"{element['from_id']} > {element['to_id']}"
        if plain := [label for label in labels if label not in bare(labels)]:
            found[name] = plain
    return found
