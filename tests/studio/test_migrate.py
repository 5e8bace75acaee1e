"""Live projects moved to a new version of the ontology, on the real server."""

from __future__ import annotations

import itertools
import json
import re
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
from pipeline.desk import DOMAIN, Desk, make_desk, tree
from pipeline.program import Result, environment, goldkit

from toolkit import demo, samples
from toolkit.errors import BadInputError, StudioError
from toolkit.stages import gold, migrate, sync
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

from .fakes import Fake, forwarded
from .migrations import (
    MOVED,
    PLAN,
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


def schema_migrate(desk: Desk, plan: Path, *options: str) -> Result:
    return desk.online("schema", "migrate", "--plan", plan, *options)


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
        assert {row["ontology_version"] for row in rows} == {"3.0.0"}
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
        assert "1 task got old names since then" in look.stdout
        done = schema_migrate(moved.desk, moved.plan, "--apply", "--yes", "--format", "json")
        late = [one["result"] for id, one in annotations(moved.desk).items() if id not in moved.after]
        assert late == [MOVED, new], done.stdout
        assert len(json.loads(done.stdout)["meanwhile"]) == 2


def refused(result: Result) -> list[str]:
    """The lines that a refusal prints; it is exit 3, not an error."""
    assert result.returncode == 3, result.stderr
    return result.stdout.splitlines()


class TestRefusals:
    def test_what_changed_since_the_dry_run(self, desk: Desk) -> None:
        plan = planned(desk)
        first, second, third = desk.tasks().values()
        ids = {one["task"]: id for id, one in annotations(desk).items()}
        with desk.client() as client:
            project = desk.project(client)
            client.patch(f"/api/annotations/{ids[first]}/", {"result": [region("ada")]})
            with client.sdk() as sdk:
                sdk.annotations.delete(ids[second])
        desk.submit("chen", third, WORK)
        before, config = annotations(desk), label_config(desk)
        lines = refused(schema_migrate(desk, plan, "--apply", "--yes"))
        assert lines[0] == "nothing was changed: this is not as the dry run found it"
        assert lines[1] == f"  annotation {ids[first]} was changed: {project.url}/data?task={first}"
        assert lines[2].endswith(f"is new: {project.url}/data?task={third}")
        assert lines[3] == f"  annotation {ids[second]} was deleted: {project.url}/data?task={second}"
        assert lines[4] == f"next: goldkit schema migrate --plan {plan}"
        assert (annotations(desk), label_config(desk)) == (before, config)
        migrate.dry_run(desk.workspace, plan, **desk.address)
        assert apply(desk, plan).written == {"annotations": 5}

    def test_a_label_config_that_was_changed(self, desk: Desk) -> None:
        plan = planned(desk)
        with desk.client() as client, client.sdk() as sdk:
            project = desk.project(client)
            sdk.projects.update(
                project.id, label_config=project.label_config.replace("<Label ", '<Label value="X"/><Label ', 1)
            )
        assert apply(desk, plan).changed == (f"the label config was changed: {project.url}/settings/labeling",)

    def test_names_that_nobody_knows(self, desk: Desk) -> None:
        task = desk.tasks()["talks-0"]
        desk.submit("chen", task, [region("ada", "TOWN"), region("port", "TOWN", "GPE"), level("ada", "vague")])
        plan = next_version(desk.root)
        before, config = annotations(desk), label_config(desk)
        for options in ([], ["--apply", "--yes"]):
            text = "\n".join(refused(schema_migrate(desk, plan, *options)))
            assert "neither the plan nor the new ontology knows these" in text
            assert ["label", "TOWN", "2"] in [line.split()[:3] for line in text.splitlines()]
            assert ["option", "level=vague", "1"] in [line.split()[:3] for line in text.splitlines()]
            assert f"data?task={task}" in text
        assert (annotations(desk), label_config(desk)) == (before, config)

    def test_a_question_that_is_asked_in_another_form(self, desk: Desk) -> None:
        """Chosen before and written now: the answers would not be shown any more."""
        plan = next_version(desk.root)
        file = desk.root / "configs" / "ontology.yaml"
        ontology = json.loads(file.read_text(encoding="utf-8"))
        ontology["mention_attributes"][0] |= {"options": [], "default": None}
        file.write_text(json.dumps(ontology), encoding="utf-8")
        plan.write_text(
            plan.read_text(encoding="utf-8").replace("by: level, into: {nominal", "by: level, into: {x"), "utf-8"
        )
        found = migrate.dry_run(desk.workspace, plan, **desk.address)
        assert [one.name for one in found.uncovered] == ["attribute level (choices before, textarea now)"]

    def test_steps_that_name_what_is_not_there(self, desk: Desk) -> None:
        plan = next_version(desk.root)
        with plan.open("a", encoding="utf-8") as file:
            file.write("  - retire: {label: TOWN}\n")
        with pytest.raises(BadInputError, match=r"3\.0\.0\.yaml:14:5: there is no label TOWN"):
            migrate.dry_run(desk.workspace, plan, **desk.address)

    def test_a_plan_that_begins_at_a_version_that_is_not_there(self, desk: Desk) -> None:
        plan = next_version(desk.root)
        plan.write_text(PLAN.replace("{version}", "1.5.0"), encoding="utf-8")
        with pytest.raises(BadInputError, match=r"3\.0\.0\.yaml:1:1: the plan begins at 1\.5\.0, .* is 2\.0\.\d"):
            migrate.dry_run(desk.workspace, plan, **desk.address)
        assert not desk.workspace.snapshots.exists()

    def test_what_the_new_ontology_will_not_take_is_listed(self, desk: Desk) -> None:
        desk.submit("chen", desk.tasks()["talks-0"], [region("ada"), region("port"), relation("ada", "port", "leads")])
        found = migrate.dry_run(desk.workspace, next_version(desk.root), **desk.address)
        assert [(one.rule, one.name, one.items) for one in found.refused] == [("relation-end-type", "belongs_to", 1)]
        assert found.uncovered == ()

    def test_nobody_there_to_ask(self, desk: Desk) -> None:
        plan = planned(desk)
        before = annotations(desk)
        result = schema_migrate(desk, plan, "--apply")
        assert result.returncode == 2
        assert "nobody is there to say yes" in result.stderr
        assert f"next: goldkit schema migrate --plan {plan} --apply --yes" in result.stderr
        assert annotations(desk) == before


class TestWhatIsNotAnAnnotation:
    def test_a_draft_is_counted_by_whoever_leaves_it_out(self, desk: Desk, tokens: dict[str, str]) -> None:
        task = desk.tasks()["talks-0"]
        with Client(Address(desk.studio.url, tokens["chen"])) as chen:
            chen.post(f"/api/tasks/{task}/drafts", {"result": WORK, "lead_time": 1})
        pulled = desk.online("pull")
        assert "\nnot taken: drafts in 1 task, 0 predictions\n" in pulled.stdout, pulled.stderr
        assert "; 0 predictions and 1 draft, too\n" in schema_migrate(desk, next_version(desk.root)).stdout

    def test_drafts_and_predictions_come_along(self, desk: Desk, tokens: dict[str, str]) -> None:
        """Label Studio deletes an annotation's drafts when the annotation is changed."""
        one, two, _ = desk.tasks().values()
        ids = {found["task"]: id for id, found in annotations(desk).items()}
        changed = [*WORK, region("ada", "PERSON") | {"id": "more"}]
        with desk.client() as client, Client(replace(client.address, token=tokens["chen"])) as chen:
            free = chen.post(f"/api/tasks/{one}/drafts", {"result": WORK, "lead_time": 1})
            on_it = chen.post(f"/api/tasks/{two}/annotations/{ids[two]}/drafts", {"result": changed, "lead_time": 1})
            prediction = client.post(
                "/api/predictions/", {"task": one, "result": WORK, "model_version": "m", "score": 0.5}
            )
            plan = planned(desk)
            found = migrate.recorded(desk.workspace, plan)
            assert found is not None
            assert (found.predictions, found.drafts) == (1, 2)
            assert apply(desk, plan).written == {"annotations": 6, "drafts": 2, "predictions": 1}
            after = {draft["id"]: chen.get(f"/api/drafts/{draft['id']}/") for draft in (free, on_it)}
            assert after[free["id"]]["result"] == MOVED
            assert after[on_it["id"]]["result"] == [*MOVED, changed[-1]]
            assert (after[free["id"]]["annotation"], after[on_it["id"]]["annotation"]) == (None, ids[two])
            assert {draft["user"] for draft in after.values()} == {f"chen@move.{DOMAIN}"}
            now = client.get(f"/api/predictions/{prediction['id']}/")
        assert {key for key in now if now[key] != prediction[key]} - {"created_ago"} == {"result", "updated_at"}
        assert now["result"] == MOVED
        files = [
            path for path in (desk.root / "exports").rglob("*") if path.is_file() and "snapshots" not in path.parts
        ]
        assert any(path.parent.name == "kept" for path in files)
        assert [path for path in files if DOMAIN.encode() in path.read_bytes()] == []

    def test_context_that_another_project_shows(
        self, studio: Credentials, tokens: dict[str, str], tmp_path: Path
    ) -> None:
        """With claims in a project of their own, the entities stand there as predictions, without their answers."""
        root = tmp_path / f"layers-{next(_numbers)}"
        (root / "incoming").mkdir(parents=True)
        (root / "incoming" / "talks.txt").write_text(TEXT, encoding="utf-8")
        desk = make_desk(root, studio, tokens, ("entities", "relations"), ("claims",), articles=root / "incoming")
        desk.push()
        desk.submit("amina", desk.tasks(0)["talks"], WORK)
        sync.pull(desk.workspace, **desk.address)
        desk.push()
        plan = planned(desk)
        assert apply(desk, plan).written == {"annotations": 1, "predictions": 1}
        with desk.client() as client:
            shown = client.get("/api/predictions/", {"project": desk.project(client, 1).id})[0]["result"]
            configs = [names_offered(desk.project(client, number).label_config) for number in (0, 1)]
        assert [one["value"]["labels"] for one in shown] == [["PERSON"], ["MILITIA"], ["EVENT"], ["PLACE"]]
        assert all(one["meta"] == {"goldkit": {"context": True}} for one in shown)
        assert all({"entities/MILITIA", "entities/PLACE"} <= offered for offered in configs)
        assert not any("NORP" in name for offered in configs for name in offered)

    def test_drafts_that_cannot_be_read(self, desk: Desk, tokens: dict[str, str], fake: Callable[..., Fake]) -> None:
        """As where the server shows a draft to its author alone."""
        task = desk.tasks()["talks-1"]
        with desk.client() as client, Client(replace(client.address, token=tokens["chen"])) as chen:
            draft = chen.post(f"/api/tasks/{task}/drafts", {"result": WORK, "lead_time": 1})
        plan = planned(desk)
        before = annotations(desk)

        def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
            if path == f"/api/tasks/{task}/drafts":
                return 200, "application/json", b"[]"
            return forwarded(desk.studio.url, method, path, headers, body)

        url = fake(answer).url
        refusal = apply(desk, plan, url)
        assert [page.rpartition("/")[2] for page in refusal.unread] == [f"data?task={task}"]
        assert annotations(desk) == before
        assert apply(desk, plan, url, leave_drafts=True).written == {"annotations": 6}
        with desk.client() as client:
            assert client.get(f"/api/drafts/{draft['id']}/")["result"] == WORK

    def test_the_latest_of_ones_annotations_stays_the_latest(self, desk: Desk) -> None:
        task = desk.tasks()["talks-0"]
        desk.submit("amina", task, [region("ada")])  # nothing to move in it
        plan = planned(desk)
        assert apply(desk, plan).written == {"annotations": 7}
        work = sorted((one["updated_at"], one["result"]) for one in annotations(desk).values() if one["task"] == task)
        assert work[-1][1] == [region("ada")]


def test_arrows_without_a_label_are_moved_by_what_they_meant(desk: Desk) -> None:
    """Of the new ontology nothing could be told: who took part in what would be a relation of another kind."""
    task = desk.tasks()["talks-0"]
    desk.submit("chen", task, [region("ada"), region("talks"), relation("ada", "talks")])
    sync.pull(desk.workspace, **desk.address)  # keeps the ontology of now
    plan = planned(desk)
    apply(desk, plan)
    (result,) = (one["result"] for one in annotations(desk).values() if len(one["result"]) == 3 and one["task"] == task)
    assert result[2] == relation("ada", "talks", "has_participant") | {"direction": "left"}


class TestStopped:
    def test_a_connection_that_breaks_again_and_again(self, desk: Desk, fake: Callable[..., Fake]) -> None:
        """Each time a little later, after the server did what it was asked or before; the same command goes on."""
        plan = planned(desk)
        left = 0

        def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
            nonlocal left
            left -= 1
            if left == 0 or left < -1:
                forwarded(desk.studio.url, method, path, headers, body)
            return (0, "", b"") if left < 0 else forwarded(desk.studio.url, method, path, headers, body)

        server = fake(answer)
        broke = 0
        for allowed in itertools.count(5, 9):
            left = allowed
            try:
                done = apply(desk, plan, server.url)
                break
            except StudioError:
                broke += 1
            used = names_used([one["result"] for one in annotations(desk).values()])
            assert used.keys() <= names_offered(label_config(desk)), "an annotation has a name that the config lacks"
        assert broke > 3
        assert done.meanwhile == ()
        assert [one["result"] for one in annotations(desk).values()] == [MOVED] * 6
        assert apply(desk, plan).written == {}

    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl-C"])
    def test_stopped(self, desk: Desk, tokens: dict[str, str], fake: Callable[..., Fake], how: signal.Signals) -> None:
        """While a draft is off its annotation; that is put right, too."""
        task = desk.tasks()["talks-0"]
        id = next(id for id, one in annotations(desk).items() if one["task"] == task)
        with desk.client() as client, Client(replace(client.address, token=tokens["chen"])) as chen:
            draft = chen.post(f"/api/tasks/{task}/annotations/{id}/drafts", {"result": WORK, "lead_time": 1})
        plan = planned(desk)
        reached = threading.Event()

        def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
            if (method, path) == ("PATCH", f"/api/annotations/{id}/"):
                reached.set()
                return 0, "", b""
            return forwarded(desk.studio.url, method, path, headers, body)

        command = [sys.executable, "-m", "toolkit", "schema", "migrate", "--plan", str(plan), "--apply", "--yes"]
        running = subprocess.Popen(
            [*command, "--url", fake(answer).url, "--token", desk.studio.token],
            cwd=desk.root,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert reached.wait(60)
        running.send_signal(how)
        said = running.communicate(timeout=60)[1]
        if how is signal.SIGINT:
            assert running.returncode == 130
            assert f"stopped half-way; to go on from here: goldkit schema migrate --plan {plan} --apply" in said
        with desk.client() as client:
            assert client.get(f"/api/drafts/{draft['id']}/")["annotation"] is None
            result = schema_migrate(desk, plan, "--apply", "--yes")
            assert result.returncode == 0, result.stderr
            there = client.get(f"/api/drafts/{draft['id']}/")
        assert (there["annotation"], there["result"]) == (id, MOVED)
        assert [one["result"] for one in annotations(desk).values()] == [MOVED] * 6

    def test_people_who_go_on_working(self, desk: Desk, fake: Callable[..., Fake]) -> None:
        """They save old names while annotations are moved, and once more when the final config is being set."""
        plan = planned(desk)
        tasks = desk.tasks()
        patched: Iterator[int] = itertools.count(1)
        configs: Iterator[int] = itertools.count(1)

        def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
            if method == "PATCH" and path.startswith("/api/annotations/") and next(patched) == 2:
                desk.submit("chen", tasks["talks-2"], WORK)
            if method == "PATCH" and path.startswith("/api/projects/") and next(configs) == 2:
                desk.submit("chen", tasks["talks-1"], WORK)
            return forwarded(desk.studio.url, method, path, headers, body)

        done = apply(desk, plan, fake(answer).url)
        assert next(configs) == 5  # after the union, the final one, the way back, and the final one again
        assert [one["result"] for one in annotations(desk).values()] == [MOVED] * 8
        assert done.written == {"annotations": 8}
        assert len(done.meanwhile) == 2
        kept = desk.workspace.exports / "migrations" / done.migration.plan / "kept"
        assert [json.loads(path.read_text("utf-8"))["result"] for path in kept.iterdir()] == [WORK, WORK]
        assert names_used([MOVED]).keys() <= names_offered(label_config(desk))


class TestAFile:
    """Annotations that came as an export: there is no server to move anything in."""

    THEIRS = "Person: PERSON, Fighters: ARMED_GROUP, Town: FACILITY, Talks: EVENT, People: NORP"
    MAPPING = (
        f"text: body\narticle_id: doc\nlabels: {{{THEIRS}}}\nrelations: {{heads: leads}}\ncontrols: {{notes: ignore}}\n"
    )

    @pytest.fixture
    def workspace(self, tmp_path: Path) -> Path:
        from toolkit.stages import setup

        setup.init(tmp_path, "file")
        theirs = {"PERSON": "Person", "ARMED_GROUP": "Fighters", "FACILITY": "Town", "EVENT": "Talks", "NORP": "People"}

        def foreign(element: dict[str, Any]) -> dict[str, Any]:
            if element["type"] == "relation":
                return element | {"labels": ["heads" if label == "leads" else label for label in element["labels"]]}
            names = [theirs.get(label, label) for label in element["value"].get("labels", ())]
            value = element["value"] | ({"labels": names} if names else {})
            return element | {"value": value, "from_name": "label" if names else element["from_name"]}

        note = region("ada", "Person") | {"id": "note", "from_name": "notes"}
        result = [*map(foreign, WORK), note]
        task = {
            "id": 7,
            "data": {"body": TEXT, "doc": "talks"},
            "annotations": [{"id": 1, "completed_by": 3, "result": result}],
        }
        (tmp_path / "export.json").write_text(json.dumps([task]), encoding="utf-8")
        (tmp_path / "mapping.yaml").write_text(self.MAPPING, encoding="utf-8")
        taken = goldkit("pull", "--from-file", "export.json", "--mapping", "mapping.yaml", cwd=tmp_path)
        assert "13 valid" in taken.stdout, taken.stderr
        return tmp_path

    def test_a_new_snapshot_is_made_from_it(self, workspace: Path) -> None:
        plan = next_version(workspace)
        before = tree(workspace / "exports" / "file" / "snapshots")
        dry = goldkit("schema", "migrate", "--plan", plan, "--format", "json", cwd=workspace)
        assert dry.returncode == 0, dry.stderr
        assert tree(workspace / "exports" / "file" / "snapshots") == before
        applied = goldkit("schema", "migrate", "--plan", plan, "--apply", "--yes", "--format", "json", cwd=workspace)
        said = json.loads(applied.stdout)
        assert {one["rule"] for one in said["check"]["findings"]} == {"ignored-control"}, applied.stderr
        after = tree(workspace / "exports" / "file" / "snapshots")
        assert before.items() <= after.items()
        manifest = json.loads(after[f"{said['new_snapshot']}/manifest.json"])
        assert (manifest["derived_from"], manifest["plan"]) == (said["snapshot"], said["plan"])
        (record,) = (workspace / "exports" / "file" / "annotations.jsonl").read_text(encoding="utf-8").splitlines()
        found = json.loads(record)
        assert {mention["id"]: mention["labels"] for mention in found["mentions"]} == {
            "ada": ["PERSON"],
            "front": ["MILITIA"],
            "talks": ["OCCURRENCE"],
            "port": ["PLACE"],
        }
        assert sorted((link["type"], link["head"], link["modality"]) for link in found["relations"]) == [
            ("belongs_to", "ada", "reported"),
            ("has_participant", "talks", "asserted"),
            ("located_in", "talks", "asserted"),
        ]
        again = goldkit("schema", "migrate", "--plan", plan, "--apply", cwd=workspace)
        assert (again.returncode, again.stdout) == (0, "this plan was carried out: nothing to do\n")
        assert goldkit("check", cwd=workspace).returncode == 0

    def test_the_counts_come_last(self, workspace: Path) -> None:
        """There may be a hundred warnings, of before the move and after."""
        applied = goldkit("schema", "migrate", "--plan", next_version(workspace), "--apply", "--yes", cwd=workspace)
        lines = applied.stdout.splitlines()
        assert lines[-2] == "moved: 1 annotation", applied.stderr
        assert lines[-1].startswith("items: ")
        assert any("ignored-control" in line for line in lines[:-2])

    def test_a_plan_that_begins_elsewhere(self, workspace: Path) -> None:
        plan = next_version(workspace)
        plan.write_text(PLAN.replace("{version}", "1.5.0"), encoding="utf-8")
        refusal = goldkit("schema", "migrate", "--plan", plan, cwd=workspace)
        assert refusal.returncode == 1
        assert f"{plan}:1:1: the plan begins at 1.5.0, and the ontology of the snapshot " in refusal.stderr

    def test_another_export_since_the_dry_run(self, workspace: Path) -> None:
        """The dry run of the one says nothing of the other, so there is a new one."""
        ontology = workspace / "configs" / "ontology.yaml"
        old = ontology.read_bytes()
        plan = next_version(workspace)
        new = ontology.read_bytes()
        first = json.loads(goldkit("schema", "migrate", "--plan", plan, "--format", "json", cwd=workspace).stdout)
        ontology.write_bytes(old)
        goldkit("pull", "--from-file", "export.json", cwd=workspace)
        ontology.write_bytes(new)
        applied = goldkit("schema", "migrate", "--plan", plan, "--apply", "--yes", cwd=workspace)
        assert applied.returncode == 3  # without the mapping nobody knows what `Fighters` are
        assert "label Fighters" in applied.stdout
        # The second of two snapshots in a second is called like the first, and -1.
        assert not re.search(rf"{first['snapshot']}(?!-1)", applied.stdout)
