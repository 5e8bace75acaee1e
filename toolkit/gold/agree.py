"""How far annotators agree, layer by layer: every measure with its interval, overall, by label and by pair.

Counted article by article, in one pass; nothing of an article but a few numbers is kept. A measure is a function of
added-up counts, so that all get intervals by drawing stories again (``agreement.bootstrap``).

Answers and labels are compared on *pairs* of matched items, so an item that three annotators have counts as three
pairs. F1 counts over all pairs of annotators; one pair's own stands beside it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Origin
from toolkit.gold.agreement import gamma, nominal, unitizing
from toolkit.gold.agreement.bootstrap import estimates
from toolkit.gold.agreement.continuum import Continuum, Unit
from toolkit.gold.agreement.sums import stacked
from toolkit.gold.compare.article import Comparison, answered_layers, by_article, check_works, compare
from toolkit.gold.compare.counts import (
    Tally,
    confusion,
    mention_tallies,
    outcome_tallies,
    relation_tallies,
    role_tallies,
    span_tally,
)
from toolkit.gold.compare.ends import is_own
from toolkit.gold.measures import OVERALL, RATED, UNITIZING, About, Measure, Series, f1, measured, share, units
from toolkit.spans import Span
from toolkit.workspace import LAYERS, Layer

NO_ANSWER = "(no answer)"
_OUTSIDE = "O"

Tokenize = Callable[[str], Sequence[Span]]


class Text(NamedTuple):
    """What agreement needs of an article: its text, and its story (or itself, where it has none)."""

    text: str
    story: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything that was measured, and on what."""

    articles: int  # that two annotators or more worked on
    stories: int
    annotators: tuple[str, ...]
    pairs: Mapping[tuple[str, str], int]  # articles that both worked on
    measures: tuple[Measure, ...]
    confusion: Mapping[tuple[str, str], int]  # of labels on matched spans, the two in the alphabet's order
    relation_errors: Mapping[str, Tally]
    accepted: int  # items that are accepted suggestions: agreement on those is not independent

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "articles": self.articles,
            "stories": self.stories,
            "annotators": list(self.annotators),
            "pairs": [{"pair": list(pair), "articles": count} for pair, count in self.pairs.items()],
            "measures": [asdict(measure) | {"pair": list(measure.pair)} for measure in self.measures],
            "confusion": [{"labels": list(both), "times": times} for both, times in self.confusion.items()],
            "relation_errors": {outcome: asdict(tally) for outcome, tally in self.relation_errors.items()},
            "accepted_suggestions": self.accepted,
        }


def agreement(
    works: Iterable[Annotation],
    grammar: Grammar,
    texts: Mapping[str, Text],
    tokenize: Tokenize,
    *,
    with_gamma: bool = False,
) -> Agreement:
    """Measure the agreement of all annotators on the articles that two or more of them worked on.

    Args:
        works: annotations, those of an article one after the other.
        grammar: the ontology's.
        texts: of the articles.
        tokenize: cuts a text into tokens.
        with_gamma: measure γ too, which costs more than everything else together.

    Raises BadInputError where annotations of one article are of different texts.
    """
    counting = _Counting(grammar, texts, tokenize, with_gamma)
    for article in by_article(works):
        counting.add(article)
    return counting.result()


