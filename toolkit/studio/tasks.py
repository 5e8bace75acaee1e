"""Listing a project's tasks: all of them in the order of their ids, those of some articles, or only their number.

Pages are asked for by "id greater than the last one", never by number: a task that is added or deleted meanwhile
then shifts nothing. The server's own paging would skip tasks, and answers 404 past the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import quote

from toolkit.errors import StudioError
from toolkit.studio.client import Client
from toolkit.studio.index import EPOCH, moment

PAGE = 500  # tasks; with their annotations some MB, and a second or two of the server's time
URL_LIMIT = 3500  # bytes; gunicorn refuses request lines of more than 4,094, others of 8,190


def _with_annotations(*names: str, of_annotations: Sequence[str]) -> str:
    """What to ask for. Annotations come expanded (see ``_answer``) and take the names behind a point.

    A server that does not expand them applies the plain names to what is inside them too, and they would come empty.
    """
    return ",".join((*names, "annotations", *of_annotations, *(f"annotations.{name}" for name in of_annotations)))


# All that is asked for costs time, and `created_username` would carry e-mail addresses.
ANNOTATED = _with_annotations(
    *("id", "inner_id", "data", "meta", "created_at", "updated_at", "total_annotations", "cancelled_annotations"),
    of_annotations=(
        *("id", "created_at", "updated_at", "result", "completed_by", "was_cancelled", "ground_truth", "lead_time"),
        *("parent_prediction", "parent_annotation"),
    ),
)
PROGRESS = _with_annotations(
    *("id", "data", "overlap", "draft_exists"),
    of_annotations=("was_cancelled", "completed_by", "lead_time", "created_at"),
)
RESULTS = _with_annotations("id", of_annotations=("result", "completed_by"))
LABELLED = _with_annotations(
    *("id", "predictions", "draft_exists"), of_annotations=("id", "result", "completed_by", "updated_at")
)
DECIDED = _with_annotations("id", "data", of_annotations=("was_cancelled",))  # its own counts lag behind
PLAIN = "id,data"
MOMENTS = "id,updated_at"
LISTED = 1000  # tasks in a page of these

Filter = dict[str, Any]


class Page(NamedTuple):
    """Some tasks, and the bytes that the server sent for them."""

    body: bytes
    tasks: list[dict[str, Any]]


class IdRange(NamedTuple):
    """Task ids above ``above``, up to and including ``upto``."""

    above: int
    upto: int


ALL = IdRange(0, 2**53)


def where(name: str, operator: str, type: str, value: Any) -> Filter:
    """One condition on tasks; names and operators are the Data Manager's."""
    return {"filter": f"filter:tasks:{name}", "operator": operator, "type": type, "value": value}


def count(client: Client, project: int, *conditions: Filter) -> int:
    """How many of the project's tasks meet all conditions."""
    return int(_answer(client, project, "id", conditions, size=1)[1]["total"])


def split(client: Client, project: int, parts: int) -> list[IdRange]:
    """Ranges of ids with about as many tasks each, which together hold all tasks that are there now."""
    total = count(client, project)
    edges = [0]
    for part in range(1, parts + 1):
        number = total * part // parts
        if number:
            edges.append(_answer(client, project, "id", (), size=1, page=number)[1]["tasks"][0]["id"])
    return [IdRange(above, upto) for above, upto in pairwise(edges) if above < upto]


def newest(client: Client, project: int) -> str:
    """When the project's tasks were changed last, by the server's clock; the epoch where there are none."""
    found = _answer(client, project, MOMENTS, (), size=1, ordering="-tasks:updated_at")[1]["tasks"]
    return moment(found[0]["updated_at"]) if found else EPOCH


def after(bound: str) -> Filter:
    """The condition that a task was changed after a moment."""
    return where("updated_at", "greater", "Datetime", bound)


def upto(bound: str) -> Filter:
    """The condition that a task was changed last at a moment or before."""
    return where("updated_at", "less_or_equal", "Datetime", bound)


def moments(client: Client, project: int, *conditions: Filter, ids: IdRange | None = None) -> dict[int, str]:
    """By id, when the tasks that meet all conditions were changed last."""
    listed = pages(client, project, MOMENTS, ids or ALL, conditions, size=LISTED)
    return {task["id"]: moment(task["updated_at"]) for page in listed for task in page.tasks}


