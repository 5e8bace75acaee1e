"""One measured job in a process of its own, so that its memory is its own: ``python -m benchmarks.child JOB …``."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

TIMEOUT = 1800  # seconds that one job may take


@dataclass(frozen=True, slots=True)
class Measured:
    """What a job took: wall and processor time (from after its imports to its end), and the process's peak memory.

    Processes that the job starts count: their processor time is added, and the largest of all peaks is the peak.
    """

    seconds: float
    processor: float
    megabytes: float
    count: int


def run(job: str, *arguments: str, token: str = "") -> Measured:
    """Run a job in a child process and wait for it; the token travels in its environment."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", job, *arguments],
        env=os.environ | {"GOLDKIT_BENCH_TOKEN": token},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=TIMEOUT,
    )
    return Measured(**json.loads(done.stdout))


def _pull(url: str, workspace: str) -> Callable[[], int]:
    from toolkit.project import StudioProject
    from toolkit.studio.address import Address
    from toolkit.studio.client import Client
    from toolkit.studio.projects import require_project
    from toolkit.studio.pull import pull
    from toolkit.workspace import Workspace

    from .studio import ANNOTATED

    def job() -> int:
        with Client(Address(url, os.environ["GOLDKIT_BENCH_TOKEN"])) as client:
            project = require_project(client, "bench", StudioProject(title=ANNOTATED))
            here = Workspace(Path(workspace))
            snapshot = pull(client, [project], here.snapshots, here.ontology)
            return sum(one.tasks for one in snapshot.manifest.projects)

    return job


def _sdk(url: str, project: str, page_size: str) -> Callable[[], int]:
    import label_studio_sdk.tasks  # noqa: F401  # not a part of what is measured
    from label_studio_sdk import LabelStudio

    sizes = {"page_size": int(page_size)} if int(page_size) else {}

    def job() -> int:
        client = LabelStudio(base_url=url, api_key=os.environ["GOLDKIT_BENCH_TOKEN"], timeout=TIMEOUT)
        return sum(1 for _ in client.tasks.list(project=int(project), fields="all", **sizes))

    return job


def _check(workspace: str, processes: str = "") -> Callable[[], int]:
    from toolkit.engine import Here, Processes
    from toolkit.stages.check import check
    from toolkit.workspace import Workspace

    engine = None if not processes else Here() if processes == "1" else Processes(int(processes))
    return lambda: check(Workspace(Path(workspace)), engine=engine).written.counts.items_valid


def _orjson(workspace: str) -> Callable[[], int]:
    from .checking import orjson

    return orjson(workspace)


def _interface(workspace: str, sample: str) -> Callable[[], int]:
    from .checking import interface

    return interface(workspace, sample)


def _build(workspace: str) -> Callable[[], int]:
    from toolkit.stages.build import build
    from toolkit.workspace import Workspace

    return lambda: sum(build(Workspace(Path(workspace))).rows.values())


def _agree(workspace: str) -> Callable[[], int]:
    import toolkit.gold.agree  # noqa: F401  # not a part of what is measured
    from toolkit.stages.gold import agree
    from toolkit.workspace import Workspace

    return lambda: agree(Workspace(Path(workspace))).articles


def _agreement(what: str, articles: str) -> Callable[[], int]:
    from .agreement import job

    return job(what, int(articles))


def _writing(what: str, rows: str) -> Callable[[], int]:
    from .writing import job

    return job(what, int(rows))


_JOBS: dict[str, Callable[..., Callable[[], int]]] = {
    "pull": _pull,
    "sdk": _sdk,
    "check": _check,
    "orjson": _orjson,
    "interface": _interface,
    "build": _build,
    "agree": _agree,
    "agreement": _agreement,
    "writing": _writing,
}


def main() -> None:
    """Do the job that the arguments name and print what it took."""
    job = _JOBS[sys.argv[1]](*sys.argv[2:])
    begun, processor = time.perf_counter(), _processor()
    count = job()
    seconds, processor = time.perf_counter() - begun, _processor() - processor
    print(json.dumps(asdict(Measured(seconds, processor, _peak(), count))))


def _processor() -> float:
    return sum(os.times()[:4])  # user and system, its own and that of the processes it waited for


def _peak() -> float:
    """The peak memory of this program, or of the largest that it started, in MB."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1 << (10 if sys.platform == "linux" else 20))
    return max(_own_peak(), children)


def _own_peak() -> float:
    """This program's peak memory in MB.

    Linux lets ru_maxrss live through exec: a child would seem to have used what its parent did.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return (
            next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM:")) / 1024
        )
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)  # macOS counts bytes


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # the parent says so
        sys.exit(130)
