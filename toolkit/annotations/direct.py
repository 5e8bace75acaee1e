"""The direct way for an annotation that keeps every rule: from Label Studio's bytes to its line of annotations.jsonl.

Nearly all annotations are clean, and reading them through the models of the codec costs many times what their JSON
does. Here they are decoded into bare structs, looked at once, and written. Whatever is not surely clean (or is rare,
such as a note on a region) is left to the codec, as a whole annotation: only the codec says what is wrong. What this
module takes must come out of it as the codec would write it, byte for byte; ``tests/annotations/test_direct.py`` holds
the two against each other, and the fields of the structs against those of the models.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from toolkit.annotations.collect import Counts, Frozen
from toolkit.annotations.grammar import ORIGINS, Grammar
from toolkit.annotations.wire import AnnotationLine, ClaimLine, CueLine, Element, MentionLine, RelationLine, Work
from toolkit.ontology.consistency import ATTRIBUTION
from toolkit.ontology.labelconfig import CLAIMS, ENTITIES
from toolkit.ontology.model import ASSERTED
from toolkit.project import Layer

_IN_TEXT = attrgetter("start", "end", "id")
_IN_ORDER = attrgetter("head", "tail", "type", "modality")
_NO_META: dict[str, Any] = {}
_ORIGINS = {name: origin.value for name, origin in ORIGINS.items()}


class Direct:
    """Writes the lines of clean annotations; what it writes it counts."""

    def __init__(self, grammar: Grammar, counts: Counts) -> None:
        self._rules = _Rules(grammar)
        self._counts = counts
        self._version = grammar.ontology.version
        self._encode = msgspec.json.Encoder(order="deterministic").encode

    def line(self, work: Work, article: Frozen, annotator: str, layers: tuple[Layer, ...], source: str) -> bytes | None:
        """The line of an annotation, without its end; None where it is for the codec."""
        if work.was_cancelled:
            return None
        reading = _Reading(self._rules, article.text)
        if not reading.takes(work.result or ()):
            return None
        spans = sorted(reading.items.values(), key=_IN_TEXT)
        self._counts.annotations_in += 1
        self._counts.annotations_valid += 1
        self._counts.items_in += reading.count
        self._counts.items_valid += reading.count
        return self._encode(
            AnnotationLine(
                annotator,
                article.article_id,
                [item for item in spans if type(item) is ClaimLine],
                [item for item in spans if type(item) is CueLine],
                layers if work.ground_truth else (),
                layers,
                _number(work.lead_time),
                [item for item in spans if type(item) is MentionLine],
                self._version,
                0,
                sorted(reading.links, key=_IN_ORDER),
                False,
                source,
                article.text_sha256,
                work.updated_at,
            )
        )


class _Form(NamedTuple):
    """What a control and the labels of a region mean."""

    labels: tuple[str, ...]
    asked: frozenset[str]
    required: frozenset[str]
    is_mention: bool
    is_claim: bool


class _Question(NamedTuple):
    """What may be answered: one of the choices, or a text, which may have to match."""

    choices: frozenset[str]
    matches: Callable[[str], Any] | None


class _Rules:
    """A grammar as look-ups by what stands in an element; what the ontology says is asked once."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.forms: dict[tuple[str, ...], _Form] = {}
        self.joins: dict[tuple[str, tuple[str, ...], tuple[str, ...]], int] = {}
        self.unlabelled: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, bool] | None] = {}
        self.questions = {
            (grammar.kind_of(name), name): _Question(
                frozenset(asked.choices),
                re.compile(asked.pattern).fullmatch if asked.pattern is not None else None,
            )
            for name, asked in grammar.attributes.items()
        }

    def form(self, control: str, labels: list[str]) -> _Form | None:
        """The form of a region; None where the control has no such labels."""
        key = (control, labels[0]) if len(labels) == 1 else (control, *labels)
        return self.forms.get(key) or self._new_form(control, labels)

    def _new_form(self, control: str, labels: list[str]) -> _Form | None:
        grammar = self.grammar
        known, different = grammar.labels.get(control, frozenset()), set(labels)
        if not different <= known or len(different) < len(labels) or (control == CLAIMS and len(labels) > 1):
            return None
        form = self.forms[(control, *labels)] = _Form(
            tuple(sorted(labels)),
            frozenset(name for label in labels for name in grammar.questions[label]),
            frozenset(name for label in labels for name in grammar.required[label]),
            control == ENTITIES,
            control == CLAIMS and labels == [grammar.content],
        )
        return form

    def fit(self, type: str, head: _Form, tail: _Form) -> int:
        """1 where a relation of this type joins such ends, -1 where it joins them the other way round, else 0."""
        key = (type, head.labels, tail.labels)
        if key not in self.joins:
            relation = self.grammar.relations.get(type)
            if relation is None:
                return 0
            turned = relation.symmetric and relation.joins(tail.labels, head.labels)
            self.joins[key] = 1 if relation.joins(head.labels, tail.labels) else -1 if turned else 0
        return self.joins[key]

    def told(self, head: _Form, tail: _Form) -> tuple[str, bool] | None:
        """The only relation that such ends can have, and whether it is turned; None where there is a choice."""
        key = (head.labels, tail.labels)
        if key not in self.unlabelled:
            joining = self.grammar.ontology.joining(*key)
            self.unlabelled[key] = (joining[0][0].name, joining[0][1]) if len(joining) == 1 else None
        return self.unlabelled[key]


