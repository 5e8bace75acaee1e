"""The ledger spares a look where it may, and never outlives the truth."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from toolkit.articles.model import Article
from toolkit.studio import push as pushing
from toolkit.studio import tasks
from toolkit.studio.address import Address
from toolkit.studio.client import Client, Params
from toolkit.studio.ledger import Ledger, opened
from toolkit.studio.projects import RemoteProject, ensure_project
from toolkit.studio.push import Pushed, compared, push
from toolkit.studio.server import DATABASE, Credentials

from .fakes import CONFIG, WORKSPACE, Fake, article, articles, forwarded


class Watched(Client):
    """Keeps what the lists of tasks were asked for."""

    def __init__(self, studio: Credentials) -> None:
        super().__init__(Address(studio.url, studio.token))
        self.asked: list[Params] = []

    def get_bytes(self, path: str, params: Params | None = None) -> tuple[bytes, Any]:
        if path == "/api/tasks/":
            self.asked.append(params or {})
        return super().get_bytes(path, params)

    @property
    def lists(self) -> list[str]:
        """The filters of the lists that had the tasks' data in them."""
        return [str(params["query"]) for params in self.asked if "data" in str(params["include"])]


@pytest.fixture
def watched(studio: Credentials) -> Iterator[Watched]:
    with Watched(studio) as client:
        yield client


def again(
    client: Client, project: RemoteProject, folder: Path, pushed: Sequence[Article], **more: Any
) -> tuple[Pushed, Ledger]:
    """Push as `goldkit push` does, with the ledgers of a folder."""
    with opened(client, project, folder) as ledger:
        keys = {one.article_id: one.text_sha256 for one in pushed}
        there = compared(project, ledger, keys)
        missing = [one for one in pushed if one.article_id not in ledger.digests]
        done = push(client, project, missing, ledger=ledger, **more)
    done.known += there.known
    done.findings[:0] = there.findings
    return done, ledger


def once(client: Client, project: RemoteProject, count: int) -> bool:
    """Whether each of the articles has one task, and nothing else of ours has any."""
    listed = [
        task["data"].get("article_id")
        for page in tasks.all_pages(client, project.id, tasks.PLAIN)
        for task in page.tasks
    ]
    there = Counter(article_id for article_id in listed if article_id)
    return there == Counter(one.article_id for one in articles(count))


def by_hand(client: Client, project: RemoteProject, *data: dict[str, Any]) -> list[int]:
    """What another tool imports."""
    fields = dict.fromkeys(("article_id", "text_sha256", "title", "outlet", "published"), "")
    body = json.dumps([{"data": fields | {"text": "by hand"} | one} for one in data]).encode()
    if not data:
        return []
    return list(client.post(f"/api/projects/{project.id}/import?return_task_ids=true", body)["task_ids"])


def ids(client: Client, project: RemoteProject) -> list[int]:
    return [task["id"] for page in tasks.all_pages(client, project.id, "id") for task in page.tasks]


def delete(client: Client, *task_ids: int) -> None:
    with client.sdk() as sdk:
        for id in task_ids:
            sdk.tasks.delete(id=str(id))


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


class TestWhatIsBelieved:
    def test_nothing_changed(self, watched: Watched, project: RemoteProject, tmp_path: Path) -> None:
        first, ledger = again(watched, project, tmp_path, articles(7), batch_size=3)
        assert (first.new, first.known, watched.lists) == (7, 0, [])
        assert only_file(tmp_path).stat().st_mode & 0o077 == 0
        watched.asked.clear()
        second, kept = again(watched, project, tmp_path, articles(7))
        assert (second.new, second.known, kept) == (0, 7, ledger)
        assert [params["page_size"] for params in watched.asked] == [1, 1], "the newest task, before and after"

    def test_it_only_grew(self, watched: Watched, project: RemoteProject, tmp_path: Path) -> None:
        _, ledger = again(watched, project, tmp_path, articles(5))
        last = ledger.mark.newest
        by_hand(watched, project, {"article_id": "a-0006", "text_sha256": article(6).text_sha256}, {})
        watched.asked.clear()
        pushed, ledger = again(watched, project, tmp_path, articles(7))
        assert (pushed.new, pushed.known) == (1, 6)
        assert ledger.mark.tasks == 8
        assert sum(str(last) in query for query in watched.lists) == len(watched.lists) == 2, "none from the beginning"
        assert once(watched, project, 7)

    def test_another_text_is_found_without_the_server(
        self, client: Client, project: RemoteProject, tmp_path: Path
    ) -> None:
        again(client, project, tmp_path, articles(3))
        pushed, _ = again(client, project, tmp_path, [article(0), article(1, "Corrected.")])
        assert (pushed.new, pushed.known, [one.rule for one in pushed.findings]) == (0, 1, ["text-changed"])

    def test_ids_that_are_none(self, client: Client, project: RemoteProject, tmp_path: Path) -> None:
        by_hand(client, project, {"article_id": 7}, {"article_id": "é"}, {"article_id": "x", "text_sha256": ["y"]})
        assert again(client, project, tmp_path, articles(2))[0].new == 2
        with opened(client, project, tmp_path) as ledger:
            assert ledger.digests.keys() == {"x", "a-0000", "a-0001"}


