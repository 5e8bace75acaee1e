"""Where work on shards is done: here, one after the other, or in several processes of this machine.

A stage that can be spread cuts its input into shards, and gives an engine a pure function of one shard. What it gets
back is the same, in the same order, whatever the engine: so are the bytes it writes. Other engines are extras; each is
a class with a ``map`` of this form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Shard = TypeVar("Shard")
Result = TypeVar("Result")


class Engine(Protocol):
    """What a stage asks of whatever does its work."""

    def map(self, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """What ``work`` makes of each shard, in the order of the shards.

        Shards and results travel between processes, and perhaps machines: paths and numbers, not texts by the
        million. ``work`` is a function of a module, or a partial of one, for the same reason. It may run twice on one
        shard, where a worker was lost, so what it writes must be whole or not there.

        Raises what ``work`` raised on the first shard, in their order, that failed.
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
        """See Engine."""
        shards = list(shards)
        if min(self.count, len(shards)) < 2:
            yield from map(work, shards)
            return
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        # Not forked: threads that this process may have would leave their locks taken.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(min(self.count, len(shards)), context)
        try:
            yield from pool.map(work, shards)
        finally:
            pool.shutdown(cancel_futures=True)
