"""What many votes amount to: the majority, and two models of how far each annotator can be trusted.

All three take votes as ``(item, annotator, answer)`` and give for every item a probability of each answer that
somebody gave. "Nothing here" is an answer like any other. They start from the shares of the votes and use no random
number, and their result does not depend on the order of the votes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

Item = TypeVar("Item", bound=Hashable)

ITERATIONS = 200
CLOSE = 1e-6  # the largest change of a probability at which a model has settled

Votes = Iterable[tuple[Item, str, str]]
Beliefs = dict[Item, dict[str, float]]


def majority(votes: Votes[Item]) -> Beliefs[Item]:
    """Every answer's share of an item's votes."""
    table: dict[Item, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for item, _, answer in votes:
        table[item][answer] += 1
    return {
        item: {answer: count / sum(counts.values()) for answer, count in sorted(counts.items())}
        for item, counts in table.items()
    }


def dawid_skene(votes: Votes[Item], *, smoothing: float = 1.0) -> Beliefs[Item]:
    """Each annotator has a confusion matrix; it and the true answers are estimated in turns (EM).

    Args:
        votes: the votes.
        smoothing: pseudo-count in every cell of the confusion matrices, so that an annotator of whom little is known
            is not taken for infallible.

    Source: Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates using the EM algorithm,
    Applied Statistics 28(1).
    """
    import numpy as np

    coded = _Coded.of(votes)
    items, annotators, answers = coded.items, coded.annotators, coded.answers

    def step(belief: Array) -> Array:
        # confusion[annotator, given answer, true answer]
        confusion = np.full((coded.n_annotators, coded.n_answers, coded.n_answers), smoothing)
        np.add.at(confusion, (annotators, answers), belief[items])
        confusion /= confusion.sum(axis=1, keepdims=True)
        log = np.tile(np.log(belief.mean(axis=0) + 1e-12), (coded.n_items, 1))
        np.add.at(log, items, np.log(confusion[annotators, answers]))
        return _normalised(log)

    return coded.beliefs(_settled(step, coded.shares()))


def mace(votes: Votes[Item], *, prior_spam: float = 0.5, prior_guess: float = 10.0) -> Beliefs[Item]:
    """Each annotator either knows the answer or guesses from a habit of their own; both are estimated (variational).

    Args:
        votes: the votes.
        prior_spam: both parameters of the Beta prior of how often an annotator knows.
        prior_guess: the Dirichlet prior of what an annotator guesses.

    Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy (2013), Learning whom to trust with MACE, NAACL-HLT.
    """
    import numpy as np
    from scipy.special import digamma

    coded = _Coded.of(votes)
    items, annotators, answers = coded.items, coded.annotators, coded.answers
    each = np.arange(len(items))
    knows = np.full(coded.n_annotators, np.log(0.5))
    guesses = np.full(coded.n_annotators, np.log(0.5))
    habit = np.full((coded.n_annotators, coded.n_answers), np.log(1 / coded.n_answers))

    def step(belief: Array) -> Array:
        nonlocal knows, guesses, habit
        guessing = guesses[annotators] + habit[annotators, answers]
        # For every vote, given the true answer: knowing explains it only where the two are equal.
        knowing = np.exp(knows[annotators] - np.logaddexp(knows[annotators], guessing))
        known = belief[items, answers] * knowing
        sure, idle = np.full((2, coded.n_annotators), prior_spam)
        np.add.at(sure, annotators, known)
        np.add.at(idle, annotators, 1 - known)
        habits = np.full((coded.n_annotators, coded.n_answers), prior_guess)
        np.add.at(habits, (annotators, answers), 1 - known)
        total = digamma(sure + idle)
        knows, guesses = digamma(sure) - total, digamma(idle) - total
        habit = digamma(habits) - digamma(habits.sum(axis=1, keepdims=True))
        guessing = guesses[annotators] + habit[annotators, answers]
        per_vote = np.tile(guessing[:, None], (1, coded.n_answers))
        per_vote[each, answers] = np.logaddexp(knows[annotators], guessing)
        log = np.zeros((coded.n_items, coded.n_answers))
        np.add.at(log, items, per_vote)
        return _normalised(log)

    return coded.beliefs(_settled(step, coded.shares()))


MODELS: Mapping[str, Callable[[Votes[Any]], Beliefs[Any]]] = {
    "majority": majority,
    "dawid-skene": dawid_skene,
    "mace": mace,
}
"""Every way to aggregate by its name."""


@dataclass(frozen=True)
class _Coded:
    """Votes as numbers: one array entry a vote; names sorted, so that the order of the votes does not count."""

    names: list[Any]
    vocabulary: list[str]
    items: npt.NDArray[np.intp]
    annotators: npt.NDArray[np.intp]
    answers: npt.NDArray[np.intp]
    n_annotators: int

    @classmethod
    def of(cls, votes: Votes[Any]) -> _Coded:
        import numpy as np

        listed = sorted(votes)
        names, people, vocabulary = (
            {name: number for number, name in enumerate(sorted({vote[part] for vote in listed}))} for part in range(3)
        )
        codes = [(names[item], people[who], vocabulary[answer]) for item, who, answer in listed]
        table = np.array(codes, dtype=np.intp).reshape(len(codes), 3)
        return cls(list(names), list(vocabulary), table[:, 0], table[:, 1], table[:, 2], len(people))

    @property
    def n_items(self) -> int:
        return len(self.names)

    @property
    def n_answers(self) -> int:
        return len(self.vocabulary)

    def shares(self) -> Array:
        """Every answer's share of the votes on an item."""
        import numpy as np

        table = np.zeros((self.n_items, self.n_answers))
        np.add.at(table, (self.items, self.answers), 1.0)
        return np.asarray(table / table.sum(axis=1, keepdims=True))

    def beliefs(self, table: Array) -> Beliefs[Any]:
        """The table by name, only with answers that somebody gave about the item."""
        given: dict[int, set[int]] = defaultdict(set)
        for item, answer in zip(self.items.tolist(), self.answers.tolist(), strict=True):
            given[item].add(answer)
        return {
            name: {self.vocabulary[answer]: float(table[number, answer]) for answer in sorted(given[number])}
            for number, name in enumerate(self.names)
        }


def _settled(step: Callable[[Array], Array], belief: Array) -> Array:
    for _ in range(ITERATIONS):
        new = step(belief)
        if not new.size or abs(new - belief).max() < CLOSE:
            return new
        belief = new
    return belief


def _normalised(log: Array) -> Array:
    import numpy as np

    belief = np.exp(log - log.max(axis=1, keepdims=True))
    return np.asarray(belief / belief.sum(axis=1, keepdims=True))
