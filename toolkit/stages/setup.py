"""A workspace's beginnings: its configs, and what is generated from them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import UsageError
from toolkit.workspace import SAFE_NAME, Workspace, write_text

if TYPE_CHECKING:
    from toolkit.ontology.model import Ontology


def shipped_configs() -> Path:
    """The default ``configs/``: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def init(folder: Path, name: str) -> list[Path]:
    """Make a workspace in ``folder``; what is there already stays. Returns what was made.

    Raises UsageError where ``name`` cannot be a project's name.
    """
    if not re.fullmatch(SAFE_NAME, name):
        raise UsageError(
            f"{name!r} cannot be a project's name", next="goldkit init --name NAME (letters, digits, . _ -)"
        )
    made: list[Path] = []
    for source in sorted(shipped_configs().iterdir()):
        target = folder / "configs" / source.name
        if not target.exists():
            text = source.read_text(encoding="utf-8")
            if source.name == "project.yaml":
                text = text.replace("name: demo\n", f"name: {name}\n").replace("goldkit demo", f"goldkit {name}"[:50])
            write_text(target, text)
            made.append(target)
    (folder / "exports").mkdir(exist_ok=True)
    return made


def ontology(workspace: Workspace) -> Ontology:
    """The workspace's label schema, checked."""
    from toolkit.ontology.load import load_ontology

    return load_ontology(workspace.ontology)


def compile_schema(workspace: Workspace, *, write: bool = True) -> list[Path]:
    """Bring the files that are generated from the ontology up to date; returns those that were not."""
    from toolkit.annotations.model import Annotation
    from toolkit.ontology.generated import generated

    folder = workspace.ontology.parent
    stale = [
        (folder / name, text)
        for name, text in sorted(generated(ontology(workspace), Annotation).items())
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        if write:
            write_text(path, text)
    return [path for path, _ in stale]
