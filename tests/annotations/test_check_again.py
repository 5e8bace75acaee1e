"""The check of a snapshot: the files that the codec alone would write, and no work where all is done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sampled import sample_workspace

from toolkit.annotations import pages
from toolkit.annotations.store import write
from toolkit.errors import BadInputError, WorkspaceError
from toolkit.files import write_json
from toolkit.stages.check import check, read_snapshot
from toolkit.stages.checkmark import NAME
from toolkit.studio.snapshots import latest
from toolkit.workspace import Workspace

from .snapshots import keep, sample_tasks


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample annotators' work as a snapshot of three pages, some of it broken."""
    workspace = sample_workspace(tmp_path_factory.mktemp("again") / "work")
    tasks = sample_tasks(workspace)
    for number, work in enumerate(work for task in tasks for work in task["annotations"]):
        if number % 4 == 0:
            work["result"][0]["value"]["end"] += 10_000
        elif number % 4 == 1:
            work["result"].append({"type": "relation", "from_id": "<b>", "to_id": "\u2028", "labels": ["“é”\n"]})
    third = len(tasks) // 3
    keep(workspace, [tasks[:third], tasks[third : 2 * third], tasks[2 * third :]])
    workspace.annotations.unlink()
    return workspace.root


@pytest.fixture
def workspace(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("GOLDKIT_PSEUDONYM_KEY", "the key of these tests")
    shutil.copytree(made, tmp_path / "work")
    return Workspace(tmp_path / "work")


def files(workspace: Workspace) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (workspace.annotations, workspace.rejected, workspace.findings)}


def when(workspace: Workspace) -> list[int]:
    return [path.stat().st_ino for path in (workspace.annotations, workspace.rejected, workspace.findings)]


def test_what_is_written_is_what_the_codec_writes(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    collected = read_snapshot(workspace, latest(workspace.snapshots))
    write(collected, workspace)
    expected = files(workspace)
    write_json(workspace.exports / "expected.json", [finding.as_dict() for finding in collected.findings])
    assert expected["findings.json"] == (workspace.exports / "expected.json").read_bytes()
    assert {row.rule for row in collected.rejected} >= {"offset-out-of-range", "dangling-relation"}
    for path in (workspace.annotations, workspace.rejected, workspace.findings):
        path.unlink()
    monkeypatch.setattr(pages, "SHARD", 1)  # a shard a page: their runs have to be merged
    checked = check(workspace)
    assert files(workspace) == expected
    assert checked.collected == collected
    assert checked.findings == collected.findings
    assert checked.written.records == len(collected.annotations)
    assert not list(workspace.exports.glob(".*"))  # no scratch


def test_where_nothing_is_found_the_file_is_an_empty_list(workspace: Workspace) -> None:
    keep(workspace, [[task | {"annotations": []} for task in sample_tasks_again(workspace)]], "20310315T120000Z")
    assert check(workspace).findings == ()
    assert (workspace.findings.read_text(), workspace.annotations.read_text()) == ("[]\n", "")


def sample_tasks_again(workspace: Workspace) -> list[dict[str, Any]]:
    page = next(workspace.snapshots.glob("*/project-1/*.json"))
    tasks: list[dict[str, Any]] = json.loads(page.read_bytes())["tasks"]
    return tasks


def test_what_is_done_is_not_done_again(workspace: Workspace) -> None:
    first = check(workspace)
    before = when(workspace)
    again = check(workspace, unless_done=True)
    assert when(workspace) == before
    assert again == first
    check(workspace)
    assert all(now != then for now, then in zip(when(workspace), before, strict=True))


def _edit(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


CHANGES: dict[str, Callable[[Workspace, pytest.MonkeyPatch], object]] = {
    "an output edited": lambda workspace, _: _edit(workspace.annotations),
    "an output lost": lambda workspace, _: workspace.rejected.unlink(),
    "another ontology": lambda workspace, _: _edit(workspace.ontology),
    "another store": lambda workspace, _: workspace.articles.write_bytes(
        b"".join(workspace.articles.read_bytes().splitlines(keepends=True)[:-1])
    ),
    "another key": lambda _, patch: patch.setenv("GOLDKIT_PSEUDONYM_KEY", "another key"),
    "another goldkit": lambda _, patch: patch.setattr("toolkit.__version__", "99.0.0"),
    "no mark": lambda workspace, _: workspace.findings.with_name(NAME).unlink(),
    "a broken mark": lambda workspace, _: workspace.findings.with_name(NAME).write_text('{"inputs": '),
    "a strange mark": lambda workspace, _: workspace.findings.with_name(NAME).write_text("[1]"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=[name.replace(" ", "-") for name in CHANGES])
def test_whatever_changed_is_checked_again(
    change: Callable[[Workspace, pytest.MonkeyPatch], object], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(workspace)
    change(workspace, monkeypatch)
    before = workspace.findings.stat().st_ino
    check(workspace, unless_done=True)
    assert workspace.findings.stat().st_ino != before
    now = files(workspace)
    check(workspace)
    assert files(workspace) == now


def test_the_mark_tells_nothing_of_the_key(workspace: Workspace) -> None:
    check(workspace)
    assert "the key of these tests" not in workspace.findings.with_name(NAME).read_text()


def test_a_page_that_was_edited_is_refused_and_the_old_files_stay(workspace: Workspace) -> None:
    check(workspace)
    before = files(workspace)
    _edit(next(workspace.snapshots.glob("*/project-1/*.json")))
    with pytest.raises(BadInputError, match="is not what was pulled"):
        check(workspace)
    next(workspace.snapshots.glob("*/project-1/*.json")).unlink()
    with pytest.raises(BadInputError, match="is not what was pulled"):
        check(workspace)
    assert files(workspace) == before
    assert not list(workspace.exports.glob(".*"))


def test_a_store_that_was_edited_is_refused(workspace: Workspace) -> None:
    whole = workspace.articles.read_bytes()
    for broken in (whole.replace(b"the", b"The", 1), whole + whole.splitlines(keepends=True)[0], whole + b"{}\n"):
        workspace.articles.write_bytes(broken)
        with pytest.raises(BadInputError, match="not as goldkit wrote it"):
            check(workspace)
    workspace.articles.unlink()
    with pytest.raises(WorkspaceError, match="no articles yet"):
        check(workspace)
