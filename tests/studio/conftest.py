"""A real Label Studio for the tests of this room."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator

import pytest

from toolkit.project import StudioProject
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.projects import RemoteProject, ensure_project
from toolkit.studio.server import Credentials

from .fakes import CONFIG, WORKSPACE, Answer, Fake, FakeHandler, FakeServer

_numbers = itertools.count(1)


@pytest.fixture
def client(studio: Credentials) -> Iterator[Client]:
    with Client(Address(studio.url, studio.token)) as connected:
        yield connected


@pytest.fixture(scope="session")
def annotators(studio: Credentials) -> Iterator[tuple[Client, Client]]:
    """Connections of two annotators, ``bo@annotators.example`` and ``cy@annotators.example``."""
    bo, cy = (add_annotator(studio, f"{name}@annotators.example", "a long enough password") for name in ("bo", "cy"))
    with Client(Address(studio.url, bo)) as first, Client(Address(studio.url, cy)) as second:
        yield first, second


@pytest.fixture
def wanted() -> StudioProject:
    """A title that no other test has."""
    return StudioProject(title=f"project {next(_numbers)}", overlap=2)


@pytest.fixture
def project(client: Client, wanted: StudioProject) -> RemoteProject:
    return ensure_project(client, WORKSPACE, wanted, label_config=CONFIG, instruction="<p>Read.</p>")


@pytest.fixture
def fake() -> Iterator[Callable[..., Fake]]:
    """Start fake servers on loopback sockets."""
    running: list[FakeServer] = []

    def start(answer: Answer) -> Fake:
        made = Fake(answer)
        listening = FakeServer(("127.0.0.1", 0), type("Handler", (FakeHandler,), {"fake": made}))
        running.append(listening)
        made.url = f"http://127.0.0.1:{listening.server_address[1]}"
        threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
        return made

    yield start
    for listening in running:
        listening.shutdown()
        listening.server_close()
