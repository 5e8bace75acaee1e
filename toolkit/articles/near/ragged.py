"""Arrays in files, which one worker writes and others read: whole or not there, and mapped into memory, not loaded."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.files import explained

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Ragged(Sequence[Array]):
    """Arrays of different lengths (rows of one width), one after the other, and where each ends."""

    values: Array
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, arrays: Sequence[Array], like: Array) -> Ragged:
        """These arrays; ``like`` is an empty one, for its type."""
        ends = np.cumsum([len(one) for one in arrays], dtype=np.int64)
        return cls(np.concatenate([like, *arrays]), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: Any) -> Any:
        start = self.ends[number - 1] if number else 0
        return self.values[start : self.ends[number]]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How long each of them is."""
        return np.diff(self.ends, prepend=0)

    def save(self, path: Path) -> None:
        """Write it into two files of that name."""
        save(path.with_suffix(".values"), self.values)
        save(path.with_suffix(".ends"), self.ends)

    @classmethod
    def load(cls, path: Path) -> Ragged:
        """Read it again."""
        return cls(load(path.with_suffix(".values")), load(path.with_suffix(".ends")))


def save(path: Path, array: Array) -> None:
    """Write an array. Raises WorkspaceError where that cannot be."""
    part = path.with_suffix(f".{uuid.uuid4()}")
    with explained(path, "write"):
        try:
            with part.open("wb") as file:
                np.save(file, array, allow_pickle=False)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def load(path: Path) -> Array:
    """Map an array into memory. Raises WorkspaceError where it cannot be read."""
    with explained(path, "read"):
        try:
            mapped: Array = np.load(path, mmap_mode="r", allow_pickle=False)
        except ValueError:  # nothing in it: no page can be mapped
            mapped = np.load(path, allow_pickle=False)
    return mapped.view(np.ndarray)  # a part of it is to be no more than an array
