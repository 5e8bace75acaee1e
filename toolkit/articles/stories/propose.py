"""Which articles may be of one story: a proposal, with what speaks for it, for a person to decide on.

Groups with a pair that is alike enough become one, those first that are most alike on the whole (the mean over all
pairs), as long as that is a good part of what is asked of the pair: a digest of two large stories does not make them
one. [Average linkage, Sokal & Michener 1958]
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from toolkit.articles.model import Article
from toolkit.articles.near.pairs import Kind, Pair
from toolkit.articles.stories.likeness import Likeness
from toolkit.articles.stories.terms import Terms, name_key, terms
from toolkit.project import GroupingSettings

UNDATED = 1.2  # times as much alike must two articles be that no date brings together
ON_THE_WHOLE = 0.6  # of that, the mean of all pairs between two groups that are joined
NAMES = 6  # shown with a proposal


@dataclass(frozen=True, slots=True)
class Proposal:
    """Articles that may be one story, or that may belong to the story ``joins``; and what speaks for it.

    ``names`` are the rarest that most of them share, ``similarity`` is the mean over all pairs, ``days`` lie between
    the first and the last publication (None below two dates). The story's own articles are counted in.
    """

    articles: tuple[str, ...]
    joins: str = ""
    names: tuple[str, ...] = ()
    similarity: float = 0.0
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What needs no proposal: the stories that articles have, and what a person does not want to be one."""

    stories: Mapping[str, str] = field(default_factory=dict)  # by article
    apart: tuple[frozenset[str], ...] = ()  # no two of these are of one story
    refused: tuple[tuple[str, str], ...] = ()  # an article, and the story that it does not belong to


def propose(
    articles: Mapping[str, Article],
    texts: Mapping[str, str],
    copies: Iterable[Pair],
    decided: Decided,
    settings: GroupingSettings,
) -> list[Proposal]:
    """Propose stories for the articles that have none, sorted by their first article.

    Args:
        articles: all of them, those with a story too: others may join it.
        texts: what is compared of each, without boilerplate.
        copies: near-copies are of one story.
        decided: what is not to be proposed (again).
        settings: how far apart in days, and how much alike.
    """
    if not articles.keys() - decided.stories.keys():
        return []
    spoken = {id: _without_outlet(one, articles[id]) for id, one in terms(_headed(articles, texts)).items()}
    likeness = Likeness(spoken)
    groups = _Groups(likeness, decided, settings.story_similarity * ON_THE_WHOLE)
    for pair in sorted(copies, key=lambda pair: (pair.left, pair.right)):
        if pair.kind is not Kind.REVIEW:
            groups.join(likeness.numbers[pair.left], likeness.numbers[pair.right])
    groups.grow(_edges(likeness, articles, settings))
    found = [
        _proposal([likeness.ids[number] for number in members], story, articles, spoken, likeness, decided)
        for members, story in groups.found()
    ]
    return sorted((one for one in found if one is not None), key=lambda one: one.articles)


def _headed(articles: Mapping[str, Article], texts: Mapping[str, str]) -> dict[str, str]:
    return {id: f"{article.title}\n{texts[id]}" for id, article in sorted(articles.items())}


def _without_outlet(spoken: Terms, article: Article) -> Terms:
    """An outlet that speaks of itself speaks of no event."""
    own = {name_key(word) for word in article.outlet.split()}
    return Terms(spoken.words, {key: n for key, n in spoken.names.items() if key not in own}, spoken.spelt)


def _edges(
    likeness: Likeness, articles: Mapping[str, Article], settings: GroupingSettings
) -> Iterator[tuple[int, int]]:
    """Pairs that are alike enough for their dates."""
    days = [_day(articles[id]) for id in likeness.ids]
    for one, other, alike in likeness.above(settings.story_similarity):
        first, second = days[one], days[other]
        if first is None or second is None:
            near = alike >= settings.story_similarity * UNDATED
        else:
            near = abs((second - first).days) <= settings.story_days
        if near:
            yield one, other


def _day(article: Article) -> date | None:
    try:
        return date.fromisoformat(article.published[:10])
    except ValueError:
        return None


