"""Two annotators' answers about items that they both have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import SpanItem
from toolkit.gold.compare.spans import Pair

S = TypeVar("S", bound=SpanItem)


@dataclass(frozen=True, slots=True)
class AnswerPair(Generic[S]):
    """Two annotators' answers to one question about one thing.

    No answer counts as the question's default; None where it has none.
    """

    question: str
    left: str | None
    right: str | None
    about: Pair[S]

    @property
    def agreed(self) -> bool:
        """Whether the answers are equal; both may be absent."""
        return self.left == self.right


def pair_answers(
    pair: Pair[S], left: tuple[str, ...], right: tuple[str, ...], grammar: Grammar
) -> Iterator[AnswerPair[S]]:
    """The answers to the questions that the labels of both items ask, in the ontology's order.

    Args:
        pair: the two items.
        left: the labels of the left one.
        right: the labels of the right one.
        grammar: says which label asks what.
    """
    one, other = pair.left.attributes, pair.right.attributes
    for name, default in _asked_of_both(left, right, grammar):
        yield AnswerPair(name, one.get(name, default), other.get(name, default), pair)


@lru_cache(maxsize=1024)
def _asked_of_both(
    left: tuple[str, ...], right: tuple[str, ...], grammar: Grammar
) -> tuple[tuple[str, str | None], ...]:
    """The questions, and what no answer means."""
    asked = {name: question.default for label in left for name, question in grammar.questions[label].items()}
    theirs = {name for label in right for name in grammar.questions[label]}
    return tuple((name, default) for name, default in asked.items() if name in theirs)
