"""Two versions of an ontology compared: every change, by its rule."""

from __future__ import annotations

from dataclasses import replace

from toolkit.ontology.across import LINKS
from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change
from toolkit.ontology.compare.claims import claims_changes
from toolkit.ontology.compare.classes import class_changes
from toolkit.ontology.compare.decisions import decision_changes
from toolkit.ontology.compare.links import link_changes
from toolkit.ontology.compare.names import name_changes
from toolkit.ontology.compare.pairing import Both
from toolkit.ontology.compare.questions import question_changes
from toolkit.ontology.compare.relations import relation_changes, unlabelled_changes
from toolkit.ontology.compare.retirement import retirement_changes
from toolkit.ontology.compare.wording import wording_changes
from toolkit.ontology.model import Ontology


def compare(old: Ontology, new: Ontology) -> tuple[Change, ...]:
    """Every change from ``old`` to ``new`` but that of the version, in the order of the rules.

    A name that NEW retires in favour of one that OLD did not have is renamed: what else differs between the two is
    told as well, and what only follows from the name is not. ``compare(o, o)`` is empty.
    """
    both = Both(old, new)
    found = [
        *name_changes(both),
        *class_changes(both),
        *relation_changes(both),
        *unlabelled_changes(both),
        *question_changes(both),
        *claims_changes(both),
        *link_changes(both),
        *wording_changes(both),
        *decision_changes(both),
        *retirement_changes(both),
    ]
    # Annotations are of articles, and bear nothing of what is said across them.
    found = [replace(change, touches=None) if change.loc[:1] == (LINKS,) else change for change in found]
    order = {id: number for number, id in enumerate(CHANGES)}
    return tuple(sorted(found, key=lambda change: order[change.rule.id]))
