"""What the written files hold, counted from the files themselves: the card can only say what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.dataset.write import Written

if TYPE_CHECKING:
    import pyarrow as pa
    from datasets import Features

Counts = dict[str, int]


class Summary:
    """Counts over a dataset's Parquet files, one column read at a time. A config without a file counts nothing."""

    def __init__(self, folder: Path, features: Mapping[str, Features], written: Mapping[str, Written]) -> None:
        self.folder = folder
        self.features = features
        self.written = written

    def rows(self, config: str) -> int:
        """How many rows a config has."""
        return self.written[config].rows if config in self.written else 0

    def counts(self, config: str, *column: str) -> Counts:
        """How often each value stands in a column, for one in a list of structs ``("entities", "label")``.

        Classes come in their order, the unused ones with 0; texts are sorted. Nulls are left out.
        """
        found: Counter[Any] = Counter()
        for values in self._values(config, column):
            for pair in values.value_counts().to_pylist():
                found[pair["values"]] += pair["counts"]
        del found[None]
        names = getattr(_feature(self.features[config], column), "names", None)
        return {name: found[number] for number, name in enumerate(names)} if names else dict(sorted(found.items()))

    def total(self, config: str, column: str) -> int:
        """The sum of a column of numbers."""
        return sum(values.sum().as_py() or 0 for values in self._values(config, (column,)))

    def length(self, config: str, column: str) -> int:
        """How many elements the lists of a column have together."""
        return sum(len(values) for values in self._values(config, (column,)))

    def _values(self, config: str, column: tuple[str, ...]) -> Iterator[pa.Array[Any]]:
        """The values of a column in the order of the file, out of the lists and structs around them."""
        from pyarrow import parquet, types

        if config not in self.written:
            return
        with parquet.ParquetFile(self.folder / self.written[config].path) as file:  # type: ignore[no-untyped-call]
            leaf = next(path for path in _leaves(file) if _without_lists(path) == column)
            for batch in file.iter_batches(columns=[leaf]):
                values = batch.column(0)
                while types.is_nested(values.type):
                    values = values.field(0) if types.is_struct(values.type) else values.flatten()
                yield values


def _leaves(file: Any) -> list[str]:
    return [file.schema.column(index).path for index in range(len(file.schema))]


def _without_lists(path: str) -> tuple[str, ...]:
    return tuple(path.replace(".list.element", "").split("."))


def _feature(features: Any, column: tuple[str, ...]) -> Any:
    found = features
    for name in column:
        found = getattr(found, "feature", found)[name]
    return getattr(found, "feature", found)
