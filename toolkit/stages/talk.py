"""How a stage tells of its progress, without knowing who listens."""

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
