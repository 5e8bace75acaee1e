"""Names that were removed, added or renamed, and names that stayed and are something else now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change, ChangeRule, Contract, Touch
from toolkit.ontology.compare.pairing import Both, Kind, Pairing, shown
from toolkit.ontology.consistency import Loc

_ROLES = {
    "entities": "an entity",
    "values": "a value",
    "content": "the claim",
    "cue": "the cue",
    "relations": "a relation between mentions",
    "claimant": "the link to a claimant",
    "cued_by": "the link to a cue",
}
_MENTIONS = ("entities", "values")


def name_changes(both: Both) -> Iterator[Change]:
    """What became of every name that an annotation can bear."""
    for pairing in both.pairings:
        yield from _gone_or_renamed(both, pairing)
        yield from _added(pairing)
    yield from _roles(both.labels, "label")
    yield from _roles(both.relations, "relation")


def _gone_or_renamed(both: Both, pairing: Pairing[Any]) -> Iterator[Change]:
    kind, of = pairing.kind, pairing.of[0] if pairing.of else ""
    for name, (_, loc) in pairing.old.items():
        heir = pairing.kept.get(name)
        touch = _touch(both, pairing, name)
        # A claim's own labels and links are no classes of the dataset: it has columns for them.
        own = kind in ("label", "relation") and loc[0] == "claims"
        spares = frozenset({Contract.DATASET} if own else ())
        if heir is None:
            favour = f" in favour of {pairing.replaced[name]}" if name in pairing.replaced else ""
            message = f"{_told(kind, name, of)} is removed{favour}"
            yield Change(_rule(kind, "removed"), shown(name, of), loc, message, touch, gone=True, spares=spares)
        elif heir != name:
            message = f"{_told(kind, name, of)} is called {heir} now"
            rule, place = _rule(kind, "renamed"), pairing.new[heir][1]
            yield Change(rule, shown(name, of), place, message, touch, spares=spares)


def _touch(both: Both, pairing: Pairing[Any], name: str) -> Touch | None:
    """What in annotations bears a name; nothing of what is said across articles."""
    kind, of = pairing.kind, pairing.of[0] if pairing.of else ""
    if kind == "claim-link" or kind == "link-attribute":
        return None
    return Touch(kind, name, of, must=_must(both, name if kind == "attribute" else of))


def _must(both: Both, question: str) -> bool:
    """Whether a question of OLD must be answered in NEW."""
    heir = both.attributes.kept.get(question)
    return heir is not None and both.attributes.new[heir][0].required


def _added(pairing: Pairing[Any]) -> Iterator[Change]:
    of = pairing.of[1] if pairing.of else ""
    for name in pairing.added:
        message = f"{_told(pairing.kind, name, of)} is new"
        yield Change(_rule(pairing.kind, "added"), shown(name, of), pairing.new[name][1], message)


def _roles(pairing: Pairing[Any], kind: Literal["label", "relation"]) -> Iterator[Change]:
    for name, heir in pairing.kept.items():
        loc = pairing.new[heir][1]
        was, now = _role(pairing.old[name][1]), _role(loc)
        if was != now:
            moved = was in _MENTIONS and now in _MENTIONS
            rule = CHANGES["label-moved" if moved else f"{kind}-role-changed"]
            message = f"{heir} was {_ROLES[was]} and is {_ROLES[now]} now"
            yield Change(rule, name, loc, message, Touch(kind, name))


def _role(loc: Loc) -> str:
    return str(loc[1] if loc[0] == "claims" else loc[0])


def _rule(kind: Kind, what: str) -> ChangeRule:
    return CHANGES[f"{kind.removeprefix('link-')}-{what}"]  # a question is a question, whatever it is about


def _told(kind: Kind, name: str, of: str) -> str:
    return f"the answer {name} to {of}" if kind == "option" else f"the {kind.replace('-', ' ')} {name}"
