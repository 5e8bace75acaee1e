"""From a snapshot to checked records."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.articles.store import load
from toolkit.errors import GoldkitError
from toolkit.findings import Finding
from toolkit.stages.setup import ontology
from toolkit.stages.talk import counted
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.codec import Text
    from toolkit.annotations.collect import Collected, Counts, Received
    from toolkit.annotations.pages import PageFile
    from toolkit.annotations.pseudonyms import Pseudonyms
    from toolkit.annotations.store import Written
    from toolkit.articles.model import StoredArticle
    from toolkit.engine import Engine
    from toolkit.ontology.model import Ontology
    from toolkit.studio.snapshots import Snapshot

MUCH = 128 << 20  # bytes of pages from which on several processes are worth their start


@dataclass(frozen=True, slots=True)
class Checked:
    """What a snapshot holds after the checks, and where it was written."""

    snapshot: Path
    written: Written
    articles: tuple[Finding, ...] = ()  # about the articles that came with an export
    drafts: int = 0  # tasks with unfinished work, which a snapshot counts and does not hold

    @property
    def collected(self) -> Collected:
        """Everything that was written, read into memory each time."""
        return self.written.load()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The problems found, read into memory each time; ``each_finding`` keeps none."""
        return tuple(self.each_finding())

    def each_finding(self) -> Iterator[Finding]:
        """The problems found, one by one."""
        from toolkit.annotations.store import load_findings

        yield from self.articles
        yield from load_findings(self.written.findings)

    @property
    def summary(self) -> str:
        """The counts, for people: they add up."""
        c = self.written.counts
        drafts = f"drafts in {counted(self.drafts, 'task')}" if self.drafts else counted(c.drafts, "draft")
        broken = f" ({c.tasks_rejected} rejected)" if c.tasks_rejected else ""
        context = f" + {c.items_context} context" if c.items_context else ""
        return (
            f"snapshot {self.snapshot.name}: {counted(c.tasks, 'task')}{broken}\n"
            f"not taken: {drafts}, {counted(c.predictions, 'prediction')}\n"
            f"annotations: {c.annotations_in} in = {c.annotations_valid} valid + {c.annotations_skipped} skipped"
            f" + {c.annotations_rejected} rejected\n"
            f"items: {c.items_in} in = {c.items_valid} valid + {c.items_rejected} rejected{context}"
        )

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "snapshot": str(self.snapshot),
            "counts": self.written.counts.as_dict(),
            "tasks_with_drafts": self.drafts,
            "records": self.written.records,
            "findings": [finding.as_dict() for finding in self.findings],
        }


def check(workspace: Workspace, *, engine: Engine | None = None, unless_done: bool = False) -> Checked:
    """Check the newest snapshot against the ontology and the articles as they are now, and write the records.

    Args:
        workspace: where.
        engine: what reads the pages of a snapshot; by default this process, and all cores where there is much to read.
            What is written does not depend on it.
        unless_done: leave the files as they are, where they are what the same check of the same input wrote.
    """
    from toolkit.annotations.mapping import group_unmapped
    from toolkit.annotations.store import write
    from toolkit.stages.checkmark import Checkmark
    from toolkit.studio import snapshots

    snapshot = snapshots.latest(workspace.snapshots)
    drafts = sum(project.drafts for project in snapshot.manifest.projects)
    mark = Checkmark.of(workspace, snapshot)
    if unless_done and (done := mark.kept()):
        return Checked(snapshot.folder, done, drafts=drafts)
    if snapshot.manifest.export:
        collected = read_snapshot(workspace, snapshot)
        collected = group_unmapped(collected, Path(snapshot.manifest.mapping or "mapping.yaml"))
        written = write(collected, workspace)
    else:
        written = _stream(workspace, snapshot, engine)
    mark.keep(written)
    return Checked(snapshot.folder, written, drafts=drafts)


def _stream(workspace: Workspace, snapshot: Snapshot, engine: Engine | None) -> Written:
    """Check a snapshot from a server page by page, and write what is in it, in as much memory as a few pages need."""
    from toolkit.annotations.pages import Job, read_pages
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.annotations.store import write_merged
    from toolkit.files import scratch_folder

    pages = list(_page_files(snapshot))
    load_pseudonyms(workspace.private)  # makes the key, before several processes would
    with scratch_folder(workspace.exports / "check") as scratch:
        source = _Pages(snapshot.folder, workspace.private)
        job = Job(source, ontology(workspace), workspace.articles, scratch)
        done = read_pages(job, pages, engine or _engine(sum(page.bytes for page in pages)))
        _add_up(snapshot, done.counts)
        return write_merged(done.runs, done.counts, workspace)


def _engine(bytes: int) -> Engine:
    """All cores, where that saves more than the second that it takes to start processes."""
    from toolkit.engine import Here, Processes

    return Processes(os.cpu_count() or 1) if bytes >= MUCH else Here()


def _page_files(snapshot: Snapshot) -> Iterator[PageFile]:
    from toolkit.annotations.pages import PageFile
    from toolkit.studio.snapshots import stored_pages

    for page in stored_pages(snapshot):
        project, size = page.project, snapshot.manifest.files[page.file].bytes
        yield PageFile(page.file, size, page.ids, project.title, project.url, project.layers)


