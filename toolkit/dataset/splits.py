"""Which article is for training, and which for testing: by story, so that no event is on both sides.

Articles that must stay together (one story, near-copies) make a component, and a component goes into one split. Large
components are placed first, each where the asked shares are then met best, among articles and among articles with
gold; a seeded hash orders those of one size. A split gets something as long as there are enough components.

An article that was released stays where it was, and new ones join those that they belong to. A new article that belongs
to two splits is withheld. Two released articles that turn out to belong together, and are in two splits, are an error:
only a new division of everything, by another seed, can mend that.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.project import DatasetSettings

TEST = "test"

TORN = Rule(
    "split-torn",
    "Articles that belong together are in one split.",
    Severity.ERROR,
    "look at it with goldkit articles group; if it is right, raise split_seed under dataset in configs/project.yaml: "
    "all articles are divided anew then, and the release needs a new major version",
)
WITHHELD = Rule(
    "split-withheld",
    "A new article belongs to the articles of one split.",
    Severity.WARNING,
    "nothing, if it may stay out of this release; else raise split_seed under dataset in configs/project.yaml",
)
UNEVEN = Rule(
    "split-uneven",
    "The splits have the shares that were asked for.",
    Severity.NOTE,
    "go on with it, or add articles of other stories",
)
DATED = Rule(
    "split-not-dated",
    "A story lies on one side of the date from which articles are the test.",
    Severity.NOTE,
    "go on with it, or choose another test_from under dataset in configs/project.yaml",
)


class Piece(NamedTuple):
    """What the division needs to know of an article: when it was published (ISO, or empty), and whether it has gold."""

    published: str = ""
    gold: bool = False


@dataclass(frozen=True, slots=True)
class Splits:
    """The split of each article; ``withheld`` have none. ``torn`` are released pairs that belong together."""

    by_article: Mapping[str, str]
    asked: Mapping[str, float]
    withheld: tuple[str, ...] = ()
    torn: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    components: int = 0
    largest: int = 0
    got: Mapping[str, int] = field(default_factory=dict)  # articles by split, the asked ones first


def divide(
    articles: Mapping[str, Piece],
    together: Iterable[Collection[str]],
    settings: DatasetSettings,
    released: Mapping[str, str] | None = None,
) -> Splits:
    """Divide articles into ``settings.splits``; the order in which anything comes does not matter.

    Args:
        articles: all articles of the dataset by id.
        together: ids that must not be torn apart: pairs of near-copies, the articles of a story. Others are ignored.
        settings: the asked shares, the seed, and the date from which whole components are the test.
        released: the splits of articles in the release before.
    """
    ties = sorted({tuple(sorted(set(ids) & articles.keys())) for ids in together})
    fixed = {id: split for id, split in (released or {}).items() if id in articles}
    torn = sorted({pair for ids in ties for pair in _torn(ids, fixed)})
    joined, withheld = _joining(articles, ties, fixed)
    placed = {**fixed, **joined}
    free = components([id for id in articles if id not in placed and id not in withheld], ties)
    dating = list(_straddling(free, articles, settings))
    placed |= _place(free, articles, settings, placed)

    counts = Counter(placed.values())
    got = {split: counts[split] for split in [*settings.splits, *sorted(counts.keys() - settings.splits.keys())]}
    whole = components(list(articles), ties)
    largest = max(map(len, whole), default=0)
    return Splits(
        by_article=dict(sorted(placed.items())),
        asked=settings.splits,
        withheld=tuple(sorted(withheld)),
        torn=tuple(torn),
        findings=(
            *(TORN.at(Place(article_id=a), f"{a} ({fixed[a]}) and {b} ({fixed[b]}) belong together") for a, b in torn),
            *(
                WITHHELD.at(Place(article_id=id), f"it belongs to {' and '.join(withheld[id])}")
                for id in sorted(withheld)
            ),
            *dating,
            *_uneven(got, settings.splits, largest),
        ),
        components=len(whole),
        largest=largest,
        got=got,
    )


def components(ids: Collection[str], ties: Iterable[Collection[str]]) -> list[tuple[str, ...]]:
    """The connected components of ``ids``, each sorted, in the order of their first ids."""
    from toolkit.articles.near.components import components as joined

    known = set(ids)
    parts = joined([*((id,) for id in known), *([id for id in tie if id in known] for tie in ties)])
    return sorted(tuple(sorted(part)) for part in parts)


def _torn(ids: Collection[str], fixed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """For each further split that articles of one tie are in, a pair that shows it."""
    first: dict[str, str] = {}
    for id in ids:
        if id in fixed:
            first.setdefault(fixed[id], id)
    one, *others = first.values() or ("",)
    yield from ((one, other) for other in others)


def _joining(
    articles: Collection[str], ties: list[tuple[str, ...]], fixed: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The new articles that belong to released ones: the split they join, or the splits that they stand between."""
    touched: dict[str, set[str]] = defaultdict(set)
    for ids in ties:
        splits = {fixed[id] for id in ids if id in fixed}
        for id in ids:
            touched[id] |= splits
    joined: dict[str, str] = {}
    withheld: dict[str, list[str]] = {}
    for component in components([id for id in articles if id not in fixed], ties):
        between = sorted(set().union(*(touched[id] for id in component)))
        if len(between) == 1:
            joined |= dict.fromkeys(component, between[0])
        elif between:
            withheld |= dict.fromkeys(component, between)
    return joined, withheld


