"""Ontologies that differ from one in a single field: every field of every model, changed in every way that is valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from toolkit.ontology.compare.pairing import Both
from toolkit.ontology.consistency import QUESTION_STRUCTURE, Loc, inconsistencies
from toolkit.ontology.model import LENIENT, Attribute, Ontology

TEXTS = ("other", "#010203", "ctrl+9", "0.0.7")  # a name, a colour, a hotkey, a version


class Mutant(NamedTuple):
    """The field that was changed (its model and name), its place, and the ontology that came of it."""

    field: tuple[str, str]
    loc: Loc
    ontology: Ontology


def mutants(ontology: Ontology) -> Iterator[Mutant]:
    """Every mutant that is an ontology, also where its parts contradict each other; but none of the version."""
    names = tuple(ontology.spans)
    for model, field, loc in _fields(ontology, ()):
        if model is ontology and field == "version":
            continue  # it tells of changes, and is none
        value = getattr(model, field)
        texts = (*TEXTS, *(names if isinstance(value, tuple) else ()))
        texts += model.choices if isinstance(model, Attribute) else ()
        for other in _others(value, texts):
            try:
                mutant = Ontology.model_validate(_with(ontology.model_dump(), loc, other), context=LENIENT)
            except ValidationError:
                continue
            if mutant != ontology and not any(one.rule is QUESTION_STRUCTURE for one in inconsistencies(mutant)):
                yield Mutant((type(model).__name__, field), loc, mutant)


class Renaming(NamedTuple):
    """What was renamed (an answer ``of`` a question), and the ontology that declares it."""

    kind: str
    name: str
    of: str
    ontology: Ontology


def renamings(ontology: Ontology) -> Iterator[Renaming]:
    """The ontology with one name replaced by another, wherever it stands, and retired."""
    for pairing in Both(ontology, ontology).pairings:
        of = pairing.of[0] if pairing.of else None
        for name in pairing.old:
            data = renamed(ontology.model_dump(), name, "other")
            entry = {"name": name, "of": of, "since": "2.0.0", "replaced_by": "other"}
            data["retired"] = [*data["retired"], entry]
            yield Renaming(pairing.kind, name, of or "", Ontology.model_validate(data, context=LENIENT))


def renamed(data: Any, name: str, to: str) -> Any:
    """Plain data with one text replaced wherever it is a value."""
    if isinstance(data, dict):
        return {key: renamed(part, name, to) for key, part in data.items()}
    if isinstance(data, tuple):
        return [renamed(part, name, to) for part in data]
    return to if data == name else data


def fields_of(ontology: Ontology) -> set[tuple[str, str]]:
    """Every field that can be changed by itself, of every model that occurs in an ontology."""
    return {
        (type(model).__name__, field)
        for model, field, _ in _fields(ontology, ())
        if not (isinstance(getattr(model, field), BaseModel) and type(model).model_fields[field].is_required())
    } - {("Ontology", "version")}


def _fields(model: BaseModel, loc: Loc) -> Iterator[tuple[BaseModel, str, Loc]]:
    for field in type(model).model_fields:
        place = (*loc, field)
        yield model, field, place
        value = getattr(model, field)
        for number, item in enumerate(value if isinstance(value, tuple) else ()):
            if isinstance(item, BaseModel):
                yield from _fields(item, (*place, number))
        if isinstance(value, BaseModel):
            yield from _fields(value, place)


def _others(value: Any, texts: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, str):
        yield from (None, *texts, f"{value}x")
    elif value is None:
        yield from texts
    elif isinstance(value, BaseModel):
        yield None
    elif isinstance(value, tuple):
        items = [item.model_dump() if isinstance(item, BaseModel) else item for item in value]
        yield from (items[::-1], [])
        yield from (items[:number] + items[number + 1 :] for number in range(len(items)))
        yield from ([*items, item] for item in _more(items, texts) if item not in items)
    else:
        raise TypeError(f"nobody taught the mutants what else a {type(value).__name__} could be")


def _more(items: list[Any], texts: tuple[str, ...]) -> Iterator[Any]:
    """What a list could hold in addition: a member of another name, or with other words."""
    for item in items[:1]:
        if isinstance(item, dict):
            yield item | {"name": "other", "hotkey": None} if "hotkey" in item else item | {"name": "other"}
            yield item | {"text": "other", "marked": ()}
    yield from texts


def _with(data: dict[str, Any], loc: Loc, value: Any) -> dict[str, Any]:
    """The data with another value at a place."""
    part: Any = data
    for step in loc[:-1]:
        if isinstance(part[step], tuple):
            part[step] = list(part[step])
        part = part[step]
    part[loc[-1]] = value
    return data
