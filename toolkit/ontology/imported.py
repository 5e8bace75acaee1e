"""A hand-written labelling configuration carried over into an ontology, as far as it goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from toolkit.errors import BadInputError
from toolkit.findings import Rule
from toolkit.ontology.consistency import Loc
from toolkit.ontology.handwritten import Control, HandWritten, Labelled, Offer, Remark, on_answers
from toolkit.ontology.labelconfig import EDITOR_KEYS, ENTITIES, TEXT
from toolkit.ontology.leftout import (
    COLOUR_CHOSEN,
    CONDITION,
    HOTKEY_DROPPED,
    LABEL_MERGED,
    MANY_ANSWERS,
    NAME_CHANGED,
    RELATION_ENDS,
    changed,
    data_key,
    left_out,
)
from toolkit.ontology.lint import BROWSER_KEYS, CONTROLS, MENTION_COLUMNS
from toolkit.ontology.model import Attribute, Hotkey, Ontology, Option, RelationType, SpanType
from toolkit.ontology.palette import as_hex, new_colours
from toolkit.ontology.safenames import Wanted, safe_names
from toolkit.ontology.xmltree import Element

IGNORE = "ignore"
VERSION = "0.1.0"

_LABEL, _RELATION, _ATTRIBUTE, _CHOICE = "label", "relation", "attribute", "choice"
_RESERVED = {_ATTRIBUTE: CONTROLS | MENTION_COLUMNS}
_ALL = ""
"""Stands for all labels, which have names."""

_TAKEN = dict.fromkeys(EDITOR_KEYS, "Label Studio's own") | dict.fromkeys(BROWSER_KEYS, "the browser's own")
_TOLD = 5
_OPTIONAL = "an answer is not required"

_HOTKEY = TypeAdapter[str](Hotkey)


@dataclass(frozen=True, slots=True)
class Names:
    """What their names mean here, as a mapping file says it; ``why`` says of an ignored control why it is."""

    text: str
    labels: dict[str, str]
    relations: dict[str, str]
    attributes: dict[str, str]
    choices: dict[str, str]
    controls: dict[str, str]
    why: dict[str, str]

    @property
    def renamed(self) -> int:
        """How many names are not what they were."""
        return sum(map(len, (self.labels, self.relations, self.attributes, self.choices)))

    def in_theirs(self, message: str) -> str:
        """A message about our names, with the names that they had."""
        theirs = {ours: old for names in (self.labels, self.relations, self.attributes) for old, ours in names.items()}
        return re.sub(r"\w+", lambda word: theirs.get(word[0], word[0]), message)


@dataclass(frozen=True, slots=True)
class Carried:
    """An ontology, what the old names mean in it, where in the XML its parts come from, and what was lost."""

    ontology: Ontology
    names: Names
    places: dict[Loc, Element]
    losses: tuple[Remark, ...]


def carry_over(screen: HandWritten, name: str, file: str) -> Carried:
    """Make an ontology of a labelling configuration.

    Args:
        screen: what was read from it.
        name: the ontology's name.
        file: where it was read, for errors.

    Raises:
        BadInputError: it labels no text, so there is nothing that an ontology could hold.
    """
    if not screen.labelled:
        raise BadInputError(
            f"{file}: it has no labels for spans of a text, so there is nothing to import",
            next="give a config with Labels and Text; goldkit init writes an ontology to begin with",
        )
    return _Import(screen).carried(name)


class _Import:
    def __init__(self, screen: HandWritten) -> None:
        self.screen = screen
        self.losses: list[Remark] = []
        self.ignored: dict[str, str] = {}
        self.questions: dict[str, Control] = {}
        taken = [control for control in screen.controls if self._is_taken(control)]
        self.losses += changed(screen, taken)
        self.pairs = {pair for control in screen.span_labels if screen.text in control.to for pair in control.labelled}
        self.labels: dict[str, list[Labelled]] = {}
        for pair in screen.labelled:
            self.labels.setdefault(pair[1], []).append(pair)
        self.named: dict[Wanted, Element] = {
            **{(_LABEL, label): screen.labelled[pairs[0]].element for label, pairs in self.labels.items()},
            **{(_RELATION, relation): offer.element for relation, offer in screen.relations.items()},
            **{(_ATTRIBUTE, name): control.element for name, control in self.questions.items()},
        }
        self.choices: dict[Wanted, Element] = {}
        for control in self.questions.values():
            self.choices = {(_CHOICE, offer.name): offer.element for offer in control.answers} | self.choices
        self.ours = safe_names(self.named, _RESERVED) | safe_names(self.choices)
        self.keys: dict[str, str] = {}
        self.places: dict[Loc, Element] = {}

    def carried(self, name: str) -> Carried:
        """The whole of it."""
        self._tell_renamed()
        asked = self._asked()
        ontology = Ontology(
            name=name,
            version=VERSION,
            entities=tuple(self._entities(asked)),
            mention_attributes=self._attributes(asked.get(_ALL, ()), ("mention_attributes",)),
            relations=tuple(self._relations()),
        )
        return Carried(ontology, self._names(), self.places, tuple(self.losses))

    def _lose(self, rule: Rule, element: Element, message: str) -> None:
        self.losses.append(Remark(rule, element, message))

    def _is_taken(self, control: Control) -> bool:
        if loss := left_out(control, self.screen):
            self.losses.append(loss)
            self.ignored[control.name] = loss.rule.purpose
        elif not control.labels_spans and control.name:
            self.questions.setdefault(control.name, control)
        return loss is None

    def _tell_renamed(self) -> None:
        sources = self.named | self.choices
        renamed = [
            (theirs, ours, sources[kind, theirs]) for (kind, theirs), ours in self.ours.items() if theirs != ours
        ]
        if renamed:
            first = min((element for *_, element in renamed), key=lambda element: (element.line, element.column))
            self._lose(NAME_CHANGED, first, _list(f"{theirs!r} is {ours}" for theirs, ours, _ in renamed))

    def _entities(self, asked: Mapping[str, list[Control]]) -> Iterator[SpanType]:
        offers = {label: self._offer(label, pairs) for label, pairs in self.labels.items()}
        given = {label: colour for label, offer in offers.items() if (colour := self._colour(offer))}
        others = iter(new_colours(len(offers) - len(given), given.values()))
        for number, (label, offer) in enumerate(offers.items()):
            loc: Loc = ("entities", number)
            self.places[loc] = offer.element
            yield SpanType(
                name=self.ours[_LABEL, label],
                definition=offer.definition,
                colour=given.get(label) or next(others),
                hotkey=self._key(offer),
                attributes=self._attributes(asked.get(label, ()), (*loc, "attributes")),
            )

    def _offer(self, label: str, pairs: list[Labelled]) -> Offer:
        """The label as the first control offers it."""
        first = self.screen.labelled[pairs[0]]
        for pair in pairs[1:]:
            other = self.screen.labelled[pair].element
            if pair in self.pairs:
                differs = [one for one in ("background", "hint", "hotkey") if other.get(one) != first.element.get(one)]
                message = f"{label} is a label of {pairs[0][0]} and of {pair[0]}, and one entity type here"
                self._lose(LABEL_MERGED, other, message + (f"; they differ in {', '.join(differs)}" if differs else ""))
        return first

    def _colour(self, offer: Offer) -> str | None:
        css = offer.element.get("background")
        colour = as_hex(css) if css else None
        if css and not colour:
            self._lose(COLOUR_CHOSEN, offer.element, f"{offer.name} has the colour {css!r}, which cannot be shown")
        return colour

    def _key(self, offer: Offer) -> str | None:
        if not (key := offer.hotkey):
            return None
        try:
            _HOTKEY.validate_python(key)
        except ValidationError:
            why = "which is no single letter or digit"
        else:
            if key not in (taken := self.keys | _TAKEN):
                self.keys[key] = f"the key of {offer.name}"
                return key
            why = f"which is {taken[key]}"
        self._lose(HOTKEY_DROPPED, offer.element, f"{offer.name} has the key {key}, {why}")
        return None

    def _asked(self) -> dict[str, list[Control]]:
        """The questions by the label they are asked about; those about all, or about some, under ``_ALL``."""
        asked: dict[str, list[Control]] = {}
        for control in self.questions.values():
            about = {label for _, label in self.screen.about(control) & self.pairs}
            alone = len(about) == 1 and len(self.labels) > 1
            asked.setdefault(about.pop() if alone else _ALL, []).append(control)
        return asked

    def _attributes(self, controls: Iterable[Control], loc: Loc) -> tuple[Attribute, ...]:
        return tuple(self._attribute(control, (*loc, number)) for number, control in enumerate(controls))

    def _attribute(self, control: Control, loc: Loc) -> Attribute:
        element = self.places[loc] = control.element
        options: list[Option] = []
        for offer in control.answers:
            self.places[*loc, "options", len(options)] = offer.element
            option = Option(name=self.ours[_CHOICE, offer.name], definition=offer.definition, hotkey=self._key(offer))
            options.append(option)
        if control.kind == "textarea" and element.get("maxsubmissions") != "1":
            message = f"{control.name} (TextArea) takes several texts, and an answer of several is rejected here"
            self._lose(MANY_ANSWERS, element, message)
        if condition := self._lost_condition(control):
            self._lose(CONDITION, element, f"{control.name} is asked {condition}")
        return Attribute(
            name=self.ours[_ATTRIBUTE, control.name],
            question=control.headline,
            options=tuple(options),
            required=element.says("required") and not condition,
        )

    def _lost_condition(self, control: Control) -> str:
        """On what condition it is asked that the ontology does not have."""
        if on_answers(control.element):
            return f"after some answers only, and here always; {_OPTIONAL}"
        about = self.screen.about(control) & self.pairs
        labels = {label for _, label in about}
        others = self.pairs - about
        if others and len(labels) != 1:
            names = _list(sorted(labels)) or "nothing that is there"
            return f"about {names}, and here about every entity type; {_OPTIONAL}"
        if control.element.says("required") and any(label in labels for _, label in others):
            return f"about the labels of one control, and here wherever they come from; {_OPTIONAL}"
        return ""

    def _relations(self) -> Iterator[RelationType]:
        ends = tuple(self.ours[_LABEL, label] for label in self.labels)
        if relations := self.screen.relations:
            first = next(iter(relations.values())).element
            self._lose(RELATION_ENDS, first, f"any two types may be joined by {_list(relations)}")
        for number, (relation, offer) in enumerate(self.screen.relations.items()):
            self.places["relations", number] = offer.element
            yield RelationType(name=self.ours[_RELATION, relation], head=ends, tail=ends)

    def _names(self) -> Names:
        renamed: dict[str, dict[str, str]] = {kind: {} for kind in (_LABEL, _RELATION, _ATTRIBUTE, _CHOICE)}
        for (kind, theirs), ours in self.ours.items():
            if theirs != ours:
                renamed[kind][theirs] = ours
        ignored = {name: IGNORE for name in self.ignored if name}
        labelling = {c.name: ENTITIES for c in self.screen.span_labels if c.name and c.name != ENTITIES}
        key = data_key(self.screen.texts[self.screen.text])
        return Names(
            text="" if key == TEXT else key,
            labels=renamed[_LABEL],
            relations=renamed[_RELATION],
            attributes=renamed[_ATTRIBUTE],
            choices=renamed[_CHOICE],
            controls=labelling | ignored,
            why=self.ignored,
        )


def _list(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:_TOLD]) + (f" and {len(names) - _TOLD} more" if len(names) > _TOLD else "")
