"""A pull that goes on from a snapshot ends with what a pull of everything has."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from killed.points import SEED
from sweep import SWEEP

from toolkit.project import StudioProject
from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.index import Entry, Index, IndexedPage, earlier, moment
from toolkit.studio.people import add_annotator
from toolkit.studio.projects import RemoteProject, ensure_project
from toolkit.studio.server import Credentials
from toolkit.studio.snapshots import load, read_tasks, stored_pages

from .chain import NOW, Chain, held, pages
from .fakes import CONFIG, WORKSPACE, person

in_a_sweep = pytest.mark.skipif(not SWEEP, reason="GOLDKIT_SWEEP=1 runs it")


@pytest.fixture
def chain(client: Client, project: RemoteProject, studio: Credentials, tmp_path: Path) -> Chain:
    """Ten tasks; the first is labelled."""
    made = Chain(client, project, studio, tmp_path)
    made.add(10)
    made.label(min(made.tasks()))
    return made


def test_nothing_changed(chain: Chain) -> None:
    first = chain.pull()
    assert (first.changed, first.full, first.new, first.updated, first.deleted) == (True, True, 0, 0, 0)
    again = chain.pull()
    assert (again.changed, again.full, again.snapshot) == (False, False, first.snapshot)
    assert [path.name for path in chain.folder.iterdir()] == [first.snapshot.folder.name]
    assert chain.said == []


def test_work_that_is_moved_to_another_task_is_not_lost(chain: Chain) -> None:
    """Label Studio's own way of taking duplicates away moves annotations, and dates no task anew."""
    text = chain.client.get(f"/api/tasks/{min(chain.tasks())}/")["data"]
    chain.client.post(f"/api/projects/{chain.project.id}/import", [{"data": text}])
    double = max(chain.tasks())
    chain.label(double, was_cancelled=True)
    chain.pull()
    chain.client.post(f"/api/dm/actions/?id=remove_duplicates&project={chain.project.id}", {})
    assert double not in chain.tasks()
    pulled = chain.pull()
    assert pulled.full
    assert held(pulled.snapshot) == chain.server()
    assert "have been moved" in chain.said[-1]


Change = Callable[[Chain, list[int]], Any]
Counts = set[tuple[int, int, int]]  # new, changed, deleted

CHANGES: dict[str, tuple[Change, Counts]] = {
    "a label": (lambda chain, ids: chain.label(ids[5]), {(0, 1, 0)}),
    "a skip": (lambda chain, ids: chain.label(ids[6], was_cancelled=True), {(0, 1, 0)}),
    "another label": (lambda chain, ids: chain.change(chain.first(ids[0]), person("By Acme", "Acme")), {(0, 1, 0)}),
    "an annotation deleted": (lambda chain, ids: chain.delete_annotation(chain.first(ids[0])), {(0, 1, 0)}),
    "a task deleted": (lambda chain, ids: chain.delete(ids[4]), {(0, 0, 1)}),
    "a labelled task deleted": (lambda chain, ids: chain.delete(ids[4]), {(0, 0, 1)}),
    "tasks added": (lambda chain, ids: chain.add(3), {(3, 0, 0)}),
    # SQLite gives the last id again, PostgreSQL does not.
    "others in place of the last": (
        lambda chain, ids: chain.add(2, instead_of=ids[-1]),
        {(1, 1, 0), (2, 0, 1)},
    ),
    "most deleted": (lambda chain, ids: chain.delete(*ids[2:]), {(0, 0, 10)}),
}


USUAL = ("another label", "an annotation deleted", "a task deleted", "others in place of the last")


def test_what_changed(chain: Chain) -> None:
    """One change after the other, each with a snapshot of its own."""
    last = chain.pull()
    for name, (change, counts) in CHANGES.items() if SWEEP else [(name, CHANGES[name]) for name in USUAL]:
        before, folder = held(last.snapshot), last.snapshot
        change(chain, sorted(chain.tasks()))
        last = chain.pull()
        assert (last.changed, last.full, last.before) == (True, False, folder.folder.name), (name, chain.said)
        assert (last.new, last.updated, last.deleted) in counts, name
        found = held(last.snapshot)
        assert found == chain.server(), name
        assert held(folder) == before, name
        (record,) = last.snapshot.manifest.projects
        annotations = [one for task in found for one in task["annotations"]]
        assert (record.tasks, record.skipped) == (len(found), sum(one["was_cancelled"] for one in annotations)), name
        assert record.annotations == len(annotations) - record.skipped, name
    assert not chain.pull().changed


