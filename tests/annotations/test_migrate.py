from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.annotations.codec import encode
from toolkit.annotations.migrate import move
from toolkit.annotations.moves import Fate, Moved, digest, ends, is_a, items, region_id
from toolkit.ontology.model import Ontology
from toolkit.ontology.plan import Plan

from .plans import plan_of, plans
from .worlds import SMALL, annotations, broken_results, ontologies, texts

TEXT = "Ada saw 5 km of Rome"


def region(id: str, *labels: str, control: str = "entities", **more: Any) -> dict[str, Any]:
    value = {"start": 0, "end": 3, "text": "Ada", "labels": [*labels]}
    return {"id": id, "from_name": control, "to_name": "text", "type": "labels", "value": value, **more}


def answer(id: str, question: str, *choices: str) -> dict[str, Any]:
    value = {"start": 0, "end": 3, "choices": [*choices]}
    return {"id": id, "from_name": question, "to_name": "text", "type": "choices", "value": value}


def written(id: str, question: str, text: str) -> dict[str, Any]:
    value = {"start": 0, "end": 3, "text": [text]}
    return {"id": id, "from_name": question, "to_name": "text", "type": "textarea", "value": value}


def relation(head: str, tail: str, *labels: str, direction: str = "right") -> dict[str, Any]:
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": direction, "labels": [*labels]}


def fates(moved: Moved) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for one, count in moved.counts.items():
        counts[one.fate.value] += count
    return dict(counts)


def moved(result: list[Any], *steps: dict[str, Any]) -> Moved:
    return move(result, plan_of(SMALL, *steps))


class TestArrowsWithoutALabel:
    """What only their ends tell is written down, where the ontology of before is at hand."""

    RESULT = (
        region("a", "PERSON"),
        region("r", "GPE"),
        region("b", "PERSON"),
        region("q", "QUANTITY"),
        relation("a", "r"),
        relation("r", "b", "negated"),
        relation("a", "q"),
        relation("a", "b", ""),
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "bi", "labels": None},
    )

    @pytest.mark.parametrize("old", [SMALL, None])
    def test_they_get_it_and_move_with_it(self, old: Ontology | None) -> None:
        plan = replace(plan_of(SMALL, {"rename": {"relation": "located_in", "to": "stays_in"}}), old=old)
        made = move([*self.RESULT], plan)
        labels = [one["labels"] for one in made.result if one["type"] == "relation"]
        told = [["stays_in"], ["stays_in", "negated"]] if old else [[], ["negated"]]
        assert labels == [*told, [], [""], None]
        turned = made.result[5]
        assert ends(turned) == (("b", "r") if old else ("r", "b"))
        assert (turned["from_id"], turned["to_id"]) == ("r", "b")
        assert move(made.result, plan).result == made.result


class TestRename:
    def test_a_label_changes_and_nothing_else(self) -> None:
        kept = {"origin": "prediction", "score": 0.5, "meta": {"note": ["x"]}, "hidden": True}
        made = moved([region("a", "PERSON", "EVENT", **kept)], {"rename": {"label": "PERSON", "to": "HUMAN"}})
        assert made.result == [region("a", "HUMAN", "EVENT", **kept)]
        assert fates(made) == {"moved": 1, "kept": 1}

    def test_two_names_change_places_only_through_new_ones(self) -> None:
        """All steps work at once, so what one step makes is not what another one takes."""
        result = [region("a", "PERSON"), region("b", "GPE")]
        steps = ({"rename": {"label": "PERSON", "to": "X"}}, {"rename": {"label": "GPE", "to": "Y"}})
        assert moved(result, *steps).result == [region("a", "X"), region("b", "Y")]

    def test_an_attribute_takes_its_answers_along(self) -> None:
        result = [region("a", "PERSON"), answer("a", "level", "named"), written("a", "number", "5")]
        steps = (
            {"rename": {"attribute": "level", "to": "form"}},
            {"rename": {"option": "named", "of": "level", "to": "by_name"}},
            {"rename": {"attribute": "number", "to": "figure"}},
        )
        made = moved(result, *steps)
        assert made.result == [region("a", "PERSON"), answer("a", "form", "by_name"), written("a", "figure", "5")]
        assert {str(one.old): str(one.new) for one in made.counts if one.step} == {
            "option level=named": "option form=by_name",
            "attribute number": "attribute figure",
        }

    def test_an_answer_that_stands_alone_stays_so(self) -> None:
        """Label Studio writes choices as a list, other programs as a text."""
        alone = answer("a", "level") | {"value": {"choices": "named"}}
        made = moved([region("a", "PERSON"), alone], {"rename": {"option": "named", "of": "level", "to": "by_name"}})
        assert made.result[1]["value"] == {"choices": "by_name"}

    def test_a_relation_and_its_modality(self) -> None:
        result = [region("a", "PERSON"), region("b", "GPE"), relation("a", "b", "located_in", "negated")]
        steps = (
            {"rename": {"relation": "located_in", "to": "in"}},
            {"rename": {"option": "negated", "of": "modality", "to": "denied"}},
        )
        assert moved(result, *steps).result[2] == relation("a", "b", "in", "denied")


