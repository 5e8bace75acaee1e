"""What is asked again: all that may be, and nothing else; with waits that end, and that people hear of."""

from __future__ import annotations

import email.utils
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from toolkit.errors import StudioAuthError, StudioError, StudioServerError, StudioUnreachable
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.retries import Patience, asked_wait

from .fakes import Answer, Fake, FakeHandler, FakeServer, always
from .test_client import PAT, Tokens

Start = Callable[..., Fake]
Reply = tuple[int, str, bytes]
QUICK = Patience(attempts=3, first=0.01, longest=1.0)
GOOD: Reply = (200, "application/json", b'{"id": 1}')
HUNG_UP: Reply = (0, "", b"")
CUT: Reply = (200, "application/json", b'{"id": 1, "title": "Enti')
PATH = "/api/webhooks/1/"


def in_turn(*replies: Reply) -> Answer:
    """These answers, one after the other; the last one stays."""
    left = [*replies]
    return lambda *_: left.pop(0) if len(left) > 1 else left[0]


def failure(status: int) -> Reply:
    return status, "application/json", b'{"detail": "this is why"}'


def connect(url: str, patience: Patience = QUICK, said: list[str] | None = None, **options: Any) -> Client:
    say = (lambda line: None) if said is None else said.append
    return Client(Address(url, "legacy-secret"), patience=patience, say=say, **options)


PASSING = [HUNG_UP, CUT, *map(failure, (408, 429, 500, 502, 503, 504))]


@pytest.mark.parametrize("first", PASSING, ids=lambda reply: f"{reply[0]}-{len(reply[2])}")
def test_what_does_no_harm_is_sent_again(fake: Start, first: Reply) -> None:
    server, said = fake(in_turn(first, first, GOOD, first, GOOD)), list[str]()
    with connect(server.url, said=said) as client:
        assert client.get(PATH) == {"id": 1}
        assert client.patch(PATH, {"title": "Entities"}) == {"id": 1}
    assert [method for method, _ in server.seen] == ["GET"] * 3 + ["PATCH"] * 2
    assert [line.rpartition("; ")[2] for line in said] == [
        f"trying again in 0 s ({number} of 3)" for number in (2, 3, 2)
    ]
    assert all(server.url in line and "legacy-secret" not in line for line in said)


def test_an_answer_that_does_not_come_is_asked_for_again(fake: Start) -> None:
    late = threading.Event()

    def answer(*_: object) -> Reply:
        if late.is_set():
            return GOOD
        late.set()
        time.sleep(1)
        return GOOD

    said: list[str] = []
    with connect(fake(answer).url, said=said, timeout=0.3) as client:
        assert client.get(PATH) == {"id": 1}
    assert "did not answer in time; trying again" in said[0]


@pytest.mark.parametrize("lost", [HUNG_UP, CUT, *map(failure, (408, 500, 502, 503, 504))])
def test_a_post_that_may_have_been_carried_out_is_not(fake: Start, lost: Reply) -> None:
    server = fake(in_turn(lost, GOOD))
    with connect(server.url) as client, pytest.raises((StudioServerError, StudioUnreachable)):
        client.post(PATH, {})
    assert len(server.seen) == 1


def test_not_even_where_the_server_says_when(later: Callable[..., Fake]) -> None:
    server = later(503, "0")
    with connect(server.url) as client, pytest.raises(StudioServerError):
        client.post(PATH, {})
    assert len(server.seen) == 1


@pytest.mark.parametrize("lost", PASSING, ids=lambda reply: f"{reply[0]}-{len(reply[2])}")
def test_a_post_whose_sender_says_so_is(fake: Start, lost: Reply) -> None:
    server = fake(in_turn(lost, GOOD))
    with connect(server.url) as client:
        assert client.post(PATH, {}, repeatable=True) == {"id": 1}
    assert len(server.seen) == 2


def test_a_post_that_was_turned_away_is(fake: Start) -> None:
    server = fake(in_turn(failure(429), GOOD))
    with connect(server.url) as client:
        assert client.post(PATH, {}) == {"id": 1}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 501])
