"""The labels that only a review has. No name in an ontology has a question mark or a space in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

OPEN = "?"
"""On a region or a relation: nobody has decided yet."""

_BY = "by "


def by(who: str) -> str:
    """The label that says who proposes something."""
    return _BY + who


def proposers(labels: Iterable[Any]) -> list[str]:
    """Who proposes it, of labels with marks."""
    return [label.removeprefix(_BY) for label in labels if isinstance(label, str) and label.startswith(_BY)]


def bare(labels: Iterable[Any]) -> list[Any]:
    """Labels without the marks."""
    return [label for label in labels if label != OPEN and not (isinstance(label, str) and label.startswith(_BY))]
