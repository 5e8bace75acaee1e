"""Workspaces as small as commands can work in: one-line articles with a person in each, and somebody's export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from studio.migrations import TEXT, WORK, next_version

from toolkit.annotations.model import Annotation, Mention
from toolkit.articles.model import text_digest
from toolkit.files import write_jsonl, write_text
from toolkit.stages import check, ingest, setup
from toolkit.stages.build import build
from toolkit.workspace import Workspace

MIGRATE = ("schema", "migrate", "--plan", "configs/migrations/3.0.0.yaml", "--apply", "--yes")
NAMES = ("Ada", "Bo", "Cy", "Di")


def settings(root: Path, **dataset: Any) -> None:
    """Change what the project file says of the dataset."""
    file = root / "configs" / "project.yaml"
    project = yaml.safe_load(file.read_text("utf-8"))
    project["dataset"] |= dataset
    write_text(file, json.dumps(project))


def built_from_less(root: Path) -> Workspace:
    """The workspace, whose dataset was built when less was labelled than now."""
    setup.init(root, "news")
    settings(root, date="2026-11-22")
    texts = {name: f"{name} Quill sails from {name}port past {name}head." for name in NAMES}
    write_jsonl(root / "news.jsonl", ({"article_id": name, "text": text} for name, text in texts.items()))
    workspace = Workspace(root)
    assert ingest.add_articles(workspace, [root / "news.jsonl"]).refused == 0
    works = [_labelled(name, ingest.articles(workspace)[name].text) for name in NAMES]
    write_jsonl(workspace.annotations, works[:2])
    build(workspace)
    write_jsonl(workspace.annotations, works)
    return workspace


def exported(root: Path) -> Path:
    """A file that somebody exported, with an annotation in it."""
    annotation = {"completed_by": 3, "result": WORK}
    task = {"id": 7, "data": {"text": TEXT, "article_id": "talks"}, "annotations": [annotation]}
    write_text(root / "export.json", json.dumps([task]))
    return root / "export.json"


def labelled_elsewhere(root: Path) -> Workspace:
    """A workspace with such an export, whose ontology has a next version."""
    setup.init(root, "file")
    workspace = Workspace(root)
    check.take_file(workspace, exported(root), None)
    next_version(root)
    return workspace


def _labelled(article_id: str, text: str) -> dict[str, Any]:
    mention = Mention(id="m1", start=0, end=len(article_id), text=article_id, labels=("PERSON",))
    annotation = Annotation(
        article_id=article_id,
        text_sha256=text_digest(text),
        annotator="ann-aaaaaaaa",
        ontology_version="1.0.0",
        mentions=(mention,),
    )
    return annotation.model_dump(mode="json")
