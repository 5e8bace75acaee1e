"""Adjudication on the real server: queued once a round, the worst first, and every decision back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gold.disputes import ANNOTATORS, ARTICLE, Hand, work, works
from typer.testing import CliRunner

from toolkit.annotations.model import Annotation, Mention
from toolkit.annotations.store import load_annotations
from toolkit.articles.model import Article, text_digest
from toolkit.cli.review import app
from toolkit.errors import StudioConflict, UsageError
from toolkit.gold.model import Resolution
from toolkit.gold.review.case import Case
from toolkit.gold.review.marks import OPEN
from toolkit.stages import review
from toolkit.stages.gold import resolve
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.reviewconfig import names_on
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

from .fakes import Fake, forwarded
from .quarrel import Quarrel, make_quarrel

TEXT = "Bram Osk met Mira Osk in Dunmere. The harbour was calm."


def _article(article_id: str, more: str = "") -> Article:
    text = TEXT + more
    return Article(article_id=article_id, text=text, text_sha256=text_digest(text), title=article_id, outlet="Daily")


CALM, RIPPLE = _article("calm"), _article("ripple", " A gull cried.")


def person(quote: str) -> Mention:
    start = TEXT.index(quote)
    return Mention(id=quote.replace(" ", "_"), start=start, end=start + len(quote), text=quote, labels=("PERSON",))


def all_works() -> list[Annotation]:
    """The quarrel, an article with one difference, and one with none."""
    both, one = (person("Bram Osk"), person("Mira Osk")), (person("Bram Osk"),)
    return [
        *works(),
        *(work(who, CALM, mentions=both) for who in ANNOTATORS),
        *(work(who, RIPPLE, mentions=one if who == "chen" else both) for who in ANNOTATORS),
    ]


@pytest.fixture
def quarrel(tmp_path: Path, studio: Credentials) -> Quarrel:
    made = make_quarrel(tmp_path, studio, (CALM, RIPPLE, ARTICLE))
    made.record(all_works())
    return made


def push(quarrel: Quarrel, **more: Any) -> review.PushedReviews:
    return review.push(quarrel.workspace, **quarrel.there, **more)


def pull(quarrel: Quarrel) -> review.PulledReviews:
    pulled = review.pull(quarrel.workspace, **quarrel.there)
    assert pulled is not None
    return pulled


def hand_of(task: dict[str, Any]) -> Hand:
    """What an adjudicator finds in a task."""
    hand = Hand(Case.model_validate(task["meta"]["goldkit_case"]))
    (shown,) = task["predictions"]
    assert shown["result"] == hand.result
    return hand


def test_open_articles_are_queued_once_the_worst_first(quarrel: Quarrel) -> None:
    first = push(quarrel)
    assert (first.new, first.known, first.stuck, first.findings) == (2, 0, 0, ())
    again = push(quarrel)
    assert (again.new, again.known, again.findings) == (0, 2, ())
    cases = quarrel.cases()
    assert {article_id: len(those) for article_id, those in cases.items()} == {"quarrel": 1, "ripple": 1}
    project = quarrel.review_project()
    quarrel.join("dara")
    with Client(Address(quarrel.studio.url, quarrel.tokens["dara"])) as dara:
        seen = []
        for _ in cases:
            task = dara.get(f"/api/projects/{project.id}/next")
            seen.append(task["data"]["article_id"])
            assert [shown["model_version"] for shown in task["predictions"]] == ["goldkit-review"]
            quarrel.submit("dara", task["id"], task["predictions"][0]["result"])
    assert seen == ["quarrel", "ripple"]
    assert project.model_version == "goldkit-review"


def test_the_review_project_is_found_again_under_another_title(quarrel: Quarrel) -> None:
    push(quarrel)
    project = quarrel.review_project()
    with quarrel.client() as client:
        client.patch(f"/api/projects/{project.id}/", {"title": "who is right"})
    assert (push(quarrel).known, quarrel.review_project().id) == (2, project.id)


def test_annotators_are_letters_unless_names_are_asked_for(quarrel: Quarrel) -> None:
    pseudonyms = annotators(quarrel.workspace)
    assert len(pseudonyms) == 3
    push(quarrel)
    project = quarrel.review_project()
    said = json.dumps(quarrel.cases()) + project.label_config
    assert not [who for who in pseudonyms if who in said]
    assert names_on(project.label_config) == ["A", "B", "C"]
    with quarrel.client() as client, client.sdk() as sdk:
        for (task,) in quarrel.cases().values():
            sdk.tasks.delete(task["id"])
    assert push(quarrel, names=True).new == 2
    assert names_on(quarrel.review_project().label_config) == ["A", "B", "C", *sorted(pseudonyms)]
    (task,) = quarrel.cases()["ripple"]
    (region,) = [one for one in task["predictions"][0]["result"] if OPEN in one.get("value", {}).get("labels", ())]
    assert set(region["value"]["labels"][2:]) < {f"by {who}" for who in pseudonyms}


def annotators(workspace: Workspace) -> set[str]:
    """The pseudonyms of those who labelled."""
    return {one.annotator for one in load_annotations(workspace.annotations)}


def test_decisions_come_back_and_the_rest_comes_again(quarrel: Quarrel) -> None:
    push(quarrel)
    dara = quarrel.join("dara")
    (task,) = quarrel.cases()["quarrel"]
    hand = hand_of(task)
    accepted = hand.accept("Dunmere")
    hand.reject("minister", "PERSON")
    quarrel.submit("dara", task["id"], hand.result)
    pulled = pull(quarrel)
    assert pulled.findings == ()
    counts = pulled.counts
    assert (counts.articles, counts.articles_reviewed, counts.articles_waiting) == (2, 1, 1)
    assert (counts.differences, counts.differences_decided, counts.differences_left) == (14, 1, 13)
    assert (counts.items_kept, counts.items_adjudicated, counts.items_rejected) == (9, 1, 1)
    assert (pulled.gold, pulled.awaiting) == (1, 2)
    provenance = quarrel.reviews["quarrel"].provenance[accepted]
    assert (provenance.resolution, provenance.adjudicator) == (Resolution.ADJUDICATED, dara)
    assert {vote.annotator for vote in provenance.votes} == annotators(quarrel.workspace)
    assert (provenance.support, provenance.voters) == (2, 3)

    # Its snapshots are not among those that annotations are read from, and are not read twice.
    assert len(list(quarrel.workspace.review_snapshots.iterdir())) == 1
    assert not quarrel.workspace.snapshots.exists()
    before = quarrel.workspace.reviews.read_bytes()
    pull(quarrel)
    assert quarrel.workspace.reviews.read_bytes() == before

    second = push(quarrel)
    assert (second.new, second.known, second.findings) == (1, 1, ())
    assert (push(quarrel).new, len(quarrel.cases()["quarrel"])) == (0, 2)
    first_task, second_task = quarrel.cases()["quarrel"]
    assert (first_task["data"]["round"], second_task["data"]["round"]) == (1, 2)
    hand = hand_of(second_task)
    assert OPEN not in hand.region(accepted)["value"]["labels"]
    hand.accept("minister")
    emil = quarrel.join("emil")
    quarrel.submit("emil", second_task["id"], hand.result)
    pulled = pull(quarrel)
    assert (pulled.findings, pulled.counts.differences) == ((), 13)
    gold = quarrel.reviews["quarrel"]
    assert gold.provenance[accepted] == provenance
    assert {why.adjudicator for why in gold.provenance.values()} == {"", dara, emil}
    assert len(gold.differences) == 12


def test_all_decided_is_gold(quarrel: Quarrel) -> None:
    push(quarrel)
    quarrel.join("dara")
    (task,) = quarrel.cases()["ripple"]
    hand = hand_of(task)
    assert [one["value"]["text"] for one in hand.result if OPEN in one["value"].get("labels", ())] == ["Mira Osk"]
    hand.reject("Mira Osk")
    quarrel.submit("dara", task["id"], hand.result)
    assert (pull(quarrel).gold, push(quarrel).new) == (2, 0)
    assert [mention.text for mention in quarrel.gold["ripple"].mentions] == ["Bram Osk"]


def test_of_several_reviews_the_latest_counts_and_a_skip_leaves_the_article_open(quarrel: Quarrel) -> None:
    push(quarrel)
    (ripple,), (task,) = quarrel.cases()["ripple"], quarrel.cases()["quarrel"]
    quarrel.join("dara")
    emil = quarrel.join("emil")
    hand = hand_of(ripple)
    quarrel.submit("dara", ripple["id"], hand.result)
    hand.accept("Mira Osk")
    quarrel.submit("emil", ripple["id"], hand.result)
    quarrel.submit("dara", task["id"], [], was_cancelled=True)
    pulled = pull(quarrel)
    (finding,) = pulled.findings
    assert (finding.rule, finding.place.annotator) == ("reviewed-twice", emil)
    assert (pulled.counts.articles_reviewed, pulled.counts.articles_skipped) == (1, 1)
    assert {why.adjudicator for why in quarrel.gold["ripple"].provenance.values()} == {"", emil}
    assert "quarrel" not in quarrel.reviews


def test_votes_that_change_before_the_review_are_not_queued_beside_it(quarrel: Quarrel) -> None:
    push(quarrel)
    quarrel.record(changed("ripple", mentions=(person("Mira Osk"),)))
    pushed = push(quarrel)
    assert (pushed.new, pushed.known) == (0, 1)
    (finding,) = pushed.findings
    (task,) = quarrel.cases()["ripple"]
    assert (finding.rule, finding.place.article_id) == ("review-outdated", "ripple")
    assert finding.place.url.endswith(f"task={task['id']}")
    quarrel.join("dara")
    quarrel.submit("dara", task["id"], hand_of(task).result)
    (finding,) = push(quarrel).findings
    assert finding.rule == "review-not-pulled"


def test_votes_that_change_after_the_review_are_named_and_it_stands(quarrel: Quarrel) -> None:
    push(quarrel)
    (task,) = quarrel.cases()["ripple"]
    quarrel.join("dara")
    hand = hand_of(task)
    hand.accept("Mira Osk")
    quarrel.submit("dara", task["id"], hand.result)
    assert pull(quarrel).findings == ()
    quarrel.record(changed("ripple", mentions=()))
    (finding,) = resolve(quarrel.workspace).findings
    assert (finding.rule, finding.place.article_id) == ("reviewed-work-changed", "ripple")
    assert len(quarrel.gold["ripple"].mentions) == 2
    assert [finding.rule for finding in pull(quarrel).findings] == ["reviewed-work-changed"]


def changed(article_id: str, **changes: Any) -> list[Annotation]:
    """Everybody's work, chen's on one article changed."""
    return [
        one.model_copy(update=changes) if (one.annotator, one.article_id) == ("chen", article_id) else one
        for one in all_works()
    ]


def test_reviews_outlive_their_project(quarrel: Quarrel) -> None:
    push(quarrel)
    (task,) = quarrel.cases()["ripple"]
    quarrel.join("dara")
    hand = hand_of(task)
    hand.accept("Mira Osk")
    quarrel.submit("dara", task["id"], hand.result)
    pull(quarrel)
    with quarrel.client() as client, client.sdk() as sdk:
        sdk.projects.delete(quarrel.review_project().id)
    assert review.pull(quarrel.workspace, **quarrel.there) is None
    refused = CliRunner().invoke(app, ["pull", "--url", quarrel.there["url"], "--token", quarrel.there["token"]])
    assert isinstance(refused.exception, StudioConflict)
    assert refused.exception.next.startswith("goldkit review push")
    assert push(quarrel).new == 1  # the other one
    (finding,) = pull(quarrel).findings
    assert (finding.rule, finding.place.article_id) == ("review-kept", "ripple")
    assert "ripple" in quarrel.gold


def test_a_task_whose_case_is_gone_is_named(quarrel: Quarrel) -> None:
    push(quarrel)
    (task,) = quarrel.cases()["ripple"]
    with quarrel.client() as client:
        client.patch(f"/api/tasks/{task['id']}/", {"meta": {}})
    pulled = pull(quarrel)
    assert [finding.rule for finding in pulled.findings] == ["review-unreadable"]
    assert (pulled.counts.articles_rejected, pulled.counts.articles_waiting) == (1, 1)


def test_a_review_with_names_that_the_ontology_lost_does_not_count(quarrel: Quarrel) -> None:
    push(quarrel)
    (task,) = quarrel.cases()["quarrel"]
    quarrel.join("dara")
    hand = hand_of(task)
    hand.accept("Dunmere")
    quarrel.submit("dara", task["id"], hand.result)
    pull(quarrel)
    reviews = quarrel.workspace.reviews
    reviews.write_text(reviews.read_text(encoding="utf-8").replace('"labels":["GPE"]', '"labels":["SUBURB"]'), "utf-8")
    pushed = push(quarrel)
    (finding,) = pushed.findings
    assert (finding.rule, finding.place.article_id) == ("review-unknown-names", "quarrel")
    assert "SUBURB" in finding.message
    assert (pushed.new, pushed.known) == (0, 2)  # the votes count again, and their task is there


def test_where_nothing_is_open_no_project_is_made(quarrel: Quarrel) -> None:
    quarrel.record([one for one in all_works() if one.article_id == "calm"])
    assert (push(quarrel).url, push(quarrel).new) == ("", 0)
    assert review.pull(quarrel.workspace, **quarrel.there) is None


def test_a_title_that_is_taken_is_refused(quarrel: Quarrel) -> None:
    file = quarrel.workspace.root / "configs" / "project.yaml"
    settings = json.loads(file.read_text(encoding="utf-8"))
    settings["studio"]["projects"][0]["title"] = f"{settings['name']} review"
    file.write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(UsageError, match="calls a project"):
        review.push(Workspace(quarrel.workspace.root), **quarrel.there)


def test_a_lost_answer_doubles_nothing(quarrel: Quarrel, fake: Callable[..., Fake]) -> None:
    lost: list[str] = []

    def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
        found = forwarded(quarrel.studio.url, method, path, headers, body)
        if "/import" in path and not lost:
            lost.append(path)
            return 502, "text/plain", b"gone"
        return found

    review.push(quarrel.workspace, url=fake(answer).url, token=quarrel.studio.token)
    assert lost
    assert {article_id: len(those) for article_id, those in quarrel.cases().items()} == {"quarrel": 1, "ripple": 1}


def test_the_commands(quarrel: Quarrel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(quarrel.workspace.root)
    options = ["--url", quarrel.studio.url, "--token", quarrel.studio.token]
    pushed = CliRunner().invoke(app, ["push", *options])
    assert pushed.exit_code == 0, pushed.output
    assert "2      0" in pushed.output
    again = json.loads(CliRunner().invoke(app, ["push", *options, "--format", "json"]).stdout)
    assert (again["new"], again["known"], again["findings"]) == (0, 2, [])
    pulled = CliRunner().invoke(app, ["pull", *options])
    assert "articles: 2 queued = 0 reviewed + 0 skipped + 2 waiting" in pulled.stdout
    data = json.loads(CliRunner().invoke(app, ["pull", *options, "--format", "json"]).stdout)
    assert (data["gold"], data["awaiting"], data["counts"]["articles_waiting"]) == (1, 2, 2)
