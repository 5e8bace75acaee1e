"""The dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.files import read_text
from toolkit.stages.gold import resolve
from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.build import Built


def build(workspace: Workspace) -> Built:
    """Settle the gold, and build the dataset from it."""
    from toolkit.annotations.store import load_annotations
    from toolkit.articles.model import text_digest
    from toolkit.dataset.build import build as building

    resolved = resolve(workspace)
    return building(
        workspace.dataset(workspace.project.dataset.version),
        project=workspace.project,
        ontology=ontology(workspace),
        articles=articles(workspace),
        annotations=load_annotations(workspace.annotations),
        resolved=resolved,
        guidelines_sha256=text_digest(read_text(workspace.guidelines)),
    )
