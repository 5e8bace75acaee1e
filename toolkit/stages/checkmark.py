"""What the last check read and wrote, so that a pull which brought nothing new need not check again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import toolkit
from toolkit.annotations.collect import Counts
from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.annotations.store import Written, sha256
from toolkit.errors import BadInputError, WorkspaceError
from toolkit.files import read_json, write_json
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.studio.snapshots import Snapshot

NAME = "checked.json"


@dataclass(frozen=True, slots=True)
class Checkmark:
    """The input of a check, by digests, and the file beside its findings that remembers it."""

    workspace: Workspace
    inputs: Mapping[str, str]

    @classmethod
    def of(cls, workspace: Workspace, snapshot: Snapshot) -> Checkmark:
        """What a check of this snapshot reads now; the manifest vouches for the files of the snapshot."""
        from toolkit.studio.snapshots import MANIFEST

        inputs = {
            "goldkit": toolkit.__version__,
            "manifest": _digest(snapshot.folder / MANIFEST),
            "ontology": _digest(workspace.ontology),
            "articles": _digest(workspace.articles),
            # A pseudonym tells one key from another, and says no more of it than every record does.
            "pseudonyms": load_pseudonyms(workspace.private).of(""),
        }
        return cls(workspace, inputs)

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return self.workspace.findings.with_name(NAME)

    def kept(self) -> Written | None:
        """What the check of this input wrote, if it is all still there; None where it has to be done."""
        try:
            last = read_json(self.path)
            if last["inputs"] != self.inputs:
                return None
            written = self._written(last)
            return written if written.is_there else None
        except (BadInputError, WorkspaceError, KeyError, TypeError, ValueError):
            return None  # never checked, or not our file

    def keep(self, written: Written) -> None:
        """Remember what was written."""
        data = {
            "inputs": self.inputs,
            "counts": written.counts.as_dict(),
            "records": written.records,
            "outputs": list(written.digests),
        }
        write_json(self.path, data)

    def _written(self, last: Any) -> Written:
        here = self.workspace
        annotations, rejected, findings = last["outputs"]
        digests = (annotations, rejected, findings)
        counts = Counts(**last["counts"])
        return Written(here.annotations, here.rejected, here.findings, counts, int(last["records"]), digests)


def _digest(path: Path) -> str:
    return sha256(path) if path.is_file() else ""  # the check itself says what is missing
