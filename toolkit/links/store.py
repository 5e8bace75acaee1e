"""The files of the layer across articles, each sorted, one record a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from toolkit.annotations.model import Record
from toolkit.files import read_jsonl, write_jsonl
from toolkit.links.model import ClaimPair, ClaimVote, EntityVote, Register, StoryLinks
from toolkit.settings import parse_settings

R = TypeVar("R", bound=Record)

REGISTERS = "registers.jsonl"
PAIRS = "pairs.jsonl"
ENTITY_VOTES = "entity_votes.jsonl"
CLAIM_VOTES = "claim_votes.jsonl"
REVIEWS = "reviews.jsonl"


def write_records(path: Path, records: Iterable[Record]) -> int:
    """Write records as they come, one a line; returns how many."""
    return write_jsonl(path, (record.model_dump(mode="json") for record in records))


def load_registers(folder: Path) -> Iterator[Register]:
    """The candidate entities of each story; none where there is no file. Raises BadInputError at the first bad line."""
    return _load(folder / REGISTERS, Register)


def load_pairs(folder: Path) -> Iterator[ClaimPair]:
    """The candidate pairs of claims."""
    return _load(folder / PAIRS, ClaimPair)


def load_entity_votes(folder: Path) -> Iterator[EntityVote]:
    """What annotators say who is who."""
    return _load(folder / ENTITY_VOTES, EntityVote)


def load_claim_votes(folder: Path) -> Iterator[ClaimVote]:
    """What annotators say of pairs of claims."""
    return _load(folder / CLAIM_VOTES, ClaimVote)


def load_reviews(folder: Path) -> Iterator[StoryLinks]:
    """What adjudicators decided, by story."""
    return _load(folder / REVIEWS, StoryLinks)


def load_links(path: Path) -> tuple[StoryLinks, ...]:
    """Each story as far as it is settled; none where there is no file."""
    return tuple(_load(path, StoryLinks))


def _load(path: Path, model: type[R]) -> Iterator[R]:
    if path.is_file():
        for number, data in read_jsonl(path):
            yield parse_settings(model, data, Path(f"{path}:{number}"))
