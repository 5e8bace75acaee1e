"""One question put to the annotators, and how a rule decides it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.gold.aggregate import MODELS
from toolkit.gold.model import Resolution
from toolkit.project import GoldSettings

NOTHING = ""
"""The answer of who was asked and marked nothing here."""

MODELLED = ("dawid-skene", "mace")
"""The rules that ask a model."""

Belief = tuple[str, float]
"""An answer and how sure of it a model is, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A question about one thing in one article, and every asked annotator's answer.

    ``question`` says which ballots have one vocabulary, for the models that learn how far to trust whom; empty where
    the answers mean something in this article only.
    """

    key: tuple[str, ...]
    question: str
    votes: Mapping[str, str]

    @property
    def counts(self) -> Counter[str]:
        """How many gave each answer."""
        return Counter(self.votes.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer that is settled, and how."""

    answer: str
    resolution: Resolution


class Unsettled(Exception):  # noqa: N818 - no error: it says why something is left for a person
    """Why, and the key of the ballot that nobody won, if that is why."""

    def __init__(self, reason: str, ballot: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.ballot = reason, ballot


@dataclass(frozen=True)
class Beliefs:
    """What each model believes of each ballot on which not all said the same, by the ballot's key."""

    by_model: Mapping[str, Mapping[tuple[str, ...], Belief]] = field(default_factory=dict)

    @classmethod
    def of(cls, ballots: Iterable[Ballot]) -> Beliefs:
        """Ask every model about all ballots, each question by itself."""
        by_question: dict[str, list[Ballot]] = defaultdict(list)
        for ballot in ballots:
            if ballot.question:
                by_question[ballot.question].append(ballot)
        believed: dict[str, dict[tuple[str, ...], Belief]] = {name: {} for name in MODELS}
        for asked in by_question.values():
            contested = [ballot.key for ballot in asked if len(ballot.counts) > 1]
            if contested:
                votes = [(ballot.key, who, answer) for ballot in asked for who, answer in ballot.votes.items()]
                for name, model in MODELS.items():
                    answers = model(votes)
                    believed[name] |= {key: _best(answers[key]) for key in contested}
        return cls(believed)

    def about(self, key: tuple[str, ...]) -> dict[str, Belief]:
        """Every model's best answer to a ballot."""
        return {name: beliefs[key] for name, beliefs in self.by_model.items() if key in beliefs}


def _best(answers: Mapping[str, float]) -> Belief:
    return max(answers.items(), key=lambda entry: (entry[1], entry[0]))


@dataclass(frozen=True)
class Judge:
    """Decides ballots by a project's rule. Where the rule's model has nothing to say, the majority decides."""

    rule: GoldSettings
    beliefs: Beliefs = field(default_factory=Beliefs)

    def decide(self, ballot: Ballot) -> Verdict | None:
        """The answer; None where it is for a person to decide."""
        (best, count), *others = ballot.counts.most_common()
        voters = len(ballot.votes)
        if not others:
            return Verdict(best, Resolution.UNANIMOUS if voters > 1 else Resolution.SINGLE)
        if self.rule.rule == "unanimous":
            return None
        believed = self.beliefs.about(ballot.key).get(self.rule.rule) if self.rule.rule in MODELLED else None
        if believed:
            answer, confidence = believed
            return Verdict(answer, Resolution(self.rule.rule)) if confidence >= self.rule.confidence else None
        return Verdict(best, Resolution.MAJORITY) if 2 * count > voters else None

    def form(self, counts: Counter[Any], voters: int, verdict: Verdict) -> Verdict | None:
        """Whether the most frequent form holds of what was decided: its boundaries, or its direction.

        More than half of all who were asked must have given it this form. Where a model decided, the most frequent form
        holds: models say nothing about forms.
        """
        (_, count), *others = counts.most_common(2)
        if not others:
            return verdict
        if verdict.resolution.value in MODELLED:
            return verdict if others[0][1] < count else None
        enough = self.rule.rule != "unanimous" and 2 * count > voters
        return Verdict(verdict.answer, Resolution.MAJORITY) if enough else None


@dataclass(frozen=True)
class Listener(Judge):
    """Hears every ballot, and takes everything to be there, so that no question about it stays unheard."""

    ballots: list[Ballot] = field(default_factory=list)

    def decide(self, ballot: Ballot) -> Verdict:
        """The most frequent answer that is one."""
        self.ballots.append(ballot)
        given = [answer for answer in sorted(ballot.counts) if answer != NOTHING] or [NOTHING]
        return Verdict(max(given, key=ballot.counts.__getitem__), Resolution.MAJORITY)

    def form(self, counts: Counter[Any], voters: int, verdict: Verdict) -> Verdict:
        """Whatever it is."""
        return verdict
