"""A snapshot holds all that the server has, as it came, and vouches for it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import BadInputError, StudioError
from toolkit.studio import snapshots, tasks
from toolkit.studio.address import Address
from toolkit.studio.annotate import submit_annotation
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.projects import RemoteProject
from toolkit.studio.pull import pull
from toolkit.studio.push import push
from toolkit.studio.server import Credentials
from toolkit.studio.snapshots import Snapshot, latest, read_tasks

from .fakes import CONFIG, Fake, always, article, articles, person

NOW = datetime(2031, 3, 14, 12, tzinfo=UTC)
ONTOLOGY = Path(__file__).parents[2] / "configs" / "ontology.yaml"


@pytest.fixture
def annotated(client: Client, project: RemoteProject, studio: Credentials) -> RemoteProject:
    """Ten tasks; the first is labelled, the second skipped."""
    push(client, project, articles(10))
    first, second = task_ids(client, project)[:2]
    assert submit_annotation(studio.url, studio.token, first, person(article(0).text), 4.5)
    assert submit_annotation(studio.url, studio.token, second, [], was_cancelled=True)
    return project


def task_ids(client: Client, project: RemoteProject) -> list[int]:
    return [task["id"] for page in tasks.all_pages(client, project.id, tasks.PLAIN) for task in page.tasks]


def test_a_snapshot(client: Client, annotated: RemoteProject, studio: Credentials, tmp_path: Path) -> None:
    ticks: list[int] = []
    snapshot = pull(client, [annotated], tmp_path, ONTOLOGY, page_size=4, progress=ticks.append, now=NOW)
    assert snapshot.folder == tmp_path / "20310314T120000Z"
    assert [path.name for path in tmp_path.iterdir()] == ["20310314T120000Z"]
    assert snapshot.manifest.created == "2031-03-14T12:00:00+00:00"
    assert (snapshot.manifest.server_url, snapshot.manifest.server_version) == (studio.url, "1.23.2")
    (record,) = snapshot.manifest.projects
    assert (record.tasks, record.annotations, record.skipped, record.drafts) == (10, 1, 1, 0)
    assert (record.title, record.layers) == (annotated.title, ("entities", "relations", "claims"))
    assert sum(ticks) == 10
    folder = snapshot.folder / f"project-{annotated.id}"
    assert (folder / "label_config.xml").read_text(encoding="utf-8") == CONFIG
    assert snapshot.ontology.read_bytes() == ONTOLOGY.read_bytes()
    assert json.loads((folder / "project.json").read_bytes())["id"] == annotated.id

    found = [task for _, task in read_tasks(snapshot)]
    assert [task["id"] for task in found] == task_ids(client, annotated)
    assert [task["data"]["text"] for task in found] == [each.text for each in articles(10)]
    (labelled,) = found[0]["annotations"]
    assert labelled["result"] == person(article(0).text)
    assert (labelled["lead_time"], labelled["was_cancelled"], labelled["ground_truth"]) == (4.5, False, False)
    assert snapshot.identity(labelled["completed_by"]) == studio.email
    (skipped,) = found[1]["annotations"]
    assert skipped["was_cancelled"] is True


def test_e_mail_addresses_are_in_one_file_only(
    client: Client, annotated: RemoteProject, studio: Credentials, tmp_path: Path
) -> None:
    snapshot = pull(client, [annotated], tmp_path, ONTOLOGY)
    files = [path for path in snapshot.folder.rglob("*") if path.is_file()]
    holding = {path.name for path in files if studio.email in path.read_text(encoding="utf-8")}
    assert holding == {"users.json"}


def test_the_bytes_are_the_servers(client: Client, annotated: RemoteProject, tmp_path: Path) -> None:
    snapshot = pull(client, [annotated], tmp_path, ONTOLOGY, readers=1)
    (page,) = tasks.all_pages(client, annotated.id, tasks.ANNOTATED)
    (file,) = snapshot.folder.glob("project-*/tasks-*.json")
    assert file.read_bytes() == page.body


@pytest.mark.parametrize(("count", "readers", "page_size"), [(0, 2, 5), (1, 2, 5), (2, 3, 1), (23, 2, 5), (23, 4, 100)])
def test_every_task_once(
    client: Client, project: RemoteProject, tmp_path: Path, count: int, readers: int, page_size: int
) -> None:
    push(client, project, articles(count))
    snapshot = pull(client, [project], tmp_path, ONTOLOGY, readers=readers, page_size=page_size)
    assert [task["data"]["article_id"] for _, task in read_tasks(snapshot)] == [f"a-{n:04}" for n in range(count)]


def test_tasks_deleted_and_added_while_pulling(client: Client, project: RemoteProject, tmp_path: Path) -> None:
    push(client, project, articles(30))
    ids = task_ids(client, project)
    gone = [ids[1], ids[20], ids[29]]

    def meddle(_: int) -> None:
        if gone:
            with client.sdk() as sdk:
                sdk.tasks.delete(str(gone.pop()))
            push(client, project, [article(100 + len(gone))])

    snapshot = pull(client, [project], tmp_path, ONTOLOGY, readers=1, page_size=4, progress=meddle)
    found = [task["data"]["article_id"] for _, task in read_tasks(snapshot)]
    assert len(set(found)) == len(found)
    untouched = {f"a-{n:04}" for n in range(30)} - {"a-0001", "a-0020", "a-0029"}
    assert untouched <= set(found)


def test_what_fails_leaves_no_snapshot(client: Client, annotated: RemoteProject, tmp_path: Path) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "snapshots"
    with pytest.raises(KeyboardInterrupt):
        pull(client, [annotated], folder, ONTOLOGY, progress=interrupt)
    assert not folder.exists()


Start = Callable[..., Fake]


def test_a_page_that_comes_short_is_an_error(fake: Start) -> None:
    server = fake(always(200, {"total": 3, "tasks": [{"id": 1, "data": {}}]}))
    with Client(Address(server.url, "token")) as client, pytest.raises(StudioError, match="1 tasks of 3"):
        list(tasks.pages(client, 1, tasks.PLAIN, tasks.IdRange(0, 9)))
    assert len(server.seen) == 2


def test_annotations_without_results_are_an_error(
    client: Client, annotated: RemoteProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "ANNOTATED", tasks.PROGRESS)
    with pytest.raises(StudioError, match="without its annotations'"):
        pull(client, [annotated], tmp_path, ONTOLOGY)


def test_two_pulls_within_a_second(client: Client, project: RemoteProject, tmp_path: Path) -> None:
    ontology, folder, pulled = tmp_path / "ontology.yaml", tmp_path / "snapshots", []
    for number in range(3):
        ontology.write_bytes(ONTOLOGY.read_bytes() + b"# %d\n" % number)
        pulled.append(pull(client, [project], folder, ontology, now=NOW))
    assert len({snapshot.folder for snapshot in pulled}) == 3
    assert pulled[-1].folder.name == "20310314T120000Z-2"
    assert latest(folder).folder == pulled[-1].folder


def test_without_a_snapshot(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as raised:
        latest(tmp_path / "snapshots")
    assert raised.value.next == "goldkit pull"


def damage_page(folder: Path) -> None:
    (page,) = folder.glob("project-*/tasks-*.json")
    page.write_bytes(page.read_bytes().replace(b"Ada", b"Eva", 1))


def lose_page(folder: Path) -> None:
    (page,) = folder.glob("project-*/tasks-*.json")
    page.unlink()


def cut_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"format": 1', encoding="utf-8")


def lose_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize("damage", [damage_page, lose_page, cut_manifest, lose_manifest])
def test_a_damaged_snapshot_is_refused(
    client: Client, annotated: RemoteProject, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    snapshot = pull(client, [annotated], tmp_path, ONTOLOGY, readers=1)
    damage(snapshot.folder)
    with pytest.raises(BadInputError) as raised:
        list(read_tasks(latest(tmp_path)))
    assert str(snapshot.folder) in str(raised.value)


def test_a_snapshot_without_its_ontology(client: Client, project: RemoteProject, tmp_path: Path) -> None:
    snapshot = pull(client, [project], tmp_path, ONTOLOGY)
    (snapshot.folder / "ontology.yaml").write_text("name: other\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="is not what was pulled"):
        _ = snapshot.ontology
    files = {name: record for name, record in snapshot.manifest.files.items() if name != "ontology.yaml"}
    old = Snapshot(snapshot.folder, snapshot.manifest.model_copy(update={"files": files}))
    with pytest.raises(BadInputError, match="does not hold the ontology") as raised:
        _ = old.ontology
    assert raised.value.next.startswith("goldkit pull")


def test_who_an_annotation_is_by(client: Client, annotated: RemoteProject, tmp_path: Path) -> None:
    snapshot: Snapshot = pull(client, [annotated], tmp_path, ONTOLOGY)
    ours = next(iter(snapshot.users))
    email = snapshot.users[ours].lower()
    cases: list[tuple[Any, str]] = [
        (ours, email),
        ({"id": ours}, email),
        ({"id": 99, "email": "Ada@Example.org"}, "ada@example.org"),
        ("Ada@Example.org", "ada@example.org"),
        (" Ada Quill Ada@Example.org, 99", "ada@example.org"),  # as an export's created_username
        ("ada", f"{client.url}#ada"),
        (99, f"{client.url}#99"),
    ]
    assert [snapshot.identity(completed_by) for completed_by, _ in cases] == [identity for _, identity in cases]


def test_work_is_submitted_once_and_as_its_author(
    client: Client, project: RemoteProject, studio: Credentials, tmp_path: Path
) -> None:
    push(client, project, articles(1))
    token = add_annotator(studio, "ada@example.org", "a long password")
    (task,) = task_ids(client, project)
    once = str(uuid.uuid4())
    assert submit_annotation(studio.url, token, task, person(article(0).text), 3.0, once)
    assert not submit_annotation(studio.url, token, task, person(article(0).text), 3.0, once)
    snapshot = pull(client, [project], tmp_path, ONTOLOGY)
    ((_, found),) = read_tasks(snapshot)
    assert [snapshot.identity(annotation["completed_by"]) for annotation in found["annotations"]] == ["ada@example.org"]
    with pytest.raises(ValueError, match="UUID"):
        submit_annotation(studio.url, token, task, [], 1.0, "not one")


def test_the_newest_snapshot_is_by_time_then_number(tmp_path: Path) -> None:
    for name in ("20310314T120000Z-2", "20310314T120000Z-10", "20301231T235959Z", "notes", ".20320101T000000Z.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").touch()
    (tmp_path / "20991231T000000Z").mkdir()  # a name that was taken, and nothing came of it
    with pytest.raises(BadInputError, match="20310314T120000Z-10"):
        latest(tmp_path)
    names = []
    for _ in range(2):
        with snapshots.new_folder(tmp_path, NOW) as (part, target):
            (part / "x").touch()
        names.append(target.name)
    assert names == ["20310314T120000Z", "20310314T120000Z-1"]
