"""How a fuzzer is started, and how it makes one input of another."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from typing import Any

from .damage import damaged

LONGEST = 20_000  # bytes of an input
SECONDS = 10.0  # of processor time, for one input and with everything traced; whoever needs more could stop us

_ODD = (" ", "\n", "\n\n", "\t", "\r", "\f", "\0", "\\ud83d", "😀", "e\u0301", "\u0085", "\u2028", "\u202e")

Reads = Callable[[bytes], Any]
Mutate = Callable[[bytes, Random], bytes]


def traced() -> AbstractContextManager[Any]:
    """Around the imports of what is to be fuzzed: its branches are traced."""
    import atheris

    found: AbstractContextManager[Any] = atheris.instrument_imports(include=["toolkit"])
    return found


def fuzz(reads: Reads, seeds: Iterable[bytes], mutate: Mutate) -> None:
    """Run a target with libFuzzer's options from the command line, first on the seeds; ends the program.

    Args:
        reads: the target; an exception is a crash, and so is an input that takes too long.
        seeds: inputs to begin with.
        mutate: makes one input of another; every fifth is changed byte by byte instead.
    """
    import atheris

    def run(data: bytes) -> None:
        begun = time.process_time()
        reads(data)
        assert (took := time.process_time() - begun) < SECONDS, f"{took:.1f} s for {len(data)} bytes"

    def changed(data: bytes, size: int, seed: int) -> bytes:
        random = Random(seed)
        made = bytes(atheris.Mutate(data, size)) if random.random() < 0.2 else mutate(data, random)
        return made if len(made) <= size else data[:size]

    os.fsync = lambda file: None  # nothing here has to outlive a power cut
    with tempfile.TemporaryDirectory(prefix="goldkit-fuzz-") as folder:
        for number, seed in enumerate(seeds):
            run(seed)  # all of it, however long
            Path(folder, str(number)).write_bytes(seed)
        atheris.Setup([*sys.argv, folder, f"-max_len={LONGEST}"], run, custom_mutator=changed)
        atheris.Fuzz()


def in_json(data: bytes, random: Random) -> bytes:
    """Break a JSON value in a place or two."""
    try:
        return _dumped(damaged(json.loads(data), random, random.randrange(1, 3)))
    except (ValueError, RecursionError):
        return with_words('[¦]¦{¦}¦1¦"¦,¦:')(data, random)


def in_json_lines(data: bytes, random: Random) -> bytes:
    """Break one line of JSON lines, or say it twice."""
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    lines.insert(at, in_json(lines[at], random))
    if random.random() < 0.8:
        del lines[at + 1]
    return b"\n".join(lines)


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def with_words(words: str) -> Mutate:
    """Put one of these words (parted by ``¦``), or a piece of the input, into it or in the place of some of it."""
    known = [*(word.encode() for word in (*words.split("¦"), *_ODD)), b"\xff"]

    def mutate(data: bytes, random: Random) -> bytes:
        at = random.randrange(len(data) + 1)
        end = at if random.random() < 0.5 else min(len(data), at + random.randrange(20))
        start = random.randrange(len(data) + 1)
        piece = random.choice(known) if random.random() < 0.7 else data[start : start + random.randrange(60)]
        return data[:at] + piece + data[end:]

    return mutate
