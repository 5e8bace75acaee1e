"""Stories and pairs of claims to Label Studio, and the answers back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import StudioConflict, UsageError
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.project import StudioProject
from toolkit.stages.ingest import articles
from toolkit.stages.linkanswers import PulledLinks, answers_in, take, to_fix
from toolkit.stages.links import candidates, with_links
from toolkit.stages.sync import connected
from toolkit.stages.talk import Bar, Say, no_bar, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.ontology.model import Ontology
    from toolkit.studio.client import Client
    from toolkit.studio.links import Asked
    from toolkit.studio.projects import RemoteProject
    from toolkit.studio.review import Queued
    from toolkit.studio.snapshots import Snapshot


CHANGED = Rule(
    "link-task-outdated",
    "A task across articles that waits for its answer shows its story as it stands now.",
    Severity.WARNING,
    "delete this task in Label Studio's Data Manager, then {command}",
)


@dataclass(frozen=True, slots=True)
class PushedLinks:
    """What became of the tasks of one project; ``fixing`` are shown in its view “needs fixing”."""

    title: str
    url: str
    new: int
    known: int
    fixing: int
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"findings": [finding.as_dict() for finding in self.findings]}


def projects_of(workspace: Workspace, what: str = "") -> dict[str, StudioProject]:
    """The Label Studio projects in which stories and pairs of claims are linked, by what their tasks ask.

    With ``what``, those in which that is reviewed. Raises UsageError where a labelling project has such a title.
    """
    from toolkit.studio.links import CLAIMS, ENTITIES

    name, wanted = workspace.project.name, workspace.project.studio.projects
    ends = {ENTITIES: "who is who", CLAIMS: "claim links"}
    overlap = 1 if what else workspace.project.linking.overlap
    found = {}
    for kind, end in ends.items():
        tail = f" {end} {what}".rstrip()
        title = name[: 50 - len(tail)] + tail
        if any(one.title == title for one in wanted):
            raise UsageError(
                f"configs/project.yaml calls a project “{title}”, as a project for links is called",
                next="choose another title there (studio: projects:)",
            )
        found[kind] = StudioProject(title=title, overlap=overlap)
    return found


def screens(schema: Ontology) -> dict[str, tuple[str, str]]:
    """The label config and the instructions (HTML) of the projects, by what their tasks ask; only what there is."""
    from toolkit.links.screens.claims import claim_config
    from toolkit.links.screens.entities import entity_config
    from toolkit.links.screens.instructions import claim_instructions, entity_instructions
    from toolkit.studio.links import CLAIMS, ENTITIES

    found = {}
    if schema.linked_types:
        found[ENTITIES] = (entity_config(schema), entity_instructions(schema))
    if schema.claim_link_types:
        found[CLAIMS] = (claim_config(schema), claim_instructions(schema))
    return found


def push(
    workspace: Workspace, *, url: str = "", token: str = "", bar: Bar = no_bar, say: Say = no_word
) -> list[PushedLinks]:
    """Bring both projects up to date, and every story and pair into them, once; show what is to be fixed.

    A story whose gold mentions have changed since is asked about again once it was answered.
    """
    from toolkit.studio.turns import in_turn

    schema = with_links(workspace)
    candidates(workspace, bar=bar)
    wanted, reasons = projects_of(workspace), to_fix(workspace)
    command = "goldkit link push"
    turn = in_turn(workspace.private / "link-push.lock", say, command)
    with turn, connected(workspace, url, token, say) as client:
        return [
            push_to(
                client,
                workspace,
                wanted[kind],
                screen,
                _asked(workspace, kind),
                command,
                bar,
                say,
                reasons.get(kind, {}),
            )
            for kind, screen in screens(schema).items()
        ]


def _asked(workspace: Workspace, kind: str) -> Iterator[Asked]:
    """The tasks of all stories, or of all pairs."""
    from toolkit.articles.model import text_digest
    from toolkit.links.screens.claims import claim_task
    from toolkit.links.screens.entities import entity_task
    from toolkit.links.store import load_pairs, load_registers
    from toolkit.studio.links import ENTITIES, Asked

    stored, schema = articles(workspace), with_links(workspace)
    if kind == ENTITIES:
        for story in load_registers(workspace.links):
            if story.mentions:
                state = text_digest("\n".join(mention.key for mention in story.mentions))[:16]
                yield Asked(kind, story.story_id, state, 0, entity_task(story, stored))
    else:
        for pair in load_pairs(workspace.links):
            yield Asked(kind, pair.key, "", 0, claim_task(pair, stored, schema))


def push_to(
    client: Client,
    workspace: Workspace,
    wanted: StudioProject,
    screen: tuple[str, str],
    asked: Iterable[Asked],
    command: str,
    bar: Bar,
    say: Say,
    reasons: Mapping[str, str] | None = None,
) -> PushedLinks:
    """Bring one project up to date, and these tasks into it, once; with ``reasons`` show what is to be fixed."""
    from toolkit.studio import feedback, links, projects

    label_config, instruction = screen
    project = projects.ensure_project(
        client, workspace.project.name, wanted, label_config=label_config, instruction=instruction
    )
    if project.made:
        say(f"made the project “{project.title}”: {project.url}")
    queue = Queue(links.queued(client, project), project.url, command)
    new = list(queue.new(asked))
    with bar(f"pushing to {project.title}", len(new)) as advance:
        count = links.push(client, project, new, command=command, progress=advance)
    fixing = feedback.show(client, project, reasons, by="key").tasks if reasons is not None and queue.known else 0
    return PushedLinks(project.title, project.url, count, queue.known, fixing, tuple(queue.findings))


class Queue:
    """Which tasks a project needs, beside those that are there."""

    def __init__(self, there: Mapping[str, list[Queued]], url: str, command: str) -> None:
        self.there, self.url, self.command = there, url, command
        self.known = 0
        self.findings: list[Finding] = []

    def new(self, asked: Iterable[Asked]) -> Iterator[Asked]:
        """What is to be pushed: what has no task yet, and what has changed since it was answered."""
        for one in asked:
            there = self.there.get(one.key, [])
            if any(task.state == one.state for task in there):
                self.known += 1
            elif there and not there[-1].done:
                place = Place(story=one.key, url=f"{self.url}/data?task={there[-1].id}")
                message = "what the task is about has changed since it was pushed, and nobody has answered it yet"
                self.findings.append(
                    replace(CHANGED.at(place, message), next=CHANGED.next.format(command=self.command))
                )
            else:
                yield one._replace(round=there[-1].round + 1 if there else 0)


def pull(workspace: Workspace, *, url: str = "", token: str = "", bar: Bar = no_bar, say: Say = no_word) -> PulledLinks:
    """Fetch a snapshot of the projects, read and check the answers, write them, and settle the stories."""
    snapshot = find_snapshot(workspace, "", url, token, bar, say)
    if snapshot is None:
        raise StudioConflict(
            "Label Studio has no projects of this workspace for links: not made yet, or deleted there",
            next="goldkit link push (makes them)",
        )
    return take(workspace, answers_in(workspace, snapshot), str(snapshot.folder))


def find_snapshot(workspace: Workspace, what: str, url: str, token: str, bar: Bar, say: Say) -> Snapshot | None:
    """A snapshot of the projects for links, or with ``what`` of those for their reviews; None where there are none."""
    from toolkit.studio import projects
    from toolkit.studio import pull as fetching
    from toolkit.studio.turns import in_turn

    folder = workspace.link_review_snapshots if what else workspace.link_snapshots
    turn = in_turn(
        workspace.private / f"{folder.name}.lock", say, "goldkit review pull" if what else "goldkit link pull"
    )
    with turn, connected(workspace, url, token, say) as client:
        name = workspace.project.name
        found = [projects.find_project(client, name, one) for one in projects_of(workspace, what).values()]
        there = [project for project in found if project]
        _refuse_lost(folder, there, client.url, "review" if what else "link")
        if not there:
            return None
        with bar("pulling links", sum(project.tasks for project in there)) as advance:
            return fetching.pull(client, there, folder, workspace.ontology, progress=advance)


def _refuse_lost(folder: Path, there: Collection[RemoteProject], url: str, group: str) -> None:
    """Raise StudioConflict where a project is gone that the last pull found answers in: they would count no more."""
    from toolkit.studio import snapshots

    newest = snapshots.newest_first(folder)
    known = snapshots.load(newest[0]).manifest.projects if newest else ()
    still = {(project.id, project.created_at) for project in there}
    if lost := [one for one in known if one.annotations and (one.id, one.created_at) not in still]:
        raise StudioConflict(
            f"{url} has no project “{lost[0].title}” any more, or another one, and its {lost[0].annotations} answers "
            "were pulled before; they stay as they are",
            next=f"restore the project from a backup; or, if its answers are to go, delete {folder}, then "
            f"goldkit {group} push and goldkit {group} pull",
        )
