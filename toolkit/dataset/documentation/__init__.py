"""The papers of a dataset: its card, its datasheet, and its description in Croissant."""

from __future__ import annotations

from pathlib import Path

from toolkit.dataset.about import About
from toolkit.files import write_text
from toolkit.findings import Finding

CARD = "README.md"
DATASHEET = "DATASHEET.md"
CROISSANT = "croissant.json"


def document(folder: Path, about: About) -> tuple[Finding, ...]:
    """Write the papers of a dataset into its folder, beside its Parquet files; returns what they go without."""
    from toolkit.dataset.documentation.card import card
    from toolkit.dataset.documentation.croissant import croissant
    from toolkit.dataset.documentation.datasheet import datasheet, findings

    for name, text in ((CARD, card(about)), (DATASHEET, datasheet(about)), (CROISSANT, croissant(about))):
        write_text(folder / name, text)
    return (*about.findings(), *findings(about))
