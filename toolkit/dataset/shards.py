"""The rows of a dataset, made here or by whoever is free: the same rows, and so the same bytes in the end.

The rows about an article follow from its own records. So articles are cut into shards, each with its records in a file;
who takes a shard leaves a file of Arrow's for each config, and one writer makes Parquet of them, in their order.
"""

from __future__ import annotations

import contextlib
import socket
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from toolkit.annotations.model import Annotation
from toolkit.articles.model import Article
from toolkit.dataset.features import ACROSS, features
from toolkit.dataset.standoff import without_text
from toolkit.dataset.tables import Tables
from toolkit.dataset.write import Block, Quotes, SplitBatch, batched
from toolkit.engine import Engine, Here
from toolkit.errors import WorkspaceError
from toolkit.files import explained, scratch_folder
from toolkit.gold.model import Gold
from toolkit.gold.resolve import Resolved
from toolkit.ontology.model import Ontology

if TYPE_CHECKING:
    import pyarrow as pa

SHARD = 250  # articles

Making = Callable[[str], Iterator[SplitBatch]]
"""What makes the rows of a config, sorted by article in each split."""

Record = TypeVar("Record", Annotation, Gold)


class Rows(Protocol):
    """What knows the rows of some configs, and the articles that they quote."""

    @property
    def articles(self) -> Mapping[str, Article]:
        """The articles by id."""

    def blocks(self, config: str) -> Iterator[Block]:
        """The rows of one config, block by block in their order."""


@dataclass(frozen=True, slots=True)
class Form:
    """How rows are made, whoever makes them: with the texts or without, and the columns of each config."""

    ontology: Ontology
    text: bool
    schemas: Mapping[str, pa.Schema]
    quotes: Mapping[str, Quotes]

    @classmethod
    def of(cls, ontology: Ontology, *, text: bool, across: bool = False) -> Form:
        """The form of the configs whose rows follow from one article each, or of those that go ``across`` articles."""
        whole = {config: columns for config, columns in features(ontology).items() if (config in ACROSS) == across}
        written = whole if text else features(ontology, text=False)
        return cls(
            ontology,
            text,
            {config: written[config].arrow_schema for config in whole},
            {config: Quotes.of(columns) for config, columns in whole.items()},
        )

    def batches(self, config: str, tables: Rows, splits: Mapping[str, str]) -> Iterator[SplitBatch]:
        """The rows of a config, each text in them compared with the article's. Raises what ``Quotes.checked`` does."""
        blocks: Iterable[Block] = self.quotes[config].checked(tables.blocks(config), tables.articles)
        if not self.text:
            blocks = ((id, [without_text(config, row) for row in rows]) for id, rows in blocks)
        return batched(config, self.schemas[config], blocks, splits)


class Records(BaseModel):
    """All that the rows about some articles follow from; ``splits`` has the split of each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    articles: tuple[Article, ...]
    annotations: tuple[Annotation, ...]
    gold: tuple[Gold, ...]
    open: tuple[Gold, ...]
    awaiting: tuple[str, ...]
    skipped: tuple[str, ...]
    splits: dict[str, str]

    def tables(self, ontology: Ontology) -> Tables:
        """The tables of these articles."""
        return Tables(
            ontology, self.articles, self.annotations, Resolved(self.gold, self.open, self.awaiting, self.skipped)
        )


def cut(tables: Tables, splits: Mapping[str, str], size: int) -> Iterator[Records]:
    """The records of so many articles at a time, in the order of their ids."""
    resolved, ids = tables.resolved, list(tables.articles)
    votes, gold, open_ = _by_article(tables.annotations), _by_article(resolved.gold), _by_article(resolved.open)
    awaiting, skipped = frozenset(resolved.awaiting), frozenset(resolved.skipped)
    for some in (ids[first : first + size] for first in range(0, len(ids), size)):
        yield Records(
            articles=tuple(tables.articles[id] for id in some),
            annotations=tuple(one for id in some for one in votes[id]),
            gold=tuple(one for id in some for one in gold[id]),
            open=tuple(one for id in some for one in open_[id]),
            awaiting=tuple(id for id in some if id in awaiting),
            skipped=tuple(id for id in some if id in skipped),
            splits={id: splits[id] for id in some},
        )


def _by_article(records: Iterable[Record]) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record.article_id].append(record)
    return found


@contextlib.contextmanager
def making(
    form: Form, tables: Tables, splits: Mapping[str, str], engine: Engine | None, beside: Path
) -> Iterator[Making]:
    """The rows of these tables, made one after the other as they are asked for, or before that by an engine.

    What workers tell each other lies in a folder beside ``beside``, which all of them must see, and is gone afterwards.

    Raises WorkspaceError where a worker does not see it, and what the engine raises.
    """
    if engine is None or isinstance(engine, Here):
        yield lambda config: form.batches(config, tables, splits)
        return
    with scratch_folder(beside) as scratch:
        parts = enumerate(cut(tables, splits, SHARD))
        laid_down = [_lay_down(records, scratch / f"{number:06}.json") for number, records in parts]
        done = list(engine.map(partial(_make, form), laid_down))
        yield lambda config: _read(_of(path, config) for path in done)


def _lay_down(records: Records, path: Path) -> Path:
    with explained(path, "write"):
        path.write_text(records.model_dump_json(), encoding="utf-8")
    return path.absolute()


def _make(form: Form, path: Path) -> Path:
    """Make the rows of a shard, into a file a config."""
    if not path.parent.is_dir():
        raise WorkspaceError(
            f"the worker on {socket.gethostname()} does not see {path.parent}",
            next="put the workspace on a disk that all machines have at the same path, or take --engine processes",
        )
    with explained(path, "read"):
        records = Records.model_validate_json(path.read_bytes())
    tables = records.tables(form.ontology)
    for config, schema in form.schemas.items():
        _write(_of(path, config), schema, form.batches(config, tables, records.splits))
    return path


def _of(shard: Path, config: str) -> Path:
    return shard.with_suffix(f".{config}")


def _write(path: Path, schema: pa.Schema, batches: Iterable[SplitBatch]) -> None:
    """Write a file of Arrow's, whole or not at all; another worker may be writing the same."""
    import pyarrow as pa

    part, packed = path.with_suffix(f".{uuid.uuid4()}"), pa.ipc.IpcWriteOptions(compression="zstd")
    with explained(path, "write"):
        try:
            with pa.OSFile(str(part), "wb") as file, pa.ipc.new_stream(file, schema, options=packed) as stream:
                for split, batch in batches:
                    stream.write_batch(batch, custom_metadata={"split": split})
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _read(paths: Iterable[Path]) -> Iterator[SplitBatch]:
    import pyarrow as pa

    for path in paths:
        with explained(path, "read"), pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
            for batch, about in stream.iter_batches_with_custom_metadata():
                yield about[b"split"].decode(), batch
