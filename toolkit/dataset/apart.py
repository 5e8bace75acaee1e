"""The proof that no event and no copy is on both sides of a split, before a dataset is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from toolkit.articles.model import Article
from toolkit.dataset.splits import TORN, Piece, Splits, components, divide
from toolkit.errors import BadInputError
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.project import Project

if TYPE_CHECKING:
    from toolkit.articles.near.pairs import Pair

MISSED = Rule(
    "split-also-alike",
    "The articles that belong together are those that goldkit articles group lists.",
    Severity.NOTE,
    "nothing; a rule in configs/cleaning.yaml takes boilerplate out of the articles to come",
)
COPIES = "dup-"  # what a group of copies is called by, before its first article
_SHOWN = 5


def divide_apart(
    articles: Mapping[str, Article],
    with_gold: Collection[str],
    together: Iterable[Collection[str]],
    project: Project,
    released: Mapping[str, str] | None = None,
) -> Splits:
    """Divide the articles so that no two texts in two splits are as much alike as ``project.grouping.review`` says.

    Every two texts of different splits are compared exactly, without what is taken for boilerplate and whole, whatever
    was known of them before: what the search for near-copies missed is put together here. The other arguments are those
    of ``divide``.

    Raises BadInputError where articles that belong together were released in two splits.
    """
    from toolkit.articles.near.copies import without_boilerplate
    from toolkit.articles.near.exact import cross_pairs

    pieces = {id: Piece(article.published, id in with_gold) for id, article in articles.items()}
    whole = {id: article.text for id, article in articles.items()}
    stripped = without_boilerplate(articles)
    ties = list(together)
    missed: list[Pair] = []
    while True:
        splits = divide(pieces, ties, project.dataset, released)
        _require_whole(splits)
        alike = [
            pair
            for texts in ([stripped] if stripped == whole else [stripped, whole])
            for pair in cross_pairs(texts, splits.by_article, project.grouping.review, project.grouping.containment)
        ]
        if not alike:
            return replace(splits, findings=(*splits.findings, *_missed(missed)))
        missed += alike
        ties += [(pair.left, pair.right) for pair in alike]


def divided(articles: Mapping[str, Article], splits: Splits, together: Iterable[Collection[str]]) -> dict[str, Article]:
    """The articles that have a split. Copies that only a withheld article held together are no group without it."""
    kept = {id: article for id, article in articles.items() if id in splits.by_article}
    groups: dict[str, list[str]] = defaultdict(list)
    for id in splits.withheld:
        if articles[id].dup_group:
            groups[articles[id].dup_group] = []
    for id, article in kept.items():
        if article.dup_group in groups:
            groups[article.dup_group].append(id)
    for name, members in groups.items():
        named_after_one_that_is_gone = name.removeprefix(COPIES) in splits.withheld
        for part in components(members, together):
            stays = len(part) == len(members) > 1 and not named_after_one_that_is_gone
            group = name if stays else f"{COPIES}{part[0]}" if len(part) > 1 else ""
            kept |= {id: kept[id].model_copy(update={"dup_group": group}) for id in part}
    return kept


def _missed(pairs: Sequence[Pair]) -> Iterator[Finding]:
    """The pairs that nobody had told of, in one finding."""
    if pairs:
        likest = max(pairs, key=lambda pair: (pair.jaccard, pair.left, pair.right))
        message = (
            f"{len({(pair.left, pair.right) for pair in pairs})} pairs of articles stay together that are alike by "
            "what is taken for boilerplate, or that nobody listed; "
            f"{likest.left} and {likest.right} most (Jaccard {likest.jaccard:.2f})"
        )
        yield MISSED.at(Place(article_id=likest.left), message)


def _require_whole(splits: Splits) -> None:
    if splits.torn:
        told = [finding.message for finding in splits.findings if finding.rule == TORN.id]
        more = [f"and {len(told) - _SHOWN} more pairs"] if len(told) > _SHOWN else []
        raise BadInputError(
            "\n  ".join(["articles that belong together were released in two splits", *told[:_SHOWN], *more]),
            next=TORN.next,
        )
