"""Engines on this machine alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipeline.program import goldkit

from engine.corpus import corpus, outcome, workspace
from engine.work import Killer, Marked, die, refuse_three, square
from toolkit import cluster
from toolkit.cli.engine import chosen
from toolkit.engine import Engine, EngineError, Here, Processes
from toolkit.errors import WorkspaceError
from toolkit.stages.ingest import add_articles


@pytest.mark.parametrize("engine", [Here(), Processes(1), Processes(2)])
def test_what_comes_back(engine: Engine) -> None:
    assert list(engine.map(square, range(5))) == [0, 1, 4, 9, 16]
    done = []
    with pytest.raises(WorkspaceError, match="no 3") as caught:
        done += engine.map(refuse_three, range(9))
    assert caught.value.next == "take another number"


def test_a_process_that_is_killed_costs_no_more_than_what_was_not_handed_back(tmp_path: Path) -> None:
    news, marks = corpus(tmp_path / "news"), tmp_path / "marks"
    marks.mkdir()
    ours, theirs = workspace(tmp_path / "ours"), workspace(tmp_path / "theirs")
    engine = Marked(Processes(2), marks, victim="1.4")
    killer = Killer(marks, victim="1.4")
    killer.start()
    expected = outcome(ours, add_articles(ours, [news], shard_bytes=1000))
    assert outcome(theirs, add_articles(theirs, [news], shard_bytes=1000, engine=engine)) == expected
    killer.join()
    assert killer.killed
    assert engine.begun()["1.4"] == 2


def test_it_is_given_up_in_the_end() -> None:
    with pytest.raises(EngineError, match="killed, 3 times"):
        list(Processes(2).map(die, range(2)))


class TestChoice:
    def test_nobody_chose(self) -> None:
        with chosen("") as engine:
            assert engine is None
        with chosen("here") as engine:
            assert isinstance(engine, Here)

    @pytest.mark.parametrize("name", ["nowhere", "here=2", "processes=", "processes=0", "processes=x", "ray=", "Ray"])
    def test_no_such_engine(self, name: str, tmp_path: Path) -> None:
        made = workspace(tmp_path / "w")
        result = goldkit("articles", "add", corpus(tmp_path / "news"), "--engine", name, cwd=made.root)
        assert (result.returncode, "--engine here" in result.stderr) == (2, True)

    def test_processes(self, tmp_path: Path) -> None:
        made, news = workspace(tmp_path / "w"), corpus(tmp_path / "news")
        result = goldkit("articles", "add", news, "--engine", "processes=2", "--format", "json", cwd=made.root)
        assert result.returncode == 3, result.stderr
        assert '"row-007"' in result.stdout

    def test_ray_is_not_there(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda name: None)
        made = workspace(tmp_path / "w")
        result = goldkit("articles", "add", corpus(tmp_path / "news"), "--engine", "ray", cwd=made.root)
        assert (result.returncode, "pip install 'goldkit[ray]'" in result.stderr) == (1, True)
        assert not made.articles.exists()

    @pytest.mark.parametrize("address", ["nowhere", "head:", ":6379", "head:port"])
    def test_no_address(self, address: str, tmp_path: Path) -> None:
        made = workspace(tmp_path / "w")
        result = goldkit("articles", "add", corpus(tmp_path / "news"), "--engine", f"ray={address}", cwd=made.root)
        assert (result.returncode, "no HOST:PORT" in result.stderr) == (2, True)

    @pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere:1", "ray://127.0.0.1:1"])
    def test_no_cluster_answers(self, address: str, tmp_path: Path) -> None:
        made = workspace(tmp_path / "w")
        result = goldkit("articles", "add", corpus(tmp_path / "news"), "--engine", f"ray={address}", cwd=made.root)
        assert (result.returncode, "ray start --head" in result.stderr) == (1, True)
