"""What goes wrong between a workspace and its server: each says where, what, and what to do; nothing is half done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolkit import demo
from toolkit.stages import sync
from toolkit.studio.people import add_annotator

from .conftest import PASSWORD
from .desk import DOMAIN, Desk, tree
from .program import Result

SMALL = [
    {"article_id": "ferry", "text": "Ana Quill said the ferry to Port Sarrel had sunk. 🚢 Teo Quill denied it."},
    {"article_id": "bridge", "text": "The bridge at Dunmere cost 12 million crowns, said Marsh."},
]


def small(desk: Callable[..., Desk], name: str, folder: Path, *projects: tuple[str, ...]) -> Desk:
    """A workspace with two short articles, pushed."""
    file = folder / f"{name}.jsonl"
    file.write_text("\n".join(map(json.dumps, SMALL)), encoding="utf-8")
    made = desk(name, *projects, articles=file)
    made.push()
    return made


def refused(result: Result, *words: str, code: int = 1) -> None:
    """The command failed, and said these words and what to do next, once, without a traceback or a token."""
    assert result.returncode == code, result.stdout + result.stderr
    for word in words:
        assert word in result.stderr
    assert result.stderr.count("error: ") == result.stderr.count("\nnext: ") == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def region(id: str, quote: str, label: str, text: str = str(SMALL[0]["text"]), **value: Any) -> dict[str, Any]:
    start = text.index(quote)
    control = "claims" if label in ("CLAIM", "CUE") else "entities"
    where = {"start": start, "end": start + len(quote), "text": quote, "labels": [label]} | value
    return {"id": id, "from_name": control, "to_name": "text", "type": "labels", "value": where}


def relation(head: str, tail: str, label: str) -> dict[str, Any]:
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": [label]}


@pytest.fixture(scope="module")
def broken(desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Result]:
    made = small(desk, "broken", tmp_path_factory.mktemp("broken"))
    result = [
        region("ana", "Ana Quill", "PERSON"),
        region("port", "Port Sarrel", "GPE"),
        relation("ana", "port", "located_in"),
        region("far", "Teo Quill", "PERSON", start=900, end=909),
        relation("far", "port", "located_in"),
        region("odd", "ferry", "VESSEL"),
        relation("ana", "nobody", "personal"),
        region("claim", "the ferry to Port Sarrel had sunk", "CLAIM"),
        {"id": "claim", "from_name": "certainty", "to_name": "text", "type": "choices"}
        | {"value": {"start": 15, "end": 48, "choices": ["certain"]}},
        relation("claim", "ana", "claimed_by"),
    ]
    made.submit("amina", made.tasks()["ferry"], result)
    made.submit("boris", made.tasks()["bridge"], [region("m", "Marsh", "PERSON", SMALL[1]["text"])])
    return made, made.online("pull", "--format", "json")


class TestBrokenAnnotations:
    """Posted past the editor, as a script or an old server may; Label Studio takes anything."""

    def test_exit_code_and_findings(self, broken: tuple[Desk, Result]) -> None:
        made, result = broken
        assert result.returncode == made.run("check").returncode == 3
        found = {(one["rule"], one["place"].get("region", "")) for one in json.loads(result.stdout)["findings"]}
        assert found == {
            ("offset-out-of-range", "far"),
            ("rejected-dependency", ""),  # the relation to it
            ("unknown-label", "odd"),
            ("dangling-relation", ""),
            ("claim-attribute-missing", "claim"),
            ("rejected-dependency", "claim"),  # its one answer
        }
        for one in json.loads(result.stdout)["findings"]:
            assert one["place"]["article_id"] == "ferry"
            assert one["place"]["url"].startswith(f"{made.studio.url}/projects/")
            assert one["place"]["annotator"].startswith("ann-")
            assert one["next"]

    def test_counts_add_up_and_are_printed(self, broken: tuple[Desk, Result]) -> None:
        made, result = broken
        counts = json.loads(result.stdout)["counts"]
        assert (counts["items_in"], counts["items_valid"], counts["items_rejected"]) == (11, 4, 7)
        assert "items: 11 in = 4 valid + 7 rejected" in made.run("check").stdout
        rejected = [json.loads(line) for line in made.workspace.rejected.read_text("utf-8").splitlines()]
        assert len(rejected) == 7
        assert all(row["element"] for row in rejected)

    def test_what_does_not_depend_on_it_stays(self, broken: tuple[Desk, Result]) -> None:
        made, _ = broken
        lines = made.workspace.annotations.read_text("utf-8").splitlines()
        records = {one["article_id"]: one for one in map(json.loads, lines)}
        assert [one["id"] for one in records["ferry"]["mentions"]] == ["ana", "port"]
        assert [one["type"] for one in records["ferry"]["relations"]] == ["located_in"]
        assert [one["id"] for one in records["bridge"]["mentions"]] == ["m"]
        built = made.run("build")  # the dataset is written, and what it lacks is said
        assert (built.returncode, "work-rejected" in built.stdout) == (3, True)

    def test_corrected_in_label_studio_it_is_well(self, broken: tuple[Desk, Result]) -> None:
        made, _ = broken
        with made.client() as client, client.sdk() as sdk:
            (annotation,) = sdk.annotations.list(made.tasks()["ferry"])
            sdk.annotations.update(annotation.id, result=[region("ana", "Ana Quill", "PERSON")])
        assert made.online("pull").returncode == 0


@pytest.fixture(scope="module")
def made(desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return small(desk, "server", tmp_path_factory.mktemp("server"))


class TestTheServer:
    @pytest.mark.parametrize(
        ("command", "url", "token", "words"),
        [
            ("push", "http://127.0.0.1:9", "secret-token", ("nobody answers at http://127.0.0.1:9",)),
            ("pull", "http://127.0.0.1:9", "secret-token", ("nobody answers at http://127.0.0.1:9",)),
            ("push", "", "secret-token", ("does not accept the token from --token", "personal-access-token")),
            ("pull", "", "secret-token", ("does not accept the token from --token", "personal-access-token")),
            ("status", "", "secret.token.of.parts", ("does not accept the token from --token",)),
            ("status", "", "secret-tökén", ("does not accept the token from --token",)),
            ("status", "", "secret token", ("the token from --token has a space",)),
            ("status", "", "secret-token\n# of whom", ("the token from --token has a space or a line break",)),
            (
                "push",
                "",
                "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.secret",
                ("does not accept the token",),
            ),
            ("push", "ftp://example.org", "secret-token", ("not the address of a Label Studio",)),
        ],
    )
    def test_that_is_not_there_or_not_ours(
        self, made: Desk, command: str, url: str, token: str, words: tuple[str, ...]
    ) -> None:
        before = tree(made.root)
        result = made.run(command, "--url", url or made.studio.url, "--token", token)
        refused(result, *words, code=2 if url.startswith("ftp") else 1)
        assert "secret" not in result.stderr
        assert tree(made.root) == before

    def test_a_token_of_somebody_who_left(self, made: Desk) -> None:
        token = add_annotator(made.studio, f"gone@{DOMAIN}", PASSWORD)
        with made.client() as client:
            (user,) = [id for id, email in client.users().items() if email == f"gone@{DOMAIN}"]
            with client.sdk() as sdk:
                sdk.organizations.members.delete(1, user)
        before = tree(made.root)
        for command in ("push", "pull", "status"):
            refused(made.run(command, "--url", made.studio.url, "--token", token), made.studio.url)
        assert tree(made.root) == before

    def test_its_own_answer_to_wrong_usage(self, made: Desk) -> None:
        refused(made.online("pull", "--mapping", "x.yaml"), "--mapping goes with --from-file", code=2)


class TestChangedBehindOurBack:
    def test_a_project_that_was_deleted_is_made_again(self, desk: Callable[..., Desk], tmp_path: Path) -> None:
        made = small(desk, "deleted", tmp_path)
        with made.client() as client, client.sdk() as sdk:
            sdk.projects.delete(made.project(client).id)
        before = tree(made.root)
        for command in ("pull", "status"):
            refused(made.online(command), "has no project", made.root.name, "next: goldkit push (makes it)")
        assert tree(made.root) == before
        again = made.online("push", "--format", "json")
        assert again.returncode == 0
        assert f"made the project “{made.root.name} entities+relations+claims”" in again.stderr
        assert json.loads(again.stdout)[0]["new"] == 2
        assert "made the project" not in made.online("push").stderr

    def test_a_label_config_that_was_edited(self, desk: Callable[..., Desk], tmp_path: Path) -> None:
        made = small(desk, "edited", tmp_path)
        with made.client() as client:
            project = made.project(client)
            config = project.label_config.replace(
                '<Label value="PERSON"', '<Label value="VESSEL" background="#112233"/><Label value="PERSON"'
            )
            with client.sdk() as sdk:
                sdk.projects.update(project.id, label_config=config)
        words = (
            "has names that this workspace's has not, or has in another form: entities/VESSEL",
            "next: goldkit push --overwrite-config",
        )
        refused(made.online("push"), *words)
        made.submit("amina", made.tasks()["ferry"], [region("v", "ferry", "VESSEL")])
        in_use = made.online("push", "--overwrite-config")
        refused(in_use, "annotations or drafts with labels that the new config does not have: entities/VESSEL (1×)")
        with made.client() as client:
            assert "VESSEL" in made.project(client).label_config
            with client.sdk() as sdk:
                (annotation,) = sdk.annotations.list(made.tasks()["ferry"])
                sdk.annotations.delete(annotation.id)
        told = made.online("push", "--overwrite-config")
        assert told.returncode == 0
        assert f"“{project.title}” up to date (gone: entities/VESSEL)" in told.stderr
        with made.client() as client:
            assert "VESSEL" not in made.project(client).label_config

    def test_a_text_that_was_changed(self, desk: Callable[..., Desk], tmp_path: Path) -> None:
        made = small(desk, "changed", tmp_path)
        task = made.tasks()["ferry"]
        made.submit("amina", task, [region("ana", "Ana Quill", "PERSON")])
        made.submit("amina", made.tasks()["bridge"], [region("m", "Marsh", "PERSON", SMALL[1]["text"])])
        with made.client() as client, client.sdk() as sdk:
            data = client.get(f"/api/tasks/{task}/")["data"]
            sdk.tasks.update(str(task), data=data | {"text": "Dr " + data["text"]})
        result = made.online("pull", "--format", "json")
        assert result.returncode == 3
        (finding,) = json.loads(result.stdout)["findings"]
        assert (finding["rule"], finding["place"]["article_id"]) == ("text-changed", "ferry")
        counts = json.loads(result.stdout)["counts"]
        assert (counts["annotations_rejected"], counts["annotations_valid"], counts["items_rejected"]) == (1, 1, 1)

    def test_a_task_that_was_deleted_comes_back_once(self, desk: Callable[..., Desk], tmp_path: Path) -> None:
        made = small(desk, "comes-back", tmp_path)
        with made.client() as client, client.sdk() as sdk:
            sdk.tasks.delete(str(made.tasks()["ferry"]))
        assert [(one.new, one.known) for one in made.push()] == [(1, 1)]
        assert [(one.new, one.known) for one in made.push()] == [(0, 2)]
        assert made.tasks().keys() == {"ferry", "bridge"}

    def test_a_snapshot_that_was_edited(self, desk: Callable[..., Desk], tmp_path: Path) -> None:
        made = small(desk, "forged", tmp_path)
        made.submit("amina", made.tasks()["ferry"], [region("ana", "Ana Quill", "PERSON")])
        sync.pull(made.workspace, **made.address)
        page = next(made.workspace.snapshots.glob("*/project-*/tasks-*.json"))
        page.write_bytes(page.read_bytes() + b" ")
        before = tree(made.root)
        refused(made.run("check"), page.name, "is not what was pulled", "goldkit pull")
        assert tree(made.root) == before


class TestTheOntology:
    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("version: 2.0.0", "version: 2.0.0\ncolor: red", ("color: unknown key",)),
            ("hotkey: a\n", "hotkey: s\n", ("the hotkey 's' is used 2 times",)),
            ("tail: [CUE]", "tail: [KUE]", ("names KUE, which is no type here",)),
            ("version: 2.0.0", "version: 2.0.0\nversion: 2.0.0", ("the key 'version' stands twice",)),
            ("version: 2.0.0", "version: [2.0.0", ("ontology.yaml:",)),
        ],
    )
    def test_that_is_wrong_reaches_no_server(
        self, desk: Callable[..., Desk], tmp_path: Path, old: str, new: str, words: tuple[str, ...]
    ) -> None:
        (tmp_path / "one.jsonl").write_text(json.dumps(SMALL[0]), encoding="utf-8")
        made = desk("wrong-ontology", articles=tmp_path / "one.jsonl")
        file = made.workspace.ontology
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        before = tree(made.root)
        for command in (["schema", "compile"], ["push", *made.online_options]):
            refused(made.run(*command), str(file), *words)
        assert tree(made.root) == before
        with made.client() as client:
            titles = [one["title"] for one in client.get("/api/projects/", {"page_size": 100})["results"]]
        assert not any(title.startswith(made.root.name) for title in titles)

    def test_a_type_that_is_gone_from_it(self, desk: Callable[..., Desk]) -> None:
        """The work of yesterday against the ontology of today: what has no name any more is told, not dropped."""
        made = desk("shrunk")
        made.push()
        demo.label(made.workspace, {"amina": made.tokens["amina"]}, **made.address)
        assert made.online("pull").returncode == 0
        before = json.loads(made.run("check", "--format", "json").stdout)["counts"]
        file = made.workspace.ontology
        file.write_text(
            file.read_text(encoding="utf-8").replace("name: holds_role", "name: has_role"), encoding="utf-8"
        )
        checked = made.run("check", "--format", "json")
        assert checked.returncode == 3
        assert {one["rule"] for one in json.loads(checked.stdout)["findings"]} == {"unknown-relation"}
        counts = json.loads(checked.stdout)["counts"]
        assert counts["items_in"] == before["items_in"] == counts["items_valid"] + counts["items_rejected"]
        refused(made.online("push"), "relations/holds_role (18×)", "goldkit schema migrate")
