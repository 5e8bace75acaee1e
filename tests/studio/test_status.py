"""How far the labelling is, and by whom, without their names."""

from __future__ import annotations

import json

from toolkit.annotations.pseudonyms import Pseudonyms
from toolkit.studio import tasks
from toolkit.studio.annotate import submit_annotation
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.projects import RemoteProject
from toolkit.studio.push import push
from toolkit.studio.server import Credentials
from toolkit.studio.status import Work, status

from .fakes import article, articles, person


def test_an_empty_project(client: Client, project: RemoteProject) -> None:
    (found,) = status(client, [project], str)
    assert (found.articles, found.labelled, found.skipped, found.drafts, found.by_annotator) == (0, 0, 0, 0, {})
    assert found.url == f"{client.url}/projects/{project.id}"


def test_who_did_how_much(client: Client, project: RemoteProject, studio: Credentials) -> None:
    push(client, project, articles(5))
    ids = [task["id"] for page in tasks.all_pages(client, project.id, tasks.PLAIN) for task in page.tasks]
    emails = ["bo@example.org", "cy@example.org"]
    bo, cy = (add_annotator(studio, email, "a long password") for email in emails)
    for task in ids[:3]:
        submit_annotation(studio.url, bo, task, person(article(ids.index(task)).text))
    submit_annotation(studio.url, bo, ids[3], [], was_cancelled=True)
    submit_annotation(studio.url, cy, ids[0], [])  # looked, and found nothing to label: labelled
    submit_annotation(studio.url, cy, ids[1], [], was_cancelled=True)
    submit_annotation(studio.url, cy, ids[1], person(article(1).text))  # changed their mind
    client.post(f"/api/tasks/{ids[4]}/drafts", {"result": [], "lead_time": 1})

    names = Pseudonyms("key")
    (found,) = status(client, [project], names.of)
    assert (found.articles, found.labelled, found.skipped, found.drafts) == (5, 3, 2, 1)
    assert found.by_annotator == {
        names.of("bo@example.org"): Work(labelled=3, skipped=1),
        names.of("cy@example.org"): Work(labelled=2, skipped=1),
    }
    assert not [email for email in emails if email in json.dumps(found.as_dict())]
