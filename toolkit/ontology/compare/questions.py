"""Questions: the form of an answer, whether one is a must, what none means, and which labels they are about."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.ontology.changes import CHANGES, Change, Touch
from toolkit.ontology.compare.pairing import Both
from toolkit.ontology.consistency import Loc
from toolkit.ontology.model import Attribute, Ontology


def question_changes(both: Both) -> Iterator[Change]:
    """What changed about the questions, apart from their names and words."""
    for old, new, loc in both.attributes.pairs():
        yield from _form(old, new, loc)
        yield from _default(both, old, new, loc)
        yield from _asked(both, old, new, loc)
    for name, (new, loc) in both.attributes.new.items():
        was = next((old for old, other, _ in both.attributes.pairs() if other.name == name), None)
        yield from _required(both, was, new, loc)


def _form(old: Attribute, new: Attribute, loc: Loc) -> Iterator[Change]:
    if bool(old.options) != bool(new.options):
        message = f"{new.name} is answered with {'one of its options' if new.options else 'a text'} now"
        touch = Touch("attribute", old.name, must=new.required)
        yield Change(CHANGES["attribute-form-changed"], old.name, (*loc, "options"), message, touch)
    if old.pattern != new.pattern:
        message = f"the pattern of {new.name} was {_quoted(old.pattern)} and is {_quoted(new.pattern)}"
        yield Change(CHANGES["attribute-pattern-changed"], old.name, (*loc, "pattern"), message)


def _default(both: Both, old: Attribute, new: Attribute, loc: Loc) -> Iterator[Change]:
    """What it means that there is no answer; where one was or is a must, nothing is without."""
    options = next((options.kept for options in both.options if options.of == (old.name, new.name)), {})
    was = options.get(old.default, old.default) if old.default is not None else None
    if was != new.default and not (old.required or new.required):
        still = both.labels.in_old(_labels(both.new, new.name))
        asked = tuple(label for label in _labels(both.old, old.name) if label in still)
        message = f"no answer to {new.name} meant {_quoted(old.default)} and means {_quoted(new.default)} now"
        touch = Touch("unanswered", old.name, asked=asked)
        yield Change(CHANGES["attribute-default-changed"], old.name, (*loc, "default"), message, touch)


def _required(both: Both, old: Attribute | None, new: Attribute, loc: Loc) -> Iterator[Change]:
    """Labels that were there, and whose spans need an answer now that they did not need."""
    musts = both.labels.in_old(_labels(both.new, new.name)) if new.required else ()
    before = _labels(both.old, old.name) if old and old.required else ()
    if added := [label for label in musts if label not in before]:
        name = old.name if old else new.name
        message = f"{new.name} must be answered now about {', '.join(both.labels.in_new(added))}"
        touch = Touch("incomplete", name, asked=musts)
        yield Change(CHANGES["attribute-required"], name, (*loc, "required"), message, touch)
    if old and old.required and not new.required:
        message = f"{new.name} need not be answered any more"
        yield Change(CHANGES["attribute-made-optional"], old.name, (*loc, "required"), message)


def _asked(both: Both, old: Attribute, new: Attribute, loc: Loc) -> Iterator[Change]:
    before = both.labels.in_new(_labels(both.old, old.name))
    now = [label for label in _labels(both.new, new.name) if label not in both.labels.added]
    if less := [label for label in before if label not in now]:
        message = f"{new.name} is no longer asked about {', '.join(less)}"
        touch = Touch("attribute", old.name, asked=both.labels.in_old(now))
        yield Change(CHANGES["attribute-asked-less"], old.name, loc, message, touch)
    if more := [label for label in now if label not in before]:
        silent = f", where no answer means “{new.default}”" if new.default is not None else ""
        message = f"{new.name} is also asked about {', '.join(more)} now{silent}"
        yield Change(CHANGES["attribute-asked-more"], old.name, loc, message)


def _labels(ontology: Ontology, attribute: str) -> tuple[str, ...]:
    """The labels that a question is asked about."""
    return tuple(label for label in ontology.spans if attribute in ontology.attributes_of(label))


def _quoted(value: str | None) -> str:
    return "nothing" if value is None else f"“{value}”"
