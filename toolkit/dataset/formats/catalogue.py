"""Every format and its writer; one export, from a dataset's folder to a folder of the format's files.

An export leaves ``export.json`` beside its files: what it counted, and the digest of what it wrote. Only a folder that
is still as an export left it is replaced: people do work on in such files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from toolkit.dataset.formats import brat, conll, docred, jsonl, spacy, uima
from toolkit.dataset.formats.document import documents
from toolkit.dataset.formats.names import Target
from toolkit.dataset.formats.part import LINKS, Kind, Part, Writer
from toolkit.dataset.formats.reasons import ACROSS_ARTICLES
from toolkit.dataset.opened import Opened
from toolkit.errors import BadInputError, GoldkitError, UsageError
from toolkit.files import explained, read_json, replacing_folder, write_json

WRITERS: Mapping[Target, Writer] = {
    Target.SPACY: spacy.write,
    Target.CONLL: conll.write,
    Target.BRAT: brat.write,
    Target.JSONL: jsonl.write,
    Target.DOCRED: docred.write,
    Target.UIMA: uima.write,
}
LIBRARIES = {Target.SPACY: "spacy", Target.UIMA: "cassis"}  # the extras are called as the formats are
RECORD = "export.json"

_ROWS: tuple[Kind, ...] = ("documents", "relations", "claims")  # what is a row each, in the config of that name


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where, and what became of everything, by split."""

    target: Target
    source: Path
    folder: Path
    parts: tuple[Part, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "format": self.target.value,
            "from": str(self.source),
            "folder": str(self.folder),
            "splits": [part.as_dict() for part in self.parts],
        }


def export(opened: Opened, target: Target, folder: Path, progress: Callable[[int], None] | None = None) -> Exported:
    """Write a dataset in another format, whole or not at all; an export that stands there is replaced.

    ``progress`` is called with the number of articles that are done since the last call.

    Raises:
        GoldkitError: the format's library is not installed.
        BadInputError: the dataset holds no text.
        UsageError: in ``folder`` are other things than an export, or an export that was changed since.
    """
    library = LIBRARIES.get(target)
    if library and find_spec(library) is None:
        raise GoldkitError(
            f"the format {target} needs {library}, which is not installed", next=f"pip install 'goldkit[{target}]'"
        )
    if not opened.has_text:
        raise BadInputError(
            f"{opened.folder}: a stand-off dataset, and other formats need the articles' texts",
            next=f"goldkit hydrate {opened.folder} YOUR-COPIES --out FOLDER, then goldkit export --from FOLDER",
        )
    _refuse_others(folder)
    parts = tuple(Part(split, documents(opened, split), progress) for split in opened.splits)
    with replacing_folder(folder) as part_folder:
        WRITERS[target](part_folder, opened.ontology, parts)
        for part in parts:
            _require_all(opened, part)
            for config in LINKS:
                part.leave_out(config, ACROSS_ARTICLES, opened.count(config, part.split))
        counted = {"format": target.value, "splits": [part.as_dict() for part in parts]}
        write_json(part_folder / RECORD, counted | {"digest": _digest(part_folder)})
    return Exported(target, opened.folder, folder, parts)


def _require_all(opened: Opened, part: Part) -> None:
    """Raise GoldkitError where not every row of the dataset came, or not all that came is accounted for."""
    part.require_balance()
    for kind in _ROWS:
        if part.came[kind] != (there := opened.count(kind, part.split)):
            raise GoldkitError(
                f"{part.split}: of {there} {kind} in the dataset, {part.came[kind]} were taken",
                next="nothing was written; please report this as a bug of goldkit",
            )


def _refuse_others(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and next(folder.iterdir(), None) is None):
        return
    if not (folder / RECORD).is_file():
        raise UsageError(f"{folder} holds other things than an export, and is not replaced", next="--out OTHER-FOLDER")
    record = read_json(folder / RECORD)
    if not isinstance(record, dict) or record.get("digest") != _digest(folder):
        raise UsageError(
            f"{folder} was changed since it was exported, and is not replaced",
            next="--out OTHER-FOLDER, or move it away",
        )


def _digest(folder: Path) -> str:
    """A digest of the names and bytes of every file in a folder but the record."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / RECORD:
            with explained(path, "read"), path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()
