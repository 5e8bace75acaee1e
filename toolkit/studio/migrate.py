"""Everything in a live project that bears labels, moved in place: annotations, predictions and drafts.

What Label Studio does when an annotation is changed: ``completed_by``, ``lead_time``, ``ground_truth`` and
``was_cancelled`` stay; ``updated_by`` becomes the user of the token and ``updated_at`` now; and *the drafts of it are
deleted*. So a draft is taken off its annotation before, and put back on it after. Of several annotations by one person
in a task the latest counts, so that order is kept too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any

from toolkit.annotations.migrate import move
from toolkit.annotations.moves import digest, names
from toolkit.errors import StudioConflict, StudioError, StudioServerError, StudioUnreachable
from toolkit.ontology.plan import Plan
from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject

WORKERS = 2
ATTEMPTS = 3

Keep = Callable[[str, Any], None]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An annotation as the dry run found it: its result's digest, the one it is to have, and its age."""

    before: str
    after: str
    updated_at: str


@dataclass(frozen=True)
class Mover:
    """Moves one project. Any of its methods can be stopped and called again.

    Attributes:
        recorded: what the dry run found, by the annotation's id.
        keep: called with a name and a content that no snapshot holds, before that content is changed.
        old_only: leave alone what has new names only: where the move was done before, these are new work.
    """

    client: Client
    project: RemoteProject
    plan: Plan
    recorded: Mapping[int, Recorded]
    keep: Keep
    old_only: bool = False

    def pending(self) -> list[int]:
        """The ids of the tasks in which something is to be moved."""
        return [task["id"] for task in scan(self.client, self.project) if self._is_due(task)]

    def move(self, ids: Sequence[int], *, progress: Callable[[int], None] | None = None) -> Counter[str]:
        """Move what is in these tasks; returns how many annotations, predictions and drafts were changed.

        Raises StudioError; what was moved until then stays so.
        """
        stop = Event()

        def one(id: int) -> Counter[str]:
            if stop.is_set():
                return Counter()
            try:
                return self._task_again(id)
            except BaseException:
                stop.set()
                raise
            finally:
                if progress:
                    progress(1)

        done: Counter[str] = Counter()
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="migrate") as pool:
            try:
                for counts in pool.map(one, ids):
                    done += counts
            except BaseException:  # Ctrl-C too: the workers finish their task, no more
                stop.set()
                raise
        return done

    def _is_due(self, task: dict[str, Any]) -> bool:
        results = [one["result"] for one in task["predictions"]]
        if task["draft_exists"]:
            results += [one["result"] for one in drafts(self.client, task["id"])]
        return bool(self._due(task["annotations"])) or any(map(self._changes, results))

    def put_back(self, kept: Iterable[Mapping[str, Any]]) -> None:
        """Put drafts back on their annotations that were taken off, where the program was stopped in between."""
        for draft in kept:
            try:
                live = self.client.get(f"/api/drafts/{draft['id']}/")
                if draft["annotation"] is not None and live["annotation"] is None:
                    self.client.patch(f"/api/drafts/{draft['id']}/", {"annotation": draft["annotation"]})
            except StudioConflict:  # it was submitted or thrown away, or its annotation was
                continue

    def _task_again(self, id: int) -> Counter[str]:
        """One task. What fails is looked at anew: that is safe, whatever was done of it."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._task(id)
            except (StudioConflict, StudioServerError, StudioUnreachable):  # the first: it was deleted meanwhile
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError

    def _task(self, id: int) -> Counter[str]:
        done: Counter[str] = Counter()
        ids = tasks.IdRange(id - 1, id)
        for task in scan(self.client, self.project, ids):  # as it is now: people go on working
            waiting = drafts(self.client, id) if task["draft_exists"] else []
            for annotation in self._due(task["annotations"]):
                self._annotation(annotation, [one for one in waiting if one["annotation"] == annotation["id"]])
                done["annotations"] += 1
            for prediction in task["predictions"]:
                if self._changes(prediction["result"]):
                    moved = self._target(prediction["result"])
                    self.client.patch(f"/api/predictions/{prediction['id']}/", {"result": moved, "task": id})
                    done["predictions"] += 1
            for draft in drafts(self.client, id) if waiting else []:
                if self._changes(draft["result"]):
                    self.keep(f"draft-{draft['id']}", draft)
                    moved = self._target(draft["result"])
                    self.client.patch(f"/api/drafts/{draft['id']}/", {"result": moved})
                    done["drafts"] += 1
        return done

    def _annotation(self, annotation: dict[str, Any], on_it: Iterable[dict[str, Any]]) -> None:
        known = self.recorded.get(annotation["id"])
        if known is None or digest(annotation["result"]) not in (known.before, known.after):
            self.keep(f"annotation-{annotation['id']}", annotation)
        for draft in on_it:
            self.keep(f"draft-{draft['id']}", draft)
            self.client.patch(f"/api/drafts/{draft['id']}/", {"annotation": None})
        moved = self._target(annotation["result"])
        there = self.client.patch(f"/api/annotations/{annotation['id']}/", {"result": moved})["result"]
        if there != moved:
            raise StudioError(
                f"{self.client.url} took annotation {annotation['id']} and keeps something else",
                next="look at it in Label Studio; the snapshot has it as it was",
            )
        for draft in on_it:
            self.client.patch(f"/api/drafts/{draft['id']}/", {"annotation": annotation["id"]})

    def _due(self, annotations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The annotations of a task that are to be written, oldest first.

        Those that change; and of one person's the later ones, too, for they have to stay the later ones.
        """
        due: list[dict[str, Any]] = []
        newest: dict[Any, str] = {}
        for one in sorted(annotations, key=self._age):
            by, time = one["completed_by"], str(one["updated_at"])
            earlier = newest.get(by, "")
            if self._changes(one["result"]) or time < earlier or any(other["completed_by"] == by for other in due):
                due.append(one)
            newest[by] = max(earlier, time)
        return due

    def _age(self, annotation: dict[str, Any]) -> tuple[str, int]:
        known = self.recorded.get(annotation["id"])
        return known.updated_at if known else str(annotation["updated_at"]), annotation["id"]

    def _target(self, result: Any) -> Any:
        """What is to become of a result."""
        if self.old_only and names(result, self.plan).keys() <= self.plan.known.keys():
            return result
        return move(result, self.plan).result

    def _changes(self, result: Any) -> bool:
        return bool(self._target(result) != result)


def scan(client: Client, project: RemoteProject, ids: tasks.IdRange | None = None) -> Iterator[dict[str, Any]]:
    """Every task that is there now, or those with these ids: its annotations and predictions, and ``draft_exists``."""
    pages = (
        tasks.all_pages(client, project.id, tasks.LABELLED)
        if ids is None
        else tasks.pages(client, project.id, tasks.LABELLED, ids, size=1)
    )
    for page in pages:
        yield from page.tasks


def drafts(client: Client, task: int) -> list[dict[str, Any]]:
    """Everybody's drafts in a task, as far as the user of the token may read them; not whose they are."""
    found = client.get(f"/api/tasks/{task}/drafts")
    return [{key: one[key] for key in ("id", "annotation", "result")} for one in found]
