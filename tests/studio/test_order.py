"""The order of articles on a real server: views and stream follow it, and another changes nobody's share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from toolkit.annotations.model import Mention
from toolkit.cli import assign as command
from toolkit.errors import BadInputError, UsageError
from toolkit.files import read_json, write_jsonl
from toolkit.gold.order import Order
from toolkit.stages import ingest
from toolkit.stages.assign import assign
from toolkit.stages.gold import resolve
from toolkit.stages.sync import pull
from toolkit.studio.client import Client
from toolkit.studio.server import Credentials
from toolkit.studio.views import ASSIGNED, CALIBRATION, RANK
from toolkit.suggest.model import Suggestions

from .desks import ARTICLES, Office, add_articles, open_office

BO, CY = "bo@annotators.example", "cy@annotators.example"

Open = Callable[..., Office]


@pytest.fixture
def office(studio: Credentials, annotators: tuple[Client, Client], tmp_path: Path) -> Open:
    """Open an office for two people."""
    return lambda overlap: open_office(tmp_path, studio, dict(zip((BO, CY), annotators, strict=True)), overlap)


def ranks(office: Office) -> dict[str, int]:
    """The rank of each article, as the tasks say."""
    return {id: int(rank) for id, task in office.tasks().items() if (rank := task["data"].get(RANK))}


def given(office: Office) -> dict[str, str]:
    """Whose each article is, as the tasks say."""
    return {id: task["data"][ASSIGNED] for id, task in office.tasks().items()}


def manifest(office: Office) -> Any:
    """What was written about the order."""
    return read_json(office.workspace.exports / "assignment.json")


def suggest(office: Office, scores: dict[str, list[float | None]]) -> None:
    """Suggestions with these scores, as a source would leave them."""
    file = office.desk.root / "configs" / "project.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["suggestions"] = {"sources": [{"name": "oracle", "kind": "carry-over"}]}
    file.write_text(json.dumps(settings), encoding="utf-8")
    stored = ingest.articles(office.workspace)
    rows = [
        Suggestions(
            article_id=id,
            text_sha256=stored[id].text_sha256,
            version="oracle 1",
            mentions=tuple(
                Mention(id=f"m{number}", start=0, end=4, text=stored[id].text[:4], labels=("PERSON",), score=score)
                for number, score in enumerate(own)
            ),
        )
        for id, own in scores.items()
    ]
    write_jsonl(office.workspace.suggestions / "oracle.jsonl", (row.model_dump(mode="json") for row in rows))


def test_views_and_stream_follow_the_order(office: Open) -> None:
    made = office(2)
    project = made.assign(calibration=1, order=Order.COVERAGE)
    assert project.order is Order.COVERAGE
    rank = ranks(made)
    assert sorted(rank.values()) == [0, 1, 2, 3, 4, 5]
    wanted = sorted(rank, key=rank.__getitem__)
    assert made.tasks()[wanted[0]]["data"][CALIBRATION]
    stories = {one["article_id"]: one["story_id"] for one in ARTICLES}
    assert {stories[id] for id in wanted[:3]} == {"harbour", "dam", ""}  # one of each before a second of any
    for email in (BO, CY):
        assert made.seen(email, made.pseudonym(email)) == wanted
        brought, view = [], made.views()[made.pseudonym(email)]
        while article_id := made.offered(email, view):
            brought.append(article_id)
            made.label(email, article_id)
        assert brought == wanted


def test_what_the_order_was_made_by_is_on_record(office: Open) -> None:
    made = office(1)
    made.assign(calibration=1, order=Order.COVERAGE)
    told = manifest(made)
    assert told["order"] == "coverage"
    assert told["made_from"].keys() == {made.workspace.articles.relative_to(made.workspace.root).as_posix()}
    (listed,) = told["projects"].values()
    assert {one["article_id"]: one["rank"] for one in listed} == ranks(made)
    assert [one["rank"] for one in listed] == [0, 1, 2, 3, 4, 5]
    assert listed[0]["why"] == "calibration"
    assert listed[1]["why"].startswith("new: story ")
    before = (made.workspace.exports / "assignment.json").read_bytes()
    made.assign()
    assert (made.workspace.exports / "assignment.json").read_bytes() == before


def test_another_order_moves_what_nobody_labelled_and_takes_nothing_from_anybody(office: Open) -> None:
    made = office(1)
    made.assign(order=Order.COVERAGE)
    first, own = ranks(made), given(made)
    begun = made.seen(BO, made.pseudonym(BO))[0]
    made.label(BO, begun)
    left = sorted(set(first) - {begun}, key=first.__getitem__)
    suggest(made, {id: [1 - number / 10, None] for number, id in enumerate(left)})  # the last is the least sure of
    project = made.assign(order=Order.UNCERTAINTY)
    then = ranks(made)
    assert given(made) == own
    assert [share.new for share in project.by_annotator.values()] == [0, 0]
    assert then[begun] == first[begun]
    assert sorted(left, key=then.__getitem__) == left[::-1]
    assert len({*then.values()}) == len(then)
    (listed,) = manifest(made)["projects"].values()
    why = {one["article_id"]: one["why"] for one in listed}
    assert why[begun] == "labelled: keeps its place"
    assert why[left[-1]] == "uncertainty 0.40, scores: 1"


def test_without_another_word_the_order_stays_and_takes_in_what_is_new(office: Open) -> None:
    made = office(1)
    made.assign(order=Order.COVERAGE)
    add_articles(made.desk, [{"article_id": "late-1", "text": "Late: the bay thawed.", "outlet": "Meridian"}])
    made.desk.push()
    assert made.assign().order is Order.COVERAGE
    rank = ranks(made)
    assert rank["late-1"] == 1  # it alone has an outlet
    assert sorted(rank.values()) == [1, 2, 3, 4, 5, 6, 7]


def test_a_view_shows_the_column_that_it_is_ordered_by_and_plain_is_as_before(office: Open) -> None:
    made = office(1)
    made.assign(calibration=1)
    who = made.pseudonym(BO)
    before = made.views()
    assert f"tasks:data.{RANK}" in before[who]["data"]["hiddenColumns"]["explore"]
    assert not ranks(made)
    assert [*manifest(made)["projects"].values()] == [[]]
    made.assign(order=Order.COVERAGE)
    assert made.views()[who]["data"]["ordering"] == [f"tasks:data.{RANK}"]
    assert f"tasks:data.{RANK}" not in made.views()[who]["data"]["hiddenColumns"]["explore"]
    assert f"tasks:data.{RANK}" in made.views()["Default"]["data"]["hiddenColumns"]["explore"]
    rank = ranks(made)
    made.assign(order=Order.PLAIN)
    assert made.views()[who]["data"]["ordering"] == before[who]["data"]["ordering"]
    assert ranks(made) == rank


def test_what_annotators_disagreed_on_comes_first(office: Open) -> None:
    made = office(2)
    made.assign(calibration=2)
    both = [id for id, task in made.tasks().items() if task["data"].get(CALIBRATION)]
    stories = {one["article_id"]: one["story_id"] for one in ARTICLES}
    contested = next(id for id in both if stories[id])
    for id in both:
        text = made.tasks()[id]["data"]["text"]
        word = {"from_name": "entities", "to_name": "text", "type": "labels", "id": "r1"}
        value = {"start": 0, "end": 4, "text": text[:4]}
        made.label(BO, id, [word | {"value": value | {"labels": ["LOCATION"]}}])
        made.label(CY, id, [word | {"value": value | {"labels": ["GPE" if id == contested else "LOCATION"]}}])
    pull(made.workspace, **made.desk.address)
    resolve(made.workspace)
    assert made.assign(order=Order.DISAGREEMENT).order is Order.DISAGREEMENT
    (listed,) = manifest(made)["projects"].values()
    left = [stories[one["article_id"]] for one in listed if one["rank"]]
    same = left.count(stories[contested])
    assert same
    assert left[:same] == [stories[contested]] * same
    assert len(manifest(made)["made_from"]) == 4


@pytest.mark.parametrize(
    ("order", "next"), [(Order.UNCERTAINTY, "goldkit suggest"), (Order.DISAGREEMENT, "goldkit resolve")]
)
def test_an_order_with_nothing_to_be_made_by_is_refused(office: Open, order: Order, next: str) -> None:
    made = office(1)
    before = made.tasks()
    with pytest.raises(UsageError) as raised:
        made.assign(order=order)
    assert next in raised.value.next
    assert made.tasks() == before
    assert not made.views()


def test_suggestions_without_scores_say_nothing(office: Open) -> None:
    made = office(1)
    suggest(made, {"dam-1": [None], "dam-2": []})
    with pytest.raises(UsageError, match="no suggestion has a score"):
        made.assign(order=Order.UNCERTAINTY)


def test_a_record_that_is_none_is_told(office: Open) -> None:
    made = office(1)
    (made.workspace.exports / "assignment.json").write_text('{"order": "sideways"}', encoding="utf-8")
    with pytest.raises(BadInputError, match="in which order") as raised:
        assign(made.workspace, **made.desk.address)
    assert "--order plain" in raised.value.next
    made.assign(order=Order.PLAIN)
    assert manifest(made)["order"] == "plain"


def test_the_command_says_the_order(office: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    made = office(1)
    app = typer.Typer()
    command.register(app)
    monkeypatch.chdir(made.desk.root)
    options = [*made.desk.online_options, "--calibration", "1"]
    told = CliRunner().invoke(app, [*options, "--order", "coverage"], catch_exceptions=False).stdout
    assert "6 articles, 1 of them for everybody, by coverage" in told
    (project,) = json.loads(CliRunner().invoke(app, [*options, "--format", "json"], catch_exceptions=False).stdout)
    assert project["order"] == "coverage"
