"""What a worker does with some of the articles, or some of the pairs, on the way to the near-copies of a corpus.

Each step writes its arrays into one folder, beside those of the step before, where every other worker finds them. The
steps are those of ``copies``, which calls them in this order; texts travel in files, never as messages.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from toolkit.articles.near.candidates import Pairs, bands, holding, sample
from toolkit.articles.near.pairs import Kind, Likeness, measured
from toolkit.articles.near.ragged import Ragged, load, save
from toolkit.articles.near.shingles import Holders, held, shingles
from toolkit.articles.near.words import Digests, Passages, Reader
from toolkit.files import explained
from toolkit.project import GroupingSettings

_NUMBERS: NDArray[np.int64] = np.empty(0, dtype=np.int64)
_DIGESTS: Digests = np.empty(0, dtype=np.uint64)


class Shard(NamedTuple):
    """Articles that follow each other in the order of their ids: the number of the first, and how many they are."""

    first: int
    size: int


class Files:
    """The folder of a search for copies, and what each step left in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def put_texts(self, shard: Shard, texts: Sequence[str]) -> None:
        """Lay down the texts of a shard."""
        path = self._of(shard, "texts")
        with explained(path, "write"):
            path.write_text(json.dumps(texts), encoding="ascii")

    def read(self, shard: Shard) -> Shard:
        """Take the texts apart into passages of words."""
        path, reader = self._of(shard, "texts"), Reader()
        with explained(path, "read"):
            texts = json.loads(path.read_bytes())
        found = [reader.read(text) for text in texts]
        spans = Ragged.of([one.spans for one in found], _NUMBERS.reshape(0, 2))
        spans.save(self._of(shard, "spans"))
        Ragged.of([one.lengths for one in found], _NUMBERS).save(self._of(shard, "lengths"))
        Ragged.of([one.digests for one in found], _DIGESTS).save(self._of(shard, "digests"))
        Ragged.of([one.words for one in found], _DIGESTS).save(self._of(shard, "words"))
        return shard

    def passages(self, shard: Shard) -> list[Passages]:
        """The passages that ``read`` found."""
        parts = [Ragged.load(self._of(shard, name)) for name in ("spans", "lengths", "digests", "words")]
        return [Passages(*own) for own in zip(*parts, strict=True)]

    def compress(self, shard: Shard, boilerplate: Digests) -> NDArray[np.int64]:
        """Make the sets of shingles without these passages, and what they are found by; returns the sets' sizes."""
        known = frozenset(boilerplate.tolist())
        sets = [shingles(one.without(known)) for one in self.passages(shard)]
        Ragged.of(sets, _DIGESTS).save(self._of(shard, "sets"))
        Ragged.of([sample(one) for one in sets], _DIGESTS).save(self._of(shard, "samples"))
        save(self._of(shard, "bands"), bands(sets))
        return np.array([len(one) for one in sets], dtype=np.int64)

    def band(self, shards: Sequence[Shard], number: int) -> Digests:
        """One band of the signatures of all sets."""
        return np.concatenate([_DIGESTS, *(load(self._of(shard, "bands"))[number] for shard in shards)])

    def ask(self, shards: Sequence[Shard], sizes: NDArray[np.int64]) -> None:
        """Lay down which shingles will be asked for, and the sizes of all sets."""
        samples = [Ragged.load(self._of(shard, "samples")).values for shard in shards]
        save(self.folder / "asked", np.unique(np.concatenate([_DIGESTS, *samples])))
        save(self.folder / "sizes", sizes)

    def hold(self, shard: Shard) -> Shard:
        """Find which of the shingles that are asked for these sets hold."""
        digests, numbers = held(Ragged.load(self._of(shard, "sets")), load(self.folder / "asked"), shard.first)
        save(self._of(shard, "held"), digests)
        save(self._of(shard, "holders"), numbers)
        return shard

    def index(self, shards: Sequence[Shard]) -> None:
        """Make one index of what ``hold`` found."""
        digests, numbers = (
            np.concatenate([like, *(load(self._of(shard, name)) for shard in shards)])
            for name, like in (("held", _DIGESTS), ("holders", _NUMBERS))
        )
        holders = Holders.made(digests, numbers)
        for name in _INDEX:
            save(self.folder / name, getattr(holders, name))

    def contain(self, shard: Shard) -> Pairs:
        """The pairs of which one may be contained in the other, that one of this shard."""
        holders = Holders(*(load(self.folder / name) for name in _INDEX))
        samples = Ragged.load(self._of(shard, "samples"))
        return holding(samples, shard.first, holders, load(self.folder / "sizes"))

    def _of(self, shard: Shard, what: str) -> Path:
        return self.folder / f"{what}-{shard.first:09}"


_INDEX = ("digests", "starts", "sets")


def compare(
    pairs: Pairs, files: Files, shards: Sequence[Shard], settings: GroupingSettings
) -> list[tuple[int, int, Likeness, Kind]]:
    """What kind of pair each of these is, exactly; those that are none are left out."""
    return list(measured(_Sets(files, shards), map(tuple, pairs.tolist()), settings))


class _Sets(Sequence[Digests]):
    """The sets of all articles by their numbers, as far as they are looked at."""

    def __init__(self, files: Files, shards: Sequence[Shard]) -> None:
        self._files, self._shards = files, shards
        self._open: dict[int, Ragged] = {}

    @cached_property
    def _firsts(self) -> NDArray[np.int64]:
        return np.array([shard.first for shard in self._shards])

    def __len__(self) -> int:
        return sum(shard.size for shard in self._shards)

    @overload
    def __getitem__(self, number: int) -> Digests: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Digests]: ...
    def __getitem__(self, number: Any) -> Any:
        at = int(np.searchsorted(self._firsts, number, side="right")) - 1
        if at not in self._open:
            self._open[at] = Ragged.load(self._files._of(self._shards[at], "sets"))
        return self._open[at][number - self._shards[at].first]
