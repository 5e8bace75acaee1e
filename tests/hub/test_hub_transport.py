"""Every error of the Hub's client comes out as one of ours, with what to do next, and without the token."""

from __future__ import annotations

import contextlib
import inspect
import socket
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import errors as foreign

from toolkit.errors import (
    GoldkitError,
    HubAuthError,
    HubConflict,
    HubError,
    HubNotFound,
    HubServerError,
    HubUnreachable,
    UsageError,
    WorkspaceError,
)
from toolkit.hub.address import Address
from toolkit.hub.client import Hub
from toolkit.hub.transport import explained
from toolkit.spans import Span

from .server import TOKEN, TestHub

ADDRESS = Address("https://hub.example.org", TOKEN, "HF_TOKEN")
STATUSES = {
    400: HubError,
    401: HubAuthError,
    402: HubAuthError,
    403: HubAuthError,
    404: HubNotFound,
    409: HubConflict,
    412: HubConflict,
    413: HubError,
    416: HubError,
    422: HubError,
    429: HubError,
    500: HubServerError,
    502: HubServerError,
    503: HubServerError,
    504: HubServerError,
}


def response(status: int, path: str = "/api/datasets/a/b") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx2.Response(status, request=httpx2.Request("GET", ADDRESS.url + path, headers=headers))


def raised_by(error: BaseException) -> GoldkitError:
    with pytest.raises(GoldkitError) as raised, explained(ADDRESS):
        raise error
    assert raised.value.next
    assert TOKEN not in raised.value.message + raised.value.next
    return raised.value


@pytest.mark.parametrize(("status", "ours"), STATUSES.items())
def test_a_status(status: int, ours: type[HubError]) -> None:
    error = foreign.HfHubHTTPError(
        "what the client says", response=response(status), server_message=f"this\nis why, {TOKEN}"
    )
    mapped = raised_by(error)
    assert type(mapped) is ours
    assert "this is why, (the token)" in mapped.message


@pytest.mark.parametrize("status", [400, 422])
def test_a_card_that_the_hub_refuses(status: int) -> None:
    said = foreign.HfHubHTTPError("x", response=response(status, "/api/validate-yaml"), server_message='"license" …')
    wrapped = ValueError("Invalid metadata in README.md")
    wrapped.__cause__ = said
    mapped = raised_by(wrapped)
    assert mapped.message == 'the Hub refuses the YAML header of README.md: "license" …'
    assert "goldkit build" in mapped.next


def kinds(module: object, base: type[BaseException]) -> list[type[BaseException]]:
    found = [one for _, one in inspect.getmembers(module, inspect.isclass) if issubclass(one, base)]
    return sorted(set(found), key=lambda one: one.__name__)


def made(kind: type[BaseException]) -> BaseException:
    """One of a kind, made as its own constructor wants it."""
    if issubclass(kind, foreign.HfHubHTTPError):
        return kind("it failed", response=response(404))
    if issubclass(kind, httpx2.HTTPStatusError):
        return kind("it failed", request=response(500).request, response=response(500))
    for count in (1, 2):
        with contextlib.suppress(AttributeError, TypeError):
            return kind(*["it failed"] * count)
    return kind.__new__(kind)


OF_THE_CLIENT = kinds(foreign, Exception)
OF_HTTP = [one for one in kinds(httpx2, Exception) if issubclass(one, httpx2.HTTPError | httpx2.StreamError)]


def test_the_enumeration_found_them() -> None:
    names = {one.__name__ for one in OF_THE_CLIENT}
    assert {"RepositoryNotFoundError", "RevisionNotFoundError", "LocalEntryNotFoundError", "XetDownloadError"} <= names
    assert {"ConnectError", "ReadTimeout", "RemoteProtocolError"} <= {one.__name__ for one in OF_HTTP}


@pytest.mark.parametrize("kind", OF_THE_CLIENT, ids=lambda kind: kind.__name__)
def test_every_error_of_the_client_is_mapped(kind: type[BaseException]) -> None:
    mapped = raised_by(made(kind))
    if kind is foreign.HFValidationError:
        assert type(mapped) is UsageError
    elif issubclass(kind, foreign.HfHubHTTPError):
        assert type(mapped) is HubNotFound
    elif kind in {foreign.LocalTokenNotFoundError, foreign.OIDCError, foreign.DeviceCodeError}:
        assert type(mapped) is HubAuthError
    else:
        assert type(mapped) is HubUnreachable


@pytest.mark.parametrize("kind", OF_HTTP, ids=lambda kind: kind.__name__)
def test_every_error_of_the_connection_is_mapped(kind: type[BaseException]) -> None:
    assert type(raised_by(made(kind))) is HubUnreachable


def test_a_cause_counts_for_more_than_what_is_around_it() -> None:
    lost = foreign.LocalEntryNotFoundError("cannot find it in the cache")
    lost.__cause__ = foreign.RepositoryNotFoundError("x", response=response(401))
    assert type(raised_by(lost)) is HubAuthError
    upload = RuntimeError("Error while uploading 'a.parquet' to the Hub.")
    upload.__cause__ = httpx2.ReadTimeout("slow")
    assert "did not answer in time" in raised_by(upload).message


def test_the_disk() -> None:
    mapped = raised_by(OSError(28, "No space left on device"))
    assert type(mapped) is WorkspaceError
    assert "No space left on device" in mapped.message


def test_our_own_bugs_are_not_hidden() -> None:
    with pytest.raises(TypeError), explained(ADDRESS):
        Span(0, 1).of(None)  # type: ignore[arg-type]


@pytest.mark.usefixtures("here")
class TestOverSockets:
    def test_nobody_answers(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        with pytest.raises(HubUnreachable, match=f"no connection to {url}"):
            Hub(Address(url, TOKEN), "me/harbour").head()

    def test_a_hub_that_hangs(self, hub: TestHub) -> None:
        hub.fault("GET", "/revision/main", seconds=3)
        with pytest.raises(HubUnreachable, match="did not answer in time"):
            Hub(Address(hub.url, TOKEN), "me/harbour", timeout=0.2).head()

    def test_a_wrong_token(self, hub: TestHub) -> None:
        hub.make("me/harbour")
        with pytest.raises(HubAuthError, match="does not accept the token from HF_TOKEN"):
            Hub(Address(hub.url, "hf_wrong", "HF_TOKEN"), "me/harbour").head()

    def test_something_else_answers(self, hub: TestHub) -> None:
        hub.fault("GET", "/revision/main", status=200)
        with pytest.raises(HubUnreachable, match="is not the Hub's API"):
            Hub(Address(hub.url, TOKEN), "me/harbour").head()

    @pytest.mark.parametrize("name", ["me/..", "me/har--bour", "me/har bour", "a/b/c"])
    def test_a_name_that_the_hub_has_not(self, hub: TestHub, name: str) -> None:
        with pytest.raises(UsageError, match="the Hub has no such names"):
            Hub(Address(hub.url, TOKEN), name).head()
        assert hub.requests == []

    def test_a_file_that_is_gone(self, hub: TestHub, tmp_path: Path) -> None:
        hub.make("me/harbour")
        with pytest.raises(HubNotFound):
            Hub(Address(hub.url, TOKEN), "me/harbour").read("main", "release.json", tmp_path)

    def test_a_cache_that_cannot_be_written(self, hub: TestHub, tmp_path: Path) -> None:
        hub.make("me/harbour")
        hub.add_file("me/harbour", "a.txt", b"a")
        (tmp_path / "file").touch()
        with pytest.raises(WorkspaceError):
            Hub(Address(hub.url, TOKEN), "me/harbour").download("main", tmp_path / "file")
