"""The files that articles are read from: on this machine's disks, or at an fsspec address; and their parts.

Where a file is read is not said by its name alone: a worker has another current folder, and the names that findings
show hold nothing that may be a credential.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from toolkit import addresses
from toolkit.errors import BadInputError
from toolkit.files import unread
from toolkit.findings import Finding, Place

_LOCAL = ("file", "local")
_MARK = "://"
_REASONS = {"ValueError": "fsspec knows no such kind of address", "ImportError": "the package for it is not installed"}


@dataclass(frozen=True, slots=True)
class Source:
    """A file: what it is called, where it is, and on which fsspec file system (None: this machine's)."""

    name: str
    path: str
    system: Any = None

    @property
    def stem(self) -> str:
        """The file's name without its suffix."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """The suffix, in lower case."""
        return PurePosixPath(self.name).suffix.lower()

    def size(self) -> int:
        """How many bytes it has. Raises OSError."""
        if self.system is None:
            return Path(self.path).stat().st_size
        with _in_our_words():
            return int(self.system.size(self.path) or 0)

    def open(self) -> BinaryIO:
        """The file, to be read from. It, and all that is done with it, may raise OSError."""
        if self.system is None:
            return Path(self.path).open("rb")
        with _in_our_words():
            return cast(BinaryIO, io.BufferedReader(_Elsewhere(self.system.open(self.path, "rb"))))

    def read(self) -> bytes:
        """All of it. Raises OSError."""
        with self.open() as file:
            return file.read()


@dataclass(frozen=True, slots=True)
class Piece:
    """A source, or a part of one: the lines that begin in these bytes, or these row groups; and its first row's number.

    ``end`` None is the end of the file.
    """

    source: Source
    start: int = 0
    end: int | None = None
    row: int = 1


def sources(address: str | Path) -> Iterator[Source | Finding]:
    """The files of a path or an fsspec address, sorted; a finding for each that is not to be read.

    Raises BadInputError where there is nothing, or no way there.
    """
    if _MARK not in str(address):
        yield from _here(Path(address))
        return
    from fsspec.core import url_to_fs  # type: ignore[import-untyped, unused-ignore]

    name = shown(address)
    try:
        with _in_our_words():
            system, root = url_to_fs(str(address))
            local = str(address).partition(_MARK)[0] in _LOCAL
            found = [root] if local or system.isfile(root) else sorted(system.find(root))
    except OSError as error:
        raise BadInputError(
            f"{name} cannot be read: {_REASONS.get(error.strerror or '', error.strerror)}",
            next="correct the address; fsspec's package for it must be installed (s3fs for s3://), and find your "
            "credentials where it looks for them",
        ) from None
    if local:
        yield from _here(Path(root))
        return
    if not found:
        raise BadInputError(f"{name}: no such file or folder", next="correct the address, then run again")
    for path in found:
        if not any(part.startswith(".") for part in path.removeprefix(root).split("/")):
            yield Source(shown(system.unstrip_protocol(path)), path, system)


def _here(path: Path) -> Iterator[Source | Finding]:
    if not path.exists():
        raise BadInputError(f"{path}: no such file or folder", next="correct the path, then run again")
    if not path.is_dir():
        yield Source(str(path), str(path.absolute()))
        return
    closed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for link in (Path(folder, name) for name in folders if Path(folder, name).is_symlink()):
            yield _left_unread(link, unread(link, path) or "a link to a folder, which is not followed")
        for file in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
            yield _left_unread(file, why) if (why := unread(file, path)) else Source(str(file), str(file.absolute()))
    for error in closed:
        yield _left_unread(Path(error.filename), error.strerror or type(error).__name__)


def _left_unread(file: Path, why: str) -> Finding:
    return Finding(
        "file-unreadable",
        Place(file=str(file)),
        f"not read: {why}",
        f"take it out; or, where you know it and mean it: goldkit articles add {file}",
    )


def shown(address: str | Path) -> str:
    """A path, or an address without what may be a password or a token."""
    scheme, mark, rest = str(address).partition(_MARK)
    return scheme + mark + addresses.shown(rest) if mark else scheme


class _Elsewhere(io.RawIOBase):
    """A file of fsspec's whose errors are OSErrors."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _in_our_words():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        with _in_our_words():
            return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


@contextlib.contextmanager
def _in_our_words() -> Iterator[None]:
    """Whatever goes wrong, as an OSError that names its kind alone.

    Each package has errors of its own, and their words may quote an address with the password in it.
    """
    try:
        yield
    except Exception as error:
        raise OSError(getattr(error, "errno", None) or 0, type(error).__name__) from None