@in_a_sweep
def test_an_undo_is_found(chain: Chain) -> None:
    first = chain.pull()
    (own,) = chain.tasks()[min(chain.tasks())]
    chain.change(own["id"], [])
    chain.pull()
    chain.change(own["id"], own["result"])
    third = chain.pull()
    assert third.updated == 1
    ours, theirs = (held(one.snapshot)[0]["annotations"][0]["result"] for one in (first, third))
    assert ours == theirs == own["result"]


def test_unchanged_pages_are_shared(chain: Chain) -> None:
    first = chain.pull()
    chain.label(sorted(chain.tasks())[5])
    second = chain.pull()
    old, new = pages(first.snapshot), pages(second.snapshot)
    assert len(new) == len(old) + 1
    assert all(new[name].samefile(path) for name, path in old.items())
    assert [page.ids is None for page in stored_pages(second.snapshot)].count(False) == 1
    shutil.rmtree(first.snapshot.folder)
    assert held(load(second.snapshot.folder)) == chain.server()


def test_a_disk_without_links(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    first = chain.pull()
    chain.label(sorted(chain.tasks())[5])
    second = chain.pull()
    assert not second.full
    assert not any(pages(second.snapshot)[name].samefile(path) for name, path in pages(first.snapshot).items())
    assert held(second.snapshot) == chain.server()


MORE = CONFIG.replace('<Label value="ORG"/>', '<Label value="ORG"/><Label value="PLACE"/>')


def test_settings_and_users_are_news(chain: Chain, wanted: StudioProject) -> None:
    def pulled() -> dict[str, bytes]:
        done = chain.pull()
        assert (done.changed, done.full, done.new + done.updated + done.deleted) == (True, False, 0), chain.said
        return {path.name: path.read_bytes() for path in done.snapshot.folder.rglob("*") if path.is_file()}

    chain.pull()
    ensure_project(chain.client, WORKSPACE, wanted, label_config=MORE, instruction="<p>Read.</p>")
    assert pulled()["label_config.xml"].decode() == MORE
    chain.ontology.write_bytes(chain.ontology.read_bytes() + b"# more\n")
    user = f"{wanted.title.replace(' ', '-')}@example.org"
    add_annotator(chain.studio, user, "a long enough password")
    files = pulled()
    assert files["ontology.yaml"].endswith(b"# more\n")
    assert user.encode() in files["users.json"]


class TestEverythingIsFetched:
    def test_by_request_and_compared(self, chain: Chain) -> None:
        chain.pull()
        chain.label(sorted(chain.tasks())[5])
        done = chain.pull(full=True)
        assert (done.full, done.changed, done.proved, done.findings) == (True, True, 10, ())
        assert (done.updated, done.snapshot.manifest.base, chain.said) == (1, "", [])

    def test_what_the_pulls_of_changes_missed_is_a_finding(self, chain: Chain) -> None:
        first = chain.pull()
        (path,) = [path for name, path in pages(first.snapshot).items() if b'"Ada"' in path.read_bytes()]
        forged = path.read_bytes().replace(b'"Ada"', b'"Eva"')
        record = first.snapshot.manifest.files[path.relative_to(first.snapshot.folder).as_posix()]
        assert len(forged) == record.bytes
        forge(first.snapshot.folder, path, forged, record.sha256)
        done = chain.pull(full=True)
        (finding,) = done.findings
        assert finding.rule == "incremental-pull-differs"
        assert f"task {min(chain.tasks())} has other contents" in finding.message

    @in_a_sweep
    def test_after_many_pulls_of_changes(self, chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("toolkit.studio.bases.MOST", 1)
        full = []
        for id in sorted(chain.tasks())[1:5]:
            full.append(chain.pull().full)
            chain.label(id)
        assert full == [True, False, True, False]
        assert chain.said == ["fetching everything: 1 pulls in a row fetched only what had changed"]

    def test_after_a_week(self, chain: Chain) -> None:
        chain.pull()
        assert chain.pull(now=NOW + timedelta(days=8)).proved == 10
        assert "everything was fetched last at 2031-03-14" in chain.said[0]

    def test_where_a_page_was_edited(self, chain: Chain) -> None:
        first = chain.pull()
        path = next(iter(pages(first.snapshot).values()))
        path.write_bytes(path.read_bytes().replace(b"A", b"B"))
        done = chain.pull()
        assert done.full
        assert "is not what was pulled" in chain.said[0]
        assert held(done.snapshot) == chain.server()

    @in_a_sweep
    def test_where_the_project_is_another(self, chain: Chain, client: Client) -> None:
        chain.pull()
        wanted = StudioProject(title=chain.project.title + " again")
        chain.project = ensure_project(client, WORKSPACE, wanted, label_config=CONFIG, instruction="")
        chain.articles = 0
        chain.add(2)
        done = chain.pull()
        assert (done.full, len(held(done.snapshot))) == (True, 2)

    @in_a_sweep
    def test_where_most_is_superseded(self, chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("toolkit.studio.changes.FEW", 2)
        chain.pull()
        for id in sorted(chain.tasks())[:3]:
            chain.label(id)
        assert chain.pull().full
        assert "of 10 tasks, 3 changed" in chain.said[0]

    def test_where_work_that_was_pulled_is_older_on_the_server(self, chain: Chain, dated: Dated) -> None:
        """As after a backup was restored."""
        ids = sorted(chain.tasks())
        dated(ids[1:], 3600)
        chain.label(ids[3])
        chain.pull()
        dated([ids[3]], 3600)
        done = chain.pull()
        assert done.full
        assert "of older tasks, the server has 1 more than were pulled before" in chain.said[0]
        assert held(done.snapshot) == chain.server()

    @in_a_sweep
    def test_where_the_last_change_is_older_than_what_was_pulled(self, chain: Chain, dated: Dated) -> None:
        chain.pull()
        dated(sorted(chain.tasks()), 3600)
        assert chain.pull().full
        assert "the server's last change is older" in chain.said[0]


Dated = Callable[[list[int], float], None]


@pytest.fixture
def dated(studio_home: Path) -> Dated:
    """Let tasks have been changed so many seconds ago, by the server's clock."""

    def date(tasks: list[int], seconds: float) -> None:
        at = (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")
        with (
            contextlib.closing(sqlite3.connect(studio_home / "label_studio.sqlite3", timeout=60)) as database,
            database,
        ):
            database.executemany("UPDATE task SET updated_at = ? WHERE id = ?", [(at, id) for id in tasks])

    return date


@pytest.mark.parametrize("late", [20, 60, 200, 600] if SWEEP else [60])
@pytest.mark.parametrize("counted", [False, True] if SWEEP else [True])
def test_a_change_that_came_late(
    chain: Chain, dated: Dated, late: float, counted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from a server whose clock is slow, or a transaction that took long to come to its end."""
    if counted:  # as after a large import, where there is too much to be listed
        monkeypatch.setattr("toolkit.studio.changes.LISTED", 0)
    ids = sorted(chain.tasks())
    dated(ids[1:], 7200)
    first = chain.pull()
    chain.label(ids[3])
    chain.label(ids[4])
    dated([ids[3]], late)
    chain.delete(ids[5])
    second = chain.pull()
    assert (second.full, second.updated, second.deleted) == (False, 2, 1), chain.said
    assert held(second.snapshot) == chain.server()
    assert first.snapshot.folder.exists()
    assert not chain.pull().changed


def test_many_deleted_here_and_there(chain: Chain, dated: Dated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts lead to them; no more than a page is listed at once."""
    monkeypatch.setattr("toolkit.studio.tasks.LISTED", 2)
    chain.add(10)
    ids = sorted(chain.tasks())
    dated(ids, 7200)
    chain.pull()
    chain.delete(ids[0], *ids[7:9], ids[-1])
    second = chain.pull()
    assert (second.full, second.deleted) == (False, 4), chain.said
    assert held(second.snapshot) == chain.server()


def forge(folder: Path, page: Path, body: bytes, old: str) -> None:
    """Put other bytes in a page's place, and let the snapshot vouch for them."""
    page.write_bytes(body)
    (index,) = folder.glob("project-*/index.jsonl")
    vouch(
        folder, {page: body, index: index.read_bytes().replace(old.encode(), hashlib.sha256(body).hexdigest().encode())}
    )


def vouch(folder: Path, bodies: dict[Path, bytes]) -> None:
    manifest = folder / "manifest.json"
    said = json.loads(manifest.read_bytes())
    for path, body in bodies.items():
        path.unlink()  # it may be another snapshot's too
        path.write_bytes(body)
        said["files"][path.relative_to(folder).as_posix()] = {
            "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
    manifest.write_text(json.dumps(said), encoding="utf-8")


@pytest.mark.parametrize("seed", range(100 + SEED, 130 + SEED) if SWEEP else [100])
def test_a_walk(chain: Chain, seed: int) -> None:
    """Whatever people do between pulls, the chain of them has what the server has, and says what changed."""
    random_ = random.Random(seed)
    chain.pull()
    for _ in range(20 if SWEEP else 2):
        for _ in range(random_.randint(0, 4 if SWEEP else 3)):
            step(chain, random_)
        done = chain.pull()
        assert held(done.snapshot) == chain.server(), chain.said
        assert done.snapshot.manifest.projects[0].tasks == len(chain.tasks())
    proof = chain.pull(full=True)
    assert (proof.findings, proof.proved) == ((), len(chain.tasks()))


def step(chain: Chain, random_: random.Random) -> None:
    there = chain.tasks()
    annotated = [one["id"] for annotations in there.values() for one in annotations]
    steps: list[Callable[[], Any]] = [lambda: chain.add(random_.randint(1, 3))]
    if there:
        steps += [
            lambda: chain.label(random_.choice(sorted(there)), random_.choice(["Ada", "Acme"])),
            lambda: chain.label(random_.choice(sorted(there)), was_cancelled=True),
            lambda: chain.delete(random_.choice(sorted(there))),
            lambda: chain.delete(max(there)),
        ]
    if annotated:
        steps += [
            lambda: chain.delete_annotation(random_.choice(annotated)),
            lambda: chain.change(random_.choice(annotated), []),
            lambda: chain.change(random_.choice(annotated), person("By Ada.", "Ada")),
        ]
    random_.choice(steps)()


def test_others_can_change_nothing_in_a_snapshot(chain: Chain) -> None:
    umask = os.umask(0)
    try:
        done = chain.pull()
        chain.label(sorted(chain.tasks())[5])
        again = chain.pull()
    finally:
        os.umask(umask)
    paths = [path for one in (done, again) for path in (one.snapshot.folder, *one.snapshot.folder.rglob("*"))]
    assert [path for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o022] == []
    assert stat.S_IMODE((again.snapshot.folder / "users.json").stat().st_mode) == 0o600


def test_a_snapshot_from_before_there_were_indexes(chain: Chain) -> None:
    done = chain.pull()
    manifest = done.snapshot.folder / "manifest.json"
    said = json.loads(manifest.read_bytes())
    said["files"] = {name: record for name, record in said["files"].items() if not name.endswith("index.jsonl")}
    said = {name: value for name, value in said.items() if name not in ("include", "base", "full", "since_full")}
    for project in said["projects"]:
        del project["created_at"], project["newest"]
    manifest.write_text(json.dumps(said), encoding="utf-8")
    old = load(done.snapshot.folder)
    assert [task["id"] for _, task in read_tasks(old)] == sorted(chain.tasks())
    assert chain.pull().full
    assert "just these projects" in chain.said[0]


def test_moments() -> None:
    written = ["2031-03-14T12:00:00Z", "2031-03-14T12:00:00.000001Z", "2031-03-14T14:00:00.5+02:00"]
    found = [moment(one) for one in written]
    assert found == sorted(found)
    assert found[0] == "2031-03-14T12:00:00.000000Z"
    assert earlier(found[0], 0.5) == "2031-03-14T11:59:59.500000Z"


def test_an_index_counts_each_task_once() -> None:
    def page(name: str, *ids: int) -> IndexedPage:
        tasks = [Entry(id, f"2031-03-14T12:00:00.00000{id}Z", 1, 0) for id in ids]
        return IndexedPage(page=name, sha256="", bytes=0, stored=len(ids), tasks=tasks)

    index = Index([page("tasks-000000001.json", 1, 2, 3), page("tasks-000000004.json", 4)])
    index.add(page("tasks-000000001-1.json", 1, 4))
    index.drop([3])
    kept = {one.page: [entry.id for entry in one.tasks] for one in index.pages()}
    assert kept == {"tasks-000000001-1.json": [1, 4], "tasks-000000001.json": [2]}
    assert (len(index), index.superseded) == (3, 2)
    assert index.free_name(1) == "tasks-000000001-2.json"
    assert index.free_name(4) == "tasks-000000004-1.json"


def test_ids_fit_into_a_request(client: Client, project: RemoteProject) -> None:
    """The longest line that a list of ids makes is one that every server takes."""
    seen: list[int] = []

    def note(request: Any) -> None:
        seen.append(len(request.url.raw_path))

    client._http.event_hooks["request"].append(note)
    assert list(tasks.of_ids(client, project.id, tasks.ANNOTATED, range(10**9, 10**9 + 600))) == []
    assert list(tasks.of_ids(client, project.id, tasks.ANNOTATED, range(1, 600))) == []
    assert 2 < len(seen) < 10
    assert max(seen) < 4000
