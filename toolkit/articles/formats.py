"""The formats that articles are read from. Each turns a file, or a piece of one, into rows and findings."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from toolkit.articles.encoding import declared_encoding, decoded
from toolkit.articles.raw import Row
from toolkit.articles.sources import Piece, Source
from toolkit.findings import Finding, Place

# Takes a piece and its encoding (None: UTF-8, or what the file says of itself). May raise OSError.
Format: TypeAlias = Callable[[Piece, str | None], Iterator[Row | Finding]]

LARGEST_FILE = 20_000_000  # bytes of a file that holds one article; what is larger is something else
BATCH = 32  # rows of a Parquet file at a time: a few KB can be made to swell to gigabytes in a thousand
LONGEST_CELL = 2**31 - 1  # of a CSV file, in characters; the largest that every platform takes
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


def plain_text(piece: Piece, encoding: str | None) -> Iterator[Row | Finding]:
    """A text file: one article, called like the file."""
    source = piece.source
    text = _one_article(source, encoding)
    if isinstance(text, Finding):
        yield text
    else:
        yield Row(Place(file=source.name), {"article_id": source.stem, "text": text})


def html_page(piece: Piece, encoding: str | None) -> Iterator[Row | Finding]:
    """A web page: the main text without navigation and comments, and what the page says about itself."""
    source = piece.source
    page = _one_article(source, encoding, declared_encoding)
    if isinstance(page, Finding):
        yield page
        return
    import trafilatura
    from trafilatura.settings import use_config

    config = use_config()
    # Below this size trafilatura falls back to a text without paragraphs, in which words run together.
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    found: Any = trafilatura.bare_extraction(  # `extract` would put the metadata into the text, as a YAML header
        page,
        with_metadata=True,
        include_comments=False,
        # A date that the page states, not one guessed from its text; never one that depends on today's.
        date_extraction_params={"extensive_search": False, "original_date": True, "max_date": "9999-12-31"},
        config=config,
    )
    language = re.search(r"<html\b[^>]*?\slang\s*=\s*[\"']?([a-z]{2})\b", page, re.IGNORECASE)
    row: dict[str, Any] = {"article_id": source.stem, "text": ""}
    if found is not None:
        about = {"title": found.title, "outlet": found.sitename, "url": found.url, "published": found.date}
        row |= {"text": found.text, "language": language[1].lower() if language else "", **about}
    yield Row(Place(file=source.name), row)


def jsonl_rows(piece: Piece, encoding: str | None) -> Iterator[Row | Finding]:
    r"""JSON Lines: an object a line. Only ``\n`` ends a line: U+2028 and its like may stand inside."""
    name = piece.source.name
    for number, line in enumerate(_lines(piece, encoding), start=piece.row):
        place = Place(file=name, line=number)
        if isinstance(line, Finding):
            yield line
            continue
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            message = f"not JSON: {error.msg}" if isinstance(error, json.JSONDecodeError) else f"not JSON: {error}"
            column = error.colno if isinstance(error, json.JSONDecodeError) else 0
            place = Place(file=name, line=number, column=column)
            yield Finding("jsonl-line", place, message, f"correct line {number} of {name}")
            continue
        if isinstance(value, dict):
            yield Row(place, value)
        else:
            yield Finding(
                "jsonl-line", place, "no JSON object", f'write line {number} of {name} as {{"id": …, "text": …}}'
            )


def csv_rows(piece: Piece, encoding: str | None) -> Iterator[Row | Finding]:
    """CSV with a header, its cells divided by commas, semicolons or tabs (whichever divides the header)."""
    name = piece.source.name
    text = decoded(piece.source.read(), name, encoding)
    if isinstance(text, Finding):
        yield text
        return
    csv.field_size_limit(LONGEST_CELL)
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    first = lines.readline()
    delimiter = max(_DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
    lines.seek(0)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header: list[str] = []
    start = 1
    try:
        for cells in reader:
            place = Place(file=name, line=start)
            start = reader.line_num + 1
            if not cells:
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                if "" in header or len(set(header)) < len(header):
                    yield Finding(
                        "csv-header",
                        place,
                        "a column has no name, or two have the same",
                        f"name every column of {name} in its first line, each differently",
                    )
                    return
            elif len(cells) != len(header):
                yield Finding(
                    "csv-row",
                    place,
                    f"{len(cells)} cells in this row, {len(header)} in the header",
                    f'put "quotes" around the cells that hold a {_DELIMITERS[delimiter]} or a newline',
                )
            else:
                yield Row(place, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        yield Finding(
            "csv-row",
            Place(file=name, line=start),
            f"cannot be read from here on: {error}",
            f'close the "quotes" of this row, and double those inside a cell, then run goldkit articles add {name}',
        )


def parquet_rows(piece: Piece, encoding: str | None) -> Iterator[Row | Finding]:
    """Parquet: a row an article; ``line`` of its place is the number of the row."""
    import pyarrow
    import pyarrow.parquet

    name, number = piece.source.name, piece.row - 1
    try:
        with piece.source.open() as opened, pyarrow.parquet.ParquetFile(opened) as file:  # type: ignore[no-untyped-call]
            groups = list(range(piece.start, file.num_row_groups if piece.end is None else piece.end))
            for batch in file.iter_batches(batch_size=BATCH, row_groups=groups):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(Place(file=name, line=number), values)
    except pyarrow.ArrowException as error:
        yield Finding(
            "file-unreadable",
            Place(file=name),
            f"no Parquet file, or a damaged one: {str(error).splitlines()[0]}",
            f"write {name} again",
        )


def _lines(piece: Piece, encoding: str | None) -> Iterator[str | Finding]:
    name = piece.source.name
    if encoding is not None:  # in some encodings the byte of a newline is a part of other characters
        text = decoded(piece.source.read(), name, encoding)
        yield from [text] if isinstance(text, Finding) else text.removeprefix("\ufeff").split("\n")
        return
    offset = piece.start
    with piece.source.open() as file:
        if offset:  # a line belongs to the piece that it begins in
            file.seek(offset - 1)
            offset += len(file.readline()) - 1
        for number, line in enumerate(file, start=piece.row):
            if piece.end is not None and offset >= piece.end:
                return
            text = decoded(line, name, None, line=number, offset=offset)
            yield text if isinstance(text, Finding) or number > 1 else text.removeprefix("\ufeff")
            offset += len(line)


def _one_article(
    source: Source, encoding: str | None, declared: Callable[[bytes], str | None] | None = None
) -> str | Finding:
    size = source.size()
    if size > LARGEST_FILE:
        return Finding(
            "article-too-long",
            Place(file=source.name),
            f"{size:,} bytes in one file are no article",
            "split it into articles, or leave it out",
        )
    data = source.read()
    return decoded(data, source.name, encoding or (declared(data) if declared else None))
