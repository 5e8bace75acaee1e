"""Label Studio restarts while a command speaks to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sweep import SWEEP

from toolkit.studio import server
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

from .conftest import PASSWORD, PEOPLE
from .law import carried_out, census, listed, make_office, on_the_server, pulled, seeds
from .plan import Fault, Plan
from .proxy import proxy

ARTICLES = 40

pytestmark = pytest.mark.skipif(not SWEEP, reason="a server that restarts takes its time: GOLDKIT_SWEEP=1 has it done")


@dataclass
class Restarting(Plan):
    """Restarts the server at the request with a number, which gets no answer."""

    home: Path = Path()
    at: int = 1
    _requests: int = 0
    _starting: list[threading.Thread] = field(default_factory=list)

    def draw(self, method: str, path: str) -> Fault | None:
        with self._lock:
            self._requests += 1
            if self._requests != self.at:
                return None
            server.stop(self.home)
            self._starting.append(threading.Thread(target=server.start, args=(self.home,)))
            self._starting[0].start()
            return Fault.DROPPED

    def settle(self) -> None:
        for thread in self._starting:
            thread.join()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a server that nobody else uses."""
    folder = tmp_path_factory.mktemp("restarting")
    try:
        yield folder
    finally:
        server.stop(folder)


@pytest.fixture(scope="module")
def own(home: Path) -> Credentials:
    """That server."""
    return server.start(home)


@pytest.fixture(scope="module")
def crew(own: Credentials) -> dict[str, str]:
    """Three people's tokens by their e-mail addresses."""
    emails = [f"{name}@restarts.example" for name in PEOPLE]
    return {email: add_annotator(own, email, PASSWORD) for email in emails}


@pytest.mark.parametrize("seed", seeds(few=0, many=3))
def test_a_restart_in_the_middle(seed: int, own: Credentials, home: Path, crew: dict[str, str], tmp_path: Path) -> None:
    desk = make_office(tmp_path / f"restart-{seed}", own, crew, ARTICLES)
    with proxy(own.url) as between:
        for number, command in enumerate((["push"], ["assign"], ["pull"])):
            carried_out(desk, between, Restarting(seed, home=home, at=4 + 2 * seed + number), *command)
    assert census(listed(desk))[0] == {f"day-{number:03}": 1 for number in range(ARTICLES)}
    assert pulled(desk) == on_the_server(desk)
