"""`goldkit check` over a large snapshot that no server is needed for. ``python -m benchmarks.checking``.

The yardsticks read the same bytes: ``orjson.loads``, page by page, and the SDK's LabelInterface, which is what there is
otherwise to hold regions against a label config; of that a sample is scaled up.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from toolkit.annotations.codec import Codec
from toolkit.articles.model import Article
from toolkit.files import write_json
from toolkit.ontology.labelconfig import compile_label_config
from toolkit.project import LAYERS
from toolkit.stages import setup
from toolkit.studio import snapshots
from toolkit.studio.snapshots import FileRecord, Manifest, ProjectRecord
from toolkit.workspace import Workspace

from . import child, material
from .table import Row, Say, machine, render

ANNOTATIONS = 30_000
SAMPLE = 1_000  # annotations that LabelInterface reads
PAGE = 500  # tasks
_DISTINCT = 500  # works that are made; the articles beyond those have theirs
_MENTIONS = 37  # with 3 claims and 3 cues 43 regions


def measure(folder: Path, annotations: int, say: Say) -> Iterator[Row]:
    """All rows: each job in a process of its own, over snapshots that are made for it."""
    few, many = folder / "few", folder / "many"
    make(few, max(annotations // 10, 1))
    regions, megabytes = make(many, annotations)
    say(f"{annotations} annotations, {regions} regions, {megabytes:.0f} MB")
    read = child.run("orjson", str(many))
    say(f"  orjson.loads of the same bytes: {read.processor:.1f} s, {1e6 * read.processor / regions:.2f} µs a region")
    sdk = child.run("interface", str(many), str(SAMPLE))
    per_region = sdk.processor / sdk.count
    say(f"  LabelInterface on {sdk.count} regions: {1e6 * per_region:.1f} µs a region")
    one, two, small = (
        child.run("check", str(many), "1"),
        child.run("check", str(many), "2"),
        child.run("check", str(few), "1"),
    )
    for what, done in (("one core", one), ("two cores", two), (f"one core, {annotations // 10} annotations", small)):
        say(f"  check, {what}: {done.seconds:.1f} s, {done.processor:.1f} s of processors, {done.megabytes:.0f} MB")
    each = [1e6 * seconds / regions for seconds in (one.processor, two.seconds)]
    say(f"  check: {each[0]:.2f} µs a region on one core, {each[1]:.2f} on two")
    yield Row("check on two cores, against LabelInterface on one", two.seconds, per_region * regions, at_least=10)
    yield Row("– on one core, against orjson.loads, processor time", one.processor, read.processor, at_most=5)
    yield Row("– peak memory, against a tenth of the annotations", one.megabytes, small.megabytes, "MB", at_most=1.25)
    yield Row("– peak memory of a process, two cores", two.megabytes, unit="MB")


def make(root: Path, annotations: int) -> tuple[int, float]:
    """A workspace with a snapshot of so many annotated tasks; returns the number of regions and the size in MB."""
    setup.init(root, "checking")
    workspace = Workspace(root)
    ontology = setup.ontology(workspace)
    codec, originals = Codec(ontology), material.articles(min(annotations, _DISTINCT))
    material.store(workspace, [_copy(originals, index) for index in range(annotations)])
    works = [codec.encode(material.annotation(article, ontology, mentions=_MENTIONS)) for article in originals]
    regions = sum(element["type"] == "labels" for index in range(annotations) for element in works[index % len(works)])
    folder = workspace.snapshots / "20310314T120000Z"
    (folder / "project-1").mkdir(parents=True)
    for begin in range(0, annotations, PAGE):
        numbers = range(begin, min(begin + PAGE, annotations))
        tasks = [_task(_copy(originals, index), index + 1, works[index % len(works)]) for index in numbers]
        (folder / "project-1" / f"tasks-{begin + 1:09}.json").write_text(json.dumps({"tasks": tasks}), encoding="utf-8")
    write_json(folder / snapshots.USERS, {"1": "one@example.org"})
    files = {path.relative_to(folder).as_posix(): _record(path) for path in sorted(folder.rglob("*.json"))}
    project = ProjectRecord(
        id=1,
        title="checking",
        url="http://127.0.0.1:1/projects/1",
        layers=LAYERS,
        label_config_sha256="",
        tasks=annotations,
        annotations=annotations,
        skipped=0,
        drafts=0,
    )
    manifest = Manifest(created="2031-03-14T12:00:00+00:00", projects=(project,), files=files)
    write_json(folder / snapshots.MANIFEST, manifest.model_dump(mode="json"))
    return regions, sum(one.bytes for name, one in files.items() if "/tasks-" in name) / 1e6


def _copy(originals: list[Article], index: int) -> Article:
    return originals[index % len(originals)].model_copy(update={"article_id": f"bench-{index:06}"})


def _task(article: Article, id: int, result: list[dict[str, Any]]) -> dict[str, Any]:
    """A task as the server sends it."""
    time = "2031-03-14T12:00:00.000000Z"
    work = {
        "id": id,
        "result": result,
        "created_username": " one@example.org, 1",
        "completed_by": 1,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": time,
        "updated_at": time,
        "draft_created_at": None,
        "lead_time": 321.5,
        "result_count": len(result),
        "task": id,
        "project": 1,
        "parent_prediction": None,
        "parent_annotation": None,
    }
    data = article.model_dump(include={"text", "article_id", "text_sha256", "title", "outlet", "published"})
    return {"id": id, "annotations": [work], "meta": {}, "data": data, "updated_at": time}


def _record(path: Path) -> FileRecord:
    body = path.read_bytes()
    return FileRecord(sha256=hashlib.sha256(body).hexdigest(), bytes=len(body))


def _pages(root: str) -> Iterator[bytes]:
    for path in sorted(Workspace(Path(root)).snapshots.glob("*/project-1/tasks-*.json")):
        yield path.read_bytes()


def orjson(root: str) -> Callable[[], int]:
    """The pages read and parsed, one at a time; without garbage collection, which would take most of the time."""
    from orjson import loads

    gc.disable()
    return lambda: sum(len(loads(page)["tasks"]) for page in _pages(root))


def interface(root: str, sample: str) -> Callable[[], int]:
    """The results of some annotations validated with the SDK; counts the regions."""
    from label_studio_sdk.label_interface import LabelInterface

    xml = compile_label_config(setup.ontology(Workspace(Path(root))))
    works = (work for page in _pages(root) for task in json.loads(page)["tasks"] for work in task["annotations"])
    few, ready = list(islice(works, int(sample))), LabelInterface(xml)

    def job() -> int:
        if not all(map(ready.validate_annotation, few)):
            raise ValueError("LabelInterface refuses what was made")
        return sum(element["type"] == "labels" for work in few for element in work["result"])

    return job


def main() -> None:
    """Run this benchmark alone and print its table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checking", description="goldkit check at scale.")
    parser.add_argument("--annotations", type=int, default=ANNOTATIONS, help=f"to check (default: {ANNOTATIONS})")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="goldkit-bench-") as folder:
        rows = list(measure(Path(folder), options.annotations, lambda line: print(line, file=sys.stderr, flush=True)))
    facts = machine() | {"annotations": str(options.annotations), "load": f"{os.getloadavg()[0]:.1f}"}
    print(", ".join(f"{name} {value}" for name, value in facts.items()), render(rows), sep="\n\n")


if __name__ == "__main__":
    main()
