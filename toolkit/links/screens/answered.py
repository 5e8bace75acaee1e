"""Votes as results, as if they had been given on the screens: for imports, and for scripted annotators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.articles.model import Article
from toolkit.errors import BadInputError
from toolkit.links.model import ClaimPair, ClaimVote, EntityVote
from toolkit.links.screens.claims import claim_task
from toolkit.links.screens.entities import TABLE, entity_answers
from toolkit.links.screens.sheet import NEW, REGISTER, UNSURE, Table
from toolkit.ontology.model import Ontology


def entity_result(vote: EntityVote, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a vote is on the screen of its story's task: entities with an id that the task has are those, others new.

    Raises BadInputError where there are more new ones than the screen has room for.
    """
    regions = Table.model_validate(task["data"][TABLE])
    known = {entity.id for entity in regions.entities}
    new = [entity.id for entity in vote.entities if entity.id not in known]
    if len(new) > len(NEW):
        raise BadInputError(
            f"{vote.story_id}: {len(new)} new entities, and the screen has room for {len(NEW)}",
            next="goldkit link candidates proposes more of them, or settle some of them by hand",
        )
    names = {id: NEW[new.index(id)] if id in new else id for id in (entity.id for entity in vote.entities)}
    given = {key: names[entity.id] for entity in vote.entities for key in entity.mentions}
    headings = {id: region for region, id in regions.headings.items()}
    answering = {
        headings.get(entity.id) or _first(entity.mentions, regions): entity
        for entity in vote.entities
        if entity.mentions
    }
    result: list[dict[str, Any]] = []
    for element in task["predictions"][0]["result"]:
        if element["from_name"] != REGISTER:
            continue
        region = element["id"]
        if region in regions.mentions:
            label = given.get(regions.mentions[region].key, UNSURE)
            element = {**element, "value": {**element["value"], "labels": [label]}}
        result.append(element)
        if region in answering:
            result += entity_answers(region, answering[region], element["value"])
    return result


def claim_result(
    vote: ClaimVote, pair: ClaimPair, articles: Mapping[str, Article], ontology: Ontology
) -> list[dict[str, Any]]:
    """What a vote is on the screen of its pair."""
    task = claim_task(pair, articles, ontology, shown=vote.link)
    return list(task["predictions"][0]["result"]) if vote.link else []


def _first(mentions: tuple[str, ...], regions: Table) -> str:
    return next(region for region, shown in regions.mentions.items() if shown.key == mentions[0])
