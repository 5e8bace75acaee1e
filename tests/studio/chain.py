"""A project that people work on, and the snapshots of it, one going on from the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject
from toolkit.studio.pull import Pulled, fetch
from toolkit.studio.server import Credentials
from toolkit.studio.snapshots import Snapshot, read_tasks

from .fakes import article, person

ONTOLOGY = Path(__file__).parents[2] / "configs" / "ontology.yaml"
NOW = datetime(2031, 3, 14, 12, tzinfo=UTC)


@dataclass
class Chain:
    """One project and the folder of its snapshots; each pull is a minute after the one before."""

    client: Client
    project: RemoteProject
    studio: Credentials
    root: Path
    said: list[str] = field(default_factory=list)
    pulls: int = 0
    articles: int = 0

    @property
    def folder(self) -> Path:
        return self.root / "snapshots"

    @property
    def ontology(self) -> Path:
        path = self.root / "ontology.yaml"
        if not path.exists():
            path.write_bytes(ONTOLOGY.read_bytes())
        return path

    def pull(self, **more: Any) -> Pulled:
        self.pulls += 1
        options = {"page_size": 4, "now": NOW + timedelta(minutes=self.pulls), "say": self.said.append} | more
        return fetch(self.client, [self.project], self.folder, self.ontology, **options)

    def server(self) -> list[dict[str, Any]]:
        """What the server has now."""
        pages = tasks.all_pages(self.client, self.project.id, tasks.ANNOTATED)
        return comparable(task for page in pages for task in page.tasks)

    def add(self, count: int, *, instead_of: int = 0) -> None:
        """Import so many more articles, after a task was deleted."""
        if instead_of:
            self.delete(instead_of)
        made = [article(self.articles + number).model_dump() for number in range(count)]
        data = [{name: one[name] for name in ("text", "article_id", "text_sha256")} for one in made]
        self.client.post(f"/api/projects/{self.project.id}/import", [{"data": one} for one in data])
        self.articles += count

    def tasks(self) -> dict[int, list[dict[str, Any]]]:
        """Annotations by task."""
        pages = tasks.all_pages(self.client, self.project.id, tasks.ANNOTATED)
        return {task["id"]: task["annotations"] for page in pages for task in page.tasks}

    def label(self, task: int, word: str = "Ada", **more: Any) -> int:
        """Annotate a task; returns the annotation's id."""
        text = self.client.get(f"/api/tasks/{task}/")["data"]["text"]
        body = {"result": person(text, word), "lead_time": 1.0} | more
        return int(self.client.post(f"/api/tasks/{task}/annotations/", body)["id"])

    def first(self, task: int) -> int:
        """The first annotation of a task."""
        return int(self.tasks()[task][0]["id"])

    def change(self, annotation: int, result: list[dict[str, Any]]) -> None:
        self.client.patch(f"/api/annotations/{annotation}/", {"result": result})

    def delete_annotation(self, annotation: int) -> None:
        with self.client.sdk() as sdk:
            sdk.annotations.delete(annotation)

    def delete(self, *tasks: int) -> None:
        with self.client.sdk() as sdk:
            for task in tasks:
                sdk.tasks.delete(str(task))


def held(snapshot: Snapshot) -> list[dict[str, Any]]:
    """All tasks in a snapshot."""
    return comparable(task for _, task in read_tasks(snapshot))


def comparable(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tasks by id, without the numbers that the server brings up to date later."""
    late = {"total_annotations", "cancelled_annotations"}
    return sorted(({name: task[name] for name in task.keys() - late} for task in found), key=lambda task: task["id"])


def pages(snapshot: Snapshot) -> dict[str, Path]:
    """The files of tasks in a snapshot, by name."""
    return {path.name: path for path in snapshot.folder.glob("project-*/tasks-*.json")}
