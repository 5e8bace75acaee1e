"""The majority and two models of annotators: by hand, by law, and against crowd-kit, written by others."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from crowdkit.aggregation import MACE, DawidSkene
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma
from sweep import examples

from toolkit.gold import aggregate
from toolkit.gold.aggregate import MODELS, Beliefs, dawid_skene, mace, majority

Votes = list[tuple[str, str, str]]
Model = Callable[..., Beliefs[str]]

votes_strategy = st.dictionaries(
    st.tuples(st.integers(0, 7).map(str), st.sampled_from("abcd")), st.sampled_from("XYZ"), max_size=25
).map(lambda table: [(item, who, answer) for (item, who), answer in table.items()])
law = settings(max_examples=examples(60))


def simulated(
    seed: int, accuracies: dict[str, float], *, items: int = 300, answers: str = "XYZ", each: int = 0
) -> tuple[Votes, dict[str, str]]:
    """Votes of annotators of known accuracy, and the truth; those with 0 always say the first answer."""
    random = Random(seed)
    truth = {f"{number:04}": random.choice(answers) for number in range(items)}
    votes: Votes = []
    for item, true in truth.items():
        asked = random.sample(sorted(accuracies), each) if each else sorted(accuracies)
        for who in asked:
            wrong = answers.replace(true, "")
            right = random.random() < accuracies[who]
            votes.append((item, who, answers[0] if not accuracies[who] else true if right else random.choice(wrong)))
    return votes, truth


def frame(votes: Votes) -> pd.DataFrame:
    return pd.DataFrame(votes, columns=["task", "worker", "label"])


def best(beliefs: Beliefs[str]) -> dict[str, str]:
    return {item: max(answers.items(), key=lambda entry: (entry[1], entry[0]))[0] for item, answers in beliefs.items()}


def accuracy(beliefs: Beliefs[str], truth: dict[str, str]) -> float:
    found = best(beliefs)
    return sum(found[item] == answer for item, answer in truth.items()) / len(truth)


def test_majority_by_hand() -> None:
    votes = [("1", "a", "X"), ("1", "b", "X"), ("1", "c", "Y"), ("2", "a", "Z")]
    assert majority(votes) == {"1": {"X": pytest.approx(2 / 3), "Y": pytest.approx(1 / 3)}, "2": {"Z": 1.0}}


def test_dawid_skene_by_hand() -> None:
    """One step from the shares; three items, two annotators, no smoothing to speak of.

    Both say X of 1 and Y of 2; of 3 one says X and the other Y. Beliefs in X begin at 1, 0 and ½, so each annotator has
    given X to 1½ true X: a says X of 1 and 3 (1 + ½ of 1½), so P(X | X) = 1 and P(X | Y) = ½ / 1½ = ⅓; b says X of 1
    only, so P(Y | X) = ½ / 1½ = ⅓ and P(Y | Y) = 1. Of 3: X gets ½ · 1 · ⅓ and Y ½ · ⅓ · 1. Nothing moves any more.
    """
    votes = [("1", "a", "X"), ("1", "b", "X"), ("2", "a", "Y"), ("2", "b", "Y"), ("3", "a", "X"), ("3", "b", "Y")]
    found = dawid_skene(votes, smoothing=1e-12)
    assert found["1"]["X"] == pytest.approx(1)
    assert found["2"]["Y"] == pytest.approx(1)
    assert found["3"] == {"X": pytest.approx(0.5), "Y": pytest.approx(0.5)}


def test_smoothing_keeps_one_vote_from_being_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two items with one vote each, after one step.

    a gave X to the one true X: with 1 added to every cell P(X | X) = 2 / 3. Of a true Y nothing is known: P(X | Y) = ½.
    Both answers are as frequent, so X gets ⅔ / (⅔ + ½) = 4/7.
    """
    monkeypatch.setattr(aggregate, "ITERATIONS", 1)
    assert dawid_skene([("1", "a", "X"), ("2", "b", "Y")]) == {
        "1": {"X": pytest.approx(4 / 7)},
        "2": {"Y": pytest.approx(4 / 7)},
    }


def test_mace_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """One item, a says X, b and c say Y; after one step.

    At first everybody knows in half of all cases, and else says X or Y equally often: a vote that is right was known
    with ½ / (½ + ¼) = ⅔. So a knew ⅓ · ⅔ = 2/9 of one vote, b and c ⅔ · ⅔ = 4/9. With the priors, the logarithms of how
    often they know, guess, and guess this answer are differences of digammas.
    """
    monkeypatch.setattr(aggregate, "ITERATIONS", 1)

    def odds(known: float) -> float:
        knows, guesses = (digamma(0.5 + part) - digamma(2) for part in (known, 1 - known))
        guess = guesses + digamma(10 + 1 - known) - digamma(20 + 1 - known)
        return float(np.exp(np.logaddexp(knows, guess) - guess))

    for_x, for_y = odds(2 / 9), odds(4 / 9) ** 2
    found = mace([("1", "a", "X"), ("1", "b", "Y"), ("1", "c", "Y")])
    assert found["1"] == {
        "X": pytest.approx(for_x / (for_x + for_y)),
        "Y": pytest.approx(for_y / (for_x + for_y)),
    }


