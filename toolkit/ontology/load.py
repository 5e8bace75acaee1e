"""The ontology read from the file a person wrote."""

from __future__ import annotations

from pathlib import Path

from toolkit.files import parse_yaml, read_text
from toolkit.ontology.model import LENIENT, Ontology
from toolkit.settings import parse_settings

BESIDE = "ontology.yaml"
"""What the ontology is called that lies beside the data that were made with it: in a snapshot, in a dataset."""


def load_ontology(path: Path) -> Ontology:
    """Read and check ``configs/ontology.yaml``.

    Raises:
        BadInputError: with every problem and its place in the file.
    """
    return parse_ontology(read_text(path), path)


def parse_ontology(text: str, path: Path | str, *, lenient: bool = False) -> Ontology:
    """The same for a text that is called ``path`` in errors; ``lenient`` reads one that contradicts itself, too."""
    return parse_settings(Ontology, parse_yaml(text, path), path, context=LENIENT if lenient else None)
