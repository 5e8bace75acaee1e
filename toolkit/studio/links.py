"""Stories and pairs of claims to the projects in which they are linked, each once a round, and answers back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from toolkit.links.screens.page import SHOWN
from toolkit.studio import review, tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject
from toolkit.studio.push import PAUSES, send_made
from toolkit.studio.review import Queued
from toolkit.studio.snapshots import Snapshot, read_tasks

ENTITIES, CLAIMS = KINDS = ("entities", "claims")
"""What a task asks: who is who in a story, or how two claims bear on each other."""


class Asked(NamedTuple):
    """A task to push: what it asks, about which story or pair, as it stood then (``state``), in which round."""

    kind: str
    key: str
    state: str
    round: int
    task: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What no other task of the project has."""
        return f"{self.key} {self.round}"

    def made(self) -> bytes:
        """The task as Label Studio takes it."""
        about = {"kind": self.kind, "key": self.key, "state": self.state, "round": self.round}
        whole = {**self.task, "data": {**self.task["data"], **about}}
        return json.dumps(whole, ensure_ascii=False).encode()


class Answer(NamedTuple):
    """One annotator's work on one task."""

    kind: str
    key: str
    state: str
    data: Mapping[str, Any]
    result: Sequence[Any]
    annotator: str
    skipped: bool
    lead_time: float | None
    updated_at: str
    url: str


def queued(client: Client, project: RemoteProject) -> dict[str, list[Queued]]:
    """The tasks that are there, by what they are about, each list in the order of rounds."""
    return review.queued(client, project, by="key")


def push(
    client: Client,
    project: RemoteProject,
    asked: Sequence[Asked],
    *,
    command: str,
    progress: Callable[[int], None] | None = None,
    pauses: Sequence[float] = PAUSES,
) -> int:
    """Make these tasks, in this order; returns how many. Raises StudioError; what was sent until then stays."""

    def find(names: Sequence[str]) -> set[str]:
        there = tasks.having(client, project.id, "key", [name.rpartition(" ")[0] for name in names])
        return {f"{task['data']['key']} {task['data'].get('round')}" for task in there} & set(names)

    made = ((one.name, one.made()) for one in asked)
    shown = SHOWN if any(one.task.get("predictions") for one in asked) else ""
    return send_made(client, project, made, find, shown, command=command, progress=progress, pauses=pauses)


def answers(snapshot: Snapshot, pseudonym: Callable[[str], str]) -> Iterator[Answer]:
    """What was answered, task by task; tasks that somebody else made are left out.

    Args:
        snapshot: of the projects.
        pseudonym: of an identity.
    """
    for project, task in read_tasks(snapshot):
        data = task["data"]
        if data.get("kind") in KINDS and data.get("key"):
            for one in task["annotations"]:
                yield Answer(
                    kind=data["kind"],
                    key=str(data["key"]),
                    state=str(data.get("state", "")),
                    data=data,
                    result=one["result"],
                    annotator=pseudonym(snapshot.identity(one["completed_by"])),
                    skipped=bool(one["was_cancelled"]),
                    lead_time=one.get("lead_time"),
                    updated_at=one["updated_at"],
                    url=f"{project.url}/data?task={task['id']}",
                )
