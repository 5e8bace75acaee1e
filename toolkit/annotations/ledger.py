"""What did not pass, item by item: every rejection is a row with its raw element, and a finding for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from toolkit.annotations.checks import RULES
from toolkit.annotations.grammar import Grammar
from toolkit.findings import Finding, Place

MANY = 100
"""Labels on one element; people give one or two."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One line of ``rejected.jsonl``: an item, an annotation (its items have lines of their own), or a task."""

    rule: str
    message: str
    kind: Literal["item", "annotation", "task"] = "item"
    article_id: str = ""
    annotator: str = ""
    region: str = ""
    label: str = ""
    source: str = ""
    element: Any = None

    def as_dict(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        return {column.name: getattr(self, column.name) for column in fields(self)}


@dataclass(slots=True)
class Ledger:
    """The rejections and findings of what lies at one place."""

    place: Place
    grammar: Grammar
    rejected: list[Rejected] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def warn(self, rule: str, message: str, region: str = "") -> None:
        """Report without rejecting."""
        self.findings.append(RULES[rule].at(replace(self.place, region=region), message))

    def reject(self, rule: str, message: str, element: Any, labels: Iterable[str] | None = None) -> None:
        """Reject the items of one element, or those with these labels: one finding, one row an item."""
        self.warn(rule, message, _region(element))
        self._items(rule, message, element, labels)

    def reject_all(self, rule: str, message: str, elements: Iterable[Any]) -> None:
        """Reject many elements for one reason: one finding, one row an item."""
        self.warn(rule, message)
        for element in elements:
            self._items(rule, message, element, None)

    def reject_annotation(self, rule: str, message: str, annotation: Any, elements: Iterable[Any]) -> None:
        """Reject an annotation and all its elements: one finding, a row for it, and one an item."""
        self.rejected.append(self._row(rule, message, annotation, kind="annotation"))
        self.reject_all(rule, message, elements)

    def _items(self, rule: str, message: str, element: Any, labels: Iterable[str] | None) -> None:
        region = _region(element)
        for label in self.grammar.items(element) if labels is None else labels:
            self.rejected.append(self._row(rule, message, _alone(element, label), region=region, label=label))

    def _row(self, rule: str, message: str, element: Any, **rest: Any) -> Rejected:
        return Rejected(
            rule,
            message,
            article_id=self.place.article_id,
            annotator=self.place.annotator,
            source=self.place.url,
            element=element,
            **rest,
        )


def _alone(element: Any, label: str) -> Any:
    """The element; if it has very many labels, with this one: a row with all of them for each would fill the disk."""
    if not isinstance(element, dict):
        return element
    joins = element.get("type") == "relation"
    bearer = element if joins else element.get("value")
    labels = bearer.get("labels") if isinstance(bearer, dict) else None
    if bearer is None or not isinstance(labels, list) or len(labels) <= MANY:
        return element
    bearer = {**bearer, "labels": [label]}
    return bearer if joins else {**element, "value": bearer}


def _region(element: Any) -> str:
    id = element.get("id") if isinstance(element, dict) else None
    return id if isinstance(id, str) else ""
