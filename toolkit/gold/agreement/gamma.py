"""Mathet's γ: units of all annotators are aligned so that they differ least, and how much they still differ is judged.

After Mathet, Widlöcher and Métivier, "The Unified and Holistic Method Gamma (γ) for Inter-Annotator Agreement Measure
and Alignment" (Computational Linguistics 41, 2015). Units may overlap and nest; one that is marked twice with the same
label counts once.

- The *dissimilarity* of two units is ((|difference of starts| + |difference of ends|) / sum of their lengths)², and 1
  more if the labels differ (the paper's combined dissimilarity with α = β = 1 and Δ∅ = 1).
- A *unitary alignment* takes at most one unit of each annotator. Its disorder is the mean over all pairs of annotators
  of the dissimilarity of their units, 1 where one of the two or both have none in it.
- The *disorder* of a text is the least sum that unitary alignments with every unit in one of them can have.
- The *expected* disorder is the mean of 30 random texts: annotators drawn with putting back, each one's units shifted
  round the text by a random distance, no two distances nearer than half a unit of average length (section 5.2).

γ is 1 - observed / expected, at most 1, about 0 for chance; undefined where nobody marked anything. The paper divides
both disorders by the units an annotator has on average. Here that is done for the random texts alone and the result
multiplied by the text's own units: the same γ for one article, and the sums over articles weigh each by its units.

The alignment is the best, and not an approximation, but where spans are heaped up as nobody labels: of more than 500
ways that are open at one place the best 500 are followed, and the disorder can come out a trifle too high. Time grows
exponentially with the annotators; more than five or six take long.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice

import numpy as np

from toolkit.gold.agreement.alignment import Texts, least_disorders, ranges
from toolkit.gold.agreement.continuum import Continuum, Unit, check
from toolkit.gold.agreement.sums import Array, ratio

SAMPLES = 30
_TOGETHER = 8  # articles that are aligned at once


def statistics(articles: Iterable[Continuum]) -> Array:
    """One row an article, observed and expected disorder. With fewer than two annotators both are 0.

    The random texts are the same whenever an article's units are, whatever the order of articles and annotators.

    Raises:
        ValueError: a unit is empty or leaves its text.
    """
    rows: list[tuple[float, float]] = []
    rest = iter(articles)
    while some := list(islice(rest, _TOGETHER)):
        found = [(0.0, 0.0)] * len(some)
        order = sorted(range(len(some)), key=lambda number: len(some[number].annotators))
        for annotators, group in groupby(order, key=lambda number: len(some[number].annotators)):
            numbers = list(group)
            if annotators > 1:
                for number, row in zip(numbers, _disorders([some[number] for number in numbers]), strict=True):
                    found[number] = row
        rows += found
    return np.array(rows, dtype=np.float64).reshape(len(rows), 2)


def gamma(sums: Array) -> Array:
    """γ of the rows of ``statistics``."""
    return 1 - ratio(sums[..., 0], sums[..., 1])


def _disorders(articles: Sequence[Continuum]) -> Iterator[tuple[float, float]]:
    """Observed and expected disorder of articles with the same number of annotators."""
    texts = _joined([_with_random_texts(article) for article in articles])
    sizes = np.bincount(texts.text, minlength=texts.number).reshape(len(articles), -1)
    disorders = least_disorders(texts).reshape(len(articles), -1)
    for size, disorder in zip(sizes, disorders, strict=True):
        drawn = 1 + np.flatnonzero(size[1:])  # annotators without units may have been drawn alone
        expected = (disorder[drawn] / size[drawn]).mean() if len(drawn) else 0
        yield float(disorder[0]), float(expected * size[0])


def _joined(some: Sequence[Texts]) -> Texts:
    before = np.cumsum([0, *(texts.number for texts in some)])
    moved = [texts._replace(text=texts.text + number)[2:] for texts, number in zip(some, before, strict=False)]
    return Texts(int(before[-1]), some[0].annotators, *(np.concatenate(column) for column in zip(*moved, strict=True)))


def _with_random_texts(article: Continuum) -> Texts:
    """The article's units as they were marked, which is the first text, and as many random texts as are drawn."""
    check(article)
    marked = sorted((sorted(set(units)) for units in article.annotators), key=lambda one: (_spans(one), one))
    codes = {label: code for code, label in enumerate(dict.fromkeys(unit.label for one in marked for unit in one))}
    units = np.array([(unit.start, unit.end, codes[unit.label]) for one in marked for unit in one], dtype=np.int64)
    start, end, label = units.reshape(-1, 3).T
    sizes = np.array([len(one) for one in marked])

    random = np.random.default_rng(zlib.crc32(repr([_spans(one) for one in marked]).encode()))
    annotators, length = len(marked), article.length
    drawn = random.integers(annotators, size=(SAMPLES, annotators))
    apart = min((end - start).sum() / max(len(units), 1) / 2, length / annotators)
    shifts = np.sort(random.random(drawn.shape), axis=1) * (length - annotators * apart) + apart * np.arange(annotators)
    shifts += length * random.random((SAMPLES, 1))
    who = np.concatenate([np.arange(annotators), drawn.ravel()])
    by = np.concatenate([np.zeros(annotators), shifts.ravel()])

    slot, unit = ranges((np.cumsum(sizes) - sizes)[who], sizes[who])
    text, annotator = np.divmod(slot, annotators)
    shifted = (start[unit] + by[slot]) % max(length, 1)
    order = np.lexsort((shifted, text))
    columns = (text, annotator, shifted, shifted + (end - start)[unit], label[unit])
    return Texts(1 + SAMPLES, annotators, *(column[order] for column in columns))


def _spans(units: Iterable[Unit]) -> list[tuple[int, int]]:
    return [(unit.start, unit.end) for unit in units]
