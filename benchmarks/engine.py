"""The corpus stages here, in two processes, and on two Ray workers of this machine.

``python -m benchmarks.engine [ARTICLES …]`` adds so many articles and searches for copies;
``python -m benchmarks.engine build [ARTICLES …]`` builds a dataset of so many, each annotated once, some twice.

Each run is a process of its own. The cluster is started for the run, which is a part of its time.
``GOLDKIT_BENCH_DIR`` names the folder to work in.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import psutil

from toolkit.cluster import Ray
from toolkit.engine import Engine, Here, Processes
from toolkit.files import to_json, write_jsonl
from toolkit.stages.build import build
from toolkit.stages.group import groups
from toolkit.stages.ingest import add_articles, articles
from toolkit.stages.setup import ontology, shipped_configs
from toolkit.workspace import Workspace

from .grouping import material
from .material import annotation
from .table import machine

NUMBERS = (10_000, 100_000, 200_000)
FILE = 5000  # articles in a file of the input
WORKERS = 2
ENGINES = ("here", "processes", "ray")
STAGES = ("add", "copies")
ANNOTATED = 3000
TWICE = 5  # of so many articles one has the work of two people


@dataclass(frozen=True, slots=True)
class Run:
    """What a stage took: seconds, processor seconds of all processes, peak MB of the driver and of each worker."""

    seconds: float
    processor: float
    driver: float
    workers: list[float]


def corpus(folder: Path, number: int) -> None:
    """So many articles as JSON Lines, in files of ``FILE``; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    made = material(number)
    for index in range(0, number, FILE):
        lines = (to_json({"id": one.article_id, "text": one.text}) for one in islice(made, FILE))
        (folder / f"part-{index // FILE:04}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def annotate(root: Path) -> None:
    """Work on all articles of a workspace, as a pull and a check would have left it."""
    workspace = Workspace(root)
    schema = ontology(workspace)
    works = (
        annotation(one, schema).model_copy(update={"annotator": f"ann-{name}"})
        for number, one in enumerate(articles(workspace).values())
        for name in ("a", "b")[: 2 if number % TWICE == 0 else 1]
    )
    write_jsonl(workspace.annotations, (work.model_dump(mode="json") for work in works))


def measured(stage: str, engine: str, news: Path, root: Path) -> Run:
    """Run a stage in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.engine", "run", stage, engine, str(news), str(root)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Run(**json.loads(done.stdout))


def _run(stage: str, engine: str, news: Path, root: Path) -> Run:
    engines: dict[str, AbstractContextManager[Engine]] = {
        "here": nullcontext(Here()),
        "processes": nullcontext(Processes(WORKERS)),
        "ray": Ray(workers=WORKERS),
    }
    begun, workers = time.perf_counter(), list[float]()
    with engines[engine] as at_work:
        if stage == "add":
            add_articles(Workspace(root), [news], engine=at_work)
        elif stage == "build":
            build(Workspace(root), engine=at_work)
        else:
            groups(Workspace(root), engine=at_work)
        workers += _peaks()
        inside = sum(sum(one.cpu_times()[:2]) for one in psutil.Process().children(recursive=True))
    seconds = time.perf_counter() - begun
    ended = os.times()
    return Run(
        seconds,
        ended.user + ended.system + max(inside, ended.children_user + ended.children_system),
        _peak(os.getpid()),
        workers,
    )


def _peaks() -> Iterator[float]:
    for one in psutil.Process().children(recursive=True):
        if one.name().startswith("ray::") and "Agent" not in one.name():
            yield _peak(one.pid)


def _peak(process: int) -> float:
    """A process's peak memory in MB, as Linux counts it."""
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def main() -> None:
    """Print a line a run, and whether the bytes are the same."""
    if sys.argv[1:2] == ["run"]:
        stage, engine, news, root = sys.argv[2:]
        print(json.dumps(asdict(_run(stage, engine, Path(news), Path(root)))))
        return
    building = sys.argv[1:2] == ["build"]
    numbers = [int(one) for one in sys.argv[1 + building :]] or ([ANNOTATED] if building else NUMBERS)
    print(", ".join(f"{name} {value}" for name, value in machine().items()), end="\n\n")
    print("| articles | stage | engine | seconds | processor s | driver MB | workers MB | same bytes |")
    print("| ---: | --- | --- | ---: | ---: | ---: | ---: | --- |", flush=True)
    with tempfile.TemporaryDirectory(dir=os.environ.get("GOLDKIT_BENCH_DIR")) as folder:
        for number in numbers:
            (compare_builds if building else compare)(Path(folder) / str(number), number)


def compare(folder: Path, number: int) -> None:
    """All engines on so many articles, each in a workspace of its own; the folder is removed."""
    corpus(folder / "news", number)
    for engine in ENGINES:
        shutil.copytree(shipped_configs(), folder / engine / "configs")
    for stage in STAGES:
        _compare(stage, folder, number)
    shutil.rmtree(folder)


def compare_builds(folder: Path, number: int) -> None:
    """The same of a dataset; the copies are known before."""
    corpus(folder / "news", number)
    first, *others = (folder / engine for engine in ENGINES)
    shutil.copytree(shipped_configs(), first / "configs")
    add_articles(Workspace(first), [folder / "news"])
    groups(Workspace(first))
    annotate(first)
    for other in others:
        shutil.copytree(first, other)
    _compare("build", folder, number)
    shutil.rmtree(folder)


def _compare(stage: str, folder: Path, number: int) -> None:
    for engine in ENGINES:
        run = measured(stage, engine, folder / "news", folder / engine)
        workers = ", ".join(f"{peak:.0f}" for peak in run.workers) or "–"
        same = "yes" if _bytes(folder / engine, stage) == _bytes(folder / ENGINES[0], stage) else "NO"
        print(
            f"| {number:,} | {stage} | {engine} | {run.seconds:.1f} | {run.processor:.1f} | {run.driver:.0f} "
            f"| {workers} | {same} |",
            flush=True,
        )


def _bytes(root: Path, stage: str) -> bytes:
    workspace = Workspace(root)
    if stage == "build":
        folder = workspace.dataset(workspace.project.dataset.version)
        return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return (workspace.articles if stage == "add" else workspace.groups).read_bytes()


if __name__ == "__main__":
    main()
