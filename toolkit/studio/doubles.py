"""Articles that have several tasks: the copies that nobody worked on are deleted.

Two pushes from two machines can each find an article missing and make a task for it; so can one whose import was taken
for lost and came late. All who see it decide alike, each by itself: the task that somebody worked on stays, else the
one with the lowest id. A task is deleted only by who sees another of its article that stays by this rule, so of those
that nobody worked on the lowest is never deleted, whoever looks when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from toolkit.studio import tasks
from toolkit.studio.client import Client

_AT_ONCE = 100  # articles
_LOOKS = 3  # the last finds nothing more to delete, unless somebody began to work just now
_LOOK = f"{tasks.LABELLED},data"
_UNTOUCHED = (
    tasks.where("annotations_ids", "empty", "String", True),
    tasks.where("draft_exists", "equal", "Boolean", False),
)

Task = dict[str, Any]


def take_away(client: Client, project: int, article_ids: Collection[str], ours: str) -> tuple[dict[str, int], int]:
    """Delete the copies of articles that nobody worked on; all but one where nobody worked on any.

    Work is an annotation, also a skipped one, a draft, or a prediction whose version does not begin with ``ours``. A
    task with another text is no copy, and stays.

    Returns how many tasks each article has now, and how many were deleted here: others may be at it too.
    Raises StudioError; what was deleted until then is gone.
    """
    left: dict[str, int] = {}
    deleted = 0
    for some in _parts(sorted(article_ids), _AT_ONCE):
        for _ in range(_LOOKS):
            there = _copies(client, project, some)
            spare = [id for copies in there.values() for id in _spare(copies, ours)]
            if not spare:
                break
            deleted += sum(_delete(client, project, ids, some) for ids in _parts(spare, 2 * _AT_ONCE))
        left.update({article_id: len(there.get(article_id, ())) for article_id in some})
    return left, deleted


def _copies(client: Client, project: int, article_ids: Sequence[str]) -> dict[str, list[Task]]:
    """The tasks of each article, by ascending ids, with what was done in them."""
    ids = sorted(task["id"] for task in tasks.of_articles(client, project, article_ids))
    copies: dict[str, list[Task]] = defaultdict(list)
    for some in _parts(ids, 2 * _AT_ONCE):
        between = tasks.IdRange(some[0] - 1, some[-1])
        for page in tasks.pages(client, project, _LOOK, between, [tasks.where("id", "in_list", "Number", some)]):
            for task in page.tasks:
                copies[task["data"]["article_id"]].append(task)
    return copies


def _spare(copies: Sequence[Task], ours: str) -> list[int]:
    """The ids of those that may go."""
    worked_on = [task for task in copies if _is_worked_on(task, ours)]
    kept = (worked_on or copies)[0]
    free = [task for task in copies if task is not kept and task not in worked_on]
    return [task["id"] for task in free if task["data"].get("text") == kept["data"].get("text")]


def _is_worked_on(task: Task, ours: str) -> bool:
    versions = (str(prediction.get("model_version")) for prediction in task["predictions"])
    foreign = not all(version.startswith(ours) for version in versions)
    return bool(task["annotations"] or task["draft_exists"] or foreign)


def _delete(client: Client, project: int, ids: Sequence[int], article_ids: Sequence[str]) -> int:
    """Delete tasks, unless somebody began one since it was looked at; returns how many.

    The server checks that as it deletes them, which a look before each would not. It also checks whose tasks they are:
    on SQLite the id of one that somebody else deleted may have been given again.
    """
    conditions = [*_UNTOUCHED, tasks.where("data.article_id", "in_list", "String", list(article_ids))]
    body = {
        "selectedItems": {"all": False, "included": list(ids)},
        "filters": {"conjunction": "and", "items": conditions},
    }
    path = f"/api/dm/actions?id=delete_tasks&project={project}"
    return int(client.post(path, body, repeatable=True)["processed_items"])


def _parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[begin : begin + size] for begin in range(0, len(items), size))
