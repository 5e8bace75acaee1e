"""What the annotators of one article see differently, thing by thing, in words."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Mention, SpanItem
from toolkit.files import to_json
from toolkit.gold.compare.claims import ROLES
from toolkit.gold.compare.ends import Ends, Link
from toolkit.gold.compare.groups import Alignment, Group, align
from toolkit.gold.model import Difference, Gold, Kind
from toolkit.gold.values import Values, label_of
from toolkit.ontology.model import ASSERTED
from toolkit.project import LAYERS, Layer

_LONGEST_QUOTE = 90
_OF_THE_SPAN = {"presence", "label", "boundaries"}


@dataclass(frozen=True, slots=True)
class Saying:
    """What some annotators say of one thing; ``words`` are empty where they marked nothing."""

    words: str
    annotators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contest:
    """One thing that annotators see differently, with a number to find it by in the article.

    ``about`` names in what they differ, in the words of ``Difference.reason``; ``what`` quotes the span where it is not
    the span itself. ``open`` is left for a person, and ``suggested`` is what the models would say: the answer and how
    sure they are. All else is settled.
    """

    number: int
    kind: Kind
    what: str
    about: tuple[str, ...]
    sayings: tuple[Saying, ...]
    start: int
    end: int
    open: bool
    suggested: Mapping[str, tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Contested:
    """The contests of an article, in the order of the text, and their numbers by (annotator, id of a span)."""

    contests: tuple[Contest, ...] = ()
    numbers: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many are left for a person."""
        return sum(one.open for one in self.contests)


def contested(works: Sequence[Annotation], gold: Gold | None, grammar: Grammar) -> Contested:
    """Everything about which the annotators of one article differ, settled or not.

    Args:
        works: the annotations of the article that were not skipped.
        gold: what has become of it: its differences are what is open.
        grammar: the ontology's.
    """
    if len(works) < 2:
        return Contested()
    alignment = align(works, grammar)
    article = _Article(alignment, Values(works, grammar), gold)
    found = sorted(article.found(), key=lambda one: (one.start, one.end))
    contests: list[Contest] = []
    numbers: dict[tuple[str, str], int] = {}
    for number, one in enumerate(found, start=1):
        contests.append(
            Contest(
                number=number,
                kind=one.kind,
                what=one.what,
                about=one.about,
                sayings=one.sayings,
                start=one.start,
                end=one.end,
                open=one.difference is not None,
                suggested=dict(sorted(one.difference.suggested.items())) if one.difference else {},
            )
        )
        numbers |= dict.fromkeys(one.spans, number)
    return Contested(tuple(contests), numbers)


class _Found(NamedTuple):
    kind: Kind
    what: str
    about: tuple[str, ...]
    sayings: tuple[Saying, ...]
    start: int
    end: int
    spans: tuple[tuple[str, str], ...]  # (annotator, id)
    difference: Difference | None


