"""The files that the gold is kept in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from toolkit.errors import BadInputError
from toolkit.files import read_jsonl, write_jsonl
from toolkit.gold.model import Gold
from toolkit.settings import parse_settings


def write_gold(path: Path, gold: Iterable[Gold]) -> int:
    """Write one article's gold a line, sorted by article; returns how many."""
    rows = {item.article_id: item.model_dump(mode="json") for item in gold}
    return write_jsonl(path, (row for _, row in sorted(rows.items())))


def load_gold(path: Path) -> tuple[Gold, ...]:
    """Read what ``write_gold`` wrote. Raises BadInputError with the file and the line."""
    if not path.is_file():
        raise BadInputError(f"{path}: no such file", next="goldkit resolve (it settles the votes and writes this file)")
    return tuple(parse_settings(Gold, data, Path(f"{path}:{number}")) for number, data in read_jsonl(path))
