"""Regions of a result, and the answers given about them: read, checked, and kept by id."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from toolkit.annotations.grammar import Grammar, is_context
from toolkit.annotations.ledger import Ledger
from toolkit.annotations.reading import Reading, read_span, short
from toolkit.ontology.labelconfig import CLAIMS
from toolkit.spans import Span


class Text(NamedTuple):
    """The text that the offsets count in and, where that is raw text, the frozen text and the way to it."""

    shown: str
    frozen: str
    to_frozen: Callable[[Span], Span | None] | None = None


@dataclass(slots=True)
class Region:
    """A region that was accepted so far. ``answers`` keep their element, in case it has to be rejected after all."""

    id: str
    control: str
    element: dict[str, Any]
    span: Span
    labels: list[str]
    is_claim: bool
    context: bool
    answers: dict[str, tuple[str, Any]] = field(default_factory=dict)
    contested: set[str] = field(default_factory=set)
    links: dict[str, set[str]] = field(default_factory=dict)


class Regions:
    """The regions of one result by id, and the ids of those that were rejected (``lost``)."""

    def __init__(self, text: Text, grammar: Grammar, ledger: Ledger) -> None:
        self.text = text
        self.grammar = grammar
        self.ledger = ledger
        self.by_id: dict[str, Region] = {}
        self.lost: set[str] = set()

    def reject(self, rule: str, message: str, element: dict[str, Any]) -> None:
        """Reject a region; what depends on it will be told."""
        self.ledger.reject(rule, message, element)
        if isinstance(id := element.get("id"), str):
            self.lost.add(id)

    def absent(self, id: Any, rule: str) -> tuple[str, str]:
        """Why there is no such region: the rule for it (``rule``, where it never was there) and the message."""
        if isinstance(id, str) and id in self.lost:
            return "rejected-dependency", f"the region {short(id)!r} was rejected"
        return rule, f"there is no region {short(str(id))!r}"

    def add(self, element: dict[str, Any]) -> None:
        """Read one ``labels`` element."""
        id, value = element.get("id"), element.get("value")
        labels = value.get("labels") if isinstance(value, dict) else None
        if not (isinstance(id, str) and id and isinstance(value, dict) and isinstance(labels, list) and labels):
            return self.reject("malformed-result", "a region needs an id, and a value with labels", element)
        if id in self.by_id or id in self.lost:
            message = f"the id {short(id)!r} stands for another region too"
            return self.ledger.reject("duplicate-region-id", message, element)
        reading = self._frozen(read_span(value, self.text.shown))
        if reading.span is None:
            return self.reject(reading.rule, reading.message, element)
        control = element["from_name"]
        kept = self._known_labels(element, control)
        if not kept:
            self.lost.add(id)
            return None
        is_claim = control == CLAIMS and kept == [self.grammar.content]
        self.by_id[id] = Region(id, control, element, reading.span, kept, is_claim, is_context(element.get("meta")))
        if reading.rule:
            self.ledger.warn(reading.rule, reading.message, id)
        if (words := reading.span.of(self.text.frozen)) != words.strip():
            self.ledger.warn("span-edge-whitespace", f"“{short(words)}” has white space at an edge", id)
        return None

    def _frozen(self, reading: Reading) -> Reading:
        if reading.span is None or self.text.to_frozen is None:
            return reading
        span = self.text.to_frozen(reading.span)
        if span is None or not span.fits(self.text.frozen):
            words = short(reading.span.of(self.text.shown))
            return Reading(None, "offset-inside-edit", f"“{words}” is not as it was in the frozen text")
        return reading._replace(span=span)

    def _known_labels(self, element: dict[str, Any], control: str) -> list[str]:
        kept: list[str] = []
        for label in self.grammar.items(element):
            if label not in self.grammar.labels[control]:
                self.ledger.reject("unknown-label", f"{control} has no label {short(label)!r}", element, [label])
            elif label in kept:
                self.ledger.reject("duplicate-label", f"the region has the label {label} twice", element, [label])
            else:
                kept.append(label)
        if control == CLAIMS and len(kept) > 1:
            self.ledger.reject("label-conflict", "a claim and its cue are two regions", element, kept)
            return []
        return kept

    def answer(self, element: dict[str, Any]) -> None:
        """Read one ``choices`` or ``textarea`` element; the regions must be there already."""
        id, name = element.get("id"), element["from_name"]
        region = self.by_id.get(id) if isinstance(id, str) else None
        if region is None:
            return self.ledger.reject(*self.absent(id, "orphan-attribute"), element)
        if all(name not in self.grammar.questions[label] for label in region.labels):
            message = f"{name} is not asked about {', '.join(region.labels)}"
            return self.ledger.reject("attribute-not-for-label", message, element)
        answer = self._one_answer(element)
        if answer is not None:
            self._give(region, name, answer, element)
        return None

    def _one_answer(self, element: dict[str, Any]) -> str | None:
        attribute, value = self.grammar.attributes[element["from_name"]], element.get("value")
        given = value.get("choices" if attribute.options else "text") if isinstance(value, dict) else None
        answers = [given] if isinstance(given, str) else given
        if not isinstance(answers, list) or not answers or not all(isinstance(one, str) and one for one in answers):
            self.ledger.reject("malformed-result", f"{attribute.name} has no answer", element)
        elif len(answers) > 1:
            self.ledger.reject("choice-answered-twice", f"{attribute.name} has more than one answer", element)
        elif attribute.options and answers[0] not in attribute.choices:
            self.ledger.reject("unknown-choice", f"{attribute.name} has no option {short(answers[0])!r}", element)
        else:
            return str(answers[0])
        return None

    def _give(self, region: Region, name: str, answer: str, element: dict[str, Any]) -> None:
        first = region.answers.get(name)
        if first is None and name not in region.contested:
            region.answers[name] = (answer, element)
            pattern = self.grammar.attributes[name].pattern
            if pattern is not None and not re.fullmatch(pattern, answer):
                message = f"{name} is “{short(answer)}”, which does not match {pattern}"
                self.ledger.warn("attribute-pattern", message, region.id)
            return
        message = f"{name} has more than one answer"
        self.ledger.reject("choice-answered-twice", message, element)
        if first is not None and first[0] != answer:  # nobody knows which of them is meant
            self.ledger.reject("choice-answered-twice", message, first[1])
            del region.answers[name]
            region.contested.add(name)

    def require_answers(self) -> None:
        """Reject the regions that lack a required answer, and the answers that they have."""
        for region in [*self.by_id.values()]:
            asked = (question for label in region.labels for question in self.grammar.required[label])
            missing = sorted({name for name in asked if name not in region.answers})
            if not missing or region.context:
                continue
            kind = "claim" if region.is_claim else "mention"
            message = f"no answer to {', '.join(missing)}"
            self.ledger.reject(f"{kind}-attribute-missing", message, region.element, region.labels)
            del self.by_id[region.id]
            self.lost.add(region.id)
            for _, element in region.answers.values():
                self.ledger.reject(*self.absent(region.id, "orphan-attribute"), element)
