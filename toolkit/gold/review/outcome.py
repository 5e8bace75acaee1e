"""The gold after a review: items with their provenance, and the differences that are still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from toolkit.annotations.decode import in_text
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation, SpanItem
from toolkit.gold.compare.ends import Link
from toolkit.gold.model import (
    Difference,
    Gold,
    Kind,
    Provenance,
    Resolution,
    Vote,
    VotedDown,
    least_certain,
    relation_key,
)
from toolkit.gold.review.fates import Fate, Fates
from toolkit.gold.review.ties import Tie
from toolkit.gold.values import Values

_NEW: Mapping[str, Any] = {"origin": Origin.MANUAL, "score": None, "meta": {}}


class Outcome:
    """What a case becomes by the fates of its spans and relations.

    ``found`` are the spans that passed the rules.
    """

    def __init__(
        self, fates: Fates, ties: Iterable[Tie], found: Mapping[str, SpanItem], grammar: Grammar, adjudicator: str
    ) -> None:
        self.fates = fates
        self.ties = list(ties)
        self.found = found
        self.grammar = grammar
        self.adjudicator = adjudicator
        self.open = fates.case.open
        self.settled: dict[str, SpanItem] = {
            item.id: item for part in (self.open.mentions, self.open.cues, self.open.claims) for item in part
        }
        self.decided = {number for number in range(len(self.open.differences)) if self._is_decided(number)}

    def gold(self) -> Gold:
        """The article as it stands now."""
        spans = {item.id: (item, why) for item, why in self._spans()}
        relations = {relation_key(link): (link, why) for link, why in self._relations()}
        items = sorted((item for item, _ in spans.values()), key=in_text)
        provenance = {name: why for name, (_, why) in (*spans.items(), *relations.items()) if why}
        mentions = (item for item in items if isinstance(item, Mention))
        return self.open.model_copy(
            update={
                "resolution": least_certain(
                    (why.resolution for why in provenance.values()),
                    Resolution.ADJUDICATED if self.decided else self.open.resolution,
                ),
                "mentions": tuple(sorted(mentions, key=lambda mention: (mention.span, mention.labels, mention.id))),
                "cues": tuple(item for item in items if isinstance(item, Cue)),
                "claims": tuple(item for item in items if isinstance(item, Claim)),
                "relations": tuple(
                    sorted(
                        (link for link, _ in relations.values()),
                        key=lambda link: (link.head, link.tail, link.type, link.modality),
                    )
                ),
                "provenance": provenance,
                "differences": (*self._still_open(), *self._open_again()),
                "voted_down": (*self._still_down(), *self._turned_down()),
            }
        )

    # Items

    def _spans(self) -> Iterator[tuple[SpanItem, Provenance | None]]:
        for id, fate in self.fates.spans.items():
            before = self.open.provenance.get(id)
            if fate is Fate.KEPT or (fate is Fate.LEFT and id in self.settled and before is None):  # context is no vote
                yield self.settled[id], before
            elif fate.stands:
                item = self.found[id].model_copy(update=_NEW)
                votes = self._votes_on(id, fate)
                yield item, self._adjudicated(sum(_says(vote, item) for vote in votes), votes)

    def _votes_on(self, id: str, fate: Fate) -> tuple[Vote, ...]:
        if fate is Fate.CHANGED and id in self.open.provenance:
            return self.open.provenance[id].votes
        number = self.fates.case.spans.get(id)
        if number is None and fate is Fate.CHOSEN:  # it was shown for the links that end in it
            down = self._taken_up.get(id)
            return down.votes if down else self._nobody
        if number is None and fate is Fate.ADDED:
            number = next((number for number, ids in self._heirs.items() if id in ids), None)
        return self._nobody if number is None else self.open.differences[number].votes

    def _relations(self) -> Iterator[tuple[Relation, Provenance | None]]:
        for tie in self.ties:
            if tie.settled and tie.fate is Fate.KEPT:
                yield tie.settled, self.open.provenance.get(relation_key(tie.settled))
            elif tie.decoded and tie.fate.stands:
                yield tie.decoded, self._why_related(tie, tie.decoded)

    def _why_related(self, tie: Tie, link: Relation) -> Provenance:
        if tie.settled:
            before = self.open.provenance.get(relation_key(tie.settled))
            votes = before.votes if before else ()
            says = [(vote.value or {}).get("modality") == link.modality for vote in votes]
            return self._adjudicated(sum(says), votes)
        number = tie.number
        if number is None:
            number = next((number for number, heirs in self._related_heirs.items() if tie in heirs), None)
        if number is None:
            return self._adjudicated(0, self._nobody)
        ways = [[link.head, link.tail]]
        if self.grammar.relations[link.type].symmetric:
            ways.append([link.tail, link.head])
        same = {
            arrow.by
            for arrow in self.fates.case.arrows
            if (arrow.difference, arrow.name, arrow.modality) == (number, link.type, link.modality)
            and [self.fates.lead(arrow.head), self.fates.lead(arrow.tail)] in ways
        }
        return self._adjudicated(len(same), self.open.differences[number].votes)

    def _adjudicated(self, support: int, votes: tuple[Vote, ...]) -> Provenance:
        return Provenance(
            resolution=Resolution.ADJUDICATED,
            support=support,
            voters=len(votes),
            votes=votes,
            adjudicator=self.adjudicator,
        )

    @cached_property
    def _nobody(self) -> tuple[Vote, ...]:
        return tuple(Vote(annotator=who) for who in self.open.annotators)

    # Differences

    def _parts(self, number: int) -> list[tuple[Fate, set[str]]]:
        """What was proposed in a difference: its fate, and by whom."""
        spans = [(self.fates.spans[id], set(self.fates.before.regions[id].by)) for id in self.fates.forms(number)]
        ties = [(tie.fate, {arrow.by for arrow in tie.arrows}) for tie in self.ties if tie.number == number]
        return [*spans, *ties]

    def _is_decided(self, number: int) -> bool:
        if number not in self._rejected:
            return any(fate.stands for fate, _ in self._parts(number))
        instead = [self.fates.spans[id] for id in self._heirs.get(number, ())]
        instead += [tie.fate for tie in self._related_heirs.get(number, ())]
        return Fate.LEFT not in instead

    @cached_property
    def _heirs(self) -> dict[int, list[str]]:
        """New regions over rejected ones of the same kind: drawn instead of them."""
        fates = self.fates
        return {
            number: [
                id
                for id, region in fates.new.items()
                if region.kind(self.grammar) == self.open.differences[number].kind
                and any(region.span.overlaps(fates.before.regions[form].span) for form in fates.forms(number))
            ]
            for number in self._rejected
        }

    @cached_property
    def _related_heirs(self) -> dict[int, list[Tie]]:
        """New relations between the ends of rejected ones."""
        instead = {id: number for number, ids in self._heirs.items() for id in ids}

        def things(*ends: str) -> set[str | int]:
            return {instead.get(end, self.fates.case.thing(end)) for end in ends}

        return {
            arrow.difference: [
                tie for tie in self.ties if tie.is_new and things(*tie.drawn) == things(arrow.head, arrow.tail)
            ]
            for arrow in self.fates.case.arrows
            if arrow.difference in self._rejected
        }

    @cached_property
    def _rejected(self) -> list[int]:
        numbers = range(len(self.open.differences))
        return [number for number in numbers if all(fate is Fate.REJECTED for fate, _ in self._parts(number))]

    def _still_open(self) -> Iterator[Difference]:
        for number, difference in enumerate(self.open.differences):
            if number in self.decided:
                continue
            down = set(difference.rejected)
            if number not in self._rejected:  # else what was made instead is not there, so all of it comes again
                down |= {who for fate, those in self._parts(number) if fate is Fate.REJECTED for who in those}
            yield difference.model_copy(update={"rejected": tuple(sorted(down))})

    def _open_again(self) -> Iterator[Difference]:
        """What was settled and was marked as open, or now breaks a rule by what was changed around it."""
        for id, item in self.settled.items():
            if self.fates.spans[id] is Fate.LEFT and (why := self.open.provenance.get(id)):
                kind = self.fates.before.regions[id].kind(self.grammar)
                yield Difference(kind=kind, reason="presence", votes=self._with_last(why, item))
        for tie in self.ties:
            if tie.settled and tie.fate is Fate.LEFT and (why := self.open.provenance.get(relation_key(tie.settled))):
                mentions = {mention.id: mention for mention in self.open.mentions}
                link = Link(tie.settled, mentions[tie.settled.head], mentions[tie.settled.tail])
                yield Difference(kind="relation", reason="presence", votes=self._with_last(why, link))

    # What is not gold

    @cached_property
    def _taken_up(self) -> dict[str, VotedDown]:
        """What was voted down and accepted all the same."""
        found: dict[str, VotedDown] = {}
        for id, number in self.fates.case.spans.items():
            region = self.fates.before.regions[id]
            where = (*region.span, sorted(region.labels) if region.kind(self.grammar) == "mention" else [])
            if number is None and self.fates.spans[id].stands:
                for down in self.open.voted_down:
                    if any(where == _where(vote) for vote in down.votes) and down.kind == region.kind(self.grammar):
                        found.setdefault(id, down)
        return found

    def _still_down(self) -> Iterator[VotedDown]:
        taken_up = [*self._taken_up.values()]
        yield from (down for down in self.open.voted_down if down not in taken_up)

    def _turned_down(self) -> Iterator[VotedDown]:
        """What the review rejected, with every vote."""
        heirs = [*self._heirs.items(), *self._related_heirs.items()]
        replaced = {number for number, instead in heirs if instead}
        for number in self._rejected:
            if number in self.decided and number not in replaced:
                difference = self.open.differences[number]
                yield self._down(difference.kind, difference.votes)
        for id in self.settled:
            if self.fates.spans[id] is Fate.REJECTED and (why := self.open.provenance.get(id)):
                yield self._down(self.fates.before.regions[id].kind(self.grammar), why.votes)
        for tie in self.ties:
            if (
                tie.settled
                and tie.fate is Fate.REJECTED
                and (why := self.open.provenance.get(relation_key(tie.settled)))
            ):
                yield self._down("relation", why.votes)

    def _down(self, kind: Kind, votes: tuple[Vote, ...]) -> VotedDown:
        why = self._adjudicated(sum(vote.value is None for vote in votes), votes)
        return VotedDown(kind=kind, **dict(why))

    def _with_last(self, why: Provenance, item: SpanItem | Link) -> tuple[Vote, ...]:
        """The votes, and what the last review made of them."""
        if not why.adjudicator:
            return why.votes
        parts = {"mentions": self.open.mentions, "cues": self.open.cues, "claims": self.open.claims}
        work = Annotation(
            article_id=self.open.article_id,
            text_sha256=self.open.text_sha256,
            annotator=why.adjudicator,
            ontology_version=self.open.ontology_version,
        ).model_copy(update=parts)
        own = Values([work], self.grammar).vote(why.adjudicator, item)
        others = (vote for vote in why.votes if vote.annotator != why.adjudicator)
        return tuple(sorted((own, *others), key=lambda vote: vote.annotator))


def _where(vote: Vote) -> tuple[int, int, list[str]] | None:
    value = vote.value
    return (value["start"], value["end"], list(value.get("labels", ()))) if value else None


def _says(vote: Vote, item: SpanItem) -> bool:
    """Whether somebody said exactly this, but for answers and links."""
    return _where(vote) == (item.start, item.end, list(item.labels) if isinstance(item, Mention) else [])
