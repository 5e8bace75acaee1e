"""Questions: the form of an answer, whether one is a must, what none means, and what they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change, Touch
from toolkit.ontology.compare.pairing import Both, Pairing
from toolkit.ontology.consistency import Loc
from toolkit.ontology.model import Attribute, Ontology


class _Asked(NamedTuple):
    """Questions, what they can be about, and of one of them (by name) what it is about."""

    questions: Pairing[Attribute]
    subjects: Pairing[Any]  # labels of spans, or links between claims
    about: Callable[[Ontology, str], tuple[str, ...]]


def question_changes(both: Both) -> Iterator[Change]:
    """What changed about the questions, apart from their names and words."""
    for asked in (
        _Asked(both.attributes, both.labels, _labels),
        _Asked(both.link_attributes, both.claim_links, _links),
    ):
        for old, new, loc in asked.questions.pairs():
            yield from _form(old, new, loc)
            yield from _default(both, asked, old, new, loc)
            yield from _about(asked, both, old, new, loc)
        for name, (new, loc) in asked.questions.new.items():
            was = next((old for old, other, _ in asked.questions.pairs() if other.name == name), None)
            yield from _required(asked, both, was, new, loc)


def _form(old: Attribute, new: Attribute, loc: Loc) -> Iterator[Change]:
    if bool(old.options) != bool(new.options):
        message = f"{new.name} is answered with {'one of its options' if new.options else 'a text'} now"
        touch = Touch("attribute", old.name, must=new.required)
        yield Change(CHANGES["attribute-form-changed"], old.name, (*loc, "options"), message, touch)
    if old.pattern != new.pattern:
        message = f"the pattern of {new.name} was {_quoted(old.pattern)} and is {_quoted(new.pattern)}"
        yield Change(CHANGES["attribute-pattern-changed"], old.name, (*loc, "pattern"), message)


def _default(both: Both, asked: _Asked, old: Attribute, new: Attribute, loc: Loc) -> Iterator[Change]:
    """What it means that there is no answer; where one was or is a must, nothing is without."""
    options = next((options.kept for options in both.options if options.of == (old.name, new.name)), {})
    was = options.get(old.default, old.default) if old.default is not None else None
    if was != new.default and not (old.required or new.required):
        still = asked.subjects.in_old(asked.about(both.new, new.name))
        both_times = tuple(subject for subject in asked.about(both.old, old.name) if subject in still)
        message = f"no answer to {new.name} meant {_quoted(old.default)} and means {_quoted(new.default)} now"
        touch = Touch("unanswered", old.name, asked=both_times)
        yield Change(CHANGES["attribute-default-changed"], old.name, (*loc, "default"), message, touch)


def _required(asked: _Asked, both: Both, old: Attribute | None, new: Attribute, loc: Loc) -> Iterator[Change]:
    """Subjects that were there, and that need an answer now that they did not need."""
    musts = asked.subjects.in_old(asked.about(both.new, new.name)) if new.required else ()
    before = asked.about(both.old, old.name) if old and old.required else ()
    if added := [subject for subject in musts if subject not in before]:
        name = old.name if old else new.name
        message = f"{new.name} must be answered now about {', '.join(asked.subjects.in_new(added))}"
        touch = Touch("incomplete", name, asked=musts)
        yield Change(CHANGES["attribute-required"], name, (*loc, "required"), message, touch)
    if old and old.required and not new.required:
        message = f"{new.name} need not be answered any more"
        yield Change(CHANGES["attribute-made-optional"], old.name, (*loc, "required"), message)


def _about(asked: _Asked, both: Both, old: Attribute, new: Attribute, loc: Loc) -> Iterator[Change]:
    before = asked.subjects.in_new(asked.about(both.old, old.name))
    now = [subject for subject in asked.about(both.new, new.name) if subject not in asked.subjects.added]
    if less := [subject for subject in before if subject not in now]:
        message = f"{new.name} is no longer asked about {', '.join(less)}"
        touch = Touch("attribute", old.name, asked=asked.subjects.in_old(now))
        yield Change(CHANGES["attribute-asked-less"], old.name, loc, message, touch)
    if more := [subject for subject in now if subject not in before]:
        silent = f", where no answer means “{new.default}”" if new.default is not None else ""
        message = f"{new.name} is also asked about {', '.join(more)} now{silent}"
        yield Change(CHANGES["attribute-asked-more"], old.name, loc, message)


def _labels(ontology: Ontology, attribute: str) -> tuple[str, ...]:
    """The labels that a question is asked about."""
    return tuple(label for label in ontology.spans if attribute in ontology.attributes_of(label))


def _links(ontology: Ontology, attribute: str) -> tuple[str, ...]:
    """The links between claims that a question is asked about."""
    links = ontology.claim_link_types.values()
    return tuple(link.name for link in links if any(question.name == attribute for question in link.attributes))


def _quoted(value: str | None) -> str:
    return "nothing" if value is None else f"“{value}”"
