from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.gold.agreement.continuum import Continuum, Segment, Unit, check, merged, segments

LENGTH = 30


UNITS = st.builds(
    lambda start, length, label: Unit(start, min(start + length, LENGTH), label),
    st.integers(0, LENGTH - 1),
    st.integers(1, 15),
    st.sampled_from("abc"),
)


def labels_at(ranges: list[Unit] | list[Segment], place: int) -> set[str]:
    return {
        label
        for start, end, labels in ranges
        for label in ([labels] if isinstance(labels, str) else labels)
        if start <= place < end
    }


def test_units_of_one_label_merge_where_they_overlap_and_only_there() -> None:
    units = [Unit(5, 9, "a"), Unit(0, 3, "a"), Unit(3, 4, "a"), Unit(8, 12, "a"), Unit(2, 6, "b")]
    assert merged(units) == [Unit(0, 3, "a"), Unit(2, 6, "b"), Unit(3, 4, "a"), Unit(5, 12, "a")]


def test_segments_are_cut_where_a_unit_begins_or_ends() -> None:
    units = [Unit(0, 20, "a"), Unit(5, 8, "b"), Unit(20, 22, "a"), Unit(25, 26, "b")]
    assert segments(units) == [
        Segment(0, 5, ("a",)),
        Segment(5, 8, ("a", "b")),
        Segment(8, 20, ("a",)),
        Segment(20, 22, ("a",)),
        Segment(25, 26, ("b",)),
    ]


@given(st.lists(UNITS, max_size=8))
def test_every_place_keeps_its_labels(units: list[Unit]) -> None:
    united = merged(units)
    cut = segments(united)
    for place in range(LENGTH):
        assert labels_at(units, place) == labels_at(united, place) == labels_at(cut, place)
    assert all(before.end <= after.start for before, after in pairwise(cut))
    assert merged(united) == united


@pytest.mark.parametrize("wrong", [Unit(3, 3, "a"), Unit(4, 3, "a"), Unit(-1, 3, "a"), Unit(0, 11, "a")])
def test_units_must_fit(wrong: Unit) -> None:
    check(Continuum(10, [[Unit(0, 10, "a")], []]))
    with pytest.raises(ValueError, match="does not fit a text of 10"):
        check(Continuum(10, [[], [wrong]]))
