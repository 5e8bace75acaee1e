"""What an ontology must not say: names that mean two things, links that lead nowhere.

No other room has to look at these again: an ontology that breaks one of them is not read, but by ``schema check``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from toolkit.findings import Rule, Severity
from toolkit.ontology.across import (
    LINKS,
    located_claim_links,
    located_link_attributes,
    located_link_hotkeys,
    structure_problems,
)
from toolkit.ontology.decisions import decision_problems
from toolkit.ontology.versions import numbers

if TYPE_CHECKING:
    from toolkit.ontology.model import Attribute, Claims, Defined, Ontology, RelationType, SpanType

ATTRIBUTION = "attribution"
"""The question about a claim whose answer may say that it needs no claimant."""

Loc = tuple[str | int, ...]
"""Where something stands in the ontology: keys and numbers from the top, ``("entities", 3, "hotkey")``."""


class Problem(NamedTuple):
    """A rule that an ontology breaks, and where."""

    rule: Rule
    loc: Loc
    message: str


def _error(id: str, purpose: str, next: str) -> Rule:
    return Rule(id, purpose, Severity.ERROR, next)


NAME_TWICE = _error("name-twice", "A name means one thing.", "give one of them another name")
HOTKEY_TWICE = _error("hotkey-twice", "A key does one thing.", "give one of them another key, or none")
END_UNKNOWN = _error(
    "relation-end-unknown", "A relation leads from and to types that there are.", "name a type of the ontology"
)
CLAIM_STRUCTURE = _error(
    "claim-structure",
    "A claim's links start at the claim, and no other relation does.",
    "see claims: in docs/schema.md",
)
LINK_STRUCTURE = _error(
    "link-structure",
    "What is linked across articles is an entity type of the ontology, and what a link means fits its direction.",
    "see links: in docs/schema.md",
)
QUESTION_STRUCTURE = _error(
    "question-structure",
    "A question offers each answer once, its default is one of them, and its pattern can be read.",
    "see `options`, `default`, `required` and `pattern` in docs/schema.md",
)
DECISION_STRUCTURE = _error(
    "decision-structure",
    "A decision tree decides between names of one kind: its paths end in these, and in each of them.",
    "see decisions: in docs/schema.md",
)
EXAMPLE_MARKS = _error(
    "example-marks",
    "An example of a label marks the words that bear it, one of a relation its head and its tail.",
    "list the words in marked: as they stand in the text (of a relation two: the head, then the tail)",
)
RETIRED_IN_USE = _error(
    "retired-in-use", "A retired name is not used again.", "choose a new name: old data have the old one"
)
RETIRED_ENTRY = _error(
    "retired-entry",
    "A retired name is listed once, and not since a version to come.",
    "take one of the entries out; in `since`, give the version that did away with the name",
)
REPLACEMENT_UNKNOWN = _error(
    "replacement-unknown", "What replaces a retired name is there.", "name what replaces it, or leave replaced_by out"
)

RULES = (
    NAME_TWICE,
    HOTKEY_TWICE,
    END_UNKNOWN,
    CLAIM_STRUCTURE,
    LINK_STRUCTURE,
    QUESTION_STRUCTURE,
    DECISION_STRUCTURE,
    EXAMPLE_MARKS,
    RETIRED_IN_USE,
    RETIRED_ENTRY,
    REPLACEMENT_UNKNOWN,
)


def inconsistencies(ontology: Ontology) -> Iterator[Problem]:
    """Every contradiction in an ontology, in the order of the rules."""
    names = list(located_names(ontology))
    reserved: list[tuple[str, Loc]] = [(LINKS, (LINKS,))] if ontology.links else []
    yield from _twice(NAME_TWICE, "name", [*reserved, *names])
    yield from _twice(NAME_TWICE, "name", [(link.name, (*loc, "name")) for link, loc in located_claim_links(ontology)])
    for screen in (located_hotkeys, located_link_hotkeys):
        yield from _twice(HOTKEY_TWICE, "hotkey", [(key, loc) for _, key, loc in screen(ontology)])
    yield from _unknown_ends(ontology)
    if ontology.claims:
        yield from _claim_problems(ontology, ontology.claims)
    for message, loc in structure_problems(ontology):
        yield Problem(LINK_STRUCTURE, loc, message)
    for question, loc in located_questions(ontology):
        for message, key in _question_problems(question):
            yield Problem(QUESTION_STRUCTURE, (*loc, key), message)
    for message, loc in decision_problems(ontology):
        yield Problem(DECISION_STRUCTURE, loc, message)
    yield from _absent_words(ontology)
    yield from _retired_problems(ontology, {name for name, _ in names})


def located_names(ontology: Ontology) -> Iterator[tuple[str, Loc]]:
    """Every name that means one thing wherever it stands, so all but answers to questions, and where it stands."""
    for span, loc in located_spans(ontology):
        yield span.name, (*loc, "name")
    for number, relation in enumerate(ontology.relations):
        yield relation.name, ("relations", number, "name")
    if ontology.claims:
        yield ontology.claims.claimant.name, ("claims", "claimant", "name")
        yield ontology.claims.cued_by.name, ("claims", "cued_by", "name")
    for located in (located_attributes, located_link_attributes):
        for attribute, loc in located(ontology):
            yield attribute.name, (*loc, "name")
    if ontology.modality:
        for number, option in enumerate(ontology.modality.options):
            if option.name in ontology.modalities:
                yield option.name, ("modality", "options", number, "name")


def located_attributes(ontology: Ontology) -> Iterator[tuple[Attribute, Loc]]:
    """Every question about a span, and where it stands."""
    for number, attribute in enumerate(ontology.mention_attributes):
        yield attribute, ("mention_attributes", number)
    for span, loc in located_spans(ontology):
        for number, attribute in enumerate(span.attributes):
            yield attribute, (*loc, "attributes", number)


def located_questions(ontology: Ontology) -> Iterator[tuple[Attribute, Loc]]:
    """Every question: about spans, about a relation's modality, about links between claims; and where it stands."""
    yield from located_attributes(ontology)
    if ontology.modality:
        yield ontology.modality, ("modality",)
    yield from located_link_attributes(ontology)


