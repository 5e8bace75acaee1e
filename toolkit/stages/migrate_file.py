"""A plan carried out on annotations that came as a file: a new snapshot is derived, the old one stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from toolkit.annotations.grammar import IGNORED, Grammar, well_formed
from toolkit.annotations.mapping import ExportMapping, translate
from toolkit.files import load_yaml, read_json, write_json, write_text
from toolkit.ontology.plan import Plan
from toolkit.ontology.plan_checks import check_names
from toolkit.stages.check import read_snapshot
from toolkit.stages.migration import Applied, Folder, Migration
from toolkit.stages.survey import Survey, annotator_names
from toolkit.studio import snapshots
from toolkit.studio.snapshots import Manifest, Snapshot
from toolkit.workspace import Workspace, parse_settings

EXPORT, MAPPING = "export.json", "mapping.yaml"


def counts_for(migration: Migration, export: Snapshot) -> bool:
    """Whether a migration is that of this export: the one that it began with, or the one that it made."""
    return export.folder.name == migration.snapshot or export.manifest.plan == migration.plan


def dry_run(workspace: Workspace, path: Path, plan: Plan, export: Snapshot) -> Migration:
    """Move an export's annotations on paper, write the export as it would be, and record that.

    The new export is in our names, so of its mapping only that is left which says where text and article are.
    """
    folder = Folder.of(workspace, plan)
    earlier = folder.load()
    if earlier is not None and earlier.state == "done" and counts_for(earlier, export):
        return earlier
    mapping = ExportMapping()
    if export.manifest.mapping:
        file = export.file(export.manifest.mapping)
        mapping = parse_settings(ExportMapping, load_yaml(file) or {}, file)
    survey = Survey(plan)
    tasks = _moved(export, mapping, survey, workspace)
    # The control of a label is found by its name when the new export is read, so here it says nothing.
    check_names(path, plan, None, {ref: "" if ref.kind == "label" else at for ref, at in survey.before.items()})
    write_json(folder.path / EXPORT, tasks)
    left = mapping.model_dump(include={"text", "article_id"}) | {"controls": {IGNORED: "ignore"}}
    write_text(folder.path / MAPPING, yaml.safe_dump(left, allow_unicode=True))
    folder.save_plan(path)
    folder.save_rows("withdrawn", export.folder.name, survey.withdrawn)
    files = {name: found for name in (EXPORT, MAPPING) if (found := snapshots.digest(folder.path / name))}
    derived = Snapshot(folder.path, Manifest(created="", export=EXPORT, mapping=MAPPING, files=files))
    collected = read_snapshot(workspace, derived)
    return folder.save(survey.migration(workspace, export.folder.name, collected, {}))


def apply(workspace: Workspace, plan: Plan, migration: Migration, export: Snapshot) -> Applied:
    """Make the export that the dry run wrote the newest snapshot."""
    if migration.state == "done" or export.manifest.plan == plan.digest:
        return Applied(migration)
    folder = Folder.of(workspace, plan)
    kept = snapshots.keep_file(
        workspace.snapshots,
        folder.path / EXPORT,
        folder.path / MAPPING,
        workspace.ontology,
        derived_from=export.folder.name,
        plan=plan.digest,
    )
    written = {"annotations": migration.changing}
    return Applied(migration, snapshot=kept.folder.name, written=written, items=migration.items.after)


def _moved(export: Snapshot, mapping: ExportMapping, survey: Survey, workspace: Workspace) -> list[Any]:
    """The export's tasks as they would be."""
    annotator_of = annotator_names(workspace, export)
    grammar = Grammar(survey.plan.ontology)
    tasks = []
    for number, task in enumerate(well_formed(read_json(export.file(export.manifest.export))), start=1):
        key = "annotations" if isinstance(task, dict) and task.get("annotations") is not None else "completions"
        if not isinstance(task, dict) or not isinstance(task.get(key), list):
            tasks.append(task)
            continue
        where = f"{export.manifest.export}, task {task.get('id', number)}"
        annotations = []
        for at, one in enumerate(task[key], start=1):
            if isinstance(one, dict) and isinstance(one.get("result"), list):
                ours = {**one, "result": [translate(element, mapping, grammar) for element in one["result"]]}
                by = annotator_of(one.get("completed_by", one.get("created_username")))
                one = {**one, "result": survey.annotation(f"{number}/{at}", ours, by, where)}
            annotations.append(one)
        tasks.append({**task, key: annotations})
    return tasks