class _Article:
    """One article's groups, and which of them are contested."""

    def __init__(self, alignment: Alignment, values: Values, gold: Gold | None) -> None:
        self.alignment, self.values = alignment, values
        same: tuple[Group[Any], ...] = (*alignment.mentions, *alignment.cues)
        self.ends = Ends((*group.items.items(), *group.context.items()) for group in same)
        self.differences = {
            (one.kind, vote.annotator, vote.item or to_json(vote.value)): one
            for one in (gold.differences if gold else ())
            for vote in one.votes
            if vote.value is not None
        }

    def found(self) -> Iterator[_Found]:
        groups = self.alignment
        entities, relations, claims = LAYERS
        parts: tuple[tuple[Kind, Layer, tuple[Group[Any], ...]], ...] = (
            ("mention", entities, groups.mentions),
            ("cue", claims, groups.cues),
            ("claim", claims, groups.claims),
            ("relation", relations, groups.relations),
        )
        for kind, layer, aligned in parts:
            for group in aligned:
                if group.items and (one := self._compared(kind, group.items, self.alignment.asked[layer])):
                    yield one

    def _compared(self, kind: Kind, items: Mapping[str, Any], asked: Sequence[str]) -> _Found | None:
        traits = {who: self._traits(who, item) for who, item in items.items()}
        absent = [who for who in asked if who not in items]
        about = ["presence"] if absent else []
        about += [name for name in _names(traits.values()) if _differ(name, traits.values())]
        difference = self._difference(kind, items)
        if difference and difference.reason not in about:
            about.append(difference.reason)
        if not about:
            return None
        named = {who: self._named(item) for who, item in items.items()}
        what = "" if kind == "relation" or {*about} & _OF_THE_SPAN else next(iter(named.values()))
        said: dict[tuple[Hashable, ...], list[str]] = defaultdict(list)
        for who, item in sorted(items.items()):
            words = "; ".join(([] if what else [named[who]]) + self._details(who, item, about))
            said[words, *(traits[who].get(name) for name in about)].append(who)
        sayings = [Saying(str(words), tuple(whose)) for (words, *_), whose in said.items()]
        sayings.sort(key=lambda one: (-len(one.annotators), one.annotators))
        if absent:
            sayings.append(Saying("", tuple(absent)))
        spans = [end for item in items.values() for end in ((item.head, item.tail) if kind == "relation" else (item,))]
        return _Found(
            kind=kind,
            what=what,
            about=tuple(about),
            sayings=tuple(sayings),
            start=min(span.start for span in spans),
            end=max(span.end for span in spans),
            spans=() if kind == "relation" else tuple((who, item.id) for who, item in items.items()),
            difference=difference,
        )

    def _difference(self, kind: Kind, items: Mapping[str, Any]) -> Difference | None:
        for who, item in items.items():
            key = to_json(self.values.vote(who, item).value) if isinstance(item, Link) else item.id
            if difference := self.differences.get((kind, who, key)):
                return difference
        return None

    def _traits(self, who: str, item: SpanItem | Link) -> dict[str, Hashable]:
        """What can differ, by its name, so that equal values mean that two annotators say the same."""
        if isinstance(item, Link):
            ends = (self.ends.of(who, item.head), self.ends.of(who, item.tail))
            symmetric = self.values.grammar.relations[item.relation.type].symmetric
            way = frozenset(ends) if symmetric else ends
            return {"type": item.relation.type, "modality": item.relation.modality, "direction": way}
        traits: dict[str, Hashable] = {"label": label_of(item), "boundaries": (item.start, item.end)}
        for name, question in self.values.questions(item).items():
            traits[name] = item.attributes.get(name, question.default or "")
        if isinstance(item, Claim):
            for role in ROLES:
                traits[role] = frozenset(self.ends.of(who, end) for end in self.values.ends(who, item, role))
        return traits

    def _named(self, item: SpanItem | Link) -> str:
        if isinstance(item, Link):
            modality = "" if item.relation.modality == ASSERTED else f" ({item.relation.modality})"
            return f"{quoted(item.head.text)} {item.relation.type} {quoted(item.tail.text)}{modality}"
        return quoted(item.text) + (f" {label_of(item)}" if isinstance(item, Mention) else "")

    def _details(self, who: str, item: SpanItem | Link, about: Sequence[str]) -> list[str]:
        """The answers and the links of a claim, as far as annotators differ in them."""
        if isinstance(item, Link):
            return []
        details = [
            f"{name}: {item.attributes.get(name, question.default) or '(no answer)'}"
            for name, question in self.values.questions(item).items()
            if name in about
        ]
        if isinstance(item, Claim):
            for role in ROLES:
                if role in about:
                    ends = ", ".join(quoted(end.text) for end in self.values.ends(who, item, role))
                    details.append(f"{role}: {ends or 'none'}")
        return details


def _names(traits: Any) -> list[str]:
    return list(dict.fromkeys(name for one in traits for name in one))


def _differ(name: str, traits: Any) -> bool:
    return len({one[name] for one in traits if name in one}) > 1


def quoted(text: str) -> str:
    """Text in quotation marks on one line, its middle left out where it is long.

    What runs from right to left is set apart by marks of its own, so that it does not turn the words around it.
    """
    line = " ".join(text.split())
    if len(line) > _LONGEST_QUOTE:
        half = _LONGEST_QUOTE // 2
        line = f"{line[:half].rsplit(' ', 1)[0]} … {line[-half:].split(' ', 1)[-1]}"
    quote = f"“{line}”"
    turned = any(unicodedata.bidirectional(character) in ("R", "AL") for character in line)
    return f"\N{FIRST STRONG ISOLATE}{quote}\N{POP DIRECTIONAL ISOLATE}" if turned else quote
