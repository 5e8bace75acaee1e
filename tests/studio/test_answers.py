"""An answer of another form than Label Studio's is one clear error, wherever it would have failed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from toolkit.errors import StudioUnreachable
from toolkit.studio import assign, labels, migrate, projects, tasks, views
from toolkit.studio.address import Address
from toolkit.studio.annotate import submit_annotation
from toolkit.studio.answers import misfit
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject
from toolkit.studio.server import Credentials

from .fakes import WORKSPACE, Fake, always, articles

ANNOTATION = {"id": 1, "result": [], "was_cancelled": False, "lead_time": None, "created_at": "", "updated_at": ""}
WORKED_ON = {"id": 7, "data": {}, "annotations": [ANNOTATION], "updated_at": "2031-03-14T12:00:00Z"}
PROJECT = {"id": 3, "label_config": "<View/>", "created_at": "", "maximum_annotations": 1}


def page(*found: Any, total: Any = 1) -> dict[str, Any]:
    return {"total": total, "tasks": list(found)}


@pytest.mark.parametrize(
    ("path", "include", "answer", "told"),
    [
        ("/api/users/", "", {"detail": "hello"}, "Expected `array`, got `object`"),
        ("/api/users/", "", [{"id": "1", "email": None}], "Expected `int`, got `str` - at `$[0].id`"),
        ("/api/projects/", "", None, "Expected `object`, got `null`"),
        ("/api/projects/", "", {"results": [], "next": 2}, "Expected `str | null`, got `int` - at `$.next`"),
        ("/api/projects/3/", "", PROJECT | {"label_config": None}, "Expected `str`, got `null` - at `$.label_config`"),
        ("/api/tasks/", tasks.PLAIN, [], "Expected `object`, got `array`"),
        ("/api/tasks/", tasks.PLAIN, page({"id": 7}), "missing required field `data` - at `$.tasks[0]`"),
        ("/api/tasks/", tasks.PLAIN, page(total="1"), "Expected `int`, got `str` - at `$.total`"),
        ("/api/tasks/", tasks.ANNOTATED, page(WORKED_ON | {"annotations": None}), "Expected `array`, got `null`"),
        ("/api/tasks/", tasks.ANNOTATED, page(WORKED_ON | {"annotations": [{}]}), "missing required field `id`"),
        ("/api/tasks/7/drafts", "", [None], "Expected `object`, got `null` - at `$[0]`"),
        ("/api/dm/views/", "", [{"id": 1, "data": None}], "Expected `object`, got `null` - at `$[0].data`"),
        ("/api/dm/columns/", "", {"columns": None}, "Expected `array`, got `null` - at `$.columns`"),
    ],
)
def test_what_has_another_form(fake: Callable[..., Fake], path: str, include: str, answer: Any, told: str) -> None:
    with (
        Client(Address(fake(always(200, answer)).url, "secret")) as client,
        pytest.raises(StudioUnreachable, match=re.escape(told)) as raised,
    ):
        client.get(path, {"include": include})
    assert path in raised.value.message
    assert "check the URL" in raised.value.next


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("POST", "/api/projects/3/import?return_task_ids=true", {"task_count": None}),
        ("POST", "/api/projects/", []),
        ("POST", "/api/dm/views/", {"id": "new"}),
        ("PATCH", "/api/annotations/7/", None),
        ("PATCH", "/api/projects/3/", {"id": 3}),
    ],
)
def test_what_was_written_is_answered_in_another_form(
    fake: Callable[..., Fake], method: str, path: str, answer: Any
) -> None:
    with Client(Address(fake(always(200, answer)).url, "secret")) as client, pytest.raises(StudioUnreachable):
        client.post(path, {}) if method == "POST" else client.patch(path, {})


def test_what_nobody_relies_on_may_be_there_or_not() -> None:
    assert misfit("GET", "/api/tasks/", {"include": tasks.ANNOTATED}, page(WORKED_ON | {"colour": "red"})) == ""
    assert misfit("GET", "/api/projects/3/", {}, PROJECT | {"created_by": None}) == ""
    assert misfit("GET", "/api/webhooks/", {}, None) == ""


def test_the_real_servers_answers_have_this_form(client: Client, project: RemoteProject, studio: Credentials) -> None:
    client.post(
        f"/api/projects/{project.id}/import", [{"data": article.model_dump(mode="json")} for article in articles(2)]
    )
    ids = [task["id"] for found in tasks.all_pages(client, project.id, tasks.PLAIN) for task in found.tasks]
    assert submit_annotation(studio.url, studio.token, ids[0], [])
    client.post(f"/api/tasks/{ids[1]}/drafts", {"result": [], "lead_time": 1})
    for include in (tasks.ANNOTATED, tasks.PROGRESS, tasks.RESULTS, tasks.LABELLED, tasks.DECIDED):
        assert len([*tasks.all_pages(client, project.id, include)]) == 1
    assert len(migrate.drafts(client, ids[1])) == 1
    assert labels.usage(client, project.id) == {}
    views.add_columns(client, project.id)
    assert views.arrange(client, project, []) == {}
    assign.set_overlap(client, project)
    assert projects.require_project(client, WORKSPACE, project.wanted).tasks == 2
