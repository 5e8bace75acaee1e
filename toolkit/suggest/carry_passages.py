"""Gold items moved into another article along the words that both have in a row.

Two texts are aligned by runs of equal tokens, each token of either in one run at most; so passages may be left out, put
in, or stand in another order. An item moves where a run holds all its words and the words right before and after it:
then nothing in it was changed, and its edges mean what they meant. What it hangs on must move too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, takewhile
from typing import NamedTuple, TypeVar

from toolkit.annotations.model import Claim, Cue, Mention, Origin, Relation, SpanItem
from toolkit.gold.model import Gold
from toolkit.spans import Span
from toolkit.suggest.carry_tokens import Tokens

RUN = 8
"""Tokens that two texts have in a row before these are taken for the same passage."""

ENDS = ("claimants", "cues", "values")
"""What a claim leads to."""

Item = TypeVar("Item", bound=SpanItem)


@dataclass(frozen=True)
class Known:
    """An article with gold, and its tokens."""

    gold: Gold
    tokens: Tokens

    @cached_property
    def beginnings(self) -> Mapping[int, int]:
        """Where each row of ``RUN`` tokens stands first, by its hash."""
        return {row: index for index, row in reversed(list(enumerate(_rows(self.tokens))))}


@dataclass(slots=True)
class Moved:
    """What moved from all sources: the items, in the target's offsets, and ids that are unique among them."""

    covered: list[bool]  # by token of the target: whether some gold has said what is there
    mentions: list[Mention] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)

    def decided(self, first: int, last: int) -> bool:
        """Whether a gold text has these tokens, with those before and after them, so that there is nothing to add."""
        return all(self.covered[max(first - 1, 0) : last + 1])


def move(sources: Sequence[Known], target: Tokens) -> Moved:
    """What the sources' gold says of the target; of two that know a passage, the one that shares more text speaks.

    A score is the share of the tokens of an item's sentences that both texts have.
    """
    moved = Moved([False] * len(target))
    rows = _rows(target)
    distinct = set(rows)
    sharing = []
    for known in sources:
        if not distinct.isdisjoint(known.beginnings):
            size = sum(run.size for run in _runs(known, target, rows, moved.covered))
            sharing.append((-size, known.gold.article_id, known))
    for _, _, known in sorted(sharing, key=lambda one: one[:2]):
        runs = _runs(known, target, rows, moved.covered)
        for run in runs:
            moved.covered[run.target : run.target + run.size] = [True] * run.size
        _Move(known, target, runs).into(moved)
    return moved


class _Run(NamedTuple):
    source: int
    target: int
    size: int


def _rows(tokens: Tokens) -> list[int]:
    """The hashes of all rows of ``RUN`` tokens. A hash only says where to look, so it need not last."""
    return [hash(row) for row in zip(*(tokens.keys[step:] for step in range(RUN)), strict=False)]


def _runs(known: Known, target: Tokens, rows: Sequence[int], covered: Sequence[bool]) -> list[_Run]:
    """From the target's first token to its last, the runs that begin there, as long as they go."""
    used = [False] * len(known.tokens)
    runs: list[_Run] = []
    index = 0
    while index < len(rows):
        size = 0
        if (source := known.beginnings.get(rows[index])) is not None:
            pairs = zip(range(source, len(used)), range(index, len(covered)), strict=False)
            equal = (
                known.tokens.keys[one] == target.keys[other] and not used[one] and not covered[other]
                for one, other in pairs
            )
            size = sum(1 for _ in takewhile(bool, equal))
            if size >= RUN:
                runs.append(_Run(source, index, size))
                used[source : source + size] = [True] * size
        index += max(size, 1)
    return runs


class _Move:
    """Items of one source on their way into the target."""

    def __init__(self, known: Known, target: Tokens, runs: Sequence[_Run]) -> None:
        self._known, self._target = known, target
        self._place = {run.source + step: run.target + step for run in runs for step in range(run.size)}
        self._run = {run.source + step: number for number, run in enumerate(runs) for step in range(run.size)}
        shared = set(self._place.values())
        self._shared = [0, *accumulate(index in shared for index in range(len(target)))]

    def into(self, moved: Moved) -> None:
        """Add all that moves."""
        gold = self._known.gold
        mentions = {one.id: mention for one in gold.mentions if (mention := self._item(one))}
        cues = {one.id: cue for one in gold.cues if (cue := self._item(one))}
        moved.mentions.extend(mentions.values())
        moved.cues.extend(cues.values())
        for claim in gold.claims:
            whole = mentions.keys() >= {*claim.claimants, *claim.values} and cues.keys() >= {*claim.cues}
            if whole and (content := self._item(claim)):
                ends = {name: tuple(map(self._id, getattr(claim, name))) for name in ENDS}
                moved.claims.append(content.model_copy(update=ends))
        for relation in gold.relations:
            if {relation.head, relation.tail} <= mentions.keys():
                head, tail = self._id(relation.head), self._id(relation.tail)
                moved.relations.append(relation.model_copy(update={"head": head, "tail": tail}))

    def _item(self, item: Item) -> Item | None:
        span = self._span(item.span) if item.origin is not Origin.CONTEXT else None
        if span is None:
            return None
        return item.model_copy(
            update={
                "id": self._id(item.id),
                "start": span.start,
                "end": span.end,
                "text": span.of(self._target.text),
                "origin": Origin.MANUAL,
                "score": self._likeness(span),
                "meta": {},
            }
        )

    def _span(self, span: Span) -> Span | None:
        source, target = self._known.tokens, self._target
        touched = source.touched(span)
        if touched is None:
            return None
        first, last = touched[0], touched[1] - 1
        before, after = max(first - 1, 0), min(last + 1, len(source) - 1)
        if before not in self._run or self._run[before] != self._run.get(after):
            return None
        start = target.starts[self._place[first]] + span.start - source.starts[first]
        return Span(start, target.starts[self._place[last]] + span.end - source.starts[last])

    def _likeness(self, span: Span) -> float:
        first, last = self._target.around(span)
        return round((self._shared[last] - self._shared[first]) / (last - first), 3)

    def _id(self, id: str) -> str:
        return f"{self._known.gold.article_id} {id}"
