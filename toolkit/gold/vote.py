"""From aligned work to items of the gold: what a rule settles, and the differences that are left for a person.

An item is settled as a whole or not at all: that it is there and its label, its boundaries, the answers about it, and
for what joins spans also the ends. Claims and relations come after the spans that they end in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation, SpanItem
from toolkit.gold.ballots import NOTHING, Ballot, Judge, Verdict
from toolkit.gold.compare.claims import ROLES
from toolkit.gold.compare.ends import Link
from toolkit.gold.compare.groups import Alignment, Group
from toolkit.gold.model import Difference, Kind, Provenance, Resolution, Vote, least_certain, relation_key
from toolkit.gold.values import Values, label_of
from toolkit.workspace import Layer

S = TypeVar("S", bound=SpanItem)


@dataclass(slots=True)
class Voted:
    """What the votes on one article amount to; ``down`` counts the things that most say are not there."""

    mentions: list[Mention] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    down: int = 0


def vote(
    alignment: Alignment,
    works: Iterable[Annotation],
    grammar: Grammar,
    judge: Judge,
    truth: Mapping[Layer, str] | None = None,
) -> Voted:
    """Decide every group of an alignment.

    Args:
        alignment: all annotators' work on the article.
        works: that work.
        grammar: the ontology's.
        judge: decides ballots.
        truth: for a layer, the annotator whose work a person marked as the truth: the only one asked there.
    """
    return _Count(alignment, Values(works, grammar), grammar, judge, truth or {}).voted()


class _Unsettled(Exception):  # noqa: N818 - no error: it says why an item is left for a person
    """Why, and the ballot that nobody won."""

    def __init__(self, reason: str, ballot: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.ballot = reason, ballot


class _Count:
    """The count of one article's votes."""

    def __init__(
        self, alignment: Alignment, values: Values, grammar: Grammar, judge: Judge, truth: Mapping[Layer, str]
    ) -> None:
        self.alignment, self.values, self.grammar, self.judge = alignment, values, grammar, judge
        self.truth = truth
        self.out = Voted()
        self.names: set[str] = set()
        self.became: dict[int, str] = {}  # an annotator's mention or cue, as an object: the id of its gold
        self.open: set[int] = set()  # those whose group is left for a person

    def voted(self) -> Voted:
        groups = self.alignment
        self._each("mention", "entities", groups.mentions, self._mention)
        self._each("cue", "claims", groups.cues, self._cue)
        self._each("claim", "claims", groups.claims, self._claim)
        self._each("relation", "relations", groups.relations, self._relation)
        return self.out

    def _each(self, kind: Kind, layer: Layer, groups: Iterable[Group[Any]], settle: Callable[..., bool]) -> None:
        """Settle each group, or keep it as a difference; ``settle`` tells whether it is gold."""
        truth, everybody = self.truth.get(layer), self.alignment.asked[layer]
        asked = (truth,) if truth is not None else everybody
        for number, group in enumerate(groups):
            items = {who: item for who, item in group.items.items() if who in asked}
            if not items and group.items:  # only of those whose work does not count beside the truth
                continue
            try:
                self.out.down += not settle((kind, str(number)), layer, items, group, asked)
            except _Unsettled as why:
                self.open.update(id(item) for part in (group.items, group.context) for item in part.values())
                self.out.differences.append(
                    Difference(
                        kind=kind, reason=why.reason, votes=self._votes(group.items, everybody), ballot=why.ballot
                    )
                )

    # Spans

    def _mention(self, key: tuple[str, ...], layer: Layer, items: Any, group: Group[Mention], asked: Any) -> bool:
        if not items:  # shown to annotators, nobody's vote: it is there for links to end in
            self._keep(self.out.mentions, min(group.context.items())[1], group, None)
            return True
        return self._span(key, layer, items, group, asked, self.out.mentions)

    def _cue(self, key: tuple[str, ...], layer: Layer, items: Any, group: Group[Cue], asked: Any) -> bool:
        return not items or self._span(key, layer, items, group, asked, self.out.cues)

    def _claim(self, key: tuple[str, ...], layer: Layer, items: Any, group: Group[Claim], asked: Any) -> bool:
        return self._span(key, layer, items, group, asked, self.out.claims)

    def _span(
        self,
        key: tuple[str, ...],
        layer: Layer,
        items: Mapping[str, S],
        group: Group[S],
        asked: Collection[str],
        kept: list[S],
    ) -> bool:
        answers = {who: label_of(items[who]) if who in items else NOTHING for who in asked}
        verdict = self._decide(key, key[0], answers)
        if verdict is None:
            raise _Unsettled("presence" if NOTHING in answers.values() else "label", self._key(key))
        if verdict.answer == NOTHING:
            return False
        alike = {who: item for who, item in items.items() if answers[who] == verdict.answer}
        chosen, resolution = self._boundaries(alike, verdict, len(asked))
        attributes, others = self._answers(key, items, chosen)
        changes: dict[str, Any] = {"attributes": attributes}
        if isinstance(chosen, Claim):
            for role in ROLES:
                changes[role], how = self._role(key, role, items)
                others.append(how)
        if len(items) > 1:
            changes |= {"origin": _origin(alike.values()), "score": None, "meta": {}}
        if layer in self.truth:
            resolution, others = Resolution.GROUND_TRUTH, []
        why = Provenance(
            resolution=least_certain((resolution, *others)),
            support=sum(self.values.same_span(item, chosen) for item in group.items.values()),
            voters=len(self.alignment.asked[layer]),
            votes=self._votes(group.items, self.alignment.asked[layer]),
        )
        self._keep(kept, chosen.model_copy(update=changes), group, why)
        return True

    def _boundaries(self, alike: Mapping[str, S], verdict: Verdict, voters: int) -> tuple[S, Resolution]:
        counts = Counter((item.start, item.end) for item in alike.values())
        held = self.judge.boundaries(counts, voters, verdict)
        if held is None:
            raise _Unsettled("boundaries")
        span = min(counts, key=lambda one: (-counts[one], one))
        return next(item for _, item in sorted(alike.items()) if (item.start, item.end) == span), held.resolution

    def _answers(
        self, key: tuple[str, ...], items: Mapping[str, SpanItem], chosen: SpanItem
    ) -> tuple[dict[str, str], list[Resolution]]:
        attributes: dict[str, str] = {}
        how: list[Resolution] = []
        for name, question in self.values.questions(chosen).items():
            given = {
                who: item.attributes.get(name, question.default or NOTHING)
                for who, item in items.items()
                if name in self.values.questions(item)
            }
            verdict = self._decide((*key, name), name, given)
            if verdict is None:
                raise _Unsettled(name, self._key((*key, name)))
            how += [verdict.resolution] if len(given) > 1 else []
            if any(item.attributes.get(name) == verdict.answer for item in items.values()):
                attributes[name] = verdict.answer
        return attributes, how

    def _keep(self, kept: list[S], item: S, group: Group[S], why: Provenance | None) -> None:
        name, number = item.id, 2
        while name in self.names:
            name, number = f"{item.id}-{number}", number + 1
        self.names.add(name)
        self.became |= {id(one): name for part in (group.items, group.context) for one in part.values()}
        if why:
            self.out.provenance[name] = why
        kept.append(item.model_copy(update={"id": name}))

    # Links

    def _role(self, key: tuple[str, ...], role: str, items: Mapping[str, Any]) -> tuple[tuple[str, ...], Resolution]:
        """What the claim is linked to in one role, by their gold; voted on as a whole."""
        sets = {
            who: sorted({self._place(end) for end in self.values.ends(who, item, role)}) for who, item in items.items()
        }
        verdict = self._decide((*key, role), "", {who: "\n".join(places) or NOTHING for who, places in sets.items()})
        if verdict is None:
            raise _Unsettled(role, self._key((*key, role)))
        who = next(who for who, places in sorted(sets.items()) if ("\n".join(places) or NOTHING) == verdict.answer)
        ends = {self._gold_end(end) for end in self.values.ends(who, items[who], role)}
        return tuple(sorted(ends)), verdict.resolution if len(items) > 1 else Resolution.SINGLE

    def _relation(
        self,
        key: tuple[str, ...],
        layer: Layer,
        items: Mapping[str, Link],
        group: Group[Link],
        asked: Collection[str],
    ) -> bool:
        types = {who: f"{link.relation.type} {link.relation.modality}" for who, link in items.items()}
        answers = {who: types.get(who, NOTHING) for who in asked}
        verdict = self._decide(key, key[0], answers)
        if verdict is None:
            raise _Unsettled("presence" if NOTHING in answers.values() else "type", self._key(key))
        if verdict.answer == NOTHING:
            return False
        alike = {who: items[who] for who, answer in answers.items() if answer == verdict.answer}
        first = alike[min(alike)]
        if not self.grammar.relations[first.relation.type].symmetric:
            ways = {(self._place(link.head), self._place(link.tail)) for link in alike.values()}
            if len(ways) > 1:
                raise _Unsettled("direction")
        head, tail = self._gold_end(first.head), self._gold_end(first.tail)
        relation = first.relation.model_copy(update={"head": head, "tail": tail})
        if relation_key(relation) in self.out.provenance:  # two of one annotator's mentions became one
            return True
        self.out.relations.append(relation)
        self.out.provenance[relation_key(relation)] = Provenance(
            resolution=Resolution.GROUND_TRUTH if layer in self.truth else verdict.resolution,
            support=sum(link.relation.type == relation.type for link in group.items.values()),
            voters=len(self.alignment.asked[layer]),
            votes=self._votes(group.items, self.alignment.asked[layer]),
        )
        return True

    def _place(self, end: SpanItem) -> str:
        """What stands for an end when links are compared: its gold, or what it is where there is none."""
        return self.became.get(id(end)) or f"{end.start}-{end.end} {label_of(end)}"

    def _gold_end(self, end: SpanItem) -> str:
        if (found := self.became.get(id(end))) is None:
            raise _Unsettled("end-open" if id(end) in self.open else "end-missing")
        return found

    # Ballots

    def _key(self, key: tuple[str, ...]) -> tuple[str, ...]:
        return self.alignment.article_id, *key

    def _decide(self, key: tuple[str, ...], question: str, votes: Mapping[str, str]) -> Verdict | None:
        return self.judge.decide(Ballot(self._key(key), question, votes))

    def _votes(self, items: Mapping[str, Any], asked: Iterable[str]) -> tuple[Vote, ...]:
        return tuple(self.values.vote(who, items.get(who)) for who in sorted({*asked, *items}))


def _origin(items: Iterable[SpanItem]) -> Origin:
    """An item that several gave is a suggestion only if none of them found it without."""
    origins = {item.origin for item in items}
    return origins.pop() if len(origins) == 1 else Origin.MANUAL
