"""The sample annotators' answers across articles, and their editor's decisions, each sent as the user they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

from toolkit import samples
from toolkit.samples import links as sample_links
from toolkit.stages import ingest, linkreview, links, linksync, setup, sync
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.articles.model import Article
    from toolkit.links.model import ClaimPair, Register
    from toolkit.ontology.model import Ontology


class Given(NamedTuple):
    """An answer to one task (its data): whose, what it is about, the result, and the seconds that it took."""

    annotator: str
    kind: str
    key: str
    data: Mapping[str, Any]
    result: list[dict[str, Any]]
    lead_time: float | None


def answer(workspace: Workspace, tokens: Mapping[str, str], *, url: str = "", token: str = "") -> tuple[int, int]:
    """Upload what the sample annotators say of the pushed stories and pairs, each as the user of their own token.

    Returns how many answers are new, and how many were there before.
    """
    return _submit(workspace, "", tokens, given(workspace, samples.ANNOTATORS), url, token)


def given(workspace: Workspace, annotators: Iterable[str]) -> Iterator[Given]:
    """What the sample annotators say of the candidates, story by story and pair by pair."""
    from toolkit.links.screens.entities import entity_task
    from toolkit.links.store import load_pairs, load_registers

    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    pairs = list(load_pairs(workspace.links))
    stories = [(register, entity_task(register, articles)) for register in load_registers(workspace.links)]
    for name in annotators:
        yield from (_who(name, register, task) for register, task in stories)
        yield from (_how(name, pair, articles, ontology) for pair in pairs)


def decide(workspace: Workspace, tokens: Mapping[str, str], *, url: str = "", token: str = "") -> tuple[int, int]:
    """Upload what the sample editor decides of what waits for a review, as the truth of the samples has it.

    Returns how many decisions are new, and how many were there before.
    """
    return _submit(workspace, linkreview.REVIEW, tokens, decided(workspace), url, token)


def decided(workspace: Workspace) -> Iterator[Given]:
    """What the sample editor decides of what is open."""
    from toolkit.links.model import Register
    from toolkit.links.screens.entities import TABLE
    from toolkit.links.screens.sheet import Table
    from toolkit.links.store import load_pairs
    from toolkit.studio.links import ENTITIES

    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    pairs = {pair.key: pair for pair in load_pairs(workspace.links)}
    stories = {story.story_id: story for story in links.settle(workspace).open}
    for one in linkreview.cases(workspace):
        if one.kind == ENTITIES:
            shown = Table.model_validate(one.task["data"][TABLE]).entities
            register = Register(story_id=one.key, mentions=stories[one.key].mentions, entities=shown)
            yield _who(samples.EDITOR, register, one.task)
        else:
            yield _how(samples.EDITOR, pairs[one.key], articles, ontology)


def _who(name: str, register: Register, task: Mapping[str, Any]) -> Given:
    from toolkit.links.screens.answered import entity_result
    from toolkit.studio.links import ENTITIES

    vote = sample_links.entity_vote(name, register)
    return Given(name, ENTITIES, register.story_id, task["data"], entity_result(vote, task), vote.lead_time)


def _how(name: str, pair: ClaimPair, articles: Mapping[str, Article], ontology: Ontology) -> Given:
    from toolkit.links.screens.answered import claim_result
    from toolkit.links.screens.claims import claim_task
    from toolkit.studio.links import CLAIMS

    vote = sample_links.claim_vote(name, pair)
    data, result = claim_task(pair, articles, ontology)["data"], claim_result(vote, pair, articles, ontology)
    return Given(name, CLAIMS, pair.key, data, result, vote.lead_time)


def _submit(
    workspace: Workspace, what: str, tokens: Mapping[str, str], answers: Iterable[Given], url: str, token: str
) -> tuple[int, int]:
    from toolkit.studio import links as remote
    from toolkit.studio.annotate import submit_annotation
    from toolkit.studio.projects import find_project

    tasks: dict[tuple[str, str], int] = {}
    with sync.connected(workspace, url, token, lambda line: None) as client:
        for kind, wanted in linksync.projects_of(workspace, what).items():
            if not (project := find_project(client, workspace.project.name, wanted)):
                continue
            tasks |= {(kind, key): there[-1].id for key, there in remote.queued(client, project).items()}
        server_url = client.url

    def sent(one: Given) -> bool:
        name = f"{workspace.root}/{what}/{one.annotator}/{one.kind}/{one.key}"
        return submit_annotation(
            server_url,
            tokens[one.annotator],
            tasks[one.kind, one.key],
            one.result,
            one.lead_time,
            str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
        )

    with ThreadPoolExecutor(len(samples.ANNOTATORS)) as people:
        new = list(people.map(sent, answers))
    return sum(new), len(new) - sum(new)
