"""Our projects are found again, kept up to date, and never overwrite what a person did."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from toolkit.errors import StudioConflict, StudioUnreachable
from toolkit.project import StudioProject
from toolkit.studio import projects, tasks
from toolkit.studio.address import Address
from toolkit.studio.client import Client, Params
from toolkit.studio.projects import RemoteProject, ensure_project, find_project, require_project
from toolkit.studio.server import Credentials

from .fakes import CONFIG, WORKSPACE, Fake, article, forwarded, person

TEXT = article(1).text
QUESTION = """<Choices name="kind" toName="text" perRegion="true"><Choice value="a"/><Choice value="b"/></Choices>
  <Taxonomy name="topic" toName="text"><Choice value="Trade"><Choice value="Ports"/></Choice></Taxonomy>"""
ASKING = CONFIG.replace("</View>", f"{QUESTION}</View>")
Annotators = tuple[Client, Client]


def ensure(client: Client, wanted: StudioProject, config: str = CONFIG, overwrite: bool = False) -> RemoteProject:
    return ensure_project(
        client, WORKSPACE, wanted, label_config=config, instruction="<p>Read.</p>", overwrite_config=overwrite
    )


def live(client: Client, project: RemoteProject) -> dict[str, object]:
    return dict(client.get(f"/api/projects/{project.id}/"))


def patch(client: Client, project: RemoteProject, **changes: str) -> None:
    with client.sdk() as sdk:
        sdk.projects.update(project.id, **changes)  # type: ignore[arg-type]


def test_a_project_is_made_once(client: Client, wanted: StudioProject) -> None:
    assert find_project(client, WORKSPACE, wanted) is None
    with pytest.raises(StudioConflict) as raised:
        require_project(client, WORKSPACE, wanted)
    assert raised.value.next.startswith("goldkit push")
    made = ensure(client, wanted)
    assert ensure(client, wanted) == made == require_project(client, WORKSPACE, wanted)
    settings = live(client, made)
    assert settings["expert_instruction"] == "<p>Read.</p>"
    assert settings["show_instruction"] is True
    assert settings["maximum_annotations"] == 2
    assert settings["sampling"] == "Sequential sampling"


def test_the_title_may_change_on_the_server(client: Client, project: RemoteProject) -> None:
    patch(client, project, title=f"{project.title} renamed")
    assert require_project(client, WORKSPACE, project.wanted).id == project.id


def test_another_workspace_has_another_project(client: Client, project: RemoteProject) -> None:
    assert find_project(client, "elsewhere", project.wanted) is None


def test_instruction_and_overlap_follow(client: Client, project: RemoteProject) -> None:
    wanted = project.wanted.model_copy(update={"overlap": 5})
    ensure_project(client, WORKSPACE, wanted, label_config=CONFIG, instruction="<p>Read twice.</p>")
    settings = live(client, project)
    assert (settings["maximum_annotations"], settings["expert_instruction"]) == (5, "<p>Read twice.</p>")


def test_a_namesake_is_left_alone(client: Client, wanted: StudioProject) -> None:
    with client.sdk() as sdk:
        sdk.projects.create(title=wanted.title)
    with pytest.raises(StudioConflict, match="did not make it"):
        ensure(client, wanted)


def test_two_projects_that_say_they_are_ours(
    client: Client, project: RemoteProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projects, "QUARREL", 0)
    with client.sdk() as sdk:
        twin = sdk.projects.create(title="a copy", description=str(live(client, project)["description"]))
    with pytest.raises(StudioConflict, match="two projects") as raised:
        find_project(client, WORKSPACE, project.wanted)
    assert project.url in str(raised.value)
    assert f"/projects/{twin.id}" in str(raised.value)
    patch(client, project, description="")
    assert require_project(client, WORKSPACE, project.wanted).id == twin.id


@pytest.fixture
def asking(client: Client, wanted: StudioProject) -> RemoteProject:
    """A project with one task and every kind of control."""
    project = ensure(client, wanted, ASKING)
    client.post(f"/api/projects/{project.id}/import", [{"data": {"text": TEXT}}])
    return project


def task_of(client: Client, project: RemoteProject) -> int:
    ((task,),) = (page.tasks for page in tasks.all_pages(client, project.id, tasks.PLAIN))
    return int(task["id"])


def config_of(client: Client, project: RemoteProject) -> str:
    return str(live(client, project)["label_config"])


def without(*parts: str) -> str:
    config = ASKING
    for part in parts:
        assert part in config
        config = config.replace(part, "")
    return config


class TestConfigsThatDiffer:
    def test_white_space_and_comments_are_no_change(self, client: Client, project: RemoteProject) -> None:
        again = ensure(client, project.wanted, "<!-- note -->\n" + CONFIG.replace("\n", "\n    "))
        assert again.config_change == ""
        assert config_of(client, project) == CONFIG

    def test_names_are_added_without_asking(self, client: Client, project: RemoteProject) -> None:
        updated = ensure(client, project.wanted, ASKING)
        assert updated.config_change == "new: kind/a, kind/b, topic/Ports, topic/Trade"
        assert updated.label_config == ASKING == config_of(client, project)
        assert ensure(client, project.wanted, ASKING).config_change == ""

    def test_names_are_arranged_otherwise_without_asking(self, client: Client, project: RemoteProject) -> None:
        coloured = CONFIG.replace('value="PERSON"', 'value="PERSON" background="#336699"')
        assert ensure(client, project.wanted, coloured).config_change == "the same names, arranged otherwise"
        assert config_of(client, project) == coloured

    def test_names_that_somebody_added_go_only_when_told(self, client: Client, project: RemoteProject) -> None:
        edited = CONFIG.replace('<Label value="ORG"/>', '<Label value="PLACE"/>')
        patch(client, project, label_config=edited)
        with pytest.raises(StudioConflict, match="in another form: entities/PLACE; they are not used") as raised:
            ensure(client, project.wanted)
        assert raised.value.next.startswith("goldkit push --overwrite-config")
        assert config_of(client, project) == edited
        updated = ensure(client, project.wanted, overwrite=True)
        assert updated.config_change == "new: entities/ORG; gone: entities/PLACE"
        assert config_of(client, project) == CONFIG

    def test_a_question_of_another_form_is_another_question(self, client: Client, asking: RemoteProject) -> None:
        written = ASKING.replace(QUESTION, '<TextArea name="kind" toName="text" perRegion="true"/>')
        with pytest.raises(StudioConflict, match="in another form: kind/a, kind/b, topic/Ports, topic/Trade"):
            ensure(client, asking.wanted, written)
        assert ensure(client, asking.wanted, written, overwrite=True).config_change.startswith(
            "new: kind; gone: kind/a"
        )

    def test_a_refusal_changes_nothing(self, client: Client, asking: RemoteProject) -> None:
        before = live(client, asking)
        wanted = asking.wanted.model_copy(update={"overlap": 9})
        with pytest.raises(StudioConflict):
            ensure_project(client, WORKSPACE, wanted, label_config=CONFIG, instruction="<p>Read again.</p>")
        assert live(client, asking) == before


class TestNamesInUse:
    """A name that is in use never goes, whoever used it and wherever Label Studio keeps that."""

    @staticmethod
    def refused(client: Client, project: RemoteProject, config: str, uses: str) -> None:
        before = config_of(client, project)
        for overwrite in (False, True):
            with pytest.raises(StudioConflict) as raised:
                ensure(client, project.wanted, config, overwrite=overwrite)
            assert raised.value.message.endswith(f"with labels that the new config does not have: {uses}")
            assert raised.value.next.startswith("goldkit schema migrate --plan FILE")
        assert config_of(client, project) == before

    def test_imported(self, client: Client, asking: RemoteProject) -> None:
        """Label Studio's own counts do not have these."""
        task = {"data": {"text": TEXT}, "annotations": [{"result": person(TEXT), "ground_truth": False}]}
        client.post(f"/api/projects/{asking.id}/import", [task, task])
        gone = ('<Label value="PERSON"/>', '<Label value="ORG"/>')
        self.refused(client, asking, without(*gone), "entities/PERSON (2×)")

    def test_in_a_relation_alone(self, client: Client, asking: RemoteProject, annotators: Annotators) -> None:
        """Label Studio lets it go and says 200."""
        link = {"type": "relation", "from_id": "r1", "to_id": "r1", "direction": "right", "labels": ["works_for"]}
        body = {"result": [*person(TEXT), link]}
        annotators[0].post(f"/api/tasks/{task_of(client, asking)}/annotations/", body)
        self.refused(client, asking, without('<Relation value="works_for"/>'), "relations/works_for (1×)")

    @pytest.mark.parametrize(
        ("type", "control", "answer", "gone", "uses"),
        [
            ("choices", "kind", "a", '<Choice value="a"/>', "kind/a (1×)"),
            ("taxonomy", "topic", ["Trade", "Ports"], '<Choice value="Ports"/>', "topic/Ports (1×)"),
            ("choices", "kind", "b", QUESTION.partition("<Tax")[0], "kind/b (1×)"),
        ],
        ids=["choice", "nested answer", "whole question"],
    )
    @pytest.mark.parametrize("skipped", [False, True], ids=["submitted", "skipped"])
    def test_answers(
        self,
        client: Client,
        asking: RemoteProject,
        annotators: Annotators,
        type: str,
        control: str,
        answer: Any,
        gone: str,
        uses: str,
        skipped: bool,
    ) -> None:
        value = {"start": 0, "end": 1, "text": "A", type: [answer]}
        result = {"id": "r1", "from_name": control, "to_name": "text", "type": type, "value": value}
        body = {"result": [result], "was_cancelled": skipped}
        annotators[0].post(f"/api/tasks/{task_of(client, asking)}/annotations/", body)
        self.refused(client, asking, without(gone), uses)

    def test_in_drafts_of_two_annotators(self, client: Client, asking: RemoteProject, annotators: Annotators) -> None:
        for annotator in annotators:
            body = {"result": person(TEXT), "lead_time": 1}
            annotator.post(f"/api/tasks/{task_of(client, asking)}/drafts", body)
        self.refused(client, asking, without('<Label value="PERSON"/>'), "entities/PERSON (2×)")

    def test_what_is_not_in_use_any_more_may_go(
        self, client: Client, asking: RemoteProject, annotators: Annotators
    ) -> None:
        """Label Studio's own counts keep what was taken out of a draft, and would refuse to let the question go."""
        bo, path = annotators[0], f"/api/tasks/{task_of(client, asking)}/drafts"
        value = {"start": 0, "end": 1, "text": "A", "choices": ["a"]}
        result = {"id": "r1", "from_name": "kind", "to_name": "text", "type": "choices", "value": value}
        draft = bo.post(path, {"result": [result], "lead_time": 1})
        bo.patch(f"/api/drafts/{draft['id']}", {"result": person(TEXT)})
        less = without(QUESTION.partition("<Tax")[0])
        assert ensure(client, asking.wanted, less, overwrite=True).config_change == "gone: kind/a, kind/b"
        assert config_of(client, asking) == less


