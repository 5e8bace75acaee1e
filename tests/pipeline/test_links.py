"""The layer across articles, all the way, on the real Label Studio: the sample stories, three annotators, an editor."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest

from tests.pipeline.conftest import PASSWORD
from tests.pipeline.desk import DOMAIN, Desk
from toolkit import samples
from toolkit.demo import across
from toolkit.errors import StudioConflict
from toolkit.files import write_jsonl
from toolkit.links.model import ClaimLink
from toolkit.links.screens.answered import claim_result, entity_result
from toolkit.links.screens.entities import entity_task
from toolkit.links.store import load_claim_votes, load_entity_votes, load_links, load_pairs, load_registers
from toolkit.samples import links as truth
from toolkit.stages import ingest, linkanswers, linkreview, links, linksync, setup
from toolkit.studio import feedback, tasks
from toolkit.studio import links as remote
from toolkit.studio.people import add_annotator
from toolkit.studio.projects import require_project
from toolkit.studio.server import Credentials


def annotated(desk: Callable[..., Desk], name: str) -> Desk:
    """A desk whose articles are annotated."""
    made = desk(name)
    articles, ontology = ingest.articles(made.workspace), setup.ontology(made.workspace)
    work = [one for name in samples.ANNOTATORS for one in samples.work(name, articles, ontology)]
    work.sort(key=lambda one: (one.article_id, one.annotator))
    write_jsonl(made.workspace.annotations, (one.model_dump(mode="json") for one in work))
    return made


def test_stories_and_claims_from_candidates_to_gold(desk: Callable[..., Desk], studio: Credentials) -> None:
    linked = annotated(desk, "across")
    workspace = linked.workspace
    pushed = linksync.push(workspace, **linked.address)
    assert [one.new for one in pushed] == [3, len(list(load_pairs(workspace.links)))]
    again = linksync.push(workspace, **linked.address)
    assert [(one.new, one.known) for one in again] == [(0, one.new) for one in pushed]
    new, known = across.answer(workspace, linked.tokens, **linked.address)
    assert (new, known) == (3 * sum(one.new for one in pushed), 0)

    pulled = linksync.pull(workspace, **linked.address)
    assert pulled.counts.add_up
    assert (pulled.counts.rejected, pulled.counts.skipped) == (0, 0)
    assert pulled.counts.stories == 9
    assert pulled.counts.pairs == 3 * len(list(load_pairs(workspace.links)))

    # What was read is what was said.
    people = {vote.annotator for vote in load_entity_votes(workspace.links)}
    assert len(people) == 3
    assert all(person.startswith("ann-") for person in people)
    registers = {register.story_id: register for register in load_registers(workspace.links)}
    said = {
        (vote.story_id, frozenset(frozenset(entity.mentions) for entity in vote.entities), vote.unsure)
        for vote in load_entity_votes(workspace.links)
    }
    meant = {
        (id, frozenset(frozenset(entity.mentions) for entity in vote.entities), vote.unsure)
        for name in samples.ANNOTATORS
        for id, register in registers.items()
        for vote in [truth.entity_vote(name, register)]
    }
    assert said == meant
    pairs = {pair.key: pair for pair in load_pairs(workspace.links)}
    links_said = Counter(vote.link.model_dump_json() for vote in load_claim_votes(workspace.links) if vote.link)
    links_meant = Counter(
        truth.claim_link(name, pair).model_dump_json() for name in samples.ANNOTATORS for pair in pairs.values()
    )
    assert links_said == links_meant

    # What does not fit is found, and put back before the people.
    rules = {finding.rule for finding in pulled.findings}
    assert {"link-not-transitive", "link-against-dates"} <= rules
    to_fix = linkanswers.to_fix(workspace)["claims"]
    shown = linksync.push(workspace, **linked.address)[1]
    assert shown.fixing == len(to_fix) > 0
    with linked.client() as client:
        project = require_project(client, workspace.project.name, linksync.projects_of(workspace)["claims"])
        marked = [task for page in tasks.all_pages(client, project.id, tasks.PLAIN) for task in page.tasks]
    bulleted = {task["data"]["key"] for task in marked if feedback.BULLET in task["data"].get("needs_fixing", "")}
    assert bulleted == set(to_fix)

    # What is open goes to an editor, once, and comes back decided.
    before = links.settle(workspace)
    assert before.open
    pushed = linkreview.push(workspace, **linked.address)
    assert all(one.new for one in pushed)
    again = linkreview.push(workspace, **linked.address)
    assert [(one.new, one.known) for one in again] == [(0, one.new) for one in pushed]
    editor = {samples.EDITOR: add_annotator(studio, f"editor@{DOMAIN}", PASSWORD)}
    new, _ = across.decide(workspace, editor, **linked.address)
    assert new == sum(one.new for one in pushed)
    reviewed = linkreview.pull(workspace, **linked.address)
    assert reviewed is not None
    assert reviewed.counts.add_up
    assert not reviewed.resolved.open
    gold = load_links(workspace.links_gold)
    for story in gold:
        assert story.entities_resolution is not None
        true = truth.truth_entities(registers[story.story_id])
        for entity in story.entities:
            kept = {true[key] for key in entity.mentions}
            assert len(kept) == 1 or story.provenance[entity.mentions[0]].support >= 2
    assert linkreview.push(workspace, **linked.address) == []


def test_a_task_that_somebody_meddled_with_is_rejected_and_counted(desk: Callable[..., Desk]) -> None:
    linked = annotated(desk, "meddled")
    workspace = linked.workspace
    linksync.push(workspace, **linked.address)
    with linked.client() as client:
        project = require_project(client, workspace.project.name, linksync.projects_of(workspace)["claims"])
        key, there = next(iter(remote.queued(client, project).items()))
    linked.submit("amina", there[-1].id, [{"from_name": "nothing", "value": {"choices": ["what"]}}])
    pulled = linksync.pull(workspace, **linked.address)
    assert pulled.counts.rejected == 1
    assert pulled.counts.add_up
    rejected = [json.loads(line) for line in (workspace.links / linkanswers.REJECTED).read_text().splitlines()]
    assert [(one["key"], one["kind"]) for one in rejected] == [(key, "claims")]
    assert key in linkanswers.to_fix(workspace)["claims"]


def test_two_answers_of_one_annotator_are_put_back_before_them(desk: Callable[..., Desk]) -> None:
    linked = annotated(desk, "twice")
    workspace = linked.workspace
    linksync.push(workspace, **linked.address)
    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    pair = next(iter(load_pairs(workspace.links)))
    with linked.client() as client:
        project = require_project(client, workspace.project.name, linksync.projects_of(workspace)["claims"])
        task = remote.queued(client, project)[pair.key][-1].id
    for type in ("equivalent", "unrelated"):
        link = ClaimLink(type=type, head=pair.key.split()[0], tail=pair.key.split()[1])
        vote = truth.claim_vote("amina", pair).model_copy(update={"link": link})
        linked.submit("amina", task, claim_result(vote, pair, articles, ontology))
    pulled = linksync.pull(workspace, **linked.address)
    (finding,) = (one for one in pulled.findings if one.rule == "link-two-answers")
    assert "equivalent" in finding.message
    assert "unrelated" in finding.message
    assert linkanswers.to_fix(workspace)["claims"].keys() == {pair.key}
    (story,) = (one for one in pulled.resolved.stories if one.story_id == pair.story_id)
    assert [one.type for one in story.links] == ["unrelated"]
    assert (story.answered, story.pairs > 1) == (1, True)


def test_a_project_that_is_gone_takes_no_answers_along(desk: Callable[..., Desk]) -> None:
    linked = annotated(desk, "gone")
    workspace = linked.workspace
    linksync.push(workspace, **linked.address)
    with linked.client() as client:
        project = require_project(client, workspace.project.name, linksync.projects_of(workspace)["entities"])
        task = remote.queued(client, project)["harbour"][-1].id
    register = next(one for one in load_registers(workspace.links) if one.story_id == "harbour")
    shown = entity_task(register, ingest.articles(workspace))
    linked.submit("amina", task, entity_result(truth.entity_vote("amina", register), shown))
    linksync.pull(workspace, **linked.address)
    before = (workspace.links / "entity_votes.jsonl").read_bytes()
    assert before
    with linked.client() as client, client.sdk() as sdk:
        sdk.projects.delete(project.id)
    with pytest.raises(StudioConflict, match="who is who"):
        linksync.pull(workspace, **linked.address)
    linksync.push(workspace, **linked.address)  # makes it anew, and empty
    with pytest.raises(StudioConflict, match="1 answers were pulled before"):
        linksync.pull(workspace, **linked.address)
    assert (workspace.links / "entity_votes.jsonl").read_bytes() == before
