"""Articles to Label Studio, each once.

Label Studio takes the same task any number of times, so the ledger says who has none yet before anything is sent; and
when an import's answer is lost, what became of it is asked before the batch is sent again. After the last batch the
server must have as many tasks as before and what was sent. Where it has not, an answer was wrong or somebody else
pushed too: then what is new there is listed, and doubled tasks are taken away. Of two who push the same articles at
once, the one whose last batch is committed later sees the tasks of both.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from toolkit.articles.model import Article, text_digest
from toolkit.errors import BadInputError, GoldkitError, StudioError, StudioServerError, StudioUnreachable
from toolkit.findings import Finding, Place, Severity
from toolkit.studio import tasks
from toolkit.studio.client import IMPORT_TIMEOUT, Client
from toolkit.studio.doubles import take_away
from toolkit.studio.ledger import Ledger
from toolkit.studio.projects import RemoteProject

BATCH = 1000  # tasks
BATCH_BYTES = 8_000_000
OURS = "goldkit"  # begins the versions of all predictions that are made here
CONTEXT = "goldkit-context"  # the version of those that carry another project's work
CONFIRMED = 10  # batches, after which the ledger is brought up to date
ROUNDS = 5  # of taking doubled tasks away, while others still push
SENDS = 3  # times that one batch may be sent
# Seconds between the looks for a batch whose answer was lost: the server may still be at it, and takes a few seconds.
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)


@dataclass(slots=True)
class Pushed:
    """What became of the articles: ``new`` tasks made, ``known`` there before; the rest are in ``findings``.

    ``removed`` doubled tasks were deleted, on which nobody had worked.
    """

    new: int = 0
    known: int = 0
    batches: int = 0
    removed: int = 0
    findings: list[Finding] = field(default_factory=list)


def push(
    client: Client,
    project: RemoteProject,
    articles: Iterable[Article],
    predictions: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    *,
    version: str = CONTEXT,
    ledger: Ledger | None = None,
    batch_size: int = BATCH,
    progress: Callable[[int], None] | None = None,
    pauses: Sequence[float] = PAUSES,
) -> Pushed:
    """Make a task for every article that has none in the project.

    Args:
        client: the connection.
        project: where to.
        articles: what to push; may be a stream.
        predictions: by article_id, Label Studio results that annotators are to find in the article.
        version: that of the predictions: people are shown those of one version only.
        ledger: what the project has, just refreshed; it is brought up to date. Without it all tasks are listed.
        batch_size: tasks in one import.
        progress: called with the number of articles that are settled since the last call.
        pauses: seconds between looks for a batch whose answer was lost.

    Raises StudioError; what was pushed until then stays, and the next push goes on from there.
    """
    if ledger is None:
        ledger = Ledger.of(client, project)
        ledger.refresh(client)
    pushed, predictions = Pushed(), predictions or {}
    sent: dict[str, str] = {}  # what the ledger does not hold yet
    ids: list[int] = []  # of their tasks
    shown = project.model_version == version

    def find(article_ids: Sequence[str]) -> set[str]:
        return {task["data"]["article_id"] for task in tasks.of_articles(client, project.id, article_ids)}

    try:
        for batch in _batches(articles, predictions, version, batch_size):
            new, digests = _sorted_out(project, batch, ChainMap(sent, ledger.digests), pushed)
            if new:
                ids += send(client, project, new, find, pauses)
                sent |= digests
                if not shown and not predictions.keys().isdisjoint(new):
                    with client.sdk() as sdk:
                        sdk.projects.update(project.id, model_version=version)
                    shown = True
                pushed.new += len(new)
                pushed.batches += 1
                if pushed.batches % CONFIRMED == 0:
                    ledger.advance(client, sent, ids)
                    sent, ids = {}, []
            if progress:
                progress(len(batch))
    except BaseException:  # Ctrl-C too: what is known spares the next push a look
        with contextlib.suppress(GoldkitError):
            ledger.advance_if_plain(client, sent, ids)
        raise
    ledger.advance(client, sent, ids)
    pushed.removed = _take_doubles_away(client, project, ledger)
    pushed.findings.extend(_doubled(project, article_id) for article_id in sorted(ledger.doubled))
    return pushed


def compared(project: RemoteProject, ledger: Ledger, keys: Mapping[str, str]) -> Pushed:
    """Which of some articles (text_sha256 by article_id) are there, or are there with another text."""
    there = [article_id for article_id in keys if article_id in ledger.digests]
    changed = [article_id for article_id in there if ledger.digests[article_id] != keys[article_id]]
    return Pushed(known=len(there) - len(changed), findings=[_changed(project, article_id) for article_id in changed])


def _sorted_out(
    project: RemoteProject, batch: Iterable[tuple[Article, bytes]], known: Mapping[str, str], pushed: Pushed
) -> tuple[dict[str, bytes], dict[str, str]]:
    """The tasks and the digests of what is new in a batch; the rest is put down."""
    new: dict[str, bytes] = {}
    digests: dict[str, str] = {}
    for article, task in batch:
        there = digests.get(article.article_id, known.get(article.article_id))
        if there is None:
            new[article.article_id], digests[article.article_id] = task, article.text_sha256
        elif there == article.text_sha256:
            pushed.known += 1
        else:
            pushed.findings.append(_changed(project, article.article_id))
    return new, digests


def _take_doubles_away(client: Client, project: RemoteProject, ledger: Ledger) -> int:
    """Delete doubled tasks, as far as nobody worked on them; returns how many. Others may push meanwhile."""
    removed = 0
    staying: Collection[str] = ()
    for _ in range(ROUNDS):
        if ledger.doubled.keys() <= set(staying):
            break
        left, deleted = take_away(client, project.id, ledger.doubled, OURS)
        removed += deleted
        staying = [article_id for article_id, count in left.items() if count > 1]
        ledger.settle(client, left)
    return removed


def _batches(
    articles: Iterable[Article], predictions: Mapping[str, Sequence[Mapping[str, Any]]], version: str, size: int
) -> Iterator[list[tuple[Article, bytes]]]:
    batch: list[tuple[Article, bytes]] = []
    weight = 0
    for article in articles:
        task = _task(article, predictions.get(article.article_id), version)
        if batch and (len(batch) == size or weight + len(task) > BATCH_BYTES):
            yield batch
            batch, weight = [], 0
        batch.append((article, task))
        weight += len(task)
    if batch:
        yield batch


def _task(article: Article, prediction: Sequence[Mapping[str, Any]] | None, version: str) -> bytes:
    if text_digest(article.text) != article.text_sha256:
        raise BadInputError(
            f"the text of {article.article_id} is not the text that was frozen; offsets in it would be wrong",
            next="restore the article store from version control",
        )
    names = ("text", "article_id", "text_sha256", "title", "outlet", "published", "language", "url", "story_id")
    task: dict[str, Any] = {"data": {name: getattr(article, name) for name in names}}
    if prediction:
        task["predictions"] = [{"model_version": version, "result": list(prediction)}]
    return json.dumps(task, ensure_ascii=False).encode()


def send(
    client: Client,
    project: RemoteProject,
    batch: Mapping[str, bytes],
    find: Callable[[Sequence[str]], set[str]],
    pauses: Sequence[float] = PAUSES,
    *,
    command: str = "goldkit push",
) -> list[int]:
    """Import some tasks, each once, in this order.

    Args:
        client: the connection.
        project: where to.
        batch: the tasks as JSON, each by a key of its own.
        find: says which of some keys have a task; it is asked where an answer was lost.
        pauses: seconds between looks.
        command: what to run again where it fails; it must send what is missing only.

    Returns the ids of the tasks made, as far as the server said them: not of those whose answer was lost.
    """
    waiting = dict(batch)
    path = f"/api/projects/{project.id}/import?return_task_ids=true"
    sends = 0
    while True:
        sends += 1
        try:
            answer = _let_finish(client, path, b"[" + b",".join(waiting.values()) + b"]")
        except (StudioUnreachable, StudioServerError):
            for key in _arrived(client, list(waiting), find, pauses, command):
                del waiting[key]
            if not waiting:
                return []
            if sends == SENDS:
                raise
        else:
            if answer.get("task_count") == len(waiting):
                return list(answer.get("task_ids") or ())
            raise StudioError(
                f"{client.url} took {answer.get('task_count')} of {len(waiting)} tasks in {project.url}",
                next=f"{command} (sends only what is missing)",
            )


def send_made(
    client: Client,
    project: RemoteProject,
    made: Iterable[tuple[str, bytes]],
    find: Callable[[Sequence[str]], set[str]],
    shown: str,
    *,
    command: str,
    progress: Callable[[int], None] | None = None,
    pauses: Sequence[float] = PAUSES,
) -> int:
    """Import tasks that are made one by one, each by a key of its own, in this order; returns how many.

    People are then shown the predictions of the version ``shown``, if there is one. The other arguments are those of
    ``send``. Raises StudioError; what was sent until then stays.
    """
    count = 0
    for batch in _by_weight(made):
        send(client, project, batch, find, pauses, command=command)
        count += len(batch)
        if progress:
            progress(len(batch))
    if count and shown and project.model_version != shown:
        with client.sdk() as sdk:
            sdk.projects.update(project.id, model_version=shown)
    return count


def _by_weight(made: Iterable[tuple[str, bytes]]) -> Iterator[dict[str, bytes]]:
    batch: dict[str, bytes] = {}
    weight = 0
    for key, task in made:
        if batch and (len(batch) == BATCH or weight + len(task) > BATCH_BYTES):
            yield batch
            batch, weight = {}, 0
        batch[key] = task
        weight += len(task)
    if batch:
        yield batch


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
        message=f"“{project.title}” has several tasks for this article, with work in them or with different texts",
        next="look at them in Label Studio's Data Manager and delete all but one: work is never deleted for you",
        severity=Severity.WARNING,
    )
