"""What an annotator made of the suggestions for one article, item by item.

A region keeps its id when it is saved, so an item is known by it: what has the id of a suggestion is that suggestion,
as it was or changed; a suggestion whose id is not there was deleted; every other item was added. A relation has no id
of its own and is known by its type and the two items that it joins.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Mention, Relation, SpanItem
from toolkit.gold.compare.article import answered_layers
from toolkit.gold.compare.ends import is_own
from toolkit.project import LAYERS, Layer
from toolkit.suggest.model import Suggestions


class Fate(enum.StrEnum):
    """What became of an item."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    DELETED = "deleted"
    ADDED = "added"


class Change(enum.StrEnum):
    """In what an item is not as it was suggested. The modality of a relation is an answer."""

    BOUNDARIES = "boundaries"
    LABEL = "label"
    ANSWER = "answer"
    LINKS = "links"  # who claims it, by which cue, with which values


@dataclass(frozen=True, slots=True)
class Outcome:
    """One item: its label as it was suggested, of an added one as it was given. Of several labels all, with a +."""

    layer: Layer
    label: str
    fate: Fate
    changes: frozenset[Change] = frozenset()


def outcomes(
    work: Annotation, suggested: Suggestions, grammar: Grammar, layers: Collection[Layer] = LAYERS
) -> Iterator[Outcome]:
    """The outcome of every suggestion in the layers that the annotator answered, and of every item that was added.

    What Label Studio says of an item's origin plays no part: it does not know of changed links, and calls changed what
    was changed back. An item that broke a rule when it was collected is not in the annotation, and counts as deleted.

    Args:
        work: what the annotator made of it.
        suggested: what the source said.
        grammar: the ontology's.
        layers: what of it was shown. Where the entities are not among them, mentions are those of another project, with
            ids of their own: relations and the links of claims are not compared then.
    """
    wanted = {*layers} & {*answered_layers(work)}
    linked = "entities" in layers
    there = {item.id: item for item in work.spans() if is_own(item)}
    known = {item.id for item in suggested.spans()}
    for item in suggested.spans():
        if (layer := _layer(item)) in wanted:
            changes = _changes(item, there.get(item.id), grammar)
            yield _outcome(layer, label(item, grammar), changes if changes is None or linked else changes - _LINKS)
    for item in there.values():
        if item.id not in known and (layer := _layer(item)) in wanted:
            yield Outcome(layer, label(item, grammar), Fate.ADDED)
    if "relations" in wanted and linked:
        yield from _relations(work, suggested, grammar)


def label(item: SpanItem, grammar: Grammar) -> str:
    """What an item is counted as."""
    return "+".join(item.labels) if isinstance(item, Mention) else grammar.label_of(item)


def _layer(item: SpanItem) -> Layer:
    return "entities" if isinstance(item, Mention) else "claims"


def _outcome(layer: Layer, label: str, changes: frozenset[Change] | None) -> Outcome:
    if changes is None:
        return Outcome(layer, label, Fate.DELETED)
    return Outcome(layer, label, Fate.CHANGED if changes else Fate.ACCEPTED, changes)


_LINKS = frozenset([Change.LINKS])


def _changes(before: SpanItem, after: SpanItem | None, grammar: Grammar) -> frozenset[Change] | None:
    """In what an item differs from its suggestion; None where it is gone."""
    if after is None:
        return None
    differs = {
        Change.BOUNDARIES: before.span != after.span,
        Change.LABEL: label(before, grammar) != label(after, grammar),
        Change.ANSWER: _answers(before, grammar) != _answers(after, grammar),
        Change.LINKS: _links(before) != _links(after),
    }
    if differs[Change.LABEL]:  # another label asks other questions
        differs[Change.ANSWER] = False
    return frozenset(change for change, so in differs.items() if so)


def _answers(item: SpanItem, grammar: Grammar) -> dict[str, str | None]:
    """The answer to each question that is asked about an item; none counts as the default."""
    labels = item.labels if isinstance(item, Mention) else (grammar.label_of(item),)
    return {
        name: item.attributes.get(name, question.default)
        for each in labels
        for name, question in grammar.questions.get(each, {}).items()
    }


def _links(item: SpanItem) -> tuple[frozenset[str], ...]:
    return tuple(map(frozenset, (item.claimants, item.cues, item.values))) if isinstance(item, Claim) else ()


def _relations(work: Annotation, suggested: Suggestions, grammar: Grammar) -> Iterator[Outcome]:
    there = {_key(relation, grammar): relation.modality for relation in work.relations}
    known = {_key(relation, grammar) for relation in suggested.relations}
    for relation in suggested.relations:
        modality = there.get(_key(relation, grammar))
        changed = frozenset([Change.ANSWER] if modality != relation.modality else ())
        yield _outcome("relations", relation.type, None if modality is None else changed)
    for relation in work.relations:
        if _key(relation, grammar) not in known:
            yield Outcome("relations", relation.type, Fate.ADDED)


def _key(relation: Relation, grammar: Grammar) -> tuple[str, ...]:
    """What a relation is known by; one that is symmetric joins the same two either way."""
    ends = (relation.head, relation.tail)
    type = grammar.relations.get(relation.type)
    return (relation.type, *(sorted(ends) if type and type.symmetric else ends))
