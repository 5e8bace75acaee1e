"""Decision trees: which there are, and what they ask. They are words for people, and nothing that is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolkit.ontology.across import LINKS
from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change
from toolkit.ontology.compare.pairing import Both
from toolkit.ontology.decisions import DECISIONS, renamed
from toolkit.ontology.model import DecisionTree


def decision_changes(both: Both) -> Iterator[Change]:
    """Trees that are new, gone or changed, and another order of them; what only follows from a name is no change."""
    old, new = ({_key(tree): tree for tree in trees} for trees in (_in_new(both), both.new.decisions))
    for number, tree in enumerate(both.new.decisions):
        if (was := old.get(_key(tree))) != tree:
            yield _change(tree, number, "is told otherwise" if was else "is told now")
    for number, tree in enumerate(_in_new(both)):
        if _key(tree) not in new:
            yield _change(tree, number, "is told no longer", gone=True)
    order = [_key(tree) for tree in both.new.decisions if _key(tree) in old]
    if order != [key for key in old if key in new]:
        message = f"{DECISIONS}: the order is {'; '.join('/'.join(names) for _, names in order)} now"
        yield Change(CHANGES["order-changed"], DECISIONS, (DECISIONS,), message)


def _change(tree: DecisionTree, number: int, verb: str, *, gone: bool = False) -> Change:
    names = ", ".join(tree.between)
    message = f"how to decide between {names} {verb}"
    return Change(CHANGES["decisions-changed"], names, (DECISIONS, number), message, gone=gone)


def _key(tree: DecisionTree) -> tuple[str, tuple[str, ...]]:
    return tree.of or "", tuple(sorted(tree.between))


def _in_new(both: Both) -> tuple[DecisionTree, ...]:
    """OLD's trees, with the names that NEW has for theirs."""
    return tuple(_tree_in_new(both, tree) for tree in both.old.decisions)


def _tree_in_new(both: Both, tree: DecisionTree) -> DecisionTree:
    questions = {**both.attributes.kept, **both.link_attributes.kept}
    names = _heirs(both, tree.of)
    between = tuple(names.get(name, name) for name in tree.between)
    of = tree.of and questions.get(tree.of, tree.of)
    return DecisionTree(between=between, of=of, ask=renamed(tree.ask, names))


def _heirs(both: Both, of: str | None) -> Mapping[str, str]:
    """From a name in OLD to the same thing's name in NEW, of the kind that a tree decides between."""
    if of is None:
        return {**both.labels.kept, **both.relations.kept}
    if of == LINKS:
        return both.claim_links.kept
    if both.old.modality and of == both.old.modality.name:
        return both.modalities.kept
    return next((options.kept for options in both.options if options.of[0] == of), {})
