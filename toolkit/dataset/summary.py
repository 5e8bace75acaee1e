"""What the written files hold, counted from the files themselves: the card can only say what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from toolkit.dataset.opened import Opened

if TYPE_CHECKING:
    import pyarrow as pa

Counts = dict[str, int]


class Summary:
    """Counts over a dataset's Parquet files, one column read at a time; ``split`` empty: over all splits.

    A config without files, or a column that is not in them, counts nothing.
    """

    def __init__(self, opened: Opened) -> None:
        self.opened = opened

    def rows(self, config: str, split: str = "") -> int:
        """How many rows a config has."""
        return self.opened.count(config, split)

    def size(self, config: str, split: str = "") -> int:
        """How many bytes the files of a config have."""
        return sum(path.stat().st_size for path in self._files(config, split))

    def memory(self, config: str, split: str = "") -> int:
        """How many bytes a config takes as Arrow in memory."""
        from pyarrow import parquet

        total = 0
        for path in self._files(config, split):
            with parquet.ParquetFile(path) as file:  # type: ignore[no-untyped-call]
                total += sum(file.read_row_group(number).nbytes for number in range(file.num_row_groups))
        return total

    def counts(self, config: str, *column: str, split: str = "") -> Counts:
        """How often each value stands in a column, for one in a list of structs ``("entities", "label")``.

        Classes come in their order, the unused ones with 0; texts are sorted. Nulls are left out.
        """
        found: Counter[Any] = Counter()
        for values in self._values(config, column, split):
            for pair in values.value_counts().to_pylist():
                found[pair["values"]] += pair["counts"]
        del found[None]
        names = getattr(_feature(self.opened.features.get(config), column), "names", None)
        return {name: found[number] for number, name in enumerate(names)} if names else dict(sorted(found.items()))

    def total(self, config: str, column: str) -> int:
        """The sum of a column of numbers."""
        return sum(values.sum().as_py() or 0 for values in self._values(config, (column,)))

    def length(self, config: str, *column: str, split: str = "") -> int:
        """How many values a column has, of lists their elements; nulls are left out."""
        return sum(len(values) - values.null_count for values in self._values(config, column, split))

    def columns(self, config: str, *names: str) -> Iterator[tuple[Any, ...]]:
        """Flat columns side by side, row by row, classes by their names."""
        from pyarrow import parquet

        features = self.opened.features.get(config, {})
        classes = {name: getattr(features.get(name), "names", None) for name in names}
        for path in self._files(config, ""):
            table = parquet.read_table(path, columns=list(names))  # type: ignore[no-untyped-call]
            parts = (table[name].to_pylist() for name in names)
            named = (
                part if (known := classes[name]) is None else [None if it is None else known[it] for it in part]
                for name, part in zip(names, parts, strict=True)
            )
            yield from zip(*named, strict=True)

    def _files(self, config: str, split: str) -> list[Any]:
        return [path for name, path in self.opened.files(config).items() if split in ("", name)]

    def _values(self, config: str, column: tuple[str, ...], split: str = "") -> Iterator[pa.Array[Any]]:
        """The values of a column in the order of the files, out of the lists and structs around them."""
        from pyarrow import parquet, types

        if _feature(self.opened.features.get(config), column) is None:
            return
        for path in self._files(config, split):
            with parquet.ParquetFile(path) as file:  # type: ignore[no-untyped-call]
                leaf = next(leaf for leaf in _leaves(file) if _without_lists(leaf) == column)
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
    """The feature of a column, out of the lists around it; None where there is no such column."""
    found = features
    for name in column:
        found = getattr(found, "feature", found)
        if found is None or name not in found:
            return None
        found = found[name]
    return getattr(found, "feature", found)
