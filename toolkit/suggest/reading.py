"""Reading what an answer says of one article: each item gets its place in the text, or is refused with a finding."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Set
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from toolkit.annotations.model import Claim, Cue, Mention, Relation
from toolkit.articles.model import Article
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.ontology.model import ASSERTED, Ontology
from toolkit.spans import Span
from toolkit.suggest.carry_tokens import is_whole
from toolkit.suggest.model import Suggestions
from toolkit.suggest.wording import brief, few, why_not

ITEMS = 2000
"""How many mentions, cues, claims and relations, of each, are read of an article."""

_SAY = "have the source say it as docs/suggesting.md has it, then suggest again"
_NAMES = "have the source use the names of configs/ontology.yaml, then suggest again"


def rule(id: str, purpose: str, next: str = _SAY) -> Rule:
    """A rule about what a source says."""
    return Rule(id, purpose, Severity.WARNING, next)  # of what is shown to annotators, nothing is wrong


MALFORMED = rule("suggestion-malformed", "An answer's item has the keys and types that its kind needs.")
MISPLACED = rule("suggestion-misplaced", "An item's offsets, or its text if that is there once, tell where it is.")
FOUND = Rule("suggestion-found", "Offsets fit the text that is quoted.", Severity.NOTE, "nothing to do")
UNKNOWN = rule("suggestion-unknown-name", "Labels, relation types and modalities are in the ontology.", _NAMES)
DOUBLE_ID = rule("suggestion-duplicate-id", "An id stands for one item of its article.")
REPEATED = rule("suggestion-repeated", "The same thing is said of an article once.")
DANGLING = rule("suggestion-dangling", "What an item refers to is there, and of the kind that is meant.")
SELF_RELATION = rule("suggestion-self-relation", "A relation joins two different mentions.")
TOO_MANY = rule("suggestion-too-many", f"An article has at most {ITEMS} suggested items of a kind.")


class Part(BaseModel):
    """Base of what is read: types are exact, and keys that are not known stay unread."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


_Id = Annotated[str, Field(pattern=r"^[\w.:-]{1,64}$")]
_Items = list[Any] | None


class _Span(Part):
    id: _Id | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None
    occurrence: Annotated[int, Field(ge=1)] | None = None
    score: Annotated[float, Field(ge=0, le=1)] | None = None
    attributes: dict[str, str | None] | None = None


class _Mention(_Span):
    label: str


class _Claim(_Span):
    claimants: list[str] | None = None
    cues: list[str] | None = None
    values: list[str] | None = None


class _Relation(Part):
    type: str
    head: str
    tail: str
    modality: str | None = None


class ArticlePart(Part):
    """What an answer says of one article, its items as they came, or why it has none."""

    article_id: str
    error: str | None = None
    mentions: _Items = None
    cues: _Items = None
    claims: _Items = None
    relations: _Items = None

    @property
    def items(self) -> int:
        """How many there are, whatever they are."""
        return sum(len(one or ()) for one in (self.mentions, self.cues, self.claims, self.relations))


_P = TypeVar("_P", bound=Part)
_S = TypeVar("_S", bound=_Span)


class _Placed(NamedTuple, Generic[_S]):
    """A span that has its place; ``called`` is what findings call it."""

    called: str
    item: _S
    id: str
    start: int
    end: int


