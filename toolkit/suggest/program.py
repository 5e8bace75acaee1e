"""A program that suggests: articles on its standard input, the answer on its standard output."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from toolkit.errors import SourceError
from toolkit.ontology.model import Ontology
from toolkit.project import CommandSettings
from toolkit.suggest.batches import ANSWER_BYTES, Batched, UnansweredError
from toolkit.suggest.wording import printable

OURS = ("GOLDKIT_", "HF_", "HUGGING_FACE_", "LABEL_STUDIO_")
"""Prefixes of the environment variables that a program does not get: our tokens are among them."""

_LOOK = 0.05  # seconds between two looks at how much it has written
_LINE = 200  # characters of its last complaint that are shown


class Command(Batched):
    """See ``CommandSettings``. The program runs once a batch and try, in its own process group, never in a shell.

    Its input and output are files without a name: it can neither block on a pipe, nor can a child that outlives it keep
    us waiting. When it has ended, well or not, the whole group is killed.
    """

    def __init__(
        self, settings: CommandSettings, ontology: Ontology, environment: Mapping[str, str], folder: Path
    ) -> None:
        """Args: settings; whose labels are wanted; the environment to pass on; the folder to run in."""
        super().__init__(settings, ontology)
        self._command = settings.command
        self._seconds = settings.seconds
        self._environment = {name: value for name, value in environment.items() if not name.startswith(OURS)}
        self._folder = folder

    def _ask(self, request: bytes) -> bytes:
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as talk:
            asked.write(request)
            asked.seek(0)
            with self._running(asked, said, talk) as process:
                ended = self._ended(process, said, talk)
            if not ended:
                raise UnansweredError(f"no answer within {self._seconds:g} s{_last_line(talk)}")
            if process.returncode:
                raise UnansweredError(f"{_ending(process.returncode)}{_last_line(talk)}")
            _check_size(said)
            said.seek(0)
            return said.read()

    @contextlib.contextmanager
    def _running(self, asked: IO[bytes], said: IO[bytes], talk: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
        try:
            process = subprocess.Popen(
                self._command,
                stdin=asked,
                stdout=said,
                stderr=talk,
                cwd=self._folder,
                env=self._environment,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise SourceError(
                f"{self._name}: {self._command[0]} cannot be run: {reason}",
                next="correct command in configs/project.yaml (suggestions: sources:); paths start at the workspace",
            ) from None
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS refuses where only zombies are left
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _ended(self, process: subprocess.Popen[bytes], said: IO[bytes], talk: IO[bytes]) -> bool:
        """Wait for its end, as long as there is time and it does not write too much."""
        deadline = time.monotonic() + self._seconds
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(min(_LOOK, left))
                return True
            _check_size(said)
            _check_size(talk, "standard error")
        return False


def _check_size(written: IO[bytes], what: str = "the answer") -> None:
    if os.fstat(written.fileno()).st_size > ANSWER_BYTES:  # of its complaints too: they would fill the disk
        raise UnansweredError(f"{what} has more than {ANSWER_BYTES:,} bytes", again=False)


def _ending(code: int) -> str:
    if code > 0:
        return f"exit code {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


def _last_line(talk: IO[bytes]) -> str:
    """What it complained of last, as far as there is room, without anything that moves a terminal's cursor."""
    talk.seek(max(0, talk.seek(0, os.SEEK_END) - 10 * _LINE))
    lines = talk.read(10 * _LINE).decode("utf-8", "replace").split("\n")
    last = next(filter(None, map(printable, reversed(lines))), "")
    return f": {last[:_LINE]}" if last else ""