def edit(path: Path, **fields: Any) -> None:
    """Write other fields into a ledger, with the digest that goes with them."""
    ledger = json.dumps(json.loads(path.read_bytes())["ledger"] | fields)
    digest = hashlib.sha256(ledger.encode()).hexdigest()
    path.write_text(f'{{"sha256": "{digest}", "ledger": {ledger}}}')


class TestWhatIsNotBelieved:
    @pytest.mark.parametrize(
        "damage",
        [
            lambda path: path.unlink(),
            lambda path: path.write_bytes(b""),
            lambda path: path.write_bytes(path.read_bytes()[:-9]),
            lambda path: path.write_bytes(b'{"url": "\xff"}'),
            lambda path: edit(path, made="2031-05-09T00:00:00Z"),
            lambda path: edit(path, mark=[1, 2]),
            lambda path: path.write_text(path.read_text().replace('"a-0000"', '"a-0003"')),
        ],
        ids=["lost", "empty", "cut off", "no text", "an earlier project of that id", "another version's", "by hand"],
    )
    def test_a_ledger_that_is_none(
        self, client: Client, project: RemoteProject, tmp_path: Path, damage: Callable[[Path], object]
    ) -> None:
        _, ledger = again(client, project, tmp_path, articles(3))
        damage(only_file(tmp_path))
        pushed, found = again(client, project, tmp_path, articles(4))
        assert (pushed.new, pushed.known) == (1, 3)
        assert found.digests.keys() > ledger.digests.keys()
        assert once(client, project, 4)

    @pytest.mark.parametrize(
        ("gone", "came"),
        [([0], 0), ([5], 0), ([5], 1), ([2, 3], 1), ([0, 1, 2, 3, 4, 5], 0), ([0, 1, 2, 3, 4, 5], 1)],
        ids=str,
    )
    def test_tasks_deleted_by_hand(
        self, client: Client, project: RemoteProject, tmp_path: Path, gone: list[int], came: int
    ) -> None:
        again(client, project, tmp_path, articles(6))
        there = ids(client, project)
        delete(client, *(there[index] for index in gone))
        by_hand(client, project, *[{}] * len(gone) * came)
        assert again(client, project, tmp_path, articles(6))[0].new == len(gone)
        assert once(client, project, 6)


class TestARestoredServer:
    """Its database goes back while it runs, which to a push is the same as a restart with an older file."""

    @staticmethod
    def copied(source: Path, target: Path) -> None:
        with contextlib.ExitStack() as stack:
            old, new = (stack.enter_context(contextlib.closing(sqlite3.connect(path))) for path in (source, target))
            old.backup(new)

    @pytest.mark.parametrize("meanwhile", [0, 4], ids=["older", "older, and the ids given again"])
    def test_older_tasks(
        self, client: Client, project: RemoteProject, studio_home: Path, tmp_path: Path, meanwhile: int
    ) -> None:
        again(client, project, tmp_path / "ledgers", articles(3))
        self.copied(studio_home / DATABASE, tmp_path / "backup")
        _, ledger = again(client, project, tmp_path / "ledgers", articles(7))
        self.copied(tmp_path / "backup", studio_home / DATABASE)
        assert once(client, project, 3)
        made = by_hand(client, project, *[{}] * meanwhile)
        if made:
            assert made[-1] == ledger.mark.newest
            assert tasks.count(client, project.id) == ledger.mark.tasks
        assert again(client, project, tmp_path / "ledgers", articles(7))[0].new == 4
        assert once(client, project, 7)

    def test_a_project_with_the_id_of_another(
        self, client: Client, project: RemoteProject, studio_home: Path, tmp_path: Path
    ) -> None:
        wanted = project.wanted.model_copy(update={"title": f"{project.title}, once more"})
        self.copied(studio_home / DATABASE, tmp_path / "backup")
        made = []
        for _ in range(2):
            found = ensure_project(client, WORKSPACE, wanted, label_config=CONFIG, instruction="")
            made.append(found)
            assert again(client, found, tmp_path / "ledgers", articles(5))[0].new == 5
            assert once(client, found, 5)
            if len(made) == 1:
                self.copied(tmp_path / "backup", studio_home / DATABASE)
        assert made[0].id == made[1].id
        assert made[0].created_at != made[1].created_at


