"""Laws of whole exports: whatever stands in one, nothing is lost, and whoever must act is told what to do."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from annotations.worlds import annotations, broken_results, ontologies, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import SWEEP, examples

from toolkit.annotations.checks import RULES
from toolkit.annotations.codec import Codec
from toolkit.annotations.collect import Received

from .breaks import BREAKS
from .damage import damaged
from .drafts import article, region
from .exports import FULL, Export, broken, export, sound
from .laws import collected, hold

randoms = st.integers(0, 2**32).map(Random)


def as_read(made: Export) -> list[Received]:
    """The tasks as they come out of a file."""
    return [one._replace(task=json.loads(json.dumps(one.task))) for one in made.tasks]


def test_every_rule_has_something_that_breaks_it() -> None:
    assert BREAKS.keys() == RULES.keys()


@pytest.mark.parametrize("rule", RULES)
def test_what_breaks_a_rule_is_found_by_it(rule: str) -> None:
    for seed in range(examples(24)):
        made = broken(Random(seed), rule)
        found = hold(as_read(made), made.articles, FULL, made.raw)
        assert rule in {finding.rule for finding in found.findings}, seed


@given(randoms)
@settings(max_examples=examples(30))
def test_of_a_sound_export_there_is_nothing_to_say_and_its_order_is_nothing(random: Random) -> None:
    made = sound(random)
    found = hold(as_read(made), made.articles, FULL)
    assert found.findings == ()
    result = made.tasks[0].task["annotations"][0]["result"]
    assert found.counts.items_valid == len(result)
    random.shuffle(result)
    assert collected(as_read(made), made.articles, FULL, {}) == found


@given(randoms, st.integers(0, 6))
@settings(max_examples=examples(450))
def test_whatever_is_wrong_nothing_is_lost(random: Random, harm: int) -> None:
    made = export(random, harm)
    hold(as_read(made), made.articles, FULL, made.raw, shuffle=random)


@st.composite
def foreign(draw: st.DrawFn) -> tuple[Any, str, list[Received], Random]:
    """Annotations with any ontology, valid or put together at random, and then damaged."""
    ontology, text, random = draw(ontologies()), draw(texts), draw(randoms)
    results = [
        Codec(ontology).encode(draw(annotations(ontology, text)))
        if draw(st.booleans())
        else draw(broken_results(ontology, text))
        for _ in range(draw(st.integers(1, 3)))
    ]
    works = [{"id": number, "completed_by": "ann", "result": result} for number, result in enumerate(results)]
    data = {"article_id": "one", "text": text}
    tasks = [{"id": number, "data": data, "annotations": [work]} for number, work in enumerate(works)]
    harmed = [damaged(task, random, draw(st.integers(0, 3))) for task in tasks]
    return ontology, text, [Received(task, draw(st.sampled_from("ab"))) for task in harmed], random


@given(foreign())
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_nothing_is_lost_with_any_ontology(world: tuple[Any, str, list[Received], Random]) -> None:
    ontology, text, tasks, random = world
    hold(tasks, {"one": article("one", text)}, ontology, shuffle=random)


def test_many_regions_in_one_annotation() -> None:
    made = sound(Random(0))
    task, many = made.tasks[0].task, 100_000 if SWEEP else 5_000
    words = region(task["data"]["text"], "o", "Osk", "PERSON")
    task["annotations"][0]["result"] += [words | {"id": f"more-{number}"} for number in range(many)]
    found = collected(made.tasks, made.articles, FULL, {})
    assert (found.counts.items_valid, found.counts.items_rejected) == (len(task["annotations"][0]["result"]), 0)
