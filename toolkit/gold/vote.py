"""From aligned work to items of the gold: what a rule settles, and the differences that are left for a person.

An item is settled as a whole or not at all: that it is there and its label, its boundaries, the answers about it, and
for what joins spans also the ends. Claims and relations come after the spans that they end in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation, SpanItem
from toolkit.gold.ballots import NOTHING, Ballot, Judge, Unsettled, Verdict
from toolkit.gold.compare.claims import ROLES
from toolkit.gold.compare.ends import Link
from toolkit.gold.compare.groups import Alignment, Group
from toolkit.gold.ends import GoldEnds
from toolkit.gold.model import Difference, Kind, Provenance, Resolution, Vote, VotedDown, least_certain, relation_key
from toolkit.gold.values import Values, label_of
from toolkit.project import Layer

S = TypeVar("S", bound=SpanItem)
T = TypeVar("T")

Key = tuple[str, ...]


@dataclass(slots=True)
class Voted:
    """What the votes on one article amount to: every group of its alignment once, context aside.

    ``differences`` stand with the key of the ballot that nobody won, if that is why.
    """

    mentions: list[Mention] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    differences: list[tuple[Difference, Key]] = field(default_factory=list)
    voted_down: list[VotedDown] = field(default_factory=list)


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
        truth: for a layer, the annotator whose work a person marked as the truth: the only one whose vote counts there.
    """
    return _Count(alignment, Values(works, grammar), grammar, judge, truth or {}).voted()


@dataclass(frozen=True, slots=True)
class _Thing(Generic[T]):
    """A group that is voted on.

    ``items`` are by those whose votes count, ``counting``: all who were asked or, where their work is ``marked`` as the
    truth, one of them.
    """

    kind: Kind
    key: Key
    group: Group[T]
    items: Mapping[str, T]
    counting: tuple[str, ...]
    asked: tuple[str, ...]
    marked: bool

    def members(self) -> Iterable[tuple[str, T]]:
        """All that is in the group, context too, by annotator."""
        return (*self.group.items.items(), *self.group.context.items())


