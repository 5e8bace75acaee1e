"""A migration's record: what its dry run found, in ``exports/<project>/migrations/<the plan's digest>[-file]/``.

::

    migration.json              this record
    plan.yaml                   the plan as it was written
    withdrawn-SNAPSHOT.jsonl    every item that the plan withdraws, with the element that it was in
    predictions-SNAPSHOT.jsonl  the predictions that change, as they were: no snapshot holds them
    kept/                       drafts, and annotations newer than the snapshot, as they were before they were changed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from toolkit.files import read_json, read_text, write_json, write_jsonl, write_text
from toolkit.ontology.plan import Plan
from toolkit.settings import parse_settings
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.stages.check import Checked


class Record(BaseModel):
    """Base of the record's parts."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tally(Record):
    """What became of items: ``before`` = kept + moved + together + withdrawn, ``after`` = kept + moved."""

    kept: int = 0
    moved: int = 0
    together: int = 0
    withdrawn: int = 0

    @property
    def before(self) -> int:
        """How many there were."""
        return self.kept + self.moved + self.together + self.withdrawn

    @property
    def after(self) -> int:
        """How many there are."""
        return self.kept + self.moved


class Way(Record):
    """What one step does to one old name."""

    step: str
    old: str
    new: str
    items: Tally


class Person(Record):
    """What becomes of one annotator's work; ``annotations`` are those that change."""

    annotator: str
    annotations: int
    items: Tally


class Uncovered(Record):
    """A name in use that neither the plan nor the new ontology knows, and a page where it is used."""

    name: str
    items: int
    where: str


class Refused(Record):
    """What the new ontology will not take after the move, by the rule that it breaks."""

    rule: str
    name: str
    items: int


class Found(Record):
    """One annotation as the dry run found it: the digests of its result before and after, its age and its page."""

    before: str
    after: str
    updated_at: str
    where: str


class Migration(Record):
    """A dry run, and how far it has been carried out since.

    ``configs`` are the digests of the live label configs by project, ``names`` what they offered: kind, name,
    attribute, control. ``late`` counts the tasks that hold old names although the plan was carried out.
    """

    plan: str
    versions: tuple[str, str]
    ontology_sha256: str
    state: Literal["planned", "begun", "done"] = "planned"
    late: int = 0
    snapshot: str
    configs: dict[str, str] = {}
    names: tuple[tuple[str, str, str, str], ...] = ()
    items: Tally
    ways: tuple[Way, ...]
    people: tuple[Person, ...]
    uncovered: tuple[Uncovered, ...]
    refused: tuple[Refused, ...]
    predictions: int = 0
    drafts: int = 0
    annotations: dict[str, Found]

    @property
    def changing(self) -> int:
        """How many annotations change."""
        return sum(one.before != one.after for one in self.annotations.values())

    def as_dict(self) -> dict[str, Any]:
        """The record as plain JSON values, without what only the program needs."""
        shown = self.model_dump(mode="json", exclude={"annotations", "names", "configs", "ontology_sha256"})
        return shown | {"annotations": len(self.annotations), "changing": self.changing}


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a migration. Where something is ``changed`` or ``unread``, nothing was done.

    Attributes:
        migration: its record.
        snapshot: what was pulled when all was done; empty where there was nothing to do.
        changed: what is not as the dry run found it, each with its page.
        unread: pages of tasks with drafts that the user of the token may not read.
        written: how many annotations, predictions and drafts were changed now.
        meanwhile: pages of annotations that people made, changed or deleted since the dry run.
        items: how many items there are now.
        checked: what the checks say of the new snapshot.
        gold: how many articles have gold, where there was gold before.
    """

    migration: Migration
    snapshot: str = ""
    changed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    written: dict[str, int] = field(default_factory=dict)
    meanwhile: tuple[str, ...] = ()
    items: int = 0
    checked: Checked | None = None
    gold: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            **self.migration.as_dict(),
            "new_snapshot": self.snapshot,
            "changed": list(self.changed),
            "unread": list(self.unread),
            "written": self.written,
            "meanwhile": list(self.meanwhile),
            "items_now": self.items,
            "check": self.checked.as_dict() if self.checked else None,
            "gold": self.gold,
        }


@dataclass(frozen=True, slots=True)
class Folder:
    """Where one plan's migration is kept."""

    path: Path

    @classmethod
    def of(cls, workspace: Workspace, plan: Plan, *, file: bool = False) -> Folder:
        """The folder of a plan; one of its own for annotations that came as a ``file``."""
        return cls(workspace.exports / "migrations" / (f"{plan.digest}-file" if file else plan.digest))

    def load(self) -> Migration | None:
        """The record; None where there was no dry run."""
        path = self.path / "migration.json"
        return parse_settings(Migration, read_json(path), path) if path.is_file() else None

    def save(self, migration: Migration) -> Migration:
        """Write the record."""
        write_json(self.path / "migration.json", migration.model_dump(mode="json"))
        return migration

    def save_plan(self, path: Path) -> None:
        """Keep the plan as it was written."""
        write_text(self.path / "plan.yaml", read_text(path))

    def save_rows(self, name: str, snapshot: str, rows: Iterable[Any]) -> None:
        """Keep what a dry run says of single items. One that is made half-way does not overwrite the one before."""
        write_jsonl(self.path / f"{name}-{snapshot}.jsonl", rows)

    def keep(self, name: str, content: Any) -> None:
        """Keep something before it is changed; only once, for the first is what it was."""
        path = self.path / "kept" / f"{name}.json"
        if not path.exists():
            write_json(path, content)

    def kept_drafts(self) -> Iterator[Any]:
        """The drafts that were kept."""
        for path in sorted((self.path / "kept").glob("draft-*.json")):
            yield read_json(path)
