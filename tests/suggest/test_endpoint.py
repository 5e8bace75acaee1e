"""Endpoints that suggest, on a real socket: those that answer, and those that do anything else."""

from __future__ import annotations

import contextlib
import gzip
import json
import logging
import socket
import threading
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from suggest.standin import Reply, Sent, StandIn, in_json, standing_in
from suggest.test_program import told
from suggest.test_protocol import article
from toolkit.errors import SourceError
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import HttpSettings
from toolkit.suggest import batches, endpoint, sources
from toolkit.suggest.model import Source

TOKEN = "tok-4711-secret"
VARIABLE = "ORACLE_TOKEN"


@pytest.fixture(scope="module")
def ontology(repository: Path) -> Ontology:
    return load_ontology(repository / "configs" / "ontology.yaml")


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "FIRST_WAIT", 0.01)


def asking(server: StandIn | str, ontology: Ontology, **settings: Any) -> Source:
    url = server if isinstance(server, str) else f"{server.url}/suggest"
    options: dict[str, Any] = {"url": url, "retries": 0, "seconds": 30, "token_variable": VARIABLE} | settings
    return sources.make(
        HttpSettings(name="oracle", kind="http", **options), ontology, {VARIABLE: TOKEN}, Path("unused")
    )


def good(sent: Sent) -> Reply:
    mention = {"start": 2, "end": 13, "text": "Ilka Tornay", "label": "PERSON"}
    parts = [{"article_id": one["article_id"], "mentions": [mention]} for one in sent.body["articles"]]
    return in_json({"version": "7", "articles": parts})