class _Groups:
    """Articles (by number) in groups that grow; each knows its story, where it has one, and what keeps it apart."""

    def __init__(self, likeness: Likeness, decided: Decided, least: float) -> None:
        self._likeness, self._least = likeness, least
        self._of = list(range(len(likeness.ids)))
        self._fresh = count(len(self._of))
        self._members = {number: [number] for number in self._of}
        self._sums = {number: likeness.row(number) for number in self._of}
        self._story = {number: decided.stories.get(id, "") for id, number in likeness.numbers.items()}
        self._apart: dict[int, set[int]] = {number: set() for number in self._of}
        for index, ids in enumerate(decided.apart):
            for id in ids & likeness.numbers.keys():
                self._apart[likeness.numbers[id]].add(index)
        self._refused: dict[int, set[str]] = {number: set() for number in self._of}
        for id, story in decided.refused:
            if id in likeness.numbers:
                self._refused[likeness.numbers[id]].add(story)
        firsts: dict[str, int] = {}
        for number, story in sorted(self._story.items()):
            if story and firsts.setdefault(story, number) != number:
                self._merge(self._of[firsts[story]], number)

    def join(self, one: int, other: int) -> None:
        """Make the groups of two articles one, unless somebody said otherwise."""
        left, right = self._of[one], self._of[other]
        if left != right and self._may(left, right):
            self._merge(left, right)

    def grow(self, edges: Iterable[tuple[int, int]]) -> None:
        """Make groups one that an edge connects, the most alike first, as long as they are alike on the whole."""
        near: dict[int, set[int]] = defaultdict(set)
        for one, other in edges:
            left, right = sorted((self._of[one], self._of[other]))
            if left != right:
                near[left].add(right)
                near[right].add(left)
        queue = [self._ranked(left, right) for left, others in near.items() for right in others if left < right]
        heapq.heapify(queue)
        while queue and -queue[0][0] >= self._least:
            _, left, right = heapq.heappop(queue)
            if left in self._members and right in self._members and self._may(left, right):
                grown = self._merge(left, right)
                near[grown] = (near.pop(left) | near.pop(right)) & self._members.keys()
                for other in near[grown]:
                    near[other].add(grown)
                    heapq.heappush(queue, self._ranked(other, grown))

    def _ranked(self, left: int, right: int) -> tuple[float, int, int]:
        """The most alike first; rounded, so that all machines agree on what is as much alike."""
        pairs = len(self._members[left]) * len(self._members[right])
        return -round(self._likeness.product(self._sums[left], self._sums[right]) / pairs, 9), left, right

    def _may(self, left: int, right: int) -> bool:
        stories = self._story[left], self._story[right]
        return not (
            all(stories)
            or self._apart[left] & self._apart[right]
            or stories[0] in self._refused[right]
            or stories[1] in self._refused[left]
        )

    def _merge(self, left: int, right: int) -> int:
        """One group of two, under a number of its own."""
        grown = next(self._fresh)
        self._members[grown] = self._members.pop(left) + self._members.pop(right)
        self._sums[grown] = self._sums.pop(left) + self._sums.pop(right)
        self._story[grown] = self._story.pop(left) or self._story.pop(right)
        self._apart[grown] = self._apart.pop(left) | self._apart.pop(right)
        self._refused[grown] = self._refused.pop(left) | self._refused.pop(right)
        for number in self._members[grown]:
            self._of[number] = grown
        return grown

    def found(self) -> Iterator[tuple[list[int], str]]:
        """The groups of two or more, each with its story."""
        for group, members in self._members.items():
            if len(members) > 1:
                yield sorted(members), self._story[group]


def _proposal(
    ids: Collection[str],
    story: str,
    articles: Mapping[str, Article],
    spoken: Mapping[str, Terms],
    likeness: Likeness,
    decided: Decided,
) -> Proposal | None:
    free = tuple(id for id in sorted(ids) if id not in decided.stories)
    if not free:
        return None
    numbers = [likeness.numbers[id] for id in ids]
    days = [day for id in ids if (day := _day(articles[id])) is not None]
    return Proposal(
        articles=free,
        joins=story,
        names=_names([spoken[id] for id in sorted(ids)], likeness.naming),
        similarity=round(likeness.mean(numbers), 2),
        days=(max(days) - min(days)).days if len(days) > 1 else None,
    )


def _names(spoken: Collection[Terms], naming: Mapping[str, int]) -> tuple[str, ...]:
    """What most of the articles name and few others do, numbers last; each as it is spelt most often."""
    holders = Counter(key for one in spoken for key in one.names)
    ranked = []
    for key, held in holders.items():
        if held > 1 and held * 2 >= len(spoken):
            spellings = Counter(one.spelt[key] for one in spoken if key in one.names)
            name = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
            ranked.append((key.isdecimal(), -(held**2) / naming[key], name))
    return tuple(name for _, _, name in sorted(ranked)[:NAMES])
