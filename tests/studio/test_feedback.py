"""Findings shown to annotators on a real server: a view that fills with what is to be mended, and empties again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from toolkit.annotations.checks import RULES
from toolkit.annotations.collect import Collected, Counts
from toolkit.annotations.ledger import Rejected
from toolkit.errors import UsageError
from toolkit.findings import Finding, Place
from toolkit.stages import check, sync
from toolkit.stages.feedback import MOST, push_findings, reasons
from toolkit.studio.client import Client
from toolkit.studio.feedback import Shown
from toolkit.studio.server import Credentials
from toolkit.studio.views import FIELDS, NEEDS_FIXING

from .desks import ARTICLES, Office, open_office

BO, CY = "bo@annotators.example", "cy@annotators.example"
TITLE = "needs fixing"
HARBOUR, TEXT = ARTICLES[0]["article_id"], ARTICLES[0]["text"]


def region(id: str, control: str, label: str, words: str, text: str = TEXT) -> dict[str, Any]:
    start = text.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
    return {"id": id, "from_name": control, "to_name": "text", "type": "labels", "value": value}


ADA = region("r1", "entities", "PERSON", "Ada Quill")
UNANSWERED = region("r3", "claims", "CLAIM", "Boats left the bay")
UNLINKED = region("r4", "claims", "CUE", "said")
MISTAKEN = [
    ADA,
    region("r2", "entities", "LOCATION", "the bay"),
    {"type": "relation", "from_id": "r1", "to_id": "r2", "direction": "right", "labels": ["occurred_on"]},
    UNANSWERED,
    UNLINKED,
]


@pytest.fixture
def office(studio: Credentials, annotators: tuple[Client, Client], tmp_path: Path) -> Office:
    """An office of two annotators who label everything."""
    people = dict(zip((BO, CY), annotators, strict=True))
    return open_office(tmp_path, studio, people, overlap=2)


def checked_and_shown(office: Office) -> Shown:
    """Pull, check, show."""
    checked = sync.pull(office.workspace, **office.desk.address)
    (shown,) = push_findings(office.workspace, checked, **office.desk.address)
    return shown


def told(office: Office) -> dict[str, list[str]]:
    """The reasons in the view, line by line, by article."""
    tasks = office.tasks()
    return {article_id: tasks[article_id]["data"][NEEDS_FIXING].splitlines() for article_id in office.seen(BO, TITLE)}


def test_the_view_fills_and_empties(office: Office) -> None:
    office.assign()
    mistake = office.label(BO, HARBOUR, MISTAKEN)
    office.label(CY, HARBOUR, [UNLINKED])
    office.label(CY, "dam-1", [UNLINKED | {"value": {**UNLINKED["value"], "start": 4, "end": 7, "text": "dam"}}])
    office.label(CY, "dam-2")
    shown = checked_and_shown(office)
    bo, cy = office.pseudonym(BO), office.pseudonym(CY)
    assert (shown.tasks, shown.fixed) == (2, 0)
    assert shown.url.endswith(f"/data?tab={office.views()[TITLE]['id']}")
    assert told(office) == {
        HARBOUR: sorted(
            [
                f"• {bo}: “Boats left the bay”: no answer to attribution, check_worthy, kind; "
                "“Ada Quill” → “the bay”: occurred_on does not join PERSON to LOCATION; "
                "the cue “said” belongs to no claim",
                f"• {cy}: the cue “said” belongs to no claim",
            ]
        ),
        "dam-1": [f"• {cy}: the cue “dam” belongs to no claim"],
    }

    office.people[BO].patch(f"/api/annotations/{mistake}/", {"result": [ADA]})
    shown = checked_and_shown(office)
    assert (shown.tasks, shown.fixed) == (2, 0)
    assert told(office)[HARBOUR] == [f"• {cy}: the cue “said” belongs to no claim"]

    with office.desk.client() as owner:
        for article_id in (HARBOUR, "dam-1"):
            for annotation in owner.get(f"/api/tasks/{office.ids[article_id]}/annotations/"):
                owner._http.delete(f"/api/annotations/{annotation['id']}/").raise_for_status()
    shown = checked_and_shown(office)
    assert (shown.tasks, shown.fixed) == (0, 2)
    assert told(office) == {}


def test_the_column_is_shown_in_this_view_alone(office: Office) -> None:
    office.label(BO, HARBOUR, [UNLINKED])
    with office.desk.client() as owner:
        owner.post("/api/dm/views/", {"project": office.desk.project(owner).id, "data": {"title": "Default"}})
    checked_and_shown(office)
    office.assign()
    column = f"tasks:data.{NEEDS_FIXING}"
    for title, view in office.views().items():
        hidden = view["data"]["hiddenColumns"]
        assert (column in hidden["explore"], column in hidden["labeling"]) == (
            (False,) * 2 if title == TITLE else (True,) * 2
        )
    assert {*office.views()} == {"Default", TITLE, office.pseudonym(BO), office.pseudonym(CY)}


def test_nothing_else_of_a_task_changes(office: Office) -> None:
    office.label(BO, HARBOUR, MISTAKEN)
    first = sync.pull(office.workspace, **office.desk.address)
    before = office.tasks()
    push_findings(office.workspace, first, **office.desk.address)
    for article_id, task in office.tasks().items():
        assert task["updated_at"] == before[article_id]["updated_at"]
        assert {key: value for key, value in task["data"].items() if key not in FIELDS} == before[article_id]["data"]
    again = sync.pull(office.workspace, **office.desk.address)
    assert again.collected == first.collected
    (pushed,) = office.desk.push()
    assert (pushed.new, pushed.findings) == (0, ())


def test_people_are_named_by_pseudonym_only(office: Office) -> None:
    office.label(BO, HARBOUR, MISTAKEN)
    shown = checked_and_shown(office)
    assert "@" not in json.dumps([shown.as_dict(), office.tasks(), office.views()])


def test_the_command_shows_and_tells(office: Office) -> None:
    office.label(BO, HARBOUR, MISTAKEN)
    assert office.desk.online("pull").returncode == 3
    result = office.desk.online("check", "--push", "--format", "json")
    assert result.returncode == 3, result.stderr
    (shown,) = json.loads(result.stdout)["shown"]
    assert (shown["tasks"], shown["fixed"]) == (1, 0)
    assert f"1 articles need fixing, 0 were fixed; {shown['url']}" in office.desk.online("check", "--push").stdout
    assert "shown" not in json.loads(office.desk.run("check", "--format", "json").stdout)
    assert office.desk.online("check").returncode == 2


def test_an_export_from_a_file_belongs_to_no_server(office: Office, tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    task = {"id": 1, "data": {"text": TEXT}, "annotations": [{"completed_by": 1, "result": [ADA]}]}
    export.write_text(json.dumps([task]), encoding="utf-8")
    checked = check.take_file(office.workspace, export, None)
    with pytest.raises(UsageError, match="export from a file") as raised:
        push_findings(office.workspace, checked, **office.desk.address)
    assert raised.value.next.startswith("goldkit pull")


def found(rule: str, message: str, **more: str) -> Finding:
    place = {"article_id": "a", "annotator": "ann-aaaaaaaa", "url": "https://labels.example/projects/7/data?task=3"}
    return RULES[rule].at(Place(**(place | more)), message)


def of(*findings: Finding, rejected: tuple[Rejected, ...] = ()) -> Mapping[int, Mapping[str, str]]:
    return reasons(Collected((), rejected, findings, Counts()))


@pytest.mark.parametrize(
    "finding",
    [
        found("skipped-work", "marked, and then passed over"),  # a note
        found("rejected-dependency", "the region 'r1' was rejected"),  # goes with r1
        found("malformed-task", "a task is not an object", url=""),  # nobody's
        found("text-mismatch", "it quotes", url="export.json, task 3"),
    ],
)
def test_what_nobody_is_to_mend_is_not_shown(finding: Finding) -> None:
    assert of(finding) == {}


def test_errors_come_first_and_the_same_is_said_once() -> None:
    errors = [found("unknown-label", "entities has no label 'X'")] * 2
    warning = found("cue-unlinked", "the cue “said” belongs to no claim")
    line = "• ann-aaaaaaaa: entities has no label 'X'; the cue “said” belongs to no claim"
    assert of(warning, *errors) == {7: {"a": line}}


def test_there_is_an_end_to_it() -> None:
    many = [found("unknown-label", f"entities has no label 'X{number:02}'") for number in range(MOST + 5)]
    line = of(*many)[7]["a"]
    assert line.count("no label") == MOST
    assert line.endswith("; and 5 more")


def test_projects_and_people_are_kept_apart() -> None:
    other = "https://labels.example/projects/8/data?task=3"
    findings = [
        found("unknown-annotator", "nobody is named as the one who made this", annotator=""),
        found("unknown-label", "first", annotator="ann-bbbbbbbb"),
        found("unknown-label", "second"),
        found("unknown-label", "third", url=other),
    ]
    assert of(*findings) == {
        7: {"a": "• ann-aaaaaaaa: second\n• ann-bbbbbbbb: first\n• nobody: nobody is named as the one who made this"},
        8: {"a": "• ann-aaaaaaaa: third"},
    }


def test_words_are_quoted_where_a_message_has_none() -> None:
    place = {"article_id": "a", "annotator": "ann-aaaaaaaa"}
    message = "uses does not join PERSON to PERSON"
    relation = {"type": "relation", "from_id": "r1", "to_id": "r9", "labels": ["uses"]}
    rejected = (
        Rejected("unknown-label", "no label", region="r1", element=ADA, **place),  # type: ignore[arg-type]
        Rejected("relation-end-type", message, element=relation, **place),  # type: ignore[arg-type]
        Rejected("malformed-result", "a region needs an id", element=None, **place),  # type: ignore[arg-type]
    )
    findings = [
        found("unknown-label", "no label", region="r1"),
        found("relation-end-type", message),  # one of its ends is not known
        found("malformed-result", "a region needs an id"),
        found("text-mismatch", "the region quotes “Ada Quill”, the text has “the bay”", region="r1"),
    ]
    told = [of(finding, rejected=rejected)[7]["a"].removeprefix("• ann-aaaaaaaa: ") for finding in findings]
    assert told == [
        "“Ada Quill”: no label",
        f"“Ada Quill”: {message}",
        "a region needs an id",
        "the region quotes “Ada Quill”, the text has “the bay”",
    ]
