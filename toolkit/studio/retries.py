"""Asking again: which requests may be repeated, after what, and how long that goes on.

A request is repeated where doing it twice does no harm: GET, PATCH of a whole value, DELETE, the exchange of a token,
and a POST that its sender calls repeatable. Any other POST is repeated only where it surely was not carried out: no
connection came about, or the answer is 429, which limits are enforced with before anybody looks at a request. 503 is
not such an answer, with Retry-After or without: gateways also give it for a server that broke at its work. What became
of such a POST only its sender can find out.

Nobody waits for a server that has not answered once: it is not started, or the address is wrong. For the same reason
a page in place of JSON is an error at first, and passes later: what stands before the server shows it meanwhile.
"""

from __future__ import annotations

import contextlib
import signal
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    sleep_using_event,
    stop_after_attempt,
    stop_before_delay,
    stop_when_event_set,
    wait_exponential,
    wait_random,
)

REPEATABLE = "repeatable"
"""The extension of a request whose sender says that repeating it does no harm."""

_PASSING = {408, 429, 500, 502, 503, 504}
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LOST = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.DecodingError)
_HARMLESS = {"GET", "HEAD", "PUT", "PATCH", "DELETE"}

Reason = httpx.Response | Exception
"""Why a request is repeated: the answer, or the error in place of one."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is sent at most, and how long is waited in between, in seconds.

    The first wait is ``first``, each further one twice as long, up to ``longest``, with jitter. A server that asks for
    a wait gets it, unless that is longer than ``longest``. No wait ends more than ``total`` after the first try.
    """

    attempts: int = 5
    first: float = 1.0
    longest: float = 60.0
    total: float = 300.0


USUAL = Patience()


class Session(httpx.Client):
    """An httpx client that repeats what may be repeated.

    Where it gives up, the last answer is returned and the last error raised, as if there had been no other.
    """

    def __init__(
        self, patience: Patience, tell: Callable[[Reason, float, int], None] = lambda *_: None, **options: Any
    ) -> None:
        """Args: how patient; who is told the reason, the wait and the next try's number; httpx's own options."""
        super().__init__(**options)
        self._patience = patience
        self._tell = tell
        self._stop = threading.Event()
        self._answered = False

    @contextlib.contextmanager
    def heeding_signals(self) -> Iterator[None]:
        """Have Ctrl-C and SIGTERM end the waits of all threads, beside all else that they do.

        They are raised in the main thread alone, and it then stays until its other threads are done: these would go on
        waiting.
        """
        usual: dict[signal.Signals, Any] = {}
        if threading.current_thread() is threading.main_thread():
            usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def heed(number: int, frame: Any) -> None:
            self._stop.set()
            usual[signal.Signals(number)](number, frame)

        heard = [number for number, handler in usual.items() if callable(handler)]
        try:
            for number in heard:
                signal.signal(number, heed)
            yield
        finally:
            for number in heard:
                signal.signal(number, usual[number])

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request, and send it again where that is right and may help."""
        patience = self._patience
        longer = wait_exponential(multiplier=patience.first, max=patience.longest)
        jitter = wait_random(0, patience.first)

        def wait(state: RetryCallState) -> float:
            asked = asked_wait(_answer(_reason(state)))
            return (longer(state) if asked is None else asked) + jitter(state)

        return Retrying(
            retry=self._is_to_be_repeated,
            wait=wait,
            stop=stop_after_attempt(patience.attempts)
            | stop_before_delay(patience.total)
            | stop_when_event_set(self._stop),
            sleep=sleep_using_event(self._stop),
            before_sleep=lambda state: self._tell(_reason(state), state.upcoming_sleep, state.attempt_number + 1),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )(super().send, request, **options)

    def _is_to_be_repeated(self, state: RetryCallState) -> bool:
        reason = _reason(state)
        answer = _answer(reason)
        if answer is not None:
            passing = is_passing(answer) or (self._answered and _is_page(answer))
            self._answered = self._answered or says_json(answer)
            bearable = (asked_wait(answer) or 0) <= self._patience.longest
            return passing and bearable and (answer.status_code == 429 or _is_harmless(answer.request))
        if isinstance(reason, _NOT_SENT):
            return self._answered and not is_untrusted(reason)
        return isinstance(reason, _LOST) and _is_harmless(reason.request)


def is_passing(answer: httpx.Response) -> bool:
    """Whether the same request may well have another answer soon: a failure that passes, or JSON that was cut off."""
    if answer.status_code in _PASSING:
        return True
    try:
        if says_json(answer):
            parsed(answer)
    except ValueError:
        return True
    return False


def _is_page(answer: httpx.Response) -> bool:
    return answer.is_success and "html" in answer.headers.get("Content-Type", "")


def says_json(answer: httpx.Response) -> bool:
    """Whether it calls itself JSON."""
    return "json" in answer.headers.get("Content-Type", "")


def parsed(answer: httpx.Response) -> Any:
    """The JSON of an answer, read only once: a page of tasks has some MB. Raises ValueError where it is none."""
    if "parsed" not in answer.extensions:
        answer.extensions["parsed"] = answer.json()
    return answer.extensions["parsed"]


def asked_wait(answer: httpx.Response | None) -> float | None:
    """The seconds that a server asks to wait (Retry-After, as a number or a date; RFC 9110, 10.2.3), if it does."""
    asked = answer.headers.get("Retry-After", "").strip() if answer is not None else ""
    if answer is None or not asked:
        return None
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked).timestamp()
    except (ValueError, OverflowError):
        return None
    try:  # by the server's own clock, which may be another than ours
        now = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (ValueError, OverflowError):
        now = time.time()
    return max(until - now, 0.0)


def is_untrusted(error: BaseException) -> bool:
    """Whether a connection failed for want of trust: the server's certificate, or no TLS where it is due."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


def _reason(state: RetryCallState) -> Reason:
    assert state.outcome is not None  # noqa: S101  # asked after an attempt only
    error: Any = state.outcome.exception()
    reason: Reason = state.outcome.result() if error is None else error
    return reason


def _answer(reason: Reason) -> httpx.Response | None:
    """The answer that failed; to the exchange of a token, it comes as an error."""
    if isinstance(reason, httpx.HTTPStatusError):
        return reason.response
    return reason if isinstance(reason, httpx.Response) else None


def _is_harmless(request: httpx.Request) -> bool:
    return (
        request.method in _HARMLESS
        or REPEATABLE in request.extensions
        or request.url.path.endswith("/api/token/refresh/")
    )
