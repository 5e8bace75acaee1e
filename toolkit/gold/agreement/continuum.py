"""A text and what several annotators marked in it, as plain numbers and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Unit(NamedTuple):
    """A labelled half-open range. A span with two labels is two units."""

    start: int
    end: int
    label: str


class Continuum(NamedTuple):
    """A text of known length (in characters, or in tokens) and each annotator's units in it, in any order.

    An annotator without units counts: nothing was found. One who did not work on the text is left out.
    """

    length: int
    annotators: Sequence[Sequence[Unit]]


class Segment(NamedTuple):
    """A range in which an annotator's labels are the same; several where units of different labels overlap."""

    start: int
    end: int
    labels: tuple[str, ...]


def check(article: Continuum) -> None:
    """Raise ValueError where a unit is empty or leaves the text."""
    for units in article.annotators:
        for unit in units:
            if not 0 <= unit.start < unit.end <= article.length:
                raise ValueError(f"{unit} does not fit a text of {article.length}")


def merged(units: Iterable[Unit]) -> list[Unit]:
    """One annotator's units in order, with units of the same label that overlap put together.

    Units that only touch stay apart: two names in a row are two names.
    """
    open_: dict[str, Unit] = {}
    done: list[Unit] = []
    for unit in sorted(units):
        before = open_.get(unit.label)
        if before and unit.start < before.end:
            open_[unit.label] = before._replace(end=max(before.end, unit.end))
            continue
        if before:
            done.append(before)
        open_[unit.label] = unit
    return sorted([*done, *open_.values()])


def segments(units: Sequence[Unit]) -> list[Segment]:
    """Merged units as ranges that do not overlap: cut wherever one begins or ends."""
    if all(before.end <= unit.start for before, unit in pairwise(units)):
        return [Segment(unit.start, unit.end, (unit.label,)) for unit in units]
    begin: dict[int, list[str]] = defaultdict(list)
    end: dict[int, list[str]] = defaultdict(list)
    for unit in units:
        begin[unit.start].append(unit.label)
        end[unit.end].append(unit.label)
    cut: list[Segment] = []
    inside: set[str] = set()
    for start, stop in pairwise(sorted(begin.keys() | end.keys())):
        inside.difference_update(end.get(start, ()))
        inside.update(begin.get(start, ()))
        if inside:
            cut.append(Segment(start, stop, tuple(sorted(inside))))
    return cut
