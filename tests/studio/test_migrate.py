"""Live projects moved to a new version of the ontology, on the real server."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pipeline.desk import DOMAIN, Desk, Result, environment, make_desk, tree

from toolkit import demo, samples
from toolkit.errors import BadInputError, StudioError
from toolkit.stages import gold, migrate, sync
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

from .fakes import Fake, forwarded
from .migrations import (
    TEXT,
    WORK,
    annotations,
    label_config,
    level,
    names_offered,
    names_used,
    next_version,
    region,
    relation,
    small_desk,
)

_numbers = itertools.count(1)
MOVED = [
    *(region("ada"), region("front", "MILITIA"), region("talks", "OCCURRENCE"), level("talks", "nominal")),
    *(region("port", "PLACE"), relation("ada", "front", "belongs_to", "reported")),
    relation("ada", "talks", "has_participant") | {"direction": "left"},
    relation("talks", "port", "located_in"),
]
"""What becomes of WORK."""


@pytest.fixture(scope="module")
def tokens(studio: Credentials) -> dict[str, str]:
    """Tokens of three users by the sample annotators' names."""
    password = "a-long-enough-password"
    return {name: add_annotator(studio, f"{name}@move.{DOMAIN}", password) for name in samples.ANNOTATORS}


@pytest.fixture
def desk(studio: Credentials, tokens: dict[str, str], tmp_path: Path) -> Desk:
    """A small workspace with labelled articles, whose ontology has not changed yet."""
    return small_desk(tmp_path / f"small-{next(_numbers)}", studio, tokens)


def planned(desk: Desk) -> Path:
    """Write the next version and its plan, and make the dry run."""
    plan = next_version(desk.root)
    migrate.dry_run(desk.workspace, plan, **desk.address)
    return plan


def schema_migrate(desk: Desk, plan: Path, *options: str, **more: Any) -> Result:
    return desk.online("schema", "migrate", "--plan", plan, *options, **more)


def apply(desk: Desk, plan: Path, url: str = "", **more: Any) -> Any:
    found = migrate.recorded(desk.workspace, plan)
    assert found is not None
    address = desk.address | ({"url": url} if url else {})
    return migrate.apply(desk.workspace, plan, found, **address, **more)


@dataclass(frozen=True)
class Moved:
    """The samples and a few cases more, before and after."""

    desk: Desk
    plan: Path
    before: dict[int, dict[str, Any]]
    after: dict[int, dict[str, Any]]
    old_config: str
    dry: dict[str, Any]
    applied: dict[str, Any]


