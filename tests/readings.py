"""The YAML files of the tests' projects, each text read once a process.

Every command of every test reads its project's files, and to read the shipped ontology takes longer than most tests.
"""

from __future__ import annotations

import functools
import pickle
from typing import Any

from toolkit import files

TEXTS = 128  # are remembered

_Loader = files._StrictLoader
_read = _Loader.get_single_data


@functools.lru_cache(maxsize=TEXTS)
def _pickled(text: str) -> bytes:
    return pickle.dumps(_read(_Loader(text)))  # what cannot be read raises, and is read again the next time


def _remembered(loader: Any) -> Any:
    return pickle.loads(_pickled(loader.buffer.removesuffix("\0")))


def read_once() -> None:
    """Make it so; whoever reads a text again gets it as a value of their own."""
    _Loader.get_single_data = _remembered  # type: ignore[method-assign]
