"""What is on the server, counted by somebody who asks the database and not the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from toolkit.studio.snapshots import Snapshot, read_tasks


@dataclass(frozen=True, slots=True)
class Holdings:
    """Article ids by task, and the results of annotations by their ids."""

    tasks: dict[int, str]
    results: dict[int, list[dict[str, Any]]]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Tasks, annotations, and the elements of their results (regions, answers, relations)."""
        return len(self.tasks), len(self.results), sum(map(len, self.results.values()))


def in_database(connection: Mapping[str, str], project: int) -> Holdings:
    """All that the database has of a project, in one transaction."""
    with psycopg.connect(**connection) as database:  # type: ignore[arg-type]
        tasks = database.execute("SELECT id, data->>'article_id' FROM task WHERE project_id = %s", [project]).fetchall()
        results = database.execute("SELECT id, result FROM task_completion WHERE project_id = %s", [project]).fetchall()
    assert len(tasks) == len({article for _, article in tasks}), "an article has two tasks"
    return Holdings(dict(tasks), dict(results))


def in_snapshot(snapshot: Snapshot) -> Holdings:
    """All that a snapshot has; its files are compared with its manifest while they are read."""
    tasks = [task for _, task in read_tasks(snapshot)]
    assert len(tasks) == len({task["id"] for task in tasks}), "a task is there twice"
    results = {one["id"]: one["result"] for task in tasks for one in task["annotations"]}
    found = Holdings({task["id"]: task["data"]["article_id"] for task in tasks}, results)
    told = snapshot.manifest.projects
    assert (sum(one.tasks for one in told), sum(one.annotations + one.skipped for one in told)) == found.counts[:2]
    return found