@pytest.fixture(scope="module")
def moved(studio: Credentials, tokens: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Moved:
    root = tmp_path_factory.mktemp("moved")
    (root / "more").mkdir()
    (root / "more" / "talks.txt").write_text(TEXT, encoding="utf-8")
    desk = make_desk(root, studio, tokens)
    assert desk.run("articles", "add", root / "more").returncode == 0
    desk.push()
    demo.label(desk.workspace, {name: tokens[name] for name in samples.ANNOTATORS}, **desk.address)
    desk.submit("amina", desk.tasks()["talks"], WORK, lead_time=3.5)
    desk.submit("boris", desk.tasks()["talks"], WORK, was_cancelled=True)
    sync.pull(desk.workspace, **desk.address)
    gold.resolve(desk.workspace)
    before, old_config = annotations(desk), label_config(desk)
    plan = next_version(root)
    dry = schema_migrate(desk, plan, "--format", "json")
    assert dry.returncode == 0, dry.stderr + dry.stdout
    assert annotations(desk) == before
    assert label_config(desk) == old_config
    applied = schema_migrate(desk, plan, "--apply", "--yes", "--format", "json")
    assert applied.returncode == 0, applied.stderr + applied.stdout
    return Moved(desk, plan, before, annotations(desk), old_config, json.loads(dry.stdout), json.loads(applied.stdout))


class TestTheWholeWay:
    def test_every_region_is_where_it_was(self, moved: Moved) -> None:
        withdrawn = 0
        for id, before in moved.before.items():
            there = {one["id"]: one for one in moved.after[id]["result"] if one["type"] == "labels"}
            for old in (one for one in before["result"] if one["type"] == "labels"):
                if old["value"]["labels"] == ["NORP"]:
                    withdrawn += old["id"] not in there
                    continue
                new = there.pop(old["id"])
                for key in ("start", "end", "text"):
                    assert new["value"][key] == old["value"][key]
                assert {**new, "value": 0} == {**old, "value": 0}  # origin, score, meta, control
            assert there == {}
        assert withdrawn == 5

    def test_the_cases(self, moved: Moved) -> None:
        results = [one["result"] for one in moved.after.values() if moved.before[one["id"]]["result"] == WORK]
        assert results == [MOVED, MOVED]  # one of them was skipped

    def test_the_counts_add_up_name_by_name(self, moved: Moved) -> None:
        before = names_used([one["result"] for one in moved.before.values()])
        after = names_used([one["result"] for one in moved.after.values()])
        flow = {
            "entities/MILITIA": ["entities/ARMED_GROUP"],
            "relations/reported": ["relations/attributed"],
            "confidence/certain": ["certainty/certain"],
            "confidence/likely": ["certainty/probable"],
            "entities/PLACE": ["entities/LOCATION", "entities/FACILITY"],
            "relations/belongs_to": ["relations/leads", "relations/member_of"],
        }
        joined = Counter[str]()
        for way in moved.dry["ways"]:
            joined[way["new"].replace("=", "/").rpartition(" ")[2].rpartition("/")[2]] += way["items"]["together"]
        for new, old in flow.items():
            assert sum(before[name] for name in old) == after[new] + joined[new.partition("/")[2]] > 0, new
        assert before["entities/EVENT"] == after["entities/EVENT"] + after["entities/OCCURRENCE"]
        assert after["entities/OCCURRENCE"] == 2
        assert before["relations/participant_in"] == (
            after["relations/participant_in"] + after["relations/has_participant"]
        )
        gone = {"entities/NORP", "polarity/positive", "polarity/negative", *itertools.chain(*flow.values())}
        assert gone & after.keys() == set()

    def test_the_totals_are_those_of_the_checks(self, moved: Moved) -> None:
        items = moved.dry["items"]
        assert items["together"] == 4
        counts = moved.applied["check"]["counts"]
        assert moved.applied["items_now"] == items["kept"] + items["moved"]
        # What was skipped is not collected, and is there all the same.
        assert counts["items_in"] == counts["items_valid"] + counts["items_rejected"] == moved.applied["items_now"]
        assert {one["rule"] for one in moved.applied["check"]["findings"]} == {"skipped-work"}
        assert moved.dry["refused"] == []

    def test_what_was_withdrawn_is_kept_in_a_file(self, moved: Moved) -> None:
        (file,) = (moved.desk.workspace.exports / "migrations" / moved.dry["plan"]).glob("withdrawn-*.jsonl")
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert len(rows) == moved.dry["items"]["withdrawn"]
        assert Counter(row["name"] for row in rows)["label NORP"] == 5
        dependent = [row["name"] for row in rows if row["step"] == "8 retire" and row["name"] != "label NORP"]
        assert sorted(dependent) == [*["option level=named"] * 2, *["relation origin"] * 2]

    def test_whose_work_it_is_stays(self, moved: Moved) -> None:
        """`updated_by` and `updated_at` are the server's own: nobody can keep them."""
        for id, before in moved.before.items():
            changes = {key for key in before if before[key] != moved.after[id][key]}
            assert changes <= {"result", "updated_by", "updated_at"}

    def test_by_annotator_under_a_pseudonym(self, moved: Moved) -> None:
        people = moved.dry["people"]
        assert all(one["annotator"].startswith("ann-") for one in people)
        total = Counter[str]()
        for one in people:
            total.update(one["items"])
        assert dict(total) == moved.dry["items"]
        files = [path for path in (moved.desk.root / "exports").rglob("*") if "snapshots" not in path.parts]
        assert [path for path in files if path.is_file() and DOMAIN.encode() in path.read_bytes()] == []

    def test_the_label_config_is_the_new_ontologys(self, moved: Moved) -> None:
        offered = names_offered(label_config(moved.desk))
        assert names_used([one["result"] for one in moved.after.values()]).keys() <= offered
        assert {"entities/PLACE", "relations/has_participant", "confidence/likely"} <= offered
        assert not {"entities/NORP", "relations/leads", "certainty/probable"} & offered
        with moved.desk.client() as client:
            project = client.get(f"/api/projects/{moved.desk.project(client).id}/")
        assert "MILITIA" in project["expert_instruction"]

    def test_the_gold_is_chosen_anew(self, moved: Moved) -> None:
        rows = [json.loads(line) for line in moved.desk.workspace.gold.read_text(encoding="utf-8").splitlines()]
        assert {row["ontology_version"] for row in rows} == {"2.0.0"}
        assert len(rows) == moved.applied["gold"] > 0
        labels = {label for row in rows for mention in row["mentions"] for label in mention["labels"]}
        assert "PLACE" in labels
        assert "FACILITY" not in labels

    def test_the_snapshot_before_has_everything_as_it_was(self, moved: Moved) -> None:
        from toolkit.studio import snapshots

        snapshot = snapshots.load(moved.desk.workspace.snapshots / moved.dry["snapshot"])
        found = {one["id"]: one["result"] for _, task in snapshots.read_tasks(snapshot) for one in task["annotations"]}
        assert found == {id: one["result"] for id, one in moved.before.items()}

    def test_a_second_time_nothing_is_done(self, moved: Moved) -> None:
        files = tree(moved.desk.root)
        for options in ([], ["--apply"]):
            again = schema_migrate(moved.desk, moved.plan, *options)
            assert (again.returncode, again.stdout) == (0, "this plan was carried out: nothing to do\n"), again.stderr
        assert annotations(moved.desk) == moved.after
        assert tree(moved.desk.root) == files

    def test_work_that_comes_late_is_moved_by_the_same_command(self, moved: Moved) -> None:
        """From a screen that was open all the while. New work with names that stay is left alone."""
        task = moved.desk.tasks()["talks"]
        moved.desk.submit("chen", task, WORK)
        new = [region("talks"), level("talks", "nominal")]  # a new EVENT, as the new ontology has it
        moved.desk.submit("chen", task, new)
        look = schema_migrate(moved.desk, moved.plan)
        assert look.returncode == 3
        assert "1 tasks got old names since then" in look.stdout
        done = schema_migrate(moved.desk, moved.plan, "--apply", "--yes", "--format", "json")
        late = [one["result"] for id, one in annotations(moved.desk).items() if id not in moved.after]
        assert late == [MOVED, new], done.stdout
        assert len(json.loads(done.stdout)["meanwhile"]) == 2