class _Counting:
    """The pass through the articles."""

    def __init__(self, grammar: Grammar, texts: Mapping[str, Text], tokenize: Tokenize, with_gamma: bool) -> None:
        self.grammar, self.texts, self.tokenize, self.with_gamma = grammar, texts, tokenize, with_gamma
        self.types = sorted(grammar.labels["entities"])
        self.tallies: dict[About, Series] = defaultdict(Series)
        self.ratings: dict[About, Series] = defaultdict(Series)
        self.cohen: dict[About, Series] = defaultdict(Series)
        self.equal: dict[About, Series] = defaultdict(Series)
        self.continua: list[Continuum] = []
        self.stories: list[str] = []  # of the continua
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.confusion: Counter[tuple[str, str]] = Counter()
        self.errors: dict[str, Tally] = {}
        self.clusters: set[str] = set()
        self.annotators: set[str] = set()
        self.articles = self.accepted = 0

    def add(self, works: Sequence[Annotation]) -> None:
        check_works(works, self.grammar)
        live = [work for work in works if answered_layers(work)]
        if len(live) < 2:
            return
        text = self.texts[live[0].article_id]
        tallies: dict[About, Tally] = {}
        ratings: dict[About, list[tuple[str, str]]] = defaultdict(list)
        for left, right in combinations(live, 2):
            found = compare(left, right, self.grammar)
            if found.layers:
                self._pair(found, tallies, ratings)
        if not tallies:  # no two of them were asked for the same layer
            return
        self.articles += 1
        self.clusters.add(text.story)
        self.annotators.update(work.annotator for work in live)
        self.accepted += sum(item.origin is Origin.ACCEPTED for work in live for item in work.spans())
        for about, tally in tallies.items():
            self.tallies[about].add(np.array([tally.both, tally.left, tally.right], dtype=np.float64), text.story)
        for about, rated in ratings.items():
            self._rate(about, rated, text.story)
        self._texts([work for work in live if "entities" in answered_layers(work)], text)

    def _pair(
        self, found: Comparison, tallies: dict[About, Tally], ratings: dict[About, list[tuple[str, str]]]
    ) -> None:
        pair = (found.left, found.right)
        self.pairs[pair] += 1

        def tally(layer: Layer, name: str, by_label: Mapping[str, Tally]) -> None:
            whole = sum(by_label.values(), Tally())
            for label, one in {**by_label, OVERALL: whole}.items():
                about = About(layer, name, label)
                tallies[about] = tallies.get(about, Tally()) + one
            tallies[About(layer, name, OVERALL, pair)] = whole

        def rate(about: About, left: str, right: str) -> None:
            ratings[about].append((left, right))
            ratings[about._replace(pair=pair)].append((left, right))

        if "entities" in found.layers:
            tally("entities", "F1, exact", mention_tallies(found.mentions, exact=True))
            tally("entities", "F1, relaxed", mention_tallies(found.mentions))
            own = mention_tallies(found.mentions, exact=True, independent=True)
            tally("entities", "F1, exact, without accepted suggestions", own)
            for (one, other), times in confusion(found.mentions).items():
                self.confusion[min(one, other), max(one, other)] += times
            for matched in found.mentions.pairs:
                if len(matched.left.labels) == len(matched.right.labels) == 1:
                    rate(About("entities", "label"), matched.left.labels[0], matched.right.labels[0])
            for answer in found.answers:
                rate(About("entities", answer.question), answer.left or NO_ANSWER, answer.right or NO_ANSWER)
        if "relations" in found.layers:
            tally("relations", "F1, given agreed spans", relation_tallies(found.relations, given_ends=True))
            tally("relations", "F1, end to end", relation_tallies(found.relations))
            for outcome, cases in outcome_tallies(found.relations).items():
                self.errors[outcome.value] = self.errors.get(outcome.value, Tally()) + cases
        if "claims" in found.layers:
            tally("claims", "F1, exact", {"": span_tally(found.claims, exact=True)})
            tally("claims", "F1, relaxed", {"": span_tally(found.claims)})
            tally("claims", "F1 of cues", {"": span_tally(found.cues)})
            for role, ends in role_tallies(found.claim_pairs).items():
                tally("claims", f"F1 of {role}, given agreed claims", {"": ends})
            for claim in found.claim_pairs:
                for given in claim.answers:
                    rate(About("claims", given.question), given.left or NO_ANSWER, given.right or NO_ANSWER)

    def _rate(self, about: About, rated: Sequence[tuple[str, str]], story: str) -> None:
        vocabulary = self._vocabulary(about.name)
        if vocabulary is None:  # free text: equal or not
            if not about.pair:
                equal = sum(left == right for left, right in rated)
                self.equal[about].add(np.array([equal, len(rated)], dtype=np.float64), story)
            return
        lefts, rights = zip(*rated, strict=True)
        if about.pair:
            self.cohen[about].add(nominal.paired(lefts, rights, vocabulary), story)
        else:
            self.ratings[about].add(nominal.statistics(nominal.counted((lefts, rights), vocabulary)), story)

    def _vocabulary(self, name: str) -> Sequence[str] | None:
        if name in ("label", "token"):
            return [*self.types, _OUTSIDE] if name == "token" else self.types
        choices = self.grammar.attributes[name].choices
        return [*choices, NO_ANSWER] if choices else None

    def _texts(self, works: Sequence[Annotation], text: Text) -> None:
        """What measures the text as a whole: tokens, and stretches of it."""
        if len(works) < 2:
            return
        units = [
            [Unit(item.start, item.end, label) for item in work.mentions if is_own(item) for label in item.labels]
            for work in works
        ]
        self.continua.append(Continuum(len(text.text), units))
        self.stories.append(text.story)
        tokens = self.tokenize(text.text)
        counts = nominal.counted([_token_labels(tokens, own) for own in units], [*self.types, _OUTSIDE])
        self.ratings[About("entities", "token")].add(nominal.statistics(counts), text.story)

    def result(self) -> Agreement:
        """Everything as measures, sorted."""
        measures = [
            *measured(self.tallies, {"": f1}, lambda sums: sums.sum(axis=-1)),
            *measured(self.equal, {"equal answers to {}": share}, lambda sums: sums[..., 1]),
            *measured(self.ratings, RATED, lambda sums: sums[..., 0]),
            *measured(self.cohen, {"Cohen κ of {}": nominal.cohen_kappa}, units),
            *self._unitizing(),
        ]
        return Agreement(
            articles=self.articles,
            stories=len(self.clusters),
            annotators=tuple(sorted(self.annotators)),
            pairs=dict(sorted(self.pairs.items())),
            measures=tuple(sorted(measures, key=lambda one: (LAYERS.index(one.layer), one.pair, one.name, one.label))),
            confusion=dict(sorted(self.confusion.items())),
            relation_errors=self.errors,
            accepted=self.accepted,
        )

    def _unitizing(self) -> Iterator[Measure]:
        if not self.continua:
            return
        counted = unitizing.statistics(self.continua, self.types)
        whole = estimates(counted.together, self.stories, stacked(*UNITIZING.values()))
        articles = len(self.continua)
        for name, estimate in zip(UNITIZING, whole, strict=True):
            yield Measure("entities", name, OVERALL, (), articles, estimate)
        by_label = estimates(counted.by_label, self.stories, unitizing.u_alpha_by_label)
        for label, estimate in zip(self.types, by_label, strict=True):
            yield Measure("entities", "unitizing α, binary", label, (), articles, estimate)
        if self.with_gamma:
            (estimate,) = estimates(gamma.statistics(self.continua), self.stories, gamma.gamma)
            yield Measure("entities", "γ", OVERALL, (), articles, estimate)


def _token_labels(tokens: Sequence[Span], units: Sequence[Unit]) -> list[str]:
    """A label for each token: that of the longest unit over its first character, or that it is outside of all."""
    found = [_OUTSIDE] * len(tokens)
    starts = [token.start for token in tokens]
    for unit in sorted(units, key=lambda unit: (unit.end - unit.start, unit.start, unit.label)):
        first, last = bisect_left(starts, unit.start), bisect_left(starts, unit.end)
        found[first:last] = [unit.label] * (last - first)
    return found
