"""The client alone through a proxy that breaks: very many seeds, on a server that writes down what it was asked."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from studio.fakes import Fake, FakeHandler, FakeServer

from toolkit.errors import StudioError
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.retries import Patience

from .law import seeds
from .plan import Fault, Plan
from .proxy import proxy

REQUESTS = 12
QUICK = Patience(attempts=30, first=0.005, longest=0.1)  # more than any plan has faults
PASSING = tuple(fault for fault in Fault if fault not in (Fault.NULL, Fault.LIST, Fault.STRANGE, Fault.EXPIRED))


@dataclass
class Book:
    """What a server was told: how often each note was posted, and the title set last."""

    notes: Counter[str] = field(default_factory=Counter)
    title: str = ""

    def __call__(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
        said = json.loads(body) if body else {}
        if method == "POST":
            self.notes[said["note"]] += 1
        elif method == "PATCH":
            self.title = said["title"]
        return 200, "application/json", json.dumps({"id": 1, "release": "1.23.2", "title": self.title}).encode()


@pytest.fixture
def book() -> Iterator[tuple[Book, str]]:
    """A book, and the address of its server."""
    written = Book()
    server = FakeServer(("127.0.0.1", 0), type("Handler", (FakeHandler,), {"fake": Fake(written)}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield written, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("seed", seeds(few=12, many=400))
def test_nothing_is_done_twice_and_what_passes_passes(seed: int, book: tuple[Book, str]) -> None:
    written, url = book
    said: list[str] = []
    with (
        proxy(url) as broken,
        Client(Address(broken.url, "very-secret"), timeout=0.5, patience=QUICK, say=said.append) as client,
    ):
        assert client.version() == "1.23.2"
        broken.plan = plan = Plan(seed, most=6, often=0.4, faults=PASSING)
        kept = []
        for number in range(REQUESTS):
            title = f"title {number}"
            assert client.patch("/api/webhooks/1/", {"title": title})["title"] == title, f"seed {seed}: {plan.drawn}"
            assert client.get("/api/webhooks/1/")["title"] == title, f"seed {seed}: {plan.drawn}"
            try:
                client.post("/api/webhooks/", {"note": title})
                kept.append(title)
            except StudioError as error:
                said.append(f"{error.message} {error.next}")
        broken.plan = None
        assert not broken.broken
    assert set(written.notes.values()) <= {1}, f"seed {seed}: {plan.drawn}: {written.notes}"
    assert written.notes.keys() >= {*kept}, f"seed {seed}: {plan.drawn}"
    assert len(kept) >= REQUESTS - plan.most
    assert "very-secret" not in "".join(said)


@pytest.mark.parametrize("seed", seeds(few=6, many=200))
def test_whatever_comes_the_error_is_ours(seed: int, book: tuple[Book, str]) -> None:
    _, url = book
    errors: list[StudioError] = []
    with proxy(url) as broken, Client(Address(broken.url, "very-secret"), timeout=0.5, patience=QUICK) as client:
        broken.plan = Plan(seed, most=99, often=0.9)
        for _ in range(REQUESTS):
            try:
                assert client.version() == "1.23.2"
                client.post("/api/projects/", {"note": "again"})
            except StudioError as error:
                errors.append(error)
        assert not broken.broken
    assert errors, f"seed {seed}"
    assert all(error.next and "very-secret" not in error.message for error in errors), f"seed {seed}"
