"""``schema diff``, ``schema check --against``: what changes of the ontology break, and whether its version says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import BadInputError, UsageError
from toolkit.files import read_text, shown
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.ontology import change_rules
from toolkit.ontology.changes import Change, Contract
from toolkit.ontology.compare import compare
from toolkit.ontology.consistency import Loc
from toolkit.ontology.labelconfig import generated_from
from toolkit.ontology.load import BESIDE, parse_ontology
from toolkit.ontology.model import Ontology
from toolkit.ontology.places import locate
from toolkit.ontology.verdict import needed, told, version_problems
from toolkit.ontology.versions import Bump, raised
from toolkit.stages.revisions import read_at
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.impact import Impact
    from toolkit.studio.snapshots import Snapshot

NEWEST = "snapshot"
MANIFEST = "manifest.json"  # what tells a snapshot's folder

SNAPSHOT_OF_ANOTHER_VERSION = Rule(
    "snapshot-of-another-version",
    "A snapshot is taken with the ontology that its projects are labelled with.",
    Severity.WARNING,
    "compare with that version, or goldkit push, then goldkit pull",
)
RULES = (*change_rules.RULES, SNAPSHOT_OF_ANOTHER_VERSION)

_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)")


@dataclass(frozen=True)
class Source:
    """An ontology from somewhere.

    ``name`` is for people, ``file`` for places in ``text``; a ``past`` one was kept or committed: nobody edits it.
    """

    name: str
    file: str
    text: str
    past: bool = True
    snapshot: Snapshot | None = None

    @cached_property
    def ontology(self) -> Ontology:
        """The ontology, also where it contradicts itself: that is for ``schema check`` to say."""
        return parse_ontology(self.text, self.file, lenient=True)

    @cached_property
    def place(self) -> Callable[[Loc], Place]:
        """From keys and numbers to a place in the file."""
        return locate(self.text, self.file)


def resolve(workspace: Workspace | None, source: str, own: Path | None = None) -> Source:
    """Find the ontology that a person means.

    ``own`` is the ontology that git is asked for, in the repository that it lies in; by default the workspace's.
    ``source`` can be, and the first that is there counts:

    1. nothing: the workspace's ontology as it is;
    2. ``snapshot``: the newest snapshot;
    3. the path of a file;
    4. the name of one of the workspace's snapshots;
    5. a version, ``0.1.0`` or ``v0.1.0``, of which the workspace has built a dataset (a release);
    6. the path of a snapshot's folder, or of a dataset's;
    7. a git ref, at which ``own`` is meant, or ``REF:path``.

    So a ref that is called like something else is written in full: ``refs/tags/v0.1.0``.

    Raises BadInputError where it is none of them, or no ontology.
    """
    found = _found(workspace, source, own or (workspace.ontology if workspace else None))
    try:
        found.ontology  # noqa: B018 - the error belongs here
    except BadInputError as error:
        next = "compare with a later one: goldkit cannot read this any more" if found.past else error.next
        raise BadInputError(error.message, next=next) from None
    return found


def _found(workspace: Workspace | None, source: str, own: Path | None) -> Source:
    if not source:
        path = _required(workspace, "without NEW").ontology
        return Source(shown(path), shown(path), read_text(path), past=False)
    if source == NEWEST:
        from toolkit.studio.snapshots import latest

        return _of_snapshot(latest(_required(workspace, source).snapshots).folder)
    path = Path(source)
    if path.suffix.lower() == ".xml":
        raise BadInputError(
            f"{source}: a label config has no version, and does not say what a relation joins",
            next=f"goldkit schema import {source} --ontology ONTOLOGY.yaml, and compare that",
        )
    if _is_there(path) and path.is_file():
        return Source(shown(path), shown(path), read_text(path), past=False)
    if workspace and path.name == source:
        if _is_there(workspace.snapshots / source / MANIFEST):
            return _of_snapshot(workspace.snapshots / source)
        version = _VERSION.fullmatch(source)
        if version and _is_there(folder := workspace.dataset(version[1])):
            return _of_release(folder, f"release {version[1]}")
    if _is_there(path / MANIFEST):
        return _of_snapshot(path)
    if _is_there(path / BESIDE):
        return _of_release(path, shown(path))
    if workspace and own and (own == workspace.ontology or own.resolve().is_relative_to(workspace.root)):
        folder = workspace.root
    else:
        folder = own.resolve().parent if own else Path.cwd()
    revision = read_at(folder, source, own)
    return Source(revision.name, revision.name, revision.text)


def _of_snapshot(folder: Path) -> Source:
    from toolkit.studio.snapshots import load

    snapshot = load(folder)
    return Source(f"snapshot {folder.name}", shown(snapshot.ontology), read_text(snapshot.ontology), snapshot=snapshot)


def _of_release(folder: Path, name: str) -> Source:
    file = folder / BESIDE
    if not file.is_file():
        raise BadInputError(
            f"{folder} does not hold the ontology of the dataset", next="goldkit build (writes it anew)"
        )
    return Source(name, shown(file), read_text(file))


def _required(workspace: Workspace | None, what: str) -> Workspace:
    if workspace is None:
        raise UsageError(
            f"{what} needs a workspace, and there is none here", next="give the path to a file, or REF:path"
        )
    return workspace


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long for a name
        return False


@dataclass(frozen=True)
class Comparison:
    """What changed from OLD to NEW; ``impacts`` only where OLD is a snapshot, whose annotations were counted."""

    old: Source
    new: Source
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    impacts: Mapping[Change, Impact] = field(default_factory=dict)

    @property
    def files(self) -> tuple[str, ...]:
        """What was looked at, for reports: the new version's file."""
        return (self.new.name,)

    @property
    def bump(self) -> Bump:
        """What all changes together need."""
        return needed(self.changes)

    @property
    def needs(self) -> str:
        """The lowest version that NEW may have."""
        return raised(self.old.ontology.version, self.bump)

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """For people: the contracts that a change breaks, its rule, the name, and what happened."""
        return [
            (", ".join(change.breaks) or "-", change.rule.id, change.name, self._message(change))
            for change in self.changes
        ]

    @property
    def summary(self) -> str:
        """What was compared and what it comes to, for people."""
        old, new = (f"{side.name}: {side.ontology.name} {side.ontology.version}" for side in (self.old, self.new))
        if not self.changes:
            return f"{old} → {new}\nno change"
        counts = ((one, sum(one in change.breaks for change in self.changes)) for one in Contract)
        broken = ", ".join(f"{count} break{'s' * (count == 1)} the {one}" for one, count in counts if count)
        total = f"{len(self.changes)} change{'s' * (len(self.changes) > 1)}"
        return f"{old} → {new}\n{total}: {broken or 'nothing breaks'}; needs {self.needs} at least"

    def as_dict(self) -> dict[str, Any]:
        """The comparison as plain JSON values."""
        return {
            "old": _told_of(self.old),
            "new": _told_of(self.new),
            "bump": str(self.bump),
            "needs": self.needs,
            "changes": [
                change.as_dict() | ({"touches": self.impacts[change].as_dict()} if change in self.impacts else {})
                for change in self.changes
            ],
            "findings": [finding.as_dict() for finding in self.findings],
        }

    def _message(self, change: Change) -> str:
        return f"{change.message}; {self.impacts[change]}" if change in self.impacts else change.message


