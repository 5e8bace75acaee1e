"""Exact agreement by label is what nervaluate, written by others, counts as strict.

Where one annotator's mentions overlap, nervaluate takes the first that it meets and its counts depend on the order of
the list; so here they do not overlap.
"""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from nervaluate import Evaluator
from sweep import examples

from toolkit.annotations.model import Mention
from toolkit.gold.compare.counts import Tally, mention_tallies
from toolkit.gold.compare.ends import labels
from toolkit.gold.compare.spans import match

from .works import mention, seeds

LABELS = ["GPE", "NORP", "PERSON"]


def flat(random: Random) -> list[Mention]:
    """Mentions that do not overlap, some with two labels."""
    edges = sorted(random.sample(range(14), random.choice([4, 6, 8])))
    places = list(zip(edges[::2], edges[1::2], strict=True))
    return [
        mention(str(start), start, end, *sorted(random.sample(LABELS, random.choice([1, 1, 2]))))
        for start, end in places
    ]


def entities(items: list[Mention]) -> list[dict[str, object]]:
    return [{"label": label, "start": item.start, "end": item.end - 1} for item in items for label in item.labels]


@given(seeds)
@settings(max_examples=examples(200))
def test_exact_agreement_by_label(random: Random) -> None:
    left, right = flat(random), flat(random)
    theirs = Evaluator([entities(left)], [entities(right)], tags=LABELS, loader="dict").evaluate()["entities"]
    counted = {label: one["strict"] for label, one in theirs.items()}
    assert mention_tallies(match(left, right, labels), exact=True) == {
        label: Tally(one.correct, one.possible - one.correct, one.actual - one.correct)
        for label, one in sorted(counted.items())
    }
