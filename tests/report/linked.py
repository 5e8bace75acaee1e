"""The sample stories linked by hand: who is who, thirty detained or 27, fourteen dead and later eleven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from toolkit.annotations.model import Claim
from toolkit.articles.model import Article
from toolkit.gold.model import Gold, Resolution, Vote
from toolkit.links.model import (
    ClaimLink,
    ClaimValue,
    Entity,
    LinkDifference,
    LinkedClaim,
    LinkedMention,
    StoryLinks,
)

PERSON, GROUP, ORGANIZATION, PLACE = "PERSON", "ARMED_GROUP", "ORGANIZATION", "GPE"
THIRTY = "Police detained 30 dockers on Friday after striking workers blocked the gates of the port of Lassendry"
ABOUT_THIRTY = "About thirty people were arrested on Friday"
TWENTY_SEVEN = "Of the 27 dockers whom the police had detained, 25 were free before noon"
FOURTEEN = "Fourteen people died on Friday when a bridge over the River Oress collapsed"
ELEVEN = "The Civil Protection Agency on Friday lowered the death toll of the Brannoch Bridge collapse from 14 to 11"


class Hand:
    """Puts a story together from quotes of its articles."""

    def __init__(self, story_id: str, articles: Mapping[str, Article], golds: Iterable[Gold] = ()) -> None:
        self.story_id = story_id
        self.articles = {id: one for id, one in articles.items() if one.story_id == story_id}
        self.golds = {gold.article_id: gold for gold in golds if gold.article_id in self.articles}
        self.mentions: dict[str, LinkedMention] = {}
        self.entities: list[Entity] = []
        self.claims: dict[str, LinkedClaim] = {}
        self.links: list[ClaimLink] = []
        for gold in self.golds.values():
            self._claims_of(gold)

    def _claims_of(self, gold: Gold) -> None:
        mentions = {one.id: one for one in gold.mentions}

        def key(id: str) -> str:
            return f"{gold.article_id}:{mentions[id].start}-{mentions[id].end}"

        def linked(one: Claim) -> LinkedClaim:
            values = [mentions[id] for id in one.values]
            return LinkedClaim(
                article_id=gold.article_id,
                start=one.start,
                end=one.end,
                text=one.text,
                attributes=one.attributes,
                claimants=tuple(map(key, one.claimants)),
                claimant_names=tuple(mentions[id].text for id in one.claimants),
                values=tuple(ClaimValue(label=v.labels[0], text=v.text, attributes=v.attributes) for v in values),
                mentions=tuple(key(two.id) for two in gold.mentions if one.start <= two.start and two.end <= one.end),
            )

        self.claims |= {claim.key: claim for claim in map(linked, gold.claims)}

    def at(self, article_id: str, quote: str) -> dict[str, Any]:
        start = self.articles[article_id].text.index(quote)
        return {"article_id": article_id, "start": start, "end": start + len(quote), "text": quote}

    def claim(self, article_id: str, quote: str, **more: Any) -> str:
        """The claim that begins so; a new one where there is none."""
        start = self.at(article_id, quote)["start"]
        for claim in self.claims.values():
            if (claim.article_id, claim.start) == (article_id, start):
                return claim.key
        claim = LinkedClaim(**self.at(article_id, quote), **more)
        self.claims[claim.key] = claim
        return claim.key

    def link(self, type: str, head: str, tail: str, **answers: str) -> None:
        if type in ("equivalent", "contradicts", "unrelated"):
            head, tail = sorted((head, tail))
        self.links.append(ClaimLink(type=type, head=head, tail=tail, attributes=answers))

    def entity(self, name: str, type: str, spellings: Mapping[str, Sequence[str]], wikidata: str = "") -> Entity:
        """Somebody with all places where their articles have these spellings; a pronoun is one that is set small."""
        keys = []
        for article_id, texts in spellings.items():
            for text in texts:
                level = {} if text[0].isupper() or not text.isascii() else {"level": "nominal"}
                mention = LinkedMention(**self.at(article_id, text), labels=(type,), attributes=level)
                self.mentions[mention.key] = mention
                keys.append(mention.key)
        found = Entity(
            id=f"e{len(self.entities) + 1}", name=name, type=type, wikidata=wikidata, mentions=tuple(sorted(keys))
        )
        self.entities.append(found)
        return found

    def done(self, differences: Sequence[LinkDifference] = (), **more: Any) -> StoryLinks:
        return StoryLinks(
            story_id=self.story_id,
            mentions=tuple(sorted(self.mentions.values(), key=lambda one: one.key)),
            entities=tuple(self.entities),
            entities_resolution=Resolution.MAJORITY if self.entities else None,
            claims=tuple(sorted(self.claims.values(), key=lambda one: one.key)),
            links=tuple(sorted(self.links, key=lambda one: one.key)),
            differences=tuple(differences),
            **({"pairs": len(self.links)} | more),
        )


def harbour(articles: Mapping[str, Article], golds: Iterable[Gold] = ()) -> StoryLinks:
    hand = Hand("harbour", articles, golds)
    meridian, courier, fast, sada, arabic = (
        f"harbour-{one}" for one in ("01-meridian", "02-courier", "03-fastnews", "04-sada", "05-sada-ar")
    )
    hand.entity(
        "Karl Vessing",
        PERSON,
        {
            meridian: ["Karl Vessing", "Vessing"],
            fast: ["Karl Vessing"],
            sada: ["Karel Fising"],
            arabic: ["كارل فيسنغ"],
        },
        "NIL",
    )
    hand.entity(
        "Tide Brigades",
        GROUP,
        {
            meridian: ["Tide Brigades", "an armed group"],
            courier: ["Tide Brigades", "the armed group"],
            fast: ["Tide Brigades"],
            sada: ["Brigades of the Tide", "The Brigades"],
            arabic: ["كتائب المد"],
        },
    )
    hand.entity(
        "Ansel Dray",
        PERSON,
        {meridian: ["Ansel Dray", "spokesman"], courier: ["Ansel Dray"], sada: ["Ansil Dray"], arabic: ["أنسل دراي"]},
        "Q4104101",
    )
    hand.entity(
        "Lassendry", PLACE, {meridian: ["Lassendry"], courier: ["Lassendry"], fast: ["Lassendry"], sada: ["Lasandri"]}
    )
    hand.entity(
        "Józef Lindqvar", PERSON, {meridian: ["Józef Lindqvar"], courier: ["Józef Lindqvar"], fast: ["Jozef Lindqvar"]}
    )
    hand.entity("Interior Ministry", ORGANIZATION, {meridian: ["Interior Ministry"], courier: ["Interior Ministry"]})
    hand.entity("Hanne Brisk", PERSON, {courier: ["Hanne Brisk"]})
    hand.entity("Nuha Bashiran", PERSON, {sada: ["Nuha Bashiran"], arabic: ["نهى بشيران"]})

    thirty = hand.claim(meridian, THIRTY, claimant_names=("Interior Ministry",))
    about = hand.claim(
        fast,
        ABOUT_THIRTY,
        attributes={"attribution": "narrator"},
        values=(ClaimValue(label="QUANTITY", text="About thirty people", attributes={"number": "30"}),),
    )
    fewer = hand.claim(
        courier,
        TWENTY_SEVEN,
        attributes={"attribution": "indirect"},
        claimant_names=("their lawyer, Hanne Brisk",),
        values=(ClaimValue(label="QUANTITY", text="27 dockers", attributes={"number": "27"}),),
    )
    ministry = hand.claim(courier, "30 detentions", claimant_names=("The Interior Ministry",))
    hand.link("equivalent", thirty, about)
    hand.link("equivalent", thirty, ministry)
    hand.link("equivalent", about, ministry)
    hand.link("contradicts", thirty, fewer, cause="numeric")
    hand.link("contradicts", about, fewer, cause="numeric")
    gas = hand.claim(meridian, "police had used tear gas against workers")
    hand.link("contradicts", gas, hand.claim(fast, "The officers used water cannons"), cause="negation")
    blamed = hand.claim(meridian, "the Tide Brigades for the unrest")
    behind = hand.claim(fast, "the Tide Brigades are behind the walkout")
    rifles = hand.claim(meridian, "officers had found two rifles")
    hand.link("equivalent", blamed, behind)
    hand.link("supports", rifles, behind)
    fishermen = hand.claim(sada, "The Brigades seized the sailors on 21 March")
    hand.link("supports", hand.claim(arabic, "زورقاً تابعاً للبحرية أطلق النار"), fishermen)
    shelves, fuel = hand.claim(fast, "the shelves in Castrel"), hand.claim(meridian, "fuel could run short")
    hand.link("unrelated", shelves, fuel)
    followed = " ".join(sorted((about, ministry)))
    return hand.done(
        followed=(followed,),
        pairs=len(hand.links) - 1,
        answered=len(hand.links) - 1,
        annotators=("ann-amina", "ann-boris"),
    )


def dam(articles: Mapping[str, Article], golds: Iterable[Gold] = ()) -> StoryLinks:
    hand = Hand("dam", articles, golds)
    first, sada, fast, courier, last = (
        f"dam-{one}" for one in ("01-meridian", "02-sada", "03-fastnews", "04-courier", "05-meridian")
    )
    stoan = hand.entity(
        "Mirela Stoan", PERSON, {first: ["Mirela Stoan", "She"], sada: ["Mirila Stuwan"], last: ["Mirela Stoan", "she"]}
    )
    hand.entity(
        "Tomas Hallek",
        PERSON,
        {first: ["Tomas Hallek", "He"], sada: ["Tumas Halik"], fast: ["Tomas Hallek"], courier: ["Tomas Hallek"]},
    )
    dead = hand.claim(first, FOURTEEN)
    again = hand.claim(fast, "14 dead on Friday")
    more = hand.claim(sada, "The number of the victims of the collapse")
    least = hand.claim(fast, "at least 16 bodies had been brought")
    fewer = hand.claim(last, ELEVEN, attributes={"attribution": "narrator"})
    hand.link("equivalent", dead, again)
    hand.link("contradicts", dead, more, cause="numeric")
    hand.link("supports", least, more)
    hand.link("updates", fewer, dead)
    hand.link("updates", fewer, again)
    landslide = hand.claim(first, "the failure to a landslide")
    hinges, worn = hand.claim(fast, "worn hinges led to the failure"), hand.claim(last, "the hinges of Gate Three")
    attack = hand.claim(sada, "the gate was exploded")
    hand.link("equivalent", hinges, worn)
    hand.link("contradicts", landslide, hinges, cause="reason")
    hand.link("contradicts", attack, worn, cause="actor")
    missing, fewer_missing = (
        hand.claim(first, "23 people had been taken"),
        hand.claim(sada, "the missing are 35 persons"),
    )
    pair = " ".join(sorted((missing, fewer_missing)))
    said = {"ann-amina": "contradicts", "ann-boris": "updates", "ann-chen": "contradicts"}
    votes = tuple(
        Vote(
            annotator=who,
            item=pair,
            value=ClaimLink(
                type=type,
                head=fewer_missing,
                tail=missing,
                attributes={"cause": "numeric"} if type == "contradicts" else {},
            ).model_dump(),
        )
        for who, type in said.items()
    )
    open = (
        LinkDifference(reason="type", about=(pair,), message="2× contradicts, 1× updates", votes=votes),
        LinkDifference(
            reason="wikidata",
            about=(stoan.mentions[0],),
            message="“Mirela Stoan”: ann-amina: NIL, ann-boris: Q42",
            votes=(
                Vote(annotator="ann-amina", item=stoan.mentions[0], value={"wikidata": "NIL"}),
                Vote(annotator="ann-boris", item=stoan.mentions[0], value={"wikidata": "Q42"}),
            ),
        ),
    )
    return hand.done(open, pairs=len(hand.links) + 1, answered=len(hand.links) + 1)