@pytest.mark.parametrize("model", [dawid_skene, mace])
@pytest.mark.parametrize("seed", range(3))
def test_whoever_always_says_the_same_is_not_believed(model: Model, seed: int) -> None:
    """Three spammers among seven tip the scale wherever one of the others errs."""
    accuracies = {"a": 0.8, "b": 0.8, "c": 0.8, "d": 0.8, "spam-1": 0, "spam-2": 0, "spam-3": 0}
    votes, truth = simulated(seed, accuracies, items=400)
    assert accuracy(model(votes), truth) > accuracy(majority(votes), truth) + 0.1


@pytest.mark.parametrize("model", [dawid_skene, mace])
@pytest.mark.parametrize("seed", range(3))
def test_a_random_annotator_weighs_less(model: Model, seed: int) -> None:
    accuracies = {"a": 0.9, "b": 0.9, "noise-1": 1 / 3, "noise-2": 1 / 3, "noise-3": 1 / 3}
    votes, truth = simulated(seed, accuracies, items=600)
    assert accuracy(model(votes), truth) > accuracy(majority(votes), truth)


@pytest.mark.parametrize("each", [0, 3])
@pytest.mark.parametrize("iterations", [1, 5])
def test_dawid_skene_as_in_crowd_kit(iterations: int, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After as many steps as theirs, which does not smooth, and otherwise stops by the likelihood."""
    monkeypatch.setattr(aggregate, "ITERATIONS", iterations)
    for seed in range(2):
        votes, _ = simulated(seed, {"a": 0.9, "b": 0.8, "c": 0.75, "d": 0.6, "e": 0.4}, items=100, each=each)
        theirs = DawidSkene(n_iter=iterations, tol=-math.inf).fit_predict_proba(frame(votes))
        for item, answers in dawid_skene(votes, smoothing=1e-10).items():
            assert answers == {answer: pytest.approx(theirs.loc[item, answer], abs=1e-6) for answer in answers}


@pytest.mark.parametrize("seed", range(2))
def test_mace_as_in_crowd_kit(seed: int) -> None:
    """Theirs starts at random; from there both come to the same.

    Its counts by answer are only right where annotators and answers turn up in the order of the alphabet.
    """
    votes, _ = simulated(seed, {"a": 0.9, "b": 0.85, "c": 0.8, "d": 0.6, "e": 0}, items=80)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of theirs
        ordered = frame(votes).sort_values(["worker", "label"])
        theirs = MACE(n_restarts=1, n_iter=40, random_state=seed).fit_predict_proba(ordered)
    for item, answers in mace(votes).items():
        assert answers == {answer: pytest.approx(theirs.loc[item, answer], abs=1e-4) for answer in answers}


@pytest.mark.parametrize("name", MODELS)
def test_the_order_of_the_votes_does_not_matter(name: str) -> None:
    votes, _ = simulated(7, {"a": 0.9, "b": 0.7, "c": 0.6, "d": 0.5}, items=60, each=3)
    found = MODELS[name](votes)
    for seed in range(3):
        assert MODELS[name](Random(seed).sample(votes, len(votes))) == found
    assert MODELS[name](iter(votes)) == found


@given(votes_strategy, st.sampled_from(sorted(MODELS)), st.randoms(use_true_random=False))
@law
def test_beliefs_are_shares_of_the_answers_given(votes: Votes, name: str, random: Random) -> None:
    found = MODELS[name](votes)
    assert found == MODELS[name](random.sample(votes, len(votes)))
    assert {item: {*answers} for item, answers in found.items()} == {
        item: {answer for it, _, answer in votes if it == item} for item, _, _ in votes
    }
    for answers in found.values():
        assert all(0 <= belief <= 1 for belief in answers.values())
        assert sum(answers.values()) <= 1 + 1e-9


@given(votes_strategy, st.sampled_from(sorted(MODELS)))
@law
def test_names_do_not_matter(votes: Votes, name: str) -> None:
    """Other names, in another order of the alphabet: the same beliefs but for the last digits."""
    turned = str.maketrans("abcdXYZ", "dcbaZYX")
    other = MODELS[name]([(item, who.translate(turned), answer.translate(turned)) for item, who, answer in votes])
    for item, answers in MODELS[name](votes).items():
        for answer, belief in answers.items():
            assert math.isclose(other[item][answer.translate(turned)], belief, abs_tol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_no_votes_no_beliefs(name: str) -> None:
    assert MODELS[name]([]) == {}


def test_items_may_be_called_anything_that_sorts() -> None:
    keys: list[Any] = [("article", "mention", "0"), ("article", "mention", "1")]
    votes = [(key, who, "X") for key in keys for who in "ab"]
    for model in MODELS.values():
        assert {*model(votes)} == {*keys}
