"""Relations that gold has between two names, where both stand in one sentence of another article of the story.

What counts is how often the gold has both names in one sentence: where it relates them in less than half of these,
nothing is said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import permutations

from toolkit.annotations.model import Mention, Relation
from toolkit.ontology.model import Ontology
from toolkit.suggest.carry_tokens import Form, Tokens

_LEAST_SHARE = 0.5

_End = tuple[Form, tuple[str, ...]]
"""A name's form, and its labels."""


class Related:
    """The relations between the names of one story."""

    def __init__(self, ontology: Ontology) -> None:
        self._symmetric = frozenset(relation.name for relation in ontology.relations if relation.symmetric)
        self._modalities: dict[tuple[_End, _End], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self._together: Counter[tuple[_End, _End]] = Counter()

    def learn(self, tokens: Tokens, mentions: Collection[Mention], relations: Iterable[Relation]) -> None:
        """Take in the gold of one article."""
        ends = _ends(tokens, mentions)
        for relation in relations:
            if relation.head in ends and relation.tail in ends:
                head, tail = ends[relation.head], ends[relation.tail]
                self._modalities[head, tail][relation.type][relation.modality] += 1
                if relation.type in self._symmetric:
                    self._modalities[tail, head][relation.type][relation.modality] += 1
        for sentence in _sentences(tokens, mentions):
            self._together.update(permutations({ends[one.id] for one in sentence if one.id in ends}, 2))

    def find(self, tokens: Tokens, mentions: Collection[Mention]) -> Iterator[Relation]:
        """The relations between mentions of another text, in each sentence between those that are nearest."""
        ends = _ends(tokens, mentions)
        for sentence in _sentences(tokens, mentions):
            nearest: dict[tuple[_End, _End], tuple[Mention, Mention]] = {}
            named = [one for one in sentence if one.id in ends]
            for head, tail in sorted(permutations(named, 2), key=_distance):
                pair = ends[head.id], ends[tail.id]
                if pair in self._modalities:
                    nearest.setdefault(pair, (head, tail))
            for pair, (head, tail) in nearest.items():
                for type, modality in self._said(pair):
                    if type not in self._symmetric or head.start <= tail.start:
                        yield Relation(type=type, head=head.id, tail=tail.id, modality=modality)

    def _said(self, pair: tuple[_End, _End]) -> Iterator[tuple[str, str]]:
        """The types that gold mostly has between these two, where it is always of one mind about the modality."""
        for type, modalities in sorted(self._modalities[pair].items()):
            if len(modalities) == 1 and modalities.total() >= _LEAST_SHARE * self._together[pair]:
                yield type, next(iter(modalities))


def _ends(tokens: Tokens, mentions: Iterable[Mention]) -> dict[str, _End]:
    return {one.id: (form, one.labels) for one in mentions if (form := tokens.form(one.span))}


def _sentences(tokens: Tokens, mentions: Iterable[Mention]) -> Iterable[Sequence[Mention]]:
    found: dict[int, list[Mention]] = defaultdict(list)
    for one in mentions:
        found[tokens.sentence(one.start)].append(one)
    return found.values()


def _distance(pair: tuple[Mention, Mention]) -> tuple[int, int, int]:
    head, tail = pair
    return max(head.start - tail.end, tail.start - head.end), head.start, tail.start