class TestMerge:
    def test_two_labels_of_a_region_become_one(self) -> None:
        made = moved([region("a", "PERSON", "GPE")], {"merge": {"labels": ["PERSON", "GPE"], "into": "ACTOR"}})
        assert made.result == [region("a", "ACTOR")]
        assert fates(made) == {"moved": 1, "fell together": 1}

    def test_into_one_of_them(self) -> None:
        made = moved([region("a", "PERSON", "GPE")], {"merge": {"labels": ["PERSON", "GPE"], "into": "GPE"}})
        assert made.result == [region("a", "GPE")]
        assert fates(made) == {"moved": 1, "fell together": 1}

    def test_a_label_that_stands_twice_is_not_touched_for_it(self) -> None:
        result = [region("a", "EVENT", "EVENT")]
        assert moved(result, {"rename": {"label": "PERSON", "to": "HUMAN"}}).result == result

    def test_relations_of_one_pair(self) -> None:
        result = [region("a", "PERSON"), region("b", "GPE"), relation("a", "b", "located_in", "knows")]
        made = moved(result, {"merge": {"relations": ["located_in", "knows"], "into": "knows"}})
        assert made.result[2] == relation("a", "b", "knows")
        assert fates(made) == {"moved": 1, "kept": 2, "fell together": 1}

    @pytest.mark.parametrize("second", [relation("b", "a", "knows"), relation("a", "b", "knows", direction="left")])
    def test_equal_relations_in_two_elements(self, second: dict[str, Any]) -> None:
        """`knows` is symmetric, so both say the same."""
        result = [region("a", "PERSON"), region("b", "PERSON"), relation("a", "b", "located_in"), second]
        made = moved(result, {"merge": {"relations": ["located_in", "knows"], "into": "knows"}})
        assert made.result[2:] == [relation("a", "b", "knows")]
        assert fates(made) == {"moved": 1, "kept": 2, "fell together": 1}

    def test_relations_of_two_modalities_stay_two(self) -> None:
        result = [region("a", "PERSON"), region("b", "GPE")]
        result += [relation("a", "b", "located_in"), relation("a", "b", "knows", "negated")]
        made = moved(result, {"merge": {"relations": ["located_in", "knows"], "into": "knows"}})
        assert made.result[2:] == [relation("a", "b", "knows"), relation("a", "b", "knows", "negated")]


