"""Laws of the collection: everything is counted, the order of the input does not matter, projects are merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import examples

from toolkit.annotations.codec import Codec
from toolkit.annotations.collect import Collected, Counts, Received, collect
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.merge import merge
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation
from toolkit.annotations.store import load_annotations, write
from toolkit.errors import BadInputError
from toolkit.workspace import Workspace

from .worlds import SMALL, annotations, article, broken_results, json_values

TEXT = "Ana said\nthat 😀 Bob is in Rome."
OTHER = "Bob 👩‍👧 said no."
ARTICLES = {"one": article(TEXT), "two": article(OTHER, "two")}
GRAMMAR = Grammar(SMALL)


def collected(tasks: list[Received]) -> Collected:
    def url(task: dict[str, Any]) -> str:
        return f"https://studio.example/{task.get('id')}"

    return collect(tasks, ARTICLES, SMALL, lambda who: who if isinstance(who, str) else "", url)


@st.composite
def received(draw: st.DrawFn) -> Received:
    article_id = draw(st.sampled_from(["one", "two", "three"]))
    text = OTHER if article_id == "two" else TEXT
    works = [
        {
            "id": draw(st.integers(1, 3)),
            "completed_by": draw(st.sampled_from(["ann", "ben", None])),
            "result": draw(broken_results(SMALL, text)),
            "was_cancelled": draw(st.sampled_from([False, False, False, True])),
            "updated_at": draw(st.sampled_from(["2026-01-01", "2026-01-02"])),
            "lead_time": draw(st.sampled_from([None, 0.1, 0.2, 7])),
        }
        for _ in range(draw(st.integers(0, 2)))
    ]
    data = {"article_id": article_id, "text": draw(st.sampled_from([text, text, text, "else"]))}
    task = {"id": draw(st.integers(1, 3)), "data": data, "annotations": works, "drafts": [{}], "predictions": []}
    return Received(task, draw(st.sampled_from(["entities", "claims"])))


@given(st.lists(received() | st.builds(Received, json_values), max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_counts_add_up_and_order_does_not_matter(tasks: list[Received], random: Any) -> None:
    there = collected(tasks)
    assert there.counts.add_up
    assert there.counts.tasks == len(tasks)
    for record in there.annotations:
        ids = [item.id for item in record.spans()]
        assert len(set(ids)) == len(ids)
        assert {end for link in record.relations for end in (link.head, link.tail)} <= {*ids}
        assert {id for claim in record.claims for id in (*claim.claimants, *claim.cues, *claim.values)} <= {*ids}
        again = Codec(SMALL).decode(Codec(SMALL).encode(record), ARTICLES[record.article_id].text)
        assert (again.mentions, again.cues, again.claims) == (record.mentions, record.cues, record.claims)
        assert (again.relations, again.rejected) == (record.relations, ())
    shuffled = [*tasks]
    random.shuffle(shuffled)
    assert collected(shuffled) == there


@given(st.lists(annotations(SMALL, TEXT), min_size=1, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=examples(75))
def test_merging_does_not_depend_on_order(parts: list[Annotation], random: Any) -> None:
    merged = merge(parts, GRAMMAR)
    random.shuffle(parts)
    assert merge(parts, GRAMMAR) == merged


def record(**items: Any) -> Annotation:
    return Annotation(article_id="one", text_sha256="", annotator="ann", ontology_version="1.0.0", **items)


def person(id: str, start: int = 0, **rest: Any) -> Mention:
    return Mention(id=id, start=start, end=start + 3, text=TEXT[start : start + 3], labels=("PERSON",), **rest)


def claim(id: str, **rest: Any) -> Claim:
    return Claim(id=id, start=9, end=13, text="that", attributes={"attribution": "direct"}, **rest)


ENTITIES = record(
    source="1", mentions=(person("a"), person("b", 16)), layers=("entities",), lead_time=1.5, updated_at="2"
)


def test_context_is_replaced_by_the_annotators_own_mention() -> None:
    context = person("a", origin=Origin.CONTEXT, attributes={"level": "named"})
    claims = record(
        source="0", mentions=(context,), claims=(claim("c", claimants=("a",)),), layers=("claims",), lead_time=2.0
    )
    merged = merge([claims, ENTITIES], GRAMMAR).annotation
    assert merged.mentions == ENTITIES.mentions
    assert merged.claims == (claim("c", claimants=("a",)),)
    assert (merged.layers, merged.lead_time, merged.updated_at) == (("entities", "claims"), 3.5, "2")


def test_context_that_is_linked_to_stays_and_other_context_goes() -> None:
    linked, other = person("x", 5, origin=Origin.CONTEXT), person("y", 6, origin=Origin.CONTEXT)
    claims = record(source="2", mentions=(linked, other), claims=(claim("c", claimants=("x",)),))
    assert [mention.id for mention in merge([ENTITIES, claims], GRAMMAR).annotation.mentions] == ["a", "x", "b"]
    assert [mention.id for mention in merge([claims], GRAMMAR).annotation.mentions] == ["x"]


def test_ids_that_two_projects_use_are_told_apart() -> None:
    cue = Cue(id="b", start=4, end=8, text="said")
    claims = record(
        source="2", mentions=(person("a", 9),), cues=(cue,), claims=(claim("c", claimants=("a",), cues=("b",)),)
    )
    merged = merge([claims, ENTITIES], GRAMMAR).annotation
    assert [(mention.id, mention.start) for mention in merged.mentions] == [("a", 0), ("a-2", 9), ("b", 16)]
    assert merged.cues == (cue.model_copy(update={"id": "b-2"}),)
    assert merged.claims == (claim("c", claimants=("a-2",), cues=("b-2",)),)


def test_a_relation_that_both_projects_have_is_kept_once_and_counted() -> None:
    knows = Relation(type="knows", head="a", tail="b")
    left = ENTITIES.model_copy(update={"relations": (knows,)})
    context = (person("p", 16, origin=Origin.CONTEXT), person("q", origin=Origin.CONTEXT))
    right = record(source="2", mentions=context, relations=(Relation(type="knows", head="p", tail="q"),))
    merged = merge([right, left], GRAMMAR)
    assert merged.annotation.relations == (knows,)
    assert merged.dropped == (("duplicate-relation", Relation(type="knows", head="b", tail="a")),)


def test_a_skipped_part_adds_nothing_but_time() -> None:
    skipped = record(source="2", skipped=True, lead_time=0.5, layers=("claims",))
    merged = merge([skipped, ENTITIES], GRAMMAR).annotation
    assert (merged.skipped, merged.layers, merged.lead_time) == (False, ("entities",), 2.0)
    assert merge([skipped], GRAMMAR).annotation.skipped


def region(id: str, start: int, **rest: Any) -> dict[str, Any]:
    value = {"start": start, "end": start + 3, "text": TEXT[start : start + 3], "labels": ["PERSON"]}
    return {"id": id, "from_name": "entities", "to_name": "text", "type": "labels", "value": value, **rest}


def task(*works: dict[str, Any], number: int = 1) -> dict[str, Any]:
    return {"id": number, "data": {"article_id": "one", "text": TEXT}, "annotations": list(works)}


def work(*result: Any, id: int = 1, **rest: Any) -> dict[str, Any]:
    return {"id": id, "completed_by": "ann", "result": list(result), **rest}


def test_two_projects_make_one_record_and_the_counts_say_what_was_context() -> None:
    shown = {"goldkit": {"context": True}}
    level = {"id": "k", "from_name": "level", "to_name": "text", "type": "choices", "value": {"choices": ["named"]}}
    entities = task(work(region("a", 0), region("b", 16)))
    claims = task(work(region("k", 0, meta=shown), level, region("z", 16, meta=shown), "junk"), number=2)
    there = collected([Received(claims, "claims", ("claims",)), Received(entities, "entities", ("entities",))])
    assert [(mention.id, mention.origin) for mention in there.annotations[0].mentions] == [
        ("a", "manual"),
        ("b", "manual"),
    ]
    assert there.counts == Counts(
        tasks=2, annotations_in=2, annotations_valid=2, items_in=6, items_valid=2, items_rejected=1, items_context=3
    )


def test_of_two_annotations_in_one_project_the_latest_counts() -> None:
    old, new = work(region("a", 0), updated_at="2026-01-01"), work(region("b", 16), updated_at="2026-02-01", id=2)
    there = collected([Received(task(new, old))])
    assert [mention.id for mention in there.annotations[0].mentions] == ["b"]
    assert {(row.rule, row.kind, row.region) for row in there.rejected} == {
        ("duplicate-annotation", "annotation", ""),
        ("duplicate-annotation", "item", "a"),
    }


def test_no_row_names_the_person() -> None:
    who = {"id": 5, "email": "ana@example.org"}
    there = collect(
        [Received(task({**work(region("a", 0)), "completed_by": who, "updated_by": who}))],
        {},
        SMALL,
        lambda _: "p1",
        lambda _: "",
    )
    assert there.rejected
    assert "example.org" not in str(there)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "project.yaml").write_text("name: demo\nstudio: {projects: [{title: All}]}\n")
    return Workspace(tmp_path)


def test_what_is_written_is_read_again(workspace: Workspace) -> None:
    there = collected([Received(task(work(region("a", 0), region("b", -1))))])
    write(there, workspace)
    assert tuple(load_annotations(workspace.annotations)) == there.annotations
    assert workspace.rejected.read_text().count("\n") == 1
    assert '"offset-out-of-range"' in workspace.findings.read_text()


def test_a_broken_line_is_named(workspace: Workspace) -> None:
    write(collected([Received(task(work(region("a", 0))))]), workspace)
    with workspace.annotations.open("a") as file:
        file.write('{"article_id": "x"}\n')
    with pytest.raises(BadInputError, match=r"annotations\.jsonl:2"):
        list(load_annotations(workspace.annotations))
    with pytest.raises(BadInputError, match="no such file"):
        list(load_annotations(workspace.root / "none.jsonl"))
