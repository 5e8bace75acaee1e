"""The command `goldkit`, run as a person does, but with nobody at the keyboard."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from toolkit.cli import main

# Nothing of the machine's own settings may decide what these tests do.
_SETTINGS = ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "GOLDKIT_PSEUDONYM_KEY", "GOLDKIT_DEBUG")
_WIDTH = "80"  # of what is no terminal

Result = subprocess.CompletedProcess[str]


def environment(**more: str) -> dict[str, str]:
    """The machine's environment without our settings, and with these."""
    return {name: value for name, value in os.environ.items() if name not in _SETTINGS} | more


def goldkit(*args: str | Path, cwd: Path, env: dict[str, str] | None = None) -> Result:
    """Run a command in this process: all but the start of Python, and what it loads, is paid only once."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    words = [str(arg) for arg in args]
    with contextlib.ExitStack() as ours:
        ours.enter_context(mock.patch.dict(os.environ, environment(COLUMNS=_WIDTH) | (env or {}), clear=True))
        ours.enter_context(mock.patch.object(sys, "argv", ["goldkit", *words]))
        ours.enter_context(mock.patch.object(sys, "excepthook", sys.excepthook))  # Typer puts its own there
        ours.enter_context(mock.patch.object(sys, "stdin", ours.enter_context(Path(os.devnull).open())))
        ours.enter_context(contextlib.chdir(cwd))
        ours.enter_context(contextlib.redirect_stdout(out))
        ours.enter_context(contextlib.redirect_stderr(err))
        code = _exit_code(main.main)
    return Result(words, code, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]


def _exit_code(program: Callable[[], Any]) -> int:
    try:
        program()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def process(*args: str | Path, cwd: Path, **options: Any) -> Result:
    """Run a command as a program of its own: where it is to be stopped, starved, or seen as others see it."""
    options = {"stdin": subprocess.DEVNULL, "env": environment(), "timeout": 120} | options
    return subprocess.run(
        [sys.executable, "-m", "toolkit", *map(str, args)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
