"""A workspace's beginnings: its configs, and what is generated from them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import UsageError
from toolkit.files import write_text
from toolkit.settings import SAFE_NAME
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.ontology.model import Ontology


PROJECT_FILE = "project.yaml"
PROSE_FILE = "card.md"

_IGNORED = """\
# Snapshots hold the annotators' addresses; everything else in exports/ can be made from them again.
/exports/
/.goldkit/
"""

_PROJECT = """\
# The project: its name, where its parts are, and the Label Studio projects that people label in.
# Never a secret: tokens come from the environment or from a file in .goldkit/.
name: "{name}"
ontology: configs/ontology.yaml
guidelines: configs/guidelines.md
guidelines_version: 0.1.0   # raise it when what annotators are told changes
cleaning: configs/cleaning.yaml

studio:
  url: ""            # your Label Studio; empty: the embedded one (goldkit studio start)
  projects:          # which screens there are, and which layers each shows
    - title: "goldkit {name}"
      layers: [entities, relations, claims]
      overlap: 1     # how many annotators an article may get
      annotators: []   # whom goldkit assign gives articles to: pseudonyms, as goldkit status --names tells them

dataset:
  version: 0.1.0
  title: "{name}"
  licence: other     # of the dataset; an SPDX id in lower case, as the Hub spells it
  annotations_creators: []   # expert-generated, crowdsourced, machine-generated: who your annotators are
  language_creators: [found]
  creators: []       # who publishes it: names of organisations, "Family, Given" of people
  date: ""           # of the next release, such as 2026-11-22
  splits: {{train: 0.8, validation: 0.1, test: 0.1}}   # shares of articles; stories and near-copies stay together

# What may stand here besides: take the marks before the lines off to use it.
#
# gold:                # docs/agreement.md
#   rule: majority     # or unanimous, dawid-skene, mace: which votes are gold without a person
#
# suggestions:         # docs/suggesting.md
#   control: 0.2       # the share of articles that are always labelled without
#   sources:
#     - name: gold     # goldkit suggest gold
#       kind: carry-over
#
# linking:             # docs/linking.md: the layer across the articles of a story
#   overlap: 1         # how many annotators get a story, or a pair of claims
"""


def shipped_configs() -> Path:
    """The default ``configs/``: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def init(folder: Path, name: str) -> list[Path]:
    """Make a workspace in ``folder``; what is there already stays. Returns what was made.

    Raises UsageError where ``name`` cannot be a project's name.
    """
    from toolkit.dataset.prose import template

    if not re.fullmatch(SAFE_NAME, name):
        raise UsageError(
            f"{name!r} cannot be a project's name",
            next="goldkit init FOLDER --name NAME (letters, digits, . _ and -, 40 at most)",
        )
    own = {PROJECT_FILE: _PROJECT.format(name=name), PROSE_FILE: template()}
    made: list[Path] = []
    shipped = shipped_configs()
    for source in sorted(path for path in shipped.rglob("*") if path.is_file()):
        target = folder / "configs" / source.relative_to(shipped)
        if not target.exists():
            write_text(target, own.get(source.name) or source.read_text(encoding="utf-8"))
            made.append(target)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_text(ignore, _IGNORED)
        made.append(ignore)
    (folder / "exports").mkdir(exist_ok=True)
    return made


def ontology(workspace: Workspace) -> Ontology:
    """The workspace's label schema, checked."""
    from toolkit.ontology.load import load_ontology

    return load_ontology(workspace.ontology)


def compile_schema(workspace: Workspace, *, write: bool = True) -> list[Path]:
    """Bring the files that are generated from the ontology up to date; returns those that were not."""
    out_of_date = stale(ontology(workspace), workspace.ontology.parent)
    for path, text in out_of_date.items():
        if write:
            write_text(path, text)
    return list(out_of_date)


def stale(schema: Ontology, folder: Path) -> dict[Path, str]:
    """The generated files in ``folder`` that are absent or not what the ontology compiles to, and what they should say.

    Raises BadInputError where the ontology takes what the screen needs.
    """
    from toolkit.annotations.model import Annotation
    from toolkit.ontology.generated import generated

    files = {folder / name: text for name, text in sorted(generated(schema, Annotation).items())}
    return {path: text for path, text in files.items() if not path.is_file() or _lines(path) != text.encode()}


def _lines(path: Path) -> bytes:
    return path.read_bytes().replace(b"\r\n", b"\n")  # as git checks out on Windows
