"""Reading, cleaning and freezing in shards: each a list of files or parts of files, frozen by whoever is free.

A shard is frozen into a file of its own, sorted, in a folder that all workers see; ``store.merge`` makes one of them.
Nothing depends on who did what, nor on where the input was cut.
"""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeGuard

from toolkit.articles.freeze import freeze
from toolkit.articles.read import listed, read_piece
from toolkit.articles.rules import Rules
from toolkit.articles.sources import Piece, Source
from toolkit.articles.store import Entry, entry, in_order
from toolkit.engine import Engine
from toolkit.errors import WorkspaceError
from toolkit.files import explained
from toolkit.findings import Finding

BYTES = 16 * 2**20  # of a shard, as near as the input can be cut
FILES = 500  # of a shard, where they are small
SHARDS = 300  # about; of more input they are larger, since all are open when they are merged


class Shard(NamedTuple):
    """What one worker reads, and findings about what nobody reads; ``number`` is its place among all."""

    number: int
    parts: tuple[Piece | Finding, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen shard: the file of its articles, how many these are, and what could not be one."""

    file: Path
    articles: int
    findings: tuple[Finding, ...]


def freeze_shards(
    shards: Iterable[Shard],
    *,
    fields: Mapping[str, str],
    encoding: str | None,
    rules: Rules,
    folder: Path,
    engine: Engine,
) -> Iterator[Frozen]:
    """Freeze each shard into ``folder``, which exists and which all workers see; in the order of the shards."""
    return engine.map(partial(_freeze, fields=fields, encoding=encoding, rules=rules, folder=folder.absolute()), shards)


def cut(paths: Sequence[str | Path], encoding: str | None, engine: Engine, largest: int = BYTES) -> list[Shard]:
    """The files of all paths, in their order, as shards of about ``largest`` bytes.

    Raises what ``read`` does before it reads.
    """
    files = [(file, 0 if isinstance(file, Finding) else _size(file)) for file in listed(paths, encoding)]
    largest, most = max(largest, sum(size for _, size in files) // SHARDS), max(FILES, len(files) // SHARDS)
    lined = [(file, size) for file, size in files if _is_lines(file, encoding) and size > largest and _opens(file)]
    ranges = {file: _ranges(size, largest) for file, size in lined}
    newlines = engine.map(_newlines, [(file, *ends) for file, _ in lined for ends in ranges[file]])
    shards: list[list[Piece | Finding]] = [[]]
    filled = 0
    for file, size in files:
        if isinstance(file, Finding):
            pieces: list[Piece | Finding] = [file]
        elif file in ranges:
            pieces = [*_lines(file, ranges[file], newlines)]
        elif file.suffix == ".parquet" and size > largest:
            pieces = [*_row_groups(file, largest)]
        else:
            pieces = [Piece(file)]
        for piece in pieces:
            filled += size // len(pieces)
            if shards[-1] and (filled > largest or len(shards[-1]) == most):
                shards.append([])
                filled = size // len(pieces)
            shards[-1].append(piece)
    return [Shard(number, tuple(parts)) for number, parts in enumerate(shards) if parts]


def _is_lines(file: Source | Finding, encoding: str | None) -> TypeGuard[Source]:
    return isinstance(file, Source) and file.suffix == ".jsonl" and encoding is None


def _ranges(size: int, largest: int) -> list[tuple[int, int]]:
    return list(pairwise([*range(0, size, largest), size]))


def _size(file: Source) -> int:
    try:
        return file.size()
    except OSError:
        return 0  # whoever reads it says why


def _opens(file: Source) -> bool:
    try:
        file.open().close()
    except OSError:
        return False  # one finding about it is enough
    return True


def _newlines(part: tuple[Source, int, int]) -> int:
    """How many lines begin in these bytes of a file because a newline is before them."""
    source, start, end = part
    start, count = max(start - 1, 0), 0
    try:
        with source.open() as file:
            file.seek(start)
            while start < end - 1 and (block := file.read(min(2**20, end - 1 - start))):
                count, start = count + block.count(b"\n"), start + len(block)
    except OSError:
        return 0  # whoever reads it says why
    return count


def _lines(file: Source, ranges: Iterable[tuple[int, int]], newlines: Iterator[int]) -> Iterator[Piece]:
    before = 0
    for start, end in ranges:
        yield Piece(file, start, end, before + (2 if start else 1))
        before += next(newlines)


def _row_groups(file: Source, largest: int) -> list[Piece]:
    import pyarrow
    import pyarrow.parquet

    try:
        with file.open() as opened, pyarrow.parquet.ParquetFile(opened) as parquet:  # type: ignore[no-untyped-call]
            groups = [parquet.metadata.row_group(number) for number in range(parquet.num_row_groups)]
            told = [(group.num_rows, group.total_byte_size) for group in groups]
    except (OSError, pyarrow.ArrowException):
        return [Piece(file)]  # whoever reads it says why
    pieces, start, row, rows, size = [], 0, 1, 0, 0
    for end, (more, larger) in enumerate(told, start=1):
        rows, size = rows + more, size + larger
        if size >= largest or end == len(told):
            pieces.append(Piece(file, start, end, row))
            start, row, rows, size = end, row + rows, 0, 0
    return pieces


def _freeze(shard: Shard, *, fields: Mapping[str, str], encoding: str | None, rules: Rules, folder: Path) -> Frozen:
    if not folder.is_dir():
        raise WorkspaceError(
            f"the worker on {socket.gethostname()} does not see {folder}",
            next="put the workspace on a disk that all machines have at the same path, or take --engine processes",
        )
    entries, findings = list[Entry](), list[Finding]()
    for part in shard.parts:
        for one in [part] if isinstance(part, Finding) else read_piece(part, fields, encoding):
            outcome = one if isinstance(one, Finding) else freeze(one, rules)
            if isinstance(outcome, Finding):
                findings.append(outcome)
            else:
                entries.append(entry(outcome))
    file = folder / f"{shard.number:06}.jsonl"
    _write(file, sorted(entries, key=in_order))
    return Frozen(file, len(entries), tuple(findings))


def _write(path: Path, entries: Iterable[Entry]) -> None:
    """Write a shard's file, whole or not at all; another worker may be writing the same."""
    part = path.with_suffix(f".{uuid.uuid4()}")
    with explained(path, "write"):
        try:
            with part.open("wb") as file:
                for one in entries:
                    file.writelines(one.lines())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
