"""A workspace with a few articles in a live project, and the people who are to label them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pipeline.desk import Desk, make_desk

from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.gold.order import Order
from toolkit.stages import assign, ingest
from toolkit.stages.assign import AssignedProject
from toolkit.studio import tasks
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

_numbers = itertools.count(1)
ARTICLES = [
    {"article_id": "harbour-1", "story_id": "harbour", "title": "Boats", "text": "Boats left the bay, Ada Quill said."},
    {"article_id": "harbour-2", "story_id": "harbour", "title": "Bay", "text": "The bay froze. " * 9},
    {"article_id": "harbour-3", "story_id": "harbour", "title": "Ice", "text": "Ice held the ferries. " * 4},
    {"article_id": "dam-1", "story_id": "dam", "title": "Dam", "text": "The dam at Orrin holds. " * 7},
    {"article_id": "dam-2", "story_id": "dam", "title": "Gates", "text": "Two gates are open. " * 3},
    {"article_id": "alone-1", "story_id": "", "title": "Owls", "text": "Owls came back to Tamsin. " * 2},
]


@dataclass(frozen=True)
class Office:
    """A pushed workspace, and its annotators' connections by e-mail address."""

    desk: Desk
    people: dict[str, Client]
    ids: dict[str, int] = field(default_factory=dict)  # of the tasks, by article

    @property
    def workspace(self) -> Workspace:
        """The workspace as its files are now."""
        return self.desk.workspace

    def pseudonym(self, email: str) -> str:
        """What somebody is called."""
        return load_pseudonyms(self.workspace.private).of(email)

    def wants(self, people: Sequence[str], overlap: int) -> None:
        """Write into configs/project.yaml who labels, and how many an article is to get."""
        file = self.desk.root / "configs" / "project.yaml"
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
        settings["studio"]["projects"][0] |= {"overlap": overlap, "annotators": [self.pseudonym(who) for who in people]}
        file.write_text(json.dumps(settings), encoding="utf-8")

    def assign(self, calibration: int = 0, order: Order | None = None) -> AssignedProject:
        """Give the articles out."""
        (project,) = assign.assign(self.workspace, calibration=calibration, order=order, **self.desk.address)
        return project

    def tasks(self) -> dict[str, dict[str, Any]]:
        """The tasks as they are on the server, by article."""
        with self.desk.client() as client:
            pages = tasks.all_pages(client, self.desk.project(client).id, "id,data,updated_at,overlap,is_labeled")
            return {task["data"]["article_id"]: task for page in pages for task in page.tasks}

    def views(self) -> dict[str, dict[str, Any]]:
        """The project's views by title."""
        with self.desk.client() as client:
            listed = client.get("/api/dm/views/", {"project": self.desk.project(client).id})
            return {view["data"]["title"]: view for view in listed}

    def seen(self, email: str, title: str) -> list[str]:
        """The articles in a view, as an annotator finds them."""
        view = self.views()[title]
        params = {"project": view["project"], "view": view["id"], "page_size": 100}
        return [task["data"]["article_id"] for task in self.people[email].get("/api/tasks", params)["tasks"]]

    def offered(self, email: str, view: dict[str, Any] | None = None) -> str:
        """The article that “Label Tasks As Displayed” brings next in somebody's own view; none: an empty string."""
        view = view or self.views()[self.pseudonym(email)]
        body = {name: view["data"][name] for name in ("filters", "ordering")}
        path = f"/api/dm/actions?id=next_task&project={view['project']}"
        found = self.people[email].post(path, body, accepted=(404,))
        return str(found["data"]["article_id"]) if found else ""

    def label(self, email: str, article_id: str, result: Sequence[Any] = (), **more: Any) -> int:
        """Submit an annotation; returns its id."""
        body = {"result": list(result), "lead_time": 60.0} | more
        if article_id not in self.ids:
            self.ids.update({id: task["id"] for id, task in self.tasks().items()})
        return int(self.people[email].post(f"/api/tasks/{self.ids[article_id]}/annotations/", body)["id"])


def add_articles(desk: Desk, rows: Sequence[dict[str, str]]) -> None:
    """Freeze some articles."""
    file = desk.root / "articles.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert ingest.add_articles(desk.workspace, [file]).refused == 0


def open_office(root: Path, studio: Credentials, people: dict[str, Client], overlap: int) -> Office:
    """Make a workspace with a few articles, push it, and name all these people as annotators."""
    root = root / f"office-{next(_numbers)}"  # what the project on the server is called by
    office = Office(make_desk(root, studio, {}, articles=None), people)
    add_articles(office.desk, ARTICLES)
    office.wants(list(people), overlap)
    office.desk.push()
    return office


def admin(studio: Credentials) -> Client:
    """A connection of the server's owner."""
    return Client(Address(studio.url, studio.token))
