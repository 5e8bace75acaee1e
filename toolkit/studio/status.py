"""How far the labelling is, how fast it goes, and when each annotator may be through."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from toolkit.studio.assign import LiveTask, Name, read
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject

ENOUGH = 5  # labelled articles, fewer of which say nothing about the pace
AN_HOUR = 3600  # seconds
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Work:
    """One annotator's work in one project, in articles; ``drafts`` are begun, or being changed.

    The pace is that of the middle article: half of theirs went faster. ``hours_left`` is what is left of the assigned
    characters at that pace; ``through`` is the day by which they would be labelled at the rate of the days since the
    annotator's first article, free days and all. None and "" where there is too little work to say.
    """

    labelled: int = 0
    skipped: int = 0
    assigned: int = 0
    left: int = 0
    drafts: int = 0
    articles_per_hour: float | None = None
    characters_per_hour: int | None = None
    hours_left: float | None = None
    through: str = ""


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """One project: how many articles it has, with at least one annotation, skip or draft; and who did how much."""

    title: str
    id: int
    url: str
    articles: int
    labelled: int
    skipped: int
    drafts: int
    by_annotator: dict[str, Work] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The status as plain JSON values."""
        return asdict(self)


def status(
    client: Client,
    projects: Sequence[RemoteProject],
    name: Name,
    *,
    now: datetime | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> list[ProjectStatus]:
    """The state of each project; ``name`` turns an annotator's e-mail address into what may be shown."""
    now = now or datetime.now(UTC)
    return [_status(client, project, read(client, project, name, progress), name, now) for project in projects]


def _status(
    client: Client, project: RemoteProject, tasks: Sequence[LiveTask], name: Name, now: datetime
) -> ProjectStatus:
    drafts = _drafts(client, tasks, name)
    attempts = (attempt.annotator for task in tasks for attempt in task.attempts)
    assigned = (annotator for task in tasks for annotator in task.assigned)
    annotators = {*attempts, *assigned, *drafts, *project.wanted.annotators}
    return ProjectStatus(
        title=project.title,
        id=project.id,
        url=project.url,
        articles=len(tasks),
        labelled=sum(bool(task.labelled) for task in tasks),
        skipped=sum(any(attempt.skipped for attempt in task.attempts) for task in tasks),
        drafts=sum(task.draft for task in tasks),
        by_annotator={annotator: _work(annotator, tasks, drafts[annotator], now) for annotator in sorted(annotators)},
    )


def _drafts(client: Client, tasks: Sequence[LiveTask], name: Name) -> Counter[str]:
    """On how many tasks each annotator has a draft; asked for task by task, for a list shows to each user their own."""
    found: Counter[str] = Counter()
    for task in tasks:
        if task.draft:
            found.update({name(draft["user"].lower()) for draft in client.get(f"/api/tasks/{task.id}/drafts")})
    return found


def _work(annotator: str, tasks: Sequence[LiveTask], drafts: int, now: datetime) -> Work:
    done: list[_Done] = []
    skipped = assigned = 0
    left: list[int] = []
    for task in tasks:
        own = [attempt for attempt in task.attempts if attempt.annotator == annotator]
        finished = [attempt for attempt in own if not attempt.skipped]
        if finished:
            done.append(_Done(task.characters, finished[-1].seconds, finished[-1].begun))
        skipped += len(finished) < len(own)
        if annotator in task.assigned:
            assigned += 1
            left.extend([] if own else [task.characters])
    pace = _pace(done)
    return Work(
        labelled=len(done),
        skipped=skipped,
        assigned=assigned,
        left=len(left),
        drafts=drafts,
        articles_per_hour=pace and round(pace.articles, 1),
        characters_per_hour=pace and round(pace.characters),
        hours_left=pace and round(sum(left) / pace.characters, 1),
        through=_through(done, sum(left), now),
    )


class _Done(NamedTuple):
    """One labelled article: its length, and how long (seconds) it took from when."""

    characters: int
    seconds: float
    begun: datetime


class _Pace(NamedTuple):
    """Articles and characters in an hour."""

    articles: float
    characters: float


def _pace(done: Sequence[_Done]) -> _Pace | None:
    """The middle article's pace: a screen that was left open over night does not move it."""
    timed = [one for one in done if one.seconds > 0 and one.characters]
    if len(timed) < ENOUGH:
        return None
    return _Pace(
        AN_HOUR / median(one.seconds for one in timed), AN_HOUR * median(one.characters / one.seconds for one in timed)
    )


def _through(done: Sequence[_Done], characters: int, now: datetime) -> str:
    """The day by which these characters would be labelled, at the rate of the days since the first article."""
    written = sum(one.characters for one in done)
    since = now - min((one.begun for one in done), default=now)
    if len(done) < ENOUGH or since < A_DAY or not (characters and written):
        return ""
    with contextlib.suppress(OverflowError):  # in another age
        return (now + since * (characters / written)).date().isoformat()
    return ""
