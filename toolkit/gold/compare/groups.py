"""Any number of annotators' work on one article, aligned into groups: the ground for votes.

A group holds items that stand for the same thing, at most one of each annotator. Every two annotators' items are
paired as ``compare`` pairs them; of all these pairs the best come first (equal offsets, then the higher IoU, then more
traits in common) and join the groups of their two items, unless an annotator would have two items in one group, or
two of its spans would not overlap. So all spans of a group share a piece of text, the groups of two annotators are
their pairs, and neither the order of items nor of annotators matters: pseudonyms only tell apart what is equal in all
that is labelled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Generic, NamedTuple, TypeVar

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, SpanItem
from toolkit.gold.compare.article import answered_layers, by_article, check_works
from toolkit.gold.compare.claims import claim_traits
from toolkit.gold.compare.ends import Ends, Link, Place, is_own, labels, links, match_work, nothing
from toolkit.gold.compare.relations import LIKEST_FIRST, Anchored, anchor, in_text, link_content, pair_relations
from toolkit.gold.compare.spans import Traits, alike, content
from toolkit.project import LAYERS, Layer

T = TypeVar("T")
S = TypeVar("S", bound=SpanItem)


@dataclass(frozen=True, slots=True)
class Group(Generic[T]):
    """Items of several annotators that stand for the same thing.

    ``items`` are by annotator; who was asked and is not among them found nothing here. ``context`` was shown to an
    annotator, or stands in a layer that they were not asked for: nobody's vote, but links end in it.
    """

    items: Mapping[str, T]
    context: Mapping[str, T] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alignment:
    """All annotators' work on one article in groups, each in text order.

    ``asked`` names for each layer the annotators who said something of it, if only that nothing is there.
    """

    article_id: str
    asked: Mapping[Layer, tuple[str, ...]]
    mentions: tuple[Group[Mention], ...]
    cues: tuple[Group[Cue], ...]
    claims: tuple[Group[Claim], ...]
    relations: tuple[Group[Link], ...]


class _Join(NamedTuple):
    """Two items, each by its annotator and its number, that belong together; the least ``rank`` is the best."""

    rank: tuple[Any, ...]
    one: tuple[str, int]
    other: tuple[str, int]


def align(works: Iterable[Annotation], grammar: Grammar) -> Alignment:
    """Align annotations of one article, at least one, in any order.

    Raises BadInputError where two are of one annotator, are not of the same text, or use names that the ontology does
    not have.
    """
    listed = list(works)
    check_works(listed, grammar)
    (article,) = by_article(listed)
    asked = {layer: tuple(work.annotator for work in article if layer in answered_layers(work)) for layer in LAYERS}
    live = [work for work in article if answered_layers(work)]
    mentions = _spans({work.annotator: work.mentions for work in live}, labels, asked["entities"])
    cues = _spans({work.annotator: work.cues for work in live}, nothing, asked["claims"])
    claims = _spans({work.annotator: work.claims for work in live}, claim_traits(live), asked["claims"])
    same: tuple[Group[Mention] | Group[Cue], ...] = (*mentions, *cues)
    ends = Ends((*group.items.items(), *group.context.items()) for group in same)
    return Alignment(
        article_id=article[0].article_id,
        asked=asked,
        mentions=mentions,
        cues=cues,
        claims=tuple(group for group in claims if group.items),
        relations=_relations([work for work in live if work.annotator in asked["relations"]], ends, grammar),
    )


def _spans(works: Mapping[str, Sequence[S]], traits: Traits[S], asked: Sequence[str]) -> tuple[Group[S], ...]:
    numbers = {whose: {id(item): number for number, item in enumerate(items)} for whose, items in works.items()}
    contents = {whose: [content(item, traits) for item in items] for whose, items in works.items()}
    joins: list[_Join] = []
    for left, right in combinations(works, 2):
        matched, context = match_work(works[left], works[right], traits, compared=left in asked and right in asked)
        for beside, pairs in enumerate((matched.pairs, context)):
            for pair in pairs:
                one, other = numbers[left][id(pair.left)], numbers[right][id(pair.right)]
                what = sorted((contents[left][one], contents[right][other]))
                likeness = (beside, not pair.exact, -pair.overlap, -alike(pair.left, pair.right, traits))
                joins.append(_Join((*likeness, what, left, right), (left, one), (right, other)))
    groups = _agglomerated(works, joins, _share_text)

    def first(group: Mapping[str, S]) -> tuple[Any, ...]:
        return min((contents[whose][numbers[whose][id(item)]], whose, item.id) for whose, item in group.items())

    groups.sort(key=first)
    return tuple(_group(members, asked) for members in groups)


def _share_text(items: Sequence[SpanItem]) -> bool:
    return max(item.start for item in items) < min(item.end for item in items)


def _group(members: Mapping[str, S], asked: Sequence[str]) -> Group[S]:
    own = {whose: item for whose, item in members.items() if whose in asked and is_own(item)}
    return Group(own, {whose: item for whose, item in members.items() if whose not in own})


def _relations(works: Iterable[Annotation], ends: Ends, grammar: Grammar) -> tuple[Group[Link], ...]:
    meetings: dict[frozenset[Place], dict[str, list[Anchored]]] = defaultdict(lambda: defaultdict(list))
    for work in works:
        for link in links(work):
            if anchored := anchor(link, work.annotator, ends):
                meetings[anchored.ends][work.annotator].append(anchored)
    groups: list[dict[str, Anchored]] = []
    for meeting in meetings.values():
        groups += _agglomerated(meeting, _relation_joins(meeting, grammar), lambda _: True)
    groups.sort(key=lambda group: min((in_text(one.link), whose) for whose, one in group.items()))
    return tuple(Group({whose: one.link for whose, one in group.items()}) for group in groups)


def _relation_joins(meeting: Mapping[str, Sequence[Anchored]], grammar: Grammar) -> Iterator[_Join]:
    for left, right in combinations(meeting, 2):
        numbers = [{id(link): number for number, link in enumerate(meeting[whose])} for whose in (left, right)]
        for outcome, one, other in pair_relations(meeting[left], meeting[right], grammar):
            what = sorted((link_content(one), link_content(other)))
            rank = (LIKEST_FIRST.index(outcome), what, left, right)
            yield _Join(rank, (left, numbers[0][id(one)]), (right, numbers[1][id(other)]))


def _agglomerated(
    works: Mapping[str, Sequence[T]], joins: Iterable[_Join], fit: Callable[[Sequence[T]], bool]
) -> list[dict[str, T]]:
    """All items in groups, by annotator.

    Every join is made, the best first, that leaves each annotator one item in a group, and items that ``fit``.
    """
    group_of = {(whose, number): {whose: number} for whose, items in works.items() for number in range(len(items))}
    for join in sorted(joins):
        one, other = group_of[join.one], group_of[join.other]
        both = one | other
        if len(both) == len(one) + len(other) and fit([works[whose][number] for whose, number in both.items()]):
            group_of.update(dict.fromkeys(both.items(), both))
    groups = {id(group): group for group in group_of.values()}
    return [{whose: works[whose][number] for whose, number in sorted(group.items())} for group in groups.values()]
