"""The dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import BadInputError
from toolkit.files import read_text
from toolkit.stages.gold import resolve
from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.build import Built
    from toolkit.ontology.model import Ontology


def build(workspace: Workspace) -> Built:
    """Settle the gold, and build the dataset from it.

    Raises BadInputError where the version was built before, and whoever loads it would now find other columns or
    classes; nothing is written then.
    """
    from toolkit.annotations.store import load_annotations
    from toolkit.articles.model import text_digest
    from toolkit.dataset.build import build as building

    folder, schema = workspace.dataset(workspace.project.dataset.version), ontology(workspace)
    _refuse_other_classes(folder, schema)
    resolved = resolve(workspace)
    return building(
        folder,
        project=workspace.project,
        ontology=schema,
        articles=articles(workspace),
        annotations=load_annotations(workspace.annotations),
        resolved=resolved,
        guidelines_sha256=text_digest(read_text(workspace.guidelines)),
    )


def _refuse_other_classes(folder: Path, schema: Ontology) -> None:
    """Leave a dataset alone whose readers the new one would break: one version, one meaning of its classes."""
    from toolkit.ontology.changes import Contract
    from toolkit.ontology.compare import compare
    from toolkit.ontology.load import BESIDE, parse_ontology

    beside = folder / BESIDE
    if not beside.is_file():
        return
    old = parse_ontology(read_text(beside), beside, lenient=True)
    if breaking := [change for change in compare(old, schema) if Contract.DATASET in change.breaks]:
        what = "".join(f"\n  {change.rule.id}: {change.message}" for change in breaking)
        raise BadInputError(
            f"{folder} was built with the ontology {old.version}, and {schema.version} breaks it for readers{what}",
            next="raise version under dataset in configs/project.yaml, or delete the folder if nobody uses it",
        )
