"""Every article once, whatever breaks in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.articles.model import Article
from toolkit.errors import BadInputError, StudioUnreachable
from toolkit.findings import Severity
from toolkit.studio import tasks
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject, require_project
from toolkit.studio.push import CONTEXT, push
from toolkit.studio.server import Credentials

from .fakes import WORKSPACE, Fake, article, articles, forwarded, person

Start = Callable[..., Fake]
QUICK = (0.01, 0.01, 0.01)


def on_server(client: Client, project: RemoteProject) -> dict[str, dict[str, Any]]:
    """The data of all tasks by article_id; fails where one is there twice."""
    found = [task["data"] for page in tasks.all_pages(client, project.id, tasks.PLAIN) for task in page.tasks]
    assert Counter(data["article_id"] for data in found).most_common(1)[0][1] == 1
    return {data["article_id"]: data for data in found}


def test_push_twice(client: Client, project: RemoteProject) -> None:
    ticks: list[int] = []
    first = push(client, project, articles(7), batch_size=3, progress=ticks.append)
    assert (first.new, first.known, first.batches, first.findings) == (7, 0, 3, [])
    assert ticks == [3, 3, 1]
    again = push(client, project, iter(articles(9)))
    assert (again.new, again.known, again.batches) == (2, 7, 1)
    data = on_server(client, project)
    assert len(data) == 9
    assert data["a-0004"] == {
        "text": article(4).text,
        "article_id": "a-0004",
        "text_sha256": article(4).text_sha256,
        "outlet": "Daily",
        **dict.fromkeys(("title", "published", "language", "url", "story_id"), ""),
    }


def test_an_article_twice_in_one_push(client: Client, project: RemoteProject) -> None:
    pushed = push(client, project, [article(1), article(2), article(1), article(2, "another text")], batch_size=2)
    assert (pushed.new, pushed.known) == (2, 1)
    assert [finding.rule for finding in pushed.findings] == ["text-changed"]
    assert len(on_server(client, project)) == 2


def test_ctrl_c_between_batches(client: Client, project: RemoteProject) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push(client, project, articles(10), batch_size=4, progress=interrupt)
    pushed = push(client, project, articles(10), batch_size=4)
    assert (pushed.new, pushed.known) == (6, 4)
    assert len(on_server(client, project)) == 10


def lossy(
    start: Start, url: str, *, lose: int, forward: bool = True, then: tuple[int, str, bytes] | None = None
) -> Fake:
    """A proxy that loses the answers to the first ``lose`` imports; with ``forward`` the server did get them."""
    lost = Counter[str]()

    def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
        losing = "/import" in path and lost["answers"] < lose
        lost["answers"] += losing
        if losing and not forward:
            return then or (0, "", b"")
        found = forwarded(url, method, path, headers, body)
        return (then or (0, "", b"")) if losing else found

    return start(answer)


@pytest.mark.parametrize("forward", [True, False], ids=["server got it", "server did not"])
@pytest.mark.parametrize("then", [None, (504, "text/html", b"<p>Gateway timeout")], ids=["hung up", "504"])
def test_a_lost_answer(
    client: Client, project: RemoteProject, studio: Credentials, fake: Start, forward: bool, then: Any
) -> None:
    proxy = lossy(fake, studio.url, lose=1, forward=forward, then=then)
    with Client(Address(proxy.url, studio.token)) as unlucky:
        pushed = push(unlucky, project, articles(6), batch_size=3, pauses=QUICK)
    assert (pushed.new, pushed.known, pushed.findings) == (6, 0, [])
    assert len(on_server(client, project)) == 6
    assert sum("/import" in path for _, path in proxy.seen) == (2 if forward else 3)


def test_a_server_that_stays_away(client: Client, project: RemoteProject, studio: Credentials, fake: Start) -> None:
    proxy = lossy(fake, studio.url, lose=99, forward=False)
    with Client(Address(proxy.url, studio.token)) as unlucky, pytest.raises(StudioUnreachable):
        push(unlucky, project, articles(3), pauses=QUICK)
    assert sum("/import" in path for _, path in proxy.seen) == 3
    assert push(client, project, articles(3)).new == 3


def test_another_text_is_not_pushed(client: Client, project: RemoteProject) -> None:
    push(client, project, articles(3))
    pushed = push(client, project, [article(0), article(1, "Corrected."), article(5)])
    assert (pushed.new, pushed.known) == (1, 1)
    (finding,) = pushed.findings
    assert (finding.rule, finding.severity, finding.place.article_id) == ("text-changed", Severity.ERROR, "a-0001")
    assert on_server(client, project)["a-0001"]["text"] == article(1).text


class TestDoubledTasks:
    """An article has a second task, made by somebody else from the same data."""

    @pytest.fixture
    def copies(self, client: Client, project: RemoteProject) -> dict[str, list[int]]:
        """The ids of the tasks of three articles, the first made first."""
        push(client, project, articles(3))
        data = on_server(client, project)
        body = [{"data": data[f"a-{number:04}"]} for number in range(3)]
        client.post(f"/api/projects/{project.id}/import", body)
        found: dict[str, list[int]] = {}
        for page in tasks.all_pages(client, project.id, tasks.PLAIN):
            for task in page.tasks:
                found.setdefault(task["data"]["article_id"], []).append(task["id"])
        assert all(len(ids) == 2 for ids in found.values())
        return found

    @staticmethod
    def left(client: Client, project: RemoteProject) -> set[int]:
        return {task["id"] for page in tasks.all_pages(client, project.id, "id") for task in page.tasks}

    def test_the_later_one_goes(self, client: Client, project: RemoteProject, copies: dict[str, list[int]]) -> None:
        pushed = push(client, project, articles(3))
        assert (pushed.new, pushed.known, pushed.removed, pushed.findings) == (0, 3, 3, [])
        assert self.left(client, project) == {ids[0] for ids in copies.values()}

    def test_the_one_with_work_stays(
        self, client: Client, project: RemoteProject, copies: dict[str, list[int]], annotators: tuple[Client, Client]
    ) -> None:
        submitted, drafted, skipped = (ids[1] for ids in copies.values())
        annotators[0].post(f"/api/tasks/{submitted}/annotations/", {"result": person(article(0).text)})
        annotators[0].post(f"/api/tasks/{drafted}/drafts", {"result": person(article(1).text), "lead_time": 1})
        annotators[0].post(f"/api/tasks/{skipped}/annotations/", {"result": [], "was_cancelled": True})
        assert push(client, project, articles(3)).removed == 3
        assert self.left(client, project) == {submitted, drafted, skipped}

    def test_work_in_both_is_a_finding(
        self, client: Client, project: RemoteProject, copies: dict[str, list[int]], annotators: tuple[Client, Client]
    ) -> None:
        first, second = copies["a-0002"]
        annotators[0].post(f"/api/tasks/{first}/annotations/", {"result": person(article(2).text)})
        client.post("/api/predictions/", {"task": second, "result": [], "model_version": "somebody's model"})
        for removed in (2, 0):
            pushed = push(client, project, articles(3))
            assert pushed.removed == removed
            (finding,) = pushed.findings
            assert (finding.rule, finding.severity) == ("task-doubled", Severity.WARNING)
            assert finding.place.article_id == "a-0002"
        assert self.left(client, project) == {first, second, copies["a-0000"][0], copies["a-0001"][0]}

    def test_our_own_context_is_no_work(self, client: Client, project: RemoteProject) -> None:
        body = [{"data": {**articles(1)[0].model_dump(), "story_id": ""}}] * 2
        body = [task | {"predictions": [{"model_version": CONTEXT, "result": []}]} for task in body]
        client.post(f"/api/projects/{project.id}/import", body)
        assert push(client, project, articles(1)).removed == 1
        assert len(self.left(client, project)) == 1

    def test_another_text_is_no_copy(self, client: Client, project: RemoteProject) -> None:
        push(client, project, articles(1))
        data = on_server(client, project)["a-0000"] | {"text": "Another text."}
        client.post(f"/api/projects/{project.id}/import", [{"data": data}])
        pushed = push(client, project, articles(1))
        assert (pushed.removed, [one.rule for one in pushed.findings]) == (0, ["task-doubled"])

    def test_work_that_begins_when_it_was_just_looked_at(
        self,
        client: Client,
        project: RemoteProject,
        copies: dict[str, list[int]],
        studio: Credentials,
        fake: Start,
        annotators: tuple[Client, Client],
    ) -> None:
        begun = copies["a-0001"][1]

        def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
            if "delete_tasks" in path:
                annotators[0].post(f"/api/tasks/{begun}/annotations/", {"result": person(article(1).text)})
            return forwarded(studio.url, method, path, headers, body)

        with Client(Address(fake(answer).url, studio.token)) as late:
            pushed = push(late, project, articles(3))
        assert begun in self.left(client, project)
        assert pushed.findings == []
        assert set(on_server(client, project)) == {"a-0000", "a-0001", "a-0002"}


def test_a_text_that_is_not_the_frozen_one_stops_the_push(client: Client, project: RemoteProject) -> None:
    damaged = Article.model_construct(**{**dict(article(1)), "text": "changed in memory"})
    with pytest.raises(BadInputError, match="a-0001"):
        push(client, project, [damaged])
    assert tasks.count(client, project.id) == 0


def test_tasks_of_somebody_else_are_left_alone(client: Client, project: RemoteProject) -> None:
    client.post(
        f"/api/projects/{project.id}/import",
        [{"data": {"text": "mine", **dict.fromkeys(("title", "outlet", "published"), "")}}],
    )
    assert push(client, project, articles(2)).new == 2


def test_contexts_are_shown_to_annotators(client: Client, project: RemoteProject) -> None:
    result = person(article(1).text)
    push(client, project, articles(3), {"a-0001": result})
    predictions = client.get("/api/predictions/", {"project": project.id})
    assert [(found["model_version"], found["result"]) for found in predictions] == [(CONTEXT, result)]
    assert require_project(client, WORKSPACE, project.wanted).model_version == CONTEXT


@given(st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", fullmatch=True), max_size=300))
def test_ids_are_cut_into_urls_that_a_server_takes(article_ids: list[str]) -> None:
    chunks = list(tasks._chunks(article_ids))
    assert [article_id for chunk in chunks for article_id in chunk] == article_ids
    for chunk in chunks:
        listed = ",".join(f'"{article_id}"' for article_id in chunk)
        assert 0 < len(quote(listed)) < tasks.URL_LIMIT - 500
