"""What one line of JSON says is marked in its text, as the elements of a Label Studio result.

=============  =======================================================================================================
spans          under ``mentions``, ``entities``, ``spans``, ``labels`` or ``label``: objects or ``[start, end, label]``;
               ``start`` and ``end`` count code points; ``type``, ``label`` or ``labels``; ``text`` is compared
relations      ``type``, ``head``, ``tail`` (``from_id``, ``to_id``), ``modality``; an end is a span's id, its place in
               the list (from 0), or the span itself
claims         spans with ``claimants``, ``cues`` and ``values``, each a list of ids or of spans; ``cues`` may have a
               list of their own
=============  =======================================================================================================

Answers to the ontology's questions stand beside a span's offsets or under ``attributes``; whatever else is said of a
span is its ``meta``. Nothing is judged here: what is malformed becomes an element that the checks reject and count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.annotations.grammar import WIRE_ORIGINS, Grammar, mark_context
from toolkit.annotations.mapping import ExportMapping
from toolkit.annotations.model import Origin
from toolkit.ontology.labelconfig import CLAIMS, ENTITIES, TEXT
from toolkit.ontology.model import ASSERTED
from toolkit.project import LAYERS, Layer

PEOPLE = ("annotator", "annotators", "adjudicator")
"""Keys that name people: these names stay in the snapshot."""

_SPANS = ("mentions", "entities", "spans")
_SPANS_OR_CLASSES = ("labels", "label")  # of the text: only where they are lists of spans
_START, _END = ("start", "start_offset"), ("end", "end_offset")
_LABEL = ("labels", "label", "type")
_HEAD, _TAIL = ("head_span", "head", "from_id"), ("child_span", "tail", "to_id")  # Prodigy's head is a token's number
_ROLES = ("claimants", "cues", "values")
_ORIGINS = {origin.value: wire for origin, wire in WIRE_ORIGINS.items()}


def span_keys(values: Mapping[str, Any], mapping: ExportMapping, grammar: Grammar) -> list[str]:
    """The keys of a line under which there are spans; last those that the mapping says to ignore."""
    named = [key for key, ours in mapping.controls.items() if ours in grammar.labels and key not in (*_SPANS, CLAIMS)]
    certain = [key for key in dict.fromkeys((*_SPANS, *named)) if values.get(key) is not None]
    found = certain + [key for key in _SPANS_OR_CLASSES if key not in certain and _are_spans(values.get(key))]
    # A relation that counts spans counts those that are taken.
    return sorted(found, key=lambda key: mapping.controls.get(key, ENTITIES) not in grammar.labels)


def layers_of(values: Mapping[str, Any], mapping: ExportMapping, grammar: Grammar) -> tuple[Layer, ...]:
    """The layers that a line says anything of; an empty list says that there are none, null says nothing."""
    there = {
        "entities": bool(span_keys(values, mapping, grammar)),
        "relations": values.get("relations") is not None,
        "claims": values.get(CLAIMS) is not None,
    }
    return tuple(layer for layer in LAYERS if there[layer])


def _are_spans(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict | list) for one in value)


@dataclass
class Items:
    """The elements of one line's result, and the regions among them by what may refer to them."""

    mapping: ExportMapping
    grammar: Grammar
    elements: list[Any] = field(default_factory=list)
    _regions: dict[str, dict[str, Any]] = field(default_factory=dict)
    _listed: list[str] = field(default_factory=list)  # ids, by the place in the list
    _by_span: dict[tuple[Any, ...], str] = field(default_factory=dict)
    _answers: set[tuple[str, str, str]] = field(default_factory=set)

    def of(self, values: Mapping[str, Any]) -> list[Any]:
        """The whole result: the regions with their answers, then what joins them."""
        for key in span_keys(values, self.mapping, self.grammar):
            for number, item in enumerate(_list(values[key])):
                self._listed.append(self._region(item, key, f"{key}-{number}"))
        for number, item in enumerate(_list(values.get("cues"))):
            self._region(item, CLAIMS, f"cues-{number}", self._cue)
        claims = [(item, self._claim(item, number)) for number, item in enumerate(_list(values.get(CLAIMS)))]
        for item in _list(values.get("relations")):
            self._relation(item)
        for item, id in claims:
            self._links(item, id)
        return self.elements

    def _region(self, item: Any, control: str, id: str, label: str = "", *, context: bool = False) -> str:
        """Put a region with its answers; returns its id. The same span under the same id is one more label of it.

        ``id`` and ``label`` are for those that have none.
        """
        if isinstance(item, list) and len(item) == 3:
            item = dict(zip(("start", "end", "label"), item, strict=True))
        if not isinstance(item, dict):
            self.elements.append(_element(id, control, "labels", item))
            return id
        said = dict(item)
        given = said.pop("id", None)
        id = str(given) if isinstance(given, str | int) and str(given) else id
        start, end = _take(said, _START), _take(said, _END)
        labels = _names(_take(said, _LABEL)) or _names(label)
        value = {"start": start, "end": end, "text": said.pop("text", None), "labels": labels}
        value = {name: one for name, one in value.items() if one is not None}
        answers = self._take_answers(said)
        same = self._regions.get(id)
        if same and all(same["value"].get(name) == value.get(name) for name in ("start", "end", "text")):
            same["value"]["labels"] += labels
        else:
            region = _element(id, control, "labels", value) | _rest(said, context=context)
            self._regions.setdefault(id, region)
            self.elements.append(region)
        for one in labels:
            self._by_span.setdefault(_key(start, end, one), id)
        self._by_span.setdefault(_key(start, end), id)
        for name, answer in answers.items():
            self._answer(id, name, answer)
        return id

    def _take_answers(self, said: dict[str, Any]) -> dict[str, Any]:
        """What is said in answer to a question, or under a name that the mapping leads to one; taken out."""
        asked = {*self.grammar.attributes, *self.mapping.attributes, *self.mapping.controls}
        answers = {name: said.pop(name) for name in sorted(asked & said.keys())}
        if isinstance(said.get("attributes"), dict):
            answers |= said.pop("attributes")
        return {name: answer for name, answer in answers.items() if answer is not None}

    def _answer(self, id: str, name: str, answer: Any) -> None:
        ours = self.mapping.controls.get(name) or self.mapping.attributes.get(name, name)
        kind = self.grammar.kind_of(ours) if ours in self.grammar.attributes else "choices"
        given = [one if isinstance(one, str) else json.dumps(one, sort_keys=True) for one in _list(answer)]
        if (id, name, repr(given)) not in self._answers:  # a span with two labels may say it with each
            self._answers.add((id, name, repr(given)))
            self.elements.append(_element(id, name, kind, {"choices" if kind == "choices" else "text": given}))

    def _relation(self, item: Any) -> None:
        if not isinstance(item, dict):
            self.elements.append({"type": "relation", "labels": [], "given": item})
            return
        modality = item.get("modality")
        labels = _names(_take(dict(item), _LABEL))
        if modality is not None and modality != ASSERTED:
            labels = [*labels, modality]
        head, tail = (self._end(_take(dict(item), keys)) for keys in (_HEAD, _TAIL))
        self._join(head, tail, labels)

    def _join(self, head: str | None, tail: str | None, labels: list[Any]) -> None:
        ends = {"from_id": head, "to_id": tail}
        self.elements.append({"type": "relation", **ends, "direction": "right", "labels": labels})

    def _end(self, end: Any, control: str = ENTITIES, label: str = "") -> str | None:
        """The id of the region that is meant; one that is not in the lists is shown, but nobody's work."""
        if isinstance(end, dict):
            if (id := str(end.get("id", ""))) in self._regions:
                return id
            start, stop = (_take(dict(end), keys) for keys in (_START, _END))
            keys = [*(_key(start, stop, one) for one in _names(_take(dict(end), _LABEL))), _key(start, stop)]
            known = None if "id" in end else next((self._by_span[key] for key in keys if key in self._by_span), None)
            return known or self._region(end, control, f"end-{len(self._regions)}", label, context=control == ENTITIES)
        if type(end) is int and str(end) not in self._regions and 0 <= end < len(self._listed):
            return self._listed[end]
        return None if end is None else str(end)

    def _claim(self, item: Any, number: int) -> str:
        if isinstance(item, dict):
            item = {name: value for name, value in item.items() if name not in _ROLES}
        return self._region(item, CLAIMS, f"claims-{number}", self.grammar.content or "CLAIM")

    @property
    def _cue(self) -> str:
        return self.grammar.cue or "CUE"

    def _links(self, item: Any, claim: str) -> None:
        if not isinstance(item, dict):
            return
        names = {role: name for name, role in self.grammar.links.items()}
        for role in _ROLES:
            where = (CLAIMS, self._cue) if role == "cues" else (ENTITIES, "")
            for end in _list(item.get(role)):
                self._join(claim, self._end(end, *where), [names.get(role, role)])


