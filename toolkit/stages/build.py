"""The dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.files import read_text
from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.build import Built


def build(workspace: Workspace) -> Built:
    """Choose the gold, write it, and build the dataset from it."""
    from toolkit.annotations.store import load_annotations
    from toolkit.articles.model import text_digest
    from toolkit.dataset.build import build as building
    from toolkit.gold.select import select, write_gold

    annotations = list(load_annotations(workspace.annotations))
    schema = ontology(workspace)
    selection = select(annotations, schema)
    write_gold(workspace.gold, selection.gold)
    return building(
        workspace.dataset(workspace.project.dataset.version),
        project=workspace.project,
        ontology=schema,
        articles=articles(workspace),
        annotations=annotations,
        selection=selection,
        guidelines_sha256=text_digest(read_text(workspace.guidelines)),
    )
