"""How the round trip grows with the number of tasks; see docs/scale.md.

``python -m benchmarks.scale --tasks 1000 10000 --database postgresql``
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from toolkit.annotations.codec import Codec
from toolkit.articles.model import Article, text_digest
from toolkit.files import read_text
from toolkit.ontology.instructions import instructions_html
from toolkit.ontology.labelconfig import compile_label_config
from toolkit.ontology.model import Ontology
from toolkit.stages import setup
from toolkit.studio import tasks
from toolkit.studio.address import Address
from toolkit.studio.client import IMPORT_TIMEOUT, Client
from toolkit.studio.projects import RemoteProject, ensure_project
from toolkit.workspace import Workspace

from . import child, material, postgresql
from .studio import Studio, embedded
from .table import Say, machine

CHANGED = 0.01
SHORT, FEW = 500, 10  # characters of a text and mentions in it, with --short
WRITERS = 4
TIMEOUT = 7200  # seconds that one job may take
_IMPORT = 500
_TOKEN = "GOLDKIT_BENCH_TOKEN"
_HEAD = ("tasks", "what", "time", "of a full pull", "processor", "peak memory", "server's processor")
_FULL = "pull, the first"


@dataclass(frozen=True, slots=True)
class TeamStudio(Studio):
    """A server with PostgreSQL behind it, whose processor time counts too."""

    team: postgresql.Team

    def processor_seconds(self) -> float:
        """Of the server and the database."""
        return self.team.processor_seconds()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step took; ``server`` in seconds of processor time."""

    tasks: int
    what: str
    client: child.Measured
    server: float

    def cells(self, full: float) -> tuple[str, ...]:
        """The row for people; ``full`` is the time of a full pull."""
        share = f"{self.client.seconds / full:.1%}" if self.what.startswith("pull") and self.what != _FULL else ""
        memory = f"{self.client.megabytes:.0f} MB" if self.client.megabytes else ""
        seconds = (self.client.seconds, self.client.processor, self.server)
        time_, processor, server = (f"{one:.1f} s" for one in seconds)
        return f"{self.tasks:,}", self.what, time_, share, processor, memory, server


