"""How far the labelling is, how fast it goes, and by whom, without their names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pipeline.program import environment

from toolkit.annotations.pseudonyms import Pseudonyms
from toolkit.studio import tasks
from toolkit.studio.annotate import submit_annotation
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.projects import RemoteProject
from toolkit.studio.push import push
from toolkit.studio.server import Credentials
from toolkit.studio.status import ENOUGH, Work, status

from .desks import ARTICLES, Office, open_office
from .fakes import article, articles, person

BO, CY = "bo@annotators.example", "cy@annotators.example"


@pytest.fixture
def office(studio: Credentials, annotators: tuple[Client, Client], tmp_path: Path) -> Office:
    """An office of two annotators who label everything."""
    return open_office(tmp_path, studio, dict(zip((BO, CY), annotators, strict=True)), overlap=2)


def work(office: Office, email: str, now: datetime | None = None) -> Work:
    """Somebody's work as the status has it."""
    with office.desk.client() as client:
        (found,) = status(client, [office.desk.project(client)], office.pseudonym, now=now)
    return found.by_annotator[office.pseudonym(email)]


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
        names.of(studio.email): Work(drafts=1),
    }
    assert not [email for email in emails if email in json.dumps(found.as_dict())]


def test_what_is_left_of_what_was_assigned(office: Office) -> None:
    assert work(office, BO) == Work()  # nothing was given out yet
    office.assign()
    office.label(BO, "harbour-1")
    office.label(BO, "dam-1", was_cancelled=True)
    office.people[CY].post(f"/api/tasks/{office.ids['dam-1']}/drafts", {"result": [], "lead_time": 1})
    assert work(office, BO) == Work(labelled=1, skipped=1, assigned=6, left=4)
    assert work(office, CY) == Work(assigned=6, left=6, drafts=1)


def test_the_pace_is_that_of_the_middle_article(office: Office) -> None:
    office.assign()
    characters = {one["article_id"]: len(one["text"]) for one in ARTICLES}
    *done, left = characters
    for article_id in done[:-1]:
        office.label(BO, article_id, lead_time=characters[article_id] / 2)  # two characters a second
    found = work(office, BO)
    assert len(done) == ENOUGH
    assert (found.articles_per_hour, found.characters_per_hour, found.hours_left, found.through) == (
        None,
        None,
        None,
        "",
    )
    office.label(BO, done[-1], lead_time=80_000)  # left open over night
    found = work(office, BO)
    seconds = sorted([*(characters[article_id] / 2 for article_id in done[:-1]), 80_000])
    assert found.articles_per_hour == round(3600 / seconds[2], 1)
    assert found.characters_per_hour == 7200
    assert found.hours_left == round(characters[left] / 7200, 1)
    assert found.through == ""  # all of it today: what comes tomorrow, nobody knows


def test_through_is_at_the_rate_of_the_days_so_far(office: Office) -> None:
    office.assign()
    characters = {one["article_id"]: len(one["text"]) for one in ARTICLES}
    *done, left = characters
    for article_id in done:
        office.label(BO, article_id)
    now = datetime.now(UTC) + timedelta(days=10)
    written = sum(characters[article_id] for article_id in done)
    due = now + timedelta(days=10 * characters[left] / written)
    assert abs(datetime.fromisoformat(work(office, BO, now).through).date() - due.date()) <= timedelta(days=1)
    office.label(BO, left)
    assert work(office, BO, now).through == ""  # through


def test_the_command_prints_all_of_it(office: Office) -> None:
    office.assign()
    office.label(BO, "harbour-1")
    office.label(CY, "dam-1", was_cancelled=True)
    (project,) = json.loads(office.desk.online("status", "--format", "json").stdout)["projects"]
    assert project["by_annotator"][office.pseudonym(BO)]["left"] == 5
    printed = office.desk.online("status").stdout
    (row,) = (line.split() for line in printed.splitlines() if office.pseudonym(CY) in line)
    assert row[-5:] == ["6", "0", "5", "1", "0"]  # assigned, labelled, left, skipped, drafts
    assert "@" not in printed


@pytest.mark.skipif(os.name != "posix", reason="a terminal is a POSIX thing here")
def test_names_are_told_on_a_terminal_only(office: Office) -> None:
    for more in ([], ["--format", "json"]):
        refused = office.desk.online("status", "--names", *more)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "on a terminal only" in refused.stderr
    printed = "".join(on_terminal(office, "status", "--names"))
    for email in (BO, CY):
        assert f"{office.pseudonym(email)}  {email}" in printed


def on_terminal(office: Office, *args: str) -> Iterator[str]:
    """What a command prints on a terminal."""
    import pty  # not on Windows

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "toolkit", *args, *office.desk.online_options]
    running = subprocess.Popen(
        command, cwd=office.desk.root, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL,
        env=environment(),
    )  # fmt: skip
    os.close(theirs)
    with open(ours, "rb", buffering=0) as terminal:  # noqa: PTH123 - a descriptor
        while True:
            try:
                some = terminal.read(1024)
            except OSError:  # how Linux says that nobody writes any more
                break
            if not some:
                break
            yield some.decode()
    assert running.wait(60) == 0