def _place(
    components: Iterable[tuple[str, ...]],
    articles: Mapping[str, Piece],
    settings: DatasetSettings,
    placed: Mapping[str, str],
) -> dict[str, str]:
    """A split for each component, the large ones first, each where the shares are then met best."""

    def order(component: tuple[str, ...]) -> tuple[int, bytes]:
        seed = f"{settings.split_seed}:{component[0]}".encode()
        return -len(component), hashlib.sha256(seed).digest()

    chosen: dict[str, str] = {}
    shares = dict(settings.splits)
    waiting = sorted(components, key=order)
    if settings.test_from:
        dated = [component for component in waiting if _is_from(component, articles, settings.test_from)]
        chosen |= {id: TEST for component in dated for id in component}
        waiting = [component for component in waiting if component[0] not in chosen]
        del shares[TEST]
        if not shares:
            return chosen | {id: TEST for component in waiting for id in component}
    filling = _Filling(shares, articles, [*waiting, *((id,) for id in placed if placed[id] in shares)])
    for id, split in placed.items():
        filling.put((id,), split)
    for component in waiting:
        split = filling.best(component)
        filling.put(component, split)
        chosen |= dict.fromkeys(component, split)
    return chosen


class _Filling:
    """How full the splits are, counted in articles and in articles with gold."""

    def __init__(
        self, shares: Mapping[str, float], articles: Mapping[str, Piece], components: list[tuple[str, ...]]
    ) -> None:
        whole = sum(shares.values())
        self.shares = {split: share / whole for split, share in shares.items()}
        self.articles = articles
        self.total = [sum(column) or 1 for column in zip(*map(self._weight, components), strict=True)] or [1, 1]
        self.left = Counter(map(self._has_gold, components))  # components to come, with gold and without
        self.filled = {split: [0, 0] for split in shares}

    def _weight(self, component: Collection[str]) -> tuple[int, int]:
        return len(component), sum(self.articles[id].gold for id in component)

    def _has_gold(self, component: Collection[str]) -> bool:
        return any(self.articles[id].gold for id in component)

    def put(self, component: Collection[str], split: str) -> None:
        if split in self.filled:
            self.left[self._has_gold(component)] -= 1
            self.filled[split] = [a + b for a, b in zip(self.filled[split], self._weight(component), strict=True)]

    def best(self, component: Collection[str]) -> str:
        """The split that gets nearest to its share; an empty one where what is left only just suffices to fill them."""
        gold = self._has_gold(component)
        empty = [split for split, filled in self.filled.items() if not filled[gold]]
        return min(
            empty if empty and self.left[gold] <= len(empty) else self.shares, key=lambda it: self._cost(it, component)
        )

    def _cost(self, split: str, component: Collection[str]) -> float:
        """By how much the squared distance from the asked shares grows."""
        return sum(
            ((filled + more) / total - share) ** 2 - (filled / total - share) ** 2
            for filled, more, total in zip(self.filled[split], self._weight(component), self.total, strict=True)
            for share in (self.shares[split],)
        )


def _is_from(component: Collection[str], articles: Mapping[str, Piece], day: str) -> bool:
    return all(articles[id].published[:10] >= day for id in component)


def _straddling(
    components: Iterable[tuple[str, ...]], articles: Mapping[str, Piece], settings: DatasetSettings
) -> Iterator[Finding]:
    for component in components if settings.test_from else ():
        late = [id for id in component if _is_from((id,), articles, settings.test_from)]
        if late and len(late) < len(component):
            message = (
                f"published on {settings.test_from} or later, with articles of before or of no date: no test article"
            )
            yield from (DATED.at(Place(article_id=id), message) for id in late)


def _uneven(got: Mapping[str, int], asked: Mapping[str, float], largest: int) -> Iterator[Finding]:
    total = sum(got.values())
    off = [split for split in got if abs(got[split] - asked.get(split, 0) * total) > 1]
    if off:
        each = ", ".join(
            f"{split} {got[split]} of {total} articles ({got[split] / total:.0%}, asked {asked.get(split, 0):.0%})"
            for split in off
        )
        message = f"{each}: articles that belong together stay so, and the largest such group has {largest}"
        yield UNEVEN.at(Place(file="configs/project.yaml"), message)
