"""What an article's label is, after all votes, and why."""

from __future__ import annotations

import enum

from toolkit.annotations.model import Claim, Cue, Mention, Record, Relation
from toolkit.workspace import LAYERS, Layer


class Resolution(enum.StrEnum):
    """How an article's gold came about."""

    SINGLE = "single-annotator"
    GROUND_TRUTH = "ground-truth"


class Gold(Record):
    """The gold of one article: its items, whose they are, and how that was decided.

    ``layers`` are those that were labelled: without ``claims`` among them, no claims means that nobody looked.
    """

    article_id: str
    text_sha256: str
    ontology_version: str
    resolution: Resolution
    layers: tuple[Layer, ...] = LAYERS
    annotators: tuple[str, ...]  # pseudonyms of those whose items these are
    voters: int  # how many annotators labelled the article
    mentions: tuple[Mention, ...] = ()
    cues: tuple[Cue, ...] = ()
    claims: tuple[Claim, ...] = ()
    relations: tuple[Relation, ...] = ()
