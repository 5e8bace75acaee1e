"""Where work on shards is done: here, one after the other, or in several processes of this machine.

A stage that can be spread cuts its input into shards, and gives an engine a pure function of one shard. What it gets
back is the same, in the same order, whatever the engine: so are the bytes it writes. Other engines are extras; each is
a class with a ``map`` of this form (``cluster.py`` has one).
"""

from __future__ import annotations

import contextlib
import gc
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from toolkit.errors import GoldkitError

Shard = TypeVar("Shard")
Result = TypeVar("Result")

ATTEMPTS = 3  # at a shard whose worker is lost each time


class EngineError(GoldkitError):
    """Whatever was to do the work could not: no answer, or lost again and again."""


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection: it goes through all that is held, again and again, and records have no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Engine(Protocol):
    """What a stage asks of whatever does its work."""

    def map(self, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """What ``work`` makes of each shard, in the order of the shards.

        Shards and results travel between processes, and perhaps machines: paths and numbers, not texts by the
        million. ``work`` is a function of a module, or a partial of one, for the same reason. It may run twice on one
        shard, where a worker was lost, so what it writes must be whole or not there.

        Raises what ``work`` raised on the first shard, in their order, that failed; EngineError where a shard was
        given up.
        """
        ...


class Here:
    """One shard after the other, in this process."""

    def map(self, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """See Engine."""
        return map(work, shards)


class Processes:
    """Several processes of this machine; where one would be enough, in this one."""

    def __init__(self, count: int) -> None:
        self.count = count

    def map(self, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """See Engine. Where a process is lost, the shards that were not yet handed back are done again."""
        left = list(shards)
        if min(self.count, len(left)) < 2:
            yield from map(work, left)
            return
        from concurrent.futures.process import BrokenProcessPool

        for _ in range(ATTEMPTS):
            try:
                for done in self._outcomes(work, tuple(left)):
                    del left[0]
                    yield done.result()
                return
            except BrokenProcessPool:
                continue
        raise EngineError(
            f"a process of the work was killed, {ATTEMPTS} times",
            next="free memory, or take fewer processes: --engine here",
        )

    def _outcomes(self, work: Callable[[Shard], Result], shards: tuple[Shard, ...]) -> Iterator[Outcome]:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        # Not forked: threads that this process may have would leave their locks taken.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(min(self.count, len(shards)), context)
        try:
            with _deaf():
                outcomes = pool.map(partial(attempt, work), shards)
            yield from outcomes
        finally:
            pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Have the processes that are started now not hear Ctrl-C: it is for us, who then end them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a shard, as it can travel: an exception by its parts, since many cannot be pickled."""

    value: Any = None
    error: type[BaseException] | None = None
    arguments: tuple[Any, ...] = ()
    state: Mapping[str, Any] | None = None

    def result(self) -> Any:
        """What the work returned; or it raises what the work raised."""
        if self.error is None:
            return self.value
        error = self.error.__new__(self.error, *self.arguments)
        error.__dict__.update(self.state or {})
        raise error


def attempt(work: Callable[[Shard], Any], shard: Shard) -> Outcome:
    """Do the work in another process than the one that is to learn of it; the way to an exception goes with it."""
    try:
        return Outcome(work(shard))
    except Exception as error:
        error.add_note(traceback.format_exc())
        return Outcome(None, type(error), error.args, dict(error.__dict__))
