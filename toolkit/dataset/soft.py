"""What all who were asked said of one thing, as shares: labels to train on where people do not agree.

The works on an article are aligned as for the vote, so that what stands for the same thing in several of them has one
name. A share is of those who were asked for the layer: where labels add up to less than 1, the others marked nothing.
Answers are shares of those who marked the thing: nobody else saw the question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Mention, Relation, SpanItem
from toolkit.gold.compare.ends import is_own
from toolkit.gold.compare.groups import Group, align
from toolkit.gold.model import Gold
from toolkit.gold.values import Values
from toolkit.project import Layer

Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Soft:
    """Of one thing: its name in the article, how many were asked for it, and the shares.

    ``item`` is the id of the gold item, where it became one; else an annotator's, and theirs is no gold. ``labels`` are
    label names (of a relation, types), ``answers`` are (question, answer, share).
    """

    item: str
    asked: int
    found: float  # the share of those who marked it
    labels: Shares
    answers: tuple[tuple[str, str, float], ...] = ()


NOT_ASKED = Soft("", 0, 0.0, ())  # context, which is nobody's vote


@dataclass(frozen=True, slots=True)
class SoftLabels:
    """One article's: of spans by annotator and their own id, of relations by annotator and the relation."""

    spans: Mapping[tuple[str, str], Soft] = field(default_factory=dict)
    relations: Mapping[tuple[str, Relation], Soft] = field(default_factory=dict)


def soft_labels(works: Sequence[Annotation], gold: Gold | None, grammar: Grammar) -> SoftLabels:
    """The soft labels of one article's works; none where an annotator has two, which no vote can count."""
    live = [work for work in works if not work.skipped]
    if not live or len({work.annotator for work in live}) < len(live):
        return SoftLabels()
    alignment = align(live, grammar)
    values = Values(live, grammar)
    names = _gold_names(gold)
    spans: dict[tuple[str, str], Soft] = {}
    layers: tuple[tuple[Layer, Iterable[Group[Any]]], ...] = (
        ("entities", alignment.mentions),
        ("claims", alignment.cues),
        ("claims", alignment.claims),
    )
    for layer, groups in layers:
        for group in groups:
            if own := {who: item for who, item in group.items.items() if is_own(item)}:
                soft = Soft(
                    item=_name([(who, item.id) for who, item in own.items()], names),
                    asked=len(alignment.asked[layer]),
                    found=len(own) / len(alignment.asked[layer]),
                    labels=_labels(own.values(), len(alignment.asked[layer])),
                    answers=_answers(own.values(), values),
                )
                spans |= {(who, item.id): soft for who, item in own.items()}
    relations: dict[tuple[str, Relation], Soft] = {}
    asked = len(alignment.asked["relations"])
    for number, links in enumerate(alignment.relations):
        types = Counter(link.relation.type for link in links.items.values())
        soft = Soft(f"r{number}", asked, len(links.items) / asked, _shares(types, asked))
        relations |= {(who, link.relation): soft for who, link in links.items.items()}
    return SoftLabels(spans, relations)


def _gold_names(gold: Gold | None) -> dict[tuple[str, str], str]:
    """The gold's ids by who said it, and what it is called in their work."""
    if gold is None:
        return {}
    spans = {item.id for part in (gold.mentions, gold.cues, gold.claims) for item in part}
    return {
        (vote.annotator, vote.item): id
        for id, why in gold.provenance.items()
        if id in spans
        for vote in why.votes
        if vote.value is not None
    }


def _name(members: Sequence[tuple[str, str]], names: Mapping[tuple[str, str], str]) -> str:
    return next((names[member] for member in members if member in names), "/".join(members[0]))


def _labels(items: Collection[SpanItem], asked: int) -> Shares:
    given = Counter(label for item in items if isinstance(item, Mention) for label in item.labels)
    return _shares(given, asked)


def _shares(counts: Mapping[str, int], asked: int) -> Shares:
    return tuple((name, count / asked) for name, count in sorted(counts.items()))


def _answers(items: Collection[SpanItem], values: Values) -> tuple[tuple[str, str, float], ...]:
    said: Counter[tuple[str, str]] = Counter()
    heard: Counter[str] = Counter()
    for item in items:
        for name, question in values.questions(item).items():
            answer = item.attributes.get(name, question.default)
            if question.options and answer is not None:
                said[name, answer] += 1
                heard[name] += 1
    return tuple((name, answer, count / heard[name]) for (name, answer), count in sorted(said.items()))
