"""Which names a label config has, and how often they are used: by everybody, wherever Label Studio keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.studio import labels, tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject

from .fakes import CONFIG, article, person

TEXT = article(1).text
Annotators = tuple[Client, Client]


def answered(type: str, control: str, *answers: Any) -> dict[str, Any]:
    """A region's answer to a question."""
    value = {"start": 0, "end": 1, "text": "A", "text" if type == "textarea" else type: list(answers)}
    return {"id": "r1", "from_name": control, "to_name": "text", "type": type, "value": value}


def link(label: str) -> dict[str, Any]:
    return {"type": "relation", "from_id": "r1", "to_id": "r2", "direction": "right", "labels": [label]}


@pytest.fixture
def task(client: Client, project: RemoteProject) -> int:
    client.post(f"/api/projects/{project.id}/import", [{"data": {"text": TEXT}}])
    ((found,),) = (page.tasks for page in tasks.all_pages(client, project.id, tasks.PLAIN))
    return int(found["id"])


def totals(client: Client, project: RemoteProject) -> dict[str, int]:
    return {name: users.total() for name, users in labels.usage(client, project.id).items()}


class TestConfigs:
    def test_nothing_is_lost_where_names_are_added(self) -> None:
        more = CONFIG.replace('<Label value="ORG"/>', '<Label value="ORG"/><Label value="PLACE"/>')
        assert labels.lost(CONFIG, more) == set()
        assert labels.lost(more, CONFIG) == {"entities/PLACE"}

    def test_a_control_goes_with_its_names(self) -> None:
        less = CONFIG.replace('name="entities"', 'name="mentions"')
        assert labels.lost(CONFIG, less) == {"entities", "entities/PERSON", "entities/ORG"}

    def test_a_question_of_another_form_loses_its_answers(self) -> None:
        written = CONFIG.replace("</View>", '<TextArea name="role" toName="text" perRegion="true"/></View>')
        chosen = written.replace("<TextArea ", "<Choices ").replace(
            '"true"/>', '"true"><Choice value="chair"/></Choices>'
        )
        assert labels.reformed(written, chosen) == {"role": ("TextArea", "Choices")}
        assert labels.lost(written, chosen) == {"role"}
        assert labels.lost(chosen, written) == {"role", "role/chair"}

    def test_people_are_not_shown_the_controls_of_the_labels_they_are_shown(self) -> None:
        assert labels.shown({"role", "kind", "kind/b", "kind/a"}) == ["kind/a", "kind/b", "role"]


class TestUsage:
    def test_by_whom(self, client: Client, project: RemoteProject, task: int, annotators: Annotators) -> None:
        bo, cy = annotators
        for annotator, count in ((bo, 1), (cy, 2)):
            annotator.post(f"/api/tasks/{task}/annotations/", {"result": person(TEXT) * count})
        ids = {email: id for id, email in client.users().items()}
        by = {ids["bo@annotators.example"]: 1, ids["cy@annotators.example"]: 2}
        assert labels.usage(client, project.id) == {"entities": by, "entities/PERSON": by}

    @pytest.mark.parametrize(
        ("result", "names"),
        [
            ([link("works_for")], {"relations/works_for"}),
            ([answered("choices", "kind", "a")], {"kind", "kind/a"}),
            (
                [answered("taxonomy", "topic", ["Trade", "Ports"], ["Law"])],
                {f"topic{x}" for x in ("", "/Trade", "/Ports", "/Law")},
            ),
            ([answered("textarea", "role", "chair", "owner")], {"role"}),
        ],
        ids=["relation", "choice", "taxonomy", "text"],
    )
    @pytest.mark.parametrize("kept", ["submitted", "skipped", "draft", "imported"])
    def test_every_kind_of_name(
        self,
        client: Client,
        project: RemoteProject,
        task: int,
        annotators: Annotators,
        result: list[Any],
        names: set[str],
        kept: str,
    ) -> None:
        if kept == "imported":
            imported = {"data": {"text": TEXT}, "annotations": [{"result": result, "ground_truth": False}]}
            client.post(f"/api/projects/{project.id}/import", [imported])
        elif kept == "draft":
            annotators[0].post(f"/api/tasks/{task}/drafts", {"result": result, "lead_time": 1})
        else:
            body = {"result": result, "was_cancelled": kept == "skipped"}
            annotators[0].post(f"/api/tasks/{task}/annotations/", body)
        assert labels.usage(client, project.id).keys() == names

    def test_what_the_server_takes_all_the_same(self, client: Client, project: RemoteProject) -> None:
        odd = [["no region"], ["works_for"], {"type": "relation"}, {"type": "labels", "from_name": "x", "value": []}]
        annotations = [{"result": odd, "ground_truth": False}]
        client.post(f"/api/projects/{project.id}/import", [{"data": {"text": TEXT}, "annotations": annotations}])
        assert totals(client, project) == {"x": 1}

    def test_a_draft_of_several_labels(
        self, client: Client, project: RemoteProject, task: int, annotators: Annotators
    ) -> None:
        """Label Studio's own count has only the last one."""
        org = [{**region, "value": {**region["value"], "labels": ["ORG"]}} for region in person(TEXT)]
        annotators[0].post(f"/api/tasks/{task}/drafts", {"result": person(TEXT) + org, "lead_time": 1})
        assert client.get(f"/api/projects/{project.id}/summary/")["created_labels_drafts"] == {"entities": {"ORG": 1}}
        assert totals(client, project) == {"entities": 2, "entities/PERSON": 1, "entities/ORG": 1}

    def test_what_was_taken_out_of_a_draft(
        self, client: Client, project: RemoteProject, task: int, annotators: Annotators
    ) -> None:
        """Label Studio's own count still has it."""
        bo = annotators[0]
        draft = bo.post(f"/api/tasks/{task}/drafts", {"result": person(TEXT), "lead_time": 1})
        bo.patch(f"/api/drafts/{draft['id']}", {"result": []})
        assert client.get(f"/api/projects/{project.id}/summary/")["created_labels_drafts"] == {
            "entities": {"PERSON": 1}
        }
        assert totals(client, project) == {}

    def test_an_annotation_that_is_being_changed(
        self, client: Client, project: RemoteProject, task: int, annotators: Annotators
    ) -> None:
        bo = annotators[0]
        done = bo.post(f"/api/tasks/{task}/annotations/", {"result": []})
        body = {"result": person(TEXT), "lead_time": 1}
        bo.post(f"/api/tasks/{task}/annotations/{done['id']}/drafts", body)
        assert totals(client, project) == {"entities": 1, "entities/PERSON": 1}
