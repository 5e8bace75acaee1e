"""How much two articles speak of the same, in [0, 1]: half by their words, half by their names (TF-IDF cosines).

Words tell most where two articles share a language and an author's habits, names where one of them is a translation.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.articles.stories.terms import Terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEAVIEST = 100  # words and names of an article that count: the rest is in too many articles to tell anything
ELSEWHERE = 1000  # articles in which the names are thought not to occur: that all of a few share one tells much
BLOCK = 512  # rows that are multiplied at a time


class Likeness:
    """The likeness of any two articles, and of groups of them. Articles are numbers, in the order of ``ids``.

    ``naming`` counts the articles that have a name, by its key.
    """

    def __init__(self, articles: Mapping[str, Terms]) -> None:
        from scipy.sparse import hstack

        self.ids = sorted(articles)
        self.numbers = {id: number for number, id in enumerate(self.ids)}
        words = [articles[id].words for id in self.ids]
        names = [articles[id].names for id in self.ids]
        self.naming = _documents(names)
        parts = [_unit_rows(words, _documents(words), 1), _unit_rows(names, self.naming, ELSEWHERE)]
        self._rows: Any = (hstack(parts) * math.sqrt(1 / 2)).tocsr()

    def above(self, least: float) -> Iterator[tuple[int, int, float]]:
        """All pairs (indices in order) that are at least so much alike."""
        columns = self._rows.T.tocsc()
        for start in range(0, len(self.ids), BLOCK):
            block = (self._rows[start : start + BLOCK] @ columns).tocoo()
            kept = (block.data >= least) & (block.row + start < block.col)
            rows, cols, data = block.row[kept] + start, block.col[kept], block.data[kept]
            yield from zip(rows.tolist(), cols.tolist(), data.tolist(), strict=True)

    def row(self, number: int) -> Any:
        """An article as a sparse row. Of two rows, or sums of rows, ``product`` is the sum of all likenesses."""
        return self._rows[number]

    @staticmethod
    def product(left: Any, right: Any) -> float:
        """The sum of the likenesses between the articles of two sums of rows."""
        return float((left @ right.T).sum())

    def mean(self, members: Sequence[int]) -> float:
        """The mean likeness of all pairs of these articles."""
        rows = self._rows[sorted(members)]
        among = (rows @ rows.T).toarray()
        return float(among[np.triu_indices(len(members), 1)].mean())


def _documents(counts: Sequence[Mapping[str, int]]) -> Counter[str]:
    """In how many articles each term is."""
    return Counter(term for one in counts for term in one)


def _unit_rows(counts: Sequence[Mapping[str, int]], documents: Mapping[str, int], elsewhere: int) -> Any:
    """A sparse matrix with a row of length 1 for each article (0 where it has no term), a column for each term.

    A term weighs as much as it is rare, in a corpus with so many other articles that lack it.
    """
    from scipy.sparse import csr_matrix

    rarity = {term: math.log((len(counts) + elsewhere) / found) for term, found in documents.items()}
    columns = {term: number for number, term in enumerate(sorted(rarity))}
    starts: list[int] = [0]
    indices: list[int] = []
    weights: list[float] = []
    for one in counts:
        weighed = sorted(((1 + math.log(n)) * rarity[term], columns[term]) for term, n in one.items())[-HEAVIEST:]
        row: NDArray[np.float64] = np.array([weight for weight, _ in weighed])
        length = float(np.sqrt((row * row).sum())) or 1.0
        indices.extend(column for _, column in weighed)
        weights.extend((row / length).tolist())
        starts.append(len(indices))
    return csr_matrix((weights, indices, starts), shape=(len(counts), len(columns)))