def test_a_refusal_stays_one(fake: Start, status: int) -> None:
    server, said = fake(always(status, {"detail": "this is why"})), list[str]()
    with connect(server.url, said=said) as client, pytest.raises(StudioError):
        client.get(PATH)
    assert (len(server.seen), said) == (1, [])


def test_the_sdk_does_as_we_do(fake: Start) -> None:
    server = fake(in_turn(failure(502), GOOD, failure(502), GOOD))
    with connect(server.url) as client, client.sdk() as sdk:
        sdk.projects.update(1, title="Entities")
        with pytest.raises(StudioServerError), client.sdk() as sdk:
            sdk.projects.create(title="Entities")
    assert [method for method, _ in server.seen] == ["PATCH", "PATCH", "POST"]


@contextmanager
def listening(port: int, made: Fake) -> Iterator[FakeServer]:
    """A server that keeps no connection open."""
    handler = type("Handler", (FakeHandler,), {"fake": made, "protocol_version": "HTTP/1.0"})
    with FakeServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def test_a_server_that_was_there_is_waited_for(fake: Start) -> None:
    """Even with a POST: where no connection came about, nothing was carried out."""
    made, back = Fake(always(200, {"id": 1})), list[Any]()

    def come_back(line: str) -> None:
        assert "nobody answers" in line
        back.append(listening(port, made))
        back[0].__enter__()

    with listening(0, made) as server:
        port = server.server_address[1]
        client = Client(Address(f"http://127.0.0.1:{port}", "secret"), patience=QUICK, say=come_back)
        client.get(PATH)
    with client:
        client.post(PATH, {})
    assert [method for method, _ in made.seen] == ["GET", "POST"]
    back[0].__exit__(None, None, None)


def test_a_server_that_never_was_there_is_not(fake: Start) -> None:
    with listening(0, Fake(always(200, {}))) as server:
        port = server.server_address[1]
    said: list[str] = []
    with connect(f"http://127.0.0.1:{port}", said=said) as client, pytest.raises(StudioUnreachable, match="nobody"):
        client.get(PATH)
    assert said == []


PAGE: Reply = (200, "text/html", b"<title>We are working on it</title>")


def test_a_page_in_place_of_json_passes_where_there_was_json_before(fake: Start) -> None:
    server = fake(in_turn(PAGE, GOOD, PAGE, GOOD))
    with connect(server.url) as client:
        with pytest.raises(StudioUnreachable, match="text/html where JSON is due"):
            client.get(PATH)
        assert client.get(PATH) == client.get(PATH) == {"id": 1}
    assert len(server.seen) == 4


def test_the_tries_end(fake: Start) -> None:
    server = fake(always(502, {}))
    with connect(server.url, Patience(attempts=4, first=0.01)) as client, pytest.raises(StudioServerError):
        client.get(PATH)
    assert len(server.seen) == 4


def test_the_time_ends(fake: Start) -> None:
    server = fake(always(502, {}))
    with connect(server.url, Patience(99, first=0.05, total=0.3)) as client, pytest.raises(StudioServerError):
        client.get(PATH)
    assert 2 <= len(server.seen) <= 6


@pytest.fixture
def later() -> Iterator[Callable[..., Fake]]:
    """Start a server that answers with a status and Retry-After."""
    running: list[Any] = []

    def start(status: int, when: str) -> Fake:
        made = Fake(always(status, {"detail": "busy"}))
        handler = type("Handler", (FakeHandler,), {"fake": made})
        plain = handler.send_header
        handler.end_headers = lambda self: (plain(self, "Retry-After", when), FakeHandler.end_headers(self))  # type: ignore[attr-defined]
        server = FakeServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        running.append(server)
        return made

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def in_a_while(seconds: float) -> str:
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


