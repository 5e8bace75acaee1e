"""Our projects are found again, kept up to date, and never overwrite what a person did."""

from __future__ import annotations

import pytest

from toolkit.errors import StudioConflict
from toolkit.studio import labels
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject, ensure_project, find_project, require_project
from toolkit.workspace import StudioProject

from .fakes import CONFIG, WORKSPACE, article, person

OTHER = CONFIG.replace('<Label value="ORG"/>', '<Label value="PLACE"/>')


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


def test_two_projects_that_say_they_are_ours(client: Client, project: RemoteProject) -> None:
    with client.sdk() as sdk:
        twin = sdk.projects.create(title="a copy", description=str(live(client, project)["description"]))
    with pytest.raises(StudioConflict, match="two projects") as raised:
        find_project(client, WORKSPACE, project.wanted)
    assert project.url in str(raised.value)
    assert f"/projects/{twin.id}" in str(raised.value)
    patch(client, project, description="")
    assert require_project(client, WORKSPACE, project.wanted).id == twin.id


def test_an_edited_config_is_reported_then_replaced(client: Client, project: RemoteProject) -> None:
    patch(client, project, label_config=OTHER)
    with pytest.raises(StudioConflict, match="only there: entities/PLACE; only here: entities/ORG") as raised:
        ensure(client, project.wanted)
    assert "--overwrite-config" in raised.value.next
    ensure(client, project.wanted, overwrite=True)
    assert labels.same_config(str(live(client, project)["label_config"]), CONFIG)


def test_white_space_and_comments_are_no_edit(client: Client, project: RemoteProject) -> None:
    ensure(client, project.wanted, "<!-- note -->\n" + CONFIG.replace("\n", "\n    "))


def test_a_label_in_use_does_not_vanish(client: Client, project: RemoteProject) -> None:
    text = article(1).text
    region = person(text)[0]
    link = {"type": "relation", "from_id": "r1", "to_id": "r1", "direction": "right", "labels": ["works_for"]}
    task = {"data": {"text": text}, "annotations": [{"result": [region, link], "ground_truth": False}]}
    client.post(f"/api/projects/{project.id}/import", [task])
    assert labels.usage(client, project.id) == {"entities": 1, "entities/PERSON": 1, "relations/works_for": 1}
    for gone in ('<Label value="PERSON"/>', '<Relation value="works_for"/>'):
        with pytest.raises(StudioConflict, match="1×"):
            ensure(client, project.wanted, CONFIG.replace(gone, ""), overwrite=True)
    ensure(client, project.wanted, CONFIG.replace('<Label value="ORG"/>', ""), overwrite=True)
