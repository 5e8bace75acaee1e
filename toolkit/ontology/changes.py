"""A change between two versions of an ontology, and what it breaks: the vocabulary of ``compare/``.

The rules by which changes are told are in ``change_rules.py``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, Literal

from toolkit.findings import Rule
from toolkit.ontology.consistency import Loc
from toolkit.ontology.model import RelationType
from toolkit.ontology.versions import Bump


class Contract(enum.StrEnum):
    """Whom an ontology promises something."""

    PROJECT = "project"  # annotators: what they use stays on the screen, what they began can be finished
    ANNOTATIONS = "annotations"  # what is stored: it is accepted, and means what it meant
    DATASET = "dataset"  # who loads it: columns, class names, class numbers and their meaning stay


@dataclass(frozen=True, slots=True)
class ChangeRule(Rule):
    """A kind of change. ``severity`` is how bad it is even where the version rose far enough."""

    breaks: tuple[Contract, ...]
    bump: Bump


@dataclass(frozen=True, slots=True)
class Touch:
    """What in annotations a change concerns, in OLD's names.

    ========== =====================================================================================
    kind       what it concerns
    ========== =====================================================================================
    label      spans with the label ``name``
    relation   relations and claims' links of the type ``name``
    link       claims' links of the type ``name``
    ends       relations and claims' links of the type ``name`` that ``ends`` does not join
    modality   relations that are ``name``
    attribute  answers to ``name`` on spans with none of the labels in ``asked``
    option     the answer ``name`` to ``of``
    unanswered spans with a label in ``asked`` and no answer to ``name``: their silence has a meaning
    incomplete the same, where an answer is a must
    ========== =====================================================================================
    """

    kind: Literal["label", "relation", "link", "ends", "modality", "attribute", "option", "unanswered", "incomplete"]
    name: str
    of: str = ""
    asked: tuple[str, ...] = ()
    ends: RelationType | None = None
    must: bool = False  # the question must be answered in NEW, so a span that loses its answer is lost with it


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ``loc`` is its place in NEW, or in OLD where it is ``gone`` from NEW.

    ``spares`` is what the rule breaks as a rule, and this change does not.
    """

    rule: ChangeRule
    name: str
    loc: Loc
    message: str
    touches: Touch | None = None
    gone: bool = False
    spares: frozenset[Contract] = frozenset()

    @property
    def breaks(self) -> tuple[Contract, ...]:
        """The contracts that it breaks, in their order."""
        return tuple(one for one in self.rule.breaks if one not in self.spares)

    def as_dict(self) -> dict[str, Any]:
        """The change as plain JSON values."""
        return {
            "rule": self.rule.id,
            "name": self.name,
            "breaks": [contract.value for contract in self.breaks],
            "bump": str(self.rule.bump),
            "message": self.message,
        }
