"""Where a sample was drawn, the dataset is of the sample, and says how it was drawn."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sampled import sample_workspace
from toolkit.dataset.opened import open_dataset
from toolkit.files import write_jsonl
from toolkit.stages.build import build
from toolkit.stages.order import MANIFEST


def test_what_is_neither_drawn_nor_labelled_stays_out(tmp_path: Path) -> None:
    workspace = sample_workspace(tmp_path)
    rows = [json.loads(line) for line in workspace.annotations.read_text(encoding="utf-8").splitlines()]
    write_jsonl(workspace.annotations, (row for row in rows if not row["article_id"].startswith("dam")))
    labelled = {row["article_id"] for row in rows if not row["article_id"].startswith("dam")}
    whole = {row["article_id"] for row in open_dataset(build(workspace).folder).rows("documents")}
    drawn, *others = sorted(whole - labelled)
    assert others

    workspace.sample.write_text(f"chosen: [{drawn}, {min(labelled)}]\n", encoding="utf-8")
    (workspace.exports / MANIFEST).write_text('{"order": "coverage"}', encoding="utf-8")
    folder = build(workspace).folder
    assert {row["article_id"] for row in open_dataset(folder).rows("documents")} == labelled | {drawn}
    assert {row["article_id"] for row in open_dataset(folder).rows("annotations")} == labelled
    sheet = (folder / "DATASHEET.md").read_text(encoding="utf-8")
    assert f"Of {len(whole)} articles at hand 2 were drawn to be labelled, in the order of coverage" in sheet
