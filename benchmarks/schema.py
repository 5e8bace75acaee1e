"""``schema check`` of a big ontology against reading it: ``python -m benchmarks.schema``."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from toolkit.workspace import Workspace

from .table import Row, Say, machine, render

LABELS = 60
GOAL = 4.0


def measure(folder: Path, runs: int, say: Say) -> Row:
    """Check and read the same workspace's ontology in turns; what both import is there when the clock starts."""
    from toolkit.ontology.colours import shades
    from toolkit.ontology.model import Ontology
    from toolkit.stages.schema import check_files

    workspace = make(folder)

    def read() -> None:
        Ontology.model_validate(yaml.safe_load(workspace.ontology.read_text(encoding="utf-8")))

    def check() -> None:
        shades.cache_clear()  # as in a process of its own
        check_files([], workspace)

    first = _seconds(check)
    seconds: dict[Callable[[], None], list[float]] = {check: [], read: []}
    for number in range(runs):
        for job in (check, read) if number % 2 == 0 else (read, check):
            seconds[job].append(_seconds(job))
    ours, yardstick = median(seconds[check]), median(seconds[read])
    say(f"  schema check: {ours:.3f} s, reading alone: {yardstick:.3f} s (medians of {runs}), the first: {first:.2f} s")
    return Row(f"schema check of {LABELS} labels, against reading the YAML", ours, yardstick, at_most=GOAL)


def make(folder: Path) -> Workspace:
    """A workspace with a big ontology, its guidelines, and what is generated from it."""
    from toolkit.stages.setup import compile_schema

    configs = folder / "configs"
    configs.mkdir(parents=True)
    (configs / "project.yaml").write_text("name: bench\nstudio: {projects: [{title: bench}]}\n", encoding="utf-8")
    labels = [f"LABEL_{number}" for number in range(LABELS)]
    written = yaml.safe_dump(_ontology(labels), sort_keys=False)
    (configs / "ontology.yaml").write_text(written, encoding="utf-8")
    lines = [f'- Mark "the thing {number}" ({label}).' for number, label in enumerate(labels)]
    (configs / "guidelines.md").write_text("\n".join(lines), encoding="utf-8")
    workspace = Workspace(folder)
    compile_schema(workspace)
    return workspace


def _ontology(labels: list[str]) -> dict[str, Any]:
    keys = [*"1234567890abcdefghijklmnopqrstvwxyz", *(f"shift+{key}" for key in "abcdefghijklmnopqrstuvwxyz")]
    return {
        "name": "big",
        "version": "1.0.0",
        "entities": [_label(number, label, keys[number]) for number, label in enumerate(labels)],
        "mention_attributes": [
            {"name": f"question_{number}", "definition": "What is asked.", "options": _options(number)}
            for number in range(5)
        ],
        "relations": [
            {
                "name": f"relation_{number}",
                "definition": f"The one has the relation {number} to the other.",
                "head": labels[number : number + 10],
                "tail": labels[number + 10 : number + 30],
                "examples": [{"text": f"One met the other {number}.", "marked": ["One", f"other {number}"]}],
            }
            for number in range(20)
        ],
    }


def _label(number: int, label: str, key: str) -> dict[str, Any]:
    examples = [
        {"text": f"They saw the thing {number} {when}.", "marked": [f"the thing {number}"]} for when in ("then", "now")
    ]
    colour = f"#{(number * 0x9E3779B1) % 0x1000000:06x}"
    return {"name": label, "definition": f"Kind {number}.", "colour": colour, "hotkey": key, "examples": examples}


def _options(question: int) -> list[dict[str, str]]:
    return [{"name": f"answer_{question}_{number}", "definition": "What it means."} for number in range(6)]


def _seconds(job: Callable[[], None]) -> float:
    begun = time.perf_counter()
    job()
    return time.perf_counter() - begun


def main() -> None:
    """Print the row alone."""
    with tempfile.TemporaryDirectory(prefix="goldkit-bench-") as folder:
        row = measure(Path(folder), 11, lambda line: print(line, file=sys.stderr))
    print(", ".join(f"{name} {value}" for name, value in machine().items()), render([row]), sep="\n\n")


if __name__ == "__main__":
    main()
