"""How far the labelling is, from the counts that the server keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject


@dataclass(frozen=True, slots=True)
class Work:
    """One annotator's work in one project, in articles."""

    labelled: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """One project: how many articles it has, with at least one annotation, skip or draft; and who did how much."""

    title: str
    id: int
    url: str
    articles: int
    labelled: int
    skipped: int
    drafts: int
    by_annotator: dict[str, Work] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The status as plain JSON values."""
        return asdict(self)


def status(client: Client, projects: Sequence[RemoteProject], name: Callable[[str], str]) -> list[ProjectStatus]:
    """The state of each project; ``name`` turns an annotator's e-mail address into what may be shown."""
    users = client.users()
    return [_status(client, project, users, name) for project in projects]


def _status(client: Client, project: RemoteProject, users: dict[int, str], name: Callable[[str], str]) -> ProjectStatus:
    def count(*conditions: tasks.Filter) -> int:
        return tasks.count(client, project.id, *conditions)

    skips = _skips(client, project)
    by_annotator: dict[str, Work] = {}
    for user in client.get(f"/api/projects/{project.id}/annotators/"):
        id = user["id"]
        touched = count(tasks.where("annotators", "contains", "List", id))
        work = Work(labelled=touched - skips.alone[id], skipped=skips.all[id])
        by_annotator[name((users.get(id) or f"{client.url}#{id}").lower())] = work
    return ProjectStatus(
        title=project.title,
        id=project.id,
        url=project.url,
        articles=count(),
        labelled=count(tasks.where("total_annotations", "greater", "Number", 0)),
        skipped=count(tasks.where("cancelled_annotations", "greater", "Number", 0)),
        drafts=count(tasks.where("draft_exists", "equal", "Boolean", True)),
        by_annotator=by_annotator,
    )


@dataclass(frozen=True, slots=True)
class _Skips:
    """Articles skipped, by user id: all of them, and those that the user did not label as well."""

    all: Counter[int] = field(default_factory=Counter)
    alone: Counter[int] = field(default_factory=Counter)


def _skips(client: Client, project: RemoteProject) -> _Skips:
    """Who skipped what. The server counts skips, but not whose they are: the tasks with one are read (few)."""
    found = _Skips()
    condition = tasks.where("cancelled_annotations", "greater", "Number", 0)
    for page in tasks.all_pages(client, project.id, tasks.AUTHORS, condition):
        for task in page.tasks:
            by: dict[bool, set[int]] = {True: set(), False: set()}
            for annotation in task["annotations"]:
                by[annotation["was_cancelled"]].add(annotation["completed_by"])
            found.all.update(by[True])
            found.alone.update(by[True] - by[False])
    return found
