"""The formats that articles are read from. Each turns a file into rows, one an article, and findings."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from toolkit.articles.encoding import declared_encoding, decoded
from toolkit.articles.raw import Row
from toolkit.findings import Finding, Place

# Takes a file and its encoding (None: UTF-8, or what the file says of itself). May raise OSError.
Format: TypeAlias = Callable[[Path, str | None], Iterator[Row | Finding]]

LARGEST_FILE = 20_000_000  # bytes of a file that holds one article; what is larger is something else
BATCH = 32  # rows of a Parquet file at a time: a few KB can be made to swell to gigabytes in a thousand
LONGEST_CELL = 2**31 - 1  # of a CSV file, in characters; the largest that every platform takes
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


def plain_text(path: Path, encoding: str | None) -> Iterator[Row | Finding]:
    """A text file: one article, called like the file."""
    text = _one_article(path, encoding)
    if isinstance(text, Finding):
        yield text
    else:
        yield Row(Place(file=str(path)), {"article_id": path.stem, "text": text})


def html_page(path: Path, encoding: str | None) -> Iterator[Row | Finding]:
    """A web page: the main text without navigation and comments, and what the page says about itself."""
    page = _one_article(path, encoding, declared_encoding)
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
    row: dict[str, Any] = {"article_id": path.stem, "text": ""}
    if found is not None:
        about = {"title": found.title, "outlet": found.sitename, "url": found.url, "published": found.date}
        row |= {"text": found.text, "language": language[1].lower() if language else "", **about}
    yield Row(Place(file=str(path)), row)


def jsonl_rows(path: Path, encoding: str | None) -> Iterator[Row | Finding]:
    r"""JSON Lines: an object a line. Only ``\n`` ends a line: U+2028 and its like may stand inside."""
    for number, line in enumerate(_lines(path, encoding), start=1):
        place = Place(file=str(path), line=number)
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
            place = Place(file=str(path), line=number, column=column)
            yield Finding("jsonl-line", place, message, f"correct line {number} of {path}")
            continue
        if isinstance(value, dict):
            yield Row(place, value)
        else:
            yield Finding(
                "jsonl-line", place, "no JSON object", f'write line {number} of {path} as {{"id": …, "text": …}}'
            )


def csv_rows(path: Path, encoding: str | None) -> Iterator[Row | Finding]:
    """CSV with a header, its cells divided by commas, semicolons or tabs (whichever divides the header)."""
    text = decoded(path.read_bytes(), path, encoding)
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
            place = Place(file=str(path), line=start)
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
                        f"name every column of {path} in its first line, each differently",
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
            Place(file=str(path), line=start),
            f"cannot be read from here on: {error}",
            f'close the "quotes" of this row, and double those inside a cell, then run goldkit articles add {path}',
        )


def parquet_rows(path: Path, encoding: str | None) -> Iterator[Row | Finding]:
    """Parquet: a row an article; ``line`` of its place is the number of the row."""
    import pyarrow
    import pyarrow.parquet

    number = 0
    try:
        with pyarrow.parquet.ParquetFile(path) as file:  # type: ignore[no-untyped-call]
            for batch in file.iter_batches(batch_size=BATCH):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(Place(file=str(path), line=number), values)
    except pyarrow.ArrowException as error:
        yield Finding(
            "file-unreadable",
            Place(file=str(path)),
            f"no Parquet file, or a damaged one: {str(error).splitlines()[0]}",
            f"write {path} again",
        )


def _lines(path: Path, encoding: str | None) -> Iterator[str | Finding]:
    if encoding is not None:  # in some encodings the byte of a newline is a part of other characters
        text = decoded(path.read_bytes(), path, encoding)
        yield from [text] if isinstance(text, Finding) else text.removeprefix("\ufeff").split("\n")
        return
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            text = decoded(line, path, None, line=number, offset=offset)
            yield text if isinstance(text, Finding) or number > 1 else text.removeprefix("\ufeff")
            offset += len(line)


def _one_article(
    path: Path, encoding: str | None, declared: Callable[[bytes], str | None] | None = None
) -> str | Finding:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        return Finding(
            "article-too-long",
            Place(file=str(path)),
            f"{size:,} bytes in one file are no article",
            "split it into articles, or leave it out",
        )
    data = path.read_bytes()
    return decoded(data, path, encoding or (declared(data) if declared else None))