def test_a_server_says_how_long(later: Callable[..., Fake]) -> None:
    for when in ("0", in_a_while(-60)):
        server, said = later(503, when), list[str]()
        with connect(server.url, said=said) as client, pytest.raises(StudioServerError):
            client.get(PATH)
        assert len(server.seen) == 3
        assert "status 503: busy; trying again in 0 s (2 of 3)" in said[0]


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_more_than_our_patience_is_not_waited_for(later: Callable[..., Fake], status: int) -> None:
    for when, told in (("3600", "3600 s"), (in_a_while(7200), "7[12]")):
        server = later(status, when)
        with connect(server.url) as client, pytest.raises(StudioError, match=f"it asks to wait {told}"):
            client.get(PATH)
        assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "17"}, 17),
        ({"Retry-After": "Fri, 14 Mar 2031 12:00:30 GMT", "Date": "Fri, 14 Mar 2031 12:00:00 GMT"}, 30),
        ({"Retry-After": "Fri, 14 Mar 2031 12:00:00 GMT", "Date": "Fri, 14 Mar 2031 12:00:30 GMT"}, 0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(httpx.Response(503, headers=headers)) == seconds


class Exchange(Tokens):
    """Exchanges tokens, but not at first."""

    def __init__(self, *failures: Reply) -> None:
        super().__init__()
        self.failures = [*failures]

    def __call__(self, method: str, path: str, headers: Any, body: bytes) -> Reply:
        if path.endswith("/api/token/refresh/") and self.failures:
            return self.failures.pop(0)
        return super().__call__(method, path, headers, body)


@pytest.mark.parametrize("first", PASSING, ids=lambda reply: f"{reply[0]}-{len(reply[2])}")
def test_the_exchange_of_a_token_is_repeated(fake: Start, first: Reply) -> None:
    """Also before a POST, which was not sent yet."""
    tokens = Exchange(first, first)
    with Client(Address(fake(tokens).url, PAT), patience=QUICK) as client:
        client.post("/api/webhooks/", {})
    assert tokens.done == ["/api/webhooks/"]


def test_an_exchange_that_hangs_is_given_up(fake: Start) -> None:
    tokens, said, given_up = Tokens(), list[str](), threading.Event()

    def answer(method: str, path: str, headers: Any, body: bytes) -> Reply:
        if not said and not given_up.wait(20):
            return failure(500)
        return tokens(method, path, headers, body)

    def say(line: str) -> None:
        said.append(line)
        given_up.set()

    with Client(Address(fake(answer).url, PAT), patience=QUICK, timeout=0.3, say=say) as client:
        client.post("/api/webhooks/", {})
    assert "did not answer in time; trying again" in said[0]
    assert tokens.done == ["/api/webhooks/"]


def test_where_it_goes_on_failing_the_error_says_so(fake: Start) -> None:
    server = fake(Exchange(*[failure(502)] * 3))
    with (
        Client(Address(server.url, PAT), patience=QUICK) as client,
        pytest.raises(StudioServerError, match="status 502: this is why"),
    ):
        client.get(PATH)
    assert len(server.seen) == 3


def test_a_refused_exchange_is_not_repeated(fake: Start) -> None:
    server = fake(Exchange(failure(401)))
    with Client(Address(server.url, PAT), patience=QUICK) as client, pytest.raises(StudioAuthError):
        client.get(PATH)
    assert len(server.seen) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_waits_of_all_threads(later: Callable[..., Fake], number: signal.Signals) -> None:
    server, waiting = later(503, "50"), threading.Event()
    usual = signal.getsignal(number)
    signal.signal(number, signal.default_int_handler)
    begun = time.monotonic()
    try:
        with (
            pytest.raises(KeyboardInterrupt),
            Client(Address(server.url, "secret"), patience=Patience(), say=lambda line: waiting.set()) as client,
            ThreadPoolExecutor(1) as pool,
        ):
            asked = pool.submit(client.get, PATH)
            assert waiting.wait(30)
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, usual)
    assert time.monotonic() - begun < 40  # of the 50 that were asked for
    assert isinstance(asked.exception(), StudioServerError)


def test_a_long_answer_is_read_once(fake: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    usual = httpx.Response.json

    def counted(self: httpx.Response, **options: Any) -> Any:
        read.append(str(self.url))
        return usual(self, **options)

    monkeypatch.setattr(httpx.Response, "json", counted)
    with connect(fake(always(200, json.loads(GOOD[2]))).url) as client:
        client.get(PATH)
    assert len(read) == 1
