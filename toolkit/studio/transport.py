"""Where foreign code ends: the only module that knows httpx's and the SDK's errors; it maps all of them to ours.

=====================================  ===================
the server or the network              here
=====================================  ===================
401, 403                               StudioAuthError
404, 409 (in JSON)                     StudioConflict
400, 429 and other 4xx                 StudioError
408, 5xx                               StudioServerError
no connection, no answer in time       StudioUnreachable
an HTML page, a redirect, broken HTTP  StudioUnreachable
=====================================  ===================

After StudioUnreachable and StudioServerError nobody knows whether the server did what it was asked.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import functools
import json
import re
import ssl
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import httpx

from toolkit.errors import StudioAuthError, StudioConflict, StudioError, StudioServerError, StudioUnreachable
from toolkit.studio.address import Address
from toolkit.studio.retries import Reason, asked_wait, is_passing, is_untrusted, parsed, says_json

EARLY = 30.0  # seconds before its end that an access token is no longer used
DETAIL = 400  # characters of a server's explanation that are shown
# What such an explanation may quote, beside our token: people's addresses, and tokens that were made of ours.
_PRIVATE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|eyJ[\w.-]+")


class TokenAuth(httpx.Auth):
    """Signs requests with a personal access token (exchanged for access tokens of 300 s) or a legacy token.

    An access token is renewed shortly before it ends, and when the server refuses it. A refused request was not
    carried out, so sending it again is safe whatever it is. A renewal gives up after ``timeout`` seconds.
    """

    def __init__(self, address: Address, timeout: float) -> None:
        self._address = address
        # httpx gives a client's own timeout only to the requests that the client itself has built.
        self._extensions = {"timeout": httpx.Timeout(timeout).as_dict()}
        self._refreshes = _claims(address.token).get("token_type") == "refresh"
        self._lock = threading.Lock()
        self._access = ""
        self._ends = 0.0

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Httpx's protocol: yield requests, receive their responses."""
        if not self._refreshes:
            scheme = "Bearer" if _claims(self._address.token) else "Token"
            request.headers["Authorization"] = f"{scheme} {self._address.token}"
            yield request
            return
        access = self._access
        if time.monotonic() >= self._ends:
            access = yield from self._renewed(access)
        request.headers["Authorization"] = f"Bearer {access}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            access = yield from self._renewed(access)
            request.headers["Authorization"] = f"Bearer {access}"
            yield request

    def _renewed(self, stale: str) -> Generator[httpx.Request, httpx.Response, str]:
        with self._lock:  # of several threads, one asks; the others find its answer
            if self._access != stale:
                return self._access
            body = {"refresh": self._address.token}
            url = f"{self._address.url}/api/token/refresh/"
            response = yield httpx.Request("POST", url, json=body, extensions=self._extensions)
            response.read()
            if is_passing(response):  # to be asked again; the request that is to be signed was not sent
                raise httpx.HTTPStatusError("no token", request=response.request, response=response)
            answer = read_json(response, self._address)
            access = answer.get("access") if isinstance(answer, dict) else None
            if not isinstance(access, str):
                raise not_label_studio(self._address, "it gives no access token")
            claims = _claims(access)
            # The lifetime, not the end: the server's clock may differ from ours.
            lifetime = float(claims.get("exp", 0)) - float(claims.get("iat", 0))
            self._access, self._ends = access, time.monotonic() + max(lifetime - EARLY, 0)
            return access


def _claims(token: str) -> dict[str, Any]:
    """What a JWT says about itself, unverified; empty where it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


@functools.cache
def trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once: that takes as long as a request."""
    return httpx.create_ssl_context()


@contextlib.contextmanager
def explained(address: Address) -> Iterator[None]:
    """Let only our errors out."""
    try:
        yield
    except StudioError:
        raise
    except Exception as error:
        ours = _ours(error, address)
        if ours is None:
            raise
        raise ours from error


def explanation(reason: Reason, address: Address) -> str:
    """What went wrong, for people, of a request that is repeated."""
    wrong = _wrong(reason, address) if isinstance(reason, httpx.Response) else _ours(reason, address)
    return wrong.message if wrong else address.url


def _ours(error: Exception, address: Address) -> StudioError | None:
    """The error of ours for one of a library's; None for a bug."""
    if isinstance(error, httpx.HTTPStatusError):
        return _wrong(error.response, address)
    if isinstance(error, httpx.TimeoutException):
        return StudioUnreachable(
            f"{address.url} did not answer in time", next="run the same command again; if it stays slow, see its log"
        )
    if isinstance(error, httpx.ConnectError):
        return _no_connection(address, error)
    if isinstance(error, (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError)):
        reason = f": {error}" if str(error) else ""
        return StudioUnreachable(
            f"the connection to {address.url} broke ({type(error).__name__}{reason})",
            next="run the same command again; nothing is sent twice",
        )
    if type(error).__module__.startswith(("label_studio_sdk.", "pydantic")):
        return _sdk_error(error, address)
    return None


