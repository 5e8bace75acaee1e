"""Agreement on units: how long all of it takes, and γ against pygamma-agreement. ``python -m benchmarks.agreement``."""

from __future__ import annotations

import argparse
import importlib.util
import logging
import os
import random
import sys
from collections.abc import Callable, Iterator
from itertools import islice

from toolkit.gold.agreement import gamma, nominal, unitizing
from toolkit.gold.agreement.bootstrap import estimates
from toolkit.gold.agreement.continuum import Continuum, Unit
from toolkit.gold.agreement.sums import Array, stacked

from . import child
from .table import Row, Say, machine, render

GOAL = 100.0
ARTICLES, COMPARED = 10_000, 20
_LABELS = tuple(f"TYPE_{number}" for number in range(12))
_LENGTH, _ANNOTATORS, _SPANS = 3000, 3, 40
_WORD = 6  # characters, with the space
_YARDSTICK = "pygamma_agreement"


def measure(articles: int, compared: int, say: Say) -> Iterator[Row]:
    """Each job in a process of its own; the clock starts when the articles are made and the program is warm."""
    for what, job in (("uα family", "unitizing"), ("α of tokens", "tokens"), ("γ", "gamma")):
        done = child.run("agreement", job, str(articles))
        say(f"  {what}: {done.seconds:.1f} s, {done.megabytes:.0f} MB")
        yield Row(f"{what}, with intervals", done.seconds)
        yield Row("– peak memory", done.megabytes, unit="MB")
    if not importlib.util.find_spec(_YARDSTICK):
        say("  pygamma-agreement is not installed, so γ is not compared: pip install pygamma-agreement")
        return
    ours, theirs = (child.run("agreement", job, str(compared)) for job in ("gamma", "pygamma"))
    say(f"  γ of {compared} articles: {ours.seconds:.2f} s, pygamma-agreement {theirs.seconds:.1f} s")
    if abs(ours.count - theirs.count) > compared:
        raise SystemExit(f"the disorders differ: {ours.count} and {theirs.count} thousandths")
    yield Row(f"γ of {compared} articles, against pygamma-agreement", ours.seconds, theirs.seconds, at_least=GOAL)


def job(what: str, number: int) -> Callable[[], int]:
    """A job for ``child``: what is counted is the number of articles, but the observed disorder's thousandths for γ."""
    articles = list(islice(_articles(), number))
    stories = [f"story {index // 5}" for index in range(number)]
    if what == "unitizing":
        return lambda: _unitizing(articles, stories)
    if what == "tokens":
        return lambda: _tokens(articles, stories)
    return (lambda: _gamma(articles, stories)) if what == "gamma" else _pygamma(articles)


def _articles() -> Iterator[Continuum]:
    """Texts in which all annotators find the same 40 spans, but for one in ten, and one in ten edges and labels."""
    random_ = random.Random("agreement")
    while True:
        spans = [
            (start, start + random_.randint(3, 24), random_.choice(_LABELS))
            for start in random_.sample(range(0, _LENGTH - 60, 30), _SPANS)
        ]
        yield Continuum(_LENGTH, [[_seen(span, random_) for span in spans] for _ in range(_ANNOTATORS)])


def _seen(span: tuple[int, int, str], random_: random.Random) -> Unit:
    start, end, label = span
    if random_.random() < 0.1:  # another one instead
        start = random_.randrange(_LENGTH - 60)
        end = start + random_.randint(3, 24)
    if random_.random() < 0.1:
        end += random_.randint(1, 6)
    return Unit(start, end, random_.choice(_LABELS) if random_.random() < 0.1 else label)


def _unitizing(articles: list[Continuum], stories: list[str]) -> int:
    counted = unitizing.statistics(articles, _LABELS)
    together = stacked(unitizing.u_alpha, unitizing.u_alpha_binary, unitizing.cu_alpha)
    estimates(counted.together, stories, together)
    estimates(counted.by_label, stories, unitizing.u_alpha_by_label)
    return len(articles)


def _tokens(articles: list[Continuum], stories: list[str]) -> int:
    import numpy as np

    labels = ("O", *_LABELS)
    rows: Array = np.array([nominal.statistics(nominal.counted(_labels(one), labels)) for one in articles])
    estimates(rows, stories, nominal.krippendorff_alpha)
    return len(articles)


def _labels(article: Continuum) -> list[list[str]]:
    """Every annotator's labels, token by token."""
    sequences = []
    for units in article.annotators:
        sequence = ["O"] * (_LENGTH // _WORD)
        for start, end, label in units:
            first, last = start // _WORD, min((end - 1) // _WORD, len(sequence) - 1)
            sequence[first : last + 1] = [label] * (last + 1 - first)
        sequences.append(sequence)
    return sequences


def _gamma(articles: list[Continuum], stories: list[str]) -> int:
    counted = gamma.statistics(articles)
    estimates(counted, stories, gamma.gamma)
    return round(1000 * float(counted[:, 0].sum()))


def _pygamma(articles: list[Continuum]) -> Callable[[], int]:
    """With the shuffling sampler, which is the paper's, as many random texts as ours, and all of its threads."""
    import cvxopt.glpk
    from pyannote.core import Segment
    from pygamma_agreement import CombinedCategoricalDissimilarity, ShuffleContinuumSampler
    from pygamma_agreement import Continuum as Theirs

    logging.disable(logging.WARNING)  # which solver it takes, every time
    cvxopt.glpk.options["msg_lev"] = "GLP_MSG_OFF"
    dissimilarity = CombinedCategoricalDissimilarity()
    continua = []
    for article in articles:
        continua.append(Theirs())
        for number, units in enumerate(article.annotators):
            for start, end, label in units:
                continua[-1].add(f"annotator {number}", Segment(start, end), label)

    def run(some: list[Theirs]) -> int:
        disorder = 0.0
        for continuum in some:
            sampler = ShuffleContinuumSampler()
            found = continuum.compute_gamma(dissimilarity, n_samples=gamma.SAMPLES, sampler=sampler)
            disorder += found.observed_disorder * continuum.avg_num_annotations_per_annotator  # ours is a sum
        return round(1000 * disorder)

    run(continua[:1])  # compile
    return lambda: run(continua)


def main() -> None:
    """Run these benchmarks alone and print their table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agreement", description="Agreement on units.")
    parser.add_argument("--articles", type=int, default=ARTICLES, help=f"to measure (default: {ARTICLES})")
    parser.add_argument("--compared", type=int, default=COMPARED, help=f"of them for γ twice (default: {COMPARED})")
    options = parser.parse_args()
    rows = list(measure(options.articles, options.compared, lambda line: print(line, file=sys.stderr, flush=True)))
    facts = machine() | {"articles": str(options.articles), "load": f"{os.getloadavg()[0]:.1f}"}
    print(", ".join(f"{name} {value}" for name, value in facts.items()), render(rows), sep="\n\n")


if __name__ == "__main__":
    main()
