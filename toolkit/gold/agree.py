"""How far annotators agree, layer by layer: every measure with its interval, overall, by label and by pair.

Counted article by article, in one pass; nothing of an article but a few numbers is kept. A measure is a function of
added-up counts, so that all get intervals by drawing stories again (``agreement.bootstrap``).

Answers and labels are compared on *pairs* of matched items, so an item that three annotators have counts as three
pairs. F1 counts over all pairs of annotators; one pair's own stands beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, NamedTuple

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Origin
from toolkit.errors import BadInputError
from toolkit.gold.agreement import gamma, nominal, unitizing
from toolkit.gold.agreement.bootstrap import estimates
from toolkit.gold.agreement.continuum import Continuum, Unit
from toolkit.gold.agreement.sums import stacked
from toolkit.gold.compare.article import Comparison, answered_layers, by_article, compare
from toolkit.gold.compare.counts import Tally, confusion, outcome_tallies
from toolkit.gold.compare.ends import is_own
from toolkit.gold.measures import (
    OVERALL,
    RATED,
    UNITIZING,
    About,
    Measure,
    Rated,
    Series,
    f1,
    measured,
    rated,
    share,
    units,
)
from toolkit.gold.tally import TOKEN, Tallies, ratings, tallies, token_labels, vocabularies
from toolkit.project import LAYERS
from toolkit.spans import Span

_COLLECT = "goldkit check (it collects the annotations anew)"

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

    Raises BadInputError where annotations of one article are of different texts or of one annotator, do not stand
    together, or do not fit the ontology or the articles.
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
        self.vocabularies = vocabularies(grammar)
        self.tallies: dict[About, Series] = defaultdict(Series)
        self.rated: dict[About, Rated] = {}  # by pair
        self.tokens: dict[About, Series] = defaultdict(Series)
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
        compared = [compare(left, right, self.grammar) for left, right in combinations(works, 2)]
        compared = [found for found in compared if found.layers]
        if not compared:
            return
        article_id = works[0].article_id
        if (text := self.texts.get(article_id)) is None:
            raise BadInputError(f"{article_id}: annotated, and not among the articles", next=_COLLECT)
        counted: Tallies = {}
        try:
            for found in compared:
                self._pair(found, text.story, counted)
        except KeyError as error:
            message = f"{article_id}: the answer {error} is none of the ontology's"
            raise BadInputError(message, next=_COLLECT) from None
        for key, tally in counted.items():
            self.tallies[About(*key)].add(_row(tally), text.story)
        who = {annotator for found in compared for annotator in (found.left, found.right)}
        self.articles += 1
        self.clusters.add(text.story)
        self.annotators |= who
        self.accepted += sum(
            item.origin is Origin.ACCEPTED for work in works if work.annotator in who for item in work.spans()
        )
        self._texts([work for work in works if "entities" in answered_layers(work)], text)

    def _pair(self, found: Comparison, story: str, counted: Tallies) -> None:
        """Two annotators' own figures; what they add to the tallies of all goes into ``counted``."""
        pair = (found.left, found.right)
        self.pairs[pair] += 1
        for key, tally in tallies(found).items():
            layer, name, label = key
            counted[key] = counted.get(key, Tally()) + tally
            if label == OVERALL:
                self.tallies[About(layer, name, OVERALL, pair)].add(_row(tally), story)
        for (layer, name), (lefts, rights) in ratings(found).items():
            if vocabulary := self.vocabularies[name]:
                about = About(layer, name, OVERALL, pair)
                if about not in self.rated:
                    self.rated[about] = Rated(vocabulary)
                self.rated[about].add(lefts, rights, story)
            else:  # free text: equal or not
                equal = sum(left == right for left, right in zip(lefts, rights, strict=True))
                self.equal[About(layer, name)].add((equal, len(lefts)), story)
        if "entities" in found.layers:
            for (one, other), times in confusion(found.mentions).items():
                self.confusion[min(one, other), max(one, other)] += times
        if "relations" in found.layers:
            for outcome, cases in outcome_tallies(found.relations).items():
                self.errors[outcome.value] = self.errors.get(outcome.value, Tally()) + cases

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
        counts = nominal.counted([token_labels(tokens, own) for own in units], self.vocabularies[TOKEN])
        self.tokens[About("entities", TOKEN)].add(nominal.statistics(counts).tolist(), text.story)

    def result(self) -> Agreement:
        """Everything as measures, sorted."""
        measures = [
            *measured(self.tallies, self.clusters, {"": f1}, lambda sums: sums.sum(axis=-1)),
            *measured(self.equal, self.clusters, {"equal answers to {}": share}, lambda sums: sums[..., 1]),
            *measured(self.tokens | self._rated(), self.clusters, RATED, lambda sums: sums[..., 0]),
            *measured(self._rated_by_pair(), self.clusters, {"Cohen κ of {}": nominal.cohen_kappa}, units),
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

    def _rated(self) -> dict[About, Series]:
        every: dict[About, Series] = defaultdict(Series)
        for about, one in self.rated.items():
            for row, story in one.series(rated):
                every[about._replace(pair=())].add(row.tolist(), story)
        return every

    def _rated_by_pair(self) -> dict[About, Series]:
        every: dict[About, Series] = defaultdict(Series)
        for about, one in self.rated.items():
            for row, story in one.series(nominal.paired):
                every[about].add(row.tolist(), story)
        return every

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


def _row(tally: Tally) -> tuple[int, int, int]:
    return tally.both, tally.left, tally.right
