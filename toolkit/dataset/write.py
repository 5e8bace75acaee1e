"""Parquet, written in record batches so that memory stays flat, with the features inside."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.articles.model import Article
from toolkit.errors import GoldkitError

if TYPE_CHECKING:
    import pyarrow as pa
    from datasets import Features

Row = dict[str, Any]

BATCH = 100  # rows that are Python objects at one time, where a row has a whole article or all that is marked in it
SMALL_BATCH = 1000  # and where a row is one thing in it
ROW_GROUP = 20  # batches that a reader of the file gets at one time
SMALL = ("relations", "claims")

Block = tuple[str, list[Row]]
"""All rows of a config that are about one article, with its id."""


@dataclass(frozen=True, slots=True)
class Written:
    """One Parquet file: its path inside the dataset, its rows, its bytes on disk and as Arrow in memory."""

    path: str
    rows: int
    file_bytes: int
    arrow_bytes: int


def parquet_path(config: str, split: str) -> str:
    """Where the rows of a config and split are, inside a dataset's folder: as `datasets` names them itself."""
    return f"{config}/{split}-00000-of-00001.parquet"


def split_of(path: Path) -> str:
    """The split whose rows a Parquet file holds, by its name."""
    return path.name.removesuffix(".parquet").rsplit("-", 3)[0]


def write_parquet(
    folder: Path, config: str, features: Features, blocks: Iterable[Block], splits: Mapping[str, str]
) -> dict[str, Written]:
    """Write a config, each row into the file of its article's split; returns the files by split.

    Where there are no rows there is no file: `datasets` refuses empty ones. Memory does not grow with the rows.
    """
    schema, batch = features.arrow_schema, SMALL_BATCH if config in SMALL else BATCH
    files: dict[str, _File] = {}
    with contextlib.ExitStack() as open_files:
        for article_id, rows in blocks:
            if (split := splits[article_id]) not in files and rows:
                files[split] = open_files.enter_context(_File(folder, parquet_path(config, split), schema, batch))
            if rows:
                files[split].add(rows)
    return {split: file.written() for split, file in sorted(files.items())}


class _File:
    """One file: rows gather into batches of Arrow's, batches into row groups."""

    def __init__(self, folder: Path, path: str, schema: pa.Schema, batch: int) -> None:
        from pyarrow import parquet

        self.path, self.schema, self.batch = path, schema, batch
        self.file = folder / path
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.writer = parquet.ParquetWriter(  # type: ignore[no-untyped-call]
            self.file, schema, compression="zstd", use_content_defined_chunking=True, write_page_index=True
        )
        self.pending: list[Row] = []
        self.group: list[pa.RecordBatch] = []
        self.rows = self.size = 0

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *error: object) -> None:
        if not any(error):
            self._gather(len(self.pending))
            self._write()
        self.writer.close()  # type: ignore[no-untyped-call]

    def add(self, rows: list[Row]) -> None:
        self.pending += rows
        while len(self.pending) >= self.batch:
            self._gather(self.batch)
            if len(self.group) == ROW_GROUP:
                self._write()

    def written(self) -> Written:
        return Written(self.path, self.rows, self.file.stat().st_size, self.size)

    def _gather(self, count: int) -> None:
        import pyarrow as pa

        if count:
            self.group.append(pa.RecordBatch.from_pylist(self.pending[:count], schema=self.schema))
            del self.pending[:count]

    def _write(self) -> None:
        import pyarrow as pa

        if self.group:
            table = pa.Table.from_batches(self.group, schema=self.schema)
            self.writer.write_table(table)  # type: ignore[no-untyped-call]
            self.rows, self.size = self.rows + table.num_rows, self.size + table.nbytes
            self.group = []


def quoted(blocks: Iterable[Block], articles: Mapping[str, Article], features: Features) -> Iterator[Block]:
    """Pass blocks through, each piece of text in them compared with its offsets in the article.

    Raises GoldkitError at the first that is not ``text[start:end]``.
    """
    wrong = _quotes(features)
    for article_id, rows in blocks:
        text = articles[article_id].text
        if (found := next((it for row in rows for it in wrong(row, text)), None)) is not None:
            raise GoldkitError(
                f"{article_id}: {found!r} was to be written, and does not stand at its offsets",
                next="nothing was written; please report this as a bug of goldkit",
            )
        yield article_id, rows


def _quotes(features: Features) -> Callable[[Row, str], Iterable[Any]]:
    """What finds the misquotations of a row: made once a config, since it is called once a row."""
    is_span = "start" in features
    structs = [name for name, part in features.items() if isinstance(part, dict) and "start" in part]
    inner = {name: getattr(part, "feature", None) for name, part in features.items()}
    lists = [name for name, part in inner.items() if isinstance(part, dict) and "start" in part]

    def wrong(row: Row, text: str) -> list[Any]:
        spans = [row[name] for name in structs]
        for name in lists:
            spans += row[name]
        if is_span:
            spans.append(row)
        found = [span for span in spans if text[span["start"] : span["end"]] != span["text"]]
        if "tokens" in row:
            edges = zip(row["token_starts"], row["token_ends"], strict=True)
            if [text[start:end] for start, end in edges] != row["tokens"]:
                found.append({"tokens": row["tokens"]})
        return found

    return wrong
