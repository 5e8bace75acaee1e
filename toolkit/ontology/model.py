"""The label schema as data: what can be labelled, how it is called, and what goes with what.

Names are the contract: they are the label names in Label Studio and the class names in the dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, ValidationInfo, model_validator

from toolkit.ontology.consistency import inconsistencies, located_hotkeys
from toolkit.settings import SemVer, Settings, form

Name = Annotated[str, form(r"^[A-Za-z][A-Za-z0-9_]{0,63}$", "letters, digits and _, a letter first, 64 at most")]
Colour = Annotated[str, form(r"^#[0-9a-fA-F]{6}$", 'a colour in quotes such as "#4f66ff": # and six of 0-9 and a-f')]
Hotkey = Annotated[
    str,
    form(r"^([a-z0-9]|(shift|ctrl|alt)\+[a-z0-9])$", "a small letter or digit, alone or after shift+, ctrl+ or alt+"),
]

LENIENT = "lenient"
"""The validation context in which an ontology that contradicts itself is read all the same, to say all at once."""

ASSERTED = "asserted"


class Example(Settings):
    """A piece of text, and within it the words that carry the label (for a relation: head, then tail)."""

    text: Annotated[str, Field(min_length=1)]
    marked: tuple[str, ...] = ()

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, and whether each is marked; words that are not in the text mark nothing."""
        position = 0
        for start, length in sorted((self.text.find(word), len(word)) for word in self.marked):
            if start >= position:  # marked words may lie inside others
                yield self.text[position:start], False
                yield self.text[start : start + length], True
                position = start + length
        yield self.text[position:], False


class Defined(Settings):
    """Anything with a name, a definition and examples."""

    name: Name
    definition: str = ""
    examples: tuple[Example, ...] = ()


class Option(Defined):
    """One answer to a choice."""

    hotkey: Hotkey | None = None


class Attribute(Defined):
    """A question about a labelled span: one of ``options``, or free text where there are none."""

    question: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    default: str | None = None
    pattern: str | None = None  # what a text answer must match, e.g. an ISO date

    @property
    def choices(self) -> tuple[str, ...]:
        """The names of the options, in their order; empty for a text answer."""
        return tuple(option.name for option in self.options)


class SpanType(Defined):
    """A type of span: an entity type, a value type, the claim or its cue."""

    colour: Colour
    hotkey: Hotkey | None = None
    attributes: tuple[Attribute, ...] = ()


class RelationType(Defined):
    """A typed link from a head span to a tail span; the ends of a symmetric one may be swapped."""

    head: tuple[Name, ...] = Field(min_length=1)
    tail: tuple[Name, ...] = Field(min_length=1)
    symmetric: bool = False
    same_type: bool = False  # head and tail must be of one type: GPE to GPE, never GPE to FACILITY

    def joins(self, head: Iterable[str], tail: Iterable[str]) -> bool:
        """Whether it may lead from a span with these labels to one with those."""
        heads, tails = set(head) & set(self.head), set(tail) & set(self.tail)
        return bool(heads & tails) if self.same_type else bool(heads and tails)


class Claims(Settings):
    """How claims are labelled: the content span with its attributes, the cue span, and three links from the content.

    ``claimant`` and ``cued_by`` are relation types of their own. ``value`` only names one of the ontology's relations:
    events have quantities too, and one name must not mean two things.
    """

    content: SpanType
    cue: SpanType
    claimant: RelationType
    cued_by: RelationType
    value: Name | None = None
    no_claimant: tuple[str, ...] = ()  # answers to `attribution` with which a claim needs no claimant


class ClaimLinkType(Defined):
    """How two claims of a story bear on each other.

    ``meaning`` is what the checks hold it to, whatever its name: ``same`` is transitive, a ``conflict`` does not lie
    within what is the same, ``later`` leads from the newer claim to the older, ``none`` is no link. The others mean
    nothing to the checks. ``attributes`` are asked where it is chosen, such as the cause of a contradiction.

    Of a type that is not symmetric, ``hotkey`` says that the second claim on the screen, which is the later one, bears
    on the first; ``backward_hotkey`` says the opposite.
    """

    meaning: Literal["same", "conflict", "later", "none", "other"] = "other"
    symmetric: bool = False
    hotkey: Hotkey | None = None
    backward_hotkey: Hotkey | None = None
    attributes: tuple[Attribute, ...] = ()


class Links(Settings):
    """What is labelled across the articles of a story: whose mentions are put together, and how claims are linked."""

    entities: tuple[Name, ...] = ()  # the entity types whose mentions are linked
    claims: tuple[ClaimLinkType, ...] = ()


def _branch(value: Any) -> str:
    return "decision" if isinstance(value, dict | Decision) else "name"


Branch = Annotated[Annotated[Name, Tag("name")] | Annotated["Decision", Tag("decision")], Discriminator(_branch)]
"""Where an answer leads: to one of the names, or to the next question."""


class Decision(Settings):
    """A question that is answered with yes or no."""

    question: Annotated[str, Field(min_length=1)]
    if_yes: Branch
    if_no: Branch

    @property
    def branches(self) -> tuple[tuple[str, str | Decision], ...]:
        """Its two answers, and where each leads."""
        return ("yes", self.if_yes), ("no", self.if_no)


