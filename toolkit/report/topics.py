"""What the outlets of a story say of one matter, side by side: claims that are linked, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Literal

from toolkit.articles.model import Article
from toolkit.links.model import ClaimLink, LinkedClaim, StoryLinks
from toolkit.ontology.model import ClaimLinkType, Ontology
from toolkit.report.labels import NO_OUTLET

Voice = Literal["named", "outlet", "unnamed"]

_ATTRIBUTION, _NARRATOR = "attribution", "narrator"
_TAGS: Mapping[tuple[str, str], str] = {
    ("polarity", "negative"): "denial",
    ("certainty", "probable"): "probable",
    ("certainty", "possible"): "possible",
}
"""Answers about a claim without which it would be misread."""

_AROUND = 400  # code points of the article on either side of a claim
_MOST_COLUMNS = 6  # outlets in a topic's table, where not all of them speak
_MOST_ABOUT = 3  # names in a topic's heading


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim as an outlet has it; ``anchor`` is where it stands on the page.

    ``version`` is the label of those that say the same, empty where nothing links it. ``words`` are its text in pieces,
    each with whether it is a value. ``speakers`` are the claimants as the article has them, each with the entity's name
    where that differs. ``around`` is what stands before and after it in its paragraph.
    """

    claim: LinkedClaim
    article: Article
    anchor: str
    version: str
    words: tuple[tuple[str, bool], ...]
    voice: Voice
    speakers: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    around: tuple[str, str]

    @property
    def outlet(self) -> str:
        """Whose article it stands in."""
        return outlet_of(self.article)


@dataclass(frozen=True, slots=True)
class Bearing:
    """How a version bears on another one: ``towards`` it, from it to this one, or (None) both ways alike.

    ``within`` is true where two claims of one version are linked so, which is a fault: they are said to be the same.
    """

    type: str
    meaning: str
    towards: bool | None
    other: str
    answers: tuple[str, ...] = ()
    within: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """Claims that say the same; ``cells`` are one for each outlet."""

    label: str
    cells: tuple[tuple[Statement, ...], ...]
    bearings: tuple[Bearing, ...]

    @property
    def several(self) -> int:
        """How many claims say it, where more than one does."""
        said = sum(map(len, self.cells))
        return said if said > 1 else 0

    @property
    def conflict(self) -> bool:
        """Whether it cannot be true together with another."""
        return any(one.meaning == "conflict" for one in self.bearings)

    @property
    def later(self) -> bool:
        """Whether it replaces an earlier one."""
        return any(one.meaning == "later" and one.towards for one in self.bearings)

    @property
    def replaced(self) -> bool:
        """Whether a later one says that it no longer holds."""
        return any(one.meaning == "later" and one.towards is False for one in self.bearings)


@dataclass(frozen=True, slots=True)
class Topic:
    """Versions that are linked with each other.

    ``about`` are entities that several of its claims name; ``outlets`` are the columns: all, or those that speak of it
    where all would be too many.
    """

    number: int
    about: tuple[str, ...]
    outlets: tuple[str, ...]
    versions: tuple[Version, ...]

    @property
    def first(self) -> Statement:
        """The earliest claim."""
        return next(one for cell in self.versions[0].cells for one in cell)

    @property
    def conflict(self) -> bool:
        """Whether the outlets contradict each other."""
        return any(version.conflict for version in self.versions)


@dataclass(frozen=True, slots=True)
class Sides:
    """All claims of a story: ``topics`` of those that are linked, and of each outlet those that nothing links."""

    statements: tuple[Statement, ...]
    topics: tuple[Topic, ...]
    alone: tuple[tuple[Statement, ...], ...]


def day(article: Article) -> str:
    """The day on which it came out, ISO 8601; empty where that is not known."""
    return article.published[:10]


def outlet_of(article: Article) -> str:
    """Whose it is, with a word for those that do not say."""
    return article.outlet or NO_OUTLET


def side_by_side(
    links: StoryLinks, articles: Mapping[str, Article], outlets: Sequence[str], ontology: Ontology
) -> Sides:
    """Put the claims of a story side by side, contradictions first, then updates, then what most outlets tell.

    Args:
        links: the story's.
        articles: the story's, by id.
        outlets: the columns.
        ontology: says what the types of links mean.
    """
    types = ontology.claim_link_types
    linked = [link for link in links.links if _meaning(types, link) != "none"]
    claims = sorted(links.claims, key=lambda one: _order(one, articles))
    place = {claim.key: number for number, claim in enumerate(claims)}
    same = _components(place, (link for link in linked if _meaning(types, link) == "same"))
    together = [part for part in _components(place, linked) if len(part) > 1]
    together.sort(key=lambda part: _rank(part, linked, types, [claims[place[key]] for key in part], articles))
    labels = {
        key: f"{number}{_letters(order)}"
        for number, part in enumerate(together, start=1)
        for order, version in enumerate(one for one in same if one[0] in part)
        for key in version
    }
    names = {mention: entity.name for entity in links.entities for mention in entity.mentions}
    statements = {
        claim.key: _statement(claim, f"claim-{number}", labels.get(claim.key, ""), articles[claim.article_id], names)
        for number, claim in enumerate(claims, start=1)
    }
    bearings = _bearings(linked, labels, types, place)
    topics = []
    for number, part in enumerate(together, start=1):
        told_by = {statements[key].outlet for key in part}
        columns = tuple(one for one in outlets if one in told_by or len(outlets) <= _MOST_COLUMNS)
        versions = (
            Version(label, _cells((statements[key] for key in part if labels[key] == label), columns), bearings[label])
            for label in dict.fromkeys(labels[key] for key in part)
        )
        about = _about([claims[place[key]] for key in part], names)
        topics.append(Topic(number, about, columns, tuple(versions)))
    alone = (one for key, one in statements.items() if key not in labels)
    return Sides(tuple(statements.values()), tuple(topics), _cells(alone, outlets))


