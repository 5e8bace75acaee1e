"""Comparisons as counts, of which measures are made: of each kind of item, how many both have and how many only one.

F1 is ``2 * both / (2 * both + left + right)``. Counts add up over articles and over pairs of annotators.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from toolkit.annotations.model import Mention, SpanItem
from toolkit.gold.compare.claims import ClaimPair, Role
from toolkit.gold.compare.ends import labels
from toolkit.gold.compare.relations import Outcome, RelationCase
from toolkit.gold.compare.spans import Matched, match

K = TypeVar("K", bound=Hashable)
S = TypeVar("S", bound=SpanItem)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many both annotators have, and how many only the left or only the right one has."""

    both: int = 0
    left: int = 0
    right: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.both + other.both, self.left + other.left, self.right + other.right)


def total(tallies: Iterable[Mapping[K, Tally]]) -> dict[K, Tally]:
    """Tallies added up by name."""
    sums: dict[K, Tally] = {}
    for part in tallies:
        for name, tally in part.items():
            sums[name] = sums.get(name, Tally()) + tally
    return sums


def span_tally(matched: Matched[S], *, exact: bool = False, independent: bool = False) -> Tally:
    """The tally of spans that have no labels to tell apart: cues, and the content of claims.

    Args:
        matched: the spans of two annotators.
        exact: only pairs of equal offsets are both's; otherwise an overlap is enough.
        independent: leave out accepted suggestions, and what is paired with one.
    """
    matched = _strict(matched, exact, independent)
    return Tally(len(matched.pairs), len(matched.left), len(matched.right))


def mention_tallies(matched: Matched[Mention], *, exact: bool = False, independent: bool = False) -> dict[str, Tally]:
    """Tallies of mentions by label, each label an item of its own; a pair's items must have the label in common.

    See ``span_tally`` for the arguments.
    """
    matched = _strict(_by_label(matched), exact, independent)
    both, left, right = Counter[str](), Counter[str](), Counter[str]()
    for pair in matched.pairs:
        if pair.left.labels == pair.right.labels:
            both.update(pair.left.labels)
        else:
            left.update(pair.left.labels)
            right.update(pair.right.labels)
    left.update(label for mention in matched.left for label in mention.labels)
    right.update(label for mention in matched.right for label in mention.labels)
    return _by_name(both, left, right)


def _strict(matched: Matched[S], exact: bool, independent: bool) -> Matched[S]:
    matched = matched.exact() if exact else matched
    return matched.independent() if independent else matched


def _by_label(matched: Matched[Mention]) -> Matched[Mention]:
    """The same mentions with one label each: whether two labels stand on one mention or on two makes no difference."""
    lefts = [*matched.left, *(pair.left for pair in matched.pairs)]
    rights = [*matched.right, *(pair.right for pair in matched.pairs)]
    if all(len(mention.labels) == 1 for mention in (*lefts, *rights)):
        return matched
    left, right = (
        [mention.model_copy(update={"labels": (label,)}) for mention in side for label in mention.labels]
        for side in (lefts, rights)
    )
    return match(left, right, labels)


def confusion(matched: Matched[Mention]) -> Counter[tuple[str, str]]:
    """How often the left annotator gave one label and the right one another to what they both marked.

    Of several labels those count that the other did not give. What only one of them marked is not here.
    """
    return Counter(
        (one, other)
        for pair in matched.pairs
        for one in pair.left.labels
        if one not in pair.right.labels
        for other in pair.right.labels
        if other not in pair.left.labels
    )


def relation_tallies(
    cases: Iterable[RelationCase], *, given_ends: bool = False, any_modality: bool = False
) -> dict[str, Tally]:
    """Tallies by relation type: both's is what agrees, each side's is everything else that it has.

    Args:
        cases: what became of the relations.
        given_ends: leave out relations of which an end has no partner: agreement given agreed spans. Otherwise they
            count as one side's own: agreement end to end.
        any_modality: count those that differ only in their modality as both's.
    """
    agreed = {Outcome.AGREED, Outcome.MODALITY} if any_modality else {Outcome.AGREED}
    both, left, right = Counter[str](), Counter[str](), Counter[str]()
    for case in cases:
        if given_ends and case.outcome is Outcome.END_MISSING:
            continue
        if case.left and case.outcome in agreed:
            both[case.left.relation.type] += 1
            continue
        if case.left:
            left[case.left.relation.type] += 1
        if case.right:
            right[case.right.relation.type] += 1
    return _by_name(both, left, right)


def outcome_tallies(cases: Iterable[RelationCase]) -> dict[Outcome, Tally]:
    """Tallies by outcome: both's are pairs, the sides' are relations that the other side has no counterpart of."""
    sums: dict[Outcome, Tally] = dict.fromkeys(Outcome, Tally())
    for case in cases:
        one = Tally(both=1) if case.left and case.right else Tally(left=1) if case.left else Tally(right=1)
        sums[case.outcome] += one
    return sums


def role_tallies(claims: Iterable[ClaimPair]) -> dict[Role, Tally]:
    """Tallies of what the claims that both annotators have are linked to, by role."""
    return total(
        {pair.role: Tally(pair.both, len(pair.left), len(pair.right))} for claim in claims for pair in claim.roles
    )


def _by_name(both: Mapping[str, int], left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, Tally]:
    names = sorted({*both, *left, *right})
    return {name: Tally(both.get(name, 0), left.get(name, 0), right.get(name, 0)) for name in names}
