"""Reviews and a migration through a proxy that breaks: each task once, each annotation moved once."""

from __future__ import annotations

from pathlib import Path

import pytest
from gold.disputes import works
from pipeline.desk import Desk
from studio.migrations import MOVED, WORK, annotations, label_config, names_offered, next_version, small_desk
from studio.quarrel import make_quarrel

from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

from .conftest import PASSWORD
from .law import carried_out, census, listed, seeds
from .plan import Plan
from .proxy import proxy


@pytest.fixture(scope="module")
def movers(studio: Credentials) -> dict[str, str]:
    """The tokens of those whose work is moved, by name."""
    return {name: add_annotator(studio, f"{name}@moved.faults.example", PASSWORD) for name in ("amina", "boris")}


@pytest.mark.parametrize("seed", seeds(few=1, many=30))
def test_every_open_article_is_queued_once(seed: int, studio: Credentials, tmp_path: Path) -> None:
    quarrel = make_quarrel(tmp_path, studio)
    quarrel.record(works())
    desk = Desk(quarrel.workspace.root, studio, {})
    with proxy(studio.url) as broken:
        for step, often in enumerate((0.3, 0.3)):
            carried_out(desk, broken, Plan(seed * 10 + step, 6, often), "review", "push")
            assert {article_id: len(found) for article_id, found in quarrel.cases().items()} == {"quarrel": 1}
        carried_out(desk, broken, Plan(seed * 10 + 2, 6, 0.3), "review", "pull")


@pytest.mark.parametrize("seed", seeds(few=1, many=30))
def test_every_annotation_is_moved_once(seed: int, studio: Credentials, movers: dict[str, str], tmp_path: Path) -> None:
    desk = small_desk(tmp_path / f"moving-{seed}", studio, movers)
    before = annotations(desk)
    assert [one["result"] for one in before.values()] == [WORK] * 6
    plan = next_version(desk.root)
    with proxy(studio.url) as broken:
        for step, options in enumerate(((), ("--apply", "--yes"))):
            carried_out(desk, broken, Plan(seed * 10 + step, 12, 0.2), "schema", "migrate", "--plan", plan, *options)
    after = annotations(desk)
    assert [one["result"] for one in after.values()] == [MOVED] * 6, f"seed {seed}"
    for id, one in after.items():
        assert all(one[name] == before[id][name] for name in ("completed_by", "lead_time", "was_cancelled", "task"))
    assert census(listed(desk))[1:] == (6, 6 * len(MOVED)), f"seed {seed}"
    assert "entities/NORP" not in names_offered(label_config(desk)), f"seed {seed}"