def main() -> None:
    """Measure each size with a server of its own, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, nargs="+", default=[1000, 10_000], metavar="N")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--short", action="store_true", help=f"texts of {SHORT} characters with {FEW} mentions")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    parser.add_argument("--job", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        return _do(*options.job)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that the server is stopped
    costs: list[Cost] = []
    try:
        for number in options.tasks:
            with tempfile.TemporaryDirectory(prefix="goldkit-scale-") as folder:
                costs += measure(Path(folder), number, options.database, options.short, _say)
    except KeyboardInterrupt:
        sys.exit("stopped; the server too")
    facts = machine() | {"database": options.database, "texts": "short" if options.short else "long"}
    print(", ".join(f"{name} {value}" for name, value in facts.items()), render(costs), sep="\n\n")
    if options.json:
        found = {"machine": facts, "rows": [asdict(cost) for cost in costs]}
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return None


def measure(folder: Path, number: int, database: str, short: bool, say: Say) -> list[Cost]:
    """All steps with so many tasks."""
    setup.init(folder / "work", "bench")
    workspace = Workspace(folder / "work")
    schema = setup.ontology(workspace)
    say(f"{number:,} tasks: making the articles and the server ({database})")
    articles = [_shortened(one) if short else one for one in material.articles(number)]
    material.store(workspace, articles)
    with _server(folder / "studio", schema, database) as studio:
        steps = _Steps(studio, workspace, number, say)
        project = _project(studio, workspace, schema)
        steps.here("fill", lambda: _fill(studio.client, project, articles, schema, short))
        steps.apart("push, all known there", "push", due=0)
        steps.apart("push again", "push", due=0)
        steps.apart(_FULL, "pull", due=number)
        steps.apart("pull, nothing changed", "pull", due=number)
        steps.here(f"change {CHANGED:.0%} of them", lambda: _change(studio.client, project, articles))
        steps.apart(f"pull, {CHANGED:.0%} changed", "pull", due=number)
        steps.apart("check", "check", due=number)
        return steps.costs


class _Steps:
    """The steps of one size, measured one after the other."""

    def __init__(self, studio: Studio, workspace: Workspace, tasks: int, say: Say) -> None:
        self.studio, self.workspace, self.tasks, self.say = studio, workspace, tasks, say
        self.costs: list[Cost] = []

    def apart(self, what: str, job: str, *, due: int) -> None:
        """A stage in a process of its own, so that its memory is its own; ``due`` is the number that it must return."""
        before = self.studio.processor_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.scale", "--job", job, str(self.workspace.root), self.studio.client.url],
            env=os.environ | {_TOKEN: self.studio.client.address.token},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=TIMEOUT,
        )
        measured = child.Measured(**json.loads(done.stdout))
        if measured.count != due:
            raise SystemExit(f"{what}: {measured.count} where {due} were due")
        self._keep(what, measured, before)

    def here(self, what: str, job: object) -> None:
        """What others do on the server meanwhile; its memory tells nothing."""
        assert callable(job)
        before, begun, processor = self.studio.processor_seconds(), time.perf_counter(), time.process_time()
        count = job()
        seconds, processor = time.perf_counter() - begun, time.process_time() - processor
        self._keep(what, child.Measured(seconds, processor, 0, count), before)

    def _keep(self, what: str, measured: child.Measured, before: float) -> None:
        self.costs.append(Cost(self.tasks, what, measured, self.studio.processor_seconds() - before))
        self.say(f"  {what}: {measured.seconds:.1f} s, {measured.megabytes:.0f} MB; {measured.count}")


def render(costs: Sequence[Cost]) -> str:
    """A Markdown table."""
    full = {cost.tasks: cost.client.seconds for cost in costs if cost.what == _FULL}
    lines = [_HEAD, *(cost.cells(full.get(cost.tasks, 1)) for cost in costs)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    rows = [
        "| " + " | ".join(f"{cell:{'<' if n == 1 else '>'}{widths[n]}}" for n, cell in enumerate(line)) + " |"
        for line in lines
    ]
    rule = "| " + " | ".join("-" * (width - (n != 1)) + ":" * (n != 1) for n, width in enumerate(widths)) + " |"
    return "\n".join((rows[0], rule, *rows[1:]))


@contextlib.contextmanager
def _server(home: Path, schema: Ontology, database: str) -> Iterator[Studio]:
    if database == "sqlite":
        with embedded(home, schema) as studio:
            yield studio
        return
    with postgresql.team(home) as team, Client(Address(team.credentials.url, team.credentials.token)) as client:
        yield TeamStudio(client, home, schema, team)


def _project(studio: Studio, workspace: Workspace, schema: Ontology) -> RemoteProject:
    """The project as a push would make it."""
    (wanted,) = workspace.project.studio.projects
    config = compile_label_config(schema, wanted.layers)
    instruction = instructions_html(read_text(workspace.guidelines), schema)
    name = workspace.project.name
    return ensure_project(studio.client, name, wanted, label_config=config, instruction=instruction)


def _shortened(article: Article) -> Article:
    text = article.text[:SHORT].rstrip()
    return article.model_copy(update={"text": text, "text_sha256": text_digest(text)})


def _fill(client: Client, project: RemoteProject, articles: Sequence[Article], schema: Ontology, short: bool) -> int:
    """Make an annotated task of every article; returns the bytes sent."""
    codec, sent = Codec(schema), 0
    marked = schema.model_copy(update={"claims": None}) if short else schema
    most = FEW if short else material.MENTIONS
    fields = {"text", "article_id", "text_sha256", "title", "outlet", "published", "language", "url", "story_id"}
    for begin in range(0, len(articles), _IMPORT):
        batch = []
        for article in articles[begin : begin + _IMPORT]:
            result = codec.encode(material.annotation(article, marked, mentions=most))
            annotation = {"result": result, "ground_truth": False}
            batch.append({"data": article.model_dump(include=fields), "annotations": [annotation]})
        body = json.dumps(batch).encode()
        client.post(f"/api/projects/{project.id}/import", body, timeout=IMPORT_TIMEOUT)
        sent += len(body)
    return sent


def _change(client: Client, project: RemoteProject, articles: Sequence[Article]) -> int:
    """Take the last element out of every hundredth article's annotation; returns how many were changed."""
    chosen = [article.article_id for article in articles[:: round(1 / CHANGED)]]

    def change(task: int) -> None:
        (annotation,) = client.get(f"/api/tasks/{task}/annotations/")
        client.patch(f"/api/annotations/{annotation['id']}/", {"result": annotation["result"][:-1]})

    with ThreadPoolExecutor(WRITERS) as pool:
        return len(list(pool.map(change, [task["id"] for task in tasks.of_articles(client, project.id, chosen)])))


def _do(job: str, root: str, url: str) -> None:
    """One stage, in this process, which is there for nothing else; prints what it took."""
    from toolkit.stages import check, sync

    workspace, address = Workspace(Path(root)), {"url": url, "token": os.environ[_TOKEN]}
    begun, processor = time.perf_counter(), time.process_time()
    if job == "push":
        count = sum(one.new for one in sync.push(workspace, **address))
    elif job == "pull":
        count = _pull(workspace, address)
    else:
        count = check.check(workspace).written.counts.tasks
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    print(json.dumps(asdict(child.Measured(seconds, processor, child._peak(), count))))


def _pull(workspace: Workspace, address: dict[str, str]) -> int:
    """Pull without the check that the stage ends with, which is measured apart; returns the tasks in the snapshot."""
    from toolkit.stages.sync import connected
    from toolkit.studio import projects, pull

    with connected(workspace, address["url"], address["token"], _say) as client:
        wanted = workspace.project.studio.projects
        there = [projects.require_project(client, workspace.project.name, one) for one in wanted]
        pulled = pull.fetch(client, there, workspace.snapshots, workspace.ontology, say=_say)
    return sum(one.tasks for one in pulled.snapshot.manifest.projects)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
