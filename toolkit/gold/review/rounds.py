"""All reviews of all rounds: which of them counts for each article, and what they amount to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from toolkit.annotations.checks import RULES
from toolkit.annotations.codec import Codec
from toolkit.articles.model import Article
from toolkit.findings import Finding, Place
from toolkit.gold.model import Gold
from toolkit.gold.review.case import Case, state
from toolkit.gold.review.fates import Fate
from toolkit.gold.review.reading import Reviewed, read_review
from toolkit.gold.review.rules import FROM_SCRATCH, ROUND_CHANGED, TWICE, UNREADABLE


class HandedIn(NamedTuple):
    """What somebody (a pseudonym) submitted; ``age`` tells the latest of several."""

    result: Any
    adjudicator: str
    age: tuple[str, int]


class ReviewTask(NamedTuple):
    """A task as it came back: what was shown in it, None where that is not to be read, and all that was submitted."""

    article_id: str
    text: Any
    case: Case | None
    url: str
    submitted: tuple[HandedIn, ...]
    skipped: bool


@dataclass(slots=True)
class ReviewCounts:
    """What was reviewed, in articles, in differences and in items (see ``Reviewed``)."""

    articles: int = 0
    articles_reviewed: int = 0
    articles_skipped: int = 0
    articles_waiting: int = 0
    articles_rejected: int = 0
    differences: int = 0
    differences_decided: int = 0
    differences_left: int = 0
    items_shown: int = 0
    items_added: int = 0
    items_kept: int = 0
    items_adjudicated: int = 0
    items_rejected: int = 0
    items_left: int = 0

    def add(self, review: Reviewed) -> None:
        """Count a review."""
        self.articles_reviewed += 1
        self.differences += review.differences
        self.differences_decided += review.decided
        self.differences_left += review.left
        self.items_shown += review.shown
        self.items_added += review.added
        for fate, items in review.fates.items():
            if fate is Fate.KEPT:
                self.items_kept += items
            elif fate.stands:
                self.items_adjudicated += items
            elif fate is Fate.REJECTED:
                self.items_rejected += items
            else:
                self.items_left += items

    @property
    def add_up(self) -> bool:
        """Whether nothing was lost."""
        articles = self.articles_reviewed + self.articles_skipped + self.articles_waiting + self.articles_rejected
        items = self.items_kept + self.items_adjudicated + self.items_rejected + self.items_left
        return (
            self.articles == articles
            and self.differences == self.differences_decided + self.differences_left
            and self.items_shown + self.items_added == items
        )

    def __str__(self) -> str:
        broken = f" + {self.articles_rejected} not to be read" if self.articles_rejected else ""
        return (
            f"articles: {self.articles} queued = {self.articles_reviewed} reviewed + {self.articles_skipped} skipped"
            f" + {self.articles_waiting} waiting{broken}\n"
            f"differences: {self.differences} reviewed = {self.differences_decided} decided"
            f" + {self.differences_left} left\n"
            f"items: {self.items_shown} shown + {self.items_added} added = {self.items_kept} kept"
            f" + {self.items_adjudicated} adjudicated + {self.items_rejected} rejected + {self.items_left} left"
        )

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@dataclass(slots=True)
class Reviews:
    """Each queued article's review, None where there is none; with the counts and the findings."""

    by_article: dict[str, Gold | None] = field(default_factory=dict)
    counts: ReviewCounts = field(default_factory=ReviewCounts)
    findings: list[Finding] = field(default_factory=list)


def read_rounds(
    tasks: Iterable[ReviewTask],
    articles: Mapping[str, Article],
    codec: Codec,
    names_of: Callable[[Case], Mapping[str, str]],
) -> Reviews:
    """Read all tasks of a review project. The latest round that somebody reviewed counts, in it the latest review.

    Args:
        tasks: in any order.
        articles: the frozen articles by id.
        codec: the ontology's.
        names_of: the pseudonyms of those whom a case shows under other names.
    """
    reviews = Reviews()
    rounds: dict[str, list[ReviewTask]] = defaultdict(list)
    for task in tasks:
        rounds[task.article_id].append(task)
    for article_id, those in sorted(rounds.items()):
        reviews.counts.articles += 1
        readable = [
            _from_what_was_shown(task, reviews.findings)
            for task in those
            if not _problem(task, articles.get(article_id), reviews.findings)
        ]
        last: Reviewed | None = None
        for task in sorted(readable, key=_round):
            if task.case and task.submitted:
                last = _read(task, task.case, last, articles[article_id].text, codec, names_of, reviews.findings)
        reviews.by_article[article_id] = last.gold if last else None
        if last:
            reviews.counts.add(last)
            reviews.findings += last.findings
        elif not readable:
            reviews.counts.articles_rejected += 1
        elif any(task.skipped for task in readable):
            reviews.counts.articles_skipped += 1
        else:
            reviews.counts.articles_waiting += 1
    reviews.findings.sort()
    return reviews


def _round(task: ReviewTask) -> tuple[int, tuple[str, int]]:
    return task.case.round if task.case else 0, max((one.age for one in task.submitted), default=("", 0))


def _problem(task: ReviewTask, article: Article | None, findings: list[Finding]) -> bool:
    """Report why a task is not to be read, if so."""
    place = Place(article_id=task.article_id, url=task.url)
    if task.case is None:
        findings.append(UNREADABLE.at(place, "the task does not hold what it was pushed with"))
    elif article is None:
        findings.append(RULES["unknown-article"].at(place, "no article is called so"))
    elif (task.text, task.case.open.text_sha256) != (article.text, article.text_sha256):
        findings.append(RULES["text-changed"].at(place, "the task does not show the text that was frozen"))
    else:
        return False
    return True


def _from_what_was_shown(task: ReviewTask, findings: list[Finding]) -> ReviewTask:
    """The task without reviews that began with an empty screen: all that was settled would seem to be deleted."""
    open = task.case.open if task.case else None
    settled = {item.id for item in (*open.mentions, *open.cues, *open.claims)} if open else set()
    kept: list[HandedIn] = []
    for one in task.submitted:
        elements = one.result if isinstance(one.result, list) else ()
        there = {element.get("id") for element in elements if isinstance(element, dict)}
        if isinstance(one.result, list) and (not settled or settled & there):
            kept.append(one)
        else:
            place = Place(article_id=task.article_id, annotator=one.adjudicator, url=task.url)
            findings.append(FROM_SCRATCH.at(place, "nothing that was settled is in this review"))
    return task._replace(submitted=tuple(kept))


def _read(
    task: ReviewTask,
    case: Case,
    last: Reviewed | None,
    text: str,
    codec: Codec,
    names_of: Callable[[Case], Mapping[str, str]],
    findings: list[Finding],
) -> Reviewed:
    latest = max(task.submitted, key=lambda one: one.age)
    place = Place(article_id=task.article_id, annotator=latest.adjudicator, url=task.url)
    if len(task.submitted) > 1:
        message = f"round {case.round} was reviewed {len(task.submitted)} times; the latest, this one, counts"
        findings.append(TWICE.at(place, message))
    if last and case.round > 1 and case.state != state(last.gold):
        message = f"round {case.round - 1} is not what it was when round {case.round} was pushed"
        findings.append(ROUND_CHANGED.at(place, message))
    return read_review(case, latest.result, text, codec, latest.adjudicator, names_of(case), place)
