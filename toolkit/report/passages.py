"""An article's text cut into passages, each in as many versions as the annotators' marks in it differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from toolkit.annotations.model import Annotation, Claim, Mention, Origin
from toolkit.gold.values import label_of


@dataclass(frozen=True, slots=True)
class Chip:
    """The end of a contested span: the contest's number and the label."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text under the same marks, and the contested ones that end with it.

    ``label`` is the innermost mention's. What is contested among the marks stands in ``contested``.
    """

    text: str
    label: str = ""
    kinds: tuple[str, ...] = ()  # mention, claim, cue
    contested: tuple[str, ...] = ()
    chips: tuple[Chip, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """The passage as some annotators marked it; ``annotators`` are empty where nothing in it is contested."""

    annotators: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the text that no mark crosses the ends of."""

    versions: tuple[Version, ...]

    @property
    def differs(self) -> bool:
        """Whether there is more than one version."""
        return len(self.versions) > 1


class _Mark(NamedTuple):
    start: int
    end: int
    kind: str
    label: str
    number: int  # of the contest, 0 where there is none


def passages(text: str, works: Iterable[Annotation], numbers: Mapping[tuple[str, str], int]) -> tuple[Passage, ...]:
    """The whole text, paragraph by paragraph.

    Args:
        text: the article's.
        works: the annotations whose marks are shown.
        numbers: the contests by (annotator, id of a span).
    """
    marks = {work.annotator: sorted(_marks(work, numbers)) for work in works}
    every = [mark for own in marks.values() for mark in own]
    return tuple(_passage(text, start, end, marks) for start, end in _paragraphs(text, every))


def _marks(work: Annotation, numbers: Mapping[tuple[str, str], int]) -> Iterator[_Mark]:
    for item in work.spans():
        if item.origin is not Origin.CONTEXT:
            kind = "mention" if isinstance(item, Mention) else "claim" if isinstance(item, Claim) else "cue"
            yield _Mark(item.start, item.end, kind, label_of(item), numbers.get((work.annotator, item.id), 0))


def _paragraphs(text: str, marks: Sequence[_Mark]) -> Iterator[tuple[int, int]]:
    """Where the paragraphs begin and end; those that a mark joins are one."""
    start = 0
    for gap in re.finditer(r"\n+", text):
        if any(mark.start < gap.end() and gap.start() < mark.end for mark in marks):
            continue
        if start < gap.start():
            yield start, gap.start()
        start = gap.end()
    if start < len(text):
        yield start, len(text)


def _passage(text: str, start: int, end: int, marks: Mapping[str, Sequence[_Mark]]) -> Passage:
    here = {who: tuple(mark for mark in own if start <= mark.start < end) for who, own in marks.items()}
    if not any(mark.number for own in here.values() for mark in own):
        # Who was not asked about a layer has nothing of it here: together they have all of it.
        return Passage((Version((), _pieces(text, start, end, sorted({m for own in here.values() for m in own}))),))
    versions: dict[tuple[_Mark, ...], list[str]] = {}
    for who, own in here.items():
        versions.setdefault(own, []).append(who)
    ordered = sorted(versions.items(), key=lambda version: (-len(version[1]), version[1]))
    return Passage(tuple(Version(tuple(sorted(who)), _pieces(text, start, end, own)) for own, who in ordered))


def _pieces(text: str, start: int, end: int, marks: Sequence[_Mark]) -> tuple[Piece, ...]:
    cuts = sorted({start, end, *(at for mark in marks for at in (mark.start, mark.end))})
    return tuple(_piece(text, first, last, marks) for first, last in pairwise(cuts))


def _piece(text: str, start: int, end: int, marks: Sequence[_Mark]) -> Piece:
    over = [mark for mark in marks if mark.start <= start and end <= mark.end]
    mentions = [mark for mark in over if mark.kind == "mention"]
    inner = min(mentions, key=lambda mark: (mark.end - mark.start, not mark.number, mark), default=None)
    ending = [mark for mark in over if mark.end == end and mark.number]
    return Piece(
        text=text[start:end],
        label=inner.label if inner else "",
        kinds=tuple(sorted({mark.kind for mark in over})),
        contested=tuple(sorted({mark.kind for mark in over if mark.number})),
        chips=tuple(Chip(mark.number, mark.label) for mark in sorted(ending, key=lambda mark: (-mark.start, mark))),
    )
