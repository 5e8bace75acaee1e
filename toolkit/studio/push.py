"""Articles to Label Studio, each once.

Label Studio takes the same task any number of times, so who has no task yet is asked before anything is sent; and
when an import's answer is lost, what became of it is asked before the batch is sent again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from toolkit.articles.model import Article, text_digest
from toolkit.errors import BadInputError, StudioError, StudioServerError, StudioUnreachable
from toolkit.findings import Finding, Place, Severity
from toolkit.studio import tasks
from toolkit.studio.client import IMPORT_TIMEOUT, Client
from toolkit.studio.projects import RemoteProject

BATCH = 1000  # tasks
BATCH_BYTES = 8_000_000
CONTEXT = "goldkit-context"  # the version of the predictions that carry another project's work
SENDS = 3  # times that one batch may be sent
# Seconds between the looks for a batch whose answer was lost: the server may still be at it, and takes a few seconds.
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)


@dataclass(slots=True)
class Pushed:
    """What became of the articles: ``new`` tasks made, ``known`` there before; the rest are in ``findings``."""

    new: int = 0
    known: int = 0
    batches: int = 0
    findings: list[Finding] = field(default_factory=list)


def push(
    client: Client,
    project: RemoteProject,
    articles: Iterable[Article],
    contexts: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    *,
    batch_size: int = BATCH,
    progress: Callable[[int], None] | None = None,
    pauses: Sequence[float] = PAUSES,
) -> Pushed:
    """Make a task for every article that has none in the project.

    Args:
        client: the connection.
        project: where to.
        articles: what to push; may be a stream.
        contexts: by article_id, Label Studio results that annotators are to find in the article (a prediction).
        batch_size: tasks in one import.
        progress: called with the number of articles that are settled since the last call.
        pauses: seconds between looks for a batch whose answer was lost.

    Raises StudioError; what was pushed until then stays, and the next push goes on from there.
    """
    contexts = contexts or {}
    pushed = Pushed()
    known = _Known(client, project)
    with_context = False

    def find(article_ids: Sequence[str]) -> set[str]:
        return {task["data"]["article_id"] for task in tasks.of_articles(client, project.id, article_ids)}

    for batch in _batches(articles, contexts, batch_size):
        known.look_up([article.article_id for article, _ in batch])
        new: dict[str, bytes] = {}
        for article, task in batch:
            there = known.digests.setdefault(article.article_id, article.text_sha256)
            if there != article.text_sha256:
                pushed.findings.append(_changed(project, article.article_id))
            elif article.article_id in new or article.article_id in known.there:
                pushed.known += 1
            else:
                new[article.article_id] = task
        if new:
            send(client, project, new, find, pauses)
            known.there.update(new)
            with_context = with_context or not contexts.keys().isdisjoint(new)
            pushed.new += len(new)
            pushed.batches += 1
        if progress:
            progress(len(batch))
    if with_context and project.model_version != CONTEXT:
        with client.sdk() as sdk:  # annotators are shown the predictions of this version only
            sdk.projects.update(project.id, model_version=CONTEXT)
    pushed.findings.extend(_doubled(project, article_id) for article_id in sorted(known.doubled))
    return pushed


def _batches(
    articles: Iterable[Article], contexts: Mapping[str, Sequence[Mapping[str, Any]]], size: int
) -> Iterator[list[tuple[Article, bytes]]]:
    batch: list[tuple[Article, bytes]] = []
    weight = 0
    for article in articles:
        task = _task(article, contexts.get(article.article_id))
        if batch and (len(batch) == size or weight + len(task) > BATCH_BYTES):
            yield batch
            batch, weight = [], 0
        batch.append((article, task))
        weight += len(task)
    if batch:
        yield batch


def _task(article: Article, context: Sequence[Mapping[str, Any]] | None) -> bytes:
    if text_digest(article.text) != article.text_sha256:
        raise BadInputError(
            f"the text of {article.article_id} is not the text that was frozen; offsets in it would be wrong",
            next="restore the article store from version control",
        )
    names = ("text", "article_id", "text_sha256", "title", "outlet", "published", "language", "url", "story_id")
    task: dict[str, Any] = {"data": {name: getattr(article, name) for name in names}}
    if context:
        task["predictions"] = [{"model_version": CONTEXT, "result": list(context)}]
    return json.dumps(task, ensure_ascii=False).encode()


class _Known:
    """Which articles have a task, as far as it was asked.

    Some articles are looked up by their id, at a cost of a second for a hundred in a project of 100,000 tasks; where
    that becomes dear, all tasks are listed once (a minute, for as many).
    """

    def __init__(self, client: Client, project: RemoteProject) -> None:
        self._client, self._project = client, project.id
        self._allowance = tasks.count(client, project.id) // 20
        self._complete = False
        self.digests: dict[str, str] = {}
        self.there: set[str] = set()
        self.doubled: set[str] = set()

    def look_up(self, article_ids: Sequence[str]) -> None:
        if self._complete:
            return
        self._allowance -= len(article_ids)
        if self._allowance >= 0:
            self._take(tasks.of_articles(self._client, self._project, [i for i in article_ids if i not in self.there]))
            return
        seen, self.there = self.there, set()
        for page in tasks.all_pages(self._client, self._project, tasks.PLAIN):
            self._take(page.tasks)
        self.there |= seen
        self._complete = True

    def _take(self, found: Iterable[dict[str, Any]]) -> None:
        for task in found:
            article_id = task["data"].get("article_id")
            if not article_id:
                continue  # somebody's own task
            if article_id in self.there:
                self.doubled.add(article_id)
            self.there.add(article_id)
            self.digests[article_id] = task["data"].get("text_sha256", "")


def send(
    client: Client,
    project: RemoteProject,
    batch: Mapping[str, bytes],
    find: Callable[[Sequence[str]], set[str]],
    pauses: Sequence[float] = PAUSES,
    *,
    command: str = "goldkit push",
) -> None:
    """Import some tasks, each once, in this order.

    Args:
        client: the connection.
        project: where to.
        batch: the tasks as JSON, each by a key of its own.
        find: says which of some keys have a task; it is asked where an answer was lost.
        pauses: seconds between looks.
        command: what to run again where it fails; it must send what is missing only.
    """
    waiting = dict(batch)
    path = f"/api/projects/{project.id}/import?return_task_ids=true"
    for sends_left in reversed(range(SENDS)):
        try:
            answer = _let_finish(client, path, b"[" + b",".join(waiting.values()) + b"]")
        except (StudioUnreachable, StudioServerError):
            for key in _arrived(client, list(waiting), find, pauses, command):
                del waiting[key]
            if not waiting:
                return
            if not sends_left:
                raise
        else:
            if answer.get("task_count") == len(waiting):
                return
            raise StudioError(
                f"{client.url} took {answer.get('task_count')} of {len(waiting)} tasks in {project.url}",
                next=f"{command} (sends only what is missing)",
            )


def _let_finish(client: Client, path: str, body: bytes) -> Any:
    """Send an import, and after Ctrl-C stay until it is answered.

    The server goes on with what it has received: who left would not know of it, and their next push, at once, would
    find nothing there and send it again.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="push") as pool:
        return pool.submit(client.post, path, body, timeout=IMPORT_TIMEOUT).result()


def _arrived(
    client: Client, keys: list[str], find: Callable[[Sequence[str]], set[str]], pauses: Sequence[float], command: str
) -> set[str]:
    """Which of a batch are there after all. Raises StudioError where the server stays silent."""
    found: set[str] | None = None
    for pause in pauses:
        time.sleep(pause)
        try:
            found = find(keys)
        except (StudioUnreachable, StudioServerError):
            continue
        if found:  # an import is one transaction
            return found
    if found is None:
        raise StudioUnreachable(
            f"{client.url} stopped answering while tasks were pushed",
            next=f"{command} when it is back (sends only what is missing)",
        )
    return found


def _changed(project: RemoteProject, article_id: str) -> Finding:
    return Finding(
        rule="text-changed",
        place=Place(article_id=article_id, url=project.url),
        message=f"“{project.title}” has a task for this article with another text; it was not pushed",
        next="a frozen text never changes: give the new text an article_id of its own",
    )


def _doubled(project: RemoteProject, article_id: str) -> Finding:
    return Finding(
        rule="task-doubled",
        place=Place(article_id=article_id, url=project.url),
        message=f"“{project.title}” has more than one task for this article",
        next="delete the one without annotations in Label Studio's Data Manager",
        severity=Severity.WARNING,
    )
