"""A workspace whose annotators differ on everything, on the real server."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from gold.disputes import ANNOTATORS, ARTICLE, ONTOLOGY

from toolkit.annotations.codec import encode
from toolkit.annotations.model import Annotation
from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.articles.model import Article
from toolkit.files import write_jsonl
from toolkit.gold.model import Gold
from toolkit.gold.store import load_gold
from toolkit.project import StudioProject
from toolkit.stages import ingest, review, setup, sync
from toolkit.studio import tasks
from toolkit.studio.address import Address
from toolkit.studio.annotate import submit_annotation
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.projects import RemoteProject, find_project, require_project
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

PASSWORD = "a long enough password"
_numbers = itertools.count(1)
_users: dict[tuple[str, str], str] = {}  # tokens of all tests, by server and name


@dataclass(frozen=True)
class Quarrel:
    """The workspace, the server, and everybody's token by name."""

    workspace: Workspace
    studio: Credentials
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def there(self) -> dict[str, str]:
        """What stages need to speak to the server."""
        return {"url": self.studio.url, "token": self.studio.token}

    def join(self, name: str) -> str:
        """Have somebody as a user; returns what they are called in the data."""
        email = f"{name}@quarrel.example"
        if (self.studio.url, name) not in _users:
            _users[self.studio.url, name] = add_annotator(self.studio, email, PASSWORD)
        self.tokens[name] = _users[self.studio.url, name]
        return load_pseudonyms(self.workspace.private).of(email)

    def record(self, works: Sequence[Annotation]) -> None:
        """Have annotators' work as if it had been pulled."""
        called = {one.annotator: self.join(one.annotator) for one in works}
        rows = [one.model_copy(update={"annotator": called[one.annotator]}).model_dump(mode="json") for one in works]
        write_jsonl(self.workspace.annotations, rows)

    def label(self, works: Iterable[Annotation]) -> None:
        """Hand in annotators' work, and pull it."""
        sync.push(self.workspace, **self.there)
        with self.client() as client:
            ids = self.tasks(client, self.workspace.project.studio.projects[0])
            for one in works:
                self.join(one.annotator)
                (task,) = ids[one.article_id]
                self.submit(one.annotator, task["id"], encode(one, ONTOLOGY))
        assert sync.pull(self.workspace, **self.there).collected.rejected == ()

    def submit(self, name: str, task: int, result: Any, **more: Any) -> None:
        """Hand something in."""
        assert submit_annotation(self.studio.url, self.tokens[name], task, result, **more)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A connection of an administrator."""
        with Client(Address(self.studio.url, self.studio.token)) as client:
            yield client

    def tasks(self, client: Client, wanted: StudioProject) -> dict[str, list[dict[str, Any]]]:
        """The tasks of one of our projects by article, with all that the server shows of them."""
        project = require_project(client, self.workspace.project.name, wanted)
        found: dict[str, list[dict[str, Any]]] = {}
        for page in tasks.all_pages(client, project.id, "id"):
            for listed in page.tasks:
                task = client.get(f"/api/tasks/{listed['id']}/")
                found.setdefault(task["data"]["article_id"], []).append(task)
        return found

    def cases(self) -> dict[str, list[dict[str, Any]]]:
        """The review tasks by article."""
        with self.client() as client:
            return self.tasks(client, review.review_project(self.workspace))

    def review_project(self) -> RemoteProject:
        """The review project as it is on the server."""
        with self.client() as client:
            found = find_project(client, self.workspace.project.name, review.review_project(self.workspace))
        assert found is not None
        return found

    @property
    def reviews(self) -> Mapping[str, Gold]:
        """What is written of reviews."""
        return {gold.article_id: gold for gold in load_gold(self.workspace.reviews)}

    @property
    def gold(self) -> Mapping[str, Gold]:
        """What is written as gold."""
        return {gold.article_id: gold for gold in load_gold(self.workspace.gold)}


def make_quarrel(root: Path, studio: Credentials, articles: Iterable[Article] = (ARTICLE,)) -> Quarrel:
    """A workspace with these articles, where only what all say is gold."""
    name = f"quarrel-{next(_numbers)}"
    setup.init(root, name)
    file = root / "configs" / "project.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["studio"]["projects"][0]["overlap"] = len(ANNOTATORS)
    settings["gold"] = {"rule": "unanimous"}
    file.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    raw = root / "articles.jsonl"
    wanted = ("article_id", "title", "outlet", "text")
    raw.write_text("\n".join(json.dumps({key: getattr(one, key) for key in wanted}) for one in articles), "utf-8")
    assert ingest.add_articles(Workspace(root), [raw]).refused == 0
    return Quarrel(Workspace(root), studio)