def _no_connection(address: Address, error: httpx.ConnectError) -> StudioUnreachable:
    if is_untrusted(error):
        return StudioUnreachable(
            f"no trusted connection to {address.url}: {error}",
            next="check the URL; if the certificate is your organisation's own, set SSL_CERT_FILE to its root",
        )
    start = "goldkit studio start, or " if address.is_local else ""
    return StudioUnreachable(f"nobody answers at {address.url} ({error})", next=f"{start}check the URL")


def _sdk_error(error: Exception, address: Address) -> StudioError:
    """The SDK's ApiError carries a status and a body; its other errors mean an answer that it could not read."""
    status = getattr(error, "status_code", None)
    body = getattr(error, "body", None)
    if isinstance(status, int) and status >= 300:
        is_json = not isinstance(body, str)
        answer = httpx.Response(status, headers=getattr(error, "headers", None))
        return status_error(answer, _detail(body, address) if is_json else "", address, is_json=is_json)
    return not_label_studio(address, f"the SDK could not read its answer ({type(error).__name__})")


def read_json(response: httpx.Response, address: Address) -> Any:
    """The JSON of an answer; any other answer is an error of ours."""
    wrong = _wrong(response, address)
    if wrong:
        raise wrong
    return parsed(response)


def _wrong(response: httpx.Response, address: Address) -> StudioError | None:
    """The error for an answer that is not JSON, or not of success."""
    body = None
    readable = says_json(response)
    if readable:
        try:
            body = parsed(response)
        except ValueError:
            readable = False
    if response.is_success and readable:
        return None
    if response.is_success:
        kind = response.headers.get("Content-Type", "nothing").partition(";")[0]
        cut = "JSON that is cut off" if says_json(response) else f"{kind} where JSON is due"
        return not_label_studio(address, f"it answers with {cut}")
    if response.is_redirect:
        return not_label_studio(address, f"it redirects to {response.headers.get('Location', 'nowhere')}")
    return status_error(response, _detail(body, address), address, is_json=readable)


def not_label_studio(address: Address, why: str) -> StudioUnreachable:
    """Something answers at the address, but not as Label Studio does."""
    return StudioUnreachable(
        f"what answers at {address.url} is not Label Studio's API: {why}",
        next="check the URL: it is the page's address up to, and without, /projects; a proxy may stand in between",
    )


def status_error(answer: httpx.Response, detail: str, address: Address, *, is_json: bool = True) -> StudioError:
    """The error for an answer with a status of 300 or more; ``detail`` is the server's own explanation."""
    status = answer.status_code
    said = f": {detail}" if detail else ""
    if asked := asked_wait(answer):
        said += f"; it asks to wait {asked:.0f} s"
    if status == 401:
        return StudioAuthError(
            f"{address.url} does not accept the token from {address.source}{said}",
            next=f"get a new one at {address.token_page} and put it where the old one was",
        )
    if status == 403:
        return StudioAuthError(
            f"the user of the token from {address.source} may not do this on {address.url}{said}",
            next="use the token of the project's owner or of an administrator",
        )
    if status == 429:
        return StudioError(
            f"{address.url} takes no more requests for now (status 429){said}", next="wait, then run the command again"
        )
    if status >= 500 or status == 408:
        return StudioServerError(
            f"{address.url} failed with status {status}{said}",
            next="run the same command again (nothing is sent twice); if it stays, see the server's log",
        )
    if status in (404, 409, 410) and is_json:
        gone = (
            "the project or task is not there, it may have been deleted on the server" if status != 409 else "refused"
        )
        return StudioConflict(
            f"{address.url}: {gone}{said}", next="goldkit status, then goldkit push (makes what is missing)"
        )
    if status < 400 or not is_json:
        return not_label_studio(address, f"status {status}")
    return StudioError(
        f"{address.url} refused with status {status}{said}", next="correct what it names, then run the command again"
    )


def _detail(body: Any, address: Address) -> str:
    """What Label Studio says about an error, on one line, without names and tokens."""
    if not isinstance(body, dict):
        return ""
    said = [body.get("detail"), body.get("validation_errors")]
    if not any(said):
        said = [{key: value for key, value in body.items() if key not in {"id", "status_code", "version"}}]
    parts = [part if isinstance(part, str) else json.dumps(part, ensure_ascii=False) for part in said if part]
    line = " ".join("; ".join(parts).split())
    line = _PRIVATE.sub("…", line.replace(address.token, "…") if address.token else line)
    return line if len(line) <= DETAIL else line[: DETAIL - 1] + "…"
