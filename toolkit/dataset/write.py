"""Parquet, written in record batches so that memory stays flat, with the features inside."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
SMALL = ("relations", "claims", "entity_links", "claim_links", "stories")

Block = tuple[str, list[Row]]
"""All rows of a config that are about one article, with its id."""

SplitBatch = tuple[str, "pa.RecordBatch"]
"""Rows of one split as Arrow's, with its name."""


@dataclass(frozen=True, slots=True)
class Written:
    """One Parquet file: its path inside the dataset, and its rows."""

    path: str
    rows: int


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
    schema = features.arrow_schema
    return write_batches(folder, config, schema, batched(config, schema, blocks, splits))


def batched(config: str, schema: pa.Schema, blocks: Iterable[Block], splits: Mapping[str, str]) -> Iterator[SplitBatch]:
    """The rows as Arrow's, in the order of each split; all batches of a split but the last are of one size."""
    import pyarrow as pa

    pending: dict[str, list[Row]] = defaultdict(list)
    for article_id, rows in blocks:
        of_split = pending[split := splits[article_id]]
        of_split += rows
        while len(of_split) >= (size := _size(config)):
            yield split, pa.RecordBatch.from_pylist(of_split[:size], schema=schema)
            del of_split[:size]
    for split, rows in pending.items():
        if rows:
            yield split, pa.RecordBatch.from_pylist(rows, schema=schema)


def write_batches(folder: Path, config: str, schema: pa.Schema, batches: Iterable[SplitBatch]) -> dict[str, Written]:
    """Write a config of what ``batched`` made. The bytes depend on the rows alone, not on where batches begin."""
    files: dict[str, _File] = {}
    with contextlib.ExitStack() as open_files:
        for split, batch in batches:
            if split not in files:
                file = _File(folder, parquet_path(config, split), schema, _size(config))
                files[split] = open_files.enter_context(file)
            files[split].add(batch)
    return {split: Written(file.path, file.rows) for split, file in sorted(files.items())}


def _size(config: str) -> int:
    return SMALL_BATCH if config in SMALL else BATCH


class _File:
    """One file: rows are put into batches of one size, and these into row groups."""

    def __init__(self, folder: Path, path: str, schema: pa.Schema, size: int) -> None:
        from pyarrow import parquet

        self.path, self.schema, self.size = path, schema, size
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        self.writer = parquet.ParquetWriter(  # type: ignore[no-untyped-call]
            file, schema, compression="zstd", use_content_defined_chunking=True, write_page_index=True
        )
        self.pending: list[pa.RecordBatch] = []
        self.group: list[pa.RecordBatch] = []
        self.waiting = self.rows = 0

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *error: object) -> None:
        if not any(error):
            self._gather(self.waiting)
            self._write()
        self.writer.close()  # type: ignore[no-untyped-call]

    def add(self, batch: pa.RecordBatch) -> None:
        self.pending.append(batch)
        self.waiting += batch.num_rows
        while self.waiting >= self.size:
            self._gather(self.size)
            if len(self.group) == ROW_GROUP:
                self._write()

    def _gather(self, count: int) -> None:
        import pyarrow as pa

        table = pa.Table.from_batches(self.pending, schema=self.schema)
        # In one piece: what the writer is given in several it cuts into other pages.
        self.group += table.slice(0, count).combine_chunks().to_batches()
        self.pending = table.slice(count).to_batches()
        self.waiting -= count

    def _write(self) -> None:
        import pyarrow as pa

        if self.group:
            table = pa.Table.from_batches(self.group, schema=self.schema)
            self.writer.write_table(table)  # type: ignore[no-untyped-call]
            self.rows += table.num_rows
            self.group = []


def quoted(blocks: Iterable[Block], articles: Mapping[str, Article], features: Features) -> Iterator[Block]:
    """See ``Quotes.checked``."""
    return Quotes.of(features).checked(blocks, articles)


@dataclass(frozen=True, slots=True)
class Quotes:
    """Where the rows of a config quote their article: whether a row is a span itself, and its columns of spans.

    ``elsewhere`` are columns of spans that name their article themselves.
    """

    itself: bool
    structs: tuple[str, ...]
    lists: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()

    @classmethod
    def of(cls, features: Features) -> Quotes:
        """Those of a config with its texts."""
        spans = {name: part for name, part in features.items() if isinstance(part, dict) and "start" in part}
        elsewhere = tuple(name for name, part in spans.items() if "article_id" in part)
        inner = {name: getattr(part, "feature", None) for name, part in features.items()}
        lists = (name for name, part in inner.items() if isinstance(part, dict) and "start" in part)
        return cls("start" in features, tuple(it for it in spans if it not in elsewhere), tuple(lists), elsewhere)

    def checked(self, blocks: Iterable[Block], articles: Mapping[str, Article]) -> Iterator[Block]:
        """Pass blocks through, each piece of text in them compared with its offsets in the article.

        Raises GoldkitError at the first that is not ``text[start:end]``.
        """
        for article_id, rows in blocks:
            if (found := next((it for row in rows for it in self._wrong(row, article_id, articles)), None)) is not None:
                raise GoldkitError(
                    f"{article_id}: {found!r} was to be written, and does not stand at its offsets",
                    next="nothing was written; please report this as a bug of goldkit",
                )
            yield article_id, rows

    def _wrong(self, row: Row, article_id: str, articles: Mapping[str, Article]) -> list[Any]:
        text = articles[article_id].text
        spans = [row[name] for name in self.structs]
        for name in self.lists:
            spans += row[name]
        if self.itself:
            spans.append(row)
        found = [span for span in spans if text[span["start"] : span["end"]] != span["text"]]
        for span in (row[name] for name in self.elsewhere):
            if articles[span["article_id"]].text[span["start"] : span["end"]] != span["text"]:
                found.append(span)
        if "tokens" in row:
            edges = zip(row["token_starts"], row["token_ends"], strict=True)
            if [text[start:end] for start, end in edges] != row["tokens"]:
                found.append({"tokens": row["tokens"]})
        return found
