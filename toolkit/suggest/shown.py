"""Who was shown what: the file that a push leaves, and the suggestions themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from toolkit.annotations.model import Record
from toolkit.articles.model import ArticleId
from toolkit.files import read_jsonl, write_jsonl
from toolkit.project import LAYERS, Layer
from toolkit.settings import parse_settings
from toolkit.suggest.model import Suggestions

FILE = "shown.jsonl"
"""What the file is called, beside the files of the sources."""

Arm = Literal["suggested", "control", "none"]


class Shown(Record):
    """What the annotators of one article were shown.

    ``suggested``: the suggestions of one ``version``; ``control``: none, because the article was drawn to be labelled
    without; ``none``: none, for whatever other reason. ``project`` is the title of the project in Label Studio, and
    ``layers`` are those that it asks for: of other layers nothing is shown there.
    """

    article_id: ArticleId
    arm: Arm
    version: str = ""
    project: str = ""
    layers: tuple[Layer, ...] = LAYERS


def write_shown(path: Path, rows: Iterable[Shown]) -> int:
    """Write one row a line, sorted by article and project; returns how many."""
    ordered = sorted(rows, key=lambda row: (row.article_id, row.project, row.arm, row.version))
    return write_jsonl(path, (row.model_dump(mode="json") for row in ordered))


def load_shown(path: Path) -> tuple[Shown, ...]:
    """Read what ``write_shown`` wrote; nothing where there is no file.

    Raises BadInputError with the file and the line.
    """
    if not path.is_file():
        return ()
    return tuple(parse_settings(Shown, data, f"{path}:{number}") for number, data in read_jsonl(path))


def load_suggestions(folder: Path) -> Iterator[Suggestions]:
    """All suggestions in a folder, file by file. Raises BadInputError with the file and the line."""
    for path in sorted(folder.glob("*.jsonl")):
        if path.name != FILE:
            for number, data in read_jsonl(path):
                yield parse_settings(Suggestions, data, f"{path}:{number}")
