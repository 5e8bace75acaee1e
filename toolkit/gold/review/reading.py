"""From what an adjudicator handed in to gold: decisions checked like anybody's work, and joined to what was settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from toolkit.annotations.codec import Codec
from toolkit.annotations.model import Claim, Relation, SpanItem
from toolkit.annotations.reading import short
from toolkit.findings import Finding, Place, Rule
from toolkit.gold.model import Gold
from toolkit.gold.review.case import Case, renamed
from toolkit.gold.review.fates import Fate, Fates
from toolkit.gold.review.marking import Ends, take_apart
from toolkit.gold.review.outcome import Outcome
from toolkit.gold.review.rules import END_OPEN, STILL_OPEN
from toolkit.gold.review.ties import Links, Tie, Ties


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An article as it stands after a review, and what became of what was ``shown`` and what was ``added``.

    These are items, a span with its answers and links as one: settled ones, open ones (each form of a span, each
    relation that was proposed), and new ones. Of so many ``differences`` so many are ``decided``.
    """

    gold: Gold
    shown: int
    added: int
    fates: Mapping[Fate, int]
    differences: int
    decided: int
    findings: tuple[Finding, ...]

    @property
    def left(self) -> int:
        """How many of the differences are still open."""
        return self.differences - self.decided


def read_review(
    case: Case, result: Any, text: str, codec: Codec, adjudicator: str, names: Mapping[str, str], place: Place
) -> Reviewed:
    """What a review says.

    Args:
        case: what was shown.
        result: what was handed in, as Label Studio's result.
        text: the article's.
        codec: the ontology's.
        adjudicator: whose review it is, as a pseudonym.
        names: the pseudonyms of those whom the case shows under other names.
        place: where it is, for findings.
    """
    reading = _Reading(case, result, codec, place)
    decoded = reading.check(text)
    outcome = Outcome(reading.fates, reading.ties.relations, decoded, codec.grammar, adjudicator)
    gold = renamed(outcome.gold(), names).model_copy(update={"work_sha256": case.work_sha256})
    fates = Counter(reading.fates.spans.values()) + Counter(tie.fate for tie in reading.ties.relations)
    return Reviewed(
        gold=gold,
        shown=case.items,
        added=len(reading.fates.new) + sum(tie.is_new for tie in reading.ties.relations),
        fates=fates,
        differences=len(case.open.differences),
        decided=len(outcome.decided),
        findings=tuple(sorted(reading.findings)),
    )


