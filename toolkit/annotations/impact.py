"""How much of what is labelled a change of the ontology touches, counted in annotations of the ontology of before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Mention, Origin, SpanItem
from toolkit.findings import Finding, Severity
from toolkit.ontology.changes import Change, Contract, Touch
from toolkit.ontology.model import ASSERTED, Ontology, RelationType

Unit = Literal["regions", "relations", "answers"]
UNITS: tuple[Unit, ...] = ("regions", "relations", "answers")


@dataclass(frozen=True, slots=True)
class Impact:
    """What one change touches.

    ``items`` counts regions, relations (the links of claims too) and answers; relations are touched as well where a
    region at their end would be rejected. ``annotators`` counts the items of each, by pseudonym.
    """

    items: Mapping[Unit, int]
    annotators: Mapping[str, int]
    articles: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many items in all."""
        return sum(self.items.values())

    def __str__(self) -> str:
        if not self.total:
            return "touches nothing that is stored"
        *more, last = (_counted(self.items[unit], unit) for unit in UNITS if self.items.get(unit))
        items = " and ".join([", ".join(more), last]) if more else last
        each = ", ".join(f"{name}: {count}" for name, count in self.annotators.items())
        of = _counted(len(self.annotators), "annotators")
        return f"touches {items} of {of} ({each}) in {_counted(len(self.articles), 'articles')}"

    def as_dict(self) -> dict[str, Any]:
        """The impact as plain JSON values."""
        return {"items": dict(self.items), "annotators": dict(self.annotators), "articles": list(self.articles)}

    def told(self, finding: Finding, change: Change) -> Finding:
        """The change's finding with its impact: an error where stored work would be rejected or read otherwise."""
        finding = replace(finding, message=f"{finding.message}; {self}")
        if self.total and Contract.ANNOTATIONS in change.breaks:
            return replace(finding, severity=Severity.ERROR, next=change.rule.next)
        return finding


def measure(changes: Iterable[Change], annotations: Iterable[Annotation], ontology: Ontology) -> dict[Change, Impact]:
    """Count what each change touches; a change that concerns nothing in annotations is left out.

    Args:
        changes: from ``ontology`` to a newer one.
        annotations: what was decoded with ``ontology``; read once. Context is not counted: it is others' work.
        ontology: the one of before.
    """
    touches = {change: change.touches for change in changes if change.touches}
    items: dict[Change, Counter[Unit]] = {change: Counter() for change in touches}
    annotators: dict[Change, Counter[str]] = defaultdict(Counter)
    articles: dict[Change, set[str]] = defaultdict(set)
    grammar = Grammar(ontology)
    for annotation in annotations:
        work = _Work(annotation, grammar)
        for change, touch in touches.items():
            found = work.touched(touch)
            if count := sum(found.values()):
                items[change].update(found)
                annotators[change][annotation.annotator] += count
                articles[change].add(annotation.article_id)
    return {
        change: Impact(dict(+items[change]), dict(sorted(annotators[change].items())), tuple(sorted(articles[change])))
        for change in touches
    }


class _Link(NamedTuple):
    """A relation, or a link of a claim, and the ids of its ends."""

    type: str
    head: str
    tail: str
    modality: str = ASSERTED
    of_claim: bool = False


class _Work:
    """One annotation, made ready to be counted."""

    def __init__(self, annotation: Annotation, grammar: Grammar) -> None:
        self.labels = {
            item.id: item.labels if isinstance(item, Mention) else (grammar.label_of(item),)
            for item in annotation.spans()
        }
        self.context = {item.id for item in annotation.spans() if item.origin is Origin.CONTEXT}
        self.own = [item for item in annotation.spans() if item.id not in self.context]
        self.links = [_Link(one.type, one.head, one.tail, one.modality) for one in annotation.relations]
        for claim in annotation.claims:
            if claim.id not in self.context:
                for name, role in grammar.links.items():
                    self.links += (_Link(name, claim.id, end, of_claim=True) for end in getattr(claim, role))

    def touched(self, touch: Touch) -> dict[Unit, int]:
        """How many items of each unit a change touches here."""
        if touch.kind in ("relation", "link", "ends", "modality"):
            return {"relations": sum(self._is_touched(link, touch) for link in self.links)}
        if touch.kind == "label":
            bearing = {id for id, labels in self.labels.items() if touch.name in labels}
            gone = {id for id in bearing if self.labels[id] == (touch.name,)}
            return {"regions": len(bearing - self.context), "relations": self._at(gone)}
        spans = {item.id for item in self.own if self._answers(item, touch)}
        if touch.kind == "unanswered":
            return {"regions": len(spans)}
        if touch.kind == "incomplete":
            return {"regions": len(spans), "relations": self._at(spans)}
        lost = spans if touch.must else set()
        return {"regions": len(lost), "relations": self._at(lost), "answers": len(spans)}

    def _at(self, ids: set[str]) -> int:
        """How many relations have one of these regions at an end."""
        return sum(link.head in ids or link.tail in ids for link in self.links)

    def _is_touched(self, link: _Link, touch: Touch) -> bool:
        if touch.kind == "modality":
            return link.modality == touch.name
        if link.type != touch.name or (touch.kind == "link" and not link.of_claim):
            return False
        return touch.ends is None or not self._joins(touch.ends, link)

    def _joins(self, relation: RelationType, link: _Link) -> bool:
        head, tail = self.labels[link.head], self.labels[link.tail]
        return relation.joins(head, tail) or (relation.symmetric and relation.joins(tail, head))

    def _answers(self, item: SpanItem, touch: Touch) -> bool:
        """Whether the span has the answer that is meant; or has none, where silence is meant."""
        asked = any(label in touch.asked for label in self.labels[item.id])
        if touch.kind == "option":
            return item.attributes.get(touch.of) == touch.name
        if touch.kind == "attribute":
            return touch.name in item.attributes and not asked
        return asked and touch.name not in item.attributes


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun if count != 1 else noun[:-1]}"
