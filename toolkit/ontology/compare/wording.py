"""What is said, shown and ordered otherwise, and means the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from toolkit.ontology.across import LINKS
from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change
from toolkit.ontology.compare.pairing import Both, shown
from toolkit.ontology.consistency import ATTRIBUTION, Loc
from toolkit.ontology.model import ASSERTED, Attribute

_LONG = ("definition", "examples")
_WORDED = (*_LONG, "question", "colour", "hotkey", "backward_hotkey")
_MODALITY = ("name", "required", "default", "pattern")  # of the modality these are told to people, and nothing else


def wording_changes(both: Both) -> Iterator[Change]:
    """What changed for the eyes of people only, and the names of whole ontologies."""
    old, new = both.old, both.new
    if old.name != new.name:
        message = f"the ontology was called {old.name} and is called {new.name}"
        yield Change(CHANGES["ontology-renamed"], new.name, ("name",), message)
    yield from _fields(old, new, (), new.name)
    for pairing in both.pairings:
        for was, now, loc in pairing.pairs():
            yield from _fields(was, now, loc, shown(now.name, *pairing.of[1:]))
    yield from _modality(old.modality, new.modality)
    yield from _orders(both)


def _fields(old: Any, new: Any, loc: Loc, name: str, fields: Iterable[str] = _WORDED) -> Iterator[Change]:
    for field in fields:
        was, now = getattr(old, field, None), getattr(new, field, None)
        if was != now:
            differs = "changed" if field in _LONG else f"was {_quoted(was)} and is {_quoted(now)}"
            told = field.removeprefix("backward_") if field in _WORDED else "question"
            rule = CHANGES[f"{told}-changed"]
            yield Change(rule, name, (*loc, field), f"the {field} of {name} {differs}")


def _modality(old: Attribute | None, new: Attribute | None) -> Iterator[Change]:
    """The question whose answers are the modalities."""
    loc = ("modality",)
    if old is None or new is None:
        if old is not new:
            message = f"relations are {'asked' if new else 'no longer asked'} for their modality"
            yield Change(CHANGES["question-changed"], "modality", loc, message, gone=new is None)
        return
    yield from _fields(old, new, loc, "modality", (*_WORDED, *_MODALITY))
    was, now = (next((one for one in asked.options if one.name == ASSERTED), None) for asked in (old, new))
    if was and now:
        number = new.choices.index(ASSERTED)
        yield from _fields(was, now, (*loc, "options", number), f"modality={ASSERTED}")
    elif was or now:
        message = f"{ASSERTED} is {'named' if now else 'no longer named'} among the modalities"
        yield Change(CHANGES["question-changed"], "modality", (*loc, "options"), message)


def _orders(both: Both) -> Iterator[Change]:
    """Lists whose members stand in another order than they stood in."""
    for name, old, new, kept, loc in _lists(both):
        was = [kept.get(one, one) for one in old]
        stayed = [one for one in new if one in was]
        if stayed != [one for one in was if one in stayed]:
            yield Change(CHANGES["order-changed"], name, loc, f"{name}: the order is {', '.join(stayed)} now")


def _lists(both: Both) -> Iterator[tuple[str, Sequence[str], Sequence[str], Mapping[str, str], Loc]]:
    old, new = both.old, both.new
    for part, kept in (
        ("entities", both.labels.kept),
        ("values", both.labels.kept),
        ("mention_attributes", both.attributes.kept),
        ("relations", both.relations.kept),
        ("retired", {}),
    ):
        yield part, _names(getattr(old, part)), _names(getattr(new, part)), kept, (part,)
    for was, now, loc in both.labels.pairs():
        yield now.name, _names(was.attributes), _names(now.attributes), both.attributes.kept, (*loc, "attributes")
    for start, end, loc in both.relations.pairs():
        yield end.name, start.head, end.head, both.labels.kept, (*loc, "head")
        yield end.name, start.tail, end.tail, both.labels.kept, (*loc, "tail")
    asked = {**both.attributes.new, **both.link_attributes.new}
    for options in both.options:
        loc = (*asked[options.of[1]][1], "options")
        yield options.of[1], list(options.old), list(options.new), options.kept, loc
        if old.claims and new.claims and options.of[0] == ATTRIBUTION:
            answers = old.claims.no_claimant, new.claims.no_claimant
            yield "no_claimant", *answers, options.kept, ("claims", "no_claimant")
    for link, same, loc in both.claim_links.pairs():
        attributes = _names(link.attributes), _names(same.attributes)
        yield same.name, *attributes, both.link_attributes.kept, (*loc, "attributes")
    if old.links and new.links:
        yield "links.entities", old.links.entities, new.links.entities, both.labels.kept, (LINKS, "entities")
        claims = _names(old.links.claims), _names(new.links.claims)
        yield "links.claims", *claims, both.claim_links.kept, (LINKS, "claims")
    if old.modality and new.modality:
        answers = old.modality.choices, new.modality.choices
        yield "modality", *answers, both.modalities.kept, ("modality", "options")


def _names(named: Iterable[Any]) -> list[str]:
    return [one.name for one in named]


def _quoted(value: object) -> str:
    return "nothing" if value in (None, "") else f"“{value}”"