class TestWorkThatComesMeanwhile:
    """The server's answers pass through a proxy, and something happens when the new label config arrives there."""

    LESS = without('<Label value="PERSON"/>')

    def replace(
        self, studio: Credentials, fake: Callable[..., Fake], project: RemoteProject, then: Callable[[bool], bool]
    ) -> None:
        """Take PERSON away. ``then`` is told of each request whether it is a change, and says if it is answered."""

        def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
            return forwarded(studio.url, method, path, headers, body) if then(method == "PATCH") else (0, "", b"")

        with Client(Address(fake(answer).url, studio.token)) as client:
            wanted = project.wanted.model_copy(update={"overlap": 7})
            ensure(client, wanted, self.LESS, overwrite=True)

    def test_the_old_config_comes_back(
        self,
        client: Client,
        asking: RemoteProject,
        studio: Credentials,
        fake: Callable[..., Fake],
        annotators: Annotators,
    ) -> None:
        seen: list[str] = []

        def submit_first(change: bool) -> bool:
            if change:
                seen.append(config_of(client, asking))
                if len(seen) == 1:
                    body = {"result": person(TEXT)}
                    annotators[0].post(f"/api/tasks/{task_of(client, asking)}/annotations/", body)
            return True

        before = live(client, asking)
        with pytest.raises(StudioConflict, match=r"entities/PERSON \(1×\); .* the old one is back") as raised:
            self.replace(studio, fake, asking, submit_first)
        assert raised.value.next.startswith("goldkit schema migrate --plan FILE")
        assert seen == [ASKING, self.LESS], "it was replaced, and then put back"
        after = live(client, asking)
        assert {key: after[key] for key in ("label_config", "maximum_annotations", "expert_instruction")} == {
            key: before[key] for key in ("label_config", "maximum_annotations", "expert_instruction")
        }

    def test_a_server_that_fails_when_it_is_asked_again(
        self, client: Client, asking: RemoteProject, studio: Credentials, fake: Callable[..., Fake]
    ) -> None:
        requests: list[bool] = []

        def hang_up_after_the_change(change: bool) -> bool:
            requests.append(change)
            return change or True not in requests

        with pytest.raises(StudioUnreachable):
            self.replace(studio, fake, asking, hang_up_after_the_change)
        assert requests.count(True) == 2
        assert config_of(client, asking) == ASKING


