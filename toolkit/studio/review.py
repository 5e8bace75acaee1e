"""Articles with differences to a review project, each once a round, and back from a snapshot of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from toolkit.annotations.grammar import Grammar
from toolkit.articles.model import Article
from toolkit.gold.review.case import Case
from toolkit.gold.review.rounds import HandedIn, ReviewTask
from toolkit.gold.review.words import differences_in_words
from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject
from toolkit.studio.push import PAUSES, send_made
from toolkit.studio.reviewconfig import DIFFERENCES
from toolkit.studio.snapshots import Snapshot, read_tasks

SHOWN = "goldkit-review"
"""The version of the predictions that fill the adjudicator's screen."""

COMMAND = "goldkit review push"
_META = "goldkit_case"


class Queued(NamedTuple):
    """A task that waits, or that somebody handed in (``done``), and which state of its article or story it shows."""

    id: int
    round: int
    state: str
    done: bool


def queued(client: Client, project: RemoteProject, by: str = "article_id") -> dict[str, list[Queued]]:
    """The tasks that are there, by what they have under ``by``, each list in the order of rounds."""
    found: dict[str, list[Queued]] = defaultdict(list)
    for page in tasks.all_pages(client, project.id, tasks.DECIDED):
        for task in page.tasks:
            data = task["data"]
            if key := data.get(by):
                done = any(not annotation["was_cancelled"] for annotation in task["annotations"])
                found[key].append(Queued(task["id"], data.get("round", 0), data.get("state", ""), done))
    return {key: sorted(those, key=lambda task: (task.round, task.id)) for key, those in found.items()}


def push_cases(
    client: Client,
    project: RemoteProject,
    cases: Iterable[Case],
    articles: Mapping[str, Article],
    grammar: Grammar,
    *,
    progress: Callable[[int], None] | None = None,
    pauses: Sequence[float] = PAUSES,
) -> int:
    """Make a task for each case, in this order, which is the one they are shown in; returns how many.

    Raises StudioError; what was sent until then stays.
    """

    def find(keys: Sequence[str]) -> set[str]:
        ids = [key.rpartition(" ")[0] for key in keys]
        there = tasks.of_articles(client, project.id, ids)
        return {f"{task['data']['article_id']} {task['data'].get('round')}" for task in there} & set(keys)

    made = ((f"{case.article_id} {case.round}", _task(case, articles, grammar)) for case in cases)
    return send_made(client, project, made, find, SHOWN, command=COMMAND, progress=progress, pauses=pauses)


def _task(case: Case, articles: Mapping[str, Article], grammar: Grammar) -> bytes:
    article = articles[case.article_id]
    names = ("text", "article_id", "text_sha256", "title", "outlet", "published", "language", "url", "story_id")
    task = {
        "data": {name: getattr(article, name) for name in names}
        | {
            "round": case.round,
            "state": case.state,
            DIFFERENCES: differences_in_words(case.open, grammar, article.text),
        },
        "meta": {_META: case.model_dump(mode="json")},
        "predictions": [{"model_version": SHOWN, "result": list(case.result)}],
    }
    return json.dumps(task, ensure_ascii=False).encode()


def review_tasks(snapshot: Snapshot, pseudonym: Callable[[str], str]) -> Iterator[ReviewTask]:
    """The tasks of a review project's snapshot, in the order of their ids; not those that somebody else made.

    Args:
        snapshot: of the review project.
        pseudonym: of an identity.
    """
    for project, task in read_tasks(snapshot):
        if article_id := task["data"].get("article_id"):
            submitted = [one for one in task["annotations"] if not one["was_cancelled"]]
            yield ReviewTask(
                article_id=article_id,
                text=task["data"].get("text"),
                case=_case(task),
                url=f"{project.url}/data?task={task['id']}",
                submitted=tuple(
                    HandedIn(
                        one["result"],
                        pseudonym(snapshot.identity(one["completed_by"])),
                        (one["updated_at"], one["id"]),
                    )
                    for one in submitted
                ),
                skipped=len(submitted) < len(task["annotations"]),
            )


def _case(task: Mapping[str, Any]) -> Case | None:
    try:
        case = Case.model_validate((task.get("meta") or {}).get(_META))
    except (ValidationError, AttributeError):
        return None
    return case if case.article_id == task["data"]["article_id"] else None