def test_an_endpoint_suggests_batch_by_batch(ontology: Ontology) -> None:
    with standing_in(good) as server:
        source = asking(server, ontology, batch=2)
        suggestions, findings = told(source, *(article(f"a-{number}") for number in (3, 1, 2)))
    assert [one.article_id for one in suggestions] == ["a-1", "a-2", "a-3"]
    assert [one.text for one in suggestions[0].mentions] == ["Ilka Tornay"]
    assert (findings, source.version) == ([], "oracle-7")
    assert [sent.path for sent in server.sent] == ["/suggest"] * 2
    assert server.sent[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert server.sent[0].headers["Content-Type"] == "application/json"
    assert server.sent[0].body.keys() == {"ontology", "layers", "schema", "articles"}


def test_no_token_is_sent_where_none_is_named(ontology: Ontology) -> None:
    with standing_in(good) as server:
        assert told(asking(server, ontology, token_variable=""))[1] == []
    assert "Authorization" not in server.sent[0].headers


@pytest.mark.parametrize("token", [None, "", "  ", "two\nlines", "tökén"])
def test_a_token_that_is_named_has_to_be_there(ontology: Ontology, token: str | None) -> None:
    settings = HttpSettings(name="oracle", kind="http", url="http://127.0.0.1:1", token_variable=VARIABLE)
    environment = {} if token is None else {VARIABLE: token}
    with pytest.raises(SourceError, match=VARIABLE) as caught:
        sources.make(settings, ontology, environment, Path("unused"))
    assert VARIABLE in caught.value.next
    assert not (token or "").strip() or token not in str(caught.value)


JSON = (("Content-Type", "application/json"),)


@pytest.mark.parametrize(
    ("reply", "why", "tries"),
    [
        (Reply(200, b""), "the answer is empty", 3),
        (Reply(200, b"{"), "the answer is no JSON: EOF while parsing an object at line 1 column 1", 3),
        (Reply(200, b'{"version": "1"}'), "the answer is not as it should be: articles: Field required", 3),
        (Reply(200, b"<html>", (("Content-Type", "text/html"),)), "the answer is no JSON, but text/html", 1),
        (Reply(200, b"{}", ()), "the answer is no JSON, but of no type", 1),
        (Reply(200, gzip.compress(b"{}"), (*JSON, ("Content-Encoding", "gzip"))), "the answer is packed", 1),
        (Reply(204), "HTTP 204", 1),
        (Reply(302, b"", (("Location", "/elsewhere"),)), "HTTP 302", 1),
        (Reply(400, b"no such\n\x1b[2Jmodel"), "HTTP 400: no such[2Jmodel", 1),
        (Reply(404, b"x" * 10_000), "HTTP 404: " + "x" * 200, 1),
        (Reply(500, f"Bearer {TOKEN} is bad".encode()), "HTTP 500: Bearer … is bad", 3),
        (Reply(400, b"x" * 195 + TOKEN.encode()), "HTTP 400: " + "x" * 195 + "…", 1),
        (Reply(503), "HTTP 503", 3),
        (Reply(429, b"", (("Retry-After", "3600"),)), "HTTP 429", 1),
        (Reply(200, b"{}", (*JSON, ("Content-Length", "50"))), "no answer: ", 3),
    ],
)
def test_whatever_else_is_answered_costs_the_batch(
    ontology: Ontology, caplog: pytest.LogCaptureFixture, reply: Reply, why: str, tries: int
) -> None:
    caplog.set_level(logging.DEBUG)
    with standing_in(reply) as server:
        suggestions, findings = told(asking(server, ontology, retries=2), article("a-1"), article("a-2"))
    assert suggestions == []
    assert [(one.rule, one.place.article_id) for one in findings] == [
        ("suggestion-source-failed", "a-1"),
        ("suggestion-source-failed", "a-2"),
    ]
    assert findings[0].message.startswith(f"oracle: {why}")
    assert len(findings[0].message) < 300
    assert len(server.sent) == tries
    assert TOKEN[:4] not in "".join(one.message for one in findings) + caplog.text


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused_ends_it(ontology: Ontology, status: int) -> None:
    with standing_in(Reply(status, TOKEN.encode())) as server, pytest.raises(SourceError, match="refuses") as caught:
        told(asking(server, ontology, retries=5))
    assert len(server.sent) == 1
    assert TOKEN not in f"{caught.value}{caught.value.next}"


def test_a_second_try_may_be_better(ontology: Ontology) -> None:
    with standing_in(Reply(503), Reply(429, b"", (("Retry-After", "0"),)), good) as server:
        suggestions, findings = told(asking(server, ontology, retries=2))
    assert (len(suggestions), findings, len(server.sent)) == (1, [], 3)


@pytest.mark.parametrize(
    ("asked", "least"), [("1", 1.0), (lambda: formatdate(time.time() + 2, usegmt=True), 1.0), ("soon", 0.0)]
)
def test_the_server_says_how_long_to_wait(ontology: Ontology, asked: Any, least: float) -> None:
    after = asked if isinstance(asked, str) else asked()
    with standing_in(Reply(503, b"", (("Retry-After", after),)), good) as server:
        began = time.monotonic()
        assert told(asking(server, ontology, retries=1))[1] == []
        assert least <= time.monotonic() - began < 20
    assert len(server.sent) == 2


def test_who_hangs_is_given_up(ontology: Ontology) -> None:
    def hang(_: Sent) -> Reply:
        server.ended.wait(60)
        return Reply()

    with standing_in(hang) as server:
        began = time.monotonic()
        _, findings = told(asking(server, ontology, seconds=0.5))
        assert time.monotonic() - began < 15
        server.ended.set()
    assert [one.message for one in findings] == ["oracle: no answer within 0.5 s"]


def test_who_drips_is_given_up(ontology: Ontology) -> None:
    def drip(_: Sent) -> Reply:
        return Reply(200, b" " * 100_000, pace=lambda: server.ended.wait(0.02))

    with standing_in(drip) as server:
        began = time.monotonic()
        _, findings = told(asking(server, ontology, seconds=1))
        assert time.monotonic() - began < 15
        server.ended.set()
    assert [one.message for one in findings] == ["oracle: no answer within 1 s"]


def test_who_drips_headers_is_given_up(ontology: Ontology) -> None:
    ended = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not ended.wait(0.02):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        began = time.monotonic()
        _, findings = told(asking(f"http://127.0.0.1:{listener.getsockname()[1]}", ontology, seconds=1))
        assert time.monotonic() - began < 15
        ended.set()
        thread.join()
    assert [one.message for one in findings] == ["oracle: no answer within 1 s"]


def test_headers_have_their_limits_too(ontology: Ontology) -> None:
    headers = tuple((f"X-{number}", "x" * 60_000) for number in range(3))
    with standing_in(Reply(200, b"{}", headers)) as server:
        _, findings = told(asking(server, ontology))
    assert findings[0].message.startswith("oracle: no answer: ")


def test_who_says_too_much_is_cut_off(ontology: Ontology, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "ANSWER_BYTES", 5000)
    with standing_in(Reply(200, b"[" * 1_000_000)) as server:
        _, findings = told(asking(server, ontology, retries=3))
    assert [one.message for one in findings] == ["oracle: the answer has more than 5,000 bytes"]
    assert len(server.sent) == 1


def test_nobody_there(ontology: Ontology) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    source = asking(f"http://127.0.0.1:{port}", ontology, batch=1)
    with pytest.raises(SourceError, match="3 batches in a row"):
        told(source, *(article(f"a-{number}") for number in range(5)))


@pytest.mark.parametrize(
    "url", ["http:///suggest", "http://[::1", "http://a:99999999/", "http://me:hunter2@127.0.0.1/"]
)
def test_an_address_that_is_none_ends_it(ontology: Ontology, url: str) -> None:
    with pytest.raises(SourceError, match="oracle") as caught:
        asking(url, ontology)
    assert "configs/project.yaml" in caught.value.next
    assert "hunter2" not in str(caught.value)


def test_the_next_batch_is_asked(ontology: Ontology) -> None:
    def moody(sent: Sent) -> Reply:
        return Reply(500) if sent.body["articles"][0]["article_id"] in {"a-1", "a-2", "a-4"} else good(sent)

    with standing_in(moody) as server:
        suggestions, findings = told(
            asking(server, ontology, batch=1), *(article(f"a-{number}") for number in range(1, 6))
        )
    assert [one.article_id for one in suggestions] == ["a-3", "a-5"]
    assert [one.place.article_id for one in findings] == ["a-1", "a-2", "a-4"]
    assert json.dumps([one.as_dict() for one in findings])
