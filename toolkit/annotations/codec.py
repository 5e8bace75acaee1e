"""Annotations as Label Studio results and back, without loss.

=================================  ==================================================================================
goldkit                            Label Studio
=================================  ==================================================================================
Mention                            region of the control ``entities`` (type ``labels``)
Cue, Claim                         region of the control ``claims``
attribute                          ``choices`` or ``textarea`` element with the region's id, named like the attribute
Relation, a claim's links          ``relation`` element: one an ordered pair and modality, its types as labels, then
                                   the modality unless it is *asserted*
origin                             ``origin``; context is marked in ``meta``, which outlives a save
score, meta                        ``score``, ``meta``
=================================  ==================================================================================

``skipped``, ``lead_time`` and ``ground_truth`` stand on Label Studio's annotation, not in its result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from toolkit.annotations.decode import Decoded, decode_result
from toolkit.annotations.grammar import WIRE_ORIGINS, Grammar, mark_context
from toolkit.annotations.model import Annotation, Mention, Origin, SpanItem
from toolkit.annotations.regions import Text
from toolkit.findings import Place
from toolkit.ontology.labelconfig import CLAIMS, ENTITIES, TEXT
from toolkit.ontology.model import ASSERTED, Ontology

__all__ = ["Codec", "Decoded", "Text", "decode", "encode"]


class Codec:
    """Encodes and decodes with one ontology; make one and keep it when there is much to do."""

    def __init__(self, ontology: Ontology) -> None:
        self.grammar = Grammar(ontology)

    def decode(self, result: Any, text: str | Text, place: Place | None = None) -> Decoded:
        """Read a result; see ``decode``."""
        text = text if isinstance(text, Text) else Text(text, text)
        return decode_result(result, text, self.grammar, place or Place())

    def encode(self, annotation: Annotation) -> list[dict[str, Any]]:
        """Write a result; see ``encode``."""
        regions = (element for item in annotation.spans() for element in self.region(item))
        return [*regions, *self._relations(annotation)]

    def region(self, item: SpanItem) -> Iterator[dict[str, Any]]:
        """The elements of one span: its region, and the answers about it."""
        if isinstance(item, Mention):
            control, labels = ENTITIES, list(item.labels)
        else:
            control, labels = CLAIMS, [self.grammar.label_of(item)]
        where = {"start": item.start, "end": item.end}
        region: dict[str, Any] = {
            **_element(item.id, control, "labels", {**where, "text": item.text, "labels": labels}),
            "origin": WIRE_ORIGINS[item.origin],
        }
        if item.score is not None:
            region["score"] = item.score
        meta = mark_context(item.meta) if item.origin is Origin.CONTEXT else item.meta
        if meta:
            region["meta"] = meta
        yield region
        for name, answer in sorted(item.attributes.items()):
            kind = self.grammar.kind_of(name)
            key = "choices" if kind == "choices" else "text"
            yield _element(item.id, name, kind, {**where, key: [answer]})

    def _relations(self, annotation: Annotation) -> Iterator[dict[str, Any]]:
        types: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for relation in annotation.relations:
            types[relation.head, relation.tail, relation.modality].append(relation.type)
        for claim in annotation.claims:
            for name, role in self.grammar.links.items():
                for target in getattr(claim, role):
                    types[claim.id, target, ASSERTED].append(name)
        for (head, tail, modality), names in sorted(types.items()):
            labels = sorted(names) if modality == ASSERTED else [*sorted(names), modality]
            yield {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": labels}


def _element(id: str, control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "from_name": control, "to_name": TEXT, "type": kind, "value": value}


def encode(annotation: Annotation, ontology: Ontology) -> list[dict[str, Any]]:
    """The annotation's items as a Label Studio result: each region with its answers, then the relations.

    ``decode(encode(a))`` gives the items of ``a`` again, sorted by place.
    """
    return Codec(ontology).encode(annotation)


def decode(result: Any, text: str | Text, ontology: Ontology, place: Place | None = None) -> Decoded:
    """Read what Label Studio calls a result, element by element.

    Args:
        result: a list of elements; anything else is rejected, not raised.
        text: the frozen text; or a ``Text``, where the offsets count in raw text and have to be led to the frozen one.
        ontology: what may stand in the result.
        place: where the result comes from (article, annotator, url), for findings and rejections.

    Returns:
        The items that keep the rules, and a row for each that does not. Nothing is lost: see ``Decoded``.
    """
    return Codec(ontology).decode(result, text, place)
