"""Parquet, written in record batches so that memory stays flat, with the features inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from toolkit.articles.model import Article
from toolkit.errors import GoldkitError

if TYPE_CHECKING:
    from datasets import Features

T = TypeVar("T")
Row = dict[str, Any]

SPLIT = "train"
BATCH = 100  # rows that are Python objects at one time
ROW_GROUP = 2000  # rows that a reader of the file gets at one time


@dataclass(frozen=True, slots=True)
class Written:
    """One Parquet file: its path inside the dataset, its rows, its bytes on disk and as Arrow in memory."""

    path: str
    rows: int
    file_bytes: int
    arrow_bytes: int


def write_parquet(folder: Path, config: str, features: Features, rows: Iterable[Row]) -> Written | None:
    """Write a config's only split; None, and no file, where there are no rows (`datasets` refuses empty files)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = features.arrow_schema
    path = f"{config}/{SPLIT}-00000-of-00001.parquet"
    batches = (pa.RecordBatch.from_pylist(batch, schema=schema) for batch in _slices(rows, BATCH))
    groups = (pa.Table.from_batches(group, schema=schema) for group in _slices(batches, ROW_GROUP // BATCH))
    first = next(groups, None)
    if first is None:
        return None
    count = size = 0
    (folder / config).mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(  # type: ignore[no-untyped-call]
        folder / path,
        schema,
        compression="zstd",
        use_content_defined_chunking=True,
        write_page_index=True,
    ) as writer:
        for group in chain((first,), groups):
            writer.write_table(group)
            count += group.num_rows
            size += group.nbytes
    return Written(path, count, (folder / path).stat().st_size, size)


def _slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while part := list(islice(remaining, size)):
        yield part


def quoted(rows: Iterable[Row], articles: Mapping[str, Article]) -> Iterator[Row]:
    """Pass rows through, each piece of text in them compared with its offsets in the article.

    Raises GoldkitError at the first that is not ``text[start:end]``.
    """
    for row in rows:
        text = articles[row["article_id"]].text
        wrong = _misquote(row, text)
        if wrong is not None:
            raise GoldkitError(
                f"{row['article_id']}: {wrong!r} was to be written, and does not stand at its offsets",
                next="nothing was written; please report this as a bug of goldkit",
            )
        yield row


def _misquote(row: Row, text: str) -> Row | None:
    """The first struct in ``row`` whose text is not the article's at its offsets."""
    if "start" in row and text[row["start"] : row["end"]] != row["text"]:
        return row
    if "tokens" in row:
        edges = zip(row["token_starts"], row["token_ends"], strict=True)
        if [text[start:end] for start, end in edges] != row["tokens"]:
            return {"tokens": row["tokens"]}
    for part in row.values():
        structs = part if type(part) is list else (part,)
        for struct in structs:
            if type(struct) is not dict:
                break  # a column has one type: none of the others is a struct either
            if (wrong := _misquote(struct, text)) is not None:
                return wrong
    return None
