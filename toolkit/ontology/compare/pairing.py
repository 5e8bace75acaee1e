"""What in one version of an ontology is what in the next: by name, and by the renames that the next one declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from toolkit.ontology.across import LINKS, located_claim_links, located_link_attributes
from toolkit.ontology.consistency import Loc, located_attributes, located_relations, located_spans
from toolkit.ontology.model import ASSERTED, Attribute, Defined, Ontology, Option

T = TypeVar("T", bound=Defined)

Kind = Literal["label", "relation", "attribute", "option", "modality", "claim-link", "link-attribute"]


@dataclass(frozen=True)
class Pairing(Generic[T]):
    """The things of one kind, each with its place, by their names in OLD and in NEW.

    ``replaced`` leads from old names to those that NEW declares in their place, and ``of`` names the question, in OLD
    and in NEW, where the things are the answers to one; links between claims are answers of ``links``.
    """

    kind: Kind
    old: Mapping[str, tuple[T, Loc]]
    new: Mapping[str, tuple[T, Loc]]
    replaced: Mapping[str, str]
    of: tuple[str, ...] = ()

    @cached_property
    def kept(self) -> dict[str, str]:
        """From a name in OLD to the same thing's name in NEW.

        The name that took another's place is the same thing only where it is new: else two things became one.
        """
        heirs = {name: name if name in self.new else self.replaced.get(name) for name in self.old}
        return {
            name: heir
            for name, heir in heirs.items()
            if heir is not None and (heir == name or (heir in self.new and heir not in self.old))
        }

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """Names of OLD that are nothing in NEW."""
        return tuple(name for name in self.old if name not in self.kept)

    @cached_property
    def added(self) -> tuple[str, ...]:
        """Names of NEW that were nothing in OLD."""
        was = set(self.kept.values())
        return tuple(name for name in self.new if name not in was)

    def pairs(self) -> Iterator[tuple[T, T, Loc]]:
        """What stayed: as it was, as it is, and its place in NEW."""
        for name, heir in self.kept.items():
            yield self.old[name][0], *self.new[heir]

    def in_new(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of these names of OLD that stayed, as NEW calls them."""
        return tuple(self.kept[name] for name in names if name in self.kept)

    def in_old(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of these names of NEW that were there, as OLD called them, in OLD's order."""
        wanted = set(names)
        return tuple(name for name, heir in self.kept.items() if heir in wanted)


class Both:
    """Two versions of an ontology, and what is what in them."""

    def __init__(self, old: Ontology, new: Ontology) -> None:
        self.old = old
        self.new = new
        self.labels = self._pair("label", located_spans)
        self.relations = self._pair("relation", located_relations)
        self.attributes = self._pair("attribute", located_attributes)
        self.modalities = self._pair("modality", _located_modalities)
        self.claim_links = self._pair("claim-link", located_claim_links, LINKS)
        self.link_attributes = self._pair("link-attribute", located_link_attributes)

    @cached_property
    def options(self) -> tuple[Pairing[Option], ...]:
        """The answers to every question that was a choice and is one."""
        asked = (
            (questions, pair) for questions in (self.attributes, self.link_attributes) for pair in questions.pairs()
        )
        return tuple(
            Pairing(
                "option",
                _by_name(located_options(old, questions.old[old.name][1])),
                _by_name(located_options(new, loc)),
                self._replaced({old.name, new.name}),
                (old.name, new.name),
            )
            for questions, (old, new, loc) in asked
            if old.options and new.options
        )

    @property
    def pairings(self) -> tuple[Pairing[Any], ...]:
        """Everything whose name stored work can bear."""
        return *self.named, self.claim_links, *self.options

    @property
    def named(self) -> tuple[Pairing[Any], ...]:
        """Everything whose name means one thing wherever it stands."""
        return self.labels, self.relations, self.attributes, self.modalities, self.link_attributes

    def _pair(
        self, kind: Kind, located: Callable[[Ontology], Iterable[tuple[T, Loc]]], of: str | None = None
    ) -> Pairing[T]:
        old, new = _by_name(located(self.old)), _by_name(located(self.new))
        return Pairing(kind, old, new, self._replaced({of}), (of, of) if of else ())

    def _replaced(self, of: Iterable[str | None]) -> dict[str, str]:
        return {one.name: one.replaced_by for one in self.new.retired if one.replaced_by and one.of in of}


def shown(name: str, of: str = "") -> str:
    """A name as people are told it, with the question that it answers."""
    return f"{of}={name}" if of not in ("", LINKS) else name


def _by_name(located: Iterable[tuple[T, Loc]]) -> dict[str, tuple[T, Loc]]:
    return {item.name: (item, loc) for item, loc in located}


def located_options(attribute: Attribute, loc: Loc) -> Iterator[tuple[Option, Loc]]:
    """The answers to one question, each with its place."""
    for number, option in enumerate(attribute.options):
        yield option, (*loc, "options", number)


def _located_modalities(ontology: Ontology) -> Iterator[tuple[Option, Loc]]:
    """What a relation can be besides asserted: that is in the dataset whether or not it can be answered."""
    if ontology.modality:
        located = located_options(ontology.modality, ("modality",))
        yield from ((option, loc) for option, loc in located if option.name != ASSERTED)