def _element(id: str, control: str, kind: str, value: Any) -> dict[str, Any]:
    return {"id": id, "from_name": control, "to_name": TEXT, "type": kind, "value": value}


def _rest(said: dict[str, Any], *, context: bool) -> dict[str, Any]:
    """What a region says besides its place, its labels and its answers."""
    told: dict[str, Any] = {}
    if isinstance(origin := said.get("origin"), str) and origin in _ORIGINS:
        told["origin"] = _ORIGINS[said.pop("origin")]
        context = context or origin == Origin.CONTEXT
    if "score" in said:
        told["score"] = said.pop("score")
    own = said.pop("meta", None)
    own = own if isinstance(own, dict) else {} if own is None else {"meta": own}
    meta = {name: value for name, value in said.items() if name not in PEOPLE and value is not None} | own
    meta = mark_context(meta) if context else meta
    return told | ({"meta": meta} if meta else {})


def _take(said: dict[str, Any], keys: Iterable[str]) -> Any:
    """The value of the first of these keys that is there; taken out."""
    key = next((key for key in keys if said.get(key) is not None), None)
    return None if key is None else said.pop(key)


def _key(*parts: Any) -> tuple[Any, ...]:
    return tuple(map(repr, parts))


def _names(labels: Any) -> list[Any]:
    return labels.copy() if isinstance(labels, list) else [labels] if labels not in (None, "") else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
