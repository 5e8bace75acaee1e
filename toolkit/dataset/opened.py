"""A dataset on disk, read as it was written: for checks, exports, and whatever else has to know what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.dataset.write import BATCH, Row, split_of
from toolkit.errors import BadInputError
from toolkit.files import explained, read_text
from toolkit.ontology.load import BESIDE, parse_ontology
from toolkit.ontology.model import Ontology

if TYPE_CHECKING:
    from datasets import Features

FIRST_SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Opened:
    """A dataset's folder. ``features`` are by config, of configs that have files; ``splits`` are those that occur."""

    folder: Path
    ontology: Ontology
    features: Mapping[str, Features]
    splits: tuple[str, ...]

    @property
    def has_text(self) -> bool:
        """Whether the articles' texts are in it: not in a stand-off release."""
        return "text" in self.features.get("documents", ())

    def files(self, config: str) -> dict[str, Path]:
        """The Parquet file of each split that has rows in a config, in the order of the splits."""
        found = {split_of(path): path for path in (self.folder / config).glob("*.parquet")}
        return {split: found[split] for split in self.splits if split in found}

    def count(self, config: str, split: str = "") -> int:
        """How many rows a config has, in one split or in all."""
        from pyarrow import parquet

        files = self._chosen(config, split)
        return sum(parquet.read_metadata(path).num_rows for path in files)  # type: ignore[no-untyped-call]

    def rows(self, config: str, split: str = "") -> Iterator[Row]:
        """The rows of a config as they are in the files, classes as numbers; of one split, or of all in their order."""
        from pyarrow import parquet

        for path in self._chosen(config, split):
            with explained(path, "read"), parquet.ParquetFile(path) as file:  # type: ignore[no-untyped-call]
                for batch in file.iter_batches(batch_size=BATCH):
                    yield from batch.to_pylist()

    def named(self, config: str, split: str = "") -> Iterator[Row]:
        """The same with the classes' names, at any depth."""
        if config in self.features:
            name = _naming(self.features[config])
            yield from map(name, self.rows(config, split))

    def _chosen(self, config: str, split: str) -> list[Path]:
        files = self.files(config)
        return [path for name, path in files.items() if split in ("", name)]


def open_dataset(folder: Path) -> Opened:
    """The dataset in ``folder``. Raises BadInputError where there is none, or not all of it."""
    beside = folder / BESIDE
    if not beside.is_file():
        raise BadInputError(
            f"{folder}: no dataset of goldkit's, {BESIDE} is not in it", next="goldkit build, or give its folder"
        )
    return open_files(folder, parse_ontology(read_text(beside), beside, lenient=True))


def open_files(folder: Path, ontology: Ontology) -> Opened:
    """The same of Parquet files whose ontology is known, while the rest of the folder may not be written yet."""
    from datasets import Features
    from pyarrow import ArrowInvalid, parquet

    features: dict[str, Features] = {}
    splits: set[str] = set()
    for path in sorted(folder.glob("*/*.parquet")):
        try:
            with explained(path, "read"):
                features[path.parent.name] = Features.from_arrow_schema(
                    parquet.read_schema(path)  # type: ignore[no-untyped-call]
                )
        except ArrowInvalid:
            raise BadInputError(f"{path}: not a Parquet file", next="goldkit build, or download it again") from None
        splits.add(split_of(path))
    return Opened(folder, ontology, features, tuple(in_order(splits)))


def in_order(splits: set[str]) -> list[str]:
    """Splits as people list them: train, validation, test, then any others by name."""
    return [split for split in FIRST_SPLITS if split in splits] + sorted(splits.difference(FIRST_SPLITS))


def _naming(feature: Any) -> Callable[[Any], Any]:
    """What turns a value of this feature into one with class names; None stays None."""
    if isinstance(feature, dict):
        inside = {name: _naming(inner) for name, inner in feature.items()}
        return lambda row: row and {name: inside[name](value) for name, value in row.items()}
    if (inner := getattr(feature, "feature", None)) is not None:
        one = _naming(inner)
        return lambda values: values and [one(value) for value in values]
    if (names := getattr(feature, "names", None)) is not None:
        return lambda number: None if number is None else names[number]
    return lambda value: value
