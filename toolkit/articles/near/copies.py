"""The near-copies in a corpus, and the boilerplate that was left out of the comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from toolkit.articles.model import Article
from toolkit.articles.near.boilerplate import Boilerplate, learn
from toolkit.articles.near.candidates import candidates
from toolkit.articles.near.pairs import Pair, judged
from toolkit.articles.near.shingles import shingles
from toolkit.articles.near.words import Passages, Reader
from toolkit.project import GroupingSettings

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Copies:
    """The pairs of articles that are near-copies, sorted by ids, and what was taken for boilerplate.

    ``texts`` are the texts without it, by article id.
    """

    pairs: tuple[Pair, ...]
    boilerplate: Boilerplate
    texts: Mapping[str, str]


def find_copies(
    articles: Mapping[str, Article], settings: GroupingSettings, advance: Advance = lambda done: None
) -> Copies:
    """Find the near-copies among articles; ``advance`` is told of each article that has been read."""
    ids, passages, boilerplate = _read(articles, advance)
    sets = [shingles(one.without(boilerplate.digests)) for one in passages]
    found = judged(ids, sets, candidates(sets), settings)
    return Copies(tuple(found), boilerplate, _rests(articles, ids, passages, boilerplate))


def without_boilerplate(articles: Mapping[str, Article]) -> dict[str, str]:
    """The texts as they are compared: what the articles make known as boilerplate is left out.

    A text that would be nothing but boilerplate stays whole.
    """
    return _rests(articles, *_read(articles))


def _read(
    articles: Mapping[str, Article], advance: Advance = lambda done: None
) -> tuple[list[str], list[Passages], Boilerplate]:
    ids, reader, passages = sorted(articles), Reader(), []
    for id in ids:
        passages.append(reader.read(articles[id].text))
        advance(1)
    return ids, passages, learn([articles[id] for id in ids], passages)


def _rests(
    articles: Mapping[str, Article], ids: list[str], passages: list[Passages], boilerplate: Boilerplate
) -> dict[str, str]:
    known = boilerplate.digests
    return {id: _rest(articles[id].text, one, known) for id, one in zip(ids, passages, strict=True)}


def _rest(text: str, passages: Passages, known: frozenset[int]) -> str:
    kept = [
        text[start:end]
        for (start, end), digest in zip(passages.spans, passages.digests.tolist(), strict=True)
        if digest not in known
    ]
    return "\n".join(kept) or text