class TestRetire:
    def test_a_region_goes_with_what_hangs_on_it(self) -> None:
        result = [
            region("a", "PERSON"),
            answer("a", "level", "named"),
            region("b", "GPE"),
            relation("a", "b", "located_in", "negated"),
            relation("b", "c", "located_in"),
            region("c", "EVENT"),
        ]
        made = moved(result, {"retire": {"label": "PERSON"}})
        assert made.result == [result[2], result[4], result[5]]
        assert [(str(one.old), one.element) for one in made.withdrawn] == [
            ("label PERSON", result[0]),
            ("option level=named", result[1]),
            ("relation located_in", result[3]),
            ("modality negated", result[3]),
        ]

    def test_a_region_stays_with_its_other_label(self) -> None:
        result = [region("a", "PERSON", "EVENT"), region("b", "GPE"), relation("a", "b", "located_in")]
        made = moved(result, {"retire": {"label": "PERSON"}})
        assert made.result == [region("a", "EVENT"), *result[1:]]

    def test_a_type_goes_and_others_of_the_pair_stay(self) -> None:
        result = [region("a", "PERSON"), region("b", "GPE"), relation("a", "b", "knows", "located_in", "negated")]
        made = moved(result, {"retire": {"relation": "knows"}})
        assert made.result[2] == relation("a", "b", "located_in", "negated")
        gone = moved(made.result, {"retire": {"relation": "located_in"}})
        assert gone.result == result[:2]
        assert len(gone.withdrawn) == 2

    def test_an_answer_and_a_question(self) -> None:
        result = [region("a", "PERSON"), answer("a", "level", "named"), written("a", "number", "5")]
        made = moved(result, {"retire": {"option": "named", "of": "level"}}, {"retire": {"attribute": "number"}})
        assert made.result == result[:1]
        assert fates(made) == {"kept": 1, "withdrawn": 2}


SPLIT = {"split": {"label": "QUANTITY", "by": "unit", "into": {"km": "DISTANCE"}, "otherwise": "QUANTITY"}}
ENDS = (region("p", "PERSON"), region("g", "GPE"), region("e", "EVENT"))


class TestSplit:
    @pytest.mark.parametrize(
        ("said", "label"),
        [
            ([written("q", "unit", " km ")], "DISTANCE"),
            ([answer("q", "unit", "km")], "DISTANCE"),
            ([written("q", "unit", "boats")], "QUANTITY"),
            ([written("another region", "unit", "km")], "QUANTITY"),
            ([], "QUANTITY"),
        ],
    )
    def test_by_the_answer(self, said: list[Any], label: str) -> None:
        assert moved([region("q", "QUANTITY"), *said], SPLIT).result == [region("q", label), *said]

    def test_the_answer_may_be_retired_at_once(self) -> None:
        result = [written("q", "unit", "km"), region("q", "QUANTITY")]
        assert moved(result, SPLIT, {"retire": {"attribute": "unit"}}).result == [region("q", "DISTANCE")]


class TestRetype:
    def step(self, to: str = "lives_in", *, reverse: bool = False) -> dict[str, Any]:
        ends = {"head": ["PERSON"], "tail": ["GPE"]}
        return {"retype": {"relation": "located_in", **ends, "to": to, "reverse": reverse}}

    def test_by_the_ends(self) -> None:
        result = [*ENDS, relation("p", "g", "located_in"), relation("e", "g", "located_in")]
        made = moved(result, self.step()).result
        assert made[3:] == [relation("p", "g", "lives_in"), relation("e", "g", "located_in")]

    def test_the_ends_are_meant_by_direction(self) -> None:
        """Label Studio writes a relation that was turned round with the same ids, and the direction `left`."""
        result = [*ENDS, relation("g", "p", "located_in", direction="left"), relation("g", "e", "located_in")]
        made = moved(result, self.step()).result
        assert made[3:] == [relation("g", "p", "lives_in", direction="left"), relation("g", "e", "located_in")]

    def test_the_ends_are_meant_by_their_old_labels(self) -> None:
        result = [*ENDS, relation("p", "g", "located_in")]
        made = moved(result, {"rename": {"label": "PERSON", "to": "HUMAN"}}, self.step())
        assert (made.result[0], made.result[3]) == (region("p", "HUMAN"), relation("p", "g", "lives_in"))

    def test_turned_round(self) -> None:
        made = moved([*ENDS, relation("p", "g", "located_in", "negated")], self.step("home_of", reverse=True))
        assert made.result[3] == relation("p", "g", "home_of", "negated", direction="left")

    def test_turned_round_under_its_own_name_only_once(self) -> None:
        step = self.step("located_in", reverse=True)
        once = moved([*ENDS, relation("p", "g", "located_in")], step)
        assert once.result[3] == relation("p", "g", "located_in", direction="left")
        assert moved(once.result, step).result == once.result

    def test_one_of_two_types_turned_round(self) -> None:
        """It goes into a relation of its own, for the pair the other way round."""
        made = moved([*ENDS, relation("p", "g", "located_in", "knows")], self.step("home_of", reverse=True))
        assert made.result[3:] == [relation("p", "g", "knows"), relation("g", "p", "home_of")]

    @pytest.mark.parametrize(
        "relations",
        [
            [relation("p", "g", "located_in", "knows", "negated")],
            [relation("p", "g", "located_in", "knows"), relation("g", "p", "knows")],
        ],
        ids=["a modality belongs to both", "the pair is taken"],
    )
    def test_one_that_cannot_turn_is_kept(self, relations: list[Any]) -> None:
        """Label Studio drops a second relation of a pair when it saves."""
        result = [*ENDS, *relations]
        assert moved(result, self.step("home_of", reverse=True)).result == result


