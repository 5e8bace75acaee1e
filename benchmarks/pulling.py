"""A snapshot of all annotated tasks against the SDK's list of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

from toolkit.studio.projects import RemoteProject
from toolkit.workspace import Workspace

from . import child
from .studio import Studio
from .table import Row, Say

GOAL = 3.0
_OURS = "goldkit pull"
_DEFAULT, _LARGE = "SDK tasks.list(fields=all)", "the same with page_size=1000"
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
