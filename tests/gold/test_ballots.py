"""How one question is decided."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.gold.aggregate import MODELS
from toolkit.gold.ballots import MODELLED, NOTHING, Ballot, Beliefs, Judge, Listener, Verdict
from toolkit.gold.model import Resolution
from toolkit.project import GoldSettings

RULES = ("unanimous", "majority", "dawid-skene", "mace")
KEY = ("article", "mention", "0")
answers = st.lists(st.sampled_from(["A", "B", "C", NOTHING]), min_size=1, max_size=7)
confidences = st.floats(0.51, 1.0)


def rule(name: str, confidence: float = 0.9) -> GoldSettings:
    return GoldSettings.model_validate({"rule": name, "confidence": confidence})


def ballot(*given: str, key: tuple[str, ...] = KEY, question: str = "mention") -> Ballot:
    return Ballot(key, question, {f"ann-{number}": answer for number, answer in enumerate(given)})


def sure(model: str, answer: str, confidence: float) -> Beliefs:
    return Beliefs({model: {KEY: (answer, confidence)}})


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("answer", ["A", NOTHING])
def test_where_all_say_the_same_no_rule_is_needed(name: str, answer: str) -> None:
    doubtful = sure(name, "B", 0.99)
    assert Judge(rule(name), doubtful).decide(ballot(answer, answer)) == Verdict(answer, Resolution.UNANIMOUS)
    assert Judge(rule(name), doubtful).decide(ballot(answer)) == Verdict(answer, Resolution.SINGLE)


@pytest.mark.parametrize(
    ("votes", "answer"),
    [("AB", None), ("AAB", "A"), ("AABB", None), ("AABBC", None), ("AAABC", "A"), ("AAABBC", None), ("AAAABBC", "A")],
)
def test_a_majority_is_more_than_half(votes: str, answer: str | None) -> None:
    assert Judge(rule("majority")).decide(ballot(*votes)) == (answer and Verdict(answer, Resolution.MAJORITY))
    assert Judge(rule("unanimous")).decide(ballot(*votes)) is None


def test_that_nothing_is_there_is_an_answer() -> None:
    assert Judge(rule("majority")).decide(ballot("A", NOTHING, NOTHING)) == Verdict(NOTHING, Resolution.MAJORITY)


@pytest.mark.parametrize("model", MODELLED)
def test_a_model_decides_where_it_is_sure_enough_even_against_the_majority(model: str) -> None:
    votes = ballot("A", "A", "B")
    assert Judge(rule(model), sure(model, "B", 0.9)).decide(votes) == Verdict("B", Resolution(model))
    assert Judge(rule(model), sure(model, "A", 0.89)).decide(votes) is None
    other = "mace" if model == "dawid-skene" else "dawid-skene"
    assert Judge(rule(model), sure(other, "B", 0.9)).decide(votes) == Verdict("A", Resolution.MAJORITY)


@given(answers, st.sampled_from(MODELLED), st.sampled_from("ABC"), st.floats(0, 1), confidences)
def test_no_model_decides_below_its_confidence(
    given_: list[str], model: str, answer: str, belief: float, confidence: float
) -> None:
    verdict = Judge(rule(model, confidence), sure(model, answer, belief)).decide(ballot(*given_))
    if verdict and verdict.resolution.value in MODELLED:
        assert (verdict.answer, belief >= confidence) == (answer, True)
    else:
        assert verdict is None or len({*given_}) == 1


@given(answers, st.randoms(use_true_random=False))
def test_who_says_what_does_not_matter_to_a_majority(given_: list[str], random: Random) -> None:
    mixed = random.sample(given_, len(given_))
    verdict = Judge(rule("majority")).decide(ballot(*given_))
    assert Judge(rule("majority")).decide(ballot(*mixed)) == verdict
    most = Counter(given_).most_common(1)[0]
    assert (verdict is not None) == (2 * most[1] > len(given_))


@pytest.mark.parametrize(
    ("name", "forms", "voters", "held"),
    [
        ("majority", "xx", 3, Resolution.UNANIMOUS),
        ("majority", "xxy", 3, Resolution.MAJORITY),
        ("majority", "xxy", 4, None),
        ("majority", "xy", 3, None),
        ("unanimous", "xx", 2, Resolution.UNANIMOUS),
        ("unanimous", "xxy", 3, None),
        ("dawid-skene", "xxy", 3, Resolution.MAJORITY),  # all gave the label: no model was asked
    ],
)
def test_the_form_of_what_was_decided(name: str, forms: str, voters: int, held: Resolution | None) -> None:
    found = Judge(rule(name)).form(Counter(forms), voters, Verdict("A", Resolution.UNANIMOUS))
    assert found == (held and Verdict("A", held))


@pytest.mark.parametrize(("forms", "holds"), [("xxy", True), ("xy", False), ("xxyy", False), ("x", True)])
def test_of_what_a_model_decided_the_most_frequent_form_holds(forms: str, holds: bool) -> None:
    verdict = Verdict("A", Resolution.MACE)
    assert Judge(rule("mace")).form(Counter(forms), 9, verdict) == (verdict if holds else None)


def test_a_listener_hears_everything_and_takes_it_to_be_there() -> None:
    listener = Listener(rule("unanimous"))
    asked = [ballot("A", NOTHING, NOTHING), ballot("B", "B", "A"), ballot(NOTHING, NOTHING)]
    assert [listener.decide(one).answer for one in asked] == ["A", "B", NOTHING]
    assert listener.ballots == asked
    assert listener.form(Counter("xxyy"), 4, Verdict("A", Resolution.MAJORITY))


def many(*rows: tuple[str, str], question: str = "mention") -> list[Ballot]:
    return [ballot(*votes, key=(key,), question=question) for key, votes in rows]


def test_beliefs_are_what_the_models_say_of_contested_ballots() -> None:
    ballots = many(("1", "AAB"), ("2", "AAA"), ("3", "BBB"), ("4", "ABB"))
    found = Beliefs.of(ballots)
    assert found.by_model.keys() == MODELS.keys()
    assert all({*beliefs} == {("1",), ("4",)} for beliefs in found.by_model.values())
    assert found.about(("1",))["majority"] == ("A", pytest.approx(2 / 3))
    assert found.about(("2",)) == {}
    votes = [(one.key, who, answer) for one in ballots for who, answer in one.votes.items()]
    for name, model in MODELS.items():
        believed = model(votes)[("1",)]
        assert found.about(("1",))[name] == max(((one, believed[one]) for one in believed), key=lambda it: it[1])


def test_each_question_is_a_model_of_its_own() -> None:
    """Whoever is careless about kinds may be reliable about names."""
    names = many(*((f"n{number}", "AAB") for number in range(20)))
    kinds = many(*((f"k{number}", "ABB" if number % 2 else "BAA") for number in range(20)), question="kind")
    alone, together = Beliefs.of(names), Beliefs.of([*names, *kinds])
    assert all(together.about(one.key) == alone.about(one.key) for one in names)


def test_ballots_without_a_question_are_not_for_models() -> None:
    free = many(("1", "AAB"), question="")
    assert Beliefs.of(free).about(("1",)) == {}
    found = Judge(rule("dawid-skene"), Beliefs.of(free)).decide(free[0])
    assert found == Verdict("A", Resolution.MAJORITY)


def test_nobody_voted_on_anything() -> None:
    assert Beliefs.of([]).about(KEY) == {}
