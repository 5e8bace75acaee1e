"""What many votes amount to: the majority, and two models of how far each annotator can be trusted.

All three take votes as ``(item, annotator, answer)`` and give for every item a probability of each answer that
somebody gave. "Nothing here" is an answer like any other. They start from the shares of the votes and use no random
number, and their result does not depend on the order of the votes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
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
    counts: dict[Item, Counter[str]] = defaultdict(Counter)
    for item, _, answer in votes:
        counts[item][answer] += 1
    return {
        item: {answer: count / given.total() for answer, count in sorted(given.items())}
        for item, given in counts.items()
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

    table = _Table.of(votes)

    def step(belief: Array) -> Array:
        confusion = table.by_answer(belief) + smoothing
        confusion /= confusion.sum(axis=1, keepdims=True)
        return _normalised(np.log(belief.mean(axis=0) + 1e-12) + table.by_item(np.log(confusion)))

    return table.beliefs(step)


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

    table = _Table.of(votes)
    given = table.given
    annotators, answers = given.shape
    each = np.arange(answers)
    # Logarithms: of how often an annotator knows, guesses, and, where they guess, gives each answer.
    knows, guesses = np.full((2, annotators, 1), np.log(0.5))
    habit = np.full(given.shape, -np.log(max(answers, 1)))

    def step(belief: Array) -> Array:
        nonlocal knows, guesses, habit
        # Knowing explains a vote only where it is the true answer.
        knowing = np.exp(knows - np.logaddexp(knows, guesses + habit))
        known = table.by_answer(belief)[:, each, each] * knowing
        guessed = given - known
        sure, idle = (prior_spam + part.sum(axis=1, keepdims=True) for part in (known, guessed))
        knows, guesses = digamma(sure) - digamma(sure + idle), digamma(idle) - digamma(sure + idle)
        habits = prior_guess + guessed
        habit = digamma(habits) - digamma(habits.sum(axis=1, keepdims=True))
        likely = np.repeat((guesses + habit)[:, :, np.newaxis], answers, axis=2)
        likely[:, each, each] = np.logaddexp(knows, guesses + habit)
        return _normalised(table.by_item(likely))

    return table.beliefs(step)


MODELS: Mapping[str, Callable[[Votes[Any]], Beliefs[Any]]] = {
    "majority": majority,
    "dawid-skene": dawid_skene,
    "mace": mace,
}
"""Every way to aggregate by its name."""


@dataclass(frozen=True)
class _Table:
    """Votes as numbers. Everything is sorted by name, so that the order of the votes does not count.

    ``votes`` is a sparse matrix: a row for each annotator and answer, a column for each item, how many votes in it.
    ``turned`` is the same, turned round.
    """

    items: list[Any]
    annotators: list[str]
    answers: list[str]
    votes: Any
    turned: Any

    @classmethod
    def of(cls, votes: Votes[Any]) -> _Table:
        import numpy as np
        from scipy.sparse import coo_array

        listed = list(votes)
        items, annotators, answers = (sorted({vote[part] for vote in listed}) for part in range(3))
        columns = {item: number for number, item in enumerate(items)}
        rows = {pair: row for row, pair in enumerate((who, answer) for who in annotators for answer in answers)}
        places = np.array([(rows[who, answer], columns[item]) for item, who, answer in listed], dtype=np.intp)
        coded = coo_array((np.ones(len(listed)), places.reshape(-1, 2).T), shape=(len(rows), len(items)))
        coded.sum_duplicates()  # puts it in order
        return cls(items, annotators, answers, coded.tocsr(), coded.T.tocsr())

    @property
    def given(self) -> Array:
        """Annotators × answers: how often."""
        import numpy as np

        return np.asarray(self.votes.sum(axis=1), dtype=np.float64).reshape(len(self.annotators), len(self.answers))

    def by_answer(self, belief: Array) -> Array:
        """Annotators × given answers × true answers: the belief in each true answer, where this one was given."""
        shape = len(self.annotators), len(self.answers), len(self.answers)
        cells: Array = (self.votes @ belief).reshape(shape)
        return cells

    def by_item(self, logs: Array) -> Array:
        """Items × true answers: the sum over an item's votes. ``logs`` are as the result of ``by_answer``."""
        summed: Array = self.turned @ logs.reshape(-1, len(self.answers))
        return summed

    def beliefs(self, step: Callable[[Array], Array]) -> Beliefs[Any]:
        """What repeated steps lead to from the shares of the votes, only with answers that were given to the item."""
        import numpy as np

        if not self.items:
            return {}
        counts = self.by_item(np.tile(np.eye(len(self.answers)), (len(self.annotators), 1)))
        belief = counts / counts.sum(axis=1, keepdims=True)
        for _ in range(ITERATIONS):
            belief, before = step(belief), belief
            if abs(belief - before).max() < CLOSE:
                break
        found: Beliefs[Any] = {item: {} for item in self.items}
        for item, answer in np.argwhere(counts).tolist():
            found[self.items[item]][self.answers[answer]] = float(belief[item, answer])
        return found


def _normalised(log: Array) -> Array:
    import numpy as np

    belief = np.exp(log - log.max(axis=1, keepdims=True))
    return np.asarray(belief / belief.sum(axis=1, keepdims=True))
