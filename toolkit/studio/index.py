"""Which task of a snapshot is to be read from which page.

A snapshot that goes on from another one shares its pages, and has new ones for the tasks that changed. So a page may
hold versions of tasks that are superseded, and tasks that are deleted. ``index.jsonl``, one in each project's folder,
says what counts; a line a page::

    {"page": "tasks-000000001.json", "sha256": …, "bytes": …, "stored": 500, "tasks": [[1, "2031-03-14T…Z", 1, 0], …]}

A task is its id, when it was updated, and the numbers of its submitted and skipped annotations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from toolkit.errors import BadInputError
from toolkit.files import explained

INDEX = "index.jsonl"
_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"  # the only one that the server's filters take; moments in it sort as text
_LENGTH = len("2031-03-14T12:00:00.000000Z")
EPOCH = "1970-01-01T00:00:00.000000Z"  # before all moments


class Entry(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One version of a task."""

    id: int
    updated_at: str  # as ``moment`` writes it
    annotations: int
    skipped: int


class IndexedPage(msgspec.Struct, frozen=True):
    """A file with tasks as the server sent them: what it is, and those of its tasks that count."""

    page: str
    sha256: str
    bytes: int
    stored: int  # tasks in the file
    tasks: list[Entry]


_decoder = msgspec.json.Decoder(IndexedPage)
encode = msgspec.json.Encoder().encode


def moment(written: str) -> str:
    """A time as the server writes it, in the one form in which moments compare as text."""
    if len(written) == _LENGTH and written.endswith("Z"):
        return written
    return datetime.fromisoformat(written).astimezone(UTC).strftime(_FORMAT)


def earlier(than: str, seconds: float) -> str:
    """The moment so many seconds before another."""
    return (datetime.strptime(than, _FORMAT) - timedelta(seconds=seconds)).strftime(_FORMAT)


class Index:
    """The tasks of one project, each with the page that holds the version that counts."""

    def __init__(self, pages: Iterable[IndexedPage] = ()) -> None:
        self._files: dict[str, IndexedPage] = {}  # without their tasks
        self._entries: dict[int, Entry] = {}
        self._pages: dict[int, str] = {}
        for page in pages:
            self.add(page)

    def add(self, page: IndexedPage) -> None:
        """Take up a page; its versions of tasks supersede those that were there."""
        self._files[page.page] = msgspec.structs.replace(page, tasks=[])
        for entry in page.tasks:
            self._entries[entry.id] = entry
            self._pages[entry.id] = page.page

    def drop(self, ids: Iterable[int]) -> None:
        """Forget tasks that are no longer there."""
        for id in ids:
            self._entries.pop(id, None)
            self._pages.pop(id, None)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def get(self, id: int) -> Entry | None:
        """A task's version that counts; None where there is no such task."""
        return self._entries.get(id)

    @property
    def work(self) -> tuple[int, int]:
        """How many submitted and skipped annotations the tasks have."""
        return sum(entry.annotations for entry in self), sum(entry.skipped for entry in self)

    def free_name(self, first: int, taken: Collection[str] = ()) -> str:
        """A name for a page that begins with the task ``first``, which no page here has."""
        name, number = f"tasks-{first:09}.json", 0
        while name in self._files or name in taken:
            number += 1
            name = f"tasks-{first:09}-{number}.json"
        return name

    def pages(self) -> list[IndexedPage]:
        """The pages that are still needed, by name, each with what counts of it, by id."""
        kept: dict[str, list[Entry]] = {}
        for id in sorted(self._entries):
            kept.setdefault(self._pages[id], []).append(self._entries[id])
        return [msgspec.structs.replace(self._files[name], tasks=kept[name]) for name in sorted(kept)]

    @property
    def superseded(self) -> int:
        """How many tasks stand on the needed pages and do not count."""
        return sum(self._files[name].stored for name in set(self._pages.values())) - len(self)


def lines(index: Index) -> bytes:
    """An index as its file."""
    return b"".join(encode(page) + b"\n" for page in index.pages())


def read(path: Path) -> Iterator[IndexedPage]:
    """The pages in an index. Raises BadInputError where it is none."""
    with explained(path, "read"), path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield _decoder.decode(line)
            except msgspec.DecodeError as error:
                raise BadInputError(f"{path}:{number}: no line of an index ({error})", next="goldkit pull") from None


def read_journal(path: Path) -> Iterator[IndexedPage]:
    """The same for a file that lines are still added to: it ends at the first that is not whole."""
    if not path.is_file():
        return
    with explained(path, "read"), path.open("rb") as file:
        for line in file:
            try:
                yield _decoder.decode(line)
            except msgspec.DecodeError:
                return
