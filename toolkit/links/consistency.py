"""Whether links between claims can all be true: what is the same stays together, and time runs one way.

Judged by the meanings of the ontology's link types, whatever these are called.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from toolkit.findings import Rule, Severity
from toolkit.links.model import ClaimLink, ClaimVote
from toolkit.ontology.model import ClaimLinkType, Ontology

_LOOK = (
    "look at these pairs again, in the view “needs fixing”, and correct the one that is wrong; then goldkit link pull"
)

NOT_TRANSITIVE = Rule(
    "link-not-transitive",
    "Claims that say the same as one claim say the same as each other.",
    Severity.WARNING,
    _LOOK,
)
CONFLICT_WITHIN = Rule(
    "link-conflict-within", "Claims that say the same do not contradict each other.", Severity.WARNING, _LOOK
)
AGAINST_DATES = Rule(
    "link-against-dates",
    "A claim is brought up to date by one that was published on the same day or later.",
    Severity.WARNING,
    "turn the direction round, or say that it contradicts; then goldkit link pull",
)
IN_A_CIRCLE = Rule("link-in-a-circle", "No claim brings itself up to date, not by way of others either.",
                   Severity.WARNING, _LOOK)  # fmt: skip
TWO_ANSWERS = Rule(
    "link-two-answers",
    "One annotator says one thing of a pair of claims, whichever of them comes first; the latest answer counts.",
    Severity.WARNING,
    "leave the right answer in Label Studio, and correct or delete the other; then goldkit link pull",
)

RULES = (NOT_TRANSITIVE, CONFLICT_WITHIN, AGAINST_DATES, IN_A_CIRCLE, TWO_ANSWERS)


@dataclass(frozen=True, slots=True, order=True)
class Contradiction:
    """Links that cannot all be true: the rule that they break, the keys of their pairs, and why, in words."""

    rule: Rule
    pairs: tuple[str, ...]
    message: str


def contradictions(
    links: Iterable[ClaimLink], ontology: Ontology, published: Mapping[str, str], words: Mapping[str, str]
) -> Iterator[Contradiction]:
    """What cannot all be true among some links, in the order of the rules.

    Args:
        links: of one story, each pair once.
        ontology: says what their types mean.
        published: dates of articles, by id; an article without one is not held against any.
        words: of claims, by key, for the message.
    """
    types = ontology.claim_link_types
    ordered = sorted((link for link in links if link.type in types), key=lambda link: link.key)
    graph = Same.of(ordered, types)
    for link in ordered:
        meaning = types[link.type].meaning
        if meaning == "same" or not (path := graph.path(link.head, link.tail)):
            continue
        middle = ", which says the same as ".join(f"“{words.get(claim, claim)}”" for claim in path)
        if meaning == "conflict":
            message = f"{middle}; yet the first {link.type} the last"
            yield Contradiction(CONFLICT_WITHIN, (link.key, *pairs_along(path)), message)
        else:
            message = f"{middle}; yet the first and the last are called {link.type}"
            yield Contradiction(NOT_TRANSITIVE, (link.key, *pairs_along(path)), message)
    later = [link for link in ordered if types[link.type].meaning == "later"]
    for link in later:
        new, old = (published.get(article_of(claim), "") for claim in (link.head, link.tail))
        if new and old and new[: len(old)] < old[: len(new)]:
            message = (
                f"“{words.get(link.head, link.head)}” of {new} {link.type} "
                f"“{words.get(link.tail, link.tail)}” of {old}, which is later"
            )
            yield Contradiction(AGAINST_DATES, (link.key,), message)
    for circle in _circles(later):
        told = " → ".join(f"“{words.get(claim, claim)}”" for claim in (*circle, circle[0]))
        yield Contradiction(IN_A_CIRCLE, pairs_along([*circle, circle[0]]), f"each brings the next up to date: {told}")


def two_answers(votes: Iterable[ClaimVote]) -> Iterator[tuple[ClaimVote, ClaimVote]]:
    """An annotator's answers to one pair that differ: each earlier one, with the latest."""
    given: dict[tuple[str, str], list[ClaimVote]] = defaultdict(list)
    for vote in votes:
        if vote.link:
            given[vote.annotator, vote.link.key].append(vote)
    for _, answers in sorted(given.items()):
        *earlier, latest = sorted(answers, key=lambda vote: (vote.updated_at, vote.source, str(vote.link)))
        yield from ((vote, latest) for vote in earlier if vote.link != latest.link)


def article_of(claim: str) -> str:
    """The article that a claim, by key, stands in."""
    return claim.rpartition(":")[0]


def pairs_along(path: Sequence[str]) -> tuple[str, ...]:
    """The keys of the pairs from one claim to the next."""
    return tuple(" ".join(sorted(both)) for both in pairwise(path))


class Same:
    """Which claims say the same, by way of others too."""

    def __init__(self, neighbours: Mapping[str, Sequence[str]]) -> None:
        self._neighbours = neighbours

    @classmethod
    def of(cls, links: Iterable[ClaimLink], types: Mapping[str, ClaimLinkType]) -> Same:
        """By the links whose type means that."""
        neighbours: dict[str, list[str]] = defaultdict(list)
        for link in links:
            if types[link.type].meaning == "same":
                neighbours[link.head].append(link.tail)
                neighbours[link.tail].append(link.head)
        return cls({claim: sorted(others) for claim, others in neighbours.items()})

    def path(self, start: str, end: str) -> list[str]:
        """The shortest way from one claim to the other; empty where there is none."""
        before: dict[str, str] = {start: start}
        waiting = deque([start])
        while waiting:
            claim = waiting.popleft()
            if claim == end:
                way = [end]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            for other in self._neighbours.get(claim, ()):
                if other not in before:
                    before[other] = claim
                    waiting.append(other)
        return []

    def classes(self) -> list[list[str]]:
        """The claims that say the same, each class sorted; claims that are alone in theirs are left out."""
        seen: set[str] = set()
        found = []
        for claim in sorted(self._neighbours):
            if claim not in seen:
                members, waiting = {claim}, [claim]
                while waiting:
                    new = [other for other in self._neighbours[waiting.pop()] if other not in members]
                    members.update(new)
                    waiting += new
                seen |= members
                found.append(sorted(members))
        return found

    def implied(self) -> Iterator[tuple[str, str]]:
        """Every two claims that say the same, by way of others or not."""
        for members in self.classes():
            yield from combinations(members, 2)


def _circles(links: Sequence[ClaimLink]) -> Iterator[list[str]]:
    """A shortest circle through each link that lies in one, each circle once."""
    onward: dict[str, list[str]] = defaultdict(list)
    for link in links:
        onward[link.head].append(link.tail)
    graph = Same({claim: sorted(others) for claim, others in onward.items()})
    told: set[frozenset[str]] = set()
    for link in links:
        if (circle := graph.path(link.tail, link.head)) and frozenset(circle) not in told:
            told.add(frozenset(circle))
            first = circle.index(min(circle))
            yield circle[first:] + circle[:first]
