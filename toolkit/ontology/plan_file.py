"""How stored annotations move from one version of the ontology to the next: a plan that a person writes.

::

    from: 1.0.0
    to: 2.0.0
    steps:
      - rename: {label: ARMED_GROUP, to: MILITIA}
      - rename: {option: approx, of: precision, to: about}
      - merge: {labels: [LOCATION, FACILITY], into: PLACE}
      - split: {label: QUANTITY, by: unit, into: {km: DISTANCE}, otherwise: QUANTITY}
      - retire: {label: NORP}
      - retype: {relation: part_of, head: [FACILITY], tail: [GPE], to: located_in, reverse: false}

``rename`` and ``retire`` take a label, relation, attribute or option; ``merge`` takes labels, relations or options. A
modality is an option of the ontology's modality. All steps work at once on the old names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from toolkit.ontology.model import Name
from toolkit.settings import SemVer, Settings

KINDS = ("label", "relation", "attribute", "option")
SEVERAL = {"labels": "label", "relations": "relation", "options": "option"}
_Ends = Annotated[tuple[Name, ...], Field(min_length=1)]
_Several = Annotated[tuple[Name, ...], Field(min_length=2)]


class Ref(NamedTuple):
    """A name as annotations bear it, and what it names; ``of`` is the attribute that an option answers.

    Kinds are those of a plan, and ``modality``: the options of the ontology's modality are labels of relations.
    """

    kind: str
    name: str
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.of}={self.name}" if self.of else f"{self.kind} {self.name}"


class _One(Settings):
    label: Name | None = None
    relation: Name | None = None
    attribute: Name | None = None
    option: Name | None = None
    of: Name | None = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> _One:
        _exactly_one(self, KINDS)
        if (self.option is None) != (self.of is None):
            raise ValueError("an option has an attribute, and nothing else has one: {option: NAME, of: ATTRIBUTE}")
        return self

    @property
    def old(self) -> Ref:
        """The name that the step takes."""
        kind = _set(self, KINDS)
        return Ref(kind, getattr(self, kind), self.of or "")


class Rename(_One):
    """Another name for the same thing."""

    to: Name

    def leads(self) -> Iterator[tuple[Ref, tuple[Ref, ...]]]:
        """The old name to the new one."""
        yield self.old, (self.old._replace(name=self.to),)


class Retire(_One):
    """A name that ends: its items are withdrawn, and what hangs on them."""

    def leads(self) -> Iterator[tuple[Ref, tuple[Ref, ...]]]:
        """The old name to nothing."""
        yield self.old, ()


class Merge(Settings):
    """Several names that become one, which may be one of them."""

    labels: _Several | None = None
    relations: _Several | None = None
    options: _Several | None = None
    of: Name | None = None
    into: Name

    @model_validator(mode="after")
    def _merges_one_kind(self) -> Merge:
        _exactly_one(self, SEVERAL)
        if (self.options is None) != (self.of is None):
            raise ValueError("options have an attribute, and nothing else has one: {options: [A, B], of: ATTRIBUTE, …}")
        return self

    def leads(self) -> Iterator[tuple[Ref, tuple[Ref, ...]]]:
        """Each old name to the new one."""
        several = _set(self, SEVERAL)
        into = Ref(SEVERAL[several], self.into, self.of or "")
        for name in getattr(self, several):
            yield into._replace(name=name), (into,)


class Split(Settings):
    """A label that becomes several, by the answer to one of its questions; ``otherwise`` for any other, or none."""

    label: Name
    by: Name
    into: dict[str, Name] = Field(min_length=1)
    otherwise: Name

    def leads(self) -> Iterator[tuple[Ref, tuple[Ref, ...]]]:
        """The old label to each of the new ones."""
        names = dict.fromkeys((*self.into.values(), self.otherwise))
        yield Ref("label", self.label), tuple(Ref("label", name) for name in names)


class Retype(Settings):
    """Another type for those relations of a type whose ends bear these labels; ``reverse`` swaps head and tail."""

    relation: Name
    head: _Ends
    tail: _Ends
    to: Name
    reverse: bool = False

    def leads(self) -> Iterator[tuple[Ref, tuple[Ref, ...]]]:
        """The old type to the new one."""
        yield Ref("relation", self.relation), (Ref("relation", self.to),)

    def means(self, head: Iterable[str], tail: Iterable[str]) -> bool:
        """Whether a relation between regions with these labels is meant."""
        forth = not {*self.head}.isdisjoint(head) and not {*self.tail}.isdisjoint(tail)
        if self.to != self.relation:
            return forth
        back = not {*self.head}.isdisjoint(tail) and not {*self.tail}.isdisjoint(head)
        return forth and not back  # only turned round: done twice it would be undone


class Step(Settings):
    """One step, of exactly one kind."""

    rename: Rename | None = None
    merge: Merge | None = None
    split: Split | None = None
    retire: Retire | None = None
    retype: Retype | None = None

    @model_validator(mode="after")
    def _is_one_step(self) -> Step:
        _exactly_one(self, type(self).model_fields)
        return self

    @property
    def verb(self) -> str:
        """Which kind it is."""
        return _set(self, type(self).model_fields)

    @property
    def does(self) -> Rename | Merge | Split | Retire | Retype:
        """The step of that kind."""
        found: Rename | Merge | Split | Retire | Retype = getattr(self, self.verb)
        return found


class PlanFile(Settings):
    """The file as it is written."""

    from_: SemVer = Field(alias="from")
    to: SemVer
    steps: tuple[Step, ...] = Field(min_length=1)


def _exactly_one(model: Settings, names: Iterable[str]) -> None:
    if sum(getattr(model, name) is not None for name in names) != 1:
        raise ValueError(f"exactly one of these is needed: {', '.join(names)}")


def _set(model: Settings, names: Iterable[str]) -> str:
    return next(name for name in names if getattr(model, name) is not None)
