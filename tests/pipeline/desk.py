"""A workspace of its own on the real Label Studio, with the people who work in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from toolkit import samples
from toolkit.annotations.model import Annotation
from toolkit.project import LAYERS
from toolkit.stages import ingest, setup, sync
from toolkit.studio import tasks
from toolkit.studio.address import Address
from toolkit.studio.annotate import submit_annotation
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject, require_project
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

from .program import Result, goldkit, process

DOMAIN = "pipeline.example"  # of the annotators' e-mail addresses; must turn up nowhere but in snapshots


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but locks, and what is in it: to see that a command left all as it was."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@dataclass(frozen=True)
class Desk:
    """A workspace, the server, and the annotators' tokens by name."""

    root: Path
    studio: Credentials
    tokens: Mapping[str, str]
    _work: dict[str, list[Annotation]] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        """The workspace as its files are now."""
        return Workspace(self.root)

    @property
    def address(self) -> dict[str, str]:
        """What the stages need to speak to the server."""
        return {"url": self.studio.url, "token": self.studio.token}

    def run(self, *args: str | Path) -> Result:
        """Run a command that needs no server."""
        return goldkit(*args, cwd=self.root)

    def online(self, *args: str | Path) -> Result:
        """Run a command that speaks to the server."""
        return self.run(*args, *self.online_options)

    def process(self, *args: str | Path, **options: Any) -> Result:
        """Run a command as a program of its own."""
        return process(*args, cwd=self.root, **options)

    @property
    def online_options(self) -> tuple[str, ...]:
        """The server's address and the token, for the command line."""
        return ("--url", self.studio.url, "--token", self.studio.token)

    def client(self) -> Client:
        """A connection of our own, to look at the server and to meddle with it."""
        return Client(Address(self.studio.url, self.studio.token))

    def project(self, client: Client, number: int = 0) -> RemoteProject:
        """A Label Studio project of the workspace."""
        return require_project(client, self.workspace.project.name, self.workspace.project.studio.projects[number])

    def tasks(self, number: int = 0) -> dict[str, int]:
        """Task ids by article."""
        with self.client() as client:
            pages = tasks.all_pages(client, self.project(client, number).id, tasks.PLAIN)
            listed = [(task["data"]["article_id"], task["id"]) for page in pages for task in page.tasks]
        assert len(listed) == len(dict(listed)), "an article has two tasks"
        return dict(listed)

    def work(self, name: str) -> list[Annotation]:
        """A sample annotator's work."""
        if name not in self._work:
            self._work[name] = samples.work(name, ingest.articles(self.workspace), setup.ontology(self.workspace))
        return self._work[name]

    def submit(self, name: str, task: int, result: Sequence[Mapping[str, Any]], **more: Any) -> None:
        """Submit an annotation as one of the annotators."""
        assert submit_annotation(self.studio.url, self.tokens[name], task, result, **more)

    def push(self, **more: Any) -> list[sync.PushedProject]:
        return sync.push(self.workspace, **self.address, **more)


def make_desk(
    root: Path,
    studio: Credentials,
    tokens: Mapping[str, str],
    *projects: Sequence[str],
    articles: Path | None = samples.ARTICLES,
) -> Desk:
    """A workspace called like its folder; each of ``projects`` names the layers of one Label Studio project."""
    setup.init(root, root.name)
    file = root / "configs" / "project.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["studio"]["projects"] = [
        {"title": f"{root.name} {'+'.join(layers)}", "layers": list(layers), "overlap": 3}
        for layers in projects or [LAYERS]
    ]
    file.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    if articles:
        assert ingest.add_articles(Workspace(root), [articles]).refused == 0
    return Desk(root, studio, tokens)