class DecisionTree(Settings):
    """The questions that decide between names which people confuse: labels, relations, or answers.

    ``of`` names the question where they are answers, and is ``links`` where they are links between claims.
    """

    between: Annotated[tuple[Name, ...], Field(min_length=2)]
    of: Name | None = None
    ask: Decision


class Retired(Settings):
    """A name that was used once and is not to be used again.

    ``of`` names the question where it was an answer, and is ``links`` where it was a link between claims.
    """

    name: Name
    of: Name | None = None
    since: SemVer
    replaced_by: Name | None = None


class Ontology(Settings):
    """The whole label schema, one version of it."""

    name: Name
    version: SemVer
    definition: str = ""
    entities: tuple[SpanType, ...] = Field(min_length=1)
    values: tuple[SpanType, ...] = ()
    mention_attributes: tuple[Attribute, ...] = ()
    relations: tuple[RelationType, ...] = ()
    modality: Attribute | None = None
    claims: Claims | None = None
    links: Links | None = None
    decisions: tuple[DecisionTree, ...] = ()
    retired: tuple[Retired, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self, info: ValidationInfo) -> Ontology:
        if info.context != LENIENT and (problems := list(inconsistencies(self))):
            raise ValueError("; ".join(problem.message for problem in problems))
        return self

    @property
    def hotkeys(self) -> list[tuple[str, str]]:
        """Every (name, hotkey) on the screen on which articles are labelled."""
        return [(name, key) for name, key, _ in located_hotkeys(self)]

    @cached_property
    def all_spans(self) -> tuple[SpanType, ...]:
        """Entities, values, and the claim's content and cue, as they are written: a name can stand there twice."""
        claims = (self.claims.content, self.claims.cue) if self.claims else ()
        return (*self.entities, *self.values, *claims)

    @cached_property
    def all_attributes(self) -> tuple[Attribute, ...]:
        """Every question about a span, as it is written."""
        return (*self.mention_attributes, *(attribute for span in self.all_spans for attribute in span.attributes))

    @cached_property
    def mention_types(self) -> dict[str, SpanType]:
        """Entity and value types by name, in the ontology's order (the order of the ClassLabels)."""
        return {span.name: span for span in (*self.entities, *self.values)}

    @cached_property
    def spans(self) -> dict[str, SpanType]:
        """Every span type by name: entities, values, and the claim's content and cue."""
        return {span.name: span for span in self.all_spans}

    @cached_property
    def relation_types(self) -> dict[str, RelationType]:
        """Relations between mentions by name."""
        return {relation.name: relation for relation in self.relations}

    @cached_property
    def claim_links(self) -> dict[str, RelationType]:
        """The links of a claim by name: claimant, cue, value. The value's link is one of ``relation_types`` too.

        What such a link means is told by its head: from a claim it belongs to the claim, from a mention it is a
        relation between mentions.
        """
        if self.claims is None:
            return {}
        own = {link.name: link for link in (self.claims.claimant, self.claims.cued_by)}
        shared = {name: link for name, link in self.relation_types.items() if name == self.claims.value}
        return own | shared

    @cached_property
    def linked_types(self) -> frozenset[str]:
        """The entity types whose mentions are linked across articles."""
        return frozenset(self.links.entities) if self.links else frozenset()

    @cached_property
    def claim_link_types(self) -> dict[str, ClaimLinkType]:
        """The links between claims of different articles by name, in the ontology's order."""
        return {link.name: link for link in self.links.claims} if self.links else {}

    @property
    def all_relations(self) -> tuple[RelationType, ...]:
        """Relations between mentions, then the links that only claims have."""
        claim_only = (link for name, link in self.claim_links.items() if name not in self.relation_types)
        return (*self.relations, *claim_only)

    def joining(self, one: Iterable[str], other: Iterable[str]) -> list[tuple[RelationType, bool]]:
        """Every relation that can hold between two spans with these labels, and whether ``other`` is its head.

        Where it is only one, an arrow between the two means it without a label, whichever of them it starts from.
        """
        one, other = set(one), set(other)
        forward = [(relation, False) for relation in self.all_relations if relation.joins(one, other)]
        either = {relation.name for relation, _ in forward if relation.symmetric}
        back = [(relation, True) for relation in self.all_relations if relation.joins(other, one)]
        return forward + [(relation, True) for relation, _ in back if relation.name not in either]

    def told_by_ends(self, relation: RelationType) -> bool:
        """Whether nothing else can hold wherever this relation can, so that its arrows never need its label."""
        return all(
            len(self.joining([head], [tail])) == 1
            for head, tail in product(relation.head, relation.tail)
            if relation.joins([head], [tail])
        )

    @cached_property
    def modalities(self) -> tuple[str, ...]:
        """What a relation can be besides asserted."""
        return tuple(name for name in self.modality.choices if name != ASSERTED) if self.modality else ()

    def attributes_of(self, span_type: str) -> Mapping[str, Attribute]:
        """The questions asked about a span of this type, by name."""
        own = self.spans[span_type].attributes
        shared = self.mention_attributes if span_type in {span.name for span in self.entities} else ()
        return {attribute.name: attribute for attribute in (*shared, *own)}
