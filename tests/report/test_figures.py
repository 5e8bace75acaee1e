"""The report's figures against counts made here, from the files alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from toolkit.stages.report import Reported, report
from toolkit.workspace import Workspace

from .project import make, rows


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def made(workspace: Workspace) -> Reported:
    return report(workspace)


@pytest.fixture(scope="module")
def twin(made: Reported) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(made.twin.read_text(encoding="utf-8"))
    return data


@pytest.fixture(scope="module")
def page(made: Reported) -> str:
    return made.page.read_text(encoding="utf-8")


def test_every_article_stands_somewhere(workspace: Workspace, twin: dict[str, Any]) -> None:
    articles = {row["article"]["article_id"] for row in rows(workspace.articles)}
    works = rows(workspace.annotations)
    gold = {row["article_id"] for row in rows(workspace.gold)}
    open = {row["article_id"] for row in rows(workspace.open)}
    skipped = {row["article_id"] for row in works} - {row["article_id"] for row in works if not row["skipped"]}
    untouched = articles - {row["article_id"] for row in works}
    standing = twin["progress"]["standing"]
    assert standing == {
        "gold": len(gold),
        "open": len(open),
        "awaiting": 0,
        "skipped": len(skipped),
        "untouched": len(untouched),
        "annotated": len(gold | open),
    }
    assert (gold, skipped, untouched) == ({"quiet"}, {"passed"}, {"unseen"})
    assert sum(standing.values()) - standing["annotated"] == len(articles)
    assert dict(twin["progress"]["overlap"]) == {0: 2, 1: 1, 2: 1, 3: 1}


def test_of_a_sample_what_is_to_be_labelled_counts_and_what_was_labelled(tmp_path: Path) -> None:
    """Else a sample of a large corpus would never be through."""
    sampled = make(tmp_path)
    sampled.sample.write_text("chosen: [quiet]\n", encoding="utf-8")  # not what nobody has seen; others have work
    standing = report(sampled).report.progress.standing
    assert (standing.untouched, standing.articles) == (0, len(rows(sampled.articles)) - 1)
    sampled.sample.write_text("chosen: [quiet, unseen]\n", encoding="utf-8")
    assert report(sampled).report.progress.standing.untouched == 1


def test_each_annotators_work_and_pace(workspace: Workspace, twin: dict[str, Any]) -> None:
    works = rows(workspace.annotations)
    people = {person["annotator"]: person for person in twin["progress"]["people"]}
    assert people.keys() == {work["annotator"] for work in works}
    for name, person in people.items():
        own = [work for work in works if work["annotator"] == name]
        done = [work for work in own if not work["skipped"]]
        times = [work["lead_time"] for work in done if work["lead_time"]]
        assert person["done"] == len(done)
        assert person["skipped"] == len(own) - len(done)
        assert person["items"] == sum(
            len(work[part]) for work in done for part in ("mentions", "cues", "claims", "relations")
        )
        assert person["pace"]["timed"] == len(times)
        assert person["pace"]["minutes"] == pytest.approx(median(times) / 60)
        assert person["pace"]["an_hour"] == pytest.approx(3600 * len(times) / sum(times))


def test_days_are_in_utc_and_without_gaps(twin: dict[str, Any]) -> None:
    periods = twin["progress"]["periods"]
    assert [(one["start"], one["done"], one["skipped"]) for one in periods] == [
        ("2031-03-14", 5, 1),
        ("2031-03-15", 0, 0),
        ("2031-03-16", 0, 0),
        ("2031-03-17", 1, 0),  # half past eleven at night, two hours behind
    ]


def test_labels_are_those_of_the_gold(workspace: Workspace, twin: dict[str, Any]) -> None:
    expected = Counter(label for row in rows(workspace.gold) for one in row["mentions"] for label in one["labels"])
    everybody = Counter(
        label for row in rows(workspace.annotations) for one in row["mentions"] for label in one["labels"]
    )
    entities = {one["label"]: one for one in twin["labels"] if one["layer"] == "entities"}
    assert {label: one["gold"] for label, one in entities.items() if one["gold"]} == expected == {"PERSON": 1}
    assert {label: one["annotations"] for label, one in entities.items() if one["annotations"]} == everybody
    assert entities["PERSON"]["outlets"] == {"Meridian": 1}
    claims = {one["label"]: one["annotations"] for one in twin["labels"] if one["layer"] == "claims"}
    assert (claims["CLAIM"], claims["CUE"], claims["certainty: possible"]) == (3, 3, 1)
    assert claims["polarity: positive"] == 3  # the default, which nobody had to say


def test_agreement_is_what_agree_writes(workspace: Workspace, twin: dict[str, Any]) -> None:
    agreement = json.loads((workspace.reports / "agreement.json").read_text(encoding="utf-8"))
    assert twin["agreement"] == agreement
    exact = next(
        one
        for one in agreement["measures"]
        if (one["name"], one["layer"], one["label"], one["pair"]) == ("F1, exact", "entities", "", [])
    )
    assert twin["headline"]["agreement"]["entities: F1, exact"] == exact["estimate"]["value"]


def test_an_annotators_f1_with_the_others_adds_up_their_pairs(workspace: Workspace, twin: dict[str, Any]) -> None:
    """Exact mentions counted anew: with one each of a place and a label, sets will do."""
    marked: dict[str, dict[str, set[Any]]] = {}
    for work in rows(workspace.annotations):
        if not work["skipped"]:
            items = {(one["start"], one["end"], *one["labels"]) for one in work["mentions"]}
            marked.setdefault(work["article_id"], {})[work["annotator"]] = items
    for who, value in twin["with_others"]["entities"].items():
        pairs = [
            (own[who], theirs) for own in marked.values() if who in own for other, theirs in own.items() if other != who
        ]
        both = sum(len(own & theirs) for own, theirs in pairs)
        assert value == pytest.approx(2 * both / sum(len(own) + len(theirs) for own, theirs in pairs))


def test_how_items_were_settled(workspace: Workspace, twin: dict[str, Any]) -> None:
    records = [*rows(workspace.gold), *rows(workspace.open)]
    whys = [why for row in records for why in row["provenance"].values()]
    settled = twin["settlement"]
    by_resolution: Counter[str] = Counter()
    for one in settled["items"]:
        by_resolution[one["resolution"]] += one["items"]
    assert by_resolution == Counter(why["resolution"] for why in whys)
    assert {(one["support"], one["voters"]): one["items"] for one in settled["support"]} == Counter(
        (why["support"], why["voters"]) for why in whys
    )
    assert settled["asked_of_several"] == sum(why["voters"] > 1 for why in whys)
    assert (settled["adjudicated"], settled["adjudication_rate"]) == (0, 0.0)
    left = Counter((one["kind"], one["reason"]) for row in records for one in row["differences"])
    assert {(one["kind"], one["reason"]): one["items"] for one in settled["open"]} == left
    assert sum(left.values()) == twin["headline"]["open_items"] > 0


def test_the_page_says_the_figures(page: str, twin: dict[str, Any]) -> None:
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "5 articles: 1 gold, 2 open, 0 awaiting, 1 skipped by all who saw them, 1 not begun." in words
    assert "Measured on 2 articles of 1 story that two or more of 3 annotators labelled." in words
    assert "too narrow" in words  # one story
    for person in twin["progress"]["people"]:
        assert person["annotator"] in words
    assert "1 item is an accepted suggestion" not in words  # it is in an article of one annotator
    assert "Annotations saved per day" in words
    assert "Never used:" in words


def test_undefined_where_nothing_varies(page: str, twin: dict[str, Any]) -> None:
    level = next(
        one for one in twin["agreement"]["measures"] if one["name"] == "Krippendorff α of polarity" and not one["pair"]
    )
    assert level["estimate"]["value"] is None
    assert re.search(r"α of polarity undefined", page)


def test_an_adjudicated_item_counts_as_a_persons(workspace: Workspace) -> None:
    from toolkit.gold.model import Resolution
    from toolkit.gold.resolve import Resolved
    from toolkit.gold.store import load_gold
    from toolkit.report.settled import settlement

    (row,) = (row for row in load_gold(workspace.open) if row.article_id == "harbour")
    id, why = next((id, why) for id, why in row.provenance.items() if why.voters > 1)
    decided = why.model_copy(update={"resolution": Resolution.ADJUDICATED, "adjudicator": "ann-dana"})
    reviewed = row.model_copy(update={"provenance": row.provenance | {id: decided}, "differences": ()})
    before, after = settlement(Resolved(open=(row,))), settlement(Resolved(gold=(reviewed,)))
    assert (before.adjudicated, after.adjudicated, after.asked) == (0, 1, before.asked)
    assert after.adjudication_rate == 1 / after.asked
    assert after.left == ()


def test_twin_and_page_lie_where_they_are_said_to(workspace: Workspace, made: Reported) -> None:
    folder: Path = workspace.exports / "reports"
    assert (made.page, made.twin) == (folder / "report.html", folder / "report.json")
