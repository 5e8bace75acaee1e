"""Which articles the store has, and some of them, without reading all of them whole: a ninth of the time or less."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

import msgspec

from toolkit.articles.model import Article
from toolkit.articles.store import corrupted, parsed
from toolkit.errors import WorkspaceError
from toolkit.files import explained


class _Key(msgspec.Struct):
    article_id: str
    text_sha256: str


class _Line(msgspec.Struct):
    article: _Key


def read_keys(path: Path) -> dict[str, str]:
    """The text_sha256 of every article by its id, in the order of the ids; texts are not looked at.

    Raises:
        WorkspaceError: There is no store yet.
        BadInputError: A line is not what goldkit wrote there, as far as it was read.
    """
    keys: dict[str, str] = {}
    decoder = msgspec.json.Decoder(_Line)
    for number, line in _lines(path):
        try:
            key = decoder.decode(line).article
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise corrupted(path, number, str(error)) from None
        if key.article_id in keys:
            raise corrupted(path, number, f"{key.article_id} stands twice")
        keys[key.article_id] = key.text_sha256
    return dict(sorted(keys.items()))


def load_some(path: Path, wanted: Container[str]) -> Iterator[Article]:
    """These articles, whole and checked, one at a time, in the order of the file.

    Raises BadInputError where a line is not what goldkit wrote there; that of an article that is not wanted is none
    of these.
    """
    decoder = msgspec.json.Decoder(_Line)
    for number, line in _lines(path):
        if decoder.decode(line).article.article_id in wanted:
            yield parsed(line, path, number).article


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    if not path.exists():
        raise WorkspaceError(f"no articles yet: {path} does not exist", next="goldkit articles add PATH")
    with explained(path, "read"), path.open("rb") as file:
        yield from enumerate(file, start=1)
