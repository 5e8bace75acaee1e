"""A folder of articles, right and wrong, in several formats; with copies, ids taken twice, and ids with slashes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from toolkit.findings import Finding
from toolkit.stages import setup
from toolkit.stages.ingest import AddedArticles
from toolkit.workspace import Workspace

LINES = [
    '\ufeff{"id": "wire/one", "text": "The port is shut.\\nA rope broke."}',
    "",
    '{"id": "two", "text": "Rain\u2028fell on 🚢 the quay.", "title": "Rain"}',
    "not JSON",
    '{"id": "three", "text": ""}',
    "[1]",
    '{"id": "two", "text": "Another text has taken the id."}',
    '{"id": "four", "text": "The port is shut.\\nA rope broke."}',
    '{"id": "five", "text": "The ferry was late.", "pages": [1, 2]}',
]


def jsonl() -> bytes:
    """Lines of all sorts, one of them in no UTF-8, the last without its newline."""
    return (
        "\n".join(LINES).encode() + b'\n{"id": "six", "text": "caf\xe9"}\n' + LINES[2].replace("two", "seven").encode()
    )


def corpus(folder: Path, articles: int = 60) -> Path:
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(jsonl())
    (folder / "b.txt").write_text("A page of its own.\n")
    (folder / "c.pdf").write_text("no article")
    rows = [
        {"id": f"row-{number:03}", "text": f"Crane {number} was mended.\r\nIt rained."} for number in range(articles)
    ]
    (folder / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    more: list[dict[str, Any]] = [{**row, "id": row["id"].replace("row", "col")} for row in rows[: articles // 2]]
    parquet.write_table(pa.Table.from_pylist(more + rows[::7]), folder / "e.parquet", row_group_size=5)
    return folder


def workspace(root: Path) -> Workspace:
    """An empty one with the shipped settings."""
    root.mkdir()
    shutil.copytree(setup.shipped_configs(), root / "configs")
    return Workspace(root)


def outcome(workspace: Workspace, added: AddedArticles) -> tuple[bytes, AddedArticles, list[Finding], list[str]]:
    """All that a run leaves: the store, the answer, and what lies in exports/."""
    left = sorted(path.name for path in workspace.exports.iterdir())
    return workspace.articles.read_bytes(), added, sorted(added.findings), left
