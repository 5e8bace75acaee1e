"""How far the labelling is: the live projects, and what the files say about them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from toolkit.gold.order import Order
from toolkit.stages.sync import connected
from toolkit.stages.talk import Bar, Say, no_bar, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.studio.client import Client
    from toolkit.studio.status import ProjectStatus


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many of the store's articles are to be labelled."""

    to_label: int
    articles: int


@dataclass(frozen=True, slots=True)
class LinkProject:
    """A project in which stories are linked: its tasks, and what was answered and skipped, each annotator's apart."""

    title: str
    url: str
    tasks: int
    answers: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Status:
    """The labelling projects and those for links; annotators are pseudonyms.

    ``sample`` is None where every article is to be labelled, ``order`` where none were given out.
    """

    projects: tuple[ProjectStatus, ...]
    sample: SampleSize | None
    order: Order | None
    links: tuple[LinkProject, ...]

    def as_dict(self) -> dict[str, Any]:
        """The status as plain JSON values."""
        return asdict(self)


def status(workspace: Workspace, *, url: str = "", token: str = "", bar: Bar = no_bar, say: Say = no_word) -> Status:
    """Ask the server how far the labelling is, and read what is to be labelled and in which order."""
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.stages.order import MANIFEST, last_order
    from toolkit.studio import projects
    from toolkit.studio import status as counting

    with connected(workspace, url, token, say) as client:
        name, wanted = workspace.project.name, workspace.project.studio.projects
        there = [projects.require_project(client, name, one) for one in wanted]
        with bar("reading", sum(project.tasks for project in there)) as advance:
            found = counting.status(client, there, load_pseudonyms(workspace.private).of, progress=advance)
        order = last_order(workspace) if (workspace.exports / MANIFEST).is_file() else None
        return Status(tuple(found), _sample(workspace), order, tuple(_links(workspace, client)))


def _sample(workspace: Workspace) -> SampleSize | None:
    from toolkit.articles.keys import read_keys
    from toolkit.stages.sample import to_label

    if not (workspace.sample.is_file() and workspace.articles.is_file()):
        return None
    keys = read_keys(workspace.articles)
    return SampleSize(len(to_label(workspace, keys)), len(keys))


def _links(workspace: Workspace, client: Client) -> list[LinkProject]:
    from toolkit.stages.linksync import projects_of
    from toolkit.studio import projects

    if not workspace.links.is_dir():  # nothing was ever proposed here, and a title may be taken by something else
        return []
    wanted = projects_of(workspace).values()
    there = [found for one in wanted if (found := projects.find_project(client, workspace.project.name, one))]
    return [LinkProject(one.title, one.url, one.tasks, *projects.work(client, one.id)) for one in there]
