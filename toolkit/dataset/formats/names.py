"""The formats by name; nothing is imported here, so that the command line can list them at no cost."""

from __future__ import annotations

import enum


class Target(enum.StrEnum):
    """A format that a dataset can be exported to."""

    SPACY = "spacy"
    CONLL = "conll"
    BRAT = "brat"
    JSONL = "jsonl"
    DOCRED = "docred"
    UIMA = "uima"
