"""What annotators said of an item, as plain values that do not depend on anybody's ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, SpanItem
from toolkit.gold.compare.claims import ROLES
from toolkit.gold.compare.ends import End, Link
from toolkit.gold.model import Vote
from toolkit.ontology.model import Attribute


class Values:
    """Items of several annotators' work on one article, seen without their ids."""

    def __init__(self, works: Iterable[Annotation], grammar: Grammar) -> None:
        self.grammar = grammar
        self._ends: dict[str, dict[str, End]] = {
            work.annotator: {item.id: item for part in (work.mentions, work.cues) for item in part} for work in works
        }

    def vote(self, annotator: str, item: SpanItem | Link | None) -> Vote:
        """What an annotator said here; of a span everything about it, of links where they end."""
        if item is None:
            return Vote(annotator=annotator)
        if isinstance(item, Link):
            relation, head, tail = item
            value: dict[str, Any] = {"type": relation.type, "modality": relation.modality}
            return Vote(annotator=annotator, value=value | {"head": anchor(head), "tail": anchor(tail)})
        value = {"start": item.start, "end": item.end, "text": item.text, "attributes": dict(item.attributes)}
        if isinstance(item, Mention):
            value["labels"] = list(item.labels)
        if isinstance(item, Claim):
            value |= {
                role: sorted((anchor(end) for end in self.ends(annotator, item, role)), key=_in_text) for role in ROLES
            }
        return Vote(annotator=annotator, item=item.id, value=value)

    def ends(self, annotator: str, claim: Claim, role: str) -> list[End]:
        """The annotator's own mentions or cues that their claim is linked to."""
        return [self._ends[annotator][id] for id in getattr(claim, role)]

    def questions(self, item: SpanItem) -> Mapping[str, Attribute]:
        """The questions asked about an item, by name."""
        labels = item.labels if isinstance(item, Mention) else (self.grammar.label_of(item),)
        return {name: question for label in labels for name, question in self.grammar.questions[label].items()}

    def same_span(self, one: SpanItem, other: SpanItem) -> bool:
        """Whether two items are equal but for answers, links and ids."""
        return one.span == other.span and label_of(one) == label_of(other)


def label_of(item: SpanItem | Link) -> str:
    """What an item is, in a word: its labels, that it is a claim or a cue, or a relation's type and modality."""
    if isinstance(item, Link):
        return f"{item.relation.type} {item.relation.modality}"
    if isinstance(item, Mention):
        return "+".join(item.labels)
    return "cue" if isinstance(item, Cue) else "claim"


def anchor(end: SpanItem) -> dict[str, Any]:
    """Where a link ends, without an id; a cue has no labels."""
    return {"start": end.start, "end": end.end, "labels": list(end.labels) if isinstance(end, Mention) else []}


def _in_text(place: Mapping[str, Any]) -> tuple[int, int, list[str]]:
    return place["start"], place["end"], place["labels"]
