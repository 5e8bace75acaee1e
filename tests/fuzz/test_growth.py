"""Four times as much to read takes about four times as long, and gives about four times as much to write."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.annotations.codec import decode
from toolkit.annotations.conll import read_conll
from toolkit.files import to_json
from toolkit.ontology.plainxml import check_config

from .drafts import region, relation
from .exports import FULL

TEXT = "Osk met Quill in Velda."
Made = Callable[[int, Path], Callable[[], object]]
PAIR = [region(TEXT, "o", "Osk", "PERSON"), region(TEXT, "q", "Quill", "PERSON")]


def one_region(count: int) -> list[object]:
    return [region(TEXT, "o", "Osk", *(f"L{number}" for number in range(count)))]


def one_relation(count: int) -> list[object]:
    return [*PAIR, relation("o", "q", *(f"L{number}" for number in range(count)))]


@pytest.mark.parametrize("made", [one_region, one_relation])
def test_what_is_rejected_label_by_label_does_not_fill_the_disk(made: Callable[[int], list[object]]) -> None:
    result = made(2000)
    rows = [row.as_dict() for row in decode(result, TEXT, FULL).rejected]
    assert len(rows) == 2000
    assert len(to_json(rows)) < 1000 * len(rows)
    few = made(3)
    assert [row.element for row in decode(few, TEXT, FULL).rejected] == [few[-1]] * 3  # as it is


def views(count: int, folder: Path) -> Callable[[], object]:
    screen = '<Labels name="a" toName="t"><Label value="A"/></Labels><Text name="t" value="$text"/>'
    text = "<View>" * count + screen + "</View>" * count
    return lambda: check_config(text, "config.xml")


def sentence(count: int, folder: Path) -> Callable[[], object]:
    (folder / "ann.conll").write_text("Osk B-PERSON\n" * count, encoding="utf-8")
    return lambda: read_conll(folder)


@pytest.mark.parametrize("made", [views, sentence])
def test_what_is_long_takes_time_by_its_length(made: Made, tmp_path: Path) -> None:
    made(1, tmp_path)()  # what is loaded on the first use is paid for
    little, much = (min(spent(made(count, tmp_path)) for _ in range(2)) for count in (2000, 8000))
    assert much < 9 * little  # by the square it would be 16


def spent(read: Callable[[], object]) -> float:
    begun = time.process_time()
    read()
    return time.process_time() - begun
