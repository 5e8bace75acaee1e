"""``--engine``: where a command's work is done."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from toolkit.engine import Engine

EngineOption = Annotated[
    str,
    typer.Option("--engine", metavar="ENGINE", help="Where the work is done: here, processes[=N], or ray[=HOST:PORT]."),
]


def chosen(engine: str) -> AbstractContextManager[Engine | None]:
    """The engine that a person named, ready as long as it is entered; None where nobody did: the stage knows best.

    Raises UsageError where there is none of that name, and what the engine raises when it is entered.
    """
    from toolkit.engine import Here, Processes
    from toolkit.errors import UsageError

    if not engine:
        return contextlib.nullcontext()
    name, equals, value = engine.partition("=")
    if engine == "here":
        return contextlib.nullcontext(Here())
    if name == "processes" and (value.isdecimal() and int(value) if equals else True):
        return contextlib.nullcontext(Processes(int(value) if equals else os.cpu_count() or 1))
    if name == "ray" and bool(equals) == bool(value):
        from toolkit.cluster import Ray

        return Ray(value)
    raise UsageError(
        f"--engine {engine}: no such engine",
        next="--engine here, --engine processes (or processes=4), --engine ray (or ray=HOST:PORT)",
    )