class _Reading:
    """One result, as far as it was taken; ``count`` is how many items that is."""

    __slots__ = ("count", "forms", "items", "links", "rules", "seen", "text")

    def __init__(self, rules: _Rules, text: str) -> None:
        self.rules = rules
        self.text = text
        self.items: dict[str, MentionLine | CueLine | ClaimLine] = {}
        self.forms: dict[str, _Form] = {}
        self.links: list[RelationLine] = []
        self.seen: set[tuple[str, str, str, str]] = set()
        self.count = 0

    def takes(self, result: Iterable[Element]) -> bool:
        """Whether every element keeps every rule: regions first, then what is said about them, then what joins them."""
        regions: list[Element] = []
        answers: list[Element] = []
        joins: list[Element] = []
        for element in result:
            kind = element.type
            (regions if kind == "labels" else joins if kind == "relation" else answers).append(element)
        return (
            self._regions(regions)
            and self._answers(answers)
            and all(
                self.items[id].attributes.keys() >= form.required for id, form in self.forms.items() if form.required
            )
            and all(map(self._relation, joins))
            and self._claims()
        )

    def _regions(self, regions: Iterable[Element]) -> bool:
        items, forms, rules, text, length = self.items, self.forms, self.rules, self.text, len(self.text)
        for element in regions:
            id, value, score = element.id, element.value, element.score
            if not id or id in items or value is None or not value.labels or element.meta:
                return False
            form, start, end = rules.form(element.from_name, value.labels), value.start, value.end
            words = text[start:end]
            if form is None or not 0 <= start < end <= length or words != words.strip():
                return False
            if value.text != words and value.text is not None:
                return False
            origin = _ORIGINS[element.origin]
            number = None if score is None else _number(score)
            if form.is_mention:
                items[id] = MentionLine({}, end, id, form.labels, _NO_META, origin, number, start, words)
            elif form.is_claim:
                items[id] = ClaimLine({}, [], [], end, id, _NO_META, origin, number, start, words, [])
            else:
                items[id] = CueLine({}, end, id, _NO_META, origin, number, start, words)
            forms[id] = form
            self.count += len(form.labels)
        return True

    def _answers(self, elements: Sequence[Element]) -> bool:
        items, forms, questions = self.items, self.forms, self.rules.questions
        for element in elements:
            name, form, value = element.from_name, forms.get(element.id), element.value
            question = questions.get((element.type, name))
            if question is None or form is None or value is None or name not in form.asked:
                return False
            choices, matches = question
            given = value.choices if choices else value.text
            if type(given) is list and len(given) == 1:
                given = given[0]
            answers = items[element.id].attributes
            if type(given) is not str or not given or name in answers:
                return False
            if (choices and given not in choices) or (matches and not matches(given)):
                return False
            answers[name] = given
        self.count += len(elements)
        return True

    def _relation(self, element: Element) -> bool:
        head, tail = element.from_id, element.to_id
        if element.direction == "left":
            head, tail = tail, head
        elif element.direction not in (None, "right"):
            return False
        modalities, labels = self.rules.grammar.modalities, element.labels or ()
        types: Sequence[str] = [label for label in labels if label not in modalities]
        said = {label for label in labels if label in modalities} if len(types) < len(labels) else ()
        if len(said) > 1 or head == tail or head not in self.items or tail not in self.items:
            return False
        if not types:
            if not (told := self.rules.told(self.forms[head], self.forms[tail])):
                return False
            types, (head, tail) = [told[0]], (tail, head) if told[1] else (head, tail)
        modality = next(iter(said), ASSERTED)
        self.count += len(types)
        return all(self._link(type, head, tail, modality) for type in types)

    def _link(self, type: str, head: str, tail: str, modality: str) -> bool:
        rules, forms = self.rules, self.forms
        fit = rules.fit(type, forms[head], forms[tail])
        if fit < 0:
            head, tail = tail, head
        if fit == 0 or (type, head, tail, modality) in self.seen:
            return False
        self.seen.add((type, head, tail, modality))
        if rules.grammar.relations[type].symmetric:
            self.seen.add((type, tail, head, modality))
        role = rules.grammar.links.get(type) if forms[head].is_claim else None
        if role is None:
            self.links.append(RelationLine(head, modality, tail, type))
        else:
            getattr(self.items[head], role).append(tail)
        return role is None or modality == ASSERTED

    def _claims(self) -> bool:
        """Whether each claim has a claimant or needs none, and each cue a claim; the links are put in order."""
        cued: set[str] = set()
        for item in self.items.values():
            if type(item) is ClaimLine:
                if not item.claimants and item.attributes.get(ATTRIBUTION, "") not in self.rules.grammar.no_claimant:
                    return False
                cued.update(item.cues)
                for ids in (item.claimants, item.cues, item.values):
                    ids.sort()
        return all(id in cued for id, item in self.items.items() if type(item) is CueLine)


def _number(value: float | None) -> Raw | None:
    """A number as the files have it: Python's way of writing it."""
    return None if value is None else Raw(repr(value).encode())
