"""How a stage tells of its progress and its results, without knowing who listens."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

Advance = Callable[[int], None]
Bar = Callable[[str, int | None], AbstractContextManager[Advance]]
Say = Callable[[str], None]


@contextlib.contextmanager
def no_bar(what: str, total: int | None) -> Iterator[Advance]:
    """A progress bar that shows nothing."""
    yield lambda done: None


def no_word(line: str) -> None:
    """Say nothing."""


def counted(count: int, noun: str) -> str:
    """``1 draft``, ``2 drafts``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
