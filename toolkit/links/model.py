"""What is known across the articles of a story: entities and their mentions, claims and their links.

A mention or claim is known by its place, ``<article_id>:<start>-<end>``: gold is settled anew with every vote, and its
ids may change, while the text does not.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from toolkit.annotations.model import Record
from toolkit.gold.model import Provenance, Resolution, Vote

NIL = "NIL"
"""The answer that an entity is not in Wikidata."""

WIKIDATA = r"^(Q[1-9]\d{0,11}|NIL)?$"


class Passage(Record):
    """A piece of an article: ``text`` is ``article.text[start:end]``, in code points."""

    article_id: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]
    text: str

    @property
    def key(self) -> str:
        """What it is known by."""
        return f"{self.article_id}:{self.start}-{self.end}"


class LinkedMention(Passage):
    """A gold mention of a type that is linked. ``attributes`` are its answers, such as its level."""

    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    attributes: dict[str, str] = Field(default_factory=dict)


class ClaimValue(Record):
    """A number or a date in a claim, as the article has it and as the annotators read it (number, unit, iso …)."""

    label: str
    text: str
    attributes: dict[str, str] = Field(default_factory=dict)


class LinkedClaim(Passage):
    """A gold claim. ``claimants`` are its claimants' mentions, ``mentions`` those that stand within it, by key."""

    attributes: dict[str, str] = Field(default_factory=dict)
    claimants: tuple[str, ...] = ()
    claimant_names: tuple[str, ...] = ()  # as the article has them; empty where the outlet speaks, or nobody named
    values: tuple[ClaimValue, ...] = ()
    mentions: tuple[str, ...] = ()


class Entity(Record):
    """Somebody or something that articles of a story mention; ``id`` is unique within the story.

    ``wikidata`` is an item such as ``Q42``, ``NIL`` where somebody looked and there is none, empty where nobody said.
    ``mentions`` are sorted keys.
    """

    id: str
    name: str
    type: str
    wikidata: Annotated[str, Field(pattern=WIKIDATA)] = ""
    mentions: tuple[str, ...] = ()


class Register(Record):
    """The candidate entities of a story: every mention is in exactly one of them. All sorted."""

    story_id: str
    mentions: tuple[LinkedMention, ...]
    entities: tuple[Entity, ...]


class EntityVote(Record):
    """One annotator's word on who is who in a story.

    Each mention is in one entity, or in ``unsure``. ``mentions`` are keys of all that were shown.
    """

    story_id: str
    annotator: str
    mentions: tuple[str, ...]
    entities: tuple[Entity, ...]
    unsure: tuple[str, ...] = ()
    skipped: bool = False
    lead_time: float | None = None
    updated_at: str = ""
    source: str = ""  # the task's address


class ClaimPair(Record):
    """Two claims of different articles of a story that may bear on each other; the earlier one is ``left``.

    ``score`` is how alike they are, from 0 to 1; ``why`` says what made them a candidate, for people.
    """

    story_id: str
    left: LinkedClaim
    right: LinkedClaim
    score: float
    why: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What it is known by: both claims, in the order of their keys, whichever is the earlier."""
        return " ".join(sorted((self.left.key, self.right.key)))


class ClaimLink(Record):
    """How two claims (by key) bear on each other: the head supports the tail, or updates it, and so on.

    Of a symmetric type the head is the claim whose key sorts first.
    """

    type: str
    head: str
    tail: str
    attributes: dict[str, str] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """The pair that it is about, as ``ClaimPair.key``."""
        return " ".join(sorted((self.head, self.tail)))


class ClaimVote(Record):
    """One annotator's word on a pair of claims; no ``link`` where it was skipped."""

    story_id: str
    annotator: str
    pair: str
    link: ClaimLink | None = None
    lead_time: float | None = None
    updated_at: str = ""
    source: str = ""


class LinkDifference(Record):
    """Something across the articles that the votes did not settle, or that contradicts itself.

    ``about`` are keys of mentions, or of pairs; ``reason`` is for programs, ``message`` for people.
    """

    reason: str
    about: tuple[str, ...]
    message: str
    votes: tuple[Vote, ...] = ()


class StoryLinks(Record):
    """A story's layer across articles, as far as it is settled.

    ``mentions`` and ``claims`` are all of its articles' gold that can be linked. ``entities_resolution`` is empty where
    who is who is not settled; then there are no ``entities``. ``links`` are those that are settled, also where two
    claims have nothing to do with each other, and those that follow by transitivity. ``provenance`` is by mention key
    and by pair key.
    """

    story_id: str
    mentions: tuple[LinkedMention, ...] = ()
    entities: tuple[Entity, ...] = ()
    entities_resolution: Resolution | None = None
    proposed: tuple[Entity, ...] = ()  # what the votes come to, where that is not settled
    claims: tuple[LinkedClaim, ...] = ()
    links: tuple[ClaimLink, ...] = ()
    followed: tuple[str, ...] = ()  # pairs that nobody was asked about: they follow from others
    pairs: int = 0  # that were put to people
    answered: int = 0  # of those, by one of them at least
    provenance: dict[str, Provenance] = Field(default_factory=dict)
    differences: tuple[LinkDifference, ...] = ()
    annotators: tuple[str, ...] = ()
    adjudicators: tuple[str, ...] = ()
    work_sha256: str = ""  # of the votes that a review was about
