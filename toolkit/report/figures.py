"""The figures of an agreement that people look at first, and how each annotator agrees with the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.gold.agree import Agreement
from toolkit.gold.agreement.bootstrap import Estimate
from toolkit.gold.measures import OVERALL, Measure
from toolkit.project import LAYERS, Layer

if TYPE_CHECKING:
    from toolkit.links.agree import LinkAgreement

WITH_OTHERS: Mapping[Layer, str] = {
    "entities": "F1, exact",
    "relations": "F1, end to end",
    "claims": "F1, relaxed",
}
"""The measure of each layer by which annotators are compared."""

INDEPENDENT = "F1, exact, without accepted suggestions"

_BY_LABEL: Mapping[Layer, str] = {"entities": "F1, exact", "relations": "F1, given agreed spans"}
_FIRST = ("F1", "Krippendorff α", "unitizing α")
_NOT_FIRST = ("unitizing α, binary", "unitizing α, of labels", "Krippendorff α of token", INDEPENDENT)

MOST_IN_A_MAP = 12
"""Annotators or labels in one heat map: more cannot be read on a phone."""


@dataclass(frozen=True, slots=True)
class PairMap:
    """One layer's agreement of annotators by pair: those with the most work in common, and how many are left out."""

    layer: Layer
    measure: str
    annotators: tuple[str, ...]
    values: Mapping[tuple[str, str], float | None]
    left_out: int


def overall(agreement: Agreement, layer: Layer) -> list[Measure]:
    """All figures of a layer that are about everything in it."""
    return [one for one in agreement.measures if one.layer == layer and not one.pair and one.label == OVERALL]


def first(agreement: Agreement, layer: Layer) -> list[Measure]:
    """Those of them that are read first; the rest says the same in other words."""
    listed = [one for one in overall(agreement, layer) if one.name.startswith(_FIRST) and one.name not in _NOT_FIRST]
    return sorted(listed, key=lambda one: not one.name.startswith("F1"))


def by_label(agreement: Agreement, layer: Layer) -> list[Measure]:
    """One figure for each label, the lowest first."""
    named = [
        one
        for one in agreement.measures
        if one.layer == layer and not one.pair and one.label != OVERALL and one.name == _BY_LABEL.get(layer)
    ]
    return sorted(named, key=lambda one: (_or_one(one.estimate), one.label))


def link_figures(agreement: LinkAgreement | None) -> list[Measure]:
    """All figures about what is linked across articles but those of one pair of annotators."""
    if agreement is None or not agreement.stories:
        return []
    return [one for one in agreement.measures if not one.pair]


def _or_one(estimate: Estimate) -> float:
    return 1.0 if estimate.value is None else estimate.value


def pair_maps(agreement: Agreement) -> list[PairMap]:
    """The map of each layer in which two annotators can be compared."""
    common: Counter[str] = Counter()
    for pair, articles in agreement.pairs.items():
        common.update(dict.fromkeys(pair, articles))
    busiest = sorted(common, key=lambda who: (-common[who], who))
    maps = []
    for layer in LAYERS:
        values = {(m.pair[0], m.pair[1]): m.estimate.value for m in _pairs(agreement, layer)}
        there = [who for who in busiest if any(who in pair for pair in values)]
        shown = sorted(there[:MOST_IN_A_MAP])
        kept = {pair: value for pair, value in values.items() if {*pair} <= {*shown}}
        if kept:
            maps.append(PairMap(layer, WITH_OTHERS[layer], tuple(shown), kept, len(there) - len(shown)))
    return maps


def with_others(agreement: Agreement, layer: Layer) -> dict[str, float | None]:
    """Each annotator's F1 with all others together.

    Counts of pairs add up, and a pair's are in its measure: of ``n`` items ``both`` are had by both, and F1 is
    2 both / (n + both).
    """
    both: defaultdict[str, float] = defaultdict(float)
    items: defaultdict[str, float] = defaultdict(float)
    for measure in _pairs(agreement, layer):
        if (value := measure.estimate.value) is not None:
            for who in measure.pair:
                both[who] += value * measure.count / (2 - value)
                items[who] += measure.count
    return {who: 2 * both[who] / (items[who] + both[who]) if items[who] else None for who in agreement.annotators}


def confused(agreement: Agreement) -> tuple[Sequence[str], Mapping[tuple[str, str], int], int]:
    """The labels that are confused most, how often each two of them are, and how many labels are left out."""
    times: Counter[str] = Counter()
    for labels, count in agreement.confusion.items():
        times.update(dict.fromkeys(labels, count))
    most = sorted(times, key=lambda label: (-times[label], label))
    shown = sorted(most[:MOST_IN_A_MAP])
    kept = {labels: count for labels, count in agreement.confusion.items() if {*labels} <= {*shown}}
    return shown, kept, len(most) - len(shown)


def _pairs(agreement: Agreement, layer: Layer) -> list[Measure]:
    return [
        one
        for one in agreement.measures
        if one.layer == layer and one.pair and one.label == OVERALL and one.name == WITH_OTHERS[layer]
    ]
