"""The proof that no event and no copy is on both sides of a split, before a dataset is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from toolkit.articles.model import Article
from toolkit.dataset.splits import TORN, Piece, Splits, divide
from toolkit.errors import BadInputError
from toolkit.project import Project

_SHOWN = 5


def divide_apart(
    articles: Mapping[str, Article],
    with_gold: Collection[str],
    together: Iterable[Collection[str]],
    project: Project,
    released: Mapping[str, str] | None = None,
) -> Splits:
    """Divide the articles so that no two texts in two splits are as much alike as ``project.grouping.review`` says.

    Every two texts of different splits are compared exactly, whatever was known of them before: what the search for
    near-copies missed is put together here. The other arguments are those of ``divide``.

    Raises BadInputError where articles that belong together were released in two splits.
    """
    from toolkit.articles.near.copies import without_boilerplate
    from toolkit.articles.near.exact import cross_pairs

    pieces = {id: Piece(article.published, id in with_gold) for id, article in articles.items()}
    texts = without_boilerplate(articles)
    ties = list(together)
    while True:
        splits = divide(pieces, ties, project.dataset, released)
        _require_whole(splits)
        alike = cross_pairs(texts, splits.by_article, project.grouping.review, project.grouping.containment)
        if not alike:
            return splits
        ties += [(pair.left, pair.right) for pair in alike]


def _require_whole(splits: Splits) -> None:
    if splits.torn:
        told = [finding.message for finding in splits.findings if finding.rule == TORN.id]
        more = [f"and {len(told) - _SHOWN} more pairs"] if len(told) > _SHOWN else []
        raise BadInputError(
            "\n  ".join(["articles that belong together were released in two splits", *told[:_SHOWN], *more]),
            next=TORN.next,
        )
