"""The one way to Label Studio: signed requests in, plain values out, no error but ours."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from toolkit.errors import StudioVersionError
from toolkit.findings import Finding, Place, Severity
from toolkit.studio.address import Address
from toolkit.studio.answers import misfit

if TYPE_CHECKING:
    import httpx
    from label_studio_sdk import LabelStudio

    from toolkit.studio.retries import Patience, Reason

TIMEOUT = 120.0  # seconds; a page of annotated tasks takes a few, a busy server lets it wait
IMPORT_TIMEOUT = 900.0

TESTED = ("1.23.2",)
# A judgement, not a test: editors were still reported in mid-2024 to mark wrong characters around emoji
# (HumanSignal/label-studio #4988, #6057), and older ones to count UTF-16 units (#1008, #1347).
MINIMUM = (1, 16)

_JSON = {"Content-Type": "application/json"}

Params = Mapping[str, str | int]


class Client:
    """A connection to one Label Studio; use it as a context manager. Its methods may be called from several threads.

    What may be repeated is repeated where the server fails for a while, as retries.py has it; each wait is told to
    ``say``. All methods raise StudioError in one of its forms, as transport.py lists them.
    """

    def __init__(
        self,
        address: Address,
        *,
        timeout: float | None = None,
        patience: Patience | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        from toolkit.studio import retries, transport

        self.address = address
        self._retries, self._transport = retries, transport
        self._timeout = TIMEOUT if timeout is None else timeout
        self._signals = contextlib.ExitStack()
        patience = patience or retries.USUAL

        def tell(reason: Reason, wait: float, attempt: int) -> None:
            failed = transport.explanation(reason, address)
            say(f"{failed}; trying again in {wait:.0f} s ({attempt} of {patience.attempts})")

        with transport.explained(address):
            # Redirects are not followed: they would turn a POST into a GET, or carry the token to another host.
            # Servers on this machine are not asked for through a proxy.
            self._http = retries.Session(
                patience,
                tell,
                base_url=address.url,
                auth=transport.TokenAuth(address, self._timeout),
                timeout=self._timeout,
                trust_env=not address.is_local,
                verify=transport.trusted(),
            )

    def __enter__(self) -> Self:
        self._signals.enter_context(self._http.heeding_signals())
        return self

    def __exit__(self, *_: object) -> None:
        self._signals.close()
        self._http.close()

    @property
    def url(self) -> str:
        """The server's root."""
        return self.address.url

    def get(self, path: str, params: Params | None = None) -> Any:
        """The JSON at a path under the root."""
        return self.get_bytes(path, params)[1]

    def get_bytes(self, path: str, params: Params | None = None) -> tuple[bytes, Any]:
        """The same, with the bytes that it came as."""
        with self._transport.explained(self.address):
            response = self._http.get(path, params=dict(params or {}))
            return response.content, self._read(response, path, params or {})

    def post(
        self,
        path: str,
        body: Any,
        *,
        timeout: float | None = None,
        accepted: Collection[int] = (),
        repeatable: bool = False,
    ) -> Any:
        """Send, and return the answer. ``body`` may be JSON that is encoded already.

        It is sent again only where it surely was not carried out, or where it is ``repeatable``: twice does no harm.
        A status in ``accepted`` is no error; None is returned for it.
        """
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        with self._transport.explained(self.address):
            response = self._http.post(
                path,
                content=content,
                headers=_JSON,
                timeout=self._timeout if timeout is None else timeout,
                extensions={self._retries.REPEATABLE: True} if repeatable else {},
            )
            return None if response.status_code in accepted else self._read(response, path)

    def patch(self, path: str, body: Any) -> Any:
        """Change what is at a path, and return it as it is now. Doing it again does no harm."""
        content = json.dumps(body).encode()  # escaped: half an emoji has no UTF-8
        with self._transport.explained(self.address):
            return self._read(self._http.patch(path, content=content, headers=_JSON), path)

    def _read(self, response: httpx.Response, path: str, params: Params | None = None) -> Any:
        """The JSON of an answer, if it has the form that it should."""
        answer = self._transport.read_json(response, self.address)
        if differs := misfit(response.request.method, path, params or {}, answer):
            raise self._transport.not_label_studio(self.address, f"{path.partition('?')[0]}: {differs}")
        return answer

    @contextlib.contextmanager
    def sdk(self) -> Iterator[LabelStudio]:
        """Label Studio's SDK on this connection: the same token, the same errors, the same retries."""
        with self._transport.explained(self.address):
            from label_studio_sdk import LabelStudio

            # Our connection signs the requests, also under a URL with a path, where the SDK's own refresh gets lost.
            yield LabelStudio(  # type: ignore[no-untyped-call]
                base_url=self.url, api_key="signed-by-goldkit", httpx_client=self._http, max_retries=0
            )

    def version(self) -> str:
        """The server's version."""
        answer = self.get("/api/version")
        found = answer.get("release") if isinstance(answer, dict) else None
        if not isinstance(found, str):
            raise self._transport.not_label_studio(self.address, "it names no version")
        return found

    def check_version(self) -> list[Finding]:
        """Refuse a server that is too old, and report one that nobody has tested. Raises StudioVersionError."""
        version = self.version()
        if _release(version) < MINIMUM:
            least = ".".join(map(str, MINIMUM))
            raise StudioVersionError(
                f"{self.url} is Label Studio {version}; at least {least} is needed, tested with {', '.join(TESTED)}",
                next="update the server, or use the embedded one: goldkit studio start",
            )
        if version in TESTED:
            return []
        return [
            Finding(
                rule="untested-server",
                place=Place(url=self.url),
                message=f"this is Label Studio {version}; tested with {', '.join(TESTED)}",
                next="goldkit check after a pull: offsets are checked against the text there",
                severity=Severity.NOTE,
            )
        ]

    def users(self) -> dict[int, str]:
        """E-mail addresses by user id. They must not leave the snapshots."""
        return {user["id"]: user["email"] for user in self.get("/api/users/")}


def _release(version: str) -> tuple[int, ...]:
    numbers = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)
