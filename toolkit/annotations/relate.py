"""Relations of a result: read, checked, and sorted into relations between mentions and links of claims."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from toolkit.annotations.grammar import UNTYPED, Grammar
from toolkit.annotations.ledger import Ledger
from toolkit.annotations.model import Relation
from toolkit.annotations.reading import short
from toolkit.annotations.regions import Region, Regions
from toolkit.ontology.model import ASSERTED, RelationType


class Relations:
    """The relations of one result. The links of a claim are put into its region's ``links``."""

    def __init__(self, regions: Regions, grammar: Grammar, ledger: Ledger) -> None:
        self.regions = regions
        self.grammar = grammar
        self.ledger = ledger
        self.kept: list[Relation] = []
        self._seen: set[tuple[str, str, str, str]] = set()

    def add(self, element: dict[str, Any]) -> None:
        """Read one ``relation`` element: one relation for each of its types.

        Without a type it means the only relation that its ends can have, whichever way it was drawn.
        """
        problem = self._form(element) or self._ends(element)
        if problem:
            self.ledger.reject(*problem, element)
            return
        head, tail = (self.regions.by_id[element[end]] for end in ("from_id", "to_id"))
        if element.get("direction") == "left":
            head, tail = tail, head
        types = self.grammar.items(element)
        if types == [UNTYPED]:
            if UNTYPED in (element.get("labels") or ()):
                self.ledger.reject("relation-without-label", "the relation has no type", element)
                return
            joining = self.grammar.ontology.joining(head.labels, tail.labels)
            if len(joining) != 1:
                self.ledger.reject("relation-without-label", _choice(head, tail, joining), element)
                return
            ((relation, turned),) = joining
            types, (head, tail) = [relation.name], (tail, head) if turned else (head, tail)
        modality = next(iter(self._modalities(element)), ASSERTED)
        for type in types:
            problem = self._relate(type, head, tail, modality, element.get("direction") == "bi")
            if problem:
                self.ledger.reject(*problem, element, [type])

    def _modalities(self, element: dict[str, Any]) -> set[str]:
        labels = element.get("labels") or ()
        return {label for label in labels if isinstance(label, str) and label in self.grammar.modalities}

    def _form(self, element: dict[str, Any]) -> tuple[str, str] | None:
        direction = element.get("direction")
        if direction not in (None, "right", "left", "bi"):
            return "malformed-result", f"a relation's direction is not {short(str(direction))!r}"
        ends = (element.get("from_id"), element.get("to_id"))
        if not all(isinstance(end, str) for end in ends) or not isinstance(element.get("labels"), list | None):
            return "malformed-result", "a relation needs from_id, to_id and a list of labels"
        if len(modalities := self._modalities(element)) > 1:
            return "choice-answered-twice", f"a relation cannot be {' and '.join(sorted(modalities))}"
        return None

    def _ends(self, element: dict[str, Any]) -> tuple[str, str] | None:
        ends = (element["from_id"], element["to_id"])
        for end in ends:
            if end not in self.regions.by_id:
                return self.regions.absent(end, "dangling-relation")
        if ends[0] == ends[1]:
            return "self-relation", "the relation joins a region with itself"
        return None

    def _relate(self, type: str, head: Region, tail: Region, modality: str, both: bool) -> tuple[str, str] | None:
        """Keep one relation or one link of a claim, or say which rule forbids it."""
        relation = self.grammar.relations.get(type)
        if relation is None:
            return "unknown-relation", f"no relation is called {short(type)!r}"
        if both and not relation.symmetric:
            return "relation-direction", f"{type} is not symmetric, so it cannot point both ways"
        orders = [(head, tail), (tail, head)] if relation.symmetric else [(head, tail)]
        fitting = next((order for order in orders if relation.joins(order[0].labels, order[1].labels)), None)
        if fitting is None:
            return "relation-end-type", f"{type} does not join {'+'.join(head.labels)} to {'+'.join(tail.labels)}"
        head, tail = fitting
        role = self.grammar.links.get(type) if head.is_claim else None
        kept_modality = modality if role is None else ASSERTED
        if any((type, one.id, other.id, kept_modality) in self._seen for one, other in orders):
            return "duplicate-relation", f"{type} joins these two already"
        self._seen.add((type, head.id, tail.id, kept_modality))
        if role is None:
            self.kept.append(Relation(type=type, head=head.id, tail=tail.id, modality=modality))
        else:
            head.links.setdefault(role, set()).add(tail.id)
        if kept_modality != modality:
            self.ledger.warn("link-modality", f"{type} cannot be {modality}", head.id)
        return None


def _choice(head: Region, tail: Region, joining: Iterable[tuple[RelationType, bool]]) -> str:
    """What a relation without a type could be."""
    ends = f"{'+'.join(head.labels)} and {'+'.join(tail.labels)}"
    names = ", ".join(dict.fromkeys(relation.name for relation, _ in joining))
    return f"between {ends} it can be {names}" if names else f"nothing joins {ends}"


def in_order(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Relations in the order in which they are written."""
    return tuple(sorted(relations, key=lambda link: (link.head, link.tail, link.type, link.modality)))
