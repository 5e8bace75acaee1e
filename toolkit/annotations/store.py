"""The files that the collected annotations are kept in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from toolkit.annotations.collect import Collected
from toolkit.annotations.model import Annotation
from toolkit.errors import BadInputError
from toolkit.files import read_jsonl, write_json, write_jsonl
from toolkit.settings import parse_settings
from toolkit.workspace import Workspace


def write(collected: Collected, workspace: Workspace) -> None:
    """Write ``annotations.jsonl``, ``rejected.jsonl`` and ``findings.json``: the same bytes for the same work."""
    write_jsonl(workspace.annotations, (record.model_dump(mode="json") for record in collected.annotations))
    write_jsonl(workspace.rejected, (row.as_dict() for row in collected.rejected))
    write_json(workspace.findings, [finding.as_dict() for finding in collected.findings])


def load_annotations(path: Path) -> Iterator[Annotation]:
    """Read what ``write`` wrote, one by one. Raises BadInputError with the file and the line."""
    if not path.is_file():
        raise BadInputError(f"{path}: no such file", next="goldkit pull (it collects the annotations)")
    for number, data in read_jsonl(path):
        yield parse_settings(Annotation, data, Path(f"{path}:{number}"))
