"""A pull that was killed is gone on with: what it had is not fetched again, and what changed meanwhile is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from sweep import SWEEP

from toolkit import parts
from toolkit.errors import WorkspaceError
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject
from toolkit.studio.pull import Pulled
from toolkit.studio.server import Credentials
from toolkit.studio.snapshots import keep_file

from .chain import Chain, held
from .puller import killed

TASKS, PAGE = 22, 4


in_a_sweep = pytest.mark.skipif(not SWEEP, reason="GOLDKIT_SWEEP=1 runs it")


@pytest.fixture
def chain(client: Client, project: RemoteProject, studio: Credentials, tmp_path: Path) -> Chain:
    made = Chain(client, project, studio, tmp_path)
    made.add(TASKS)
    return made


@pytest.fixture
def asked(chain: Chain) -> Iterator[list[int]]:
    """How many tasks came with each page of annotated tasks."""
    came: list[int] = []

    def note(response: Any) -> None:
        query = parse_qs(response.url.query.decode())
        if response.url.path == "/api/tasks/" and "annotations" in query["include"][0]:
            response.read()
            came.append(len(response.json()["tasks"]))

    hooks = chain.client._http.event_hooks["response"]
    hooks.append(note)
    yield came
    hooks.remove(note)


def kill(chain: Chain, pages: int, **options: Any) -> Path:
    """Kill a pull after so many pages; returns what it left."""
    studio = chain.studio
    before = sorted(chain.folder.iterdir()) if chain.folder.exists() else []
    killed(studio.url, studio.token, chain.project.title, chain.folder, chain.ontology, pages, **options)
    assert (sorted(chain.folder.iterdir()) if chain.folder.exists() else []) == before
    left = chain.root / ".snapshots.pulling"
    assert left.is_dir()
    return left


def journal(left: Path) -> Path:
    (path,) = left.glob("project-*/journal.jsonl")
    return path


def test_what_a_kill_at_the_very_end_left_goes_even_where_nothing_has_changed(chain: Chain) -> None:
    first = chain.pull()
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        left = chain.folder / f".{first.snapshot.folder.name}.{gone.pid}-x{parts.OLD}"
    left.mkdir()
    parts.sweep.cache_clear()  # as in another run
    assert not chain.pull().changed
    assert sorted(chain.folder.iterdir()) == [first.snapshot.folder]


def went_on(chain: Chain, done: Pulled) -> None:
    assert held(done.snapshot) == chain.server()
    assert [path.name for path in chain.root.glob(".*")] == []
    assert not chain.pull().changed


@pytest.mark.parametrize("pages", range(1, 7) if SWEEP else [3])
def test_a_full_pull(chain: Chain, asked: list[int], pages: int) -> None:
    left = kill(chain, pages)
    kept = sum(len(json.loads(line)["tasks"]) for line in journal(left).read_text(encoding="utf-8").splitlines())
    assert kept >= PAGE * (pages - 1)
    done = chain.pull()
    assert sum(asked) == TASKS - kept
    assert chain.said == [f"going on with the pull that was stopped: {kept} tasks are here"]
    went_on(chain, done)


def test_what_changed_meanwhile(chain: Chain, asked: list[int]) -> None:
    kill(chain, 4)
    ids = sorted(chain.tasks())
    chain.label(ids[0])
    chain.delete(ids[1])
    chain.delete(ids[-1])
    chain.add(3)
    asked.clear()
    done = chain.pull()
    assert done.full
    assert sum(asked) < TASKS
    went_on(chain, done)


def test_a_pull_of_changes(chain: Chain, asked: list[int]) -> None:
    first = chain.pull(readers=1)
    ids = sorted(chain.tasks())
    for id in ids[:6]:
        chain.label(id)
    left = kill(chain, 2)  # the first word of progress is about the tasks that are known
    kept = sum(len(json.loads(line)["tasks"]) for line in journal(left).read_text(encoding="utf-8").splitlines())
    assert kept
    chain.label(ids[7])
    asked.clear()
    done = chain.pull()
    assert (done.full, done.updated, done.before) == (False, 7, first.snapshot.folder.name)
    assert sum(asked) == 7 - kept
    went_on(chain, done)


@in_a_sweep
def test_again_and_again(chain: Chain, asked: list[int]) -> None:
    for _ in range(3):
        kill(chain, 2)
    done = chain.pull()
    assert sum(asked) < TASKS
    went_on(chain, done)


class TestWhatDoesNotFit:
    def test_a_page_that_is_not_whole(self, chain: Chain, asked: list[int]) -> None:
        left = kill(chain, 3, readers=1)
        pages = sorted(journal(left).parent.glob("tasks-*.json"))
        pages[1].write_bytes(pages[1].read_bytes()[:-1])
        done = chain.pull()
        assert sum(asked) == TASKS - PAGE
        went_on(chain, done)

    @in_a_sweep
    def test_a_line_of_the_journal_that_is_not_whole(self, chain: Chain, asked: list[int]) -> None:
        left = kill(chain, 3, readers=1)
        body = journal(left).read_bytes()
        journal(left).write_bytes(body[: body.rindex(b"\n", 0, -1) + 20])
        kept = body.count(b"\n") - 1
        done = chain.pull()
        assert sum(asked) == TASKS - PAGE * kept
        went_on(chain, done)

    @in_a_sweep
    def test_nothing_that_can_be_read(self, chain: Chain) -> None:
        left = kill(chain, 2)
        (left / "state.json").write_text("{", encoding="utf-8")
        went_on(chain, chain.pull())

    @in_a_sweep
    def test_a_snapshot_that_came_in_between(self, chain: Chain, asked: list[int], tmp_path: Path) -> None:
        kill(chain, 3)
        (tmp_path / "export.json").write_text("[]", encoding="utf-8")
        keep_file(chain.folder, tmp_path / "export.json", None, chain.ontology)
        done = chain.pull()
        assert sum(asked) == TASKS
        assert "does not fit any more" in chain.said[0]
        assert held(done.snapshot) == chain.server()

    @in_a_sweep
    def test_everything_after_a_pull_of_changes(self, chain: Chain, asked: list[int]) -> None:
        chain.pull()
        for id in sorted(chain.tasks())[:6]:
            chain.label(id)
        kill(chain, 2)
        asked.clear()
        done = chain.pull(full=True)
        assert done.full
        assert "does not fit any more" in chain.said[0]
        went_on(chain, done)

    def test_a_disk_that_failed(self, chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is there may not be whole, and takes the room that is missing."""

        def full(*_: object) -> None:
            raise WorkspaceError("no space left", next="free some")

        with monkeypatch.context() as patched:
            patched.setattr("toolkit.studio.snapshots.new_folder", full)
            with pytest.raises(WorkspaceError):
                chain.pull()
        assert list(chain.root.glob(".*")) == []
        went_on(chain, chain.pull())