class TestWhatIsLeftOfAPushThatStops:
    def test_ctrl_c(self, watched: Watched, project: RemoteProject, tmp_path: Path) -> None:
        def interrupt(_: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            again(watched, project, tmp_path, articles(6), batch_size=4, progress=interrupt)
        with opened(watched, project, tmp_path) as ledger:
            assert (len(ledger.digests), watched.lists) == (4, [])
        assert again(watched, project, tmp_path, articles(6))[0].new == 2
        assert watched.lists == [], "nothing had to be listed"
        assert once(watched, project, 6)

    def test_a_kill(self, client: Client, project: RemoteProject, tmp_path: Path) -> None:
        """Nothing is written after it, so the older ledger is what the next push finds."""
        again(client, project, tmp_path / "ledgers", articles(2))
        shutil.copytree(tmp_path / "ledgers", tmp_path / "as it was")
        again(client, project, tmp_path / "ledgers", articles(5))
        assert again(client, project, tmp_path / "as it was", articles(6))[0].new == 1
        assert once(client, project, 6)

    def test_it_is_kept_every_so_often(
        self, client: Client, project: RemoteProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pushing, "CONFIRMED", 2)
        with opened(client, project, tmp_path) as ledger:
            seen: list[int] = []
            push(
                client,
                project,
                articles(5),
                ledger=ledger,
                batch_size=1,
                progress=lambda _: seen.append(len(ledger.digests)),
            )
        assert seen == [0, 2, 2, 4, 4]
        assert len(ledger.digests) == 5


class TestAnAnswerThatComesLate:
    """A gateway says 502 while the server still has the import before it; the server takes it when nobody looks."""

    def late(self, start: Callable[..., Fake], studio: Credentials, *, with_the_next: bool) -> tuple[Fake, list[Any]]:
        held: list[Any] = []
        given_up: list[None] = []

        def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
            if "/import" in path and not given_up:
                given_up.append(None)
                held.append((method, path, headers, body))
                return 502, "text/html", b"Bad Gateway"
            found = forwarded(studio.url, method, path, headers, body)
            if "/import" in path and with_the_next:
                forwarded(studio.url, *held.pop())
            return found

        return start(answer), held

    def test_before_the_push_ends(
        self, client: Client, project: RemoteProject, studio: Credentials, fake: Callable[..., Fake], tmp_path: Path
    ) -> None:
        proxy, _ = self.late(fake, studio, with_the_next=True)
        with Client(Address(proxy.url, studio.token)) as unlucky:
            pushed, ledger = again(unlucky, project, tmp_path, articles(5), pauses=(0.01,))
        assert (pushed.new, pushed.removed, pushed.findings) == (5, 5, [])
        assert once(client, project, 5)
        assert ledger.mark.tasks == 5

    def test_after_it(
        self, client: Client, project: RemoteProject, studio: Credentials, fake: Callable[..., Fake], tmp_path: Path
    ) -> None:
        proxy, held = self.late(fake, studio, with_the_next=False)
        with Client(Address(proxy.url, studio.token)) as unlucky:
            assert again(unlucky, project, tmp_path, articles(5), pauses=(0.01,))[0].removed == 0
            forwarded(studio.url, *held.pop())
            pushed, _ = again(unlucky, project, tmp_path, articles(5))
        assert (pushed.new, pushed.known, pushed.removed) == (0, 5, 5)
        assert once(client, project, 5)

    def test_a_server_that_stays_away(
        self, client: Client, project: RemoteProject, studio: Credentials, fake: Callable[..., Fake], tmp_path: Path
    ) -> None:
        def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
            if "/import" in path:
                forwarded(studio.url, method, path, headers, body)
                return 0, "", b""
            if "filters" in path and "article_id" in path:
                return 400, "application/json", b"{}"
            return forwarded(studio.url, method, path, headers, body)

        again(client, project, tmp_path, articles(2))
        proxy = fake(answer)
        with Client(Address(proxy.url, studio.token)) as unlucky, pytest.raises(Exception, match="refused"):
            again(unlucky, project, tmp_path, articles(4), pauses=(0.01,))
        assert again(client, project, tmp_path, articles(4))[0].new == 0
        assert once(client, project, 4)
