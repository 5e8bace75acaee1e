"""The JSON Schema of the annotation record, narrowed to one ontology's names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from toolkit.ontology.model import ASSERTED, Attribute, Ontology

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def annotation_schema(ontology: Ontology, record: type[BaseModel]) -> Schema:
    """The schema of one line of ``annotations.jsonl``.

    Args:
        ontology: whose labels, relation types and answers are allowed.
        record: the annotation record. It is handed in because it lies in a room above this one; it has ``Mention``,
            ``Cue``, ``Claim`` and ``Relation`` in its schema's definitions.
    """
    schema = record.model_json_schema()
    schema |= {"$schema": DIALECT, "title": f"Annotation ({ontology.name} {ontology.version})"}
    parts = schema["$defs"]
    parts["Mention"]["properties"]["labels"]["items"] = {"enum": list(ontology.mention_types)}
    _answers(parts["Mention"], _attributes(ontology, ontology.mention_types))
    if owners := list(_owners(ontology)):
        parts["Mention"]["allOf"] = owners
    for part, claim_span in (("Claim", "content"), ("Cue", "cue")):
        names = [getattr(ontology.claims, claim_span).name] if ontology.claims else []
        _answers(parts[part], _attributes(ontology, names))
    relation = parts["Relation"]["properties"]
    relation["type"]["enum"] = list(ontology.relation_types)
    relation["modality"]["enum"] = [ASSERTED, *ontology.modalities]
    return schema


def _attributes(ontology: Ontology, span_types: Iterable[str]) -> dict[str, Attribute]:
    return {name: attribute for span in span_types for name, attribute in ontology.attributes_of(span).items()}


def _answers(part: Schema, attributes: dict[str, Attribute]) -> None:
    """Narrow the free mapping ``attributes`` of a span item to the questions that there are."""
    answers = part["properties"]["attributes"]
    answers["properties"] = {name: _answer(attribute) for name, attribute in attributes.items()}
    answers["additionalProperties"] = False
    if required := [name for name, attribute in attributes.items() if attribute.required]:
        answers["required"] = required
        part["required"] = [*part.get("required", []), "attributes"]


def _answer(attribute: Attribute) -> Schema:
    schema: Schema = {"description": attribute.definition}
    if attribute.options:
        return schema | {"enum": list(attribute.choices)}
    return schema | {"type": "string"}  # not its pattern: an answer that does not match is reported, and kept


def _owners(ontology: Ontology) -> Iterable[Schema]:
    """An answer belongs to a mention only if one of its labels asks the question."""
    for name in _attributes(ontology, ontology.mention_types):
        owners = [span for span in ontology.mention_types if name in ontology.attributes_of(span)]
        yield {
            "if": {"properties": {"attributes": {"required": [name]}}, "required": ["attributes"]},
            "then": {"properties": {"labels": {"contains": {"enum": owners}}}},
        }
