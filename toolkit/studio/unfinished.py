"""A pull under way, in a folder of its own beside the snapshots, so that one that was killed can be taken up.

::

    .snapshots.pulling/
      state.json                       what is pulled, and when that began
      project-7/tasks-000000001.json   a page, whole or not there
      project-7/journal.jsonl          a line a page, added when the page was there (index.py)
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from toolkit.files import explained, replacing, write_json
from toolkit.studio import index
from toolkit.studio.index import Entry, Index, IndexedPage
from toolkit.studio.tasks import IdRange

_STATE, _JOURNAL = "state.json", "journal.jsonl"


class State(BaseModel):
    """What a pull fetches. Only a pull of the same kind, after the same snapshot, can take it up."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server_url: str
    include: str
    after: str  # the newest snapshot when it began
    full: bool
    created: Mapping[int, str]  # when the server made each project, by id
    since: Mapping[int, str]  # later changes must be looked for when the pages are there
    ranges: Mapping[int, tuple[IdRange, ...]]  # what the readers of a full pull go through

    def continues(self, other: State) -> bool:
        """Whether this pull would go on where the other one stopped."""
        kept = {"since", "ranges", "full"}
        return self.model_dump(exclude=kept) == other.model_dump(exclude=kept) and self.full <= other.full


class Unfinished:
    """The folder of a pull under way; its methods may be called from several threads."""

    def __init__(self, folder: Path, state: State, kept: Mapping[int, list[IndexedPage]]) -> None:
        self.folder = folder
        self.state = state
        self.kept = kept  # pages from before this run
        self._lock = threading.Lock()

    @classmethod
    def left(cls, folder: Path) -> Unfinished | None:
        """What a killed pull left: its state, and the pages that are what its journal says."""
        try:
            with explained(folder, "read"):
                if not (folder / _STATE).is_file():
                    return None
                state = State.model_validate_json((folder / _STATE).read_bytes())
        except ValidationError:
            return None
        kept = {project: list(_whole(folder / f"project-{project}")) for project in state.created}
        for project, pages in kept.items():  # the journal anew, without a last line that was cut off
            with replacing(_made(folder / f"project-{project}") / _JOURNAL) as part, part.open("wb") as journal:
                journal.writelines(index.encode(page) + b"\n" for page in pages)
        return cls(folder, state, kept)

    @classmethod
    def begin(cls, folder: Path, state: State) -> Unfinished:
        """Begin anew, in an empty folder."""
        with explained(folder, "write"):
            shutil.rmtree(folder, ignore_errors=True)
            for project in state.created:
                _made(folder / f"project-{project}")
        write_json(folder / _STATE, state.model_dump(mode="json"))
        return cls(folder, state, {})

    def keep(self, project: int, body: bytes, entries: list[Entry], known: Index) -> None:
        """Keep a page of tasks as it came, and take it up into what is known of the project."""
        folder = self.folder / f"project-{project}"
        with self._lock:
            name = known.free_name(entries[0].id)
            with replacing(folder / name) as part:
                part.write_bytes(body)
            sha256 = hashlib.sha256(body).hexdigest()
            page = IndexedPage(page=name, sha256=sha256, bytes=len(body), stored=len(entries), tasks=entries)
            with explained(folder / _JOURNAL, "write"), (folder / _JOURNAL).open("ab") as journal:
                journal.write(index.encode(page) + b"\n")
            known.add(page)

    def path(self, project: int, page: str) -> Path:
        """Where a page would be."""
        return self.folder / f"project-{project}" / page

    def rest(self, project: int) -> list[IdRange]:
        """What is left of the ranges of a full pull."""
        found = []
        for ids in self.state.ranges[project]:
            pages = [page for page in self.kept.get(project, []) if ids.above < page.tasks[0].id <= ids.upto]
            last = max((page.tasks[-1].id for page in pages), default=ids.above)
            if last < ids.upto:
                found.append(IdRange(last, ids.upto))
        return found

    def drop(self) -> None:
        """Remove the folder: the snapshot is whole, or nobody can go on with this."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _whole(folder: Path) -> Iterator[IndexedPage]:
    for page in index.read_journal(folder / _JOURNAL):
        path = folder / page.page
        with explained(path, "read"):
            body = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(body).hexdigest() != page.sha256:
            return  # a range goes on after its last page, so what comes behind this one has to be fetched again
        yield page


def _made(folder: Path) -> Path:
    with explained(folder, "make"):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    return folder
