"""What became of each region and each arrow of a case: told from what was shown, and what is there now."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from functools import cached_property

from toolkit.annotations.grammar import Grammar
from toolkit.gold.review.case import Arrow, Case
from toolkit.gold.review.marking import Ends, Marked, Region, take_apart


class Fate(enum.Enum):
    """What a review makes of one thing; the first four stand in the gold."""

    KEPT = "kept"  # settled before, and touched nowhere
    CHANGED = "changed"  # settled before
    CHOSEN = "chosen"  # open before
    ADDED = "added"
    REJECTED = "rejected"  # taken away, or turned down with the choice of another
    LEFT = "left"  # open still, or again

    @property
    def stands(self) -> bool:
        """Whether it is in the gold."""
        return self not in (Fate.REJECTED, Fate.LEFT)


class Trace(enum.Enum):
    """What is to be seen of an arrow."""

    THERE = "there"
    OPEN = "open"
    GONE = "gone"  # somebody deleted it
    LOST = "lost"  # it went with a region that was deleted


class Fates:
    """The fates of the regions, and how arrows are led by them.

    The forms of a span that differ are one *thing*: who accepts one of them turns down the others, and a link that
    ended in another ends in that one.
    """

    def __init__(self, case: Case, after: Marked, grammar: Grammar) -> None:
        self.case = case
        self.after = after
        self.before = take_apart(list(case.result), grammar.modalities)
        self.spans = dict(self._spans())

    def _spans(self) -> Iterator[tuple[str, Fate]]:
        for id, shown in self.before.regions.items():
            found = self.after.regions.get(id)
            if found is None:
                yield id, Fate.REJECTED
            elif found.open:
                yield id, Fate.LEFT
            elif shown.open:
                yield id, Fate.CHOSEN
            else:
                yield id, Fate.KEPT if found.content == shown.content else Fate.CHANGED
        for id, found in self.new.items():
            yield id, Fate.LEFT if found.open else Fate.ADDED

    @cached_property
    def new(self) -> dict[str, Region]:
        """The regions that were added."""
        return {id: region for id, region in self.after.regions.items() if id not in self.before.regions}

    def forms(self, number: int) -> list[str]:
        """The regions of a difference."""
        return [id for id, difference in self.case.spans.items() if difference == number]

    def chosen(self, number: int | None) -> list[str]:
        """Those of them that were accepted."""
        return [id for id in self.forms(number) if self.spans[id].stands] if number is not None else []

    def lead(self, id: str) -> str | None:
        """The region that stands for this one in the gold; None where it is open, rejected, or there are several."""
        if id not in self.spans or self.spans[id].stands:
            return id
        chosen = self.chosen(self.case.spans.get(id))
        return chosen[0] if len(chosen) == 1 else None

    def is_rejected(self, id: str) -> bool:
        """Whether a span is rejected in all its forms."""
        number = self.case.spans.get(id)
        ids = [id] if number is None else self.forms(number)
        return all(self.spans.get(one) is Fate.REJECTED for one in ids)

    def trace(self, ends: Ends, name: str) -> Trace:
        """What is to be seen of an arrow that was shown."""
        found = self.after.arrows.get(ends)
        if found and name in found.names:
            return Trace.OPEN if found.open else Trace.THERE
        return Trace.GONE if all(end in self.after.regions for end in ends) else Trace.LOST

    def of_form(self, arrows: list[Arrow]) -> tuple[Fate, Ends]:
        """The fate of a proposed relation, which several may have drawn in several places, and where it is now."""
        traces = {(arrow.head, arrow.tail): self.trace((arrow.head, arrow.tail), arrow.name) for arrow in arrows}
        for ends, trace in traces.items():
            if trace is Trace.THERE:
                return Fate.CHOSEN, ends
        ends = next(iter(traces))
        if any(map(self.is_rejected, ends)):
            return Fate.REJECTED, ends
        if Trace.GONE in traces.values() and Trace.OPEN not in traces.values():
            return Fate.REJECTED, ends
        return Fate.LEFT, ends  # lost, if it is: with a form of its end that was turned down for another
