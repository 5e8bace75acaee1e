"""A workspace with the sample articles and the sample annotators' work in it, made without a server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from toolkit import samples
from toolkit.demo import across
from toolkit.files import write_jsonl
from toolkit.stages import ingest, linkanswers, linkreview, links, setup
from toolkit.studio.links import Answer
from toolkit.workspace import Workspace


def link_stories(workspace: Workspace, pseudonym: Callable[[str], str] = str) -> None:
    """The sample annotators' answers across articles, and their editor's decisions, as pulls would have left them."""
    links.candidates(workspace)
    linkanswers.take(workspace, _answers(across.given(workspace, samples.ANNOTATORS), pseudonym))
    linkreview.take(workspace, _answers(across.decided(workspace), pseudonym))


def _answers(given: Iterable[across.Given], pseudonym: Callable[[str], str]) -> list[Answer]:
    return [
        Answer(one.kind, one.key, "", one.data, one.result, pseudonym(one.annotator), False, one.lead_time, "", one.key)
        for one in given
    ]


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
    write_jsonl(workspace.annotations, (one.model_dump(mode="json") for one in work))
    return workspace
