"""To Label Studio and back."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from toolkit.files import read_text
from toolkit.findings import Finding
from toolkit.stages.check import Checked, check
from toolkit.stages.setup import ontology
from toolkit.stages.talk import Bar, Say, counted, no_bar, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.model import Mention
    from toolkit.articles.model import Article
    from toolkit.ontology.model import Ontology
    from toolkit.studio.client import Client
    from toolkit.studio.projects import RemoteProject


@contextlib.contextmanager
def connected(workspace: Workspace, url: str, token: str, say: Say) -> Iterator[Client]:
    """A client for the workspace's Label Studio; what is unwise about it is said."""
    from toolkit.studio.address import resolve
    from toolkit.studio.client import Client

    def tell(findings: Iterable[Finding]) -> None:
        for finding in findings:
            say(f"{finding.severity.value}: {finding.message}\nnext: {finding.next}")

    address = resolve(workspace, url, token)
    tell(address.findings())  # before the token is sent anywhere
    with Client(address, say=say) as client:
        tell(client.check_version())
        yield client


@dataclass(frozen=True, slots=True)
class PushedProject:
    """What became of the articles in one Label Studio project; ``waiting`` for entities from another project.

    ``removed`` doubled tasks were deleted, on which nobody had worked. ``suggested`` tasks got suggestions: new ones,
    and such as nobody had begun.
    """

    title: str
    url: str
    new: int
    known: int
    waiting: int
    removed: int
    suggested: int
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
    from toolkit.articles.keys import read_keys
    from toolkit.ontology.instructions import instructions_html
    from toolkit.ontology.labelconfig import compile_label_config
    from toolkit.stages.sample import to_label
    from toolkit.studio import projects
    from toolkit.studio.turns import in_turn

    schema, guidelines = ontology(workspace), read_text(workspace.guidelines)
    wanted = workspace.project.studio.projects
    entities_are_labelled = any("entities" in one.layers for one in wanted)
    results: list[PushedProject] = []
    with (
        in_turn(workspace.private / "push.lock", say, "goldkit push"),
        connected(workspace, url, token, say) as client,
    ):
        keys = to_label(workspace, read_keys(workspace.articles))
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
            if project.set_aside:
                say(f"an empty twin of “{one.title}”, made at the same time, is not used any more: {project.set_aside}")
            if project.config_change:
                say(f"brought the label config of “{one.title}” up to date ({project.config_change})")
            apart = entities_are_labelled and "entities" not in one.layers
            results.append(_push_to(client, project, workspace, keys, schema, apart, bar, say))
    return results


def _push_to(
    client: Client,
    project: RemoteProject,
    workspace: Workspace,
    keys: Mapping[str, str],
    schema: Ontology,
    apart: bool,
    bar: Bar,
    say: Say,
) -> PushedProject:
    """Send one project what it has not: where it is ``apart`` from the entities, only once those were labelled."""
    from toolkit.stages.suggest import note_shown, plan
    from toolkit.studio import predictions
    from toolkit.studio import push as sending
    from toolkit.studio.ledger import opened

    with opened(client, project, workspace.private / "pushed") as ledger:
        there = sending.compared(project, ledger, keys)
        missing = keys.keys() - ledger.digests.keys()
        wanted = missing or workspace.project.suggestions.sources
        contexts = _contexts(workspace, schema) if apart and wanted else None
        ready = missing if contexts is None else missing & contexts.keys()
        told = plan(workspace, project.wanted, schema, contexts)
        with bar(f"pushing to {project.title}", len(ready)) as advance:
            articles = _whole(workspace, ready)
            pushed = sending.push(
                client, project, articles, told.results, version=told.version, ledger=ledger, progress=advance
            )
        suggested_for = (told.arms or {}).keys() & keys.keys()
        # All that are there, with nothing where nothing is told of them: a new version hides what the old one showed.
        late = {id: (told.results or {}).get(id, ()) for id in keys.keys() - missing}
        late = late if any(late.values()) else {}
        with bar(f"suggesting in {project.title}", None) as advance:
            updated = predictions.update(client, project, late, told.version, progress=advance) if late else []
        note_shown(workspace, project.wanted, [*ready, *updated], told)
        suggested = len(suggested_for & {*ready, *updated})
    known, waiting = there.known + pushed.known, len(missing - ready)
    findings = (*there.findings, *pushed.findings, *told.findings)
    if pushed.removed:
        say(f"deleted {counted(pushed.removed, 'doubled task')} in “{project.title}” that nobody had worked on")
    if not (missing or findings or pushed.removed or suggested):
        say(f"nothing to push: “{project.title}” has all {counted(known, 'article')}")
    return PushedProject(project.title, project.url, pushed.new, known, waiting, pushed.removed, suggested, findings)


def _whole(workspace: Workspace, article_ids: Collection[str]) -> Iterator[Article]:
    """Some articles, one at a time, with their stories: what an article came with, else what a person confirmed."""
    from toolkit.articles.keys import load_some
    from toolkit.articles.stories.entries import load_stories

    if not article_ids:
        return
    confirmed = load_stories(workspace.stories).confirmed
    for article in load_some(workspace.articles, article_ids):
        story = article.story_id or confirmed.get(article.article_id, "")
        yield article if story == article.story_id else article.model_copy(update={"story_id": story})


def _contexts(workspace: Workspace, schema: Ontology) -> dict[str, list[Mention]]:
    """By article, the entities labelled so far, marked as context: the gold's, else the first annotator's."""
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
    shown = {"origin": Origin.CONTEXT, "attributes": {}}
    return {id: [mention.model_copy(update=shown) for mention in own] for id, own in mentions.items()}


def pull(
    workspace: Workspace, *, url: str = "", token: str = "", full: bool = False, bar: Bar = no_bar, say: Say = no_word
) -> Checked:
    """Bring the snapshot of the workspace's Label Studio projects up to date, and check it.

    Only what changed is fetched, where a snapshot was taken before; with ``full`` everything is, and compared.
    """
    from toolkit.studio import projects
    from toolkit.studio import pull as fetching
    from toolkit.studio.turns import in_turn

    with in_turn(workspace.private / "pull.lock", say, "goldkit pull"), connected(workspace, url, token, say) as client:
        name, wanted = workspace.project.name, workspace.project.studio.projects
        there = [projects.require_project(client, name, one) for one in wanted]
        with bar("pulling", sum(project.tasks for project in there)) as advance:
            pulled = fetching.fetch(
                client, there, workspace.snapshots, workspace.ontology, full=full, progress=advance, say=say
            )
    if pulled.summary:
        say(pulled.summary)
    checked = check(workspace, unless_done=True)
    return replace(checked, articles=(*checked.articles, *pulled.findings))
