"""The near-copies in a corpus, and the boilerplate that was left out of the comparison."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from toolkit.articles.model import Article
from toolkit.articles.near.boilerplate import Boilerplate, learn
from toolkit.articles.near.candidates import BANDS, Pairs, each_once, sharing
from toolkit.articles.near.pairs import Pair
from toolkit.articles.near.shards import Files, Shard, compare
from toolkit.articles.near.words import Digests, Passages, Reader
from toolkit.engine import Engine, Here
from toolkit.project import GroupingSettings

_NONE: NDArray[np.int64] = np.empty(0, dtype=np.int64)
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Copies:
    """The pairs of articles that are near-copies, sorted by ids, and what was taken for boilerplate.

    ``texts`` are the texts without it, by article id.
    """

    pairs: tuple[Pair, ...]
    boilerplate: Boilerplate
    texts: Mapping[str, str]


SHARD = 2500  # articles that a worker takes at one time
PAIRS = 20_000  # and pairs


def find_copies(
    articles: Mapping[str, Article],
    settings: GroupingSettings,
    advance: Advance = lambda done: None,
    *,
    engine: Engine | None = None,
    folder: Path | None = None,
    shard: int = SHARD,
) -> Copies:
    """Find the near-copies among articles; ``advance`` is told of each article that has been read.

    Args:
        articles: by id.
        settings: what makes a pair.
        advance: is told how many more articles have been read.
        engine: who does the work; None: this process. The result does not depend on it.
        folder: an empty one, which all workers see, for what they tell each other; None: one of this machine's.
        shard: how many articles a worker takes at one time.
    """
    with tempfile.TemporaryDirectory() if folder is None else contextlib.nullcontext(folder) as here:
        return _found(articles, settings, advance, engine or Here(), Files(Path(here)), shard)


def _found(
    articles: Mapping[str, Article],
    settings: GroupingSettings,
    advance: Advance,
    engine: Engine,
    files: Files,
    size: int,
) -> Copies:
    ids = sorted(articles)
    shards = [Shard(first, len(ids[first : first + size])) for first in range(0, len(ids), size)]
    for one in shards:
        files.put_texts(one, [articles[id].text for id in ids[one.first : one.first + one.size]])
    for one in engine.map(files.read, shards):
        advance(one.size)
    passages = [own for one in shards for own in files.passages(one)]
    boilerplate = learn([articles[id] for id in ids], passages)
    pairs = _candidates(files, shards, np.array(sorted(boilerplate.digests), dtype=np.uint64), engine)
    parts = [pairs[first : first + PAIRS] for first in range(0, len(pairs), PAIRS)]
    compared = engine.map(partial(compare, files=files, shards=shards, settings=settings), parts)
    found = tuple(
        Pair(ids[left], ids[right], alike.jaccard, alike.containment, kind)
        for part in compared
        for left, right, alike, kind in part
    )
    return Copies(found, boilerplate, _rests(articles, ids, passages, boilerplate))


def _candidates(files: Files, shards: Sequence[Shard], boilerplate: Digests, engine: Engine) -> Pairs:
    sizes = np.concatenate([_NONE, *engine.map(partial(files.compress, boilerplate=boilerplate), shards)])
    filled = np.flatnonzero(sizes)
    alike = [each_once([sharing(files.band(shards, band), filled)]) for band in range(BANDS[0])]
    files.ask(shards, sizes)
    for _ in engine.map(files.hold, shards):
        pass
    files.index(shards)
    return each_once([*alike, *engine.map(files.contain, shards)])


def without_boilerplate(articles: Mapping[str, Article]) -> dict[str, str]:
    """The texts as they are compared: what the articles make known as boilerplate is left out.

    A text that would be nothing but boilerplate stays whole.
    """
    ids, reader = sorted(articles), Reader()
    passages = [reader.read(articles[id].text) for id in ids]
    return _rests(articles, ids, passages, learn([articles[id] for id in ids], passages))


def _rests(
    articles: Mapping[str, Article], ids: list[str], passages: list[Passages], boilerplate: Boilerplate
) -> dict[str, str]:
    known = boilerplate.digests
    return {id: _rest(articles[id].text, one, known) for id, one in zip(ids, passages, strict=True)}


def _rest(text: str, passages: Passages, known: frozenset[int]) -> str:
    kept = [
        text[start:end]
        for (start, end), digest in zip(passages.spans.tolist(), passages.digests.tolist(), strict=True)
        if digest not in known
    ]
    return "\n".join(kept) or text