def _meaning(types: Mapping[str, ClaimLinkType], link: ClaimLink) -> str:
    return types[link.type].meaning if link.type in types else "other"


def _order(claim: LinkedClaim, articles: Mapping[str, Article]) -> tuple[str, str, int, int]:
    return articles[claim.article_id].published, claim.article_id, claim.start, claim.end


def _components(place: Mapping[str, int], links: Iterable[ClaimLink]) -> list[list[str]]:
    """The claims in parts that links hold together, each part and all parts in the claims' order."""
    part = {key: [key] for key in place}
    for link in links:
        one, other = part[link.head], part[link.tail]
        if one is not other:
            one += other
            part.update(dict.fromkeys(other, one))
    parts = {id(keys): keys for keys in part.values()}
    return sorted((sorted(keys, key=place.__getitem__) for keys in parts.values()), key=lambda keys: place[keys[0]])


def _rank(
    part: Sequence[str],
    linked: Sequence[ClaimLink],
    types: Mapping[str, ClaimLinkType],
    claims: Sequence[LinkedClaim],
    articles: Mapping[str, Article],
) -> tuple[bool, bool, int, tuple[str, str, int, int]]:
    meanings = {_meaning(types, link) for link in linked if link.head in part}
    told_by = {outlet_of(articles[claim.article_id]) for claim in claims}
    return "conflict" not in meanings, "later" not in meanings, -len(told_by), _order(claims[0], articles)


def _letters(number: int) -> str:
    """Of 0, 1, 2 and so on: a to z, then aa, ab and so on."""
    before, last = divmod(number, len(ascii_lowercase))
    return (_letters(before - 1) if before else "") + ascii_lowercase[last]


def _bearings(
    linked: Iterable[ClaimLink],
    labels: Mapping[str, str],
    types: Mapping[str, ClaimLinkType],
    place: Mapping[str, int],
) -> Mapping[str, tuple[Bearing, ...]]:
    """Of each version, how it bears on others; what several of its claims say is said once."""
    found: defaultdict[str, dict[Bearing, None]] = defaultdict(dict)
    for link in sorted(linked, key=lambda one: (place[one.head], place[one.tail], one.type)):
        meaning = _meaning(types, link)
        if meaning == "same":
            continue
        symmetric = link.type in types and types[link.type].symmetric
        head, tail = labels[link.head], labels[link.tail]
        answers = tuple(answer for _, answer in sorted(link.attributes.items()) if answer)
        for own, other, towards in ((head, tail, True), (tail, head, False)):
            bearing = Bearing(link.type, meaning, None if symmetric else towards, other, answers, head == tail)
            found[own].setdefault(bearing)
    return defaultdict(tuple, {label: tuple(bearings) for label, bearings in found.items()})


def _statement(claim: LinkedClaim, anchor: str, version: str, article: Article, names: Mapping[str, str]) -> Statement:
    speakers = tuple(
        (said, "" if names.get(key, said).casefold() == said.casefold() else names[key])
        for said, key in _claimants(claim)
    )
    narrated = claim.attributes.get(_ATTRIBUTION) == _NARRATOR
    return Statement(
        claim=claim,
        article=article,
        anchor=anchor,
        version=version,
        words=_marked(claim),
        voice="named" if speakers else "outlet" if narrated else "unnamed",
        speakers=speakers,
        tags=tuple(tag for (name, answer), tag in _TAGS.items() if claim.attributes.get(name) == answer),
        around=_around(article.text, claim.start, claim.end),
    )


def _claimants(claim: LinkedClaim) -> list[tuple[str, str]]:
    """Each claimant's words with its mention's key; without a key where the two are not told for each."""
    keys = claim.claimants if len(claim.claimants) == len(claim.claimant_names) else ()
    return [(said, keys[number] if keys else "") for number, said in enumerate(claim.claimant_names)]


def _marked(claim: LinkedClaim) -> tuple[tuple[str, bool], ...]:
    """The claim's words, cut where its values begin and end."""
    marked = [False] * len(claim.text)
    for value in claim.values:
        if (start := claim.text.find(value.text)) >= 0:
            marked[start : start + len(value.text)] = [True] * len(value.text)
    cuts = [at for at in range(len(marked)) if at == 0 or marked[at] != marked[at - 1]]
    return tuple((claim.text[a:b], marked[a]) for a, b in zip(cuts, [*cuts[1:], len(marked)], strict=True))


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """The rest of the paragraph, with an ellipsis where that is long."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    before, after = text[max(first, start - _AROUND) : start], text[end : min(last, end + _AROUND)]
    return ("…" if start - first > _AROUND else "") + before, after + ("…" if last - end > _AROUND else "")


def _cells(statements: Iterable[Statement], outlets: Sequence[str]) -> tuple[tuple[Statement, ...], ...]:
    listed = list(statements)
    return tuple(tuple(one for one in listed if one.outlet == outlet) for outlet in outlets)


def _about(claims: Sequence[LinkedClaim], names: Mapping[str, str]) -> tuple[str, ...]:
    named = [dict.fromkeys(names[mention] for mention in claim.mentions if mention in names) for claim in claims]
    times = {name: sum(name in one for one in named) for one in named for name in one}
    several = [name for name, count in times.items() if count > 1]
    return tuple(sorted(several, key=lambda name: -times[name])[:_MOST_ABOUT])
