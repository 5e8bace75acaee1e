"""The files in ``configs/`` that are generated from the ontology, and kept so that people and CI can see a change."""

from __future__ import annotations

import json

from pydantic import BaseModel

from toolkit.ontology.jsonschema import annotation_schema
from toolkit.ontology.labelconfig import compile_label_config
from toolkit.ontology.model import Ontology
from toolkit.ontology.pages import pages
from toolkit.project import LAYERS, Layer

LABEL_CONFIG = "label_config.xml"
ANNOTATION_SCHEMA = "annotations.schema.json"
PAGES = "pages"


def generated(ontology: Ontology, record: type[BaseModel]) -> dict[str, str]:
    """Every generated file by its path: the label config of all that there is, the record's JSON Schema, the pages.

    Args:
        ontology: the source of all.
        record: the annotation record (``toolkit.annotations.model.Annotation``).
    """
    lacking = {"relations": not ontology.relations, "claims": ontology.claims is None}
    layers: tuple[Layer, ...] = tuple(layer for layer in LAYERS if not lacking.get(layer))
    schema = json.dumps(annotation_schema(ontology, record), ensure_ascii=False, indent=2)
    return {
        LABEL_CONFIG: compile_label_config(ontology, layers),
        ANNOTATION_SCHEMA: f"{schema}\n",
        **{f"{PAGES}/{name}": text for name, text in pages(ontology).items()},
    }
