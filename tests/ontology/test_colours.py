from __future__ import annotations

import math
from itertools import combinations

import pytest

from toolkit.ontology.colours import COLOURS_ALIKE, NOTICEABLE, PAGES, VISIONS, alike, bare_pages, indistinct, shades
from toolkit.ontology.model import Ontology


def test_a_shade_for_every_page_and_every_viewer() -> None:
    assert [shade.vision for shade in shades("#4f66ff")] == [*VISIONS] * len(PAGES)
    assert [shade.vision for shade in bare_pages()] == [*VISIONS] * len(PAGES)


def test_lightness_is_that_of_oklab() -> None:
    """White is 1 and black 0 in OKLab; 30 % of them over a page leave it lighter and darker."""
    light, dark = bare_pages()[0].oklab[0], bare_pages()[len(VISIONS)].oklab[0]
    assert light == pytest.approx(0.994, abs=0.002)
    assert shades("#000000")[0].oklab[0] < light
    assert shades("#ffffff")[len(VISIONS)].oklab[0] > dark


def test_greys_look_the_same_to_everybody() -> None:
    for start in (0, len(VISIONS)):
        normal, *others = shades("#808080")[start : start + len(VISIONS)]
        assert all(math.dist(normal.oklab, other.oklab) < NOTICEABLE for other in others)


@pytest.mark.parametrize(
    ("one", "other", "to"),
    [
        ("#4f66ff", "#4f66ff", VISIONS),
        ("#4f66ff", "#4f66fe", VISIONS),
        ("#d12ca2", "#0d778d", ("deutan",)),
        ("#9a2bcd", "#88595b", ("tritan",)),
        ("#000000", "#ffffff", ()),
        ("#4f66ff", "#f57d09", ()),
    ],
)
def test_who_takes_two_colours_for_one(one: str, other: str, to: tuple[str, ...]) -> None:
    assert alike(shades(one), shades(other)) == to
    assert alike(shades(other), shades(one)) == to


@pytest.mark.parametrize(
    ("colour", "seen"), [("#fdfdfc", False), ("#fafad2", False), ("#262522", False), ("#f57d09", True)]
)
def test_what_vanishes_in_the_page(colour: str, seen: bool) -> None:
    assert bool(alike(shades(colour), bare_pages())) != seen


def test_one_problem_a_label_however_many_it_is_like(ontology: Ontology) -> None:
    black = ontology.model_dump()
    for span in (*black["entities"], *black["values"]):
        span["colour"] = "#000000"
    found = [one for one in indistinct(Ontology.model_validate(black)) if one.rule is COLOURS_ALIKE]
    assert len(found) == len(ontology.mention_types) - 1
    assert found[0].loc == ("entities", 1, "colour")
    assert found[-1].message.endswith("and 8 more")


def test_our_own_colours_keep_a_distance(ontology: Ontology) -> None:
    assert list(indistinct(ontology)) == []
    assert not any(alike(shades(a.colour), shades(b.colour)) for a, b in combinations(ontology.all_spans, 2))
