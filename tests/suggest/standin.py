"""A server that stands in for whatever suggests over HTTP: it keeps what it was sent, and answers as it is told."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Sent(NamedTuple):
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: Any


class Reply(NamedTuple):
    """What is answered; ``pace`` is called before each byte of the body, which is then sent one by one."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    pace: Callable[[], Any] | None = None


def in_json(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


class StandIn(http.server.ThreadingHTTPServer):
    """``replies`` are given in turn, the last one again and again; one that is a function makes its reply."""

    daemon_threads = True

    def __init__(self, *replies: Reply | Callable[[Sent], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = list(replies)
        self.sent: list[Sent] = []
        self.ended = threading.Event()  # who holds a connection open waits for it

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asks may have given up."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:  # http.server's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sent = Sent(self.path, dict(self.headers), json.loads(body))
        self.server.sent.append(sent)
        reply = self.server.replies[min(len(self.server.sent), len(self.server.replies)) - 1]
        reply = reply if isinstance(reply, Reply) else reply(sent)
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        if reply.pace is None:
            self.wfile.write(reply.body)
            return
        for place in range(len(reply.body)):
            reply.pace()
            self.wfile.write(reply.body[place : place + 1])

    def do_GET(self) -> None:
        self.server.sent.append(Sent(self.path, dict(self.headers), None))
        self.send_error(405)

    def log_message(self, *_: Any) -> None:
        """Nothing to say."""


@contextlib.contextmanager
def standing_in(*replies: Reply | Callable[[Sent], Reply]) -> Iterator[StandIn]:
    with StandIn(*replies) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
