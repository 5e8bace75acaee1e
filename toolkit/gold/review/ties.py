"""What became of relations and of claims' links, and where they lead now that the spans have their fates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Relation
from toolkit.annotations.reading import short
from toolkit.findings import Rule
from toolkit.gold.review.case import Arrow
from toolkit.gold.review.fates import Fate, Fates, Trace
from toolkit.gold.review.marking import Ends
from toolkit.gold.review.rules import END_OPEN, LINK_OPEN, STILL_OPEN

Note = Callable[[Rule, str, str], None]
"""Takes a rule that is broken, in which words, and the region."""

Links = frozenset[tuple[str, str]]
"""A claim's links: name and target."""


@dataclass(slots=True)
class Tie:
    """A relation that was settled, or proposed (by ``arrows``), or that was added; drawn and leading between ends."""

    drawn: Ends
    name: str
    fate: Fate
    settled: Relation | None = None
    arrows: tuple[Arrow, ...] = ()
    leads: Ends = ("", "")
    decoded: Relation | None = None

    @property
    def is_new(self) -> bool:
        """Whether it was added."""
        return not self.settled and not self.arrows

    @property
    def number(self) -> int | None:
        """The difference that it belongs to."""
        return self.arrows[0].difference if self.arrows else None


class Ties:
    """The relations, and the links of the claims that stand; None for a claim that has a link left open."""

    def __init__(self, fates: Fates, grammar: Grammar, note: Note) -> None:
        self.fates = fates
        self.grammar = grammar
        self.note = note
        self.relations = [*self._settled(), *self._proposed(), *self._added()]
        for tie in self.relations:
            self._lead(tie)
        claims = (id for id, fate in fates.spans.items() if fate.stands and self._is_claim(id))
        self.links: dict[str, Links | None] = {id: self._links(id) for id in sorted(claims)}

    def _is_claim(self, id: str) -> bool:
        region = self.fates.after.regions.get(id) or self.fates.before.regions.get(id)
        return region is not None and region.kind(self.grammar) == "claim"

    # Relations

    def _settled(self) -> Iterator[Tie]:
        before, after = self.fates.before.arrows, self.fates.after.arrows
        for link in self.fates.case.open.relations:
            ends = link.head, link.tail
            trace = self.fates.trace(ends, link.type)
            if trace in (Trace.GONE, Trace.LOST):
                fate = Fate.REJECTED
            elif trace is Trace.OPEN:
                fate = Fate.KEPT if before[ends].open else Fate.LEFT
            elif after[ends] == before[ends]:
                fate = Fate.KEPT
            else:
                fate = Fate.KEPT if after[ends].says(link.modality) else Fate.CHANGED
            yield Tie(ends, link.type, fate, settled=link)

    def _proposed(self) -> Iterator[Tie]:
        for arrows in self.fates.case.relations.values():
            fate, ends = self.fates.of_form(arrows)
            yield Tie(ends, arrows[0].name, fate, arrows=tuple(arrows))

    def _added(self) -> Iterator[Tie]:
        for ends, arrows in sorted(self.fates.after.arrows.items()):
            shown = self.fates.before.arrows.get(ends)
            for name in sorted(arrows.names - (shown.names if shown else frozenset())):
                if name in self.grammar.links and self._is_claim(ends[0]):
                    continue
                if arrows.open:
                    self.note(STILL_OPEN, f"{self.words(ends, name)} is new, and still open", ends[0])
                yield Tie(ends, name, Fate.LEFT if arrows.open else Fate.ADDED)

    def _lead(self, tie: Tie) -> None:
        """Let a relation end in what was chosen."""
        if not tie.fate.stands:
            return
        head, tail = map(self.fates.lead, tie.drawn)
        if head is not None and tail is not None:
            tie.leads = head, tail
            return
        if tie.settled is None:
            words = self.words(tie.drawn, tie.name)
            self.note(END_OPEN, f"{words} is accepted, and what it joins is not", tie.drawn[0])
        tie.fate = Fate.LEFT

    # Links of claims

    def _links(self, claim: str) -> Links | None:
        links = {*self._drawn(claim), *self._lost(claim)}
        open = False
        kept: set[tuple[str, str]] = set()
        for name, target, is_open in sorted(links, key=lambda link: (link[0], link[1] or "", link[2])):
            if target is None:
                self.note(END_OPEN, f"{self.words((claim, ''), name)} what is not accepted itself", claim)
            elif is_open and (name, target) not in kept:
                self.note(LINK_OPEN, f"{self.words((claim, target), name)} is still open", claim)
            else:
                kept.add((name, target))
                continue
            open = True
        return None if open else frozenset(kept)

    def _drawn(self, claim: str) -> Iterator[tuple[str, str | None, bool]]:
        after = self.fates.after
        for ends in after.from_region.get(claim, ()):
            for name in after.arrows[ends].names & self.grammar.links.keys():
                yield name, self.fates.lead(ends[1]), after.arrows[ends].open

    def _lost(self, claim: str) -> Iterator[tuple[str, str | None, bool]]:
        """Links that went with a form of their end: if another form was chosen, they lead there."""
        before = self.fates.before
        for ends in before.from_region.get(claim, ()):
            for name in before.arrows[ends].names & self.grammar.links.keys():
                if self.fates.trace(ends, name) is Trace.LOST and not self.fates.is_rejected(ends[1]):
                    yield name, self.fates.lead(ends[1]), before.arrows[ends].open

    def words(self, ends: Ends, name: str) -> str:
        """A relation in words."""
        regions = {**self.fates.before.regions, **self.fates.after.regions}
        head, tail = (f"“{short(regions[end].quote, 40)}”" if end in regions else end for end in ends)
        return f"{head} {name} {tail}".strip()
