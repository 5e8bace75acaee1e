"""Read articles from files: plain text, JSON Lines, CSV, Parquet and HTML.

One bad article, or one bad file, does not stop the others: it becomes a finding.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from toolkit.articles import formats
from toolkit.articles.encoding import check_encoding
from toolkit.articles.raw import RawArticle, Row, raw_article
from toolkit.errors import BadInputError
from toolkit.files import unread
from toolkit.findings import Finding, Place

FORMATS: Mapping[str, formats.Format] = {
    ".csv": formats.csv_rows,
    ".htm": formats.html_page,
    ".html": formats.html_page,
    ".jsonl": formats.jsonl_rows,
    ".parquet": formats.parquet_rows,
    ".txt": formats.plain_text,
}


def read(
    paths: Iterable[Path], *, fields: Mapping[str, str] | None = None, encoding: str | None = None
) -> Iterator[RawArticle | Finding]:
    """Read files, and folders with all that is in them (sorted; names that begin with a dot are left alone).

    In a folder, a link that leads out of it, a pipe or a device is a finding; given by itself, it is read.

    Columns of tables that are called like the fields of an Article fill them, all others become its metadata.

    Args:
        paths: Files and folders.
        fields: What columns are to be called, ``{"body": "text"}``.
        encoding: What the files are written in; None: UTF-8, or what a web page says of itself.

    Yields:
        Raw articles, and a finding for everything that is none.

    Raises:
        BadInputError: A path does not exist, or there is nothing to read in all of them.
        UsageError: The encoding is not known.
    """
    paths = list(paths)
    check_encoding(encoding)
    for path in paths:
        if not path.exists():
            raise BadInputError(f"{path}: no such file or folder", next="correct the path, then run again")
    nothing = True
    for file in (file for path in paths for file in _files(path)):
        for row in [file] if isinstance(file, Finding) else _rows(file, encoding):
            nothing = False
            yield row if isinstance(row, Finding) else raw_article(row, fields or {})
    if nothing:
        raise BadInputError(
            f"no articles in {', '.join(map(str, paths)) or 'no paths'}",
            next=f"goldkit articles add PATH (files that end in {', '.join(FORMATS)}, or folders of them)",
        )


def _files(path: Path) -> Iterator[Path | Finding]:
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
            yield _left_unread(file, why) if (why := unread(file, path)) else file


def _left_unread(file: Path, why: str) -> Finding:
    return Finding(
        "file-unreadable",
        Place(file=str(file)),
        f"not read: {why}",
        f"take it out; or, where you know it and mean it: goldkit articles add {file}",
    )


def _rows(file: Path, encoding: str | None) -> Iterator[Row | Finding]:
    place = Place(file=str(file))
    rows = FORMATS.get(file.suffix.lower())
    if rows is None:
        yield Finding(
            "file-type",
            place,
            f"articles are not read from {file.suffix or 'files without a suffix'}",
            f"convert it to one of {', '.join(FORMATS)}, or leave it out",
        )
        return
    try:
        yield from rows(file, encoding)
    except OSError as error:
        yield Finding(
            "file-unreadable",
            place,
            f"cannot be read: {error.strerror or error}",
            f"correct the file or its permissions, then run goldkit articles add {file}",
        )
