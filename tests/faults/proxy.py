"""A proxy in front of a real server that breaks, by a plan, in every way that networks and gateways do."""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import http.server
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .plan import Fault, Plan

HOST = "127.0.0.1"
AWAY = 0.1  # seconds that a proxy which refuses connections stays away
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}
PAGE = b"<!doctype html><title>We are working on it</title>"


class Answer(NamedTuple):
    """A status, headers and a body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Proxy:
    """Where it is, and its plan; without one all goes well."""

    target: str
    port: int = 0
    plan: Plan | None = None
    broken: list[BaseException] = field(default_factory=list)  # errors of its own: there should be none
    listening: threading.Event = field(default_factory=threading.Event)
    _away: threading.Event = field(default_factory=threading.Event)
    _closed: threading.Event = field(default_factory=threading.Event)
    _connections: set[socket.socket] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://{HOST}:{self.port}"

    def listen(self) -> None:
        """Take connections until it is closed."""
        while not self._closed.is_set():
            with socket.create_server((HOST, self.port), backlog=64) as listener:
                self.port = listener.getsockname()[1]
                listener.settimeout(0.02)
                self.listening.set()
                while not (self._away.is_set() or self._closed.is_set()):
                    with contextlib.suppress(TimeoutError):
                        connection, where = listener.accept()
                        threading.Thread(target=self._serve, args=(connection, where), daemon=True).start()
            if self._away.is_set():
                self._closed.wait(AWAY)
                self._away.clear()  # the next turn listens again

    def _serve(self, connection: socket.socket, where: Any) -> None:
        self._connections.add(connection)
        try:
            connection.settimeout(60)
            _Handler(connection, where, self)  # type: ignore[arg-type]
        except OSError:
            pass  # the client hung up, or we did
        except BaseException as error:
            self.broken.append(error)
            raise
        finally:
            self._connections.discard(connection)
            connection.close()

    def refuse(self) -> None:
        """Listen no more for a while."""
        self.listening.clear()
        self._away.set()

    def close(self) -> None:
        """End it, and all its connections."""
        self._closed.set()
        for connection in [*self._connections]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxy(target: str) -> Iterator[Proxy]:
    """Run one in front of a server."""
    made = Proxy(target)
    thread = threading.Thread(target=made.listen)
    thread.start()
    try:
        assert made.listening.wait(10)
        yield made
    finally:
        made.close()
        thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy  # type: ignore[assignment]

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.plan.draw(self.command, self.path) if self.server.plan else None
        if fault in _BEFORE:
            _BEFORE[fault](self)
        elif fault in _INSTEAD:
            self.reply(_INSTEAD[fault]())
        else:
            answer = self._passed_on(body)
            if fault is None:
                self.reply(answer)
            else:
                _AFTER[fault](self, answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _do  # noqa: N815  # http.server's names

    def _passed_on(self, body: bytes) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.server.target).netloc, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        try:
            connection.request(self.command, self.path, body, headers)
            response = connection.getresponse()
            kept = {name: value for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP}
            return Answer(response.status, kept, response.read())
        except (OSError, http.client.HTTPException):  # the server restarts
            return Answer(502, {"Content-Type": "text/html"}, PAGE)
        finally:
            connection.close()

    def reply(self, answer: Answer, *, announced: int | None = None) -> None:
        """Send an answer; its length may be announced wrongly."""
        self.head(answer, {"Content-Length": str(len(answer.body) if announced is None else announced)})
        self.wfile.write(answer.body)

    def head(self, answer: Answer, more: dict[str, str]) -> None:
        """Send a status and headers."""
        self.send_response_only(answer.status)
        for name, value in (answer.headers | more).items():
            self.send_header(name, value)
        self.end_headers()

    def hang_up(self, answer: Answer | None = None, *, reset: bool = False) -> None:
        """Close the connection without a word, or with a reset."""
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()
            self.connection.close()
        self.close_connection = True

    def refuse(self) -> None:
        """Hang up, and have nobody listen for a while."""
        self.server.refuse()
        self.hang_up()

    def cut(self, answer: Answer) -> None:
        """Announce all of the body and send half."""
        self.reply(answer._replace(body=_half(answer.body)), announced=len(answer.body) + 100)
        self.close_connection = True

    def cut_chunks(self, answer: Answer) -> None:
        """Send the body in chunks, and not the empty one that ends it."""
        self.head(answer, {"Transfer-Encoding": "chunked"})
        half = _half(answer.body) or b" "
        self.wfile.write(b"%x\r\n%b\r\n" % (len(half), half))
        self.close_connection = True

    def trickle(self, answer: Answer) -> None:
        """Send the body piece by piece."""
        self.head(answer, {"Content-Length": str(len(answer.body))})
        size = len(answer.body) // 16 + 1
        for start in range(0, len(answer.body), size):
            self.wfile.write(answer.body[start : start + size])
            time.sleep(0.002)

    def stick(self, answer: Answer) -> None:
        """Send half of the body, and wait until the client has had enough."""
        self.reply(answer._replace(body=_half(answer.body)), announced=len(answer.body) + 1)
        self.connection.recv(1)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _json(status: int, body: Any, **headers: str) -> Answer:
    return Answer(status, {"Content-Type": "application/json"} | headers, json.dumps(body).encode())


def _page(status: int) -> Answer:
    return Answer(status, {"Content-Type": "text/html"}, PAGE)


def _after(change: Callable[[Answer], Answer]) -> Callable[[_Handler, Answer], None]:
    return lambda handler, answer: handler.reply(change(answer))


def _other_form(answer: Answer) -> Answer:
    return _json(answer.status, {"detail": "hello"} if answer.body.lstrip().startswith(b"[") else [])


def _strange(answer: Answer) -> Answer:
    return answer._replace(
        body=re.sub(rb'"(id|total|task_count|access)":\s*[^,}\]]+', rb'"\1": {"no": []}', answer.body)
    )


def _date() -> str:
    return email.utils.formatdate(time.time(), usegmt=True)


_BEFORE: dict[Fault | None, Callable[[_Handler], None]] = {
    Fault.REFUSED: _Handler.refuse,
    Fault.DROPPED: _Handler.hang_up,
    Fault.RESET: lambda handler: handler.hang_up(reset=True),
}
_INSTEAD: dict[Fault | None, Callable[[], Answer]] = {
    Fault.LIMITED: lambda: _json(429, {"detail": "too many"}, **{"Retry-After": "0"}),
    Fault.LIMITED_UNTIL: lambda: _json(429, {"detail": "too many"}, **{"Retry-After": _date(), "Date": _date()}),
    Fault.FAILED: lambda: _json(500, {"detail": "out of memory"}),
    Fault.GATEWAY: lambda: _page(502),
    Fault.UNAVAILABLE: lambda: Answer(503, {"Content-Type": "text/html", "Retry-After": "0"}, PAGE),
    Fault.EXPIRED: lambda: _json(401, {"detail": "Given token not valid for any token type"}),
    Fault.PAGE: lambda: _page(200),
}
_AFTER: dict[Fault, Callable[[_Handler, Answer], None]] = {
    Fault.DROPPED_AFTER: _Handler.hang_up,
    Fault.RESET_AFTER: lambda handler, answer: handler.hang_up(reset=True),
    Fault.GATEWAY_AFTER: _after(lambda answer: _page(502)),
    Fault.TIMEOUT: _after(lambda answer: _json(504, {"detail": "too slow"})),
    Fault.SHORT: _Handler.cut,
    Fault.CHUNKS_CUT: _Handler.cut_chunks,
    Fault.JSON_CUT: _after(lambda answer: answer._replace(body=_half(answer.body))),
    Fault.TRICKLED: _Handler.trickle,
    Fault.STUCK: _Handler.stick,
    Fault.NULL: _after(lambda answer: _json(answer.status, None)),
    Fault.LIST: _after(_other_form),
    Fault.STRANGE: _after(_strange),
}
