"""A snapshot on disk, as a pull leaves it, made without a server: for tests of what is done with one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.annotations.codec import Codec
from toolkit.annotations.store import load_annotations
from toolkit.files import write_json
from toolkit.project import LAYERS
from toolkit.stages import setup
from toolkit.studio.snapshots import MANIFEST, USERS, FileRecord, Manifest, ProjectRecord
from toolkit.workspace import Workspace

NAME = "20310314T120000Z"


def sample_tasks(workspace: Workspace) -> list[dict[str, Any]]:
    """A task for each article, with what the annotators did, as the server sends it."""
    codec = Codec(setup.ontology(workspace))
    stored = map(json.loads, workspace.articles.read_text(encoding="utf-8").splitlines())
    tasks: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(stored, start=1):
        data = {key: line["article"][key] for key in ("article_id", "text", "text_sha256")}
        tasks[data["article_id"]] = {"id": number, "data": data, "annotations": []}
    made = list(load_annotations(workspace.annotations))
    names = sorted({one.annotator for one in made})
    for number, one in enumerate(made, start=1):
        work = {"id": number, "completed_by": 1 + names.index(one.annotator), "result": codec.encode(one)}
        tasks[one.article_id]["annotations"].append(work | {"lead_time": 1.5, "updated_at": "2031-03-14T12:00:00Z"})
    return list(tasks.values())


def keep(workspace: Workspace, pages: Sequence[list[dict[str, Any]]], name: str = NAME) -> Path:
    """Write the pages as a snapshot of one project, with a manifest that vouches for them."""
    folder = workspace.snapshots / name
    (folder / "project-1").mkdir(parents=True)
    for page in pages:
        path = folder / "project-1" / f"tasks-{page[0]['id']:09}.json"
        path.write_text(json.dumps({"tasks": page}), encoding="utf-8")
    write_json(folder / USERS, {"1": "ann@example.org", "2": "ben@example.org"})
    works = [work for page in pages for task in page for work in task["annotations"]]
    project = ProjectRecord(
        id=1,
        title="All",
        url="https://studio.example/projects/1",
        layers=LAYERS,
        label_config_sha256="",
        tasks=sum(map(len, pages)),
        annotations=len(works),
        skipped=0,
        drafts=0,
    )
    files = {path.relative_to(folder).as_posix(): _record(path) for path in sorted(folder.rglob("*.json"))}
    manifest = Manifest(created="2031-03-14T12:00:00+00:00", projects=(project,), files=files)
    write_json(folder / MANIFEST, manifest.model_dump(mode="json"))
    return folder


def _record(path: Path) -> FileRecord:
    body = path.read_bytes()
    return FileRecord(sha256=hashlib.sha256(body).hexdigest(), bytes=len(body))
