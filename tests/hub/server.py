"""A small Hub for tests: the endpoints that the real client and `datasets` use, on a loopback port, kept in a folder.

    with TestHub(folder) as hub:
        subprocess.run(command, env=os.environ | hub.environment(home))

``requests`` lists what was asked, and ``fault`` makes the next matching request go wrong. The server lives in a thread
of the tests' process, and ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from .endpoints import Endpoints
from .store import Repository, Store

TOKEN = "hf_tokenofthetestsonly"


@dataclass
class Fault:
    """What goes wrong with the next ``times`` requests of this method whose path has this in it.

    Instead of being answered, it waits for ``seconds``; is cut off ``before`` or ``after`` it is carried out; or gets a
    ``status`` with a ``message``. ``call`` runs just before that, or once it is carried out where it is cut after.
    """

    method: str
    part: str
    cut: Literal["", "before", "after"] = ""
    status: int = 0
    message: str = "a fault"
    seconds: float = 0.0
    call: Callable[[], object] = lambda: None
    times: int = 1


class TestHub:
    """The server; ``token`` is that of its one user, who owns everything."""

    __test__ = False  # pytest takes classes of such a name for tests

    def __init__(self, folder: Path, *, token: str = TOKEN) -> None:
        self.token = token
        self.requests: list[tuple[str, str]] = []
        self.faults: list[Fault] = []
        self.store = Store(folder)

    def __enter__(self) -> TestHub:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._answer = Endpoints(self.store, self.url, self.token).application()
        config = uvicorn.Config(
            self._application,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()

    @property
    def repositories(self) -> dict[str, Repository]:
        return self.store.repositories

    def environment(self, home: Path) -> dict[str, str]:
        """The variables with which a process speaks to this Hub, and keeps what it loads in ``home``."""
        return {
            "HF_ENDPOINT": self.url,
            "HF_TOKEN": self.token,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }

    def fault(self, method: str, part: str, **more: Any) -> Fault:
        """Let the next request of this kind go wrong."""
        self.faults.append(Fault(method, part, **more))
        return self.faults[-1]

    def sent(self) -> list[tuple[str, str]]:
        """The requests that could change something."""
        return [one for one in self.requests if one[0] not in {"GET", "HEAD"} and "/paths-info/" not in one[1]]

    def make(self, repository: str, *, private: bool = True) -> Repository:
        """A repository that is there already."""
        return self.store.make(repository, private=private)

    def add_file(self, repository: str, path: str, content: bytes) -> str:
        """A commit that somebody else makes."""
        repo = self.repositories[repository]
        commit = repo.add(f"Add {path}", repo.tree("main") | {path: self.store.keep(content, lfs=False)})
        self.store.save()
        return commit

    def tree(self, repository: str, revision: str = "main") -> dict[str, str]:
        """The sha256 of each file of a revision, but for the Hub's own."""
        tree = self.repositories[repository].tree(revision)
        return {path: entry["sha256"] for path, entry in tree.items() if path != ".gitattributes"}

    def titles(self, repository: str) -> list[str]:
        """The commits of the branch, the newest first."""
        repo = self.repositories[repository]
        return [commit["title"] for _, commit in repo.history(repo.main)]

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Every request passes here: it is listed, and goes wrong where a fault says so."""
        method, path = scope["method"], scope["path"]
        self.requests.append((method, path))
        fault = next((one for one in self.faults if one.times and one.method == method and one.part in path), None)
        if fault is None:
            await self._answer(scope, receive, send)
            return
        fault.times -= 1
        if fault.cut == "after":
            await self._answer(scope, receive, _into_the_void)
        await asyncio.to_thread(fault.call)  # which may itself ask this server
        await asyncio.sleep(fault.seconds)
        if fault.cut:
            receive.__self__.transport.abort()  # type: ignore[attr-defined]  # uvicorn's connection itself
        elif fault.status:
            await JSONResponse({"error": fault.message}, fault.status)(scope, receive, send)
        else:
            with contextlib.suppress(ClientDisconnect):
                await self._answer(scope, receive, send)


async def _into_the_void(_: Any) -> None:
    """An answer that nobody hears."""
