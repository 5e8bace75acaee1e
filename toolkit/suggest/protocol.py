"""What a suggesting program is asked, and the form of its answer; docs/suggesting.md explains both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from toolkit.articles.model import Article
from toolkit.ontology.model import ASSERTED, Attribute, Ontology, SpanType
from toolkit.project import LAYERS, Layer

Schema = dict[str, Any]

_TOLD = ("article_id", "text", "title", "outlet", "published", "language")


def request(ontology: Ontology, articles: Sequence[Article], layers: Collection[Layer] = LAYERS) -> dict[str, Any]:
    """What is asked about some articles, as plain JSON values; ``schema`` is ``answer_schema``."""
    return {
        "ontology": ontology.model_dump(mode="json", exclude_defaults=True),
        "layers": [layer for layer in LAYERS if layer in layers],
        "schema": answer_schema(ontology, layers),
        "articles": [article.model_dump(mode="json", include=set(_TOLD)) for article in articles],
    }


def answer_schema(ontology: Ontology, layers: Collection[Layer] = LAYERS) -> Schema:
    """The JSON Schema of an answer, in the part of JSON Schema that servers with structured output enforce.

    Every object is closed and every key required; what may be left out is null instead. Mentions are in it whatever
    the layers: relations and claims refer to them. References are not used, so each part can be asked for alone.
    https://platform.openai.com/docs/guides/structured-outputs
    """
    sections: Schema = {"article_id": {"type": "string"}, "mentions": _list(_mention(ontology))}
    if ontology.claims and "claims" in layers:
        links = {name: _list({"type": "string"}) for name in ("claimants", "cues", "values")}
        sections["cues"] = _list(_object(_span(ontology, [ontology.claims.cue])))
        sections["claims"] = _list(_object(_span(ontology, [ontology.claims.content]) | links))
    if ontology.relations and "relations" in layers:
        sections["relations"] = _list(_relation(ontology))
    return _object({"version": {"type": "string"}, "articles": _list(_object(sections))})


def _mention(ontology: Ontology) -> Schema:
    label = {"type": "string", "enum": [*ontology.mention_types]}
    return _object(_span(ontology, ontology.mention_types.values()) | {"label": label})


def _span(ontology: Ontology, types: Iterable[SpanType]) -> Schema:
    """The properties of a span: its place, what is known of it, and answers to the questions about its types."""
    properties: Schema = {
        "id": {"type": "string"},
        "start": {"type": ["integer", "null"]},
        "end": {"type": ["integer", "null"]},
        "text": {"type": "string"},
        "occurrence": {"type": ["integer", "null"]},
        "score": {"type": ["number", "null"]},
    }
    if asked := {name: one for span in types for name, one in ontology.attributes_of(span.name).items()}:
        properties["attributes"] = _object({name: _answer(attribute) for name, attribute in asked.items()})
    return properties


def _relation(ontology: Ontology) -> Schema:
    properties: Schema = {
        "type": {"type": "string", "enum": [*ontology.relation_types]},
        "head": {"type": "string"},
        "tail": {"type": "string"},
    }
    if ontology.modalities:
        properties["modality"] = {"type": ["string", "null"], "enum": [ASSERTED, *ontology.modalities, None]}
    return _object(properties)


def _answer(attribute: Attribute) -> Schema:
    nullable: Schema = {"type": ["string", "null"]}
    return nullable | {"enum": [*attribute.choices, None]} if attribute.options else nullable


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
