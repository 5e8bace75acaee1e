"""What a plan means for each old name, with the ontology that it leads to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from toolkit.files import to_json
from toolkit.findings import Place
from toolkit.ontology.consistency import Loc
from toolkit.ontology.labelconfig import CLAIMS, ENTITIES, RELATIONS, names_in
from toolkit.ontology.model import Ontology
from toolkit.ontology.plan_file import PlanFile, Ref, Retype, Split, Step


class Lead(NamedTuple):
    """That a step (from 1) leads an old name to new ones; to none where its items are withdrawn."""

    step: int
    old: Ref
    new: tuple[Ref, ...]


@dataclass(frozen=True)
class Plan:
    """A plan and the new ontology; ``plan_checks.load_plan`` makes one that both agree on.

    ``old`` is the ontology that it begins at, where that is at hand: it knows what arrows without a label mean.
    """

    file: PlanFile
    ontology: Ontology
    place: Callable[[Loc], Place]  # of keys and numbers in the file
    old: Ontology | None = None

    @cached_property
    def digest(self) -> str:
        """What the plan says, as twelve characters; comments and white space do not count."""
        return hashlib.sha256(to_json(self.file.model_dump(mode="json")).encode()).hexdigest()[:12]

    def step(self, number: int) -> Step:
        """A step by its number, from 1."""
        return self.file.steps[number - 1]

    @property
    def steps(self) -> Iterator[tuple[int, Step]]:
        """The steps with their numbers, from 1."""
        return enumerate(self.file.steps, start=1)

    @cached_property
    def attributes(self) -> dict[str, str]:
        """The new names of the attributes that are renamed."""
        written = (step.rename for _, step in self.steps if step.rename is not None)
        return {rename.attribute: rename.to for rename in written if rename.attribute is not None}

    @cached_property
    def leads(self) -> tuple[Lead, ...]:
        """Where every old name leads, step by step."""
        written = [Lead(number, old, new) for number, step in self.steps for old, new in step.does.leads()]
        modality = self.ontology.modality.name if self.ontology.modality else ""
        return tuple(
            Lead(
                lead.step,
                _of_modality(lead.old, modality),
                tuple(_of_modality(new._replace(of=self.attributes.get(new.of, new.of)), modality) for new in lead.new),
            )
            for lead in written
        )

    @cached_property
    def whole(self) -> dict[Ref, Lead]:
        """The leads by which all items of an old name go one way: renamed, merged, retired."""
        return {lead.old: lead for lead in self.leads if self.step(lead.step).verb in ("rename", "merge", "retire")}

    @cached_property
    def splits(self) -> dict[str, tuple[int, Split]]:
        """By label: the step, and the split."""
        return {step.split.label: (number, step.split) for number, step in self.steps if step.split is not None}

    @cached_property
    def retypes(self) -> dict[str, list[tuple[int, Retype]]]:
        """By relation: the steps, and the retypings."""
        found: dict[str, list[tuple[int, Retype]]] = {}
        for number, step in self.steps:
            if step.retype is not None:
                found.setdefault(step.retype.relation, []).append((number, step.retype))
        return found

    @cached_property
    def known(self) -> dict[Ref, str]:
        """The new names, each with the control or the type of answer that it belongs to."""
        return names_of(self.ontology)

    @cached_property
    def modalities(self) -> frozenset[str]:
        """The labels of relations that are no types: the ontology's, and those that the plan names as such."""
        refs = (*self.known, *(ref for lead in self.leads for ref in (lead.old, *lead.new)))
        return frozenset(ref.name for ref in refs if ref.kind == "modality")

    @cached_property
    def symmetric(self) -> frozenset[str]:
        """The new relation types whose ends may be swapped."""
        return frozenset(relation.name for relation in self.ontology.all_relations if relation.symmetric)

    def relation(self, name: str) -> Ref:
        """A label of relations: a type, or a modality."""
        return Ref("modality" if name in self.modalities else "relation", name)

    def names_in_config(self, xml: str) -> dict[Ref, str]:
        """The names that a label config offers, each with the control or the type of answer that it belongs to."""
        names: dict[Ref, str] = {}
        for control, offered in names_in(xml).items():
            if control == RELATIONS:
                names |= {self.relation(name): "" for name in offered}
            elif control in (ENTITIES, CLAIMS):
                names |= {Ref("label", name): control for name in offered}
            else:
                names[Ref("attribute", control)] = "choices" if offered else "textarea"
                names |= {Ref("option", name, control): "" for name in offered}
        return names


def _of_modality(ref: Ref, modality: str) -> Ref:
    return Ref("modality", ref.name) if modality and ref.of == modality else ref


def names_of(ontology: Ontology) -> dict[Ref, str]:
    """The names of an ontology, each with the control or the type of answer that it belongs to."""
    names = {Ref("label", name): ENTITIES if name in ontology.mention_types else CLAIMS for name in ontology.spans}
    names |= {Ref("relation", relation.name): "" for relation in ontology.all_relations}
    if ontology.modality:
        names |= {Ref("modality", name): "" for name in ontology.modality.choices}
    for attribute in ontology.all_attributes:
        names[Ref("attribute", attribute.name)] = "choices" if attribute.options else "textarea"
        names |= {Ref("option", option, attribute.name): "" for option in attribute.choices}
    return names
