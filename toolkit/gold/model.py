"""What an article's label is, after all votes, and why."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from toolkit.annotations.model import Claim, Cue, Mention, Record, Relation
from toolkit.project import LAYERS, Layer


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
    Resolution.SINGLE,
    Resolution.MACE,
    Resolution.DAWID_SKENE,
    Resolution.MAJORITY,
    Resolution.ADJUDICATED,
    Resolution.UNANIMOUS,
    Resolution.GROUND_TRUTH,
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
    """Why an item is gold: ``support`` of ``voters`` annotators said exactly this, with every vote.

    For a span this is its boundaries and its label, for a relation its type, modality, ends and direction.
    ``adjudicator`` is the pseudonym of the person who decided, where one did.
    """

    resolution: Resolution
    support: int
    voters: int
    votes: tuple[Vote, ...] = ()
    adjudicator: str = ""


class VotedDown(Provenance):
    """Something that somebody marked and that is not gold: ``support`` of ``voters`` found nothing there."""

    kind: Kind


class Difference(Record):
    """Something in an article that the votes did not settle.

    ``reason``: ``presence`` (is it there at all), ``label``, ``boundaries``, the name of a question or of a claim's
    role, ``type``, ``modality`` or ``direction`` of a relation; ``end-open``, ``end-missing`` and ``end-type`` say
    that a link ends in a span that is not settled, that was voted down, or that got a label which it does not join.
    ``suggested`` is what each model would say: the answer and how sure it is, an empty one for "nothing here".
    ``rejected`` are annotators whose answer a review has turned down already, while the rest is still open.
    """

    kind: Kind
    reason: str
    votes: tuple[Vote, ...] = ()
    suggested: dict[str, tuple[str, float]] = Field(default_factory=dict)
    rejected: tuple[str, ...] = ()


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
    voted_down: tuple[VotedDown, ...] = ()
    work_sha256: str = ""  # of the annotations that a review was about; empty where nobody reviewed


def relation_key(relation: Relation) -> str:
    """A relation's name in ``Gold.provenance``; relations have no ids of their own."""
    return f"{relation.head} {relation.type} {relation.tail} {relation.modality}"


def least_certain(resolutions: Iterable[Resolution], default: Resolution = Resolution.UNANIMOUS) -> Resolution:
    """How certain something is that came about in several ways; ``default`` where there was nothing to decide."""
    return min(resolutions, key=_LEAST_CERTAIN_FIRST.index, default=default)
