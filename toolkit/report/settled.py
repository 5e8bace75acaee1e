"""How the gold came about: by whose votes, by which rule, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.gold.model import Gold, Kind, Provenance, Resolution, relation_key
from toolkit.gold.resolve import Resolved

KINDS: tuple[Kind, ...] = ("mention", "cue", "claim", "relation")


@dataclass(frozen=True, slots=True)
class Settlement:
    """Counts of items, those that are settled in open articles included, and of the gold's articles.

    ``support`` counts by (support, voters). ``asked`` items are those about which two or more were asked; a person
    decided ``adjudicated`` of them. ``left`` counts what is open by (kind, reason).
    """

    articles: tuple[tuple[Resolution, int], ...]
    items: tuple[tuple[Kind, Resolution, int], ...]
    support: tuple[tuple[int, int, int], ...]
    asked: int
    adjudicated: int
    left: tuple[tuple[Kind, str, int], ...]

    @property
    def settled(self) -> int:
        """All items that are settled."""
        return sum(count for *_, count in self.items)

    @property
    def open(self) -> int:
        """All that is left for a person."""
        return sum(count for *_, count in self.left)

    @property
    def adjudication_rate(self) -> float | None:
        """The share that a person decided of the items that several were asked about; None where there are none."""
        return self.adjudicated / self.asked if self.asked else None


def settlement(resolved: Resolved) -> Settlement:
    """Count how everything was settled."""
    whys = [why for gold in (*resolved.gold, *resolved.open) for why in _provenance(gold)]
    articles = Counter(gold.resolution for gold in resolved.gold)
    items = Counter((kind, why.resolution) for kind, why in whys)
    several = [why for _, why in whys if why.voters > 1]
    left = Counter((one.kind, one.reason) for gold in resolved.open for one in gold.differences)
    return Settlement(
        articles=tuple((how, articles[how]) for how in Resolution if how in articles),
        items=tuple((kind, how, items[kind, how]) for kind in KINDS for how in Resolution if (kind, how) in items),
        support=tuple(
            (*pair, count) for pair, count in sorted(Counter((w.support, w.voters) for _, w in whys).items())
        ),
        asked=len(several),
        adjudicated=sum(_by_a_person(why) for why in several),
        left=tuple((kind, reason, left[kind, reason]) for kind, reason in sorted(left)),
    )


def _by_a_person(why: Provenance) -> bool:
    return bool(why.adjudicator) or why.resolution is Resolution.ADJUDICATED


def _provenance(gold: Gold) -> Iterator[tuple[Kind, Provenance]]:
    """Every item's, with what kind of item it is; context has none."""
    parts = (("mention", gold.mentions), ("cue", gold.cues), ("claim", gold.claims))
    keys: list[tuple[Kind, str]] = [(kind, item.id) for kind, items in parts for item in items]  # type: ignore[misc]
    keys += (("relation", relation_key(link)) for link in gold.relations)
    for kind, key in keys:
        if why := gold.provenance.get(key):
            yield kind, why