class _Count:
    """The count of one article's votes."""

    def __init__(
        self, alignment: Alignment, values: Values, grammar: Grammar, judge: Judge, truth: Mapping[Layer, str]
    ) -> None:
        self.alignment, self.values, self.grammar, self.judge = alignment, values, grammar, judge
        self.truth = truth
        self.out = Voted()
        self.names: set[str] = set()
        self.ends = GoldEnds((*alignment.mentions, *alignment.cues), grammar)

    def voted(self) -> Voted:
        groups = self.alignment
        self._each("mention", "entities", groups.mentions, partial(self._span, self.out.mentions))
        self._each("cue", "claims", groups.cues, partial(self._span, self.out.cues))
        self._each("claim", "claims", groups.claims, partial(self._span, self.out.claims))
        self._each("relation", "relations", groups.relations, self._relation)
        if not self.out.differences:
            self._forget_idle_context()
        return self.out

    def _forget_idle_context(self) -> None:
        """Context is there for links to end in; where everything is settled, that is known."""
        links = [end for link in self.out.relations for end in (link.head, link.tail)]
        links += [end for claim in self.out.claims for role in ROLES for end in getattr(claim, role)]
        for kept in (self.out.mentions, self.out.cues):
            kept[:] = [item for item in kept if item.origin is not Origin.CONTEXT or item.id in links]  # type: ignore

    def _each(self, kind: Kind, layer: Layer, groups: Iterable[Group[T]], settle: Callable[[_Thing[T]], None]) -> None:
        """Settle each group, or keep it as a difference."""
        asked, marked = self.alignment.asked[layer], layer in self.truth
        counting = (self.truth[layer],) if marked else asked
        for number, group in enumerate(groups):
            items = {who: item for who, item in group.items.items() if who in counting}
            key = (self.alignment.article_id, kind, str(number))
            thing = _Thing(kind, key, group, items, counting, asked, marked)
            try:
                settle(thing)
            except Unsettled as why:
                self.ends.leave(thing.members())
                difference = Difference(kind=kind, reason=why.reason, votes=self._votes(thing))
                self.out.differences.append((difference, why.ballot))

    # Spans

    def _span(self, kept: list[S], thing: _Thing[S]) -> None:
        if not thing.group.items:  # shown to annotators, nobody's vote: it is there for links to end in
            _, shown = min(thing.group.context.items())
            self._keep(kept, thing, shown.model_copy(update={"origin": Origin.CONTEXT}))
            return
        answers = {who: label_of(thing.items[who]) if who in thing.items else NOTHING for who in thing.counting}
        if (verdict := self._present(thing, answers, "label")) is None:
            return
        alike = {who: item for who, item in sorted(thing.items.items()) if answers[who] == verdict.answer}
        spans = Counter((item.start, item.end) for item in alike.values())
        if (held := self.judge.form(spans, len(thing.counting), verdict)) is None:
            raise Unsettled("boundaries")
        span = min(spans, key=lambda one: (-spans[one], one))
        chosen = next(item for item in alike.values() if (item.start, item.end) == span)
        attributes, how = self._answers(thing, chosen)
        changes: dict[str, Any] = {"attributes": attributes}
        for role in ROLES if isinstance(chosen, Claim) else ():
            changes[role], agreed = self._role(thing, role)
            how += agreed
        if len(thing.items) > 1:
            changes |= {"origin": _origin(alike.values()), "score": None, "meta": {}}
        support = sum(self.values.same_span(item, chosen) for item in thing.group.items.values())
        why = self._why(thing, support, least_certain((held.resolution, *how)))
        self.out.provenance[self._keep(kept, thing, chosen.model_copy(update=changes))] = why

    def _answers(self, thing: _Thing[S], chosen: S) -> tuple[dict[str, str], list[Resolution]]:
        """The answers about an item.

        All questions about all forms of it are put to the vote, whichever form was chosen: those who judge by models
        are to hear every answer.
        """
        attributes: dict[str, str] = {}
        how: list[Resolution] = []
        asked = {who: self.values.questions(item) for who, item in thing.items.items()}
        wanted = self.values.questions(chosen)
        for name in dict.fromkeys((*wanted, *(name for _, names in sorted(asked.items()) for name in names))):
            given = {
                who: item.attributes.get(name, asked[who][name].default or NOTHING)
                for who, item in thing.items.items()
                if name in asked[who]
            }
            closed = any(names[name].choices for names in asked.values() if name in names)
            verdict = self._decide((*thing.key, name), f"{thing.kind} {name}" if closed else "", given)
            if name not in wanted:
                continue
            if verdict is None:
                raise Unsettled(name, (*thing.key, name))
            how += [verdict.resolution] if len(given) > 1 else []
            if any(item.attributes.get(name) == verdict.answer for item in thing.items.values()):
                attributes[name] = verdict.answer
        return attributes, how

    def _keep(self, kept: list[S], thing: _Thing[S], item: S) -> str:
        """Put an item into the gold, under an id that no other has; returns the id."""
        name, number = item.id, 2
        while name in self.names:
            name, number = f"{item.id}-{number}", number + 1
        self.names.add(name)
        kept.append(item.model_copy(update={"id": name}))
        self.ends.settle(thing.members(), kept[-1])
        return name

    # Links

    def _role(self, thing: _Thing[Any], role: str) -> tuple[tuple[str, ...], list[Resolution]]:
        """What the claim is linked to in one role; voted on as a whole."""
        ends = {who: self.values.ends(who, claim, role) for who, claim in sorted(thing.items.items())}
        answers = {who: self.ends.places(who, linked) or NOTHING for who, linked in ends.items()}
        verdict = self._decide((*thing.key, role), "", answers)
        if verdict is None:
            raise Unsettled(role)
        found = self.ends.gold((who, linked) for who, linked in ends.items() if answers[who] == verdict.answer)
        return self.ends.linked(role, found) if found else (), [verdict.resolution] if len(answers) > 1 else []

    def _relation(self, thing: _Thing[Link]) -> None:
        answers = {who: label_of(thing.items[who]) if who in thing.items else NOTHING for who in thing.counting}
        types = {link.relation.type for link in thing.items.values()}
        verdict = self._present(thing, answers, "type" if len(types) > 1 else "modality")
        if verdict is None:
            return
        ways = {who: self.ends.way(who, link) for who, link in thing.group.items.items()}
        alike = {who: link for who, link in sorted(thing.items.items()) if answers[who] == verdict.answer}
        counts = Counter(ways[who] for who in alike)
        if (held := self.judge.form(counts, len(thing.counting), verdict)) is None:
            raise Unsettled("direction")
        way = ways[max(alike, key=lambda who: counts[ways[who]])]
        drawn = {who: link for who, link in alike.items() if ways[who] == way}
        found = self.ends.gold(((who, (link.head, link.tail)) for who, link in drawn.items()), apart=True)
        relation = next(iter(drawn.values())).relation
        head, tail = self.ends.joined(relation.type, *found)
        relation = relation.model_copy(update={"head": head, "tail": tail})
        support = sum((ways[who], label_of(link)) == (way, verdict.answer) for who, link in thing.group.items.items())
        why = self._why(thing, support, held.resolution)
        if (there := self._key_of(relation)) is None:
            self.out.relations.append(relation)
            self.out.provenance[relation_key(relation)] = why
        else:  # two of an annotator's mentions became one
            before = self.out.provenance[there]
            more = (vote for vote in why.votes if vote.value is not None)
            self.out.provenance[there] = before.model_copy(update={"votes": (*before.votes, *more)})

    def _key_of(self, relation: Relation) -> str | None:
        """Under which key such a relation is gold already."""
        keys = [relation_key(relation)]
        if self.grammar.relations[relation.type].symmetric:
            keys.append(relation_key(relation.model_copy(update={"head": relation.tail, "tail": relation.head})))
        return next((key for key in keys if key in self.out.provenance), None)

    # Ballots

    def _present(self, thing: _Thing[Any], answers: Mapping[str, str], otherwise: str) -> Verdict | None:
        """What the thing is; None where it is voted down. ``otherwise`` is what is open if not that it is there."""
        verdict = self._decide(thing.key, thing.kind, answers)
        if verdict is None:
            nothing = sum(answer == NOTHING for answer in answers.values())
            one_form = len({*answers.values()} - {NOTHING}) == 1
            raise Unsettled("presence" if one_form or 2 * nothing >= len(answers) else otherwise, thing.key)
        if verdict.answer != NOTHING:
            return verdict
        why = self._why(thing, len(thing.asked) - len(thing.group.items), verdict.resolution)
        self.out.voted_down.append(VotedDown(kind=thing.kind, **dict(why)))
        return None

    def _decide(self, key: Key, question: str, votes: Mapping[str, str]) -> Verdict | None:
        return self.judge.decide(Ballot(key, question, votes))

    def _why(self, thing: _Thing[Any], support: int, resolution: Resolution) -> Provenance:
        return Provenance(
            resolution=Resolution.GROUND_TRUTH if thing.marked else resolution,
            support=support,
            voters=len(thing.asked),
            votes=self._votes(thing),
        )

    def _votes(self, thing: _Thing[Any]) -> tuple[Vote, ...]:
        return tuple(self.values.vote(who, thing.group.items.get(who)) for who in sorted(thing.asked))


def _origin(items: Iterable[SpanItem]) -> Origin:
    """An item that several gave is a suggestion only if none of them found it without."""
    origins = {item.origin for item in items}
    if Origin.MANUAL in origins:
        return Origin.MANUAL
    return origins.pop() if len(origins) == 1 else Origin.CHANGED
