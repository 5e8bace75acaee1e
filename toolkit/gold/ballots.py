"""One question put to the annotators, and how a rule decides it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from toolkit.gold.aggregate import MODELS
from toolkit.gold.model import Resolution
from toolkit.workspace import GoldSettings

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


@dataclass(frozen=True)
class Beliefs:
    """What each model believes of each ballot, by the ballot's key."""

    by_model: Mapping[str, Mapping[tuple[str, ...], Belief]] = field(default_factory=dict)

    @classmethod
    def of(cls, ballots: Iterable[Ballot]) -> Beliefs:
        """Ask every model about all ballots, each question by itself."""
        by_question: dict[str, list[tuple[tuple[str, ...], str, str]]] = defaultdict(list)
        for ballot in ballots:
            if ballot.question:
                by_question[ballot.question] += ((ballot.key, who, answer) for who, answer in ballot.votes.items())
        return cls(
            {
                name: {
                    key: max(answers.items(), key=lambda entry: (entry[1], entry[0]))
                    for votes in by_question.values()
                    for key, answers in model(votes).items()
                }
                for name, model in MODELS.items()
            }
        )

    def about(self, key: tuple[str, ...]) -> dict[str, Belief]:
        """Every model's best answer to a ballot."""
        return {name: beliefs[key] for name, beliefs in self.by_model.items() if key in beliefs}


@dataclass(frozen=True)
class Judge:
    """Decides ballots by a project's rule. Where the rule's model has nothing to say, the majority decides."""

    rule: GoldSettings
    beliefs: Beliefs = field(default_factory=Beliefs)

    def decide(self, ballot: Ballot) -> Verdict | None:
        """The answer; None where it is for a person to decide."""
        (best, count), *_ = sorted(ballot.counts.items(), key=lambda entry: (-entry[1], entry[0]))
        voters = len(ballot.votes)
        if voters == 1:
            return Verdict(best, Resolution.SINGLE)
        if count == voters:
            return Verdict(best, Resolution.UNANIMOUS)
        if self.rule.rule == "unanimous":
            return None
        believed = self.beliefs.about(ballot.key).get(self.rule.rule) if self.rule.rule in MODELLED else None
        if believed:
            answer, confidence = believed
            return Verdict(answer, Resolution(self.rule.rule)) if confidence >= self.rule.confidence else None
        return Verdict(best, Resolution.MAJORITY) if 2 * count > voters else None

    def boundaries(self, counts: Counter[tuple[int, int]], voters: int, label: Verdict) -> Verdict | None:
        """Whether the most frequent boundaries of what has got its label hold; ``answer`` is empty.

        More than half of all who were asked must have drawn them. Where a model chose the label the most frequent do:
        models say nothing about boundaries.
        """
        (_, count), *others = counts.most_common()
        if not others:
            return label
        if label.resolution.value in MODELLED:
            return label if others[0][1] < count else None
        enough = self.rule.rule != "unanimous" and 2 * count > voters
        return Verdict("", Resolution.MAJORITY) if enough else None


@dataclass(frozen=True)
class Listener(Judge):
    """Hears every ballot and lets the most frequent answer pass, so that no question behind it stays unheard."""

    ballots: list[Ballot] = field(default_factory=list)

    def decide(self, ballot: Ballot) -> Verdict:
        """The most frequent answer."""
        self.ballots.append(ballot)
        return super().decide(ballot) or Verdict(max(sorted(ballot.counts), key=ballot.counts.__getitem__), _PASSING)

    def boundaries(self, counts: Counter[tuple[int, int]], voters: int, label: Verdict) -> Verdict:
        """Whatever they are."""
        return label


_PASSING = Resolution.MAJORITY
