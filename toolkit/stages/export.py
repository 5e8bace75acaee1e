"""A dataset in other tools' formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import UsageError
from toolkit.stages.talk import Bar, no_bar
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.formats.catalogue import Exported
    from toolkit.dataset.formats.names import Target


def export(target: Target, *, source: Path | None = None, out: Path | None = None, bar: Bar = no_bar) -> Exported:
    """Write the workspace's dataset, or the one in ``source``, in another format.

    Without ``out`` it goes to ``exports/<project>/formats/<version>/<format>``. With ``source`` no workspace is needed.

    Raises UsageError where ``source`` is given without ``out``; what is wrong with the two, as ``catalogue.export``.
    """
    from toolkit.dataset.formats.catalogue import export as writing
    from toolkit.dataset.opened import open_dataset

    if source is None:
        workspace = Workspace.find()
        version = workspace.project.dataset.version
        source = workspace.dataset(version)
        out = out or workspace.exports / "formats" / version / target.value
    if out is None:
        raise UsageError(
            f"where to, with the dataset of {source}?",
            next=f"goldkit export --to {target} --from {source} --out FOLDER",
        )
    opened = open_dataset(source)
    with bar(f"writing {target}", opened.count("documents")) as advance:
        return writing(opened, target, out, advance)
