"""Push, assign, pull and status through a proxy that breaks in every way: done in the end, and as without faults."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from toolkit.studio.server import Credentials

from .law import carried_out, census, listed, make_office, on_the_server, person, pulled, seeds, text_of
from .plan import Plan
from .proxy import proxy

ARTICLES = 40


@pytest.mark.parametrize("seed", seeds(few=1, many=100))
def test_every_article_and_every_annotation_once(
    seed: int, studio: Credentials, staff: dict[str, str], tmp_path: Path
) -> None:
    desk = make_office(tmp_path / f"faults-{seed}", studio, staff, ARTICLES)
    often = random.Random(seed).choice([0.1, 0.25, 0.5, 0.9])

    def plan(step: int, most: int = 6) -> Plan:
        return Plan(seed * 10 + step, most, often)

    with proxy(studio.url) as broken:
        carried_out(desk, broken, plan(0), "push")
        found = listed(desk)
        assert census(found)[0] == {f"day-{number:03}": 1 for number in range(ARTICLES)}, f"seed {seed}"
        assert {task["data"]["text"] for task in found} == {text_of(number) for number in range(ARTICLES)}

        given = carried_out(desk, broken, plan(1), "assign", "--calibration", "2", "--format", "json")
        (project,) = json.loads(given.stdout)
        assert sum(share["articles"] for share in project["by_annotator"].values()) == 2 * ARTICLES + 2
        ids = {task["data"]["article_id"]: task["id"] for task in found}
        for number, email in enumerate((*staff, *staff)):
            desk.submit(email, ids[f"day-{number:03}"], person(number), lead_time=4.5)
        before = census(listed(desk))
        assert before[1:] == (6, 6)

        for step, again in ((2, False), (3, random.Random(seed).random() < 0.5)):
            if again:
                shutil.rmtree(desk.workspace.snapshots)
            carried_out(desk, broken, plan(step), "pull")
            assert pulled(desk) == on_the_server(desk), f"seed {seed}"
            desk.submit(next(iter(staff)), ids["day-010"], person(10))
        told = carried_out(desk, broken, plan(4), "status", "--format", "json")
        assert json.loads(told.stdout)["projects"][0]["labelled"] == 7
        carried_out(desk, broken, plan(5), "push")
        assert census(listed(desk)) == (before[0], before[1] + 2, before[2] + 2), f"seed {seed}"
