"""The draw: what was chosen stays, what is sought comes first, and the rest goes by strata."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from toolkit.articles.sampling.corpus import Candidate
from toolkit.articles.sampling.strata import Strata, by_lot, lot

Why = Literal["share", "sought", "story"]


@dataclass(frozen=True, slots=True)
class Pick:
    """An article that was chosen now: for its strata's share, for what it mentions, or for its story.

    ``whom`` is what was sought, or the article that brought the story.
    """

    article: Candidate
    why: Why
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Those chosen before, in the order of their ids; those chosen now, in the order in which they were.

    ``units`` are what they were chosen from: one of each group of near-copies, and all that were chosen before.
    """

    before: tuple[Candidate, ...]
    picks: tuple[Pick, ...]
    units: tuple[Candidate, ...]

    @property
    def chosen(self) -> list[Candidate]:
        """Both, in the order of their ids."""
        return sorted((*self.before, *(pick.article for pick in self.picks)), key=lambda one: one.article_id)


def draw(
    candidates: Mapping[str, Candidate],
    number: int,
    *,
    seed: int = 0,
    chosen: Collection[str] = (),
    never: Collection[str] = (),
    sought: Mapping[str, int] | None = None,
    whole_stories: bool = False,
) -> Drawn:
    """Choose articles until there are ``number`` of them.

    Args:
        candidates: all articles by id.
        number: how many are to be chosen in the end.
        seed: another one, another draw.
        chosen: ids of those that are chosen already.
        never: ids of those that are not to be chosen.
        sought: how many of them must mention what, by its name.
        whole_stories: an article brings the others of its story; ``number`` may be passed by one story then.
    """
    units = _units(candidates, frozenset(chosen), frozenset(never), seed)
    drawing = _Drawing(units, number, seed, whole_stories)
    before = [one for id in sorted(set(chosen)) if (one := candidates.get(id))]
    for one in before:
        drawing.take(one)
    if whole_stories:
        drawing.complete(before)
    drawing.seek(sought or {})
    drawing.fill()
    return Drawn(tuple(before), tuple(drawing.picks), tuple(units))


def _units(
    candidates: Mapping[str, Candidate], chosen: frozenset[str], never: frozenset[str], seed: int
) -> list[Candidate]:
    """All that are chosen, and one of each other group of near-copies: that which mentions most of what is sought."""
    groups: dict[str, list[Candidate]] = defaultdict(list)
    units, settled = [], chosen | never
    for id, one in sorted(candidates.items()):
        if id in chosen:
            units.append(one)
        if one.group:
            groups[one.group].append(one)
        elif id not in settled:
            units.append(one)
    for members in groups.values():
        free = [one for one in members if one.article_id not in never]
        if free and not any(one.article_id in chosen for one in members):
            units.append(min(free, key=lambda one: (-len(one.mentions), lot(seed, one.article_id), one.article_id)))
    return sorted(units, key=lambda one: one.article_id)


class _Drawing:
    def __init__(self, units: Collection[Candidate], number: int, seed: int, whole_stories: bool) -> None:
        self.picks: list[Pick] = []
        self.strata = Strata(units, seed)
        self._units, self._number, self._seed = units, number, seed
        self._has: Counter[str] = Counter()  # how many of those taken mention what is sought
        self._stories: dict[str, list[Candidate]] = defaultdict(list)
        for one in units if whole_stories else ():
            if one.story:
                self._stories[one.story].append(one)

    @property
    def _is_done(self) -> bool:
        return len(self.strata) >= self._number

    def complete(self, before: Iterable[Candidate]) -> None:
        """Bring the rest of the stories of which something was chosen before."""
        bringers: dict[str, Candidate] = {}
        for one in before:
            if one.story:
                bringers.setdefault(one.story, one)
        for one in by_lot(self._seed, bringers.values()):
            if not self._is_done:
                self.picks += self._rest_of_story(one)

    def seek(self, sought: Mapping[str, int]) -> None:
        """Choose what mentions what is sought, as far as that is not chosen; the rarest first."""
        having = {name: [one for one in self._units if name in one.mentions] for name in sought}
        for name in sorted(sought, key=lambda name: (len(having[name]), name)):
            for one in by_lot(self._seed, having[name]):
                if self._has[name] >= sought[name] or self._is_done:
                    break
                if one.article_id not in self.strata:
                    self._choose(Pick(one, "sought", name))

    def fill(self) -> None:
        """Choose the rest by strata."""
        while not self._is_done and (one := self.strata.next()):
            self._choose(Pick(one, "share"))

    def take(self, article: Candidate) -> None:
        """Give it a place, for whatever reason."""
        self.strata.take(article)
        self._has.update(article.mentions)

    def _choose(self, pick: Pick) -> None:
        self.take(pick.article)
        self.picks.append(pick)
        self.picks += self._rest_of_story(pick.article)

    def _rest_of_story(self, bringer: Candidate) -> Iterator[Pick]:
        for one in self._stories.get(bringer.story, ()):
            if one.article_id not in self.strata:
                self.take(one)
                yield Pick(one, "story", bringer.article_id)