@dataclass(frozen=True)
class _Pages:
    """A snapshot, opened anew in each process; the key of the pseudonyms does not travel."""

    folder: Path
    private: Path

    @cached_property
    def _snapshot(self) -> Snapshot:
        from toolkit.studio import snapshots

        return snapshots.load(self.folder)

    @cached_property
    def _pseudonyms(self) -> Pseudonyms:
        from toolkit.annotations.pseudonyms import load_pseudonyms

        return load_pseudonyms(self.private)

    def __reduce__(self) -> Any:
        return _Pages, (self.folder, self.private)

    def path(self, name: str) -> Path:
        return self._snapshot.file(name)

    def annotator(self, completed_by: Any) -> str:
        return self._pseudonyms.of(self._snapshot.identity(completed_by)) if completed_by else ""


def read_snapshot(
    workspace: Workspace,
    snapshot: Snapshot,
    change: Callable[[Received], Received] = lambda received: received,
    *,
    schema: Ontology | None = None,
) -> Collected:
    """What a snapshot holds, checked; nothing is written. Each task is checked as ``change`` returns it.

    ``schema`` is the ontology to check with; by default the workspace's as it is now.
    """
    from toolkit.annotations.collect import collect
    from toolkit.annotations.pseudonyms import load_pseudonyms

    pseudonyms = load_pseudonyms(workspace.private)

    def annotator_of(completed_by: Any) -> str:
        return pseudonyms.of(snapshot.identity(completed_by)) if completed_by else ""

    schema, stored = schema or ontology(workspace), load(workspace.articles)
    received = _from_file(snapshot, schema, stored) if snapshot.manifest.export else _from_server(snapshot)
    collected = collect(
        map(change, received.tasks),
        {article_id: one.article for article_id, one in stored.items()},
        schema,
        annotator_of,
        received.place_of,
        raw=received.raw,
    )
    _add_up(snapshot, collected.counts)
    return collected


def _add_up(snapshot: Snapshot, counts: Counts) -> None:
    if not counts.add_up:
        raise GoldkitError(
            f"the counts of {snapshot.folder.name} do not add up: {counts.as_dict()}",
            next="nothing was written; please report this as a bug of goldkit",
        )


def take_file(workspace: Workspace, export: Path, mapping: Path | None) -> Checked:
    """Keep somebody's export (Label Studio JSON, JSON lines, a brat or CoNLL folder) as a snapshot; check it.

    Its articles are kept too, and frozen without the cleaning rules: their text is what people saw when they labelled.

    Raises BadInputError where the export or the mapping cannot be read; nothing is kept then.
    """
    from toolkit.annotations.exports import raw_articles
    from toolkit.articles.freeze import freeze_all
    from toolkit.articles.rules import Rules
    from toolkit.articles.store import add
    from toolkit.studio import snapshots

    schema = ontology(workspace)
    stored = load(workspace.articles) if workspace.articles.is_file() else {}
    received = _read_export(export, mapping, schema, stored)
    added = add(workspace.articles, freeze_all(raw_articles(received, export), Rules()))
    snapshots.keep_file(workspace.snapshots, export, mapping, workspace.ontology)
    checked = check(workspace)
    return replace(checked, articles=added.findings)


@dataclass(frozen=True, slots=True)
class _Input:
    """What a snapshot gives to the checks."""

    tasks: Iterable[Received]
    place_of: Callable[[dict[str, Any]], str]
    raw: Mapping[str, Text]


def _from_server(snapshot: Snapshot) -> _Input:
    from toolkit.annotations.collect import Received
    from toolkit.studio.snapshots import read_tasks

    pages: dict[int, str] = {}

    def tasks() -> Iterator[Received]:
        for project, task in read_tasks(snapshot):
            pages[task["id"]] = f"{project.url}/data?task={task['id']}"
            yield Received(task, project.title, project.layers)

    return _Input(tasks(), lambda task: pages.get(task.get("id", 0), ""), {})


def _from_file(snapshot: Snapshot, schema: Ontology, stored: Mapping[str, StoredArticle]) -> _Input:
    from toolkit.annotations.exports import place_of, raw_texts

    def place(task: dict[str, Any]) -> str:
        found = place_of(task, export)
        return str(found) if found.line else f"{export.name}, task {task.get('id')}"

    export = snapshot.export
    mapping = snapshot.file(snapshot.manifest.mapping) if snapshot.manifest.mapping else None
    received = _read_export(export, mapping, schema, stored)
    shown = {one.task["data"]["article_id"]: one.task["data"]["text"] for one in received if _has_text(one.task)}
    as_it_came = [one for id, one in stored.items() if shown.get(id) == one.raw]
    return _Input(received, place, raw_texts(as_it_came))


def _has_text(task: Any) -> bool:
    return isinstance(task, dict) and isinstance(task.get("data"), dict) and "text" in task["data"]


def _read_export(
    export: Path, mapping: Path | None, schema: Ontology, stored: Mapping[str, StoredArticle]
) -> list[Received]:
    from toolkit.annotations.exports import read_export
    from toolkit.annotations.grammar import Grammar
    from toolkit.annotations.mapping import ExportMapping, load_mapping

    grammar = Grammar(schema)
    names = load_mapping(mapping, grammar) if mapping else ExportMapping()
    known = {text: id for id, one in stored.items() for text in (one.article.text, one.raw)}
    return read_export(export, names, grammar, known)
