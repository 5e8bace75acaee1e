"""How far annotators agree across articles: on who is who in a story, and on how its claims bear on each other.

Everything is counted story by story into rows that add up, so that all measures get intervals by drawing stories again
(``gold.agreement.bootstrap``). Whoever skipped something is taken not to have seen it; of two votes of one annotator on
one thing the later one counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, TypeVar

import numpy as np

from toolkit.errors import BadInputError
from toolkit.files import to_json
from toolkit.gold.agreement import nominal
from toolkit.gold.agreement.bootstrap import estimates
from toolkit.gold.agreement.sums import Array, Coefficient, ratio, stacked
from toolkit.gold.measures import OVERALL, About, Measure, Series, f1, measured, share, units
from toolkit.gold.tally import NO_ANSWER
from toolkit.links import scores
from toolkit.links.model import ClaimLink, ClaimVote, EntityVote
from toolkit.ontology.model import Attribute, ClaimLinkType, Ontology
from toolkit.project import Layer

LINK = "link"
"""What is rated of a pair of claims: the type, and which way round where that makes a difference."""

_FORWARD, _BACKWARD = "→", "←"

V = TypeVar("V", EntityVote, ClaimVote)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LinkAgreement:
    """Everything that was measured, and on what. The layer of a measure is ``entities`` or ``claims``.

    A measure without anything to compare is there all the same, and undefined.
    """

    stories: int  # in which two annotators or more settled who is who, or answered one pair of claims
    annotators: tuple[str, ...]
    mentions: int  # that two annotators put somewhere, counted for every two
    unsure: int  # that one of the two, or both, left open: they are compared nowhere
    shown_to_one: int  # the gold has changed between the two
    pairs: int  # of claims, that two annotators or more answered
    measures: tuple[Measure, ...]
    confusion: Mapping[Pair, int]  # of answers to pairs of claims, the two in the alphabet's order

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "stories": self.stories,
            "annotators": list(self.annotators),
            "mentions": self.mentions,
            "unsure_mentions": self.unsure,
            "mentions_shown_to_one": self.shown_to_one,
            "claim_pairs": self.pairs,
            "measures": [asdict(measure) | {"pair": list(measure.pair)} for measure in self.measures],
            "confusion": [{"answers": list(both), "times": times} for both, times in self.confusion.items()],
        }


def link_agreement(
    entity_votes: Iterable[EntityVote], claim_votes: Iterable[ClaimVote], ontology: Ontology
) -> LinkAgreement:
    """Measure the agreement on all stories and pairs of claims that two annotators or more worked on.

    Raises BadInputError where an answer is none of the ontology's.
    """
    entities = _Entities()
    for _, by_annotator in _voted((vote for vote in entity_votes if not vote.skipped), lambda vote: vote.story_id):
        entities.add(by_annotator)
    claims = _Claims(ontology)
    by_story: dict[str, list[dict[str, ClaimLink]]] = defaultdict(list)
    for _, answers in _voted((vote for vote in claim_votes if vote.link), lambda vote: (vote.story_id, vote.pair)):
        first = next(iter(answers.values()))
        by_story[first.story_id].append({who: vote.link for who, vote in answers.items() if vote.link})
    for story, pairs in by_story.items():
        claims.add(story, pairs)
    return LinkAgreement(
        stories=len(entities.stories | claims.stories),
        annotators=tuple(sorted(entities.annotators | claims.annotators)),
        mentions=entities.mentions,
        unsure=entities.unsure,
        shown_to_one=entities.shown_to_one,
        pairs=claims.pairs,
        measures=(*entities.measures(), *claims.measures()),
        confusion=dict(sorted(claims.confusion.items())),
    )


def _voted(votes: Iterable[V], about: Callable[[V], Hashable]) -> Iterator[tuple[Any, dict[str, V]]]:
    """What two annotators or more voted on, in order: the latest vote of each."""
    given: dict[Any, dict[str, list[V]]] = defaultdict(lambda: defaultdict(list))
    for vote in votes:
        given[about(vote)][vote.annotator].append(vote)
    for thing, by_annotator in sorted(given.items()):
        if len(by_annotator) > 1:
            yield thing, {who: _latest(own) for who, own in sorted(by_annotator.items())}


def _latest(votes: Sequence[V]) -> V:
    return votes[0] if len(votes) == 1 else max(votes, key=_when)


def _when(vote: EntityVote | ClaimVote) -> tuple[str, str, str]:
    return vote.updated_at, vote.source, to_json(vote.model_dump(mode="json"))


def _overall(
    layer: Layer, series: Series, width: int, coefficients: Mapping[Pair, Coefficient], count: Callable[[Array], Array]
) -> Iterator[Measure]:
    """A measure for each coefficient, by (name, label)."""
    rows = series.rows if series.stories else np.empty((0, width))
    found = estimates(rows, series.stories, stacked(*coefficients.values()))
    about = int(count(rows.sum(axis=0)))
    for (name, label), estimate in zip(coefficients, found, strict=True):
        yield Measure(layer, name, label, (), about, estimate)


class _Entities:
    """Who is who, story by story."""

    def __init__(self) -> None:
        self.stories: set[str] = set()
        self.annotators: set[str] = set()
        self.mentions = self.unsure = self.shown_to_one = 0
        self._scored: dict[Pair, Series] = defaultdict(Series)
        self._wikidata = Series()

    def add(self, votes: Mapping[str, EntityVote]) -> None:
        for pair in combinations(votes, 2):
            left, right = (votes[who] for who in pair)
            story = left.story_id
            shown = set(left.mentions) & set(right.mentions)
            sides = [
                {mention: entity for entity in vote.entities for mention in entity.mentions} for vote in (left, right)
            ]
            sure = sides[0].keys() & sides[1].keys()
            one, other = ({mention: side[mention].id for mention in sure} for side in sides)
            self._scored[pair].add(scores.statistics(one, other), story)
            answers = [(sides[0][mention].wikidata, sides[1][mention].wikidata) for mention in sure]
            both = [first == second for first, second in answers if first and second]
            self._wikidata.add((sum(both), len(both)), story)
            self.stories.add(story)
            self.annotators.update(pair)
            self.mentions += len(sure)
            self.unsure += len(shown) - len(sure)
            self.shown_to_one += len(set(left.mentions) ^ set(right.mentions))

    def measures(self) -> Iterator[Measure]:
        names = [
            name if variant == scores.SINGLETONS[0] else f"{name}, {variant}"
            for variant in scores.SINGLETONS
            for name in scores.MEASURES
        ]
        for name, estimate in zip(names, estimates(*self._side_by_side(), _mean_f1), strict=True):
            yield Measure("entities", name, OVERALL, (), self.mentions, estimate)
        equal: dict[Pair, Coefficient] = {("equal Wikidata answers", OVERALL): share}
        yield from _overall("entities", self._wikidata, 2, equal, lambda sums: sums[..., 1])
        by_pair = {About("entities", "LEA", OVERALL, pair): one for pair, one in self._scored.items()}
        lea = scores.MEASURES.index("LEA")
        yield from measured(by_pair, self.stories, {"": lambda sums: scores.f1(sums)[..., lea]}, scores.mentions)

    def _side_by_side(self) -> tuple[Array, list[str]]:
        """A row for each story, with all pairs of annotators in it: the mean over pairs needs them drawn together."""
        stories = sorted(self.stories)
        numbers = {story: number for number, story in enumerate(stories)}
        width = scores.WIDTH
        table = np.zeros((len(stories), (len(self._scored) or 1) * width))
        for column, (_, series) in enumerate(sorted(self._scored.items())):
            rows = [numbers[story] for story in series.stories]
            table[rows, column * width : (column + 1) * width] = series.rows
        return table, stories


def _mean_f1(sums: Array) -> Array:
    """Each measure's F1, averaged over the pairs of annotators for whom it is defined."""
    by_pair = scores.f1(sums.reshape(*sums.shape[:-1], -1, scores.WIDTH))
    return ratio(np.nansum(by_pair, axis=-2), (~np.isnan(by_pair)).sum(axis=-2).astype(np.float64))


