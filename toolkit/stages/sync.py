"""To Label Studio and back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from toolkit.files import read_text
from toolkit.findings import Finding
from toolkit.stages.check import Checked, check
from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.stages.talk import Bar, Say, no_bar, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.model import Mention
    from toolkit.ontology.model import Ontology
    from toolkit.studio.client import Client
    from toolkit.studio.status import ProjectStatus


@contextlib.contextmanager
def connected(workspace: Workspace, url: str, token: str, say: Say) -> Iterator[Client]:
    """A client for the workspace's Label Studio; what is unwise about it is said."""
    from toolkit.studio.address import resolve
    from toolkit.studio.client import Client

    address = resolve(workspace, url, token)
    with Client(address) as client:
        for finding in (*address.findings(), *client.check_version()):
            say(f"{finding.severity.value}: {finding.message}\nnext: {finding.next}")
        yield client


@dataclass(frozen=True, slots=True)
class PushedProject:
    """What became of the articles in one Label Studio project; ``waiting`` for entities from another project."""

    title: str
    url: str
    new: int
    known: int
    waiting: int
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"findings": [finding.as_dict() for finding in self.findings]}


def push(
    workspace: Workspace,
    *,
    url: str = "",
    token: str = "",
    overwrite_config: bool = False,
    bar: Bar = no_bar,
    say: Say = no_word,
) -> list[PushedProject]:
    """Bring every Label Studio project of the workspace up to date, and every article into it, once.

    Where claims or relations are labelled apart from the entities, an article goes there as soon as its entities have
    been labelled (and pulled): they stand in it as context.
    """
    from toolkit.ontology.instructions import instructions_html
    from toolkit.ontology.labelconfig import compile_label_config
    from toolkit.studio import projects
    from toolkit.studio import push as sending

    schema, stored = ontology(workspace), articles(workspace)
    guidelines = read_text(workspace.guidelines)
    wanted = workspace.project.studio.projects
    entities_are_labelled = any("entities" in one.layers for one in wanted)
    results: list[PushedProject] = []
    with connected(workspace, url, token, say) as client:
        for one in wanted:
            project = projects.ensure_project(
                client,
                workspace.project.name,
                one,
                label_config=compile_label_config(schema, one.layers),
                instruction=instructions_html(guidelines, schema),
                overwrite_config=overwrite_config,
            )
            if project.made:
                say(f"made the project “{one.title}”: {project.url}")
            if project.config_change:
                say(f"brought the label config of “{one.title}” up to date ({project.config_change})")
            apart = entities_are_labelled and "entities" not in one.layers
            contexts = _contexts(workspace, schema) if apart else None
            ready = [article for id, article in stored.items() if contexts is None or id in contexts]
            with bar(f"pushing to {one.title}", len(ready)) as advance:
                pushed = sending.push(client, project, ready, contexts, progress=advance)
            waiting = len(stored) - len(ready)
            results.append(
                PushedProject(one.title, project.url, pushed.new, pushed.known, waiting, tuple(pushed.findings))
            )
    return results


def _contexts(workspace: Workspace, schema: Ontology) -> dict[str, list[dict[str, Any]]]:
    """By article, the entities labelled so far, as Label Studio regions: the gold, else the first annotator's."""
    from toolkit.annotations.codec import Codec
    from toolkit.annotations.model import Origin
    from toolkit.annotations.store import load_annotations
    from toolkit.gold.resolve import resolve

    if not workspace.annotations.is_file():
        return {}
    annotations = [
        one for one in load_annotations(workspace.annotations) if "entities" in one.layers and not one.skipped
    ]
    mentions: dict[str, tuple[Mention, ...]] = {}
    for one in annotations:
        mentions.setdefault(one.article_id, one.mentions)
    mentions |= {
        gold.article_id: gold.mentions for gold in resolve(annotations, schema).gold if "entities" in gold.layers
    }
    codec, shown = Codec(schema), {"origin": Origin.CONTEXT, "attributes": {}}
    return {
        article_id: [element for mention in own for element in codec.region(mention.model_copy(update=shown))]
        for article_id, own in mentions.items()
    }


def pull(workspace: Workspace, *, url: str = "", token: str = "", bar: Bar = no_bar, say: Say = no_word) -> Checked:
    """Fetch a snapshot of the workspace's Label Studio projects, and check it."""
    from toolkit.studio import projects
    from toolkit.studio import pull as fetching

    with connected(workspace, url, token, say) as client:
        name, wanted = workspace.project.name, workspace.project.studio.projects
        there = [projects.require_project(client, name, one) for one in wanted]
        with bar("pulling", sum(project.tasks for project in there)) as advance:
            fetching.pull(client, there, workspace.snapshots, workspace.ontology, progress=advance)
    return check(workspace)


def status(
    workspace: Workspace, *, url: str = "", token: str = "", bar: Bar = no_bar, say: Say = no_word
) -> list[ProjectStatus]:
    """How far the labelling is, from the server; annotators by their pseudonyms."""
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.studio import projects
    from toolkit.studio import status as counting

    with connected(workspace, url, token, say) as client:
        name, wanted = workspace.project.name, workspace.project.studio.projects
        there = [projects.require_project(client, name, one) for one in wanted]
        with bar("reading", sum(project.tasks for project in there)) as advance:
            return counting.status(client, there, load_pseudonyms(workspace.private).of, progress=advance)
