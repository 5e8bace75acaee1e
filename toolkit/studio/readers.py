"""Readers side by side: each asks for pages of its own, and every page goes to disk as it came."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar

from toolkit.errors import StudioError
from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.index import Entry, Index, moment
from toolkit.studio.projects import RemoteProject
from toolkit.studio.tasks import IdRange, Page
from toolkit.studio.unfinished import Unfinished

READERS = 2
Work = TypeVar("Work")


@dataclass(frozen=True, slots=True)
class Reading:
    """How pages are read: so many at a time, of so many tasks; ``progress`` is told how many came."""

    client: Client
    progress: Callable[[int], None]
    readers: int
    page_size: int

    def ranges(self, project: RemoteProject, unfinished: Unfinished, found: Index) -> None:
        """Read what is left of a full pull.

        Raises StudioError where the server returns less than it counts.
        """

        def read(ids: IdRange, stop: Event) -> None:
            got = 0
            for page in tasks.pages(self.client, project.id, tasks.ANNOTATED, ids, size=self.page_size):
                got += self._keep(page, project, unfinished, found)
                if stop.is_set():
                    return
            if got < (due := tasks.count(self.client, project.id, *tasks.within(ids))):
                raise StudioError(
                    f"{self.client.url} counts {due} tasks of “{project.title}” with ids up to {ids.upto}, "
                    f"and returned {got}",
                    next="goldkit pull (goes on with what is here)",
                )

        self._side_by_side(read, unfinished.rest(project.id))

    def ids(self, project: RemoteProject, unfinished: Unfinished, found: Index, wanted: Iterable[int]) -> set[int]:
        """Read these tasks; returns the ids of those that are there."""
        there: set[int] = set()

        def read(ids: list[int], stop: Event) -> None:
            for page in tasks.of_ids(self.client, project.id, tasks.ANNOTATED, ids):
                there.update(task["id"] for task in page.tasks)
                self._keep(page, project, unfinished, found)
                if stop.is_set():
                    return

        ordered = sorted(wanted)
        self._side_by_side(read, list(tasks.batched(ordered, max(-(-len(ordered) // self.readers), 1))))
        return there

    def _keep(self, page: Page, project: RemoteProject, unfinished: Unfinished, found: Index) -> int:
        unfinished.keep(project.id, page.body, [entry(self.client, task) for task in page.tasks], found)
        self.progress(len(page.tasks))
        return len(page.tasks)

    def _side_by_side(self, read: Callable[[Work, Event], None], works: list[Work]) -> None:
        stop = Event()

        def one(work: Work) -> None:
            try:
                read(work, stop)
            except BaseException:
                stop.set()
                raise

        with ThreadPoolExecutor(self.readers, thread_name_prefix="pull") as pool:
            try:
                for _ in pool.map(one, works):
                    pass
            except BaseException:  # Ctrl-C too: the readers finish their page, no more
                stop.set()
                raise


def entry(client: Client, task: dict[str, Any]) -> Entry:
    """What the index says of a task. Raises StudioError where the server left out what it was asked for."""
    try:
        skipped = sum(bool(annotation["was_cancelled"]) for annotation in task["annotations"])
        results = [annotation["result"] for annotation in task["annotations"]]
    except (KeyError, TypeError) as error:
        raise StudioError(
            f"{client.url} returned task {task.get('id')} without its annotations' {error}",
            next="report the server's version (goldkit status --format json) as a bug of goldkit",
        ) from None
    return Entry(task["id"], moment(task["updated_at"]), len(results) - skipped, skipped)
