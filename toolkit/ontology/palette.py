"""Colours as CSS writes them, and new ones that are far from those that are there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from toolkit.ontology.colours import Shade, bare_pages, shades

if TYPE_CHECKING:
    from coloraide import Color

_SHOWN = re.compile(r"#[0-9a-f]+|(?!transparent)[a-z]+|(rgb|hsl)a?\([^,]+(,[^,]+){2,3}\)")
_LIGHTNESS = (0.4, 0.5, 0.6, 0.7, 0.8)
_CHROMA = (0.25, 0.2, 0.15, 0.1, 0.05)
_HUES = 24


def as_hex(css: str) -> str | None:
    """A colour as ``#rrggbb``; None for what CSS does not know, and for what cannot be seen. Opacity is left out."""
    colour = _colour(css)
    if colour is None or colour.alpha() == 0:
        return None
    return colour.convert("srgb").fit().to_string(hex=True, alpha=False)


def is_shown(css: str) -> bool:
    """Whether Label Studio's editor (1.23) can show it: a name, hexadecimal, or rgb() and hsl() with commas.

    Whatever else it is given, other CSS too, leaves the annotator with an empty screen.
    """
    return _colour(css) is not None and _SHOWN.fullmatch(css.lower()) is not None


def _colour(css: str) -> Color | None:
    from coloraide import Color

    try:
        return Color(css.strip())
    except ValueError:
        return None


def new_colours(count: int, taken: Iterable[str]) -> list[str]:
    """So many colours as ``#rrggbb``, each as far as can be from those taken, from each other, and from the page.

    How far is told by the eyes that are least able to (see ``colours``). The same arguments give the same colours.
    """
    candidates = {colour: shades(colour) for colour in _grid()} if count else {}
    nearest = dict.fromkeys(candidates, math.inf)

    def keep_away_from(others: tuple[Shade, ...]) -> None:
        for colour, ours in candidates.items():
            nearest[colour] = min(nearest[colour], _distance(ours, others))

    keep_away_from(bare_pages())
    for colour in taken:
        keep_away_from(shades(colour))
    chosen: list[str] = []
    for _ in range(count):
        chosen.append(max(candidates, key=lambda colour: nearest[colour]))  # the first of equals
        keep_away_from(candidates[chosen[-1]])
    return chosen


def _distance(some: tuple[Shade, ...], others: tuple[Shade, ...]) -> float:
    return min(math.dist(one.oklab, other.oklab) for one, other in zip(some, others, strict=True))


@cache
def _grid() -> tuple[str, ...]:
    """Colours that are neither too light nor too dark for text beside them."""
    from coloraide import Color

    colours = (
        Color("oklch", [lightness, chroma, 360 * step / _HUES])
        for chroma in _CHROMA
        for lightness in _LIGHTNESS
        for step in range(_HUES)
    )
    return tuple(colour.convert("srgb").to_string(hex=True) for colour in colours if colour.in_gamut("srgb"))
