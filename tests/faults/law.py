"""The law of every run under faults: done in the end, each thing once, and nothing said that should not be."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pipeline.desk import Desk, make_desk
from pipeline.program import Result, goldkit
from sweep import SWEEP

from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.studio import tasks
from toolkit.studio.projects import RemoteProject
from toolkit.studio.server import Credentials
from toolkit.studio.snapshots import latest, read_tasks
from toolkit.workspace import Workspace

from .plan import Plan
from .proxy import Proxy

FIRST = int(os.environ.get("GOLDKIT_FAULTS", "0"))
"""The first seed; another one makes another sweep."""


def seeds(few: int, many: int) -> range:
    """The seeds of this run."""
    return range(FIRST, FIRST + (many if SWEEP else few))


def text_of(number: int) -> str:
    """An article that is like no other."""
    return f"On day {number}, Ada Quill of the Tide Front met {number * 7} dockers at Port Sarrel. “Hold,” she said. 🌊"


def person(number: int, word: str = "Ada Quill") -> list[dict[str, Any]]:
    """A result with one region in it."""
    start = text_of(number).index(word)
    value = {"start": start, "end": start + len(word), "text": word, "labels": ["PERSON"]}
    return [{"id": "r1", "from_name": "entities", "to_name": "text", "type": "labels", "value": value}]


def make_office(root: Path, studio: Credentials, staff: dict[str, str], articles: int) -> Desk:
    """A workspace with so many articles, which are to be labelled by three people, two an article."""
    incoming = root.parent / f"{root.name}.jsonl"
    incoming.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"article_id": f"day-{number:03}", "text": text_of(number)} for number in range(articles)]
    incoming.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    desk = make_desk(root, studio, staff, articles=incoming)
    names = load_pseudonyms(Workspace(root).private)
    file = root / "configs" / "project.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["studio"]["projects"][0] |= {"overlap": 2, "annotators": [names.of(email) for email in staff]}
    file.write_text(json.dumps(settings), encoding="utf-8")
    return desk


def carried_out(desk: Desk, proxy: Proxy, plan: Plan, *command: str | Path, codes: Sequence[int] = (0,)) -> Result:
    """Run a command through a proxy that breaks, and where it fails, once more through one that does not.

    Fails where a command ends otherwise than with one of ``codes`` or a clear error, or where the second run fails.
    """
    options = ("--url", proxy.url, "--token", desk.studio.token)
    proxy.plan = plan
    result = goldkit(*command, *options, cwd=desk.root)
    proxy.plan = None
    plan.settle()
    assert proxy.listening.wait(10)
    about = f"seed {plan.seed}: {' '.join(map(str, command))}: {plan.drawn}\n{result.stdout}{result.stderr}"
    decent(desk, result, about)
    if result.returncode not in codes:
        assert result.returncode == 1, about
        assert "\nnext: " in result.stderr, about
        result = goldkit(*command, *options, cwd=desk.root)
        decent(desk, result, about)
        assert result.returncode in codes, f"{about}\nand then without faults:\n{result.stdout}{result.stderr}"
    assert not proxy.broken, proxy.broken
    return result


def decent(desk: Desk, result: Result, about: str) -> None:
    """Nothing that a command said is a bug, or a secret."""
    said = result.stdout + result.stderr
    assert "bug of goldkit" not in said, about
    assert "Traceback" not in said, about
    for secret in (desk.studio.token, desk.studio.password, "eyJ"):
        assert secret not in said, about


def listed(desk: Desk, project: RemoteProject | None = None) -> list[dict[str, Any]]:
    """All tasks of a project with their annotations, by Label Studio's own export, which goldkit never asks for."""
    with desk.client() as client:
        project = project or desk.project(client)
        path = f"/api/projects/{project.id}/export"
        found = client.get(path, {"exportType": "JSON", "download_all_tasks": "true"})
        assert isinstance(found, list)
        return found


def census(found: Sequence[dict[str, Any]]) -> tuple[Counter[str], int, int]:
    """How often each article is there, how many annotations, and how many regions in them."""
    work = [annotation["result"] for task in found for annotation in task["annotations"]]
    return Counter(task["data"]["article_id"] for task in found), len(work), sum(map(len, work))


def pulled(desk: Desk) -> list[dict[str, Any]]:
    """The tasks of the newest snapshot, in the order of their ids."""
    found = [task for _, task in read_tasks(latest(desk.workspace.snapshots))]
    return sorted(found, key=lambda task: task["id"])


def on_the_server(desk: Desk) -> list[dict[str, Any]]:
    """The tasks as a pull without faults would find them."""
    with desk.client() as client:
        pages = tasks.all_pages(client, desk.project(client).id, tasks.ANNOTATED)
        return [task for page in pages for task in page.tasks]
