"""ECB+ (Cybulska and Vossen 2014) as gold of stories: each subtopic is a story, its chains are the entities.

It is read where it lies, as JSON lines with ``doc_id``, ``subtopic``, ``text`` and ``mentions`` (``start``, ``end``,
``text``, ``type``, ``chain``); nothing of it is in this project.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.annotations.model import Mention
from toolkit.articles.model import Article, text_digest
from toolkit.gold.model import Gold, Resolution
from toolkit.links.register import by_story, register
from toolkit.links.scores import Partition, Scores, scores
from toolkit.ontology.model import Links, Ontology, SpanType

ENTITIES = ("HUMAN", "LOC", "NON_HUMAN")
"""How the types of its participants and places begin; the others are events and times."""

_ADDED = re.compile(r"\s*,.*|\s(?:in|at|of|on|for|from|to|near)\s.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Ecb:
    """The articles and their gold, the chain of each mention by its key, and an ontology of the types."""

    articles: Mapping[str, Article]
    golds: tuple[Gold, ...]
    chains: Mapping[str, str]
    ontology: Ontology


def folder() -> Path:
    """Where it would be."""
    repository = Path(__file__).resolve().parent.parent
    return Path(os.environ.get("GOLDKIT_SHARED", repository.parent / "shared")) / "data" / "ecbplus"


def read(place: Path, types: tuple[str, ...] = ("",)) -> Ecb:
    """Its mentions of types that begin so; a chain that is in two subtopics is one in each."""
    articles, golds, chains = {}, [], {}
    names = set()
    for file in sorted(place.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            id, story = record["doc_id"].replace("/", "-"), record["subtopic"]
            digest = text_digest(record["text"])
            articles[id] = Article(article_id=id, text=record["text"], text_sha256=digest, story_id=story)
            mentions = {}
            for one in record["mentions"]:
                if one["type"].startswith(types):
                    names.add(one["type"])
                    key = f"{id}:{one['start']}-{one['end']}"
                    chains[key] = f"{story} {one['chain']}"
                    place_in = {name: one[name] for name in ("start", "end", "text")}
                    mentions[key] = Mention(id=key, labels=(one["type"],), **place_in)
            golds.append(_gold(articles[id], tuple(mentions.values())))
    ontology = Ontology(
        name="ecbplus",
        version="1.0.0",
        entities=tuple(SpanType(name=name, colour="#4f66ff") for name in sorted(names)),
        links=Links(entities=tuple(sorted(names))),
    )
    return Ecb(articles, tuple(golds), chains, ontology)


def _gold(article: Article, mentions: tuple[Mention, ...]) -> Gold:
    return Gold(
        article_id=article.article_id,
        text_sha256=article.text_sha256,
        ontology_version="1.0.0",
        resolution=Resolution.SINGLE,
        annotators=("ecb",),
        voters=1,
        mentions=mentions,
    )


def ours(ecb: Ecb) -> Scores:
    """How far candidate entities agree with the chains."""
    parts = []
    for story, golds in by_story(ecb.golds, ecb.articles).items():
        found = register(story, golds, ecb.articles, ecb.ontology)
        response = {key: entity.id for entity in found.entities for key in entity.mentions}
        parts.append(({one.key: ecb.chains[one.key] for one in found.mentions}, response))
    return scores(parts)


def baseline(ecb: Ecb, form: Callable[[str], str]) -> Scores:
    """How far the chains agree with mentions of one form in a story being one entity."""
    key: dict[str, dict[str, str]] = defaultdict(dict)
    response: dict[str, dict[str, str]] = defaultdict(dict)
    for gold in ecb.golds:
        story = ecb.articles[gold.article_id].story_id
        for one in gold.mentions:
            key[story][one.id] = ecb.chains[one.id]
            response[story][one.id] = form(one.text)
    return scores(_pairs(key, response))


def _pairs(key: Mapping[str, Partition], response: Mapping[str, Partition]) -> Iterable[tuple[Partition, Partition]]:
    return [(key[story], response[story]) for story in sorted(key)]


def head(text: str) -> str:
    """The last word before a preposition or comma, small, without a plural's s."""
    kept = _ADDED.sub("", re.sub(r"^(?:in|at|of|on|for|from|to|near)\s", "", text, flags=re.IGNORECASE)).split()
    last = (kept or [text])[-1].lower()
    return last[:-1] if len(last) > 3 and last.endswith("s") and not last.endswith("ss") else last
