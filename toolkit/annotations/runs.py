"""Records, rejected rows and findings as sorted runs on disk, merged without holding them in memory.

A run is a file of JSON lines in the order of the file that it becomes a part of. That order can be read from a line
alone, so a run needs nothing but its lines.
"""

from __future__ import annotations

import contextlib
import heapq
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import msgspec

from toolkit.files import explained
from toolkit.findings import Place

Key = Callable[[bytes], Any]


class _Record(msgspec.Struct, gc=False):
    article_id: str
    annotator: str


class _Row(_Record, gc=False):
    source: str


class _Finding(msgspec.Struct, order=True, gc=False):
    rule: str
    place: Place
    message: str
    next: str
    severity: str


class _Work(msgspec.Struct, gc=False):
    place: _Record


_AFTER_KEYS = b',"claims":'  # no text holds it: there, a quotation mark has a backslash before it
_RECORD, _ROW = msgspec.json.Decoder(_Record), msgspec.json.Decoder(_Row)
_FINDING, _WORK = msgspec.json.Decoder(_Finding), msgspec.json.Decoder(_Work)


def _record_order(line: bytes) -> tuple[str, str]:
    found = _RECORD.decode(line[: line.index(_AFTER_KEYS)] + b"}")  # the rest is long, and says nothing of the order
    return found.article_id, found.annotator


def _row_order(line: bytes) -> tuple[str, str, str, bytes]:
    found = _ROW.decode(line)
    return found.article_id, found.annotator, found.source, line


def work_order(line: bytes) -> tuple[str, str]:
    """The article and the annotator of a line about work that waits to be put together."""
    place = _WORK.decode(line).place
    return place.article_id, place.annotator


@dataclass(slots=True)
class Runs:
    """The runs of each of the three files."""

    annotations: list[Path] = field(default_factory=list)
    rejected: list[Path] = field(default_factory=list)
    findings: list[Path] = field(default_factory=list)

    def add(self, other: Runs) -> None:
        """Take in the runs of another part of the work."""
        for one in fields(self):
            getattr(self, one.name).extend(getattr(other, one.name))


ORDERS: dict[str, Key] = {"annotations": _record_order, "rejected": _row_order, "findings": _FINDING.decode}


def write_runs(scratch: Path, part: str, lines: dict[str, list[bytes]]) -> Runs:
    """Sort the lines of each file and write them as one run each; none for what has no lines."""
    runs = Runs()
    for name, order in ORDERS.items():
        if lines[name]:
            path = scratch / f"{name}-{part}.jsonl"
            write_lines(path, sorted(lines[name], key=order))
            getattr(runs, name).append(path)
    return runs


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write a scratch file whole or not at all; it may be written twice, also at the same time."""
    part = path.with_suffix(f".{uuid.uuid4()}")
    with explained(path, "write"):
        with part.open("wb") as file:
            file.writelines(lines)
        part.replace(path)


def merged(paths: Iterable[Path], order: Key) -> Iterator[bytes]:
    """The lines of several runs, in their order."""
    with contextlib.ExitStack() as stack:
        yield from heapq.merge(*(stack.enter_context(path.open("rb")) for path in paths), key=order)
