"""Answers to the ontology's questions, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.annotations.model import SpanItem
from toolkit.dataset.write import Row
from toolkit.links.model import ClaimLink
from toolkit.ontology.model import Attribute


class Answers:
    """Answers as columns: a class number or a text, the default where none was given, null where none applies."""

    def __init__(self, attributes: Iterable[Attribute]) -> None:
        self._columns = {it.name: numbered(it.choices) for it in attributes}

    def of(self, item: SpanItem | ClaimLink, asked: Mapping[str, Attribute]) -> Row:
        """The columns of an item that these questions were asked about."""
        row: Row = {}
        for name, classes in self._columns.items():
            answer = item.attributes.get(name, asked[name].default) if name in asked else None
            row[name] = classes[answer] if classes and answer is not None else answer
        return row


def numbered(names: Iterable[str]) -> dict[str, int]:
    """The number of each class by its name."""
    return {name: number for number, name in enumerate(names)}
