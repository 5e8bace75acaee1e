"""Articles, and small servers that misbehave."""

from __future__ import annotations

import http.client
import http.server
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from toolkit.articles.model import Article, text_digest

CONFIG = """<View>
  <Relations name="relations" toName="text"><Relation value="works_for"/></Relations>
  <Labels name="entities" toName="text"><Label value="PERSON"/><Label value="ORG"/></Labels>
  <Text name="text" value="$text"/>
</View>"""
WORKSPACE = "tests"


def article(number: int, text: str = "") -> Article:
    text = text or f"Article {number} 😀: “Ada” works for Acme.\nSecond line."
    return Article(article_id=f"a-{number:04}", text=text, text_sha256=text_digest(text), outlet="Daily")


def articles(count: int) -> list[Article]:
    return [article(number) for number in range(count)]


def person(text: str, word: str = "Ada") -> list[dict[str, Any]]:
    """A result with one region."""
    start = text.index(word)
    value = {"start": start, "end": start + len(word), "text": word, "labels": ["PERSON"]}
    return [{"id": "r1", "from_name": "entities", "to_name": "text", "type": "labels", "value": value}]


Answer = Callable[[str, str, Any, bytes], tuple[int, str, bytes]]


@dataclass
class Fake:
    """A small server: ``answer`` gets (method, path, headers, body) and returns (status, content type, body)."""

    answer: Answer
    url: str = ""
    seen: list[tuple[str, str]] = field(default_factory=list)


class FakeHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: Fake

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.fake.seen.append((self.command, self.path))
        status, kind, answer = self.fake.answer(self.command, self.path, self.headers, body)
        if status == 0:  # hang up without a word
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        if 300 <= status < 400:
            self.send_header("Location", "http://elsewhere.example/")
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PATCH = _do  # noqa: N815  # http.server's names

    def log_message(self, format: str, *args: object) -> None:
        pass


class FakeServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # the client hung up, as some tests have it


def always(status: int, body: Any, kind: str = "application/json", delay: float = 0) -> Answer:
    """An answer that never changes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(*_: object) -> tuple[int, str, bytes]:
        time.sleep(delay)
        return status, kind, content

    return answer


def forwarded(url: str, method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
    """What the server at ``url`` answers to a request."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    kept = {name: headers[name] for name in ("Authorization", "Content-Type") if headers[name]}
    connection.request(method, path, body, kept)
    response = connection.getresponse()
    found = response.status, response.getheader("Content-Type", ""), response.read()
    connection.close()
    return found
