"""The command `goldkit`, run in children of a process that has everything loaded: a run costs what the command costs.

The process has one thread, so forking it is safe; and it is not the one that the tests run in, whose threads
(servers, pools) would not be there in a child, but their locks would.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOADED = (
    *("toolkit.cli.main", "toolkit.demo", "toolkit.hub.verify", "toolkit.hub.publish", "toolkit.stages.migrate"),
    *("pyarrow.parquet", "datasets", "huggingface_hub", "label_studio_sdk", "httpx", "scipy.stats", "rich.progress"),
)
PATIENCE = 120  # seconds until a child is taken for hanging
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # so that nothing that is loaded starts a thread,
FORKS_WELL = "jemalloc_bg_thd"  # but for Arrow's allocator, which looks after its own at a fork


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended, as `subprocess` tells it, and what it did until then."""

    code: int
    out: str
    err: str
    events: list[str]


class Nursery:
    """The process; ``run`` runs a command in a child of it, whose temporary folder is ``temporary``."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self._folder, self._process = folder, process
        self.temporary = folder / "tmp"

    def run(
        self,
        *args: str | Path,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        last: int = 0,
        stop: signal.Signals = signal.SIGKILL,
    ) -> Run:
        """Run a command; at its event number ``last`` it is stopped, by default with SIGKILL."""
        job = {"args": [*map(str, args)], "cwd": str(cwd), "env": {**(env or {})}, "last": last, "stop": int(stop)}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        out, err, events = ((self._folder / name).read_text("utf-8") for name in ("out", "err", "events"))
        return Run(code, out, err, events.splitlines())


@contextlib.contextmanager
def nursery(folder: Path, environment: Mapping[str, str]) -> Iterator[Nursery]:
    """A nursery that keeps its own files in a folder."""
    (folder / "tmp").mkdir()
    path = os.pathsep.join([str(Path(__file__).parent.parent), environment.get("PYTHONPATH", "")])
    ours = {**ALONE, "TMPDIR": str(folder / "tmp"), "COLUMNS": "80", "PYTHONPATH": path, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "killed.nursery", str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env={**environment, **ours}, stdin=pipe, stdout=pipe, text=True) as process:
        yield Nursery(folder, process)


def _serve(folder: Path) -> None:
    for name in LOADED:
        __import__(name)
    threads = {path.read_text("utf-8").strip() for path in Path("/proc/self/task").glob("*/comm")}
    if len(threads - {FORKS_WELL}) != 1:
        sys.exit(f"it is not safe to fork here: {threads}")
    gc.freeze()
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if not child:
            _be(job, folder)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _be(job: dict[str, Any], folder: Path) -> None:
    """Be the command, to the end."""
    from killed.events import Counter
    from toolkit.cli import main

    signal.alarm(PATIENCE)
    os.chdir(job["cwd"])
    os.environ.update(job["env"])
    sys.argv = ["goldkit", *job["args"]]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in enumerate(("out", "err"), start=1):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    log = os.open(folder / "events", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    code: object = 1
    try:
        Counter(log, job["last"], signal.Signals(job["stop"])).install()
        main.main()
        code = 0
    except SystemExit as stop:
        code = stop.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
