"""Read articles from files: plain text, JSON Lines, CSV, Parquet and HTML.

One bad article, or one bad file, does not stop the others: it becomes a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from toolkit.articles import formats
from toolkit.articles.encoding import check_encoding
from toolkit.articles.raw import RawArticle, Row, raw_article
from toolkit.articles.sources import Piece, Source, shown, sources
from toolkit.errors import BadInputError
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
    paths: Iterable[str | Path], *, fields: Mapping[str, str] | None = None, encoding: str | None = None
) -> Iterator[RawArticle | Finding]:
    """Read files, and folders with all that is in them (sorted; names that begin with a dot are left alone).

    In a folder, a link that leads out of it, a pipe or a device is a finding; given by itself, it is read.

    Columns of tables that are called like the fields of an Article fill them, all others become its metadata.

    Args:
        paths: Files and folders, or addresses of such (``s3://…``) that fsspec knows.
        fields: What columns are to be called, ``{"body": "text"}``.
        encoding: What the files are written in; None: UTF-8, or what a web page says of itself.

    Yields:
        Raw articles, and a finding for everything that is none.

    Raises:
        BadInputError: A path does not exist, or there is nothing to read in all of them.
        UsageError: The encoding is not known.
    """
    paths = list(paths)
    nothing = True
    for file in listed(paths, encoding):
        for row in [file] if isinstance(file, Finding) else read_piece(Piece(file), fields or {}, encoding):
            nothing = False
            yield row
    if nothing:
        raise no_articles(paths)


def listed(paths: Iterable[str | Path], encoding: str | None) -> list[Source | Finding]:
    """The files of all paths, in their order. Raises what ``read`` does before it reads."""
    check_encoding(encoding)
    return [file for path in paths for file in sources(path)]


def no_articles(paths: Iterable[str | Path]) -> BadInputError:
    """What is to be raised where nothing was read."""
    return BadInputError(
        f"no articles in {', '.join(map(shown, paths)) or 'no paths'}",
        next=f"goldkit articles add PATH (files that end in {', '.join(FORMATS)}, or folders of them)",
    )


def read_piece(piece: Piece, fields: Mapping[str, str], encoding: str | None) -> Iterator[RawArticle | Finding]:
    """The articles of a file, or of a part of one."""
    for row in _rows(piece, encoding):
        yield row if isinstance(row, Finding) else raw_article(row, fields)


def _rows(piece: Piece, encoding: str | None) -> Iterator[Row | Finding]:
    source = piece.source
    place = Place(file=source.name)
    rows = FORMATS.get(source.suffix)
    if rows is None:
        yield Finding(
            "file-type",
            place,
            f"articles are not read from {source.suffix or 'files without a suffix'}",
            f"convert it to one of {', '.join(FORMATS)}, or leave it out",
        )
        return
    try:
        yield from rows(piece, encoding)
    except OSError as error:
        yield Finding(
            "file-unreadable",
            place,
            f"cannot be read: {error.strerror or error}",
            f"correct the file or its permissions, then run goldkit articles add {source.name}",
        )
