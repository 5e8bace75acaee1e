"""The articles that annotators see most differently, to be read side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation
from toolkit.articles.model import Article
from toolkit.gold.model import Gold
from toolkit.gold.resolve import Resolved
from toolkit.report.contests import Contest, contested
from toolkit.report.passages import Passage, passages

OPEN = "open"
AWAITING = "awaiting"


@dataclass(frozen=True, slots=True)
class Disputed:
    """One article: what is contested in it, and its text with everybody's marks.

    ``links`` lead to its tasks in Label Studio; ``state`` is ``open``, ``awaiting``, or how it was settled.
    """

    article_id: str
    title: str
    outlet: str
    language: str
    state: str
    annotators: tuple[str, ...]
    skipped_by: tuple[str, ...]
    links: tuple[str, ...]
    contests: tuple[Contest, ...]
    passages: tuple[Passage, ...]

    @property
    def open(self) -> int:
        """How many of the contests are left for a person."""
        return sum(one.open for one in self.contests)

    def as_dict(self) -> dict[str, Any]:
        """What is contested, as plain JSON values, without the text."""
        return {
            "article_id": self.article_id,
            "title": self.title,
            "outlet": self.outlet,
            "state": self.state,
            "annotators": list(self.annotators),
            "skipped_by": list(self.skipped_by),
            "links": list(self.links),
            "contests": [
                {
                    "number": one.number,
                    "kind": one.kind,
                    "what": one.what,
                    "about": list(one.about),
                    "open": one.open,
                    "start": one.start,
                    "end": one.end,
                    "sayings": [{"words": it.words, "annotators": list(it.annotators)} for it in one.sayings],
                    "suggested": {model: list(answer) for model, answer in one.suggested.items()},
                }
                for one in self.contests
            ],
        }


@dataclass(frozen=True, slots=True)
class Disagreements:
    """The worst articles, open ones first, and how many more there are of each kind."""

    articles: tuple[Disputed, ...]
    more_open: int
    more_settled: int


def disagreements(
    works: Iterable[Annotation], resolved: Resolved, articles: Mapping[str, Article], grammar: Grammar, *, worst: int
) -> Disagreements:
    """The ``worst`` articles: open ones by how much is open, then settled ones by how much is contested."""
    by_article: dict[str, list[Annotation]] = defaultdict(list)
    for work in works:
        by_article[work.article_id].append(work)
    gold = {one.article_id: one for one in (*resolved.gold, *resolved.open)}
    waiting = {*resolved.awaiting}
    disputed: list[tuple[bool, int, int, str]] = []
    for article_id, own in by_article.items():
        found = contested(_live(own), gold.get(article_id), grammar)
        if found.contests:
            disputed.append((article_id not in waiting, -found.open, -len(found.contests), article_id))
    disputed.sort()
    left = disputed[worst:]
    return Disagreements(
        articles=tuple(
            _shown(articles[article_id], by_article[article_id], gold.get(article_id), grammar)
            for *_, article_id in disputed[:worst]
        ),
        more_open=sum(not settled for settled, *_ in left),
        more_settled=sum(settled for settled, *_ in left),
    )


def _shown(article: Article, works: Iterable[Annotation], gold: Gold | None, grammar: Grammar) -> Disputed:
    works = sorted(works, key=lambda work: work.annotator)
    live = _live(works)
    found = contested(live, gold, grammar)
    return Disputed(
        article_id=article.article_id,
        title=article.title,
        outlet=article.outlet,
        language=article.language,
        state=_state(gold),
        annotators=tuple(work.annotator for work in live),
        skipped_by=tuple(work.annotator for work in works if work.skipped),
        links=tuple(sorted({work.source for work in works if _is_page(work.source)})),
        contests=found.contests,
        passages=passages(article.text, live, found.numbers),
    )


def _state(gold: Gold | None) -> str:
    if gold is None:
        return AWAITING
    return OPEN if gold.differences else gold.resolution.value


def _live(works: Iterable[Annotation]) -> list[Annotation]:
    return [work for work in works if not work.skipped]


def _is_page(source: str) -> bool:
    """Whether it can be followed: a file's name cannot, and no other scheme is to be trusted."""
    return source.startswith(("https://", "http://"))
