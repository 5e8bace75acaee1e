"""Giving articles out on a real server: everybody finds theirs in a view of their own, and nothing is taken away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from toolkit.cli import assign as command
from toolkit.errors import BadInputError
from toolkit.findings import calls_for_action
from toolkit.stages import sync
from toolkit.stages.assign import who_is_who
from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.server import Credentials
from toolkit.studio.views import ASSIGNED, CALIBRATION, FIELDS, mark
from toolkit.workspace import Workspace

from .desks import Office, add_articles, admin, open_office

BO, CY = "bo@annotators.example", "cy@annotators.example"

Open = Callable[..., Office]


@pytest.fixture
def people(studio: Credentials, annotators: tuple[Client, Client]) -> Iterator[dict[str, Client]]:
    with admin(studio) as owner:
        yield dict(zip((BO, CY, studio.email), (*annotators, owner), strict=True))


@pytest.fixture
def office(studio: Credentials, people: dict[str, Client], tmp_path: Path) -> Open:
    """Open an office for the first so many people."""

    def made(heads: int, overlap: int) -> Office:
        return open_office(tmp_path, studio, dict([*people.items()][:heads]), overlap)

    return made


def given(office: Office) -> dict[str, set[str]]:
    """Whose each article is, as the tasks say."""
    return {article_id: set(task["data"].get(ASSIGNED, "").split()) for article_id, task in office.tasks().items()}


def test_everybody_has_a_view_of_exactly_their_articles(office: Open) -> None:
    made = office(3, overlap=2)
    project = made.assign(calibration=2)
    own = given(made)
    assert project.articles == len(own) == 6
    assert sorted(map(len, own.values())) == [2] * 4 + [3] * 2
    for email in made.people:
        who = made.pseudonym(email)
        seen = made.seen(email, who)
        assert sorted(seen) == sorted(article_id for article_id, people in own.items() if who in people)
        assert all(own[article_id] == {*project.by_annotator} for article_id in seen[:2])  # the calibration comes first
        share = project.by_annotator[who]
        assert (share.articles, share.new) == (len(seen), len(seen))
        assert share.url.endswith(f"/data?tab={made.views()[who]['id']}")
    stories = {made.tasks()[article_id]["data"]["story_id"] for article_id in made.seen(BO, made.pseudonym(BO))[:2]}
    assert len(stories) == 2
    assert [view["data"]["title"] for view in sorted(made.views().values(), key=lambda view: view["order"])] == [
        "Default",
        *(made.pseudonym(email) for email in made.people),
    ]


def test_the_stream_brings_each_their_own_until_all_is_done(office: Open) -> None:
    made = office(3, overlap=1)
    made.assign(calibration=1)
    own = {email: made.seen(email, made.pseudonym(email)) for email in made.people}
    for email, articles in own.items():  # the calibration article has had its overlap when the second one comes
        brought, view = [], made.views()[made.pseudonym(email)]
        while article_id := made.offered(email, view):
            brought.append(article_id)
            made.label(email, article_id)
        assert sorted(brought) == sorted(articles)
        assert brought[0] == articles[0]  # the calibration
    assert all(task["is_labeled"] for task in made.tasks().values())


def test_again_changes_nothing(office: Open) -> None:
    made = office(3, overlap=2)
    made.assign(calibration=2)
    before = made.tasks(), made.views()
    project = made.assign()
    assert (made.tasks(), made.views()) == before
    assert project.calibration == 2
    assert [share.new for share in project.by_annotator.values()] == [0, 0, 0]


def test_tasks_are_no_newer_for_it(office: Open) -> None:
    made = office(2, overlap=1)
    before = made.tasks()
    made.assign()
    for article_id, task in made.tasks().items():
        assert task["updated_at"] == before[article_id]["updated_at"]
        assert {key: value for key, value in task["data"].items() if key not in FIELDS} == before[article_id]["data"]


def test_what_was_given_stays_when_articles_and_people_are_added(office: Open) -> None:
    made = office(3, overlap=2)
    made.wants([BO, CY], overlap=2)
    made.assign(calibration=1)
    first = given(made)
    assert {len(own) for own in first.values()} == {2}
    rows = [{"article_id": f"late-{number}", "text": f"Late article {number}: the bay froze."} for number in range(3)]
    add_articles(made.desk, rows)
    made.desk.push()
    made.wants(list(made.people), overlap=2)
    made.assign()
    then = given(made)
    assert all(own <= then[article_id] for article_id, own in first.items())
    newcomer = made.pseudonym([*made.people][2])
    assert {id for id, own in then.items() if newcomer in own and id in first} == set(made.seen(BO, newcomer)[:1])
    assert all(newcomer in then[row["article_id"]] and len(then[row["article_id"]]) == 2 for row in rows)


def test_what_somebody_labelled_unasked_is_theirs(office: Open) -> None:
    made = office(2, overlap=1)
    made.assign()
    theirs = made.seen(BO, made.pseudonym(BO))[0]
    made.label(CY, theirs)
    assert made.offered(BO) != theirs  # it has had its overlap
    made.assign()
    assert given(made)[theirs] == {made.pseudonym(BO), made.pseudonym(CY)}
    assert theirs in made.seen(CY, made.pseudonym(CY))
    assert made.offered(BO) == theirs
    made.label(BO, theirs)
    assert made.tasks()[theirs]["is_labeled"]


def test_a_higher_overlap_gives_more_out(office: Open) -> None:
    made = office(2, overlap=1)
    made.assign()
    made.wants([BO, CY], overlap=2)
    made.assign()
    assert {len(own) for own in given(made).values()} == {2}
    assert {task["overlap"] for task in made.tasks().values()} == {2}


def test_a_view_that_was_deleted_or_widened_is_put_back(office: Open, client: Client) -> None:
    made = office(2, overlap=1)
    made.assign()
    expected = {email: made.seen(email, made.pseudonym(email)) for email in made.people}
    gone, widened = (made.views()[made.pseudonym(email)] for email in (BO, CY))
    own = client.post("/api/dm/views/", {"project": gone["project"], "data": {"title": "my own"}})
    client._http.delete(f"/api/dm/views/{gone['id']}/").raise_for_status()
    everything = {"conjunction": "and", "items": []}
    wider = widened["data"] | {"filters": everything, "columnsWidth": {"tasks:data.title": 333}}
    client.patch(f"/api/dm/views/{widened['id']}/", {"data": wider})
    made.assign()
    assert {email: made.seen(email, made.pseudonym(email)) for email in made.people} == expected
    assert made.views()[made.pseudonym(CY)]["id"] == widened["id"]
    assert made.views()[made.pseudonym(CY)]["data"]["columnsWidth"] == {"tasks:data.title": 333}
    assert made.views()["my own"] == own


def test_our_fields_are_hidden_in_views_that_were_there_before(office: Open, client: Client) -> None:
    made = office(2, overlap=1)
    with made.desk.client() as owner:
        project = made.desk.project(owner).id
    shown = {"explore": ["tasks:data.url"], "labeling": []}
    client.post("/api/dm/views/", {"project": project, "data": {"title": "Default", "hiddenColumns": shown}})
    made.assign()
    hidden = made.views()["Default"]["data"]["hiddenColumns"]
    assert hidden["explore"] == ["tasks:data.url", *(f"tasks:data.{name}" for name in FIELDS)]
    assert hidden["labeling"] == [f"tasks:data.{name}" for name in FIELDS]
    changed = made.views()["Default"]["data"] | {"hiddenColumns": shown}
    client.patch(f"/api/dm/views/{made.views()['Default']['id']}/", {"data": changed})
    made.assign()
    assert made.views()["Default"]["data"]["hiddenColumns"] == shown  # somebody wants to see them


def test_a_column_that_label_studio_forgot_is_brought_back(office: Open, client: Client) -> None:
    made = office(2, overlap=1)
    with made.desk.client() as owner:
        project = made.desk.project(owner).id
    who = made.pseudonym(BO)
    (article_id, kept), (_, gone) = [*made.tasks().items()][:2]
    # It counts the tasks that have a field, but of those whose field was written at once only one.
    mark(client, project, ASSIGNED, {kept["id"]: who, gone["id"]: who})
    client._http.delete(f"/api/tasks/{gone['id']}/").raise_for_status()
    columns = client.get("/api/dm/columns/", {"project": project})["columns"]
    assert ASSIGNED not in {column["id"] for column in columns}, client.get(f"/api/projects/{project}/summary/")
    made.assign()
    columns = client.get("/api/dm/columns/", {"project": project})["columns"]
    assert {*FIELDS} <= {column["id"] for column in columns}
    hidden = made.views()[who]["data"]["hiddenColumns"]["explore"]
    assert [name for name in FIELDS if f"tasks:data.{name}" not in hidden] == [CALIBRATION]
    assert who in given(made)[article_id]


def test_tasks_that_are_none_of_ours_are_left_alone(office: Open, client: Client) -> None:
    made = office(2, overlap=1)
    with made.desk.client() as owner:
        project = made.desk.project(owner).id
    double = made.tasks()["dam-1"]["data"]
    client.post(f"/api/projects/{project}/import", [{"data": {"text": "somebody's own"}}, {"data": double}])
    everything = [task for page in tasks.all_pages(client, project, tasks.PLAIN) for task in page.tasks]
    own, other = everything[-2:]
    made.people[BO].post(f"/api/tasks/{other['id']}/annotations/", {"result": []})
    given_out = made.assign()
    assert given_out.articles == 6
    after = {task["id"]: task["data"] for page in tasks.all_pages(client, project, tasks.PLAIN) for task in page.tasks}
    assert after[own["id"]] == own["data"]
    (first,) = (task["id"] for task in everything[:-2] if task["data"]["article_id"] == "dam-1")
    assert not after[first].get(ASSIGNED)  # nobody worked on it
    assert made.pseudonym(BO) in after[other["id"]][ASSIGNED]


def test_pull_and_push_do_not_mind(office: Open) -> None:
    made = office(2, overlap=1)
    made.assign(calibration=1)
    article_id = made.offered(BO)
    made.label(BO, article_id)
    checked = sync.pull(made.workspace, **made.desk.address)
    assert not calls_for_action(checked.findings)
    (record,) = checked.collected.annotations
    assert (record.article_id, record.annotator) == (article_id, made.pseudonym(BO))
    (pushed,) = made.desk.push()
    assert (pushed.new, pushed.known, pushed.findings) == (0, 6, ())


def test_nobody_is_named_on_the_server_or_in_what_is_printed(office: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    made = office(2, overlap=1)
    app = typer.Typer()
    command.register(app)
    monkeypatch.chdir(made.desk.root)
    results = [
        CliRunner().invoke(app, [*made.desk.online_options, "--calibration", "1", *more], catch_exceptions=False)
        for more in ([], ["--format", "json"])
    ]
    printed = results[0].stdout, json.loads(results[1].stdout)
    for email in made.people:
        assert made.pseudonym(email) in printed[0]
        assert made.pseudonym(email) in printed[1][0]["by_annotator"]
    assert printed[1][0]["calibration"] == 1
    found = json.dumps([printed, made.tasks(), made.views()])
    assert "@" not in found


def test_who_is_who_tells_the_pseudonyms_of_all_who_joined(office: Open) -> None:
    made = office(2, overlap=1)
    known = dict(who_is_who(made.workspace, **made.desk.address))
    assert {made.pseudonym(email): email for email in (BO, CY)}.items() <= known.items()


def settings(**more: Any) -> dict[str, Any]:
    return {"name": "demo", "studio": {"projects": [{"title": "goldkit demo", **more}]}}


@pytest.mark.parametrize(
    ("wanted", "message", "next"),
    [
        ({}, "does not say who labels", "--names"),
        ({"overlap": 2, "annotators": ["ann-aaaaaaaa"]}, "wants 2 annotators .* and names 1", "lower overlap"),
        ({"annotators": ["ann-aaaaaaaa"]}, "who are no users of .*: ann-aaaaaaaa", "invite link"),
    ],
)
def test_who_labels_must_be_known(
    wanted: dict[str, Any], message: str, next: str, studio: Credentials, tmp_path: Path
) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "project.yaml").write_text(json.dumps(settings(**wanted)), encoding="utf-8")
    from toolkit.stages.assign import assign

    with pytest.raises(BadInputError, match=message) as raised:
        assign(Workspace(tmp_path), url=studio.url, token=studio.token)
    assert next in raised.value.next


@pytest.mark.parametrize("names", [[BO], ["ann-aaaaaaaa", "ann-aaaaaaaa"], ["ann-AAAAAAAA"]])
def test_the_published_file_holds_no_addresses(names: list[str], tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "project.yaml").write_text(json.dumps(settings(annotators=names)), encoding="utf-8")
    with pytest.raises(BadInputError, match=r"studio\.projects\.0\.annotators") as raised:
        _ = Workspace(tmp_path).project
    assert BO not in raised.value.message
