"""Whole Label Studio exports over the ontology of ``tests/ontology/full.yaml``, right and wrong in every way.

Everything is made with one seeded ``Random``, so that a law, a fuzzer and a person can make the same export again.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from toolkit.annotations.codec import Text
from toolkit.annotations.collect import Received
from toolkit.articles.model import Article
from toolkit.ontology.load import load_ontology
from toolkit.project import LAYERS

from .breaks import BREAKS
from .damage import damaged
from .drafts import Draft, article, draft

ONTOLOGY = Path(__file__).parent.parent / "ontology" / "full.yaml"
FULL = load_ontology(ONTOLOGY)


@dataclass(frozen=True)
class Export:
    """Tasks as a server or a file gives them, and the articles that they are about."""

    tasks: list[Received]
    articles: dict[str, Article]
    raw: dict[str, Text]


def sound(random: Random) -> Export:
    """An export of one task about which there is nothing to say."""
    return _export([draft(random)])


def broken(random: Random, rule: str) -> Export:
    """An export of one task in which this rule is broken."""
    one = draft(random)
    BREAKS[rule](one)
    return _export([one])


def export(random: Random, harm: int = 0) -> Export:
    """An export of a few tasks; in each some rules are broken, and ``harm`` places anywhere in it."""
    drafts = [draft(random, number) for number in range(1, random.randrange(2, 4))]
    for one in drafts:
        for rule in random.sample(sorted(BREAKS), random.randrange(4)):
            with contextlib.suppress(LookupError, TypeError, AttributeError, ValueError, StopIteration):
                BREAKS[rule](one)  # an earlier one may have taken away what this one breaks
    made = _export(drafts)
    tasks = damaged([one.task for one in made.tasks], random, harm)
    tasks = tasks if isinstance(tasks, list) else [tasks]
    layers = random.choice([LAYERS, LAYERS[:1], LAYERS[1:]])
    return replace(made, tasks=[Received(task, random.choice(["one", "other"]), layers) for task in tasks])


def _export(drafts: list[Draft]) -> Export:
    return Export(
        [Received(one.task) for one in drafts],
        {one.article_id: article(one.article_id, one.text) for one in drafts},
        {id: text for one in drafts for id, text in one.raw.items()},
    )
