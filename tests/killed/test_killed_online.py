"""`kill -9` at any event of push, pull and a live migration: nothing is lost or doubled, and the next run ends right.

The next run comes at once: the server may still be at what it was sent last.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml
from pipeline.desk import Desk, make_desk
from studio.migrations import TEXT, WORK, next_version

from toolkit import samples
from toolkit.annotations.pseudonyms import KEY_FILE
from toolkit.files import write_text
from toolkit.stages import sync
from toolkit.studio import snapshots, tasks
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

from .news import MIGRATE
from .nursery import Nursery
from .points import points
from .scenes import Scene, Tree

ARTICLES = 2
PEOPLE = ("amina", "boris")
NEWCOMER = "chloe"
RECORDS = ("annotations.jsonl", "rejected.jsonl", "findings.json")


@dataclass
class Online(Scene):
    """A command that speaks to the server; ``stage`` makes what it finds there, ``seen`` is what it comes to."""

    desk: Desk = field(kw_only=True)
    stage: Callable[[Desk], None] = lambda desk: None
    seen: Callable[[Desk], Any] = field(kw_only=True)
    own_project: bool = True
    runs: int = 0

    def begin(self) -> None:
        """Each time with a project of its own, where the command changes what is there."""
        super().begin()
        if self.own_project:
            self.runs += 1
            file = self.root / "configs" / "project.yaml"
            settings = yaml.safe_load(file.read_text("utf-8"))
            settings["studio"]["projects"][0]["title"] = f"killed {self.name} {self.runs}"
            file.write_text(json.dumps(settings), encoding="utf-8")
            self.stage(self.desk)

    def files(self) -> Tree:
        """What the command comes to, in place of the files."""
        return {"seen": json.dumps(self.seen(self.desk), sort_keys=True).encode()}


def there(desk: Desk) -> list[Any]:
    """The projects of the workspace's title, and the articles in them with their annotations, as often as they are."""
    (wanted,) = desk.workspace.project.studio.projects
    with desk.client() as client:
        listed = client.get("/api/projects/", {"include": "id,title,label_config", "page_size": 1000})["results"]
        projects = [one for one in listed if one["title"] == wanted.title]
        found = [
            (task["data"], sorted(json.dumps(one["result"], sort_keys=True) for one in task["annotations"]))
            for project in projects
            for page in tasks.all_pages(client, project["id"], tasks.ANNOTATED)
            for task in page.tasks
        ]
    found.sort(key=lambda one: str(one[0]["article_id"]))
    return [[one["label_config"] for one in projects], found]


def pulled(desk: Desk) -> list[Any]:
    """The records that were checked, and the tasks of the newest snapshot."""
    exports = desk.workspace.exports
    if not (exports / RECORDS[-1]).exists():
        return []
    newest = [task for _, task in snapshots.read_tasks(snapshots.latest(desk.workspace.snapshots))]
    newest.sort(key=lambda task: int(task["id"]))
    return [*((exports / name).read_text("utf-8") for name in RECORDS), newest]


def migrated(desk: Desk) -> list[Any]:
    """What is there, and how far the record says that it is."""
    records = desk.workspace.exports.glob("migrations/*/migration.json")
    annotations = desk.workspace.annotations
    lines = annotations.read_text("utf-8").splitlines() if annotations.exists() else []
    states = [json.loads(path.read_bytes())["state"] for path in records]
    return [there(desk), states, [json.loads(line)["mentions"] for line in lines]]


def labelled(desk: Desk) -> None:
    desk.push()
    for task in desk.tasks().values():
        for name in PEOPLE:
            desk.submit(name, task, WORK)


@pytest.fixture(scope="module")
def pristine(studio: Credentials, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Desk]:
    """Make a workspace with a few articles that is called as we like; its people are the same everywhere."""
    people = (*PEOPLE, NEWCOMER)
    tokens = {name: add_annotator(studio, f"{name}@killed.example", "a-long-enough-password") for name in people}

    def make(name: str) -> Desk:
        root = tmp_path_factory.mktemp(name) / name
        for number in range(ARTICLES):
            write_text(root / "incoming" / f"talks-{number}.txt", f"{TEXT} ({number})")
        desk = make_desk(root, studio, tokens, articles=root / "incoming")
        write_text(desk.workspace.private / KEY_FILE, samples.PSEUDONYM_KEY + "\n", private=True)
        return desk

    return make


def scene(killer: Nursery, made: Desk, *args: str, **more: Any) -> Online:
    root = made.root.with_name("workspace")
    desk = Desk(root, made.studio, made.tokens)
    online = Online(killer, made.root.name, (*args, *made.online_options), made.root, root, desk=desk, **more)
    online.learn()
    return online


@pytest.fixture(scope="module")
def pushing(killer: Nursery, pristine: Callable[[str], Desk]) -> Online:
    return scene(killer, pristine("push"), "push", seen=there)


@pytest.mark.parametrize("at", points(3))
def test_push(pushing: Online, at: tuple[int, int]) -> None:
    """Every article is there once, in one project."""
    pushing.begin()
    where = pushing.killed(at)
    pushing.again(where)
    (again,) = pushing.desk.push()
    assert (again.new, again.known) == (0, ARTICLES), where
    assert pushing.files() == pushing.after, where


@pytest.fixture(scope="module", params=["first", "next"])
def pulling(killer: Nursery, pristine: Callable[[str], Desk], request: pytest.FixtureRequest) -> Online:
    """The first pull, and one after another."""
    made = pristine(f"pull-{request.param}")
    labelled(made)
    if request.param == "next":
        sync.pull(made.workspace, **made.address)
        made.submit(NEWCOMER, made.tasks()["talks-1"], WORK)
    return scene(killer, made, "pull", seen=pulled, own_project=False)


@pytest.mark.parametrize("at", points(2))
def test_pull(pulling: Online, at: tuple[int, int]) -> None:
    pulling.begin()
    where = pulling.killed(at)
    pulling.again(where)


@pytest.fixture(scope="module")
def moving(killer: Nursery, pristine: Callable[[str], Desk]) -> Online:
    def stage(desk: Desk) -> None:
        labelled(desk)
        next_version(desk.root)

    return scene(killer, pristine("move"), *MIGRATE, stage=stage, seen=migrated)


@pytest.mark.parametrize("at", points(1))
def test_a_live_migration(moving: Online, at: tuple[int, int]) -> None:
    """Every annotation is moved, once, whatever had been moved before."""
    moving.begin()
    where = moving.killed(at)
    moving.again(where)
