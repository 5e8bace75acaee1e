"""The gateway: every foreign error comes out as ours, tokens are renewed and never shown."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from toolkit.errors import (
    StudioAuthError,
    StudioConflict,
    StudioError,
    StudioServerError,
    StudioUnreachable,
    StudioVersionError,
)
from toolkit.findings import Severity
from toolkit.studio.address import Address
from toolkit.studio.client import MINIMUM, TESTED, Client
from toolkit.studio.people import add_annotator
from toolkit.studio.retries import Patience
from toolkit.studio.server import Credentials
from toolkit.studio.transport import explained

from .fakes import Fake, always

Start = Callable[..., Fake]

STATUSES = {
    400: StudioError,
    401: StudioAuthError,
    403: StudioAuthError,
    404: StudioConflict,
    405: StudioError,
    408: StudioServerError,
    409: StudioConflict,
    410: StudioConflict,
    413: StudioError,
    429: StudioError,
    500: StudioServerError,
    502: StudioServerError,
    503: StudioServerError,
    504: StudioServerError,
}
HTML = b"<!doctype html><title>Welcome</title>"


def connect(url: str, token: str = "legacy-secret", timeout: float | None = None) -> Client:
    return Client(Address(url, token, "LABEL_STUDIO_API_KEY"), timeout=timeout, patience=Patience(2, first=0.01))


@pytest.mark.parametrize(("status", "error"), STATUSES.items())
def test_a_status_becomes_one_of_our_errors(fake: Start, status: int, error: type[StudioError]) -> None:
    server = fake(always(status, {"id": "0b5c", "status_code": status, "detail": "this is why"}))
    with connect(server.url) as client, pytest.raises(error, match="this is why") as raised:
        client.get("/api/projects/7/")
    assert type(raised.value) is error
    assert raised.value.next


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("no token like legacy-7 is known", "no token like … is known"),
        ("Token is invalid or expired", "Token is invalid or expired"),
        ("ada.quill@example.org may not", "… may not"),
        ("a Bearer eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiIxIn0.c2ln", "a Bearer …"),
        ("x" * 396 + " legacy-7", "x" * 396 + " …"),  # not half of it, either
    ],
)
def test_what_a_server_quotes_of_people_and_tokens_is_left_out(fake: Start, said: str, told: str) -> None:
    server = fake(always(400, {"detail": said}))
    with Client(Address(server.url, "legacy-7")) as client, pytest.raises(StudioError) as raised:
        client.version()
    assert raised.value.message == f"{server.url} refused with status 400: {told}"


@pytest.mark.parametrize(("status", "error"), STATUSES.items())
def test_the_sdk_gives_the_same_errors(fake: Start, status: int, error: type[StudioError]) -> None:
    server = fake(always(status, {"detail": "this is why"}))
    with connect(server.url) as client, pytest.raises(error, match="this is why") as raised, client.sdk() as sdk:
        sdk.projects.create(title="a project")
    assert type(raised.value) is error
    assert len(server.seen) == (2 if status == 429 else 1)  # what may have been carried out is not sent again


def every_subclass(root: type[Exception]) -> set[type[Exception]]:
    return {root}.union(*(every_subclass(child) for child in root.__subclasses__()))


def made(error: type[Exception]) -> Exception:
    request = httpx.Request("GET", "http://x", headers={"Authorization": "Bearer secret"})
    if error is httpx.HTTPStatusError:
        return httpx.HTTPStatusError("status", request=request, response=httpx.Response(500, request=request))
    if error in {httpx.StreamConsumed, httpx.ResponseNotRead, httpx.RequestNotRead, httpx.StreamClosed}:
        return error()
    return error("what happened")


FOREIGN = sorted(
    every_subclass(httpx.HTTPError) | every_subclass(httpx.StreamError) | {httpx.InvalidURL, httpx.CookieConflict},
    key=lambda error: error.__name__,
)


@pytest.mark.parametrize("error", FOREIGN, ids=lambda error: error.__name__)
def test_every_error_of_httpx_is_mapped(error: type[Exception]) -> None:
    ours = StudioServerError if error is httpx.HTTPStatusError else StudioUnreachable
    with pytest.raises(ours) as raised, explained(Address("http://x", "secret")):
        raise made(error)
    assert raised.value.next


def test_every_error_of_the_sdk_is_mapped() -> None:
    import label_studio_sdk.errors as sdk_errors
    from label_studio_sdk.core.api_error import ApiError
    from label_studio_sdk.core.parse_error import ParsingError

    named = [getattr(sdk_errors, name) for name in sdk_errors.__all__]
    assert len(named) > 4
    for error in (ApiError, ParsingError, *named):
        thrown = error(status_code=500, body={}) if error in (ApiError, ParsingError) else error(body={"detail": "x"})
        with pytest.raises(StudioError), explained(Address("http://x", "secret")):
            raise thrown


def test_our_own_bugs_are_not_hidden() -> None:
    with pytest.raises(KeyError), explained(Address("http://x", "secret")):
        raise KeyError("a bug")


def test_nobody_answers(unused_port: int) -> None:
    with (
        connect(f"http://127.0.0.1:{unused_port}") as client,
        pytest.raises(StudioUnreachable, match="nobody answers") as raised,
    ):
        client.version()
    assert "goldkit studio start" in raised.value.next


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", HTML),
        (404, "text/html", HTML),
        (302, "text/html", b""),
        (200, "application/json", b'{"release": "1.2'),
        (200, "application/json", b"[]"),
        (0, "", b""),
    ],
    ids=["page", "missing page", "redirect", "cut off", "other JSON", "hung up"],
)
def test_what_is_not_label_studio_is_unreachable(fake: Start, status: int, kind: str, body: bytes) -> None:
    server = fake(always(status, body, kind))
    with connect(server.url) as client, pytest.raises(StudioUnreachable):
        client.version()


def test_a_page_in_place_of_a_failure_is_a_failure(fake: Start) -> None:
    with connect(fake(always(502, HTML, "text/html")).url) as client, pytest.raises(StudioServerError):
        client.get("/api/projects/")


def test_a_slow_answer_ends_with_an_error(fake: Start) -> None:
    given_up = threading.Event()

    def answer(*_: object) -> tuple[int, str, bytes]:
        given_up.wait(60)
        return 200, "application/json", b"{}"

    with connect(fake(answer).url, timeout=0.2) as client, pytest.raises(StudioUnreachable, match="in time"):
        client.get("/api/projects/")
    given_up.set()


def jwt(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{body}.signature"


PAT = jwt(token_type="refresh", exp=9_999_999_999)


class Tokens:
    """Label Studio's token exchange: the access token of the last refresh is the valid one."""

    def __init__(self, lifetime: int = 300) -> None:
        self.lifetime = lifetime
        self.refreshed = 0
        self.done: list[str] = []
        self.lock = threading.Lock()

    @property
    def valid(self) -> str:
        return jwt(token_type="access", iat=1000, exp=1000 + self.lifetime, jti=self.refreshed)

    def __call__(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
        with self.lock:
            if path.endswith("/api/token/refresh/"):
                if json.loads(body) != {"refresh": PAT}:
                    return 401, "application/json", b'{"detail": "Token is invalid or expired"}'
                self.refreshed += 1
                return 200, "application/json", json.dumps({"access": self.valid}).encode()
            if headers["Authorization"] != f"Bearer {self.valid}":
                return 401, "application/json", b'{"detail": "not valid"}'
            self.done.append(path)
            return 200, "application/json", b'{"release": "1.23.2"}'


def test_an_access_token_is_fetched_once_and_used_until_it_ends(fake: Start) -> None:
    tokens = Tokens()
    with connect(fake(tokens).url, PAT) as client:
        assert {client.version() for _ in range(3)} == {"1.23.2"}
        with client.sdk() as sdk:
            assert sdk.versions.get().release == "1.23.2"
    assert tokens.refreshed == 1


def test_an_access_token_that_ends_soon_is_renewed_before(fake: Start) -> None:
    tokens = Tokens(lifetime=20)
    with connect(fake(tokens).url, PAT) as client:
        client.version()
        client.version()
    assert tokens.refreshed == 2
    assert len(tokens.done) == 2


def test_a_refused_request_is_sent_again_with_a_new_token(fake: Start) -> None:
    tokens = Tokens()
    with connect(fake(tokens).url, PAT) as client:
        client.version()
        tokens.refreshed += 1  # the server no longer takes the token that the client has
        client.post("/api/webhooks/", {"url": "once"})
    assert tokens.done == ["/api/version", "/api/webhooks/"]


def test_of_several_threads_one_renews(fake: Start) -> None:
    tokens = Tokens()
    with connect(fake(tokens).url, PAT) as client, ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: client.version(), range(12))) == {"1.23.2"}
    assert tokens.refreshed == 1


