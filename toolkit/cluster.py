"""Work on a Ray cluster: on one that runs, or on one that is started for this run and lives only on this machine.

Ray is an extra (``goldkit[ray]``). Only this module knows it, and maps its exceptions.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import re
import signal
import socket
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from toolkit.engine import ATTEMPTS, EngineError, Outcome, Result, Shard, attempt
from toolkit.errors import UsageError

PATIENCE = 10  # seconds for a cluster to take a connection
AHEAD = 4  # shards for each core of the cluster that are asked for before their turn
OBJECTS = 100 * 2**20  # bytes of Ray's shared memory: what travels are paths and numbers
_SILENT = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is told to Ray's makers
    "RAY_SCHEDULER_EVENTS": "0",  # stdout is for data, and that is where Ray would tell of these,
    "RAY_DEDUP_LOGS_SKIP_REGEX": "^",  # and of workers that were lost
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # what will be the default; until then Ray warns of it
}
# Its name tells of other systems, but it is what makes Ray use the loopback address alone.
_AT_HOME = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


class Ray:
    """An Engine, as long as it is entered: ``with Ray("head:6379") as engine``.

    Args:
        address: Of the head of a cluster that runs, ``HOST:PORT``; "": one is started here, and ended.
        workers: of the cluster that is started; None: one a core.
    """

    def __init__(self, address: str = "", workers: int | None = None) -> None:
        self.address, self.workers = address, workers
        self._left = contextlib.ExitStack()

    def __enter__(self) -> Ray:
        """Raises EngineError where Ray is not installed or the cluster does not answer."""
        if importlib.util.find_spec("ray") is None:
            raise EngineError("Ray is not installed", next="pip install 'goldkit[ray]'")
        with contextlib.ExitStack() as stack:
            stack.enter_context(_handlers_kept())
            options = self._of_that_cluster() if self.address else self._of_our_own(stack)
            os.environ.update(_SILENT)
            import ray

            stack.callback(ray.shutdown)
            try:
                ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
            except (ConnectionError, OSError, RuntimeError, TimeoutError, ValueError) as error:
                where = self.address or "on this machine"
                raise EngineError(
                    f"no Ray cluster {where}: {type(error).__name__}",
                    next="ray status (is it up, and of the same version of Ray and Python?)",
                ) from error
            self._left = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._left.close()

    def map(self, work: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """See Engine. A shard whose worker is lost is done again, by another; the others are not.

        Where it ends early, the few shards that are under way go on: Ray brings down the program that cancels a task
        at the moment in which it ends.
        """
        import ray

        run: Any = ray.remote(num_cpus=1, max_retries=ATTEMPTS - 1, retry_exceptions=False)(attempt)
        cores = ray.cluster_resources().get("CPU", 1)  # type: ignore[no-untyped-call]
        work_, ahead = ray.put(work), AHEAD * int(cores)
        waiting: deque[Any] = deque()
        for shard in shards:
            waiting.append(run.remote(work_, shard))
            if len(waiting) > ahead:
                yield _got(waiting.popleft()).result()
        while waiting:
            yield _got(waiting.popleft()).result()

    def _of_that_cluster(self) -> dict[str, Any]:
        host, _, port = re.sub(r"^\w+://", "", self.address).rpartition(":")
        if not (host and port.isdecimal()):
            raise UsageError(f"--engine ray={self.address}: no HOST:PORT", next="--engine ray=HOST:PORT")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
        except (OSError, ValueError, OverflowError) as error:
            raise EngineError(
                f"no Ray cluster answers at {self.address}: {type(error).__name__}",
                next="ray start --head (on the cluster's first machine; it prints HOST:PORT), then "
                "--engine ray=HOST:PORT",
            ) from None
        if host in ("127.0.0.1", "localhost"):
            os.environ.update(_AT_HOME)
        return {"address": self.address}

    def _of_our_own(self, stack: contextlib.ExitStack) -> dict[str, Any]:
        os.environ.update(_AT_HOME)
        os.environ.pop("RAY_ADDRESS", None)  # would have Ray look for a cluster that nobody named
        # Not on exports/: Ray makes sockets in it, whose paths may have 107 characters at most.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="goldkit-ray-", ignore_cleanup_errors=True))
        return {
            "num_cpus": self.workers or os.cpu_count() or 1,
            "include_dashboard": False,
            "object_store_memory": OBJECTS,
            "_node_ip_address": "127.0.0.1",
            "_temp_dir": folder,
        }


def _got(reference: Any) -> Outcome:
    import ray

    try:
        outcome: Outcome = ray.get(reference)
    except ray.exceptions.RayTaskError as error:  # before our own code could begin
        raise EngineError(
            f"a worker could not take its shard: {str(error).strip().splitlines()[-1]}",
            next="give every machine of the cluster one version of goldkit, and of Python",
        ) from error
    except ray.exceptions.RayError as error:
        raise EngineError(
            f"a shard was given up after {ATTEMPTS} attempts: {type(error).__name__}",
            next="look at the cluster's memory and logs (ray status), then run the same command again",
        ) from error
    return outcome


@contextlib.contextmanager
def _handlers_kept() -> Iterator[None]:
    """Ray takes the signals for itself; what ends this program decides how it ends."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
