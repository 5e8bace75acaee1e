"""Two annotators' claims: content spans that are paired, and on them who claims it, by which words, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim
from toolkit.gold.compare.answers import AnswerPair, pair_answers
from toolkit.gold.compare.ends import End, Ends
from toolkit.gold.compare.spans import Pair

Role = Literal["claimants", "cues", "values"]
ROLES: tuple[Role, ...] = ("claimants", "cues", "values")


@dataclass(frozen=True, slots=True)
class RolePair:
    """To what two annotators linked one claim in one role: how many ends are the same, and those that only one has."""

    role: Role
    both: int
    left: tuple[End, ...]
    right: tuple[End, ...]

    @property
    def agreed(self) -> bool:
        """Whether both linked the same; linking nothing is agreement too."""
        return not self.left and not self.right


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """A claim that both annotators have, and what each says of it."""

    claim: Pair[Claim]
    roles: tuple[RolePair, ...]
    answers: tuple[AnswerPair[Claim], ...]


def claim_traits(works: Iterable[Annotation]) -> Callable[[Claim], Sequence[str]]:
    """What makes two claims of one place alike, for the claims of these annotations: their answers and links.

    One sentence can hold two claims of two claimants; these are not to be paired crosswise.
    """
    homes = {id(claim): (claim, work) for work in works for claim in work.claims}

    @cache
    def traits(address: int) -> tuple[str, ...]:
        claim, work = homes[address]
        ends = _ends(work)
        linked = {f"{role} {ends[id].start}-{ends[id].end}" for role in ROLES for id in getattr(claim, role)}
        return tuple(sorted(linked | {f"{question}: {answer}" for question, answer in claim.attributes.items()}))

    return lambda claim: traits(id(claim))


def compare_claims(
    pairs: Iterable[Pair[Claim]], left: Annotation, right: Annotation, ends: Ends, grammar: Grammar
) -> tuple[ClaimPair, ...]:
    """What two annotators say of the claims that both have.

    Args:
        pairs: those claims.
        left: the annotation that the left ones are from.
        right: the other.
        ends: which mentions and cues of the two are paired, with "left" and "right" for the annotators.
        grammar: says which questions are asked.
    """
    lefts, rights = _ends(left), _ends(right)
    label = (grammar.content,)
    return tuple(
        ClaimPair(
            claim=pair,
            roles=tuple(_role(role, pair, lefts, rights, ends) for role in ROLES),
            answers=tuple(pair_answers(pair, label, label, grammar)),
        )
        for pair in pairs
    )


def _ends(work: Annotation) -> dict[str, End]:
    return {item.id: item for items in (work.mentions, work.cues) for item in items}


def _role(role: Role, pair: Pair[Claim], lefts: Mapping[str, End], rights: Mapping[str, End], ends: Ends) -> RolePair:
    left = [(lefts[id], ends.of("left", lefts[id])) for id in getattr(pair.left, role)]
    right = [(rights[id], ends.of("right", rights[id])) for id in getattr(pair.right, role)]
    both = ({place for _, place in left} & {place for _, place in right}) - {None}
    return RolePair(
        role=role,
        both=len(both),
        left=tuple(item for item, place in left if place not in both),
        right=tuple(item for item, place in right if place not in both),
    )
