"""An HTTP endpoint that suggests: articles in a POST, the answer in its body."""

from __future__ import annotations

import asyncio
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from toolkit import addresses
from toolkit.errors import SourceError
from toolkit.ontology.model import Ontology
from toolkit.project import HttpSettings
from toolkit.suggest.batches import ANSWER_BYTES, Batched, UnansweredError
from toolkit.suggest.wording import printable

if TYPE_CHECKING:
    import httpx

_PASSING = {408, 425, 429, 500, 502, 503, 504}
_READ = 100_000  # bytes of an error's body that are looked at
_DETAIL = 200  # characters of it that are shown
_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # what is packed has no size that can be trusted
}


class Endpoint(Batched):
    """See ``HttpSettings``. The limit of time holds for all of one try, however slowly the server drips.

    The token is sent to this address alone: redirects are not followed.
    """

    def __init__(self, settings: HttpSettings, ontology: Ontology, token: str = "") -> None:
        """Args: settings; whose labels are wanted; the token itself."""
        super().__init__(settings, ontology)
        self._url = settings.url
        self._seconds = settings.seconds
        self._token = token

    def _ask(self, request: bytes) -> bytes:
        return asyncio.run(self._post(request))

    async def _post(self, request: bytes) -> bytes:
        import httpx

        headers = _HEADERS | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        try:
            async with (
                asyncio.timeout(self._seconds),
                httpx.AsyncClient(timeout=None, trust_env=not addresses.is_local(self._url)) as client,  # noqa: S113
                client.stream("POST", self._url, content=request, headers=headers) as answer,
            ):
                body = await _read(answer)
                self._check(answer, body)
                return body
        except TimeoutError:
            raise UnansweredError(f"no answer within {self._seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnansweredError(self._without_token(f"no answer: {error or type(error).__name__}")) from None

    def _check(self, answer: httpx.Response, body: bytes) -> None:
        """Raises where this is no answer."""
        status = answer.status_code
        if status in (401, 403):
            raise SourceError(
                f"{self._name}: {addresses.shown(self._url)} refuses us (HTTP {status})",
                next="check the token in the environment variable that token_variable names (configs/project.yaml)",
            )
        if status != 200:
            detail = printable(body[:_READ].decode("utf-8", "replace"))
            said = f": {self._without_token(detail)[:_DETAIL]}" if detail else ""  # a token is not cut in two first
            raise UnansweredError(f"HTTP {status}{said}", again=status in _PASSING, wait=_asked_wait(answer))
        if "json" not in (kind := answer.headers.get("Content-Type", "")):
            raise UnansweredError(f"the answer is no JSON, but {kind[:_DETAIL] or 'of no type'}", again=False)

    def _without_token(self, message: str) -> str:
        return message.replace(self._token, "…") if self._token else message


async def _read(answer: httpx.Response) -> bytes:
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise UnansweredError("the answer is packed, which it was not asked to be", again=False)
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > ANSWER_BYTES:
            raise UnansweredError(f"the answer has more than {ANSWER_BYTES:,} bytes", again=False)
    return bytes(body)


def _asked_wait(answer: httpx.Response) -> float | None:
    """The seconds that the server asks to wait (Retry-After, as a number or a date; RFC 9110, 10.2.3), if it does."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        return max(parsedate_to_datetime(asked).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None
