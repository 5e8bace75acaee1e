"""A story across its outlets as values: when, who is who, who says what against whom, and what is open."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.articles.model import Article
from toolkit.gold.model import Gold, Resolution, Vote
from toolkit.links.model import Entity, LinkDifference, LinkedMention, Passage, StoryLinks
from toolkit.ontology.model import ClaimLinkType, Ontology
from toolkit.report.topics import Statement, Topic, day, outlet_of, side_by_side

_ISO = "iso"  # the answer that says which day a date is
_DATE = re.compile(r"\d{4}(-\d\d){0,2}(?!\d)")
UNDATED = ""
_SHORT = 40  # characters of a claim that tell which one is meant


@dataclass(frozen=True, slots=True)
class Lane:
    """What an outlet has for a day: ``articles`` that came out on it, and ``told``, claims that name the day."""

    articles: tuple[Article, ...] = ()
    told: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the story, or a month or a year that a claim names; ``lanes`` are one for each outlet."""

    day: str
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How an outlet writes somebody, and how often; ``name`` is false of "she" and "the minister"."""

    text: str
    times: int
    name: bool


@dataclass(frozen=True, slots=True)
class Who:
    """An entity with its spellings, those of each outlet together."""

    entity: Entity
    articles: int
    spellings: tuple[tuple[Spelling, ...], ...]


@dataclass(frozen=True, slots=True)
class About:
    """A passage that a question is about; ``anchor`` is empty of a mention."""

    outlet: str
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something open: what it is about, and each answer with the pseudonyms of those who gave it."""

    reason: str
    message: str
    about: tuple[About, ...]
    answers: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """All that a story's page shows. ``outlets`` are the columns of every table, in the order of their first article.

    ``without_gold`` are those articles whose claims are not known yet. ``types`` are the links that occur, with
    how many there are; ``causes`` the answers given about them, with their definitions.
    """

    story_id: str
    outlets: tuple[str, ...]
    articles: tuple[Article, ...]
    without_gold: tuple[Article, ...]
    days: tuple[Day, ...]
    who: tuple[Who, ...]
    who_resolution: Resolution | None
    topics: tuple[Topic, ...]
    alone: tuple[tuple[Statement, ...], ...]
    types: tuple[tuple[ClaimLinkType, int], ...]
    causes: tuple[tuple[str, str], ...]
    asked: int
    answered: int
    questions: tuple[Question, ...]

    @property
    def dates(self) -> tuple[str, ...]:
        """The days on which the first and the last article came out, as far as they are known."""
        known = sorted({day(article) for article in self.articles} - {UNDATED})
        return tuple(dict.fromkeys((known[0], known[-1]))) if known else ()

    def counted(self, meaning: str) -> int:
        """How many links there are of the types with this meaning."""
        return sum(count for kind, count in self.types if kind.meaning == meaning)


def story_page(
    links: StoryLinks, articles: Mapping[str, Article], golds: Mapping[str, Gold], ontology: Ontology
) -> StoryPage:
    """Gather what a story's page shows; the order of the articles does not matter.

    Args:
        links: the story, as far as it is settled.
        articles: all articles of the story by id.
        golds: the gold of those that have one; it says which claims name a date.
        ontology: what can be linked, and what it means.
    """
    listed = sorted(articles.values(), key=lambda one: (not one.published, one.published, one.article_id))
    outlets = tuple(dict.fromkeys(outlet_of(article) for article in listed))
    sides = side_by_side(links, articles, outlets, ontology)
    types, causes = _kinds(links, ontology)
    return StoryPage(
        story_id=links.story_id,
        outlets=outlets,
        articles=tuple(listed),
        without_gold=tuple(article for article in listed if article.article_id not in golds),
        days=tuple(_days(listed, outlets, sides.statements, golds)),
        who=_who(links, articles, outlets, ontology),
        who_resolution=links.entities_resolution,
        topics=sides.topics,
        alone=sides.alone,
        types=types,
        causes=causes,
        asked=links.pairs,
        answered=links.answered,
        questions=tuple(_question(one, links, sides.statements, articles, ontology) for one in links.differences),
    )


def _days(
    articles: Sequence[Article],
    outlets: Sequence[str],
    statements: Sequence[Statement],
    golds: Mapping[str, Gold],
) -> Iterator[Day]:
    """Every day on which something came out, or which a claim names; what has no date stands last."""
    out: defaultdict[tuple[str, str], list[Article]] = defaultdict(list)
    told: defaultdict[tuple[str, str], list[Statement]] = defaultdict(list)
    for article in articles:
        out[day(article), outlet_of(article)].append(article)
    for one in statements:
        for date in _dates(one, golds.get(one.article.article_id)):
            told[date, one.outlet].append(one)
    days = {date for date, _ in (*out, *told)}
    for date in sorted(days, key=lambda date: (date == UNDATED, date)):
        lanes = (Lane(tuple(out[date, outlet]), tuple(told[date, outlet])) for outlet in outlets)
        yield Day(date, tuple(lanes))