class _Claims:
    """Links between claims, story by story."""

    def __init__(self, ontology: Ontology) -> None:
        self.stories: set[str] = set()
        self.annotators: set[str] = set()
        self.pairs = 0
        self.confusion: Counter[Pair] = Counter()
        self._types = ontology.claim_link_types
        self._answers = [answer for type in self._types.values() for answer in _answers(type)]
        self._rated, self._conflicts = Series(), Series()
        self._by_pair: dict[Pair, Series] = defaultdict(Series)
        self._by_type = {name: Series() for name in self._types}
        self._questions = {
            (name, attribute.name): attribute for name, type in self._types.items() for attribute in type.attributes
        }
        self._asked = {question: Series() for question in self._questions}

    def add(self, story: str, pairs: Sequence[Mapping[str, ClaimLink]]) -> None:
        """A story's pairs of claims: the links that two annotators or more gave each."""
        annotators = sorted({who for links in pairs for who in links})
        given = {who: [self._answer(links.get(who)) for links in pairs] for who in annotators}
        self._rated.add(nominal.statistics(nominal.counted(list(given.values()), self._answers)), story)
        for pair in combinations(annotators, 2):
            both = [(links[pair[0]], links[pair[1]]) for links in pairs if links.keys() >= set(pair)]
            if both:
                self._by_pair[pair].add(nominal.paired(given[pair[0]], given[pair[1]], self._answers), story)
                self._compare(both, story)
        for type, name in self._questions:
            chosen = [
                {who: link.attributes.get(name) for who, link in links.items() if link.type == type} for links in pairs
            ]
            self._ask((type, name), annotators, chosen, story)
        self.stories.add(story)
        self.annotators.update(annotators)
        self.pairs += len(pairs)

    def _answer(self, link: ClaimLink | None) -> str | None:
        if link is None:
            return None
        if (type := self._types.get(link.type)) is None:
            raise _unknown(link.type, link.key)
        forward, *backward = _answers(type)
        return forward if link.head < link.tail or not backward else backward[0]

    def _compare(self, links: Sequence[tuple[ClaimLink, ClaimLink]], story: str) -> None:
        """Two annotators' links, as tallies of (both, left only, right only)."""
        tallies: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        conflicts = [0, 0, 0]
        for left, right in links:
            answers = self._answer(left), self._answer(right)
            first, second = sorted(map(str, answers))
            self.confusion[first, second] += 1
            if answers[0] == answers[1]:
                tallies[left.type][0] += 1
            else:
                tallies[left.type][1] += 1
                tallies[right.type][2] += 1
            meant = [self._types[link.type].meaning == "conflict" for link in (left, right)]
            if any(meant):
                conflicts[0 if all(meant) else 1 if meant[0] else 2] += 1
        self._conflicts.add(conflicts, story)
        for type, tally in tallies.items():
            self._by_type[type].add(tally, story)

    def _ask(
        self, question: Pair, annotators: Sequence[str], chosen: Sequence[Mapping[str, str | None]], story: str
    ) -> None:
        """Answers to a question about a type of link, of those who chose that type."""
        attribute = self._questions[question]
        labels = _choices(attribute)
        default = attribute.default or NO_ANSWER
        given = [{who: answer or default for who, answer in answers.items()} for answers in chosen]
        for answer in (answer for answers in given for answer in answers.values() if answer not in labels):
            raise _unknown(answer, f"{attribute.name} of {question[0]}")
        ratings = [[answers.get(who) for answers in given] for who in annotators]
        self._asked[question].add(nominal.statistics(nominal.counted(ratings, labels)), story)

    def measures(self) -> Iterator[Measure]:
        answered: dict[Pair, Coefficient] = {
            (f"Krippendorff α of {LINK}", OVERALL): nominal.krippendorff_alpha,
            (f"Gwet AC1 of {LINK}", OVERALL): nominal.gwet_ac1,
        }
        yield from _overall("claims", self._rated, _width(self._answers), answered, _pairable)
        yield from _overall("claims", self._conflicts, 3, {("F1 of conflicts", OVERALL): f1}, _total)
        for type, series in self._by_type.items():
            yield from _overall("claims", series, 3, {("F1", type): f1}, _total)
        for (type, name), series in self._asked.items():
            alpha: dict[Pair, Coefficient] = {(f"Krippendorff α of {name}", type): nominal.krippendorff_alpha}
            labels = _choices(self._questions[type, name])
            yield from _overall("claims", series, _width(labels), alpha, _pairable)
        by_pair = {About("claims", LINK, OVERALL, pair): one for pair, one in self._by_pair.items()}
        yield from measured(by_pair, self.stories, {"Cohen κ of {}": nominal.cohen_kappa}, units)


def _answers(type: ClaimLinkType) -> tuple[str, ...]:
    """What can be said with a type of link: it is one answer, or two where it matters which claim is the head.

    Forward is from the claim whose key sorts first.
    """
    return (type.name,) if type.symmetric else (f"{type.name} {_FORWARD}", f"{type.name} {_BACKWARD}")


def _choices(attribute: Attribute) -> list[str]:
    return [*attribute.choices, NO_ANSWER]


def _width(labels: Sequence[str]) -> int:
    return nominal.statistics(nominal.counted([], labels)).size


def _pairable(sums: Array) -> Array:
    """How many units have two ratings or more, of the statistics of ``nominal``."""
    found: Array = sums[..., 0]
    return found


def _total(sums: Array) -> Array:
    total: Array = sums.sum(axis=-1)
    return total


def _unknown(answer: str, about: str) -> BadInputError:
    return BadInputError(
        f"{about}: the answer {answer!r} is none of the ontology's",
        next="goldkit link pull (it reads the votes anew), or put it back into configs/ontology.yaml",
    )