def located_relations(ontology: Ontology) -> Iterator[tuple[RelationType, Loc]]:
    """Every relation type, those of claims last, and where it stands."""
    for number, relation in enumerate(ontology.relations):
        yield relation, ("relations", number)
    if ontology.claims:
        yield ontology.claims.claimant, ("claims", "claimant")
        yield ontology.claims.cued_by, ("claims", "cued_by")


def located_hotkeys(ontology: Ontology) -> Iterator[tuple[str, str, Loc]]:
    """Every name with a hotkey on the screen for articles, the key, and where it stands."""
    for span, loc in located_spans(ontology):
        if span.hotkey:
            yield span.name, span.hotkey, (*loc, "hotkey")
    for attribute, loc in located_attributes(ontology):
        for number, option in enumerate(attribute.options):
            if option.hotkey:
                yield f"{attribute.name}={option.name}", option.hotkey, (*loc, "options", number, "hotkey")


def located_spans(ontology: Ontology) -> Iterator[tuple[SpanType, Loc]]:
    """Every span type, and where it stands."""
    for part in ("entities", "values"):
        for number, span in enumerate(getattr(ontology, part)):
            yield span, (part, number)
    if ontology.claims:
        yield ontology.claims.content, ("claims", "content")
        yield ontology.claims.cue, ("claims", "cue")


def _twice(rule: Rule, what: str, values: list[tuple[str, Loc]]) -> Iterator[Problem]:
    counts = Counter(value for value, _ in values)
    for value, loc in {value: loc for value, loc in values if counts[value] > 1}.items():  # the last place of each
        yield Problem(rule, loc, f"the {what} {value!r} is used {counts[value]} times")


def _unknown_ends(ontology: Ontology) -> Iterator[Problem]:
    for relation, loc in located_relations(ontology):
        for end in ("head", "tail"):
            for number, name in enumerate(getattr(relation, end)):
                if name not in ontology.spans:
                    message = f"relation {relation.name} names {name}, which is no type here"
                    yield Problem(END_UNKNOWN, (*loc, end, number), message)


