from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.findings import Place
from toolkit.ontology.consistency import Loc, located_hotkeys, located_names
from toolkit.ontology.model import Ontology
from toolkit.ontology.places import locate

TEXT = """\
# a comment
name: tiny
list:
  - first
  - {a: 1, b: "2"}
  -
    c: >
      folded
empty:
"""

PLACES: dict[Loc, tuple[int, int]] = {
    (): (2, 1),
    ("name",): (2, 1),
    ("list",): (3, 1),
    ("list", 0): (4, 5),
    ("list", 1): (5, 5),
    ("list", 1, "b"): (5, 12),
    ("list", 2, "c"): (7, 5),
    ("empty",): (9, 1),
    ("empty", "x"): (9, 1),
    ("gone",): (2, 1),
    ("list", 3): (3, 1),
    ("list", 1, "gone", 0): (5, 5),
    ("list", "first"): (3, 1),
    ("name", 0): (2, 1),
}


@pytest.mark.parametrize("loc", PLACES, ids=str)
def test_the_deepest_that_is_there(loc: Loc) -> None:
    assert locate(TEXT, "o.yaml")(loc) == Place("o.yaml", *PLACES[loc])


def test_an_empty_file_has_no_lines() -> None:
    assert locate("# nothing\n", "o.yaml")(("name",)) == Place("o.yaml")


def test_columns_count_characters() -> None:
    assert locate("{é: 😀, b: 1}", "o.yaml")(("b",)) == Place("o.yaml", 1, 8)


def test_every_name_stands_where_it_is_said_to(repository: Path, ontology: Ontology) -> None:
    text = (repository / "configs" / "ontology.yaml").read_text(encoding="utf-8")
    lines, place_of = text.splitlines(), locate(text, "o.yaml")
    for name, loc in located_names(ontology):
        place = place_of(loc)
        assert lines[place.line - 1][place.column - 1 :].startswith(f"name: {name}")
    for _, key, loc in located_hotkeys(ontology):
        place = place_of(loc)
        assert lines[place.line - 1][place.column - 1 :].replace('"', "").startswith(f"hotkey: {key}")