def _dates(statement: Statement, gold: Gold | None) -> list[str]:
    """The days, months and years that a claim names, as the annotators read them."""
    claim, mentions = statement.claim, gold.mentions if gold else ()
    read = [value.attributes.get(_ISO, "") for value in claim.values]
    read += [one.attributes.get(_ISO, "") for one in mentions if claim.start <= one.start and one.end <= claim.end]
    return sorted({found[0] for iso in read if (found := _DATE.match(iso))})


def _who(
    links: StoryLinks, articles: Mapping[str, Article], outlets: Sequence[str], ontology: Ontology
) -> tuple[Who, ...]:
    """Those whom most outlets mention stand first, then those with most mentions; in an open story, as it stands."""
    mentions = {mention.key: mention for mention in links.mentions}
    usual = {question.name: question.default for question in ontology.mention_attributes}
    found = []
    for entity in links.entities or links.proposed:
        own = [mentions[key] for key in entity.mentions if key in mentions]
        spellings = tuple(
            _spellings([one for one in own if outlet_of(articles[one.article_id]) == outlet], usual)
            for outlet in outlets
        )
        found.append(Who(entity, len({one.article_id for one in own}), spellings))
    return tuple(
        sorted(
            found,
            key=lambda who: (
                -sum(map(bool, who.spellings)),
                -who.articles,
                -len(who.entity.mentions),
                who.entity.name,
                who.entity.id,
            ),
        )
    )


def _spellings(mentions: Sequence[LinkedMention], usual: Mapping[str, str | None]) -> tuple[Spelling, ...]:
    """Names first, which is what has the usual answer to every question about mentions."""
    times = Counter(
        (" ".join(one.text.split()), all(usual.get(name, answer) == answer for name, answer in one.attributes.items()))
        for one in mentions
    )
    listed = (Spelling(text, count, name) for (text, name), count in times.items())
    return tuple(sorted(listed, key=lambda one: (not one.name, -one.times, one.text)))


def _kinds(
    links: StoryLinks, ontology: Ontology
) -> tuple[tuple[tuple[ClaimLinkType, int], ...], tuple[tuple[str, str], ...]]:
    """The kinds of links that occur with their counts, and the answers given about them, in the ontology's order."""
    counts = Counter(link.type for link in links.links)
    given = {(link.type, *answer) for link in links.links for answer in link.attributes.items()}
    types = ontology.claim_link_types.values()
    causes = {
        option.name: option.definition
        for one in types
        for question in one.attributes
        for option in question.options
        if (one.name, question.name, option.name) in given
    }
    return tuple((one, counts[one.name]) for one in types if counts[one.name]), tuple(causes.items())


def _question(
    difference: LinkDifference,
    links: StoryLinks,
    statements: Sequence[Statement],
    articles: Mapping[str, Article],
    ontology: Ontology,
) -> Question:
    passages: dict[str, Passage] = {one.key: one for one in (*links.mentions, *links.claims)}
    anchors = {one.claim.key: one.anchor for one in statements}
    outlets = {key: outlet_of(articles[one.article_id]) for key, one in passages.items()}
    keys = dict.fromkeys(key for about in difference.about for key in about.split() if key in passages)
    about = tuple(About(outlets[key], passages[key].text, anchors.get(key, "")) for key in keys)
    said: defaultdict[str, list[str]] = defaultdict(list)
    for vote in difference.votes:
        said[_answer(vote, passages, ontology)].append(vote.annotator)
    answers = tuple((answer, tuple(sorted(who))) for answer, who in sorted(said.items()))
    return Question(difference.reason, difference.message, about, answers)


def _answer(vote: Vote, passages: Mapping[str, Passage], ontology: Ontology) -> str:
    """What was said, in words; empty for nothing. Of a link that leads one way, from which claim."""
    value = dict(vote.value or {})
    head, _, answers = value.pop("head", ""), value.pop("tail", ""), value.pop("attributes", {})
    kind = ontology.claim_link_types.get(value.get("type", ""))
    said = [str(one) for one in (*value.values(), *answers.values()) if one]
    if kind and not kind.symmetric:
        said.append(f"from “{_short(passages[head].text)}”" if head in passages else "")
    return ", ".join(filter(None, said))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHORT else words[: _SHORT - 1] + "…"
