"""The frozen texts of a store, read one at a time: where each article's line is, and that line when it is asked for.

For stages that go through more articles than fit into memory. What a whole article is, and what is wrong with a line,
only ``store`` says: where a line here is not as goldkit wrote it, the store is loaded, for its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from toolkit.articles.model import text_digest
from toolkit.articles.store import load
from toolkit.errors import BadInputError
from toolkit.files import explained


class Line(NamedTuple):
    """Where a line lies in the store, in bytes."""

    start: int
    length: int


class FrozenText(msgspec.Struct, frozen=True, gc=False):
    """As much of an article as offsets need; its digest was verified."""

    article_id: str
    text: str
    text_sha256: str


class _Named(msgspec.Struct, gc=False):
    article_id: str


class _NamedLine(msgspec.Struct, gc=False):
    article: _Named


class _TextLine(msgspec.Struct, gc=False):
    article: FrozenText


# UnicodeDecodeError is a ValueError
_BROKEN = (msgspec.MsgspecError, ValueError, RecursionError)


def index(path: Path) -> dict[str, Line]:
    """The lines of a store by article id. Raises what ``store.load`` raises."""
    if not path.exists():
        load(path)
    lines: dict[str, Line] = {}
    decoder, start = msgspec.json.Decoder(_NamedLine), 0
    with explained(path, "read"), path.open("rb") as file:
        for line in file:
            try:
                article_id = decoder.decode(line).article.article_id
            except _BROKEN:
                raise _broken(path) from None
            if article_id in lines:
                raise _broken(path)
            lines[article_id] = Line(start, len(line))
            start += len(line)
    return lines


class Texts(Mapping[str, FrozenText]):
    """The texts of some articles of a store. The one that was asked for last is remembered, no other."""

    def __init__(self, path: Path, lines: Mapping[str, Line]) -> None:
        self.path = path
        self.lines = lines
        self._decoder = msgspec.json.Decoder(_TextLine)
        self._last: FrozenText | None = None
        with explained(path, "read"):
            self._file = path.open("rb")

    def __getitem__(self, article_id: str) -> FrozenText:
        """One article. Raises KeyError, and BadInputError where its line is not what goldkit wrote."""
        if self._last is None or self._last.article_id != article_id:
            self._last = self._read(article_id, self.lines[article_id])
        return self._last

    def __contains__(self, article_id: object) -> bool:
        """Whether it is one of them; nothing is read."""
        return article_id in self.lines

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _read(self, article_id: str, line: Line) -> FrozenText:
        with explained(self.path, "read"):
            self._file.seek(line.start)
            content = self._file.read(line.length)
        try:
            found = self._decoder.decode(content).article
        except _BROKEN:
            raise _broken(self.path) from None
        if found.article_id != article_id or text_digest(found.text) != found.text_sha256:
            raise _broken(self.path)
        return found


def _broken(path: Path) -> BadInputError:
    """What the store says about itself; where it finds nothing, it changed while it was read."""
    load(path)
    return BadInputError(f"{path} changed while it was read", next="run the same command again")