def _told_of(side: Source) -> dict[str, str]:
    return {"source": side.name, "ontology": side.ontology.name, "version": side.ontology.version}


def diff(old: str, new: str, workspace: Workspace | None) -> Comparison:
    """Compare two ontologies; see ``resolve`` for what they can be.

    Where OLD is a snapshot, what each change touches is counted in its annotations.

    Raises BadInputError where one of them cannot be found or read.
    """
    return _compared(resolve(workspace, old), resolve(workspace, new), workspace)


def check_against(workspace: Workspace | None, source: str, path: Path | None = None) -> Comparison:
    """Compare an ontology, by default the workspace's, with what it was. Raises BadInputError like ``diff``."""
    new = resolve(workspace, str(path) if path else "")
    return _compared(resolve(workspace, source, path), new, workspace)


def _compared(old: Source, new: Source, workspace: Workspace | None) -> Comparison:
    changes = compare(old.ontology, new.ontology)
    impacts = _impacts(changes, old, old.snapshot, workspace) if old.snapshot else {}
    before, now = old.ontology.version, new.ontology.version
    findings = [
        *version_problems(changes, before, now, new.place(("version",))),
        *_another_version(old),
        *(_finding(change, impacts.get(change), old, new) for change in changes),
    ]
    return Comparison(old, new, changes, tuple(findings), impacts)


def _finding(change: Change, impact: Impact | None, old: Source, new: Source) -> Finding:
    place = (old if change.gone else new).place(change.loc)
    finding = told(change, old.ontology.version, new.ontology.version, place)
    return impact.told(finding, change) if impact else finding


def _impacts(
    changes: tuple[Change, ...], old: Source, snapshot: Snapshot, workspace: Workspace | None
) -> Mapping[Change, Impact]:
    from toolkit.annotations.impact import measure
    from toolkit.stages.check import read_snapshot

    held = read_snapshot(_required(workspace, old.name), snapshot, schema=old.ontology)
    return measure(changes, held.annotations, old.ontology)


def _another_version(old: Source) -> Iterator[Finding]:
    """Whether a snapshot's projects were labelled with another ontology than the workspace had then."""
    if old.snapshot is None:
        return
    ours = (old.ontology.name, old.ontology.version)
    for project in old.snapshot.manifest.projects:
        config = read_text(old.snapshot.file(f"project-{project.id}/label_config.xml"))
        theirs = generated_from(config)
        if theirs and theirs != ours:
            message = f"“{project.title}” was labelled with {' '.join(theirs)}, and {old.name} holds {' '.join(ours)}"
            yield SNAPSHOT_OF_ANOTHER_VERSION.at(old.place(("version",)), message)
