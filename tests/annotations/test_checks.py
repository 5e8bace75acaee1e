"""Every rule has a case that fires it and one, as like it as can be, that does not."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from toolkit.annotations.checks import RULES
from toolkit.annotations.codec import Text, decode
from toolkit.annotations.collect import Collected, Received, collect
from toolkit.findings import Severity
from toolkit.spans import Span

from .worlds import SMALL, article

TEXT = "- Ana and Bob said\nthat 12 people 😀 died in Rome."
PLACES = {word: Span(TEXT.index(word), TEXT.index(word) + len(word)) for word in TEXT.split()}


def region(id: str, word: str, *labels: str, control: str = "entities", **value: Any) -> dict[str, Any]:
    start, end = PLACES[word]
    value = {"start": start, "end": end, "text": word, "labels": list(labels), **value}
    return {"id": id, "from_name": control, "to_name": "text", "type": "labels", "value": value}


def answer(id: str, name: str, *choices: str, **value: Any) -> dict[str, Any]:
    kind = "textarea" if "text" in value else "choices"
    return {"id": id, "from_name": name, "to_name": "text", "type": kind, "value": value or {"choices": list(choices)}}


def join(head: str, tail: str, *labels: str, direction: str = "right") -> dict[str, Any]:
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": direction, "labels": list(labels)}


NAMED = answer("a", "level", "named")
ANA, BOB, ROME = region("a", "Ana", "PERSON"), region("b", "Bob", "PERSON"), region("r", "Rome.", "GPE")
DIED, TWELVE = region("d", "died", "EVENT"), region("q", "12", "QUANTITY")
CUE, CLAIM = region("u", "said", "CUE", control="claims"), region("c", "died", "CLAIM", control="claims")
DIRECT = answer("c", "attribution", "direct")
CLAIMED = [ANA, CUE, CLAIM, DIRECT, join("c", "a", "claimant"), join("c", "u", "cued_by")]
RANK, EXACT = region("k", "Bob", "RANK"), answer("q", "number", text=["12"])
KNOWS, IN = join("a", "b", "knows"), join("a", "r", "located_in")


def moved(by: int, element: dict[str, Any] = BOB) -> dict[str, Any]:
    value = element["value"]
    return {**element, "value": {**value, "start": value["start"] + by, "end": value["end"] + by}}


def at(start: Any, end: Any, **rest: Any) -> dict[str, Any]:
    return {**ANA, "value": {"start": start, "end": end, "labels": ["PERSON"], **rest}}


class Case(NamedTuple):
    rule: str
    broken: list[Any]
    fine: list[Any]
    rejected: int = 1  # items


RESULTS = [
    Case("offset-not-integer", [at(2.0, 5)], [at(2, 5)]),
    Case("offset-not-integer", [at("2", 5)], [at(2, 5)]),
    Case("offset-not-integer", [at(True, 5)], [at(1, 5)]),
    Case("offset-inverted", [at(5, 2)], [at(2, 5)]),
    Case("offset-empty", [at(2, 2)], [at(2, 3)]),
    Case("offset-out-of-range", [at(2, len(TEXT) + 1)], [at(2, len(TEXT))]),
    Case("offset-out-of-range", [at(-1, 3)], [at(0, 3)]),
    Case("text-mismatch", [moved(2)], [moved(0)]),
    Case("text-mismatch", [at(2, 5, text="")], [at(2, 5, text="Ana")]),
    Case("offset-utf16", [moved(1, ROME)], [ROME], 0),
    Case("offset-newline", [moved(1, TWELVE), ANA], [TWELVE, ANA], 0),
    Case("span-edge-whitespace", [at(1, 5)], [at(2, 5)], 0),
    Case("malformed-result", ["junk"], [ANA]),
    Case("malformed-result", [{**ANA, "value": None}], [ANA]),
    Case("malformed-result", [{**ANA, "id": ""}], [ANA]),
    Case("malformed-result", [at(None, 5)], [at(2, 5)]),
    Case("malformed-result", [at(2, 5, labels=[])], [at(2, 5)]),
    Case("malformed-result", [at(2, 5, text=["Ana"])], [at(2, 5, text="Ana")]),
    Case("malformed-result", [ANA, answer("a", "level")], [ANA, NAMED]),
    Case("malformed-result", [ANA, BOB, {**KNOWS, "direction": "up"}], [ANA, BOB, KNOWS]),
    Case("malformed-result", [ANA, BOB, {**KNOWS, "labels": "knows"}], [ANA, BOB, {**KNOWS, "direction": None}]),
    Case("malformed-result", [ANA, BOB, {**KNOWS, "to_id": 5}], [ANA, BOB, KNOWS]),
    Case("unknown-result-type", [{**ANA, "type": "rating"}], [ANA]),
    Case("unknown-result-type", [ANA, answer("a", "level", text=["named"])], [ANA, NAMED]),
    Case("unknown-control", [{**ANA, "from_name": "label"}], [ANA]),
    Case("unknown-control", [{**ANA, "to_name": "html"}], [ANA]),
    Case("unknown-control", [{**ANA, "type": "hypertextlabels"}], [ANA]),
    Case("ignored-control", [{**ANA, "from_name": "(ignored)"}], [ANA]),
    Case("duplicate-region-id", [ANA, {**BOB, "id": "a"}], [ANA, BOB]),
    Case("unknown-label", [region("a", "Ana", "PERSON", "ALIEN")], [ANA]),
    Case("unknown-label", [region("a", "Ana", "CLAIM")], [region("a", "Ana", "PERSON", "GPE")]),
    Case("duplicate-label", [region("a", "Ana", "PERSON", "PERSON")], [region("a", "Ana", "PERSON", "GPE")]),
    Case("label-conflict", [region("u", "said", "CUE", "CLAIM", control="claims")], [CUE], 2),
    Case("orphan-attribute", [NAMED], [ANA, NAMED]),
    Case("orphan-attribute", [ANA, {**NAMED, "id": None}], [ANA, NAMED]),
    Case("attribute-not-for-label", [TWELVE, answer("q", "level", "named")], [DIED, answer("d", "level", "named")]),
    Case("unknown-choice", [ANA, answer("a", "level", "high")], [ANA, answer("a", "level", "nominal")]),
    Case("choice-answered-twice", [ANA, answer("a", "level", "named", "nominal")], [ANA, NAMED]),
    Case("choice-answered-twice", [ANA, *[NAMED] * 2], [ANA, NAMED]),
    Case(
        "choice-answered-twice",
        [ANA, NAMED, answer("a", "level", "nominal"), NAMED],
        [ANA, NAMED, BOB, answer("b", "level", "nominal")],
        3,
    ),
    Case("choice-answered-twice", [ANA, BOB, join("a", "b", "knows", "negated", "hypothetical")], [ANA, BOB, KNOWS]),
    Case("claim-attribute-missing", [CLAIM], [CLAIM, DIRECT]),
    Case("mention-attribute-missing", [RANK], [RANK, answer("k", "grade", text="1")]),
    Case("attribute-pattern", [TWELVE, answer("q", "number", text=["12 or so"])], [TWELVE, EXACT], 0),
    Case("dangling-relation", [ANA, KNOWS], [ANA, BOB, KNOWS]),
    Case("self-relation", [ANA, join("a", "a", "knows")], [ANA, BOB, KNOWS]),
    Case("duplicate-relation", [ANA, BOB, KNOWS, KNOWS], [ANA, BOB, KNOWS, join("a", "b", "knows", "negated")]),
    Case("duplicate-relation", [ANA, BOB, KNOWS, join("b", "a", "knows")], [ANA, BOB, KNOWS]),
    Case("duplicate-relation", [*CLAIMED, join("c", "a", "claimant")], CLAIMED),
    Case("unknown-relation", [ANA, BOB, join("a", "b", "likes", "knows")], [ANA, BOB, KNOWS]),
    Case("relation-without-label", [ANA, TWELVE, join("a", "q")], [ANA, BOB, join("a", "b")]),
    Case("relation-without-label", [ANA, TWELVE, join("a", "q", "negated")], [ANA, ROME, join("a", "r", "negated")]),
    Case("relation-end-type", [ANA, ROME, join("r", "a", "located_in")], [ANA, ROME, IN]),
    Case("relation-direction", [ANA, ROME, IN | {"direction": "bi"}], [ANA, BOB, KNOWS | {"direction": "bi"}]),
    Case(
        "link-modality",
        [*CLAIMED, TWELVE, join("c", "q", "has_quantity", "negated")],
        [DIED, TWELVE, join("d", "q", "has_quantity", "negated")],
        0,
    ),
    Case("rejected-dependency", [at(2, 2), NAMED], [ANA, NAMED], 2),
    Case("rejected-dependency", [at(2, 2), BOB, KNOWS], [ANA, BOB, KNOWS], 2),
    Case("rejected-dependency", [*CLAIMED[:3], *CLAIMED[4:]], CLAIMED, 3),
    Case("claim-without-claimant", [CLAIM, DIRECT], CLAIMED, 0),
    Case("claim-without-claimant", [CLAIM, DIRECT], [CLAIM, answer("c", "attribution", "narrator")], 0),
    Case("cue-unlinked", [CUE], CLAIMED, 0),
]  # fmt: skip


@pytest.mark.parametrize("case", RESULTS, ids=lambda case: case.rule)
def test_a_rule_of_results(case: Case) -> None:
    broken, fine = decode(case.broken, TEXT, SMALL), decode(case.fine, TEXT, SMALL)
    assert case.rule in {finding.rule for finding in broken.findings}
    assert case.rule not in {finding.rule for finding in fine.findings}
    assert len(broken.rejected) == case.rejected
    assert fine.rejected == ()
    if RULES[case.rule].severity is Severity.WARNING:
        assert case.rule not in {row.rule for row in broken.rejected}


def test_an_offset_inside_what_the_cleaning_changed() -> None:
    shown, frozen = "Ana [ad] Bob", "Ana Bob"

    def to_frozen(span: Span) -> Span | None:
        return span if span.end <= 4 else Span(span.start - 5, span.end - 5) if span.start >= 9 else None

    text = Text(shown, frozen, to_frozen)
    assert [row.rule for row in decode([at(4, 8, text="[ad]")], text, SMALL).rejected] == ["offset-inside-edit"]
    kept = decode([at(9, 12, text="Bob")], text, SMALL)
    assert (kept.findings, kept.mentions[0].span, kept.mentions[0].text) == ((), (4, 7), "Bob")


class TaskCase(NamedTuple):
    rule: str
    broken: dict[str, Any]
    fine: dict[str, Any]
    annotations: int = 1  # rejected
    items: int = 1


def task(*annotations: Any, **data: Any) -> dict[str, Any]:
    return {"id": 7, "data": {"article_id": "one", "text": TEXT, **data}, "annotations": list(annotations)}


def work(by: int | None = 1, **rest: Any) -> dict[str, Any]:
    return {"id": 1, "completed_by": by, "result": [ANA], "updated_at": "2026-01-01T00:00:00Z", **rest}


FINE = task(work())
TASKS = [
    TaskCase("malformed-task", {"annotations": ["junk"]}, FINE, items=0),
    TaskCase("malformed-task", ["junk"], FINE, annotations=0, items=0),  # type: ignore[arg-type]
    TaskCase("unknown-article", task(work(), article_id="two"), FINE),
    TaskCase("unknown-article", task(work(), article_id=["one"]), FINE),
    TaskCase("text-changed", task(work(), text=TEXT + "!"), FINE),
    TaskCase("text-changed", task(work(), text_sha256="0"), task(work(), text_sha256=article(TEXT).text_sha256)),
    TaskCase("text-changed", {"data": {"article_id": "one"}, "annotations": [work()]}, FINE),
    TaskCase("unknown-annotator", task(work(by=None)), FINE),
    TaskCase("duplicate-annotation", task(work(), work(updated_at="2026-01-02T00:00:00Z")), task(work(), work(by=2))),
    TaskCase("skipped-work", task(work(was_cancelled=True)), task(work(was_cancelled=True, result=[])), annotations=0),
]


def collected(*tasks: Any) -> Collected:
    return collect(
        [Received(one) for one in tasks],
        {"one": article(TEXT)},
        SMALL,
        annotator_of=lambda who: f"annotator-{who}" if who else "",
        task_url=lambda one: f"https://studio.example/tasks/{one.get('id')}",
    )


@pytest.mark.parametrize("case", TASKS, ids=lambda case: case.rule)
def test_a_rule_of_tasks(case: TaskCase) -> None:
    broken, fine = collected(case.broken), collected(case.fine)
    assert case.rule in {finding.rule for finding in broken.findings}
    assert case.rule not in {finding.rule for finding in fine.findings}
    assert (broken.counts.annotations_rejected, broken.counts.items_rejected) == (case.annotations, case.items)
    assert broken.counts.add_up
    assert fine.counts.add_up


def test_every_rule_has_both_cases() -> None:
    tried = {case.rule for case in (*RESULTS, *TASKS)} | {"offset-inside-edit"}
    assert tried == set(RULES)


def test_rules_say_what_they_are_for_and_what_to_do() -> None:
    for name, rule in RULES.items():
        assert rule.id == name
        assert rule.purpose.endswith(".")
        assert rule.next