def test_what_is_no_result_passes_through() -> None:
    plan = plan_of(SMALL, {"retire": {"label": "PERSON"}})
    for strange in (None, {}, "x", 5, [], [None, 3, {"type": "rating"}, {"type": "labels"}, {"type": "relation"}]):
        assert move(strange, plan).result == strange


def test_a_digest_of_half_an_emoji() -> None:
    assert digest([{"value": {"text": "\ud83d"}}]) != digest([{"value": {"text": "\ud83c"}}])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Plan, list[Any]]:
    """A plan, and a result of the same ontology, good or damaged."""
    ontology, text = draw(ontologies()), draw(texts)
    good = annotations(ontology, text).map(lambda one: encode(one, ontology))
    return draw(plans(ontology)), draw(st.one_of(good, broken_results(ontology, text)))


@given(cases())
def test_every_item_is_accounted_for(case: tuple[Plan, list[Any]]) -> None:
    plan, result = case
    made = move(result, plan)
    before = sum(len(items(element, plan)) for element in result)
    after = sum(len(items(element, plan)) for element in made.result)
    together = sum(count for one, count in made.counts.items() if one.fate is Fate.JOINED)
    assert before == after + together + len(made.withdrawn)


@given(cases())
def test_no_relation_comes_to_dangle(case: tuple[Plan, list[Any]]) -> None:
    plan, result = case

    def dangling(elements: list[Any]) -> set[tuple[str, ...]]:
        there = {region_id(one) for one in elements if is_a(one, "labels")}
        return {
            tuple(sorted(ends(one))) for one in elements if is_a(one, "relation") and not there.issuperset(ends(one))
        }

    assert dangling(move(result, plan).result) <= dangling(result)


@given(cases())
def test_where_things_are_and_their_order_stay(case: tuple[Plan, list[Any]]) -> None:
    plan, result = case

    def bare(element: Any) -> Any:
        """An element without its names."""
        rest = {key: value for key, value in element.items() if key not in ("labels", "from_name", "value")}
        value = element.get("value")
        if isinstance(value, dict):
            rest["value"] = {key: value[key] for key in value if key not in ("labels", "choices")}
        return rest

    spans = [bare(one) if isinstance(one, dict) else one for one in result if not is_a(one, "relation")]
    kept = [
        bare(one) if isinstance(one, dict) else one for one in move(result, plan).result if not is_a(one, "relation")
    ]
    rest = iter(spans)
    assert all(any(one == other for other in rest) for one in kept)


@given(cases())
def test_done_twice_nothing_more_is_done(case: tuple[Plan, list[Any]]) -> None:
    plan, result = case
    once = move(result, plan)
    again = move(once.result, plan)
    assert again.result == once.result
    assert {one.fate for one in again.counts} <= {Fate.KEPT}
