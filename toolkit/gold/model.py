"""What an article's label is, after all votes, and why."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from toolkit.annotations.model import Claim, Cue, Mention, Record, Relation
from toolkit.workspace import LAYERS, Layer


class Resolution(enum.StrEnum):
    """How an item of the gold came about; of an article: how the least certain of its items did."""

    SINGLE = "single-annotator"
    GROUND_TRUTH = "ground-truth"
    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    DAWID_SKENE = "dawid-skene"
    MACE = "mace"
    ADJUDICATED = "adjudicated"


Kind = Literal["mention", "cue", "claim", "relation"]

_LEAST_CERTAIN_FIRST = (
    Resolution.MACE,
    Resolution.DAWID_SKENE,
    Resolution.MAJORITY,
    Resolution.ADJUDICATED,
    Resolution.UNANIMOUS,
    Resolution.GROUND_TRUTH,
    Resolution.SINGLE,
)


class Vote(Record):
    """What one annotator said where an item is: ``value`` is None for "nothing here".

    ``item`` is the id of the span in that annotator's own work. ``value`` is what was said, as plain JSON values: of a
    span ``start``, ``end``, ``text``, ``attributes`` and, of a mention, ``labels``; of a claim ``claimants``, ``cues``
    and ``values`` too; of a relation ``type``, ``modality``, ``head`` and ``tail``. An end is ``start``, ``end`` and
    ``labels``.
    """

    annotator: str
    item: str = ""
    value: dict[str, Any] | None = None


class Provenance(Record):
    """Why an item is gold: ``support`` of ``voters`` annotators said exactly this; with every vote.

    ``adjudicator`` is the pseudonym of the person who decided, where one did.
    """

    resolution: Resolution
    support: int
    voters: int
    votes: tuple[Vote, ...] = ()
    adjudicator: str = ""


class Difference(Record):
    """Something in an article that the votes did not settle.

    ``reason``: ``presence`` (is it there at all), ``label``, ``boundaries``, the name of a question or of a claim's
    role, ``type`` or ``direction`` of a relation; ``end-open`` and ``end-missing`` say that a link ends in a span that
    is not settled, or that was voted down. ``suggested`` is what each model would say: the answer and how sure it is.
    """

    kind: Kind
    reason: str
    votes: tuple[Vote, ...] = ()
    suggested: dict[str, tuple[str, float]] = Field(default_factory=dict)
    ballot: tuple[str, ...] = Field(default=(), exclude=True)  # the one that was not decided


class Gold(Record):
    """The gold of one article: its items, whose they are, and how that was decided.

    ``layers`` are those that were labelled: without ``claims`` among them, no claims means that nobody looked.
    ``provenance`` is by the item's id, a relation's by ``relation_key``.
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
    provenance: dict[str, Provenance] = Field(default_factory=dict)
    differences: tuple[Difference, ...] = ()  # what is still to be decided: then this is no gold yet


def relation_key(relation: Relation) -> str:
    """A relation's name in ``Gold.provenance``; relations have no ids of their own."""
    return f"{relation.head} {relation.type} {relation.tail}"


def least_certain(resolutions: Iterable[Resolution], default: Resolution = Resolution.UNANIMOUS) -> Resolution:
    """How certain something is that came about in several ways; ``default`` where there was nothing to decide."""
    return min(resolutions, key=_LEAST_CERTAIN_FIRST.index, default=default)