class _Reading:
    """The fates of everything on the screen, and what the rules say to them."""

    def __init__(self, case: Case, result: Any, codec: Codec, place: Place) -> None:
        self.codec = codec
        self.place = place
        self.findings: list[Finding] = []
        self.fates = Fates(case, take_apart(result, codec.grammar.modalities), codec.grammar)
        self.ties = Ties(self.fates, codec.grammar, self._note)
        self.settled = {item.id: item for item in (*case.open.mentions, *case.open.cues, *case.open.claims)}
        for id, region in self.fates.after.regions.items():
            shown = self.fates.before.regions.get(id)
            if region.open and not (shown and shown.content == region.content):
                what = "was changed, and is" if shown else "is new, and"
                self._note(STILL_OPEN, f"“{short(region.quote)}” {what} still open", id)

    def _note(self, rule: Rule, message: str, region: str) -> None:
        self.findings.append(rule.at(replace(self.place, region=region), message))

    def check(self, text: str) -> dict[str, SpanItem]:
        """Decode what stands, and give up what breaks a rule; returns the spans."""
        spans = self.fates.spans
        for claim, links in self.ties.links.items():
            if links is None:
                spans[claim] = Fate.LEFT
            elif spans[claim] is Fate.KEPT and links != self._links(self.settled[claim]):
                spans[claim] = Fate.CHANGED
        decoded = self.codec.decode([*self._elements()], text, self.place)
        self._pass_on(decoded.findings)
        found: dict[str, SpanItem] = {
            item.id: item for part in (decoded.mentions, decoded.cues, decoded.claims) for item in part
        }
        broken = {id for id, fate in spans.items() if fate.stands and not self._holds(found.get(id), id)}
        spans.update(dict.fromkeys(broken, Fate.LEFT))
        for claim in sorted(broken & self.ties.links.keys() & found.keys()):
            for name, target in sorted((self.ties.links[claim] or frozenset()) - self._links(found[claim])):
                self._note_end(broken, name, (claim, target))
        self._check_relations(decoded.relations, broken)
        self._turn_down_others()
        return found

    def _turn_down_others(self) -> None:
        """With one proposal of a difference chosen, the others go that nobody decided."""
        spans, ties = self.fates.spans, self.ties.relations
        for number in range(len(self.fates.case.open.differences)):
            if self.fates.chosen(number):
                spans |= {id: Fate.REJECTED for id in self.fates.forms(number) if spans[id] is Fate.LEFT}
            if any(tie.number == number and tie.fate.stands for tie in ties):
                for tie in ties:
                    if tie.number == number and tie.fate is Fate.LEFT:
                        tie.fate = Fate.REJECTED

    def _pass_on(self, findings: Iterable[Finding]) -> None:
        """Keep findings about what was touched; of what falls with a broken region ``_note_end`` tells."""
        touched = {"", *(id for id, fate in self.fates.spans.items() if fate is not Fate.KEPT)}
        for finding in findings:
            if finding.place.region in touched and finding.rule != "rejected-dependency":
                self.findings.append(replace(finding, next=finding.next.replace("goldkit pull", "goldkit review pull")))

    def _check_relations(self, decoded: Iterable[Relation], broken: Set[str]) -> None:
        found = {(link.type, link.head, link.tail): link for link in decoded}
        relations = self.codec.grammar.relations
        found |= {(link.type, link.tail, link.head): link for link in decoded if relations[link.type].symmetric}
        for tie in self.ties.relations:
            if tie.fate.stands:
                tie.decoded = found.get((tie.name, *tie.leads))
                untouched = all(fate is Fate.KEPT for fate in (tie.fate, *map(self.fates.spans.get, tie.leads)))
                if tie.decoded is None and not untouched:
                    tie.fate = Fate.LEFT
                    self._note_end(broken, tie.name, tie.leads)

    def _note_end(self, broken: Set[str], name: str, ends: Ends) -> None:
        if not broken.isdisjoint(ends):
            self._note(END_OPEN, f"{self.ties.words(ends, name)} is accepted, and what it joins broke a rule", ends[0])

    def _elements(self) -> Iterator[Any]:
        """The result without marks, and without what is open or rejected."""
        after = self.fates.after
        for id, fate in self.fates.spans.items():
            if fate.stands:
                yield from after.regions[id].elements
        for claim, links in self.ties.links.items():
            for name, target in sorted(links or ()):
                yield {"type": "relation", "from_id": claim, "to_id": target, "direction": "right", "labels": [name]}
        seen: set[tuple[str, str, str]] = set()
        for tie in self.ties.relations:
            if tie.fate.stands and (tie.name, *tie.leads) not in seen:
                seen.add((tie.name, *tie.leads))
                yield self._relation(tie)
        yield from after.strange

    def _relation(self, tie: Tie) -> dict[str, Any]:
        arrows = self.fates.after.arrows[tie.drawn]
        modalities, both_ways = sorted(arrows.modalities), arrows.both_ways
        if tie.settled and tie.fate is Fate.KEPT:
            modalities, both_ways = [tie.settled.modality], False
        return {
            "type": "relation",
            "from_id": tie.leads[0],
            "to_id": tie.leads[1],
            "direction": "bi" if both_ways else "right",
            "labels": [tie.name, *modalities],
        }

    def _holds(self, item: SpanItem | None, id: str) -> bool:
        """Whether a span passed the rules with all its links; what nobody touched holds in any case."""
        links = self.ties.links.get(id)
        if item is not None and (not isinstance(item, Claim) or self._links(item) == links):
            return True
        ends = {id, *(target for _, target in links or ())}
        return all(self.fates.spans.get(end) is Fate.KEPT for end in ends)

    def _links(self, claim: SpanItem) -> Links:
        links = self.codec.grammar.links.items()
        return frozenset((name, target) for name, role in links for target in getattr(claim, role))
