"""From votes to what an adjudicator is shown: everything in its place, and on what is open a mark and who proposes it.

A difference about a span is shown as one region for each form that it was given (boundaries and labels), a difference
about a relation as the arrows that annotators drew. Every arrow ends where its annotator had it end: in what became of
that span, in one that is open, or, where the votes turned it down, in one that is shown again for the arrow's sake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.annotations.codec import Codec
from toolkit.annotations.model import Claim, Cue, Mention, SpanItem
from toolkit.gold.ballots import NOTHING
from toolkit.gold.model import Difference, Gold, Vote, VotedDown
from toolkit.gold.review.case import Arrow, Case, renamed, state
from toolkit.gold.review.marks import OPEN, by
from toolkit.gold.values import Values
from toolkit.ontology.model import ASSERTED
from toolkit.spans import Span

Anchor = tuple[int, int, tuple[str, ...]]
"""Where a link ends: start, end and labels, of which a cue has none."""


def make_case(
    gold: Gold,
    text: str,
    codec: Codec,
    names: Mapping[str, str],
    seal: Callable[[str], str],
    *,
    round: int,
    work_sha256: str,
) -> Case:
    """An open article as an adjudicator is shown it.

    Args:
        gold: what is settled, and the differences.
        text: the article's.
        codec: the ontology's.
        names: what each annotator is called on the screen.
        seal: makes of a pseudonym what leads back to it by the workspace's key alone.
        round: how many times the article is reviewed with this.
        work_sha256: the digest of the annotations that all this is about.
    """
    shown = renamed(gold, names)
    board = _Board(shown, text, codec)
    return Case(
        round=round,
        open=shown,
        result=tuple(board.result()),
        spans=board.open,
        arrows=tuple(board.proposed),
        voters={name: seal(who) for who, name in sorted(names.items())},
        state=state(gold),
        work_sha256=work_sha256,
    )


@dataclass(slots=True)
class _Pair:
    """All that is said of two regions in one direction: Label Studio keeps one relation of them."""

    labels: set[str] = field(default_factory=set)
    by: set[str] = field(default_factory=set)


class _Board:
    def __init__(self, gold: Gold, text: str, codec: Codec) -> None:
        self.gold = gold
        self.text = text
        self.codec = codec
        self.grammar = codec.grammar
        self.values = Values((), codec.grammar)
        self.open: dict[str, int | None] = {}
        self.proposed: list[Arrow] = []
        self._items: dict[str, tuple[SpanItem, set[str]]] = {}  # what is open, and by whom
        self._pairs: dict[tuple[str, str], _Pair] = defaultdict(_Pair)
        self._names = {item.id for part in (gold.mentions, gold.cues, gold.claims) for item in part}
        self._own: dict[tuple[str, Anchor], str] = {}  # what became of an annotator's span
        self._there: dict[Anchor, str] = {}
        self._down: dict[tuple[str, Anchor], VotedDown] = {}
        self._settled()
        spans = [one for one in enumerate(gold.differences) if one[1].kind != "relation"]
        forms = [(number, *form) for number, difference in spans for form in self._forms(number, difference)]
        for number, difference in enumerate(gold.differences):
            if difference.kind == "relation":
                self._relation(number, difference)
        for number, claim, votes in forms:
            self._links(number, claim, votes)

    def result(self) -> Iterator[dict[str, Any]]:
        """The regions that are open, then all others, both in text order; and so the arrows."""
        for item, votes in sorted(self._items.values(), key=lambda one: (one[0].start, one[0].end, one[0].id)):
            region, *answers = self.codec.region(item)
            region["value"]["labels"] = [OPEN, *region["value"]["labels"], *map(by, sorted(votes))]
            yield from (region, *answers)
        settled: list[SpanItem] = [*self.gold.mentions, *self.gold.cues, *self.gold.claims]
        for item in sorted(settled, key=lambda item: (item.start, item.end, item.id)):
            yield from self.codec.region(item)
        for (head, tail), pair in sorted(self._pairs.items(), key=lambda one: (OPEN not in one[1].labels, one[0])):
            labels = [*sorted(pair.labels), *map(by, sorted(pair.by))]
            yield {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": labels}

    # What is settled

    def _settled(self) -> None:
        for part in (self.gold.mentions, self.gold.cues):
            for item in part:
                self._there.setdefault(_anchor_of(item), item.id)
                why = self.gold.provenance.get(item.id)
                for vote in why.votes if why else ():
                    if vote.value is not None:
                        self._own.setdefault((vote.annotator, _anchor(vote.value)), item.id)
        for down in self.gold.voted_down:
            for vote in down.votes if down.kind in ("mention", "cue") else ():
                if vote.value is not None:
                    self._down.setdefault((vote.annotator, _anchor(vote.value)), down)
        for link in self.gold.relations:
            self._draw(link.head, link.tail, link.type, link.modality)
        for claim in self.gold.claims:
            for name, role in self.grammar.links.items():
                for target in getattr(claim, role):
                    self._draw(claim.id, target, name)

    def _draw(self, head: str, tail: str, name: str, modality: str = ASSERTED) -> _Pair:
        pair = self._pairs[head, tail]
        pair.labels |= {name} if modality == ASSERTED else {name, modality}
        return pair

    def _propose(self, number: int, who: str, head: str, tail: str, name: str, modality: str = ASSERTED) -> None:
        pair = self._draw(head, tail, name, modality)
        pair.labels.add(OPEN)
        pair.by.add(who)
        self.proposed.append(Arrow(difference=number, head=head, tail=tail, name=name, modality=modality, by=who))

    # Spans that are open

    def _forms(self, number: int, difference: Difference) -> Iterator[tuple[SpanItem, list[Vote]]]:
        """A region for each form that a span was given, and the votes for it."""
        votes_of: dict[Anchor, list[Vote]] = defaultdict(list)
        for vote in _standing(difference):
            votes_of[_anchor(vote.value)].append(vote)
        forms = [(self._candidate(number, difference.kind, votes), votes) for votes in votes_of.values()]
        if difference.kind != "claim" and forms:
            region_of = {_anchor(votes[0].value): item.id for item, votes in forms}
            for where, id in region_of.items():
                self._there.setdefault(where, id)
            for vote in difference.votes:  # also those that were turned down already: it is one thing
                if vote.value is not None:
                    where = _anchor(vote.value)
                    self._own.setdefault((vote.annotator, where), region_of.get(where, forms[0][0].id))
        yield from forms

    def _candidate(self, number: int | None, kind: str, votes: Sequence[Vote]) -> SpanItem:
        value = votes[0].value or {}
        span = Span(value["start"], value["end"])
        shared = {"id": self._free(votes[0].item or "s"), **span._asdict(), "text": span.of(self.text)}
        item: SpanItem
        if kind == "mention":
            item = Mention(**shared, labels=tuple(value["labels"]))
        else:
            item = Claim(**shared) if kind == "claim" else Cue(**shared)
        item = item.model_copy(update={"attributes": self._agreed(item, votes)})
        self._items[item.id] = item, {vote.annotator for vote in votes}
        self.open[item.id] = number
        return item

    def _agreed(self, item: SpanItem, votes: Iterable[Vote]) -> dict[str, str]:
        """The answers that all give who propose a form; the others are for the adjudicator to give."""
        given = [(vote.value or {}).get("attributes", {}) for vote in votes]
        agreed: dict[str, str] = {}
        for name, question in self.values.questions(item).items():
            if len({answers.get(name, question.default or NOTHING) for answers in given}) == 1:
                agreed.update((name, answers[name]) for answers in given if name in answers)
        return agreed

    def _free(self, id: str) -> str:
        name, number = id, 2
        while name in self._names:
            name, number = f"{id}-{number}", number + 1
        self._names.add(name)
        return name

    # Arrows that are open

    def _end(self, who: str, value: Mapping[str, Any]) -> str:
        """The region in which an annotator's link ends."""
        where = _anchor(value)
        found = self._own.get((who, where)) or self._there.get(where)
        if found is None:
            down = self._down.get((who, where))
            votes = [vote for vote in down.votes if vote.value and _anchor(vote.value) == where] if down else []
            kind = "mention" if where[2] else "cue"
            found = self._candidate(None, kind, votes or [Vote(annotator=who, value=dict(value))]).id
            self._there[where] = found
            self._own |= {(vote.annotator, _anchor(vote.value)): found for vote in votes}
        return found

    def _relation(self, number: int, difference: Difference) -> None:
        for vote in _standing(difference):
            value = vote.value or {}
            name, ends = value["type"], [value["head"], value["tail"]]
            if self.grammar.relations[name].symmetric:  # one arrow, whichever way it was drawn
                ends.sort(key=_anchor)
            head, tail = (self._end(vote.annotator, end) for end in ends)
            if head != tail:  # not where two of an annotator's spans became one
                self._propose(number, vote.annotator, head, tail, name, value["modality"])

    def _links(self, number: int, claim: SpanItem, votes: Sequence[Vote]) -> None:
        """A claim's links: those that all who propose the claim draw are part of it, the others are open."""
        if not isinstance(claim, Claim):
            return
        for name, role in self.grammar.links.items():
            ends: dict[str | int, dict[str, str]] = defaultdict(dict)  # the thing that it ends in: where, by whom
            for vote in votes:
                for value in (vote.value or {})[role]:
                    end = self._end(vote.annotator, value)
                    thing = self.open.get(end)
                    ends[end if thing is None else thing][vote.annotator] = end
            for drawn in ends.values():
                for who, end in drawn.items():
                    if len(drawn) == len(votes):
                        self._draw(claim.id, end, name)
                    else:
                        self._propose(number, who, claim.id, end, name)


def _standing(difference: Difference) -> list[Vote]:
    """The votes that say something, and that no review has turned down."""
    return [vote for vote in difference.votes if vote.value is not None and vote.annotator not in difference.rejected]


def _anchor(value: Mapping[str, Any] | None) -> Anchor:
    value = value or {}
    return value["start"], value["end"], tuple(value.get("labels", ()))


def _anchor_of(item: SpanItem) -> Anchor:
    return item.start, item.end, item.labels if isinstance(item, Mention) else ()
