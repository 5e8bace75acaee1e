"""One annotator's work on one article, as goldkit keeps it.

Items refer to each other by ``id``, unique within the annotation; in Label Studio it is the region's id. All offsets
are half-open and in Unicode code points of the frozen text.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from toolkit.ontology.model import ASSERTED
from toolkit.project import LAYERS, Layer
from toolkit.spans import Span


class Origin(enum.StrEnum):
    """Where an item came from; an accepted suggestion is not independent agreement."""

    MANUAL = "manual"
    ACCEPTED = "suggestion-accepted"
    CHANGED = "suggestion-changed"
    CONTEXT = "context"  # put there from another project of the same article, not this annotator's work


class Record(BaseModel):
    """Base of the records: closed and unchangeable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SpanItem(Record):
    """A labelled piece of text; ``text`` is ``article.text[start:end]``, asserted on every push and pull."""

    id: Annotated[str, Field(min_length=1)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]
    text: str
    attributes: dict[str, str] = Field(default_factory=dict)
    origin: Origin = Origin.MANUAL
    score: float | None = None
    meta: dict[str, Any] = Field(default_factory=dict)

    @property
    def span(self) -> Span:
        """The offsets as a Span."""
        return Span(self.start, self.end)


class Mention(SpanItem):
    """A typed span. People may give one span several labels; they stand sorted."""

    labels: Annotated[tuple[str, ...], Field(min_length=1)]


class Cue(SpanItem):
    """The words that mark a claim as somebody's: "said", "according to"."""


class Claim(SpanItem):
    """What is claimed (the content span), who claims it, and by which words.

    ``claimants``, ``cues`` and ``values`` are ids of mentions, cues and value mentions, sorted. There can be several:
    two ministers issue one statement, "according to … , … said" is one cue in two pieces. No claimant means that the
    outlet itself speaks, or a source it does not name; the attribute ``attribution`` tells which.
    """

    claimants: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


class Relation(Record):
    """A typed, directed link from one mention to another."""

    type: str
    head: str
    tail: str
    modality: str = ASSERTED


class Annotation(Record):
    """One annotator's work on one article. ``skipped``: the annotator saw it and passed."""

    article_id: str
    text_sha256: str
    annotator: str
    ontology_version: str
    skipped: bool = False
    ground_truth: tuple[Layer, ...] = ()  # the layers in which it is marked as the truth
    lead_time: float | None = None  # seconds, as Label Studio counted them
    updated_at: str = ""
    rejected: int = 0  # items of it that broke a rule, and are in rejected.jsonl
    source: str = ""  # the page or file that it came from, for the way back
    layers: tuple[Layer, ...] = LAYERS  # what was asked for: an empty layer means "none here" only if it is named
    mentions: tuple[Mention, ...] = ()
    cues: tuple[Cue, ...] = ()
    claims: tuple[Claim, ...] = ()
    relations: tuple[Relation, ...] = ()

    def spans(self) -> Iterator[SpanItem]:
        """Every span item: mentions, cues, claims."""
        yield from self.mentions
        yield from self.cues
        yield from self.claims
