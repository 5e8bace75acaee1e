"""``goldkit --help`` against a Typer program that has as many commands and nothing in them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import typer

from .table import Row, Say

GOAL = 1.5


def measure(folder: Path, runs: int, say: Say) -> Row:
    """Start both in turns, as whole processes; both are compiled already when the clock starts."""
    from toolkit.cli.main import app

    (folder / "bare.py").write_text("\n".join(_program(app, "app")) + "\n\nif __name__ == '__main__':\n    app()\n")
    (folder / "bare_main.py").write_text("from bare import app\n\napp()\n")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(folder), str(Path(__file__).parent.parent)))}
    seconds: dict[str, list[float]] = {"toolkit": [], "bare_main": []}
    for number in range(runs + 1):
        for module in list(seconds) if number % 2 == 0 else list(reversed(seconds)):
            begun = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", module, "--help"],
                env=environment,
                cwd=folder,
                stdout=subprocess.DEVNULL,
                check=True,
                timeout=60,
            )
            if number:  # the first one compiles
                seconds[module].append(time.perf_counter() - begun)
    ours, bare = (median(taken) for taken in seconds.values())
    say(f"  goldkit --help: {ours:.3f} s, bare Typer: {bare:.3f} s (medians of {runs})")
    return Row("goldkit --help, against a bare Typer program", ours, bare, at_most=GOAL)


def _program(app: typer.Typer, name: str) -> Iterator[str]:
    """A Typer program with the same tree of commands, without their parameters."""
    if name == "app":
        yield "import typer"
    yield f"{name} = typer.Typer(no_args_is_help=True)"
    for number, command in enumerate(app.registered_commands):
        called = command.name or getattr(command.callback, "__name__", "")
        yield f"@{name}.command({called!r})\ndef {name}_{number}() -> None:\n    '''Do it.'''"
    for number, group in enumerate(app.registered_groups):
        if group.typer_instance is not None:
            yield from _program(group.typer_instance, f"{name}_group_{number}")
            yield f"{name}.add_typer({name}_group_{number}, name={group.name!r})"
