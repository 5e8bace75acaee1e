"""Mentions as a register sees them, and groups of those that are taken to be one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from toolkit.annotations.model import Mention, Origin
from toolkit.articles.model import Article
from toolkit.gold.model import Gold
from toolkit.links.gather import linked_mentions
from toolkit.links.model import LinkedMention
from toolkit.links.names import Name, name, word
from toolkit.links.words import ARTICLES, COURTESY, GENDERED, OTHERS, PRONOUNS, SOURCES, STOP_WORDS, TITLES
from toolkit.ontology.model import Ontology

NAMED, NOMINAL, PRONOMINAL = "named", "nominal", "pronominal"
LEVEL = "level"
"""The question whether a mention is a name, a noun or a pronoun."""
BESIDE = re.compile(r",? (?:the |an? )?")
"""What stands between a person's name and a noun for the same person."""

_BESIDE_AT_MOST = len(", the ")
_SEXES = frozenset("mf")
_NO_TITLE = STOP_WORDS | ARTICLES
_COURTESY = frozenset(word(one).sound for one in COURTESY)
_SEX_OF_TITLE = {word(title).sound: sex for title, sex in GENDERED.items()}
_WINDOW, _TITLE_WORDS = 40, 4  # characters and words before a mention, where its title stands
_WORDS = re.compile(r"\w+")
_BREAK = re.compile(r"(?<!\b[md]r)(?<!\bmrs)(?<!\bms)(?<!\bprof)\.\s|[,;:!?\n]\s", re.IGNORECASE)
_PERSON = re.compile(r"(?:^|_)PER(?:S|SON|SONS)?(?:$|_)|PEOPLE", re.IGNORECASE)
_BODY = re.compile(r"(?:^|_)(?:ORG|GPE|LOC|FAC|MET|ARMED|GEO|PLACE|COMPANY|PARTY)", re.IGNORECASE)


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A mention as the register sees it: its name, how it is said (``level``), and whom it stands with.

    ``company`` are sounds of its roles and skeletons of the names that gold relations lead to. ``gender`` is m, f, n,
    p, r or s, as a pronoun, title or noun tells. ``vague`` is a common noun that says nothing of who it is.
    """

    mention: LinkedMention
    name: Name
    level: str
    labels: frozenset[str]
    company: frozenset[str]
    gender: str
    vague: bool

    @property
    def order(self) -> tuple[str, int, int]:
        """Its place among all mentions."""
        return self.mention.article_id, self.mention.start, self.mention.end


@dataclass(eq=False, slots=True)
class Group:
    """Mentions that are taken to be one, and what is known of them; two are joined by ``+``.

    ``names`` are the fullest of its names, or of its common nouns where nobody names it; a lone pronoun has none.
    ``company`` are its roles, the nouns that were said of it, and the names that relations lead to; ``genders`` what
    pronouns and titles tell of it: m, f. ``first`` is its first mention's place.
    """

    seen: tuple[Seen, ...]
    names: tuple[Name, ...]
    is_named: bool
    of_person: bool
    labels: frozenset[str]
    company: frozenset[str]
    articles: frozenset[str]
    genders: frozenset[str]
    first: tuple[str, int, int]
    vague: bool

    @classmethod
    def of(cls, one: Seen) -> Group:
        """A mention alone."""
        return cls(
            seen=(one,),
            names=() if one.level == PRONOMINAL else (one.name,),
            is_named=one.level == NAMED,
            of_person=any(map(is_person, one.labels)),
            labels=one.labels,
            company=one.company,
            articles=frozenset((one.mention.article_id,)),
            genders=frozenset(one.gender) & _SEXES,
            first=one.order,
            vague=one.vague,
        )

    def __add__(self, other: Group) -> Group:
        by_name = [group.names for group in (self, other) if group.is_named] or [self.names, other.names]
        return Group(
            seen=self.seen + other.seen,
            names=_fullest({one.spelt: one for names in by_name for one in names}),
            is_named=self.is_named or other.is_named,
            of_person=self.of_person or other.of_person,
            labels=self.labels | other.labels,
            company=self.company | other.company,
            articles=self.articles | other.articles,
            genders=self.genders | other.genders,
            first=min(self.first, other.first),
            vague=self.vague or other.vague,
        )


def _fullest(names: Mapping[tuple[str, ...], Name]) -> tuple[Name, ...]:
    """Those that are no part or acronym of another, by their letters."""
    if len(names) < 2:
        return tuple(names.values())
    short = {spelt for spelt, one in names.items() if any(one.acronym in other.initials for other in names.values())}
    left = {spelt: {*spelt} for spelt in names if spelt not in short}
    full = [
        spelt for spelt in left if not any(len(spelt) < len(other) and left[spelt] <= left[other] for other in left)
    ]
    return tuple(names[spelt] for spelt in sorted(full))


@lru_cache(maxsize=1 << 12)
def is_person(label: str) -> bool:
    """Whether mentions of this type are people, as far as its name tells."""
    return bool(_PERSON.search(label))


def confusable(left: Iterable[str], right: Iterable[str]) -> bool:
    """Whether people take the one type for the other: bodies and places, such as GPE and ORGANIZATION."""
    return all(map(_is_body, left)) and all(map(_is_body, right))


@lru_cache(maxsize=1 << 12)
def _is_body(label: str) -> bool:
    return bool(_BODY.search(label)) and not is_person(label)


def seen_in(gold: Gold, article: Article, ontology: Ontology) -> list[Seen]:
    """The linked mentions of an article, in its order; two on one place are one with the labels of both."""
    mentions = {one.id: one for one in gold.mentions}
    company: dict[str, set[str]] = defaultdict(set)
    for relation in gold.relations:
        for end, other in ((relation.head, relation.tail), (relation.tail, relation.head)):
            if end in mentions and other in mentions:
                linked = ontology.linked_types.intersection(mentions[other].labels)
                company[end].update(_met(mentions[other].text, bool(linked)))
    for person, office in _side_by_side(gold, article.text, ontology):
        company[person.id].update(_met(office.text, linked=False))
    met: dict[tuple[int, int], set[str]] = defaultdict(set)
    for id, one in mentions.items():
        if one.origin is not Origin.CONTEXT and ontology.linked_types.intersection(one.labels):
            met[one.start, one.end] |= company[id]
    default = next((one.default or "" for one in ontology.mention_attributes if one.name == LEVEL), "")
    return [
        _seen(one, article.text, frozenset(met[one.start, one.end]), default, ontology)
        for one in linked_mentions([gold], ontology)
    ]


def _side_by_side(gold: Gold, text: str, ontology: Ontology) -> Iterator[tuple[Mention, Mention]]:
    """People, and the offices, ranks and the like that stand right before or behind them."""
    linked, values = ontology.linked_types, {value.name for value in ontology.values}
    ordered = sorted(gold.mentions, key=lambda one: (one.start, one.end, one.labels))
    for left, right in pairwise(ordered):
        gap = right.start - left.end
        if not 0 <= gap <= _BESIDE_AT_MOST or not BESIDE.fullmatch(text[left.end : right.start]):
            continue
        for one, other in ((left, right), (right, left)):
            if any(map(is_person, one.labels)) and linked.isdisjoint(other.labels) and values.isdisjoint(other.labels):
                yield one, other


def _seen(mention: LinkedMention, text: str, met: frozenset[str], default: str, ontology: Ontology) -> Seen:
    labels = ontology.linked_types.intersection(mention.labels)
    of_person = any(map(is_person, labels))
    read = name(mention.text, of_person)
    level = mention.attributes.get(LEVEL) or default or by_form(mention.text)
    gender, vague = _gender(level, read), False
    if level == NOMINAL:
        met = met | {one.sound for one in read.words[read.head - 1 : read.head]}
        vague = _vague(mention, _before(mention, text))
    elif level == NAMED and of_person:
        before = _before(mention, text)
        met = (met | read.titles | _titles(before)) - _COURTESY
        gender = gender or "".join(GENDERED.get(one, "") for one in before[-1:] if one in TITLES)
    return Seen(mention, read, level, labels, met, gender, vague)


def _before(mention: LinkedMention, text: str) -> list[str]:
    """The last words before a mention, in its clause."""
    clause = _BREAK.split(text[max(0, mention.start - _WINDOW) : mention.start])[-1]
    return _WORDS.findall(clause.lower())[-_TITLE_WORDS:]


def _gender(level: str, read: Name) -> str:
    if level == PRONOMINAL:
        return PRONOUNS.get(read.shown.lower(), "")
    if level == NOMINAL:
        return next((GENDERED[one] for one in read.spelt if one in GENDERED), "")
    sexes = {_SEX_OF_TITLE[one] for one in read.titles if one in _SEX_OF_TITLE}
    return sexes.pop() if len(sexes) == 1 else ""


def _vague(mention: LinkedMention, before: Sequence[str]) -> bool:
    said = _WORDS.findall(mention.text.lower())
    somebodys = len(said) > 1 and said[0] in PRONOUNS
    another = any(one in OTHERS or one.isdigit() for one in (*before[-1:], *said[:1]))
    return somebodys or another or not SOURCES.isdisjoint(said)


def _titles(words: Sequence[str]) -> frozenset[str]:
    """The sounds of a title right before a name, and of what it is about: "defence minister of Pelvara"."""
    at = max((at for at, one in enumerate(words) if one in TITLES), default=len(words))
    if at == len(words) or (at + 1 < len(words) and words[at + 1] not in ("of", "for")):
        return frozenset()
    about = words[max(at - 1, 0) : at]
    return frozenset(word(one).sound for one in (*about, *words[at:]) if one.isascii() and one not in _NO_TITLE)


def _met(text: str, linked: bool) -> Iterable[str]:
    read = name(text)
    return (f"~{read.skeleton}",) if linked else (one.sound for one in read.words)


@lru_cache(maxsize=1 << 14)
def by_form(text: str) -> str:
    """How a mention is said, by its form: a pronoun, a noun without a capital letter where there are any, a name."""
    said = text.lower().removesuffix("'s").removesuffix("’s").removesuffix("'re")
    if said in PRONOUNS:
        return PRONOMINAL
    inner = re.sub(r"^(?:The|A|An|His|Her|Its|Their|Our|My|This|That)\s", "", text)
    has_case = any(one.isupper() or one.islower() for one in text)
    return NOMINAL if has_case and not any(one.isupper() or one.isdigit() for one in inner) else NAMED