class Reading:
    """One article's part of an answer."""

    def __init__(self, article: Article, ontology: Ontology, source: str) -> None:
        self._article, self._ontology, self._source = article, ontology, source
        self._found: defaultdict[Rule, list[str]] = defaultdict(list)
        self._moved = 0
        self._ids: Counter[str] = Counter()

    def suggestions(self, given: ArticlePart, version: str) -> Suggestions:
        """What is left of it."""
        self._ids = Counter(
            one["id"]
            for items in (given.mentions, given.cues, given.claims)
            for one in items or ()
            if isinstance(one, dict) and isinstance(one.get("id"), str)
        )
        mentions = self._spans("mentions", given.mentions, _Mention, self._ontology.mention_types)
        cues = self._spans("cues", given.cues, _Span)
        claims = self._spans("claims", given.claims, _Claim)
        if self._moved:
            self._find(FOUND, f"{self._moved} items did not stand at their offsets, and were found by their text")
        named, cued = {one.id for one in mentions}, {one.id for one in cues}
        left = Suggestions(
            article_id=self._article.article_id,
            text_sha256=self._article.text_sha256,
            version=version,
            mentions=tuple(Mention(**self._fields(one), labels=(one.item.label,)) for one in mentions),
            cues=tuple(Cue(**self._fields(one)) for one in cues),
            claims=tuple(
                Claim(
                    **self._fields(one),
                    claimants=self._known(one, "claimants", one.item.claimants, named),
                    cues=self._known(one, "cues", one.item.cues, cued),
                    values=self._known(one, "values", one.item.values, named),
                )
                for one in claims
            ),
            relations=tuple(self._relations(given.relations, named)),
        )
        return left.model_copy(update={"refused": given.items - left.items})

    @property
    def findings(self) -> list[Finding]:
        """One for each rule that was broken, however often: how often, and the first ones."""
        place = Place(article_id=self._article.article_id)
        return [rule.at(place, f"{self._source}: {few(messages)}") for rule, messages in self._found.items()]

    def _spans(
        self, kind: str, given: _Items, model: type[_S], labels: Collection[str] | None = None
    ) -> list[_Placed[_S]]:
        """The items of a kind that have a place, an id of their own and, where there are labels, one of these."""
        if given and labels is None and self._ontology.claims is None:
            self._find(UNKNOWN, f"{kind}: {len(given)} items, and the ontology has no claims")
            return []
        found: list[_Placed[_S]] = []
        said = set()
        for called, item in self._items(kind, given, model):
            if item.text is not None:
                called = f"{called} {brief(item.text)}"
            label = getattr(item, "label", "")
            place = _place(item, self._article.text)
            if labels is not None and label not in labels:
                self._find(UNKNOWN, f"{called}: there is no label {brief(label)}")
            elif item.id and self._ids[item.id] > 1:
                self._find(DOUBLE_ID, f"{called}: {self._ids[item.id]} items have the id {item.id}")
            elif place is None:
                self._find(MISPLACED, f"{called}: {_misfit(item, self._article.text)}")
            elif (place, label) in said:
                self._find(REPEATED, f"{called}: said before")
            else:
                said.add((place, label))
                self._moved += item.start is not None and place != (item.start, item.end)
                found.append(_Placed(called, item, item.id or self._own_id(called), *place))
        return found

    def _items(self, kind: str, given: _Items, model: type[_P]) -> Iterator[tuple[str, _P]]:
        """The items with the right keys and types, and what findings call each."""
        if given and len(given) > ITEMS:
            self._find(TOO_MANY, f"{kind}: {len(given)} items; the first {ITEMS} are read")
        for number, one in enumerate((given or [])[:ITEMS]):
            called = f"{kind}[{number}]"
            try:
                yield called, model.model_validate(one)
            except ValidationError as error:
                self._find(MALFORMED, f"{called}: {why_not(error)}")

    def _own_id(self, called: str) -> str:
        """An id for an item without one: what findings call it, but not as anybody else is called."""
        id = re.sub(r"\W+", "-", called.partition("]")[0])
        while id in self._ids:
            id += "-"
        return id

    def _fields(self, one: _Placed[Any]) -> dict[str, Any]:
        """What all spans have. The text is the article's own."""
        answers = {name: answer for name, answer in (one.item.attributes or {}).items() if answer is not None}
        text = self._article.text[one.start : one.end]
        return {
            "id": one.id,
            "start": one.start,
            "end": one.end,
            "text": text,
            "attributes": answers,
            "score": one.item.score,
        }

    def _known(self, one: _Placed[Any], role: str, ids: list[str] | None, known: Set[str]) -> tuple[str, ...]:
        """The ids of a claim's links that stand for something; the claim stays where some do not."""
        for id in sorted(set(ids or ()) - known):
            self._find(DANGLING, f"{one.called}: {role} has {brief(id)}, which is none of them")
        return tuple(sorted(set(ids or ()) & known))

    def _relations(self, given: _Items, mentions: Set[str]) -> Iterator[Relation]:
        said: set[tuple[str, ...]] = set()
        types = self._ontology.relation_types
        for called, one in self._items("relations", given, _Relation):
            modality = one.modality or ASSERTED
            ends = [end for end in (one.head, one.tail) if end not in mentions]
            key = (one.type, *sorted((one.head, one.tail))) if self._swaps(one.type) else (one.type, one.head, one.tail)
            if one.type not in types:
                self._find(UNKNOWN, f"{called}: there is no relation {brief(one.type)}")
            elif modality not in (ASSERTED, *self._ontology.modalities):
                self._find(UNKNOWN, f"{called}: there is no modality {brief(modality)}")
            elif ends:
                self._find(DANGLING, f"{called}: {brief(ends[0])} is no mention here")
            elif one.head == one.tail:
                self._find(SELF_RELATION, f"{called}: {one.type} leads from {one.head} to itself")
            elif key in said:
                self._find(REPEATED, f"{called}: said before")
            else:
                said.add(key)
                yield Relation(type=one.type, head=one.head, tail=one.tail, modality=modality)

    def _swaps(self, name: str) -> bool:
        relation = self._ontology.relation_types.get(name)
        return relation is not None and relation.symmetric

    def _find(self, rule: Rule, message: str) -> None:
        self._found[rule].append(message)


def _place(item: _Span, text: str) -> tuple[int, int] | None:
    """Where it is: at its offsets, else where its text stands, if that is clear."""
    if item.start is not None and item.end is not None:
        span = Span(item.start, item.end)
        if span.fits(text) and item.text in (None, span.of(text)):
            return item.start, item.end
    starts = _starts(item.text or "", text)
    number = item.occurrence or 1
    if item.text and number <= len(starts) and (item.occurrence or len(starts) == 1):
        return starts[number - 1], starts[number - 1] + len(item.text)
    return None


def _starts(piece: str, text: str) -> list[int]:
    """Where a piece of the text stands in words of its own; where it does nowhere, also within words."""
    if not piece:
        return []
    starts = [found.start() for found in re.finditer(re.escape(piece), text)]
    return [start for start in starts if is_whole(text, start, start + len(piece))] or starts


def _misfit(item: _Span, text: str) -> str:
    offsets = f"{brief(item.start)} to {brief(item.end)}"
    if item.text is None:
        return f"no text, and {offsets} is no place in an article of {len(text)} characters"
    return f"it is not at {offsets}, and {len(_starts(item.text, text))} times in the article"
