"""Names that are out of use: they stay listed, and are not used again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from toolkit.ontology.across import LINKS
from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change
from toolkit.ontology.compare.pairing import Both, located_options
from toolkit.ontology.consistency import Loc
from toolkit.ontology.model import Retired

_Name = tuple[str, str | None]
"""A name and, where it is an answer, its question: as an entry under ``retired`` has it."""

_LIST: Loc = ("retired",)


def retirement_changes(both: Both) -> Iterator[Change]:
    """What became of the retired names, and whether those that vanished are among them."""
    before, now = _in_use(both, "old"), _in_use(both, "new")
    yield from _vanished(both, now)
    for entry in both.old.retired:
        yield from _retired_before(both, entry, now)
    for number, entry in enumerate(both.new.retired):
        if not any(_same(both, old, entry) for old in both.old.retired) and not _names(both, entry).keys() & before:
            message = f"{_shown(entry)} is retired, and was not in use"
            yield Change(CHANGES["retirement-changed"], _shown(entry), (*_LIST, number), message)


def _vanished(both: Both, now: Mapping[_Name, tuple[str, Loc]]) -> Iterator[Change]:
    """Names that are gone and not listed, and names that stand for something of another kind now."""
    for pairing in both.pairings:
        listed = {entry.name for entry in both.new.retired if entry.of in (pairing.of or (None,))}
        for name in pairing.removed:
            if not pairing.of and (name, None) in now:
                kind, loc = now[name, None]
                message = f"{name} was a name of the kind {pairing.kind}, and is one of the kind {kind} now"
                yield Change(CHANGES["name-reused"], name, loc, message)
            elif name not in listed:
                shown = f"{pairing.of[0]}={name}" if pairing.of else name
                message = f"{shown} ({pairing.kind}) is gone and not listed under retired"
                yield Change(CHANGES["vanished-not-retired"], shown, _LIST, message)


def _retired_before(both: Both, entry: Retired, now: Mapping[_Name, tuple[str, Loc]]) -> Iterator[Change]:
    used = [now[name] for name in _names(both, entry) if name in now]
    listed = [(number, new) for number, new in enumerate(both.new.retired) if _same(both, entry, new)]
    if used:
        message = f"{_shown(entry)}, retired since {entry.since}, is in use again"
        yield Change(CHANGES["name-reused"], _shown(entry), used[0][1], message)
    elif not listed:
        message = f"{_shown(entry)}, retired since {entry.since}, is no longer listed"
        yield Change(CHANGES["retired-name-forgotten"], _shown(entry), _LIST, message)
    elif (entry.since, _heir(both, entry)) != (listed[0][1].since, listed[0][1].replaced_by):
        message = f"what is told of {_shown(entry)} changed"
        yield Change(CHANGES["retirement-changed"], _shown(entry), (*_LIST, listed[0][0]), message)


def _in_use(both: Both, side: Literal["old", "new"]) -> dict[_Name, tuple[str, Loc]]:
    """Every name in one of the ontologies: what kind it is of, and where it stands."""
    used: dict[_Name, tuple[str, Loc]] = {}
    for pairing in both.named:
        used |= {(name, None): (pairing.kind, loc) for name, (_, loc) in getattr(pairing, side).items()}
    for name, (_, loc) in getattr(both.claim_links, side).items():
        used[name, LINKS] = (both.claim_links.kind, loc)
    for questions in (both.attributes, both.link_attributes):
        for attribute, place in getattr(questions, side).values():
            options = located_options(attribute, place)
            used |= {(option.name, attribute.name): ("option", loc) for option, loc in options}
    return used


def _names(both: Both, entry: Retired) -> dict[_Name, None]:
    """The name of an entry, also where its question has, or had, another one."""
    if entry.of is None:
        return {(entry.name, None): None}
    questions = both.attributes, both.link_attributes
    others = [of for asked in questions for of in (*asked.in_new([entry.of]), *asked.in_old([entry.of]))]
    return {(entry.name, of): None for of in (entry.of, *others)}


def _heir(both: Both, entry: Retired) -> str | None:
    """What an entry of OLD says took the name's place, as NEW calls it."""
    same_kind = (pairing for pairing in both.pairings if (entry.of in pairing.of) == (entry.of is not None))
    heirs = (pairing.kept[entry.replaced_by] for pairing in same_kind if entry.replaced_by in pairing.kept)
    return next(heirs, entry.replaced_by)


def _same(both: Both, old: Retired, new: Retired) -> bool:
    return (new.name, new.of) in _names(both, old)


def _shown(entry: Retired) -> str:
    return f"{entry.of}={entry.name}" if entry.of else entry.name
