"""A snapshot's pages taken to sorted runs: shard by shard, in any process, in as much memory as a shard needs.

What one annotator did on one article is one record, though it may lie in several projects, and so in several pages.
Where an article has one task, its annotations are finished with the page. The others are *shared*: their work is set
aside as it came, all of an article in one part, and put together when every page was read.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

from toolkit.annotations.codec import Codec
from toolkit.annotations.collect import Collecting, Counts, Received, Work
from toolkit.annotations.direct import Direct
from toolkit.annotations.model import Annotation
from toolkit.annotations.runs import Runs, merged, work_order, write_lines, write_runs
from toolkit.annotations.wire import Page, Task
from toolkit.articles.texts import Line, Texts, index
from toolkit.engine import Engine, uncollected
from toolkit.files import to_json
from toolkit.findings import Place
from toolkit.ontology.model import Ontology
from toolkit.project import Layer

SHARD = 8 << 20  # bytes of pages in a shard
MOST = 256  # shards; beyond as many they grow, since each leaves a file to be merged with the others
PARTS = 32  # of the articles that are shared


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file with tasks of one project, of which those with these ids count (None: all).

    ``url`` is the project's page, ``title`` tells it from others.
    """

    name: str
    bytes: int
    ids: frozenset[int] | None
    title: str
    url: str
    layers: tuple[Layer, ...]

    def page_of(self, task: Any) -> str:
        """The page of a task, for people to go to."""
        return f"{self.url}/data?task={task['id']}" if "id" in task else ""


class Source(Protocol):
    """A snapshot, as it is opened wherever its pages are read."""

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        ...

    def path(self, name: str) -> Path:
        """Where one of them lies. Raises BadInputError where it is not what was pulled."""
        ...

    def annotator(self, completed_by: Any) -> str:
        """The pseudonym for what stands in ``completed_by``; empty where it is nobody."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for all shards."""

    source: Source
    ontology: Ontology
    articles: Path
    scratch: Path
    direct: bool = True  # whether clean annotations may go past the codec


@dataclass(frozen=True, slots=True)
class Shard:
    """Some pages; the articles in them, by their lines in the store, and those that other tasks are about as well."""

    number: int
    pages: tuple[PageFile, ...]
    lines: Mapping[str, Line]
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Part:
    """Work on shared articles, set aside from all shards."""

    number: int
    files: tuple[Path, ...]
    lines: Mapping[str, Line]


@dataclass(slots=True)
class Done:
    """What became of a shard or a part."""

    counts: Counts = field(default_factory=Counts)
    runs: Runs = field(default_factory=Runs)
    aside: dict[int, Path] = field(default_factory=dict)


def read_pages(job: Job, pages: Iterable[PageFile], engine: Engine) -> Done:
    """Check what is in the pages: the counts, and the runs that the files are merged of, in the scratch folder."""
    stored = index(job.articles)
    shards = _shards(job.source, list(pages), stored)
    total, aside = Done(), defaultdict[int, list[Path]](list)
    for done in engine.map(partial(_read, job), shards):
        total.counts.add(done.counts)
        total.runs.add(done.runs)
        for number, path in done.aside.items():
            aside[number].append(path)
    shared = {article_id for shard in shards for article_id in shard.shared}
    parts = [
        _Part(number, tuple(files), {id: stored[id] for id in shared if id in stored and _part(id) == number})
        for number, files in sorted(aside.items())
    ]
    for done in engine.map(partial(_join, job), parts):
        total.counts.add(done.counts)
        total.runs.add(done.runs)
    return total


