"""What relations join, and whether they have a direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement

from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change, Touch
from toolkit.ontology.compare.pairing import Both
from toolkit.ontology.consistency import Loc
from toolkit.ontology.model import Ontology, RelationType

_Ends = Mapping[str, Sequence[str]]


def relation_changes(both: Both) -> Iterator[Change]:
    """What changed about the relations that stayed."""
    for old, new, loc in both.relations.pairs():
        yield from _types(both, old, new, loc)
        if old.symmetric != new.symmetric:
            id = "relation-became-symmetric" if new.symmetric else "relation-became-directed"
            message = f"{new.name} {'has no direction any more' if new.symmetric else 'leads from head to tail now'}"
            yield Change(CHANGES[id], old.name, (*loc, "symmetric"), message, Touch("relation", old.name))
        if new.same_type and not old.same_type:
            ends = old.model_copy(update={"same_type": True})
            message = f"{new.name} joins like to like only"
            touch = Touch("ends", old.name, ends=ends)
            yield Change(CHANGES["relation-same-type-added"], old.name, (*loc, "same_type"), message, touch)
        elif old.same_type and not new.same_type:
            message = f"{new.name} may join spans of two types now"
            yield Change(CHANGES["relation-same-type-dropped"], old.name, (*loc, "same_type"), message)


def unlabelled_changes(both: Both) -> Iterator[Change]:
    """Where an arrow without a label meant one relation, and needs a choice now or means another one.

    Where nothing holds between such ends any longer, another rule tells.
    """
    pairs: dict[tuple[str, str], list[str]] = {}
    for ends in combinations_with_replacement(both.labels.kept, 2):
        heirs = [both.labels.kept[end] for end in ends]
        was = [relation.name for relation, _ in both.old.joining(*([end] for end in ends))]
        now = [relation.name for relation, _ in both.new.joining(*([end] for end in heirs))]
        if len(was) == 1 and now and now != [both.relations.kept.get(was[0], both.relations.replaced.get(was[0]))]:
            other = now[0] if len(now) == 1 else ""
            pairs.setdefault((was[0], other), []).append(" and ".join(heirs))
    for (name, other), joined in pairs.items():
        gone = name not in both.relations.kept
        _, loc = both.relations.old[name] if gone else both.relations.new[both.relations.kept[name]]
        rule = CHANGES["unlabelled-relation-changed" if other else "unlabelled-relation-ambiguous"]
        message = f"an arrow without a label no longer means {name} between {'; '.join(joined)}"
        yield Change(rule, name, loc, f"{message}, but {other}" if other else message, gone=gone)


def _types(both: Both, old: RelationType, new: RelationType, loc: Loc) -> Iterator[Change]:
    """What a relation joins no more and what in addition, apart from types that are gone themselves.

    Where it becomes or ceases to be the link from a claim to its values, that the claim is a head says nothing more.
    """
    ignored = _claims(both) if _is_value(both.old, old) != _is_value(both.new, new) else set()
    less, more, still = {}, {}, {}
    for end in ("head", "tail"):
        was, now = getattr(old, end), getattr(new, end)
        heirs = {name: both.labels.kept.get(name, name) for name in was if name not in both.labels.removed}
        less[end] = [name for name, heir in heirs.items() if heir not in {*now, *ignored}]
        more[end] = [name for name in now if name not in {*heirs.values(), *ignored}]
        still[end] = (*(name for name in was if name not in less[end]), *both.labels.in_old(more[end]))
    if any(less.values()):
        touch = Touch("ends", old.name, ends=old.model_copy(update=still))
        message = f"{new.name} no longer {_told(less)}"
        yield Change(CHANGES["relation-ends-narrowed"], old.name, (*loc, _first(less)), message, touch)
    if any(more.values()):
        message = f"{new.name} also {_told(more)} now"
        yield Change(CHANGES["relation-ends-widened"], old.name, (*loc, _first(more)), message)


def _told(ends: _Ends) -> str:
    verbs = {"head": "starts at", "tail": "ends at"}
    return ", ".join(f"{verbs[end]} {' and '.join(names)}" for end, names in ends.items() if names)


def _first(ends: _Ends) -> str:
    return next(end for end, names in ends.items() if names)


def _is_value(ontology: Ontology, relation: RelationType) -> bool:
    return ontology.claims is not None and ontology.claims.value == relation.name


def _claims(both: Both) -> set[str]:
    return {one.claims.content.name for one in (both.old, both.new) if one.claims}
