"""Measure all of it against one embedded server; see docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path

from toolkit.stages import setup
from toolkit.workspace import Workspace

from . import (
    agree,
    agreement,
    carrying,
    checking,
    child,
    grouping,
    linking,
    material,
    pulling,
    pushing,
    schema,
    startup,
    studio,
    writing,
)
from .table import Row, Say, machine, render


def main() -> None:
    """Run the benchmarks and print one table; what goes on meanwhile is told on stderr."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="goldkit against its yardsticks.")
    parser.add_argument("--tasks", type=int, default=5000, help="annotated tasks (default: 5000)")
    parser.add_argument("--rounds", type=int, default=2, help="of pulls, and thrice as many pushes (default: 2)")
    parser.add_argument("--starts", type=int, default=11, help="of the command line (default: 11)")
    parser.add_argument("--known", type=int, default=pushing.KNOWN, help="articles pushed again (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that the server is stopped
    try:
        with tempfile.TemporaryDirectory(prefix="goldkit-bench-") as folder:
            rows = measure(Path(folder), options.tasks, options.known, options.rounds, options.starts, _say)
    except KeyboardInterrupt:
        sys.exit("stopped; the server too")
    facts = machine() | {"tasks": str(options.tasks), "rounds": str(options.rounds)}
    print(", ".join(f"{name} {value}" for name, value in facts.items()), render(rows), sep="\n\n")
    if options.json:
        found = {"machine": facts, "rows": [row.as_dict() for row in rows]}
        options.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def measure(folder: Path, tasks: int, known: int, rounds: int, starts: int, say: Say) -> list[Row]:
    """All rows, in a workspace and with a server that are made for it."""
    setup.init(folder / "work", "bench")
    workspace = Workspace(folder / "work")
    ontology = setup.ontology(workspace)
    say(f"making {tasks} articles and the server")
    articles = material.articles(tasks)
    material.store(workspace, articles)
    with studio.embedded(folder / "studio", ontology) as running:
        annotated = running.project(studio.ANNOTATED)
        sent = running.fill(annotated, articles)
        say(f"{tasks} annotated tasks are there ({sent / 1e6:.0f} MB); pulling")
        rows = list(pulling.measure(running, annotated, workspace, tasks, rounds, say))
        say("pushing again")
        rows.append(pushing.known(running, folder / "known", known, rounds, say))
        say("pushing into new projects")
        rows.extend(pushing.measure(running, articles, rounds, say))
        say("pulling what changed")
        setup.init(folder / "changes", "bench")
        rows.extend(pulling.of_changes(running, annotated, Workspace(folder / "changes"), tasks, say))
    say("checking the snapshot and building the dataset")
    for what, job in (("check the snapshot, write the records", "check"), ("build the dataset", "build")):
        done = child.run(job, str(workspace.root))
        say(f"  {what}: {done.seconds:.1f} s, {done.megabytes:.0f} MB, {done.count} items or rows")
        rows.append(Row(what, done.seconds))
        rows.append(Row("– peak memory", done.megabytes, unit="MB"))
    say("checking a large snapshot")
    rows.extend(checking.measure(folder / "checking", 6 * tasks, say))
    say("starting the command line")
    rows.append(startup.measure(folder, starts, say))
    say("checking an ontology")
    rows.append(schema.measure(folder / "schema", starts, say))
    say("writing tables")
    rows.extend(writing.measure(writing.ROUNDS, say))
    say("finding near-copies")
    rows.extend(grouping.measure(2 * tasks, say))
    say("linking across articles")
    rows.extend(linking.measure(tasks // 5, say))
    say("carrying gold over")
    rows.extend(carrying.measure(2 * tasks, say))
    say("measuring agreement")
    rows.extend(agreement.measure(2 * tasks, max(tasks // 250, 2), say))
    rows.extend(agree.measure(folder / "agree", 2 * tasks, say))
    return rows


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
