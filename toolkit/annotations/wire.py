"""Label Studio's pages of tasks, and the lines of annotations.jsonl, as bare structs.

They hold what the direct way needs (see ``direct``), and are as strict as that: JSON of another form does not decode.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from toolkit.annotations.collect import Frozen
from toolkit.files import explained, read_json
from toolkit.project import Layer

BROKEN = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises on JSON that is not of the usual form; UnicodeDecodeError is a ValueError."""


class Value(Struct, gc=False):
    """What a region or an answer says. The offsets of an answer repeat its region's."""

    start: int = -1
    end: int = -1
    text: str | list[str] | None = None
    labels: list[str] | None = None
    choices: str | list[str] | None = None


class Element(Struct, gc=False):
    """A region, an answer or a relation."""

    type: Literal["labels", "choices", "textarea", "relation"]
    id: str = ""
    from_name: str = ""
    to_name: Literal["text"] = "text"
    value: Value | None = None
    origin: Literal["manual", "prediction", "prediction-changed"] = "manual"
    score: float | None = None
    meta: dict[str, Any] | None = None
    from_id: str = ""
    to_id: str = ""
    direction: str | None = None
    labels: list[str] | None = None


class Work(Struct, gc=False):
    """An annotation of Label Studio's."""

    completed_by: Any = None
    result: list[Element] | None = None
    was_cancelled: bool | None = None
    ground_truth: bool | None = None
    lead_time: float | None = None
    updated_at: str = ""


class Data(Struct, gc=False):
    """What a task shows."""

    article_id: str
    text: str | UnsetType = UNSET
    text_sha256: str | UnsetType = UNSET

    def shows(self, article: Frozen) -> bool:
        """Whether it is the frozen text of the article, by one of the two at least."""
        text, digest = self.text is not UNSET, self.text_sha256 is not UNSET
        return (
            (text or digest)
            and (not text or self.text == article.text)
            and (not digest or self.text_sha256 == article.text_sha256)
        )


class Task(Struct, gc=False):
    """A task with its annotations."""

    id: int
    data: Data
    annotations: list[Work] | None = None
    drafts: list[Raw] | None = None
    predictions: list[Raw] | None = None


# What follows has the fields of the models, in the order in which they are written.


class MentionLine(Struct, gc=False):
    """A mention."""

    attributes: dict[str, str]
    end: int
    id: str
    labels: tuple[str, ...]
    meta: dict[str, Any]
    origin: str
    score: Raw | None
    start: int
    text: str


class CueLine(Struct, gc=False):
    """A cue."""

    attributes: dict[str, str]
    end: int
    id: str
    meta: dict[str, Any]
    origin: str
    score: Raw | None
    start: int
    text: str


class ClaimLine(Struct, gc=False):
    """A claim."""

    attributes: dict[str, str]
    claimants: list[str]
    cues: list[str]
    end: int
    id: str
    meta: dict[str, Any]
    origin: str
    score: Raw | None
    start: int
    text: str
    values: list[str]


class RelationLine(Struct, gc=False):
    """A relation."""

    head: str
    modality: str
    tail: str
    type: str


class AnnotationLine(Struct, gc=False):
    """A line of annotations.jsonl."""

    annotator: str
    article_id: str
    claims: list[ClaimLine]
    cues: list[CueLine]
    ground_truth: tuple[Layer, ...]
    layers: tuple[Layer, ...]
    lead_time: Raw | None
    mentions: list[MentionLine]
    ontology_version: str
    rejected: int
    relations: list[RelationLine]
    skipped: bool
    source: str
    text_sha256: str
    updated_at: str


class _Tasks(Struct, gc=False):
    tasks: list[Task]


class _RawTasks(Struct, gc=False):
    tasks: list[Raw]


class _Named(Struct, gc=False):
    article_id: str = ""


class _Head(Struct, gc=False):
    id: int
    data: _Named


class _Heads(Struct, gc=False):
    tasks: list[_Head]


_TASKS, _RAW_TASKS = msgspec.json.Decoder(_Tasks), msgspec.json.Decoder(_RawTasks)
_TASK, _HEADS = msgspec.json.Decoder(Task), msgspec.json.Decoder(_Heads)


class Page:
    """The tasks of a file of a snapshot that count (``ids``; None: all do), in bare structs and as any JSON."""

    def __init__(self, path: Path, ids: Container[int] | None = None) -> None:
        self.path = path
        self.ids = ids
        with explained(path, "read"):
            self._body = path.read_bytes()

    def tasks(self) -> Iterator[tuple[int, Task | None]]:
        """Each task with its place in the file; None for one of another form.

        Raises BadInputError where the file is no JSON at all.
        """
        try:
            self._body.decode()  # a struct passes over what it does not ask for, whatever it is
            tasks: Iterable[Task | None] = _TASKS.decode(self._body).tasks
        except BROKEN:
            tasks = map(_task, self._raw)
        for place, task in enumerate(tasks):
            if self.ids is None or (self.plain(place)["id"] if task is None else task.id) in self.ids:
                yield place, task

    def plain(self, place: int) -> Any:
        """One task as ``json`` reads it."""
        raw = self._raw[place]
        if not isinstance(raw, Raw):
            return raw
        try:
            return json.loads(bytes(raw))
        except (ValueError, RecursionError):  # such as a number without end: the error is the file's
            return read_json(self.path)["tasks"][place]

    def articles(self) -> list[str]:
        """The id of the article that each task names; a task that names none is left out. Raises as ``tasks``."""
        try:
            named = [(head.id, head.data.article_id) for head in _HEADS.decode(self._body).tasks]
        except BROKEN:
            named = [_named(self.plain(place)) for place in range(len(self._raw))]
        return [article_id for id, article_id in named if article_id and (self.ids is None or id in self.ids)]

    @cached_property
    def _raw(self) -> list[Any]:
        try:
            self._body.decode()
            return list(_RAW_TASKS.decode(self._body).tasks)
        except BROKEN:
            return list(read_json(self.path)["tasks"])


def _task(raw: Any) -> Task | None:
    try:
        return _TASK.decode(raw) if isinstance(raw, Raw) else None
    except BROKEN:
        return None


def _named(task: Any) -> tuple[Any, str]:
    data = task.get("data") if isinstance(task, dict) else None
    article_id = data.get("article_id") if isinstance(data, dict) else None
    return (task.get("id"), article_id) if isinstance(article_id, str) else (None, "")
