"""What workers do in these tests: functions of a module, so that every process can find them."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.engine import Engine
from toolkit.errors import WorkspaceError

PATIENCE = 60  # seconds


def square(number: int) -> int:
    return number * number


def refuse_three(number: int) -> int:
    if number >= 3:
        raise WorkspaceError(f"no {number}", next="take another number")
    return number


def die(number: int) -> int:
    os.kill(os.getpid(), 9)
    return number


@dataclass
class Marked:
    """An engine that leaves a file for each time that a shard is begun, and lets one shard wait for its killer.

    A shard is called by the number of the map and its own number in it: ``1.4``.
    """

    engine: Engine
    folder: Path
    victim: str
    maps: int = 0

    def map(self, work: Callable[[Any], Any], shards: Iterable[Any]) -> Iterator[Any]:
        named = [(f"{self.maps}.{number}", shard) for number, shard in enumerate(shards)]
        self.maps += 1
        return self.engine.map(partial(_marked, work, self.folder, self.victim), named)

    def begun(self) -> Counter[str]:
        """How often each shard was begun."""
        return Counter(mark.name.partition("-")[0] for mark in self.folder.iterdir())


def _marked(work: Callable[[Any], Any], folder: Path, victim: str, named: tuple[str, Any]) -> Any:
    name, shard = named
    is_first = not list(folder.glob(f"{name}-*"))
    part = folder / f".{uuid.uuid4()}"
    part.write_text(str(os.getpid()))
    part.replace(folder / f"{name}-{part.name}")
    done = work(shard)
    if name == victim and is_first:
        threading.Event().wait(PATIENCE)  # the killer comes first
    return done


class Killer(threading.Thread):
    """Kills the process that begins a shard, once."""

    def __init__(self, folder: Path, victim: str) -> None:
        super().__init__()
        self._folder, self._victim = folder, victim
        self.killed = 0

    def run(self) -> None:
        end = time.monotonic() + PATIENCE
        while not (marks := list(self._folder.glob(f"{self._victim}-*"))) and time.monotonic() < end:
            threading.Event().wait(0.01)
        self.killed = int(marks[0].read_text())
        os.kill(self.killed, 9)
