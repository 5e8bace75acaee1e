"""The label schema as data: what can be labelled, how it is called, and what goes with what.

Names are the contract: they are the label names in Label Studio and the class names in the dataset.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from toolkit.workspace import SemVer, Settings

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Hotkey = Annotated[str, Field(pattern=r"^([a-z0-9]|(shift|ctrl|alt)\+[a-z0-9])$")]

ASSERTED = "asserted"
ATTRIBUTION = "attribution"


class Example(Settings):
    """A piece of text, and within it the words that carry the label (for a relation: head, then tail)."""

    text: Annotated[str, Field(min_length=1)]
    marked: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _marked_words_are_there(self) -> Example:
        if absent := [words for words in self.marked if words not in self.text]:
            raise ValueError(f"{', '.join(map(repr, absent))} is marked and is not in the text {self.text!r}")
        return self


class Defined(Settings):
    """Anything with a name, a definition and examples."""

    name: Name
    definition: Annotated[str, Field(min_length=1)]
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

    @model_validator(mode="after")
    def _hangs_together(self) -> Attribute:
        if problems := _twice("option", self.choices):
            raise ValueError("; ".join(problems))
        if self.default is not None and self.options and self.default not in self.choices:
            raise ValueError(f"the default {self.default!r} of {self.name} is not one of its options")
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"the pattern of {self.name} is no regular expression: {error}") from None
        if self.required and self.default is not None:
            raise ValueError(f"{self.name} is required, so its default would never be used")
        return self

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


class Retired(Settings):
    """A name that was used once and is not to be used again."""

    name: Name
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
    retired: tuple[Retired, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> Ontology:
        problems = [
            *_twice("name", self._names()),
            *_twice("hotkey", (key for _, key in self.hotkeys)),
            *self._unknown_ends(),
            *self._claim_problems(),
            *(f"{old.name} is retired and still in use" for old in self.retired if old.name in set(self._names())),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _names(self) -> Iterator[str]:
        yield from (span.name for span in self._all_spans())
        yield from (relation.name for relation in self.relations)
        if self.claims:
            yield from (self.claims.claimant.name, self.claims.cued_by.name)
        yield from (attribute.name for attribute in self._all_attributes())
        yield from self.modalities

    def _all_spans(self) -> Iterator[SpanType]:
        yield from (*self.entities, *self.values)
        if self.claims:
            yield from (self.claims.content, self.claims.cue)

    def _all_attributes(self) -> Iterator[Attribute]:
        yield from self.mention_attributes
        for span in self._all_spans():
            yield from span.attributes

    def _unknown_ends(self) -> Iterator[str]:
        for relation in self.all_relations:
            for end in (*relation.head, *relation.tail):
                if end not in self.spans:
                    yield f"relation {relation.name} names {end}, which is no type here"

    def _claim_problems(self) -> Iterator[str]:
        """A claim starts its own links, and no relation between mentions but the one that gives it a value."""
        claims = self.claims
        if claims is None:
            return
        content, cue = claims.content.name, claims.cue.name
        for link in (claims.claimant, claims.cued_by):
            if link.head != (content,):
                yield f"{link.name} is a link of the claim, so its head must be {content} alone"
        if claims.cued_by.tail != (cue,):
            yield f"{claims.cued_by.name} links a claim to its cue, so its tail must be {cue} alone"
        if foreign := [end for end in claims.claimant.tail if end in (content, cue)]:
            yield f"{claims.claimant.name} links a claim to mentions, and {', '.join(foreign)} is none"
        if claims.value is not None:
            if claims.value not in self.relation_types:
                yield f"claims.value names {claims.value}, which is no relation here"
            elif content not in self.relation_types[claims.value].head:
                yield f"claims.value names {claims.value}, so {content} must be one of its heads"
        for relation in self.relations:
            allowed = {content} if relation.name == claims.value else set()
            for end in sorted((set(relation.head) - allowed | set(relation.tail)) & {content, cue}):
                yield f"relation {relation.name} links mentions, and {end} is none"
        attribution = {attribute.name: attribute for attribute in claims.content.attributes}.get(ATTRIBUTION)
        for answer in claims.no_claimant:
            if attribution is None or answer not in attribution.choices:
                yield f"claims.no_claimant names {answer!r}, which is no answer to {ATTRIBUTION}"

    @property
    def hotkeys(self) -> list[tuple[str, str]]:
        """Every (name, hotkey) on the annotator's screen."""
        spans = [(span.name, span.hotkey) for span in self._all_spans()]
        options = [
            (f"{attribute.name}={option.name}", option.hotkey)
            for attribute in self._all_attributes()
            for option in attribute.options
        ]
        return [(name, key) for name, key in (*spans, *options) if key is not None]

    @cached_property
    def mention_types(self) -> dict[str, SpanType]:
        """Entity and value types by name, in the ontology's order (the order of the ClassLabels)."""
        return {span.name: span for span in (*self.entities, *self.values)}

    @cached_property
    def spans(self) -> dict[str, SpanType]:
        """Every span type by name: entities, values, and the claim's content and cue."""
        return {span.name: span for span in self._all_spans()}

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

    @property
    def all_relations(self) -> tuple[RelationType, ...]:
        """Relations between mentions, then the links that only claims have."""
        claim_only = (link for name, link in self.claim_links.items() if name not in self.relation_types)
        return (*self.relations, *claim_only)

    @cached_property
    def modalities(self) -> tuple[str, ...]:
        """What a relation can be besides asserted."""
        return tuple(name for name in self.modality.choices if name != ASSERTED) if self.modality else ()

    def attributes_of(self, span_type: str) -> Mapping[str, Attribute]:
        """The questions asked about a span of this type, by name."""
        own = self.spans[span_type].attributes
        shared = self.mention_attributes if span_type in {span.name for span in self.entities} else ()
        return {attribute.name: attribute for attribute in (*shared, *own)}


def _twice(what: str, values: Iterable[str]) -> list[str]:
    return [f"the {what} {value!r} is used {count} times" for value, count in Counter(values).items() if count > 1]
