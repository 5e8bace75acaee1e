"""The whole round trip against Label Studio on PostgreSQL, with people who write while it is read."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from pipeline.desk import Desk, make_desk
from sweep import SWEEP

from benchmarks import material, postgresql
from toolkit import samples
from toolkit.annotations.codec import Codec
from toolkit.files import write_jsonl
from toolkit.stages import build, ingest, setup, sync
from toolkit.stages.check import Checked
from toolkit.studio import snapshots
from toolkit.studio.people import add_annotator
from toolkit.studio.snapshots import Snapshot

from .watcher import Holdings, in_database, in_snapshot
from .writers import Result, Writer

WRITERS = 8
ANNOTATORS = WRITERS // 2  # each of them at two screens
EACH = 60 if SWEEP else 2  # articles that a writer has for itself
SAMPLES = 2 if SWEEP else 4  # of the sample annotators' work, one in so many for each of the two screens
PULLS = 5 if SWEEP else 2  # while they write
CHANGES = 5 if SWEEP else 1  # of each annotation


@dataclass
class Round:
    """What was written and pulled, and what was there in the end."""

    desk: Desk
    writers: list[Writer]
    changes: int  # while a pull ran
    meanwhile: list[tuple[dict[int, int], Snapshot]]  # what had been confirmed before the pull, and the pull
    last: Checked
    there: Holdings


@pytest.fixture(scope="module")
def desk(team: postgresql.Team, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    names = [*samples.ANNOTATORS, *(f"annotator-{number}" for number in range(len(samples.ANNOTATORS), ANNOTATORS))]
    tokens = {name: add_annotator(team.credentials, f"{name}@team.example", postgresql.PASSWORD) for name in names}
    made = make_desk(tmp_path_factory.mktemp("team-round"), team.credentials, tokens)
    more = [{"id": one.article_id, "text": one.text, "language": "en"} for one in material.articles(WRITERS * EACH)]
    write_jsonl(made.root / "more.jsonl", more)
    assert ingest.add_articles(made.workspace, [made.root / "more.jsonl"]).refused == 0
    return made


def pushed_work(desk: Desk) -> list[Writer]:
    """Push all articles; what each writer is to send: the samples' own work, and a share of the other articles."""
    (pushed,) = desk.push()
    stored, schema = ingest.articles(desk.workspace), setup.ontology(desk.workspace)
    assert (pushed.new, pushed.known) == (len(stored), 0)
    tasks, codec = desk.tasks(), Codec(schema)
    others = [one for one in stored.values() if one.article_id.startswith("bench-")]
    writers = []
    for number, (name, token) in enumerate([*desk.tokens.items()] * 2):
        written = [material.annotation(one, schema) for one in others[number::WRITERS]]
        if name in samples.ANNOTATORS:
            written += [one for one in desk.work(name)[number // ANNOTATORS :: SAMPLES] if not one.skipped]
        work: list[tuple[int, Result]] = [(tasks[one.article_id], list(codec.encode(one))) for one in written]
        writers.append(Writer(desk.studio.url, token, work))
    return writers


def all_done(running: list[Future[None]]) -> bool:
    return all(one.done() for one in running)


@pytest.fixture(scope="module")
def round_trip(desk: Desk, team: postgresql.Team) -> Round:
    writers, pulling, meanwhile = pushed_work(desk), threading.Event(), []
    with ThreadPoolExecutor(WRITERS) as pool:
        running = [pool.submit(writer.write, pulling, CHANGES) for writer in writers]
        try:
            while len(meanwhile) < PULLS or not (any(one.while_pulled for one in writers) or all_done(running)):
                confirmed = {id: count for writer in writers for id, count in list(writer.kept.items())}
                pulling.set()
                sync.pull(desk.workspace, **desk.address)
                pulling.clear()
                meanwhile.append((confirmed, snapshots.latest(desk.workspace.snapshots)))
            changes = sum(writer.while_pulled for writer in writers)
        finally:
            pulling.set()  # so that nobody waits for a pull that does not come
        for one in running:
            one.result(timeout=300)
    last = sync.pull(desk.workspace, **desk.address)
    with desk.client() as client:
        project = desk.project(client).id
    return Round(desk, writers, changes, meanwhile, last, in_database(team.connection, project))


def test_all_that_was_written_is_there_once(round_trip: Round) -> None:
    sent = {id: versions[-1] for writer in round_trip.writers for id, versions in writer.sent.items()}
    assert round_trip.there.results == sent
    assert len(sent) == sum(len(writer.work) for writer in round_trip.writers)
    assert round_trip.changes > 0, "nobody wrote while the pulls ran"


def test_the_last_pull_has_all_that_the_database_has(round_trip: Round) -> None:
    pulled = in_snapshot(snapshots.latest(round_trip.desk.workspace.snapshots))
    assert pulled.counts == round_trip.there.counts
    assert pulled == round_trip.there


def test_a_pull_among_writers_misses_nothing_and_halves_nothing(round_trip: Round) -> None:
    versions = {id: sent for writer in round_trip.writers for id, sent in writer.sent.items()}
    assert len(round_trip.meanwhile) == PULLS
    for confirmed, snapshot in round_trip.meanwhile:
        pulled = in_snapshot(snapshot)
        assert pulled.tasks == round_trip.there.tasks
        seen = {id: versions[id].index(result) + 1 for id, result in pulled.results.items()}  # or no version ever sent
        assert {id: count for id, count in confirmed.items() if seen.get(id, 0) < count} == {}


def test_the_checks_and_the_dataset_follow(round_trip: Round) -> None:
    counts = round_trip.last.collected.counts
    assert (counts.annotations_in, counts.annotations_rejected) == (len(round_trip.there.results), 0)
    assert counts.items_in == counts.items_valid + counts.items_rejected
    built = build.build(round_trip.desk.workspace)
    assert sum(built.splits.values()) >= WRITERS * EACH


def test_all_is_known_when_it_is_pushed_again(round_trip: Round) -> None:
    (pushed,) = round_trip.desk.push()
    assert (pushed.new, pushed.known) == (0, len(round_trip.there.tasks))


def test_the_workers_share_no_connection_to_the_database(team: postgresql.Team) -> None:
    """What Label Studio opens while it is loaded is closed before the workers are forked: at rest there is none."""
    with psycopg.connect(**team.connection, autocommit=True) as database:  # type: ignore[arg-type]
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        deadline = time.monotonic() + 30
        while database.execute(query, [postgresql.DATABASE]).fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_logging_in_behind_a_proxy_wants_the_address_of_the_proxy(team: postgresql.Team) -> None:
    """Why docs/scale.md sets CSRF_TRUSTED_ORIGINS: the browser names https, and the server sees http."""
    with httpx.Client(base_url=team.credentials.url, trust_env=False, timeout=60) as browser:
        browser.get("/user/login/")
        form = {"email": "x@team.example", "password": "x", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        codes = [
            browser.post("/user/login/", data=form, headers={"Origin": origin}).status_code
            for origin in (team.credentials.url, "https://label.example.org", "https://other.example.org")
        ]
    assert codes == [200, 200, 403]


def test_the_page_on_scale_says_what_was_run(repository: Path) -> None:
    page = (repository / "docs" / "scale.md").read_text(encoding="utf-8")
    assert postgresql.GUNICORN in page
    missing = [f"{name}={value}" for name, value in postgresql.SETTINGS.items() if f"{name}={value}\n" not in page]
    assert missing == []
