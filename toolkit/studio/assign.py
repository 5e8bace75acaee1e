"""Who is to label which task: read from the tasks, and written into them.

Label Studio Community does not know whose a task is. So every task says it itself, in a field of its data, and a view
for each annotator shows theirs, in the order of another field. What was given out is read back from the tasks: no file
can contradict the server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from toolkit.gold.assignment import Assignment, Piece
from toolkit.project import PSEUDONYM
from toolkit.studio import projects, tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject
from toolkit.studio.views import ASSIGNED, CALIBRATION, RANK, View, add_columns, arrange, mark

Name = Callable[[str], str]
"""From an annotator's identity (an e-mail address) to their pseudonym."""

YES = "yes"
DIGITS = 6  # of a rank: the Data Manager orders by letters
# Not "annotators": beside a pseudonym it would say who that is.
COLUMNS = ("id", "data.title", "data.outlet", "data.text", "total_annotations")
BESIDE = ("data.text", "total_annotations")


class Attempt(NamedTuple):
    """One annotation: whose, whether they passed the task over, and how long (seconds) it took from when."""

    annotator: str
    skipped: bool
    seconds: float
    begun: datetime


@dataclass(frozen=True, slots=True)
class LiveTask:
    """A task as it is on the server; ``article_id`` is empty where somebody made it there by hand."""

    id: int
    article_id: str
    characters: int
    story_id: str
    assigned: frozenset[str]
    calibration: bool
    rank: int | None
    overlap: int
    draft: bool
    attempts: tuple[Attempt, ...]

    @property
    def labelled(self) -> frozenset[str]:
        """Who labelled it."""
        return frozenset(attempt.annotator for attempt in self.attempts if not attempt.skipped)

    @property
    def piece(self) -> Piece:
        """What the plan needs to know of it."""
        return Piece(
            self.article_id, self.characters, self.story_id, self.assigned, self.labelled, self.calibration, self.rank
        )


def people(client: Client, name: Name) -> dict[int, tuple[str, str]]:
    """Every user of the server by id: the pseudonym, and the e-mail address, which must not leave the terminal."""
    return {id: (name((email or f"{client.url}#{id}").lower()), email) for id, email in client.users().items()}


def set_overlap(client: Client, project: RemoteProject) -> None:
    """Bring the project's overlap up to date; Label Studio takes it over into the tasks."""
    if projects.read(client, project.id)[1]["maximum_annotations"] != project.wanted.overlap:
        client.patch(f"/api/projects/{project.id}/", {"maximum_annotations": project.wanted.overlap})


def read(
    client: Client, project: RemoteProject, name: Name, progress: Callable[[int], None] = lambda done: None
) -> list[LiveTask]:
    """All tasks of a project, in the order of their ids, with what was done on them."""
    names = {id: pseudonym for id, (pseudonym, _) in people(client, name).items()}

    def attempt(annotation: dict[str, Any]) -> Attempt:
        user = annotation["completed_by"]
        return Attempt(
            names.get(user) or name(f"{client.url}#{user}"),
            bool(annotation["was_cancelled"]),
            float(annotation["lead_time"] or 0),
            datetime.fromisoformat(annotation["created_at"]),
        )

    found: list[LiveTask] = []
    for page in tasks.all_pages(client, project.id, tasks.PROGRESS):
        found.extend(_task(task, tuple(map(attempt, task["annotations"]))) for task in page.tasks)
        progress(len(page.tasks))
    return found


def _task(task: dict[str, Any], attempts: tuple[Attempt, ...]) -> LiveTask:
    def text(key: str) -> str:
        value = task["data"].get(key)
        return value if isinstance(value, str) else ""

    return LiveTask(
        id=task["id"],
        article_id=text("article_id"),
        characters=len(text("text")),
        story_id=text("story_id"),
        assigned=frozenset(re.findall(PSEUDONYM, text(ASSIGNED))),
        calibration=text(CALIBRATION) == YES,
        rank=int(text(RANK)) if re.fullmatch(r"[0-9]+", text(RANK)) else None,
        overlap=task["overlap"],
        draft=bool(task["draft_exists"]),
        attempts=attempts,
    )


def of_articles(found: Iterable[LiveTask]) -> dict[str, LiveTask]:
    """The task of each article; of two, the one with work on it, else the older: the other is to be deleted."""
    by_article: dict[str, LiveTask] = {}
    for task in sorted(found, key=lambda task: not task.attempts):
        if task.article_id:
            by_article.setdefault(task.article_id, task)
    return by_article


def carry_out(
    client: Client,
    project: RemoteProject,
    by_article: Mapping[str, LiveTask],
    plan: Assignment,
    ranks: Mapping[str, int] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, str]:
    """Write a plan into the tasks of the articles, and make the annotators' views; returns their pages by pseudonym.

    The views are in the order of these ranks (by article); without any, the calibration is first and the ranks that
    the tasks have stay. Stopped half-way, it is finished by doing it again.
    """
    assigned = {
        task.id: " ".join(plan.people[id]) for id, task in by_article.items() if set(plan.people[id]) != task.assigned
    }
    calibration = {by_article[id].id: YES for id in plan.calibration if not by_article[id].calibration}
    add_columns(client, project.id)
    mark(client, project.id, ASSIGNED, assigned, progress=progress)
    mark(client, project.id, CALIBRATION, calibration)
    # One request for each that moves: no two have the same rank.
    moved = {
        by_article[id].id: f"{rank:0{DIGITS}}" for id, rank in (ranks or {}).items() if by_article[id].rank != rank
    }
    mark(client, project.id, RANK, moved, progress=progress)
    _let_in(client, project, [(by_article[id], own) for id, own in plan.people.items()])
    order = f"-data.{CALIBRATION}" if ranks is None else f"data.{RANK}"
    return arrange(client, project, [_view(annotator, order) for annotator in project.wanted.annotators])


def _let_in(client: Client, project: RemoteProject, shares: Iterable[tuple[LiveTask, Sequence[str]]]) -> None:
    """Let all for whom a task is meant get it: Label Studio offers one no more when as many as its overlap are done."""
    for task, own in shares:
        due = len(task.labelled | (set(own) & set(project.wanted.annotators)))
        if due > task.overlap:
            client.patch(f"/api/tasks/{task.id}/", {"overlap": due, "is_labeled": len(task.labelled) >= due})


def _view(annotator: str, order: str) -> View:
    return View(annotator, ASSIGNED, annotator, order, (*COLUMNS, order.removeprefix("-")), BESIDE)
