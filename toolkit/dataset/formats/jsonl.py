"""JSON lines: one article a line, with everything that the dataset says of it but single votes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from toolkit.dataset.formats.document import ID, Document
from toolkit.dataset.formats.part import Part
from toolkit.dataset.write import Row
from toolkit.files import write_jsonl
from toolkit.ontology.model import Ontology


def write(folder: Path, ontology: Ontology, parts: Iterable[Part]) -> None:
    """Write ``<split>.jsonl``: class names in place of numbers, keys sorted."""
    for part in parts:
        write_jsonl(folder / f"{part.split}.jsonl", (_taken(document, part) for document in part.documents()))


def record(document: Document) -> dict[str, Any]:
    """One article as plain JSON values.

    ``entities``, ``relations`` and ``claims`` are null where that layer is not gold, and empty where there are none.
    """
    return {
        **(document.entities or {"entities": None}),
        **document.described,
        "relations": [_without_id(row) for row in document.relations] if "relations" in document.layers else None,
        "claims": [_without_id(row) for row in document.claims] if "claims" in document.layers else None,
    }


def _taken(document: Document, part: Part) -> dict[str, Any]:
    part.wrote_all(document)
    return record(document)


def _without_id(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != ID}
