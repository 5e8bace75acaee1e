"""Entities in one Label Studio project, claims in another: two screens, one annotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from toolkit.annotations.codec import encode
from toolkit.annotations.model import Annotation, Mention, Origin, SpanItem
from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.annotations.store import load_annotations
from toolkit.gold.store import load_gold
from toolkit.project import LAYERS
from toolkit.stages import build, check, setup, sync
from toolkit.stages.check import Checked
from toolkit.studio.push import CONTEXT

from .desk import DOMAIN, Desk

FIRST, SECOND = ("entities", "relations"), ("claims",)
OUTSIDER = "chen"  # labels claims, and no entities


def part(one: Annotation, layers: Iterable[str]) -> Annotation:
    """What somebody labels who sees a screen with these layers: with the ends that its links need."""
    asked: dict[str, Any] = {"relations": one.relations} if "relations" in layers else {"relations": ()}
    if "claims" not in layers:
        asked |= {"claims": (), "cues": ()}
    if "entities" not in layers:
        used = {id for claim in one.claims for id in (*claim.claimants, *claim.values) if "claims" in layers}
        used |= {id for link in asked["relations"] for id in (link.head, link.tail)}
        asked["mentions"] = tuple(it.model_copy(update={"attributes": {}}) for it in one.mentions if it.id in used)
    return one.model_copy(update=asked)


def place(item: SpanItem) -> tuple[Any, ...]:
    return item.start, item.end, item.text, item.labels if isinstance(item, Mention) else ()


def places(items: Iterable[SpanItem]) -> list[tuple[Any, ...]]:
    return sorted(map(place, items))


@dataclass(frozen=True)
class TwoScreens:
    """How the two-project workspace went. ``claimed``: by article and annotator, the claims with their claimants."""

    desk: Desk
    pushes: list[list[sync.PushedProject]]
    contexts: dict[str, list[dict[str, Any]]]
    context_items: int
    claimed: dict[tuple[str, str], list[tuple[Any, ...]]]
    checked: Checked


@pytest.fixture(scope="module")
def two(desk: Callable[..., Desk]) -> TwoScreens:
    made = desk("two-screens", FIRST, SECOND)
    schema = setup.ontology(made.workspace)
    pushes = [made.push()]
    tasks = made.tasks(0)
    for name in ("amina", "boris"):
        for one in made.work(name):
            if not one.skipped:
                made.submit(name, tasks[one.article_id], encode(part(one, FIRST), schema), lead_time=10)
    sync.pull(made.workspace, **made.address)
    pushes += [made.push(), made.push()]
    contexts = predictions(made)
    tasks = made.tasks(1)
    claimed = {}
    context_items = 0
    for name in made.tokens:
        for one in made.work(name):
            if one.article_id in tasks and not one.skipped:
                regions = [region | {"origin": "prediction"} for region in contexts[one.article_id]]
                own, links = claims_on(regions, one)
                made.submit(
                    name, tasks[one.article_id], [*regions, *encode(own, schema)[len(own.mentions) :]], lead_time=5
                )
                claimed[one.article_id, name] = links
                context_items += sum(len(region["value"]["labels"]) for region in regions)
    checked = sync.pull(made.workspace, **made.address)
    return TwoScreens(made, pushes, contexts, context_items, claimed, checked)


def predictions(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """By article, what the server shows to those who open the second project."""
    with desk.client() as client:
        project = desk.project(client, 1)
        shown = {task["id"]: task["predictions"] for task in listed(desk, project.id)}
        assert client.get(f"/api/projects/{project.id}/")["model_version"] == CONTEXT
    found = {}
    for article_id, task in desk.tasks(1).items():
        (prediction,) = shown[task]
        assert prediction["model_version"] == CONTEXT
        found[article_id] = prediction["result"]
    return found


def listed(desk: Desk, project: int) -> list[dict[str, Any]]:
    with desk.client() as client:
        tasks: list[dict[str, Any]] = client.get("/api/tasks", {"project": project, "fields": "all", "page_size": 100})[
            "tasks"
        ]
    return tasks


def claims_on(context: list[dict[str, Any]], one: Annotation) -> tuple[Annotation, list[tuple[Any, ...]]]:
    """An annotator's claims, their claimants taken from the context; each claim's place with its claimants' places."""
    by_place = {
        (it["value"]["start"], it["value"]["end"], it["value"]["text"], tuple(sorted(it["value"]["labels"]))): it["id"]
        for it in context
    }
    mentions = {it.id: it for it in one.mentions}
    claims, ends = [], []
    for claim in one.claims:
        there = [place(mentions[id]) for id in claim.claimants if place(mentions[id]) in by_place]
        ids = tuple(sorted(by_place[where] for where in there))
        answers = claim.attributes if ids else claim.attributes | {"attribution": "narrator"}
        id = f"claim-{claim.id}"  # Label Studio gives ids of its own
        claims.append(
            claim.model_copy(update={"id": id, "claimants": ids, "cues": (), "values": (), "attributes": answers})
        )
        ends.append((place(claim), sorted(there)))
    own = one.model_copy(update={"mentions": (), "cues": (), "relations": (), "claims": tuple(claims)})
    return own, sorted(ends)


