"""A real Ray cluster of two workers on this machine, once for all of these tests."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pipeline.program import environment, process
from sampled import sample_workspace

from engine.corpus import corpus, outcome, workspace
from engine.test_near_shards import articles
from engine.test_tables import THREE, built
from engine.work import Killer, Marked, die, refuse_three, square
from toolkit.articles.near.copies import find_copies
from toolkit.cluster import Ray
from toolkit.dataset import shards
from toolkit.engine import EngineError
from toolkit.errors import WorkspaceError
from toolkit.project import GroupingSettings
from toolkit.stages.ingest import add_articles

# Not imported here: our own code does that, when it has told Ray to stay on this machine.
pytestmark = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is an extra")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Ray]:
    before = dict(os.environ)
    os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)  # for the workers
    try:
        with Ray(workers=2) as running:
            yield running
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_what_comes_back(cluster: Ray) -> None:
    assert list(cluster.map(square, range(5))) == [0, 1, 4, 9, 16]
    with pytest.raises(WorkspaceError, match="no 3") as caught:
        list(cluster.map(refuse_three, range(9)))
    assert caught.value.next == "take another number"


def test_the_store_is_the_same_to_the_byte(cluster: Ray, tmp_path: Path) -> None:
    news = corpus(tmp_path / "news")
    ours, theirs = workspace(tmp_path / "ours"), workspace(tmp_path / "theirs")
    expected = outcome(ours, add_articles(ours, [news], shard_bytes=1000))
    assert outcome(theirs, add_articles(theirs, [news], shard_bytes=1000, engine=cluster)) == expected


def test_the_dataset_is_the_same(cluster: Ray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = sample_workspace(tmp_path / "w", **THREE)
    expected = built(sample)
    monkeypatch.setattr(shards, "SHARD", 3)
    assert built(sample, cluster) == expected


def test_the_copies_are_the_same(cluster: Ray, tmp_path: Path) -> None:
    made = articles()
    found = find_copies(made, GroupingSettings(), engine=cluster, folder=tmp_path, shard=15)
    assert found == find_copies(made, GroupingSettings())
    assert found.pairs


def test_a_worker_that_is_killed_costs_its_shard_and_no_other(
    cluster: Ray, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    news, marks = corpus(tmp_path / "news"), tmp_path / "marks"
    marks.mkdir()
    ours, theirs = workspace(tmp_path / "ours"), workspace(tmp_path / "theirs")
    engine, killer = Marked(cluster, marks, victim="1.4"), Killer(marks, victim="1.4")
    expected = outcome(ours, add_articles(ours, [news], shard_bytes=1000))
    killer.start()
    assert outcome(theirs, add_articles(theirs, [news], shard_bytes=1000, engine=engine)) == expected
    killer.join()
    begun = engine.begun()
    assert killer.killed
    assert (len(begun) > 10, begun["1.4"], {times for name, times in begun.items() if name != "1.4"}) == (True, 2, {1})
    assert capfd.readouterr() == ("", "")


def test_a_shard_that_kills_its_workers_is_given_up(cluster: Ray) -> None:
    with pytest.raises(EngineError, match="given up after 3 attempts") as caught:
        list(cluster.map(die, [1]))
    assert "ray status" in caught.value.next


def test_nobody_else_can_reach_it(cluster: Ray) -> None:
    listening: list[str] = []
    told: set[str | None] = set()
    for one in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # idle workers come and go
            told.add(one.environ().get("RAY_USAGE_STATS_ENABLED"))
            listening += [it.laddr.ip for it in one.net_connections() if it.status == psutil.CONN_LISTEN]
    assert len(listening) > 3
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}
    assert told - {None} == {"0"}  # some write their title over their environment


def test_the_command_takes_the_address_of_a_cluster(cluster: Ray, tmp_path: Path) -> None:
    import ray

    news, made, ours = corpus(tmp_path / "news"), workspace(tmp_path / "w"), workspace(tmp_path / "ours")
    expected = outcome(ours, add_articles(ours, [news]))
    address = ray.get_runtime_context().gcs_address
    result = process("articles", "add", "../news", "--engine", f"ray={address}", cwd=made.root)
    assert (result.returncode, result.stderr) == (3, "")
    assert made.articles.read_bytes() == expected[0]
    assert list(cluster.map(square, [3])) == [9]  # it is not the command's to end


def test_a_cluster_of_its_own_is_gone_in_the_end(tmp_path: Path) -> None:
    news, made = corpus(tmp_path / "news"), workspace(tmp_path / "w")
    with tempfile.TemporaryDirectory(prefix="gk-") as folder:  # a short path, for Ray's sockets
        env = environment(TMPDIR=folder)
        result = process("articles", "add", news, "--engine", "ray", cwd=made.root, env=env)
        assert (result.returncode, result.stderr) == (3, "")
        assert made.articles.is_file()
        assert not list(Path(folder).iterdir())
        assert not [one for one in psutil.process_iter(["cmdline"]) if folder in " ".join(one.info["cmdline"] or [])]
