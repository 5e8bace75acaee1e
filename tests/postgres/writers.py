"""People who write at once: each with a connection and an account."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.studio.address import Address
from toolkit.studio.client import Client

Result = list[dict[str, Any]]


@dataclass
class Writer:
    """Somebody at a screen. By annotation: all versions that were sent, and how many of them the server confirmed."""

    url: str
    token: str
    work: Sequence[tuple[int, Result]]  # task, and what to mark in it
    sent: dict[int, list[Result]] = field(default_factory=dict)
    kept: dict[int, int] = field(default_factory=dict)
    while_pulled: int = 0

    def write(self, pulling: threading.Event, times: int) -> None:
        """Submit all the work, one after the other; each is changed so many times, the first change during a pull."""
        with Client(Address(self.url, self.token)) as client:
            for task, result in self.work:
                made = client.post(f"/api/tasks/{task}/annotations/", {"result": result, "lead_time": 1})
                annotation = made["id"]
                self.sent[annotation] = [result]
                self.kept[annotation] = 1
                pulling.wait()
                for number in range(times):
                    self.sent[annotation].append(_version(result, number))
                    client.patch(f"/api/annotations/{annotation}/", {"result": self.sent[annotation][-1]})
                    self.kept[annotation] += 1
                    self.while_pulled += pulling.is_set()


def _version(result: Result, number: int) -> Result:
    """The same work with a note of its version, so that no two are alike."""
    first, *rest = result
    return [first | {"meta": first.get("meta", {}) | {"version": [str(number)]}}, *rest]