class Listening(Client):
    """Tells how often it has listed the projects; a push does so before it makes one, twice."""

    def __init__(self, studio: Credentials, told: Callable[[int], object]) -> None:
        super().__init__(Address(studio.url, studio.token))
        self.told, self.listed = told, 0

    def get(self, path: str, params: Params | None = None) -> Any:
        answer = super().get(path, params)
        if path == "/api/projects/":
            self.listed += 1
            self.told(self.listed)
        return answer


class TestFirstPushesAtTheSameTime:
    def test_all_find_none_and_one_is_left(self, client: Client, wanted: StudioProject, studio: Credentials) -> None:
        barrier = threading.Barrier(3)

        def push(_: int) -> RemoteProject:
            with Listening(studio, lambda number: barrier.wait(60) if number == 2 else None) as one:
                return ensure(one, wanted)

        with ThreadPoolExecutor(3) as threads:
            found = list(threads.map(push, range(3)))
        listed = client.get("/api/projects/", {"page_size": 100})["results"]
        there = [project["id"] for project in listed if project["title"] == wanted.title]
        assert there == [found[0].id]
        assert {one.id for one in found} == set(there)
        assert [one.made for one in found].count(True) == 1

    def test_another_is_quicker(self, client: Client, wanted: StudioProject, studio: Credentials) -> None:
        made: list[RemoteProject] = []
        with Listening(studio, lambda number: made.append(ensure(client, wanted)) if number == 1 else None) as late:
            found = ensure(late, wanted)
        assert (found, found.made, made[0].made) == (made[0], False, True)
        assert require_project(client, WORKSPACE, wanted) == found

    def test_a_maker_that_was_killed_before_it_could_yield(
        self, client: Client, project: RemoteProject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projects, "QUARREL", 0)
        description = str(live(client, project)["description"])
        with client.sdk() as sdk:
            twin = sdk.projects.create(title=project.title, description=description)
        found = ensure(client, project.wanted)
        assert (found.id, found.set_aside) == (project.id, f"{client.url}/projects/{twin.id}")
        again = ensure(client, project.wanted)
        assert (again.id, again.set_aside) == (project.id, "")
        assert client.get(f"/api/projects/{twin.id}/")["description"].endswith("not used.")

    def test_of_twins_the_one_with_tasks_is_ours(
        self, client: Client, project: RemoteProject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projects, "QUARREL", 0)
        description = str(live(client, project)["description"])
        with client.sdk() as sdk:
            twin = sdk.projects.create(title=project.title, description=description, label_config=CONFIG)
        client.post(f"/api/projects/{twin.id}/import", [{"data": {"text": TEXT}}])
        assert ensure(client, project.wanted).id == twin.id
        patch(client, project, description=description)
        client.post(f"/api/projects/{project.id}/import", [{"data": {"text": TEXT}}])
        with pytest.raises(StudioConflict, match="two projects"):
            ensure(client, project.wanted)

    def test_who_comes_while_they_agree_waits(
        self, client: Client, project: RemoteProject, studio: Credentials
    ) -> None:
        description = str(live(client, project)["description"])
        with client.sdk() as sdk:
            twin = sdk.projects.create(title=project.title, description=description)

            def yield_late(listed: int) -> None:
                if listed == 2:
                    sdk.projects.delete(twin.id)

            with Listening(studio, yield_late) as third:
                assert find_project(third, WORKSPACE, project.wanted) is not None
                assert third.listed == 3
