"""The dataset is the same bytes, whoever makes its rows, and however the articles are dealt out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pipeline.desk import tree
from pipeline.program import process
from sampled import sample_workspace

from engine.work import Killer, Marked
from toolkit.dataset import shards
from toolkit.dataset.build import Built
from toolkit.dataset.shards import Form, _make
from toolkit.engine import EngineError, Here, Processes
from toolkit.errors import WorkspaceError
from toolkit.stages import setup
from toolkit.stages.build import build
from toolkit.workspace import Workspace

THREE = {"splits": {"train": 0.4, "validation": 0.3, "test": 0.3}}


@pytest.fixture(scope="module", params=["included", "stand-off"])
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, Built, dict[str, bytes]]:
    """A workspace, what was built in it without shards, and all that lies in exports/; the dataset is gone again."""
    workspace = sample_workspace(tmp_path_factory.mktemp("tables") / "w", text=request.param, **THREE)
    return workspace, *built(workspace)


def built(workspace: Workspace, engine: Any = None) -> tuple[Built, dict[str, bytes]]:
    done = build(workspace, engine=engine)
    left = tree(workspace.exports)
    shutil.rmtree(done.folder)
    return done, left


@pytest.mark.parametrize("size", [1, 4, 250])
def test_the_shards_do_not_matter(
    size: int, made: tuple[Workspace, Built, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, done, left = made
    monkeypatch.setattr(shards, "SHARD", size)
    (marks := tmp_path / "marks").mkdir()
    engine = Marked(Processes(1), marks, victim="")
    assert built(workspace, engine) == (done, left)
    assert (len(done.splits), sum(engine.begun().values())) == (3, -(-14 // size))
    assert built(workspace, Here()) == (done, left)


def test_a_process_that_is_killed_costs_time_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = sample_workspace(tmp_path / "w", **THREE)
    expected = built(workspace)
    monkeypatch.setattr(shards, "SHARD", 4)
    (marks := tmp_path / "marks").mkdir()
    engine, killer = Marked(Processes(2), marks, victim="0.1"), Killer(marks, victim="0.1")
    killer.start()
    assert built(workspace, engine) == expected
    killer.join()
    assert (bool(killer.killed), engine.begun()["0.1"]) == (True, 2)


def test_where_nobody_can_do_the_work_nothing_is_written(tmp_path: Path) -> None:
    class Lost:
        def map(self, work: Callable[[Any], Any], shards: Iterable[Any]) -> Iterator[Any]:
            raise EngineError("nobody answers", next="wait")

    workspace = sample_workspace(tmp_path / "w")
    _, before = built(workspace)
    with pytest.raises(EngineError, match="nobody answers"):
        build(workspace, engine=Lost())
    dataset = workspace.dataset(workspace.project.dataset.version).relative_to(workspace.exports).as_posix()
    assert tree(workspace.exports) == {name: it for name, it in before.items() if not name.startswith(dataset)}


def test_a_worker_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    form = Form.of(setup.ontology(sample_workspace(tmp_path / "w")), text=True)
    with pytest.raises(WorkspaceError, match="does not see") as caught:
        _make(form, tmp_path / "elsewhere" / "000000.json")
    assert "--engine processes" in caught.value.next


def test_the_command(tmp_path: Path) -> None:
    workspace = sample_workspace(tmp_path / "w")
    _, expected = built(workspace)
    result = process("build", "--engine", "processes=2", cwd=workspace.root)
    assert (result.returncode, result.stderr) == (0, "")
    assert tree(workspace.exports) == expected