def test_a_path_in_the_url_is_kept(fake: Start) -> None:
    tokens = Tokens()
    with connect(fake(tokens).url + "/label", PAT) as client:
        client.version()
        with client.sdk() as sdk:
            sdk.versions.get()
    assert {path.rstrip("/") for path in tokens.done} == {"/label/api/version"}


def test_a_legacy_token_is_sent_as_it_is(fake: Start) -> None:
    headers: list[str] = []

    def answer(method: str, path: str, sent: Any, body: bytes) -> tuple[int, str, bytes]:
        headers.append(sent["Authorization"])
        return 200, "application/json", b'{"release": "1.23.2"}'

    with connect(fake(answer).url, "abc123") as client:
        client.version()
        with client.sdk() as sdk:
            sdk.versions.get()
    assert headers == ["Token abc123", "Token abc123"]


@pytest.mark.parametrize("token", ["legacy-secret", jwt(token_type="refresh", jti="secret")])
def test_a_token_is_never_shown(fake: Start, token: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = fake(Tokens())
    with connect(server.url, token) as client:
        with pytest.raises(StudioAuthError, match="LABEL_STUDIO_API_KEY") as raised:
            client.get("/api/projects/")
        with pytest.raises(StudioAuthError) as raised_by_sdk, client.sdk() as sdk:
            sdk.projects.create(title="a project")
        shown = [repr(client), repr(vars(client)), repr(client.address), caplog.text]
    for error in (raised.value, raised_by_sdk.value):
        shown += ["".join(traceback.format_exception(error)), error.next]
    assert not [text for text in shown if token in text]
    assert "/user/account/personal-access-token" in raised.value.next


@pytest.mark.parametrize("version", ["1.8.0", "0.9.1", "1.7.post1", "nonsense"])
def test_an_old_server_is_refused(fake: Start, version: str) -> None:
    with (
        connect(fake(always(200, {"release": version})).url) as client,
        pytest.raises(StudioVersionError, match=TESTED[0]),
    ):
        client.check_version()


@pytest.mark.parametrize("version", [".".join(map(str, MINIMUM)), "1.99.0", "2.0.0.dev1"])
def test_an_untested_server_is_noted(fake: Start, version: str) -> None:
    with connect(fake(always(200, {"release": version})).url) as client:
        (finding,) = client.check_version()
    assert (finding.rule, finding.severity) == ("untested-server", Severity.NOTE)


def test_the_real_server(client: Client, studio: Credentials) -> None:
    assert client.check_version() == []
    assert studio.email in client.users().values()
    with pytest.raises(StudioConflict, match="may have been deleted"):
        client.get("/api/projects/999999/")
    with pytest.raises(StudioUnreachable):
        client.get("/api/no-such-thing")
    with connect(studio.url, "not-a-token") as stranger, pytest.raises(StudioAuthError):
        stranger.users()
    with connect(studio.url, studio.token[:-3] + "abc") as stranger, pytest.raises(StudioAuthError):
        stranger.users()


@pytest.mark.parametrize("body", [None, [], {"access": 7}, {}, b"<p>"])
def test_who_answers_otherwise_when_people_join(fake: Start, body: Any) -> None:
    url = fake(always(200, body)).url
    known = Credentials(url, "admin@goldkit.local", "password", "secret")
    with pytest.raises(StudioUnreachable, match="is not Label Studio: /api/token/refresh/ has no access") as raised:
        add_annotator(known, "bo@annotators.example", "a long enough password")
    assert url in raised.value.message