def _shards(source: Source, pages: list[PageFile], stored: Mapping[str, Line]) -> list[Shard]:
    """Pages put together, and which articles are in them."""
    with uncollected():
        named = {page.name: _articles(source, page) for page in pages}
    tasks = Counter(article_id for names in named.values() for article_id in names)
    least = max(SHARD, sum(page.bytes for page in pages) // MOST)
    shards: list[Shard] = []
    for group in _grouped(pages, least):
        names = {article_id for page in group for article_id in named[page.name] if article_id in stored}
        shared = frozenset(article_id for article_id in names if tasks[article_id] > 1)
        shards.append(Shard(len(shards), group, {article_id: stored[article_id] for article_id in names}, shared))
    return shards


def _articles(source: Source, page: PageFile) -> list[str]:
    path = source.folder / page.name  # its digest is compared when it is read as a whole
    return Page(path if path.is_file() else source.path(page.name), page.ids).articles()


def _grouped(pages: Iterable[PageFile], least: int) -> Iterator[tuple[PageFile, ...]]:
    group: list[PageFile] = []
    for page in pages:
        group.append(page)
        if sum(one.bytes for one in group) >= least:
            yield tuple(group)
            group = []
    if group:
        yield tuple(group)


def _part(article_id: str) -> int:
    return crc32(article_id.encode()) % PARTS


def _read(job: Job, shard: Shard) -> Done:
    """Finish what a shard has for itself, and set the rest aside."""
    with Texts(job.articles, shard.lines) as texts, uncollected():
        reading = _Reading(job, texts)
        for file in shard.pages:
            page = Page(job.source.path(file.name), file.ids)
            for place, task in page.tasks():
                reading.task(page, place, task, file, shard.shared)
        done = reading.done(f"{shard.number:06}")
    for number, lines in reading.aside.items():
        done.aside[number] = job.scratch / f"aside-{number:02}-{shard.number:06}.jsonl"
        write_lines(done.aside[number], sorted(lines, key=work_order))
    return done


def _join(job: Job, part: _Part) -> Done:
    """Put the work on shared articles together."""
    with Texts(job.articles, part.lines) as texts:
        reading = _Reading(job, texts)
        for _, lines in groupby(merged(part.files, work_order), key=work_order):
            by_project: dict[str, list[Work]] = defaultdict(list)
            for row in map(json.loads, lines):
                work = Work(row["annotation"], tuple(row["layers"]), Place(**row["place"]))
                by_project[row["project"]].append(work)
            reading.record(by_project.values())
        return reading.done(f"shared-{part.number:02}")


class _Reading:
    """The reading of one shard or part: its lines, and the work that is not for it."""

    def __init__(self, job: Job, texts: Texts) -> None:
        self.job = job
        self.texts = texts
        self.collecting = Collecting(texts, {}, Codec(job.ontology))
        self.direct = Direct(self.collecting.codec.grammar, self.collecting.counts)
        self.lines: dict[str, list[bytes]] = {"annotations": [], "rejected": [], "findings": []}
        self.aside: dict[int, list[bytes]] = defaultdict(list)
        self._annotators: dict[Any, str] = {}

    def task(self, page: Page, place: int, task: Task | None, file: PageFile, shared: frozenset[str]) -> None:
        """Finish a task's annotations, or set them aside."""
        if task is None:
            received = page.plain(place)
        else:
            left = self._left(task, file, shared) if self.job.direct else range(len(task.annotations or ()))
            if not left:
                self._count(task)
                return
            received = page.plain(place)
            received = {**received, "annotations": [received["annotations"][index] for index in left]}
        works: dict[str, list[Work]] = defaultdict(list)
        here = Received(received, file.title, file.layers)
        for work in self.collecting.works(here, self.job.source.annotator, file.page_of):
            works[work.place.annotator].append(work)
        for _, own in sorted(works.items()):
            if own[0].place.article_id in shared:
                self._set_aside(own, file.title)
            else:
                self.record([own])
        self._drain()

    def record(self, by_project: Iterable[list[Work]]) -> None:
        """Decode and merge what one annotator did on one article."""
        self._write(self.collecting.one_record(by_project))
        self._drain()

    def done(self, part: str) -> Done:
        """Write the runs."""
        return Done(self.collecting.counts, write_runs(self.job.scratch, part, self.lines))

    def _left(self, task: Task, file: PageFile, shared: frozenset[str]) -> list[int]:
        """Write the lines of the clean annotations; which of the others are left, by number."""
        works = task.annotations or []
        article_id, everything = task.data.article_id, list(range(len(works)))
        if not works or article_id in shared or article_id not in self.texts:
            return everything
        article = self.texts[article_id]
        if not task.data.shows(article):
            return everything
        names = [self._annotator(work.completed_by) for work in works]
        url, left = f"{file.url}/data?task={task.id}", []
        for number, (name, work) in enumerate(zip(names, works, strict=True)):
            alone = name and (len(names) == 1 or names.count(name) == 1)
            if alone and (line := self.direct.line(work, article, name, file.layers, url)):
                self.lines["annotations"].append(line + b"\n")
            else:
                left.append(number)
        return left

    def _annotator(self, completed_by: Any) -> str:
        if type(completed_by) is not int:
            return self.job.source.annotator(completed_by)
        if completed_by not in self._annotators:
            self._annotators[completed_by] = self.job.source.annotator(completed_by)
        return self._annotators[completed_by]

    def _count(self, task: Task) -> None:
        self.collecting.counts.tasks += 1
        self.collecting.counts.drafts += len(task.drafts or ())
        self.collecting.counts.predictions += len(task.predictions or ())

    def _set_aside(self, works: Iterable[Work], project: str) -> None:
        for work in works:
            row = {
                "annotation": work.annotation,
                "layers": work.layers,
                "place": asdict(work.place),
                "project": project,
            }
            self.aside[_part(work.place.article_id)].append(_line(row))

    def _write(self, record: Annotation) -> None:
        self.lines["annotations"].append(_line(record.model_dump(mode="json")))

    def _drain(self) -> None:
        rows, findings = self.collecting.drained()
        self.lines["rejected"] += (_line(row.as_dict()) for row in rows)
        self.lines["findings"] += (_line(finding.as_dict()) for finding in findings)


def _line(value: Any) -> bytes:
    return to_json(value).encode() + b"\n"
