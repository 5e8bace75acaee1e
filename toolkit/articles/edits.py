"""Edits lead from raw to frozen text, and offsets back and forth between the two."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from toolkit.articles.model import Edit
from toolkit.spans import Span


def apply(raw: str, edits: Sequence[Edit]) -> str:
    """The text that ``edits`` make of ``raw``.

    Raises ValueError where an edit lies outside the text, or they are not sorted and disjoint.
    """
    pieces: list[str] = []
    done = 0
    for edit in edits:
        if not done <= edit.start < edit.end <= len(raw):
            raise ValueError(f"the edit {edit.rule} at {edit.start}:{edit.end} does not fit")
        pieces += raw[done : edit.start], edit.new
        done = edit.end
    return "".join((*pieces, raw[done:]))


class OffsetMap:
    """Leads spans of the frozen text to the raw text and back, both in code points.

    A span that touches a deletion stays on its own side of it: the raw span of a sentence does not take in the
    boilerplate that stood before or after it. What an edit changed is one piece: a span may hold all of it, and a span
    with an edge inside it has no counterpart.
    """

    def __init__(self, raw: str, edits: Sequence[Edit]) -> None:
        self._raw = _Pieces([edit.start for edit in edits], [edit.end for edit in edits])
        self._frozen = _Pieces([], [])
        shift = 0
        for edit in edits:
            self._frozen.starts.append(edit.start + shift)
            shift += len(edit.new) - (edit.end - edit.start)
            self._frozen.ends.append(edit.end + shift)
        self._raw_length = len(raw)
        self._frozen_length = len(raw) + shift

    def to_raw(self, span: Span) -> Span | None:
        """The raw span of a frozen one; None where it is empty, outside the text, or cuts a changed piece."""
        if not 0 <= span.start < span.end <= self._frozen_length:
            return None
        start = _across(span.start, bisect_right(self._frozen.starts, span.start), self._frozen, self._raw)
        end = _across(span.end, bisect_left(self._frozen.starts, span.end), self._frozen, self._raw)
        return None if start is None or end is None else Span(start, end)

    def to_frozen(self, span: Span) -> Span | None:
        """The frozen span of a raw one; None as for ``to_raw``, and where nothing of it is left."""
        if not 0 <= span.start < span.end <= self._raw_length:
            return None
        start, end = (_across(edge, bisect_right(self._raw.starts, edge), self._raw, self._frozen) for edge in span)
        return None if start is None or end is None or start == end else Span(start, end)


class _Pieces(NamedTuple):
    """What the edits changed, as it lies in one of the two texts."""

    starts: list[int]
    ends: list[int]


def _across(edge: int, before: int, here: _Pieces, there: _Pieces) -> int | None:
    """Lead one edge to the other text; ``before`` is how many edits begin before it."""
    if before == 0:
        return edge
    last = before - 1
    if edge == here.starts[last] < here.ends[last]:
        return there.starts[last]
    return there.ends[last] + edge - here.ends[last] if edge >= here.ends[last] else None
