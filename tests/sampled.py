"""A workspace with the sample articles and the sample annotators' work in it, made without a server."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from toolkit import samples
from toolkit.files import write_jsonl
from toolkit.stages import ingest, setup
from toolkit.workspace import Workspace


def sample_workspace(root: Path, **dataset: Any) -> Workspace:
    """Make it in ``root``, with this checkout's configs; ``dataset`` are settings of that name in its project file."""
    shutil.copytree(setup.shipped_configs(), root / "configs")
    file = root / "configs" / "project.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["dataset"] |= dataset
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    workspace = Workspace(root)
    assert ingest.add_articles(workspace, [samples.ARTICLES]).refused == 0
    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    work = [one for name in samples.ANNOTATORS for one in samples.work(name, articles, ontology)]
    work.sort(key=lambda one: (one.article_id, one.annotator))
    work.sort(key=lambda one: (one.article_id, one.annotator))
    write_jsonl(workspace.annotations, (one.model_dump(mode="json") for one in work))
    return workspace