def test_claims_wait_for_entities_and_come_with_them(two: TwoScreens) -> None:
    counts = [[(one.new, one.known, one.waiting) for one in push] for push in two.pushes]
    labelled = {one.article_id for name in ("amina", "boris") for one in two.desk.work(name) if not one.skipped}
    n = len(labelled)
    assert 0 < n < 14
    assert counts == [
        [(14, 0, 0), (0, 0, 14)],
        [(0, 14, 0), (n, 0, 14 - n)],
        [(0, 14, 0), (0, n, 14 - n)],
    ]
    assert two.desk.tasks(1).keys() == labelled


def test_the_context_is_one_annotators_entities(two: TwoScreens) -> None:
    for article_id, regions in two.contexts.items():
        assert all(region["meta"]["goldkit"]["context"] is True for region in regions)
        assert {region["type"] for region in regions} == {"labels"}  # no answers, no relations
        shown = sorted((it["value"]["start"], it["value"]["end"], tuple(it["value"]["labels"])) for it in regions)
        assert shown in [
            sorted((it.start, it.end, it.labels) for it in one.mentions)
            for name in ("amina", "boris")
            for one in two.desk.work(name)
            if one.article_id == article_id
        ]


def test_one_annotation_with_mentions_from_one_screen_and_claims_from_the_other(two: TwoScreens) -> None:
    records = list(two.checked.collected.annotations)
    assert len({(one.article_id, one.annotator) for one in records}) == len(records)
    work = {(one.article_id, name): one for name in two.desk.tokens for one in two.desk.work(name) if not one.skipped}
    pseudonym = names(two)
    linked_claims = 0
    for record in records:
        name = pseudonym[record.annotator]
        theirs = work[record.article_id, name]
        own = [it for it in record.mentions if it.origin is not Origin.CONTEXT]
        assert places(own) == ([] if name == OUTSIDER else places(theirs.mentions))
        assert record.layers == (SECOND if name == OUTSIDER else ("entities", "relations", "claims"))
        assert record.lead_time == (5 if name == OUTSIDER else 15)
        assert len(record.relations) == (0 if name == OUTSIDER else len(theirs.relations))
        mentions = {it.id: it for it in record.mentions}
        linked = {id for claim in record.claims for id in claim.claimants}
        assert {it.id for it in record.mentions if it.origin is Origin.CONTEXT} <= linked
        found = sorted((place(it), sorted(place(mentions[id]) for id in it.claimants)) for it in record.claims)
        assert found == two.claimed[record.article_id, name]
        linked_claims += sum(len(claim.claimants) for claim in record.claims)
    assert {name for _, name in two.claimed} == {"amina", "boris", OUTSIDER}
    assert linked_claims > 40


def names(two: TwoScreens) -> dict[str, str]:
    of = load_pseudonyms(two.desk.workspace.private).of
    return {of(f"{name}@{DOMAIN}"): name for name in two.desk.tokens}


def test_context_is_counted_apart_and_nothing_is_lost(two: TwoScreens) -> None:
    counts = two.checked.collected.counts
    assert counts.add_up
    assert counts.items_context == two.context_items > 0
    assert counts.items_rejected == counts.annotations_rejected == 0
    assert f"+ {counts.items_context} context" in two.checked.summary
    assert list(load_annotations(two.desk.workspace.annotations)) == list(two.checked.collected.annotations)
    assert check.check(two.desk.workspace).as_dict()["counts"] == counts.as_dict()


def test_it_builds(two: TwoScreens) -> None:
    """Gold is what one annotator labelled of each layer, be they different people in the two projects."""
    built = build.build(two.desk.workspace)
    gold = {one.article_id: one for one in load_gold(two.desk.workspace.gold)}
    by_layer: dict[str, Counter[str]] = {}
    for one in two.checked.collected.annotations:
        if not one.skipped:
            by_layer.setdefault(one.article_id, Counter()).update(one.layers)
    assert gold.keys() == {article_id for article_id, votes in by_layer.items() if set(votes.values()) == {1}}
    assert all(
        gold[article_id].layers == tuple(it for it in LAYERS if it in by_layer[article_id]) for article_id in gold
    )
    assert built.rows["entities"] == sum("entities" in one.layers for one in gold.values()) > 0
    assert built.rows["claims"] == sum(len(one.claims) for one in gold.values()) > 0


@pytest.mark.parametrize("layers", [("entities",), ("claims",), ("relations",), ("entities", "claims")])
def test_a_screen_with_some_layers(desk: Callable[..., Desk], layers: tuple[str, ...]) -> None:
    """Where no other project labels the entities, nothing has to wait for them."""
    made = desk("-".join(layers), layers)
    schema = setup.ontology(made.workspace)
    assert [(one.new, one.waiting) for one in made.push()] == [(14, 0)]
    tasks = made.tasks()
    sent = [part(one, layers) for one in made.work("amina")]
    for one in sent:
        made.submit("amina", tasks[one.article_id], encode(one, schema))
    checked = sync.pull(made.workspace, **made.address)
    assert (checked.findings, checked.collected.counts.add_up) == ((), True)
    assert [one.layers for one in checked.collected.annotations] == [layers] * len(sent)
    for one, record in zip(sorted(sent, key=lambda one: one.article_id), checked.collected.annotations, strict=True):
        assert places(record.spans()) == places(one.spans())
        assert sorted(record.relations, key=repr) == sorted(one.relations, key=repr)
    built = build.build(made.workspace)
    assert built.rows["documents"] == 14
    assert (built.rows["claims"] > 0, built.rows["relations"] > 0) == ("claims" in layers, "relations" in layers)
