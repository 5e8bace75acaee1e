"""The articles of a store as far as a sample needs to know them: what describes each, and what is sought in its text.

Lines are read one by one and texts are not kept, so that a large store needs little memory.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from toolkit.articles.store import corrupted
from toolkit.errors import WorkspaceError
from toolkit.files import explained

LEVELS = ("language", "outlet", "month", "story")
Stratum = tuple[str, ...]

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(?!\d)")


class Described(msgspec.Struct, frozen=True, gc=False):
    """What an article came with, and what of the sought it mentions."""

    article_id: str
    text_sha256: str
    outlet: str
    month: str  # such as 2031-05; empty where ``published`` does not say
    language: str
    story_id: str
    dup_group: str
    mentions: frozenset[str] = frozenset()


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """An article that can be chosen: with its story and group of near-copies, as far as these are known (else empty).

    ``stratum`` is its language, outlet, month and story; an article without a story is a story of its own there.
    """

    article_id: str
    stratum: Stratum
    story: str = ""
    group: str = ""
    mentions: frozenset[str] = frozenset()


class _Plain(msgspec.Struct, gc=False):
    article_id: str
    text_sha256: str
    outlet: str = ""
    published: str = ""
    language: str = ""
    story_id: str = ""
    dup_group: str = ""


class _Whole(_Plain, gc=False):
    text: str = ""
    title: str = ""


class _PlainLine(msgspec.Struct, gc=False):
    article: _Plain


class _WholeLine(msgspec.Struct, gc=False):
    article: _Whole


# UnicodeDecodeError is a ValueError
_BROKEN = (msgspec.MsgspecError, ValueError, RecursionError)


def read_corpus(
    path: Path,
    mentions: Callable[[str, str], frozenset[str]] | None = None,
    advance: Callable[[int], None] = lambda done: None,
) -> dict[str, Described]:
    """The articles of a store by id, in the order of the ids.

    Args:
        path: the store.
        mentions: what of the sought is in an article, told from its id and its title and text; without it, texts are
            not looked at.
        advance: is told of each article that was read.

    Raises:
        WorkspaceError: There is no store yet.
        BadInputError: A line is not what goldkit wrote there, as far as it was read.
    """
    if not path.exists():
        raise WorkspaceError(f"no articles yet: {path} does not exist", next="goldkit articles add PATH")
    found: dict[str, Described] = {}
    decoder = msgspec.json.Decoder[_PlainLine | _WholeLine](_WholeLine if mentions else _PlainLine)
    with explained(path, "read"), path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                article = decoder.decode(line).article
            except _BROKEN as error:
                raise corrupted(path, number, str(error)) from None
            if article.article_id in found:
                raise corrupted(path, number, f"{article.article_id} stands twice")
            has = frozenset[str]()
            if mentions and isinstance(article, _Whole):
                has = mentions(article.article_id, f"{article.title}\n{article.text}")
            found[article.article_id] = _described(article, has)
            advance(1)
    return dict(sorted(found.items()))


def month_of(published: str) -> str:
    """The month of a date, such as 2031-05; empty where it does not say."""
    month = _MONTH.match(published)
    return month[0] if month else ""


def _described(article: _Plain, mentions: frozenset[str]) -> Described:
    return Described(
        article.article_id,
        article.text_sha256,
        sys.intern(article.outlet),  # few values, many articles
        sys.intern(month_of(article.published)),
        sys.intern(article.language),
        article.story_id,
        article.dup_group,
        mentions,
    )


def candidates(
    corpus: Mapping[str, Described], stories: Mapping[str, str], groups: Mapping[str, str]
) -> dict[str, Candidate]:
    """The articles by id; ``stories`` and ``groups`` are those of articles that came with none of their own."""
    return {id: _candidate(one, one.story_id or stories.get(id, ""), groups.get(id, "")) for id, one in corpus.items()}


def _candidate(one: Described, story: str, group: str) -> Candidate:
    stratum = (one.language, one.outlet, one.month, story or one.article_id)
    return Candidate(one.article_id, stratum, story, one.dup_group or group, one.mentions)