def of_ids(client: Client, project: int, include: str, ids: Sequence[int]) -> Iterator[Page]:
    """The tasks with these ids that are still there, in the order of their ids.

    Raises StudioError as ``pages``.
    """
    room = URL_LIMIT - 700 - len(include)  # the commas of both are percent-encoded, to three characters
    size = room // (len(str(max(ids, default=0))) + len("%2C"))
    for chunk in batched(sorted(ids), size):
        condition = where("id", "in_list", "Number", chunk)
        page = _page(client, project, include, IdRange(chunk[0] - 1, chunk[-1]), (condition,), size)
        if page.tasks:
            yield page


def within(ids: IdRange) -> tuple[Filter, Filter]:
    """The condition that a task's id lies in the range."""
    return where("id", "greater", "Number", ids.above), where("id", "less_or_equal", "Number", ids.upto)


def pages(
    client: Client, project: int, include: str, ids: IdRange, conditions: Sequence[Filter] = (), *, size: int = PAGE
) -> Iterator[Page]:
    """The tasks of a range that meet all conditions, in the order of their ids.

    Raises StudioError where a page comes short of what the server itself counts, twice.
    """
    above = ids.above
    while True:
        page = _page(client, project, include, IdRange(above, ids.upto), conditions, size)
        if page.tasks:
            yield page
        if len(page.tasks) < size:
            return
        above = page.tasks[-1]["id"]


def all_pages(client: Client, project: int, include: str, *conditions: Filter) -> Iterator[Page]:
    """All tasks that are there now and meet the conditions, in the order of their ids."""
    for ids in split(client, project, 1):
        yield from pages(client, project, include, ids, conditions)


def of_articles(client: Client, project: int, article_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The tasks (``id`` and ``data``) of these articles, in no order."""
    return having(client, project, "article_id", article_ids)


def having(client: Client, project: int, name: str, values: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The tasks (``id`` and ``data``) whose data have one of these values under a name, in no order."""
    for chunk in _chunks(values):
        condition = where(f"data.{name}", "in_list", "String", chunk)
        # Several tasks can have one value, so the page is not to be cut at their number.
        answer = _answer(client, project, PLAIN, (condition,), size=10 * len(chunk))[1]
        yield from answer["tasks"]


def batched(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    """Lists of at most so many, in their order."""
    for begin in range(0, len(ids), size):
        yield list(ids[begin : begin + size])


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """Lists of values that fit into a URL, each with its quotes and comma percent-encoded."""
    chunk: list[str] = []
    length = 0
    for value in values:
        size = len(quote(value, safe="")) + len("%22%22%2C")
        if length + size > URL_LIMIT - 600 and chunk:
            yield chunk
            chunk, length = [], 0
        chunk.append(value)
        length += size
    if chunk:
        yield chunk


def _page(client: Client, project: int, include: str, ids: IdRange, conditions: Sequence[Filter], size: int) -> Page:
    wrong = ""
    for _ in range(2):
        body, answer = _answer(client, project, include, (*within(ids), *conditions), size=size)
        tasks = answer["tasks"]
        found = [task["id"] for task in tasks]
        due = min(answer["total"], size)
        in_order = all(low < high for low, high in pairwise([ids.above, *found]))
        if len(tasks) == due and in_order:
            return Page(body, tasks)
        wrong = f"{len(tasks)} tasks of {due}" + ("" if in_order else ", in no order")
    raise StudioError(
        f"{client.url} returned {wrong} for project {project} after task {ids.above}",
        next="run the same command again; if it stays, the server's database needs a look",
    )


def _answer(
    client: Client,
    project: int,
    include: str,
    conditions: Sequence[Filter],
    *,
    size: int,
    page: int = 1,
    ordering: str = "tasks:id",
) -> tuple[bytes, Any]:
    query: dict[str, Any] = {"ordering": [ordering]}
    if conditions:
        query["filters"] = {"conjunction": "and", "items": list(conditions)}
    params: dict[str, str | int] = {
        "project": project,
        "include": include,
        "page": page,
        "page_size": size,
        "resolve_uri": "false",  # the data as they are stored
        "query": json.dumps(query, separators=(",", ":")),
    }
    if "annotations" in include.split(","):
        # Not expanded, each task's annotations have the server make a serializer anew: a third of a page's cost.
        params |= {"fields": "all", "expand": "annotations"}
    # Without its last slash Label Studio handles a request twice, the first time to find no page.
    return client.get_bytes("/api/tasks/", params)
