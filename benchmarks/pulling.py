"""A snapshot of all annotated tasks against the SDK's list of them; and what a pull of changes takes of that.

``python -m benchmarks.pulling --tasks 20000`` measures the second alone, with many short tasks.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

from toolkit.project import StudioProject
from toolkit.stages import setup
from toolkit.studio import tasks as remote
from toolkit.studio.address import Address
from toolkit.studio.client import IMPORT_TIMEOUT, Client
from toolkit.studio.projects import RemoteProject, require_project
from toolkit.studio.pull import fetch
from toolkit.workspace import Workspace

from . import child
from .studio import ANNOTATED, Studio, embedded
from .table import Row, Say, machine, render

GOAL = 3.0
CHANGED_GOAL, LARGE = (
    0.03,
    100_000,
)  # of a full pull, where there are so many tasks: of fewer, what is asked first costs more
_OURS = "goldkit pull"
_DEFAULT, _LARGE = "SDK tasks.list(fields=all)", "the same with page_size=1000"
_TEXT = "Ada Quill works for Acme in Norport, the ministry said. " * 9
_REGIONS, _IMPORT, _SHARE, _LIMIT = 10, 500, 100, 7200
_TOKEN = "GOLDKIT_BENCH_TOKEN"
_PAGE_SIZES = {_DEFAULT: 0, _LARGE: 1000}  # 0: the server's own


@dataclass(frozen=True, slots=True)
class _Cost:
    client: child.Measured
    server: float  # seconds of processor time


def measure(
    studio: Studio, project: RemoteProject, workspace: Workspace, tasks: int, rounds: int, say: Say
) -> Iterator[Row]:
    """Pull and list in turns, every second round backwards; each in a process of its own."""
    costs: dict[str, list[_Cost]] = defaultdict(list)
    names = [_OURS, *_PAGE_SIZES]
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            cost = _run(studio, name, project, workspace)
            if cost.client.count != tasks:
                raise SystemExit(f"{name} returned {cost.client.count} tasks of {tasks}")
            say(
                f"  {name}: {cost.client.seconds:.1f} s; processor: client {cost.client.processor:.1f} s,"
                f" server {cost.server:.1f} s; {cost.client.megabytes:.0f} MB"
            )
            costs[name].append(cost)
    ours = costs[_OURS]
    for name, goal in ((_DEFAULT, GOAL), (_LARGE, None)):
        theirs = costs[name]
        yield Row(f"pull, against {name}", _seconds(ours), _seconds(theirs), at_least=goal)
        yield Row("– server's processor time", _server(ours), _server(theirs))
        yield Row("– client's processor time", _client(ours), _client(theirs))
        yield Row("– client's peak memory", _memory(ours), _memory(theirs), "MB")


def _run(studio: Studio, name: str, project: RemoteProject, workspace: Workspace) -> _Cost:
    url, token = studio.client.url, studio.client.address.token
    shutil.rmtree(workspace.snapshots, ignore_errors=True)  # else only what changed would be pulled
    before = studio.processor_seconds()
    if name == _OURS:
        client = child.run("pull", url, str(workspace.root), token=token)
    else:
        client = child.run("sdk", url, str(project.id), str(_PAGE_SIZES[name]), token=token)
    return _Cost(client, studio.processor_seconds() - before)


def _seconds(costs: list[_Cost]) -> float:
    return mean(cost.client.seconds for cost in costs)


def _server(costs: list[_Cost]) -> float:
    return mean(cost.server for cost in costs)


def _client(costs: list[_Cost]) -> float:
    return mean(cost.client.processor for cost in costs)


def _memory(costs: list[_Cost]) -> float:
    return max(cost.client.megabytes for cost in costs)


def of_changes(studio: Studio, project: RemoteProject, workspace: Workspace, tasks: int, say: Say) -> Iterator[Row]:
    """A full pull, and what others take of its time, each in a process of its own."""
    first = _pulled("everything, the first time", studio, workspace, tasks, say)
    yield from _rows("pull everything", first)
    steps = (("nothing changed", 0), ("1 % changed", _SHARE), ("one deleted", tasks), ("1 % deleted", _SHARE))
    for what, share in steps:
        ids = sorted(remote.moments(studio.client, project.id))[::share] if share else []
        for id in ids:
            if "changed" in what:
                (annotation,) = studio.client.get(f"/api/tasks/{id}/annotations/")
                studio.client.patch(f"/api/annotations/{annotation['id']}/", {"result": annotation["result"][:-1]})
            else:
                with studio.client.sdk() as sdk:
                    sdk.tasks.delete(str(id))
        tasks -= len(ids) if "deleted" in what else 0
        goal = CHANGED_GOAL if what == "1 % changed" and tasks >= LARGE else None
        yield from _rows(f"pull, {what}", _pulled(what, studio, workspace, tasks, say), first, goal)
    yield from _rows("pull everything and compare", _pulled("everything again", studio, workspace, tasks, say, "full"))


def _rows(what: str, cost: _Cost, full: _Cost | None = None, goal: float | None = None) -> Iterator[Row]:
    yield Row(what, cost.client.seconds, full.client.seconds if full else None, at_most=goal)
    yield Row("– processor time, with the server's", cost.client.processor + cost.server)
    yield Row("– peak memory", cost.client.megabytes, unit="MB")


def _pulled(what: str, studio: Studio, workspace: Workspace, tasks: int, say: Say, *options: str) -> _Cost:
    before = studio.processor_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pulling", "--job", studio.client.url, str(workspace.root), *options],
        env=os.environ | {_TOKEN: studio.client.address.token},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_LIMIT,
    )
    cost = _Cost(child.Measured(**json.loads(done.stdout)), studio.processor_seconds() - before)
    if cost.client.count != tasks:
        raise SystemExit(f"{what}: {cost.client.count} tasks of {tasks}")
    say(f"  {what}: {cost.client.seconds:.1f} s, {cost.client.megabytes:.0f} MB")
    return cost


def _job(url: str, root: str, *options: str) -> None:
    """One pull, in this process, which is there for nothing else; prints what it took."""
    begun, processor = time.perf_counter(), time.process_time()
    with Client(Address(url, os.environ[_TOKEN])) as client:
        project = require_project(client, "bench", StudioProject(title=ANNOTATED))
        here = Workspace(Path(root))
        pulled = fetch(client, [project], here.snapshots, here.ontology, full="full" in options)
    if pulled.findings:
        raise SystemExit(pulled.summary)
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    count = sum(one.tasks for one in pulled.snapshot.manifest.projects)
    print(json.dumps(asdict(child.Measured(seconds, processor, child._peak(), count))))


def _fill(client: Client, project: RemoteProject, tasks: int) -> None:
    """Make annotated tasks with short texts."""
    words = [(begin, begin + 9) for begin in range(0, 58 * 8, 48)][:_REGIONS]
    result = [
        {
            "id": f"r{number}",
            "from_name": "entities",
            "to_name": "text",
            "type": "labels",
            "value": {"start": begin, "end": end, "text": _TEXT[begin:end], "labels": ["PERSON"]},
        }
        for number, (begin, end) in enumerate(words)
    ]
    annotation = {"result": result, "lead_time": 60.0, "ground_truth": False}
    for begin in range(0, tasks, _IMPORT):
        batch = [
            {"data": {"text": _TEXT, "article_id": f"bench-{number:06}"}, "annotations": [annotation]}
            for number in range(begin, min(begin + _IMPORT, tasks))
        ]
        client.post(f"/api/projects/{project.id}/import", batch, timeout=IMPORT_TIMEOUT)


def main() -> None:
    """Pull from a server of its own, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pulling", description="What a pull of changes takes.")
    parser.add_argument("--tasks", type=int, default=20_000, help="annotated tasks (default: 20000)")
    parser.add_argument("--job", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        _job(*options.job)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that the server is stopped
    with tempfile.TemporaryDirectory(prefix="goldkit-pulling-") as folder:
        setup.init(Path(folder) / "work", "bench")
        workspace = Workspace(Path(folder) / "work")
        with embedded(Path(folder) / "studio", setup.ontology(workspace)) as studio:
            project = studio.project(ANNOTATED)
            _say(f"making {options.tasks} tasks")
            _fill(studio.client, project, options.tasks)
            rows = list(of_changes(studio, project, workspace, options.tasks, _say))
    facts = machine() | {"tasks": str(options.tasks)}
    print(", ".join(f"{name} {value}" for name, value in facts.items()), render(rows), sep="\n\n")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
