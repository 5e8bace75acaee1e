"""What Label Studio's answers look like, as far as this room relies on it: checked where they arrive.

An answer of another form is then one error that says where it differs, and not a failure somewhere behind. Whatever
is not named here may be there or not.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import msgspec


class _User(msgspec.Struct):
    id: int
    email: str | None


class _Listed(msgspec.Struct):
    id: int
    title: str
    description: str | None = None


class _Projects(msgspec.Struct):
    results: list[_Listed]
    next: str | None


class _Project(msgspec.Struct):
    id: int
    label_config: str
    created_at: str
    maximum_annotations: int
    task_number: int | None = None
    model_version: str | None = None


class _Result(msgspec.Struct):
    id: int
    result: Any


class _Made(msgspec.Struct):
    id: int


class _Imported(msgspec.Struct):
    task_count: int
    task_ids: list[int] | None = None


class _Draft(_Result):
    annotation: int | None


class _View(msgspec.Struct):
    id: int
    data: dict[str, Any]


class _Column(msgspec.Struct):
    id: str
    parent: str | None = None


class _Columns(msgspec.Struct):
    columns: list[_Column]


_SHAPES = {
    re.compile(pattern): shape
    for pattern, shape in (
        (r"GET /api/users/", list[_User]),
        (r"GET /api/projects/", _Projects),
        (r"(GET|PATCH) /api/projects/\d+/", _Project),
        (r"POST /api/projects/", _Made),
        (r"POST /api/projects/\d+/import", _Imported),
        (r"GET /api/tasks/\d+/drafts", list[_Draft]),
        (r"(GET|PATCH) /api/annotations/\d+/", _Result),
        (r"GET /api/dm/views/", list[_View]),
        (r"POST /api/dm/views/", _View),
        (r"GET /api/dm/columns/", _Columns),
    )
}
# Where they are asked for (`include`). The server takes anything for a result.
_OF_TASKS: dict[str, Any] = {
    "data": dict[str, Any],
    "overlap": int,
    "draft_exists": bool,
    "updated_at": str,
    "predictions": list[_Result],
}
_OF_ANNOTATIONS: dict[str, Any] = {
    "id": int,
    "result": Any,
    "was_cancelled": bool,
    "lead_time": float | None,
    "created_at": str,
    "updated_at": str,
}


def misfit(method: str, path: str, params: Mapping[str, str | int], answer: Any) -> str:
    """How an answer differs from what it should be; empty where it does not, or where nobody relies on it."""
    asked = f"{method} {path.partition('?')[0]}"
    if asked == "GET /api/tasks/":
        return _misfit(answer, _tasks(str(params.get("include", ""))))
    shapes = (shape for pattern, shape in _SHAPES.items() if pattern.fullmatch(asked))
    return _misfit(answer, next(shapes, Any))


def _misfit(answer: Any, shape: Any) -> str:
    try:
        msgspec.convert(answer, shape)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


@functools.cache
def _tasks(include: str) -> Any:
    """A page of tasks, of which some fields were asked for; those of annotations stand behind a point."""
    asked = include.split(",")
    of_annotations = [(name, type) for name, type in _OF_ANNOTATIONS.items() if f"annotations.{name}" in asked]
    fields: list[tuple[str, Any]] = [("id", int)]
    fields += [(name, type) for name, type in _OF_TASKS.items() if name in asked]
    if "annotations" in asked:
        fields.append(("annotations", list[msgspec.defstruct("Annotation", of_annotations)]))  # type: ignore[misc]
    task = msgspec.defstruct("Task", fields)
    return msgspec.defstruct("Tasks", [("total", int), ("tasks", list[task])])  # type: ignore[valid-type]
