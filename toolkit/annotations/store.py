"""The files that the collected annotations are kept in."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.annotations.collect import Collected, Counts
from toolkit.annotations.ledger import Rejected
from toolkit.annotations.model import Annotation
from toolkit.annotations.runs import ORDERS, Runs, merged
from toolkit.errors import BadInputError
from toolkit.files import explained, read_jsonl, replacing, to_json
from toolkit.findings import Finding, Place, Severity
from toolkit.settings import parse_settings
from toolkit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Written:
    """Records, rejected rows and findings as they lie on disk: how many, and the sha256 of each file.

    The files are read when they are asked for; ``load`` gives all of them at once, in memory.
    """

    annotations: Path
    rejected: Path
    findings: Path
    counts: Counts
    records: int
    digests: tuple[str, str, str]

    @property
    def files(self) -> tuple[Path, Path, Path]:
        """Where they lie, in the order of the digests."""
        return self.annotations, self.rejected, self.findings

    @property
    def is_there(self) -> bool:
        """Whether the files are what was written."""
        return all(
            path.is_file() and sha256(path) == digest for path, digest in zip(self.files, self.digests, strict=True)
        )

    def load(self) -> Collected:
        """Everything in the files. Raises BadInputError where they are not what was written."""
        rejected = tuple(Rejected(**row) for _, row in read_jsonl(self.rejected))
        findings = tuple(load_findings(self.findings))
        return Collected(tuple(load_annotations(self.annotations)), rejected, findings, self.counts)


def write(collected: Collected, workspace: Workspace) -> Written:
    """Write ``annotations.jsonl``, ``rejected.jsonl`` and ``findings.json``: the same bytes for the same work."""
    lines = {
        "annotations": (record.model_dump(mode="json") for record in collected.annotations),
        "rejected": (row.as_dict() for row in collected.rejected),
        "findings": (finding.as_dict() for finding in collected.findings),
    }
    as_bytes = {name: (to_json(row).encode() + b"\n" for row in rows) for name, rows in lines.items()}
    return _write(as_bytes, collected.counts, workspace)


def write_merged(runs: Runs, counts: Counts, workspace: Workspace) -> Written:
    """Write the same of sorted runs, without holding them in memory."""
    return _write({name: merged(getattr(runs, name), order) for name, order in ORDERS.items()}, counts, workspace)


def _write(lines: Mapping[str, Iterable[bytes]], counts: Counts, workspace: Workspace) -> Written:
    annotations = _File(workspace.annotations, lines["annotations"])
    rejected = _File(workspace.rejected, lines["rejected"])
    findings = _File(workspace.findings, _listed(lines["findings"]))
    digests = (annotations.sha256, rejected.sha256, findings.sha256)
    return Written(annotations.path, rejected.path, findings.path, counts, annotations.lines, digests)


class _File:
    """A file that was written in one step, its digest and the number of pieces."""

    def __init__(self, path: Path, pieces: Iterable[bytes]) -> None:
        self.path = path
        self.lines = 0
        digest = hashlib.sha256()
        with replacing(path) as part, part.open("wb") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                self.lines += 1
        self.sha256 = digest.hexdigest()


def _listed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """JSON lines as one indented JSON array, as ``files.write_json`` writes it."""
    opened = False
    for line in lines:
        indented = json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True, indent=2).replace("\n", "\n  ")
        yield (",\n  " if opened else "[\n  ").encode() + indented.encode()
        opened = True
    yield b"\n]\n" if opened else b"[]\n"


def sha256(path: Path) -> str:
    """A file's digest."""
    with explained(path, "read"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_annotations(path: Path) -> Iterator[Annotation]:
    """Read what ``write`` wrote, one by one. Raises BadInputError with the file and the line."""
    if not path.is_file():
        raise BadInputError(f"{path}: no such file", next="goldkit pull (it collects the annotations)")
    for number, data in read_jsonl(path):
        yield parse_settings(Annotation, data, Path(f"{path}:{number}"))


def load_findings(path: Path) -> Iterator[Finding]:
    """The same of ``findings.json``, by the lines on which a finding ends."""
    with explained(path, "read"), path.open("rb") as file:
        lines: list[bytes] = []
        for line in itertools.islice(file, 1, None):
            lines.append(line)
            if line.rstrip(b",\n") == b"  }":
                row = json.loads(b"".join(lines).rstrip(b",\n"))
                place = Place(**row.pop("place"))
                yield Finding(**row | {"place": place, "severity": Severity(row["severity"])})
                lines = []
