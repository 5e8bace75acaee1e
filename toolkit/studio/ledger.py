"""Which articles a project has, kept on this machine; the server is the truth, and this a cache of it.

A ledger says: of the project's tasks up to this one there are so many, and these articles are among them. It is
believed as long as the server says the same of their number and of the last one. Where tasks only came after them,
only those are listed; otherwise (tasks were deleted, the server was restored from a backup, a lower id was committed
later, another project got the number) all are.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from toolkit.errors import GoldkitError
from toolkit.files import replacing
from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject

_LISTED = "id,data,created_at"


class Mark(msgspec.Struct, frozen=True):
    """How far a project's tasks go: how many there are, and the highest id with its time (0 where there are none)."""

    tasks: int = 0
    newest: int = 0
    created_at: str = ""


class Ledger(msgspec.Struct):
    """The articles of one project as far as ``mark``. ``doubled`` counts the tasks of those that have several."""

    url: str
    project: int
    made: str  # when the project was, on its server
    mark: Mark = Mark()
    digests: dict[str, str] = msgspec.field(default_factory=dict)  # text_sha256 by article_id
    doubled: dict[str, int] = msgspec.field(default_factory=dict)

    @classmethod
    def of(cls, client: Client, project: RemoteProject) -> Ledger:
        """One that knows of no task."""
        return cls(client.url, project.id, project.created_at)

    def refresh(self, client: Client) -> None:
        """Bring it to what the server has now: one request where nothing changed. Raises StudioError."""
        now = newest(client, self.project)
        if now == self.mark:
            return
        if not self._only_grew(client, now):
            self.mark, self.digests, self.doubled = Mark(), {}, {}
        above = tasks.IdRange(self.mark.newest, now.newest)
        for page in tasks.pages(client, self.project, _LISTED, above):
            self._take(page.tasks)

    def advance(self, client: Client, sent: Mapping[str, str], ids: Sequence[int]) -> None:
        """Take in what was just sent, and what came beside it.

        Args:
            client: the connection.
            sent: the text_sha256 of the articles by their ids.
            ids: of their tasks; one short where an answer was lost, and then the tasks are listed.

        Raises StudioError; what the ledger says then is still true.
        """
        if not self._advanced(newest(client, self.project), sent, ids):
            self.refresh(client)

    def advance_if_plain(self, client: Client, sent: Mapping[str, str], ids: Sequence[int]) -> None:
        """The same without listing anything: for who is in haste."""
        self._advanced(newest(client, self.project), sent, ids)

    def settle(self, client: Client, copies: Mapping[str, int]) -> None:
        """Take in how many tasks doubled articles have now, after some were deleted. Raises StudioError."""
        gone = sum(self.doubled.get(article_id, count) - count for article_id, count in copies.items())
        self.doubled = {article_id: count for article_id, count in copies.items() if count > 1}
        for article_id in (article_id for article_id, count in copies.items() if not count):
            del self.digests[article_id]
        now = newest(client, self.project)
        if now.tasks == self.mark.tasks - gone and now.newest <= self.mark.newest:
            self.mark = now
        else:
            self.refresh(client)

    def _advanced(self, now: Mark, sent: Mapping[str, str], ids: Sequence[int]) -> bool:
        plain = len(ids) == len(sent) and now.tasks == self.mark.tasks + len(sent)
        if plain and now.newest == max(ids, default=self.mark.newest):
            self.digests.update(sent)
            self.mark = now
            return True
        return False

    def _only_grew(self, client: Client, now: Mark) -> bool:
        mark = self.mark
        if now.newest < mark.newest or now.tasks < mark.tasks:
            return False
        if not mark.newest:
            return True
        there = tasks.count(client, self.project, tasks.where("id", "less_or_equal", "Number", mark.newest))
        last = tasks.IdRange(mark.newest - 1, mark.newest)
        found = [task["created_at"] for page in tasks.pages(client, self.project, _LISTED, last) for task in page.tasks]
        return there == mark.tasks and found == [mark.created_at]

    def _take(self, found: Sequence[dict[str, Any]]) -> None:
        for task in found:
            article_id, digest = task["data"].get("article_id"), task["data"].get("text_sha256")
            if not isinstance(article_id, str) or not article_id.isascii():
                continue  # somebody's own task
            if article_id in self.digests:
                self.doubled[article_id] = self.doubled.get(article_id, 1) + 1
            else:
                self.digests[article_id] = digest if isinstance(digest, str) and digest.isascii() else ""
        last = found[-1]
        self.mark = Mark(self.mark.tasks + len(found), last["id"], last["created_at"])


class _Kept(msgspec.Struct):
    """A ledger as its file. Edited, it could hide articles; so one with another digest is as good as none."""

    sha256: str
    ledger: msgspec.Raw


def newest(client: Client, project: int) -> Mark:
    """How far the project's tasks go now."""
    params: dict[str, str | int] = {
        "project": project,
        "include": "id,created_at",
        "page": 1,
        "page_size": 1,
        "query": json.dumps({"ordering": ["-tasks:id"]}),
    }
    answer = client.get("/api/tasks/", params)
    for last in answer["tasks"]:
        return Mark(answer["total"], last["id"], last["created_at"])
    return Mark()


@contextlib.contextmanager
def opened(client: Client, project: RemoteProject, folder: Path | None = None) -> Iterator[Ledger]:
    """The project's ledger, brought up to date; it is kept in ``folder`` in the end, also where that is an error's.

    A ledger that is absent or damaged, or another project's, is the same as an empty one.

    Raises StudioError, and WorkspaceError where the file cannot be written.
    """
    server = hashlib.sha256(client.url.encode()).hexdigest()[:12]
    path = folder / f"{server}-{project.id}.json" if folder else None
    ledger = _read(path) if path else None
    empty = Ledger.of(client, project)
    if ledger is None or _whose(ledger) != _whose(empty):
        ledger = empty
    before = msgspec.json.encode(ledger)
    try:
        ledger.refresh(client)
        yield ledger
    except BaseException:  # what is known is true; the error is told, not what a full disk adds to it
        with contextlib.suppress(GoldkitError):
            _write(path, ledger, before)
        raise
    _write(path, ledger, before)


def _read(path: Path) -> Ledger | None:
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        if hashlib.sha256(kept.ledger).hexdigest() == kept.sha256:
            return msgspec.json.decode(kept.ledger, type=Ledger)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        pass
    return None


def _write(path: Path | None, ledger: Ledger, before: bytes) -> None:
    content = msgspec.json.encode(ledger)
    if path and content != before:
        kept = _Kept(hashlib.sha256(content).hexdigest(), msgspec.Raw(content))
        with replacing(path, private=True) as part:
            part.write_bytes(msgspec.json.encode(kept))


def _whose(ledger: Ledger) -> tuple[str, int, str]:
    return ledger.url, ledger.project, ledger.made