def _claim_problems(ontology: Ontology, claims: Claims) -> Iterator[Problem]:
    """A claim starts its own links, and no relation between mentions but the one that gives it a value."""

    def problem(message: str, *loc: str | int) -> Problem:
        return Problem(CLAIM_STRUCTURE, loc, message)

    content, cue = claims.content.name, claims.cue.name
    for link, where in ((claims.claimant, "claimant"), (claims.cued_by, "cued_by")):
        if link.head != (content,):
            message = f"{link.name} is a link of the claim, so its head must be {content} alone"
            yield problem(message, "claims", where, "head")
    if claims.cued_by.tail != (cue,):
        message = f"{claims.cued_by.name} links a claim to its cue, so its tail must be {cue} alone"
        yield problem(message, "claims", "cued_by", "tail")
    if foreign := [end for end in claims.claimant.tail if end in (content, cue)]:
        message = f"{claims.claimant.name} links a claim to mentions, and {', '.join(foreign)} is none"
        yield problem(message, "claims", "claimant", "tail")
    if claims.value is not None:
        if claims.value not in ontology.relation_types:
            yield problem(f"claims.value names {claims.value}, which is no relation here", "claims", "value")
        elif content not in ontology.relation_types[claims.value].head:
            message = f"claims.value names {claims.value}, so {content} must be one of its heads"
            yield problem(message, "claims", "value")
    for number, relation in enumerate(ontology.relations):
        allowed = {content} if relation.name == claims.value else set()
        for end in sorted((set(relation.head) - allowed | set(relation.tail)) & {content, cue}):
            yield problem(f"relation {relation.name} links mentions, and {end} is none", "relations", number)
    answers = {attribute.name: attribute.choices for attribute in claims.content.attributes}.get(ATTRIBUTION, ())
    for number, answer in enumerate(claims.no_claimant):
        if answer not in answers:
            message = f"claims.no_claimant names {answer!r}, which is no answer to {ATTRIBUTION}"
            yield problem(message, "claims", "no_claimant", number)


def _question_problems(question: Attribute) -> Iterator[tuple[str, str]]:
    """What is wrong with a question by itself, each with the key that says it."""
    for answer, count in Counter(question.choices).items():
        if count > 1:
            yield f"the option {answer!r} of {question.name} is used {count} times", "options"
    if question.default is not None and question.options and question.default not in question.choices:
        yield f"the default {question.default!r} of {question.name} is not one of its options", "default"
    if question.pattern is not None:
        try:
            re.compile(question.pattern)
        except re.error as error:
            yield f"the pattern of {question.name} is no regular expression: {error}", "pattern"
    if question.required and question.default is not None:
        yield f"{question.name} is required, so its default would never be used", "default"


def _absent_words(ontology: Ontology) -> Iterator[Problem]:
    """Marked words that are not in their example's text."""
    for defined, loc in _all_defined(ontology):
        for number, example in enumerate(defined.examples):
            for words in example.marked:
                if words not in example.text:
                    message = f"{words!r} is marked in an example of {defined.name} and is not in its text"
                    yield Problem(EXAMPLE_MARKS, (*loc, "examples", number), message)


def _all_defined(ontology: Ontology) -> Iterator[tuple[Defined, Loc]]:
    yield from located_spans(ontology)
    yield from located_relations(ontology)
    yield from located_claim_links(ontology)
    for question, loc in located_questions(ontology):
        yield question, loc
        for number, option in enumerate(question.options):
            yield option, (*loc, "options", number)


def _retired_problems(ontology: Ontology, names: set[str]) -> Iterator[Problem]:
    questions = (*located_attributes(ontology), *located_link_attributes(ontology))
    answers = {attribute.name: set(attribute.choices) for attribute, _ in questions}
    answers |= {LINKS: set(ontology.claim_link_types)} if ontology.links else {}
    for number, old in enumerate(ontology.retired):
        there = names if old.of is None else answers.get(old.of, set())
        if old.name in there:
            yield Problem(RETIRED_IN_USE, ("retired", number, "name"), f"{old.name} is retired and still in use")
        where = f"{old.name} of {old.of}" if old.of else old.name
        if (old.name, old.of) in [(one.name, one.of) for one in ontology.retired[:number]]:
            yield Problem(RETIRED_ENTRY, ("retired", number, "name"), f"{where} is listed as retired already")
        if numbers(old.since) > numbers(ontology.version):
            message = f"{where} is retired since {old.since}, and this is {ontology.version}"
            yield Problem(RETIRED_ENTRY, ("retired", number, "since"), message)
        if old.replaced_by is not None and old.replaced_by not in there:
            message = f"{old.name} is replaced by {old.replaced_by}, which is not there"
            yield Problem(REPLACEMENT_UNKNOWN, ("retired", number, "replaced_by"), message)
