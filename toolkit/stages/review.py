"""Adjudication: what the votes left open to a review project in Label Studio, and the decisions back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from toolkit.errors import GoldkitError, UsageError
from toolkit.files import read_text
from toolkit.findings import Finding, Place
from toolkit.project import LAYERS, StudioProject
from toolkit.stages.gold import resolve
from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.stages.sync import connected
from toolkit.stages.talk import Bar, Say, no_bar, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.codec import Codec
    from toolkit.annotations.model import Annotation
    from toolkit.gold.model import Gold
    from toolkit.gold.resolve import Resolved
    from toolkit.gold.review.case import Case
    from toolkit.gold.review.rounds import ReviewCounts
    from toolkit.studio.review import Queued
    from toolkit.studio.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class PushedReviews:
    """What became of the open articles: ``new`` tasks, ``known`` ones; of ``stuck`` ones there is nothing to show."""

    title: str
    url: str
    new: int
    known: int
    stuck: int
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"findings": [finding.as_dict() for finding in self.findings]}


@dataclass(frozen=True, slots=True)
class PulledReviews:
    """What a snapshot of the review project holds, and how many articles are gold with it."""

    snapshot: str
    counts: ReviewCounts
    gold: int
    awaiting: int
    findings: tuple[Finding, ...]

    @property
    def summary(self) -> str:
        """The counts, for people: they add up."""
        return (
            f"review snapshot {self.snapshot}\n{self.counts}\n"
            f"now {self.gold} articles are gold, {self.awaiting} await adjudication"
        )

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"findings": [finding.as_dict() for finding in self.findings]}


def review_project(workspace: Workspace) -> StudioProject:
    """The Label Studio project that reviews are made in, with all layers that are labelled.

    Raises UsageError where a labelling project has its title.
    """
    wanted = workspace.project.studio.projects
    title = f"{workspace.project.name} review"
    if any(one.title == title for one in wanted):
        raise UsageError(
            f"configs/project.yaml calls a project “{title}”, as the project for reviews is called",
            next="choose another title there (studio: projects:)",
        )
    return StudioProject(
        title=title, layers=tuple(layer for layer in LAYERS if any(layer in one.layers for one in wanted))
    )


def push(
    workspace: Workspace,
    *,
    names: bool = False,
    url: str = "",
    token: str = "",
    bar: Bar = no_bar,
    say: Say = no_word,
) -> PushedReviews:
    """Bring the review project up to date, and every open article into it, once a round, the worst first.

    Annotators are called A, B, C …, in another order on each article; with ``names`` by their pseudonyms.
    """
    from toolkit.annotations.codec import Codec
    from toolkit.gold.review.case import worst_first
    from toolkit.studio import projects
    from toolkit.studio.review import push_cases, queued
    from toolkit.studio.reviewconfig import names_on, review_config, review_instructions

    schema, stored, resolved = ontology(workspace), articles(workspace), resolve(workspace)
    codec, wanted, guidelines = Codec(schema), review_project(workspace), read_text(workspace.guidelines)
    with connected(workspace, url, token, say) as client:
        there = projects.find_project(client, workspace.project.name, wanted)
        queue = _Queue(workspace, codec, queued(client, there) if there else {}, there.url if there else "")
        cases = worst_first(queue.cases(resolved.open, {id: one.text for id, one in stored.items()}, names=names))
        stuck = len(resolved.awaiting) - len(resolved.open)
        findings = tuple(sorted((*queue.findings, *_about_reviews(resolved))))
        if there is None and not cases:
            return PushedReviews(wanted.title, "", 0, 0, stuck, findings)
        shown = {name for case in cases for name in case.voters} | set(names_on(there.label_config) if there else ())
        project = projects.ensure_project(
            client,
            workspace.project.name,
            wanted,
            label_config=review_config(schema, wanted.layers, sorted(shown)),
            instruction=review_instructions(guidelines, schema),
        )
        if project.made:
            say(f"made the project “{project.title}”: {project.url}")
        with bar(f"pushing to {project.title}", len(cases)) as advance:
            new = push_cases(client, project, cases, stored, codec.grammar, progress=advance)
    return PushedReviews(project.title, project.url, new, queue.known, stuck, findings)


def pull(
    workspace: Workspace, *, url: str = "", token: str = "", bar: Bar = no_bar, say: Say = no_word
) -> PulledReviews | None:
    """Fetch a snapshot of the review project, read what was decided, write ``reviews.jsonl``, and resolve with it.

    None where there is no such project.
    """
    from toolkit.studio import projects
    from toolkit.studio import pull as fetching
    from toolkit.studio.turns import in_turn

    turn = in_turn(workspace.private / "review-pull.lock", say, "goldkit review pull")
    with turn, connected(workspace, url, token, say) as client:
        there = projects.find_project(client, workspace.project.name, review_project(workspace))
        if there is None:
            return None
        with bar("pulling reviews", there.tasks) as advance:
            snapshot = fetching.pull(client, [there], workspace.review_snapshots, workspace.ontology, progress=advance)
    return read(workspace, snapshot)


def read(workspace: Workspace, snapshot: Snapshot) -> PulledReviews:
    """Read the reviews in a snapshot, write them, and resolve with them.

    Raises GoldkitError where the counts do not add up; nothing is written then.
    """
    from toolkit.annotations.codec import Codec
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.gold.review.case import voters
    from toolkit.gold.review.rounds import read_rounds
    from toolkit.gold.review.rules import KEPT
    from toolkit.gold.store import write_gold
    from toolkit.studio.review import review_tasks

    pseudonym = load_pseudonyms(workspace.private).of
    seal, earlier = _seal(pseudonym), _earlier(workspace)
    known = {work.annotator for works in _works(workspace).values() for work in works}
    known |= {who for review in earlier for who in voters(review)}

    def names_of(case: Case) -> dict[str, str]:
        sealed = {seal(case.article_id, who): who for who in known}
        return {shown: sealed.get(mark, mark) for shown, mark in case.voters.items()}

    found = read_rounds(review_tasks(snapshot, pseudonym), articles(workspace), Codec(ontology(workspace)), names_of)
    if not found.counts.add_up:
        raise GoldkitError(
            f"the counts of {snapshot.folder.name} do not add up: {found.counts.as_dict()}",
            next="nothing was written; please report this as a bug of goldkit",
        )
    kept = [review for review in earlier if review.article_id not in found.by_article]
    write_gold(workspace.reviews, [*kept, *(review for review in found.by_article.values() if review)])
    notes = [KEPT.at(Place(article_id=review.article_id), "the review project has no task of it") for review in kept]
    resolved = resolve(workspace)
    return PulledReviews(
        snapshot=str(snapshot.folder),
        counts=found.counts,
        gold=len(resolved.gold),
        awaiting=len(resolved.awaiting),
        findings=tuple(sorted((*found.findings, *notes, *_about_reviews(resolved)))),
    )


class _Queue:
    """Which open articles need a task, beside those that are there."""

    def __init__(self, workspace: Workspace, codec: Codec, there: Mapping[str, list[Queued]], url: str) -> None:
        from toolkit.annotations.pseudonyms import load_pseudonyms

        self.codec = codec
        self.there = there
        self.url = url
        self.seal = _seal(load_pseudonyms(workspace.private).of)
        self.reviewed = {review.article_id for review in _earlier(workspace)}
        self.works = _works(workspace)
        self.known = 0
        self.findings: list[Finding] = []

    def cases(self, open: Iterable[Gold], texts: Mapping[str, str], *, names: bool) -> Iterator[Case]:
        """The cases that are to be pushed."""
        from toolkit.gold.review.board import make_case
        from toolkit.gold.review.case import blind, state, voters, work_digest

        for gold in open:
            there = self.there.get(gold.article_id, [])
            if problem := self._problem(gold, there):
                self.findings.append(problem)
            elif any(task.state == state(gold) for task in there):
                self.known += 1
            else:
                seal = partial(self.seal, gold.article_id)
                shown = {who: who for who in voters(gold)} if names else blind(voters(gold), seal)
                yield make_case(
                    gold,
                    texts[gold.article_id],
                    self.codec,
                    shown,
                    seal,
                    round=there[-1].round + 1 if there else 1,
                    work_sha256=gold.work_sha256 or work_digest(self.works[gold.article_id]),
                )

    def _problem(self, gold: Gold, there: list[Queued]) -> Finding | None:
        """Why an article cannot be pushed as it stands, if so."""
        from toolkit.gold.review.case import state
        from toolkit.gold.review.rules import NOT_PULLED, OUTDATED

        if not there or any(task.state == state(gold) for task in there):
            return None
        place = Place(article_id=gold.article_id, url=f"{self.url}/data?task={there[-1].id}")
        if not there[-1].done:
            return OUTDATED.at(place, "the article has changed since it was queued, and is not reviewed yet")
        if gold.article_id not in self.reviewed:
            return NOT_PULLED.at(place, "the article is reviewed, and has changed since it was queued")
        return None


def _about_reviews(resolved: Resolved) -> Iterator[Finding]:
    """What resolving found about reviews."""
    from toolkit.gold.review.rules import STRANGE_NAMES, WORK_CHANGED

    yield from (finding for finding in resolved.findings if finding.rule in (STRANGE_NAMES.id, WORK_CHANGED.id))


def _seal(pseudonym: Callable[[str], str]) -> Callable[[str, str], str]:
    """What stands for an annotator in one article's task: leads back to them by the workspace's key alone."""
    return lambda article_id, annotator: pseudonym(f"{article_id}\n{annotator}")


def _earlier(workspace: Workspace) -> tuple[Gold, ...]:
    from toolkit.gold.store import load_gold

    return load_gold(workspace.reviews) if workspace.reviews.is_file() else ()


def _works(workspace: Workspace) -> dict[str, list[Annotation]]:
    """The annotations that were not skipped, by article."""
    from toolkit.annotations.store import load_annotations

    works: dict[str, list[Annotation]] = defaultdict(list)
    for work in load_annotations(workspace.annotations):
        if not work.skipped:
            works[work.article_id].append(work)
    return works
