"""Decision trees: the questions by which annotators tell apart what is often confused.

A tree is data of the ontology. Each of its questions has two answers, and each answer leads to the next question or to
one of the names, so every path ends, and no question stands where it could come round again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from toolkit.ontology.across import LINKS, located_link_attributes

if TYPE_CHECKING:
    from toolkit.ontology.consistency import Loc
    from toolkit.ontology.model import Decision, DecisionTree, Ontology

DECISIONS = "decisions"
"""The part of the ontology."""


def layer_of(tree: DecisionTree, ontology: Ontology) -> str:
    """The layer that a tree is about: ``entities``, ``relations``, ``claims`` or ``links``."""
    about = tree.of or tree.between[0]
    if about == LINKS or about in {attribute.name for attribute, _ in located_link_attributes(ontology)}:
        return LINKS
    if claims := ontology.claims:
        spans = (claims.content, claims.cue)
        asked = {attribute.name for span in spans for attribute in span.attributes}
        if about in asked | {one.name for one in (*spans, claims.claimant, claims.cued_by)}:
            return "claims"
    modality = ontology.modality.name if ontology.modality else None
    return "relations" if about in ontology.relation_types or about == modality else "entities"


def told_apart(tree: DecisionTree) -> str:
    """The names between which a tree decides, in words: ``GPE, LOCATION or FACILITY``."""
    return f"{', '.join(tree.between[:-1])} or {tree.between[-1]}"


def renamed(decision: Decision, names: Mapping[str, str]) -> Decision:
    """The same questions, their answers by new names where they have one."""
    branches = {
        f"if_{answer}": names.get(end, end) if isinstance(end, str) else renamed(end, names)
        for answer, end in decision.branches
    }
    return decision.model_copy(update=branches)


def decision_problems(ontology: Ontology) -> Iterator[tuple[str, Loc]]:
    """What is wrong with the trees, each with its place."""
    seen: set[tuple[str | None, frozenset[str]]] = set()
    for number, tree in enumerate(ontology.decisions):
        loc: Loc = (DECISIONS, number)
        yield from _names(tree, ontology, loc)
        ends = list(_ends(tree.ask, (*loc, "ask")))
        for end, place in ends:
            if end not in tree.between:
                yield f"a path ends in {end}, and this decides between {', '.join(tree.between)}", place
        for missing in dict.fromkeys(tree.between):
            if missing not in {end for end, _ in ends}:
                yield f"no path ends in {missing}", (*loc, "ask")
        key = tree.of, frozenset(tree.between)
        if key in seen:
            yield f"how to decide between {', '.join(tree.between)} is told already", (*loc, "between")
        seen.add(key)


def _names(tree: DecisionTree, ontology: Ontology, loc: Loc) -> Iterator[tuple[str, Loc]]:
    kind, known = _kind(tree, ontology)
    if not known:
        none = "there are no links between claims" if tree.of == LINKS else f"{tree.of} is no question with options"
        yield f"{none} here, so there is nothing to decide", (*loc, "of")
        return
    for number, name in enumerate(tree.between):
        if name not in known:
            yield f"decisions names {name}, which is no {kind} here", (*loc, "between", number)
        elif name in tree.between[:number]:
            yield f"decisions names {name} already", (*loc, "between", number)


def _kind(tree: DecisionTree, ontology: Ontology) -> tuple[str, Collection[str]]:
    """What a tree decides between, and all there is of it; nothing where there is nothing that it could be ``of``."""
    if tree.of is None:
        relations = {relation.name for relation in ontology.all_relations}
        return ("relation", relations) if tree.between[0] in relations else ("label", ontology.spans)
    if tree.of == LINKS:
        return "link between claims", ontology.claim_link_types
    across = (attribute for attribute, _ in located_link_attributes(ontology))
    modality = (ontology.modality,) if ontology.modality else ()
    questions = (*ontology.all_attributes, *modality, *across)
    return f"answer to {tree.of}", next((one.choices for one in questions if one.name == tree.of), ())


def _ends(decision: Decision, loc: Loc) -> Iterator[tuple[str, Loc]]:
    """Every name in which a path ends, and where it stands."""
    for answer, end in decision.branches:
        place = (*loc, f"if_{answer}")
        if isinstance(end, str):
            yield end, place
        else:
            yield from _ends(end, place)
