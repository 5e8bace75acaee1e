"""A plan carried out on annotations that came as a file: a new snapshot is derived, the old one stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.annotations.grammar import IGNORED
from toolkit.files import write_json, write_text
from toolkit.ontology.load import load_ontology
from toolkit.ontology.plan import Plan, names_of
from toolkit.ontology.plan_checks import check_from, check_names
from toolkit.stages.check import read_snapshot
from toolkit.stages.migration import Applied, Folder, Migration
from toolkit.stages.survey import Survey, annotator_names
from toolkit.studio import snapshots
from toolkit.studio.snapshots import Manifest, Snapshot
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.collect import Received

EXPORT, MAPPING = "export.json", "mapping.yaml"


def counts_for(migration: Migration, export: Snapshot) -> bool:
    """Whether a migration is that of this export: the one that it began with, or the one that it made."""
    return export.folder.name == migration.snapshot or export.manifest.plan == migration.plan


def dry_run(workspace: Workspace, path: Path, plan: Plan, export: Snapshot) -> Migration:
    """Move an export's annotations on paper, write them as the export that they would be, and record that.

    Raises BadInputError where the snapshot does not hold the ontology that it was taken with, or the plan does not fit.
    """
    folder = Folder.of(workspace, plan, file=True)
    earlier = folder.load()
    if earlier is not None and earlier.state == "done" and counts_for(earlier, export):
        return earlier
    old = load_ontology(export.ontology)
    check_from(path, plan, old.version, f"the ontology of the snapshot {export.folder.name}")
    survey = Survey(plan)
    annotator_of = annotator_names(workspace, export)
    tasks: list[Any] = []

    def note(received: Received) -> Received:
        """Enter a task, which is in the old ontology's names here, whatever the export's own are."""
        number = len(tasks) + 1
        tasks.append(_moved(received.task, f"{number}", f"{export.manifest.export}, task {number}"))
        return received

    def _moved(task: Any, id: str, where: str) -> Any:
        if not isinstance(task, dict) or not isinstance(task.get("annotations"), list):
            return task
        annotations = []
        for number, one in enumerate(task["annotations"], start=1):
            if isinstance(one, dict) and isinstance(one.get("result"), list):
                ignored = [element for element in one["result"] if _is_ignored(element)]
                ours = {**one, "result": [element for element in one["result"] if not _is_ignored(element)]}
                moved = survey.annotation(f"{id}/{number}", ours, annotator_of(one.get("completed_by")), where)
                one = {**one, "result": [*moved, *ignored]}
            annotations.append(one)
        return {**task, "annotations": annotations}

    read_snapshot(workspace, export, note, schema=old)
    known = names_of(old) if old.version != plan.file.to else {}  # taken with the new one: nobody knows the old names
    check_names(path, plan, known, survey.before)
    write_json(folder.path / EXPORT, tasks)
    write_text(folder.path / MAPPING, f'controls: {{"{IGNORED}": ignore}}\n')
    folder.save_plan(path)
    folder.save_rows("withdrawn", export.folder.name, survey.withdrawn)
    files = {name: found for name in (EXPORT, MAPPING) if (found := snapshots.digest(folder.path / name))}
    derived = Snapshot(folder.path, Manifest(created="", export=EXPORT, mapping=MAPPING, files=files))
    return folder.save(survey.migration(workspace, export.folder.name, read_snapshot(workspace, derived), known))


def apply(workspace: Workspace, plan: Plan, migration: Migration, export: Snapshot) -> Applied:
    """Make the export that the dry run wrote the newest snapshot, where a run that was stopped has not done so."""
    if migration.state == "done":
        return Applied(migration)
    folder = Folder.of(workspace, plan, file=True)
    made = export
    if export.manifest.plan != plan.digest:
        made = snapshots.keep_file(
            workspace.snapshots,
            folder.path / EXPORT,
            folder.path / MAPPING,
            workspace.ontology,
            derived_from=export.folder.name,
            plan=plan.digest,
        )
    written = {"annotations": migration.changing}
    return Applied(migration, snapshot=made.folder.name, written=written, items=migration.items.after)


def _is_ignored(element: Any) -> bool:
    return isinstance(element, dict) and element.get("from_name") == IGNORED
