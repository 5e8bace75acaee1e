"""The ontology read from the file a person wrote."""

from __future__ import annotations

from pathlib import Path

from toolkit.files import load_yaml
from toolkit.ontology.model import Ontology
from toolkit.workspace import parse_settings


def load_ontology(path: Path) -> Ontology:
    """Read and check ``configs/ontology.yaml``.

    Raises:
        BadInputError: with every problem and its place in the file.
    """
    return parse_settings(Ontology, load_yaml(path), path)
