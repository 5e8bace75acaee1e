"""How far apart the labels' colours are, as annotators see them.

What has to be told apart is spans in running text. Label Studio paints a span with its label's colour at 30 % over the
page, so that is what is compared, in its light and its dark theme: two colours that differ well on a palette can leave
the same tint. Each tint is compared as people with normal vision see it and as people see it who lack one kind of cone
(Viénot, Brettel and Mollon 1999 for protan and deutan, Brettel, Viénot and Mollon 1997 for tritan viewers).

The difference is the distance in OKLab. CSS Color 4 takes 0.02 for a just noticeable one where it maps gamuts: below
that, two tints cannot be told apart even side by side. So this asks for the least that helps. Some two hundred colours
keep that distance to normal vision, and some thirty to colour-blind people, who see a plane of colours where others
see a space: theirs is a rule of its own, which an ontology with more labels can leave out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from toolkit.findings import Rule, Severity
from toolkit.ontology.consistency import Problem, located_spans

if TYPE_CHECKING:
    from toolkit.ontology.model import Ontology, SpanType

COLOURS_ALIKE = Rule(
    "colours-alike",
    "Spans of two labels can be told apart by their colours.",
    Severity.WARNING,
    "choose colours that lie further apart",
)
COLOURS_ALIKE_COLOUR_BLIND = Rule(
    "colours-alike-colour-blind",
    "Colour-blind people, too, can tell spans of two labels apart by their colours.",
    Severity.WARNING,
    "choose colours that lie further apart in lightness, or in another hue; with many labels, --ignore it",
)
COLOUR_FAINT = Rule(
    "colour-faint",
    "A label's spans can be told from the page.",
    Severity.WARNING,
    "choose a stronger colour: only 30 % of it tint the text",
)

RULES = (COLOURS_ALIKE, COLOURS_ALIKE_COLOUR_BLIND, COLOUR_FAINT)

NOTICEABLE = 0.02
"""The just noticeable difference in OKLab (CSS Color 4, gamut mapping)."""

TINT = 0.3
"""How much of a label's colour lies over the page (Label Studio 1.23)."""

PAGES = ("#fdfdfc", "#262522")
"""The page behind the text in Label Studio's light and dark theme."""

NORMAL = "normal"
VISIONS = (NORMAL, "protan", "deutan", "tritan")


def indistinct(ontology: Ontology) -> Iterator[Problem]:
    """Every label whose colour is hard to tell from earlier ones', then every one that is hard to see at all.

    One problem a label and rule, not one a pair: with many labels, each is like several others to somebody.
    """
    before: list[SpanType] = []
    for span, loc in located_spans(ontology):
        seen = {other.name: alike(shades(span.colour), shades(other.colour)) for other in before}
        to_all = [name for name, visions in seen.items() if NORMAL in visions]
        to_some = [f"{name} ({_eyes(visions)})" for name, visions in seen.items() if visions and name not in to_all]
        for rule, others in ((COLOURS_ALIKE, to_all), (COLOURS_ALIKE_COLOUR_BLIND, to_some)):
            if others:
                more = f" and {len(others) - 3} more" if len(others) > 3 else ""
                message = f"spans of {span.name} look like those of {', '.join(others[:3])}{more}"
                yield Problem(rule, (*loc, "colour"), message)
        before.append(span)
    for span, loc in located_spans(ontology):
        if visions := alike(shades(span.colour), bare_pages()):
            message = f"spans of {span.name} hardly differ from the page ({_eyes(visions)})"
            yield Problem(COLOUR_FAINT, (*loc, "colour"), message)


class Shade(NamedTuple):
    """A colour on one page to the eyes of one viewer, in OKLab."""

    vision: str
    oklab: tuple[float, float, float]


@cache
def shades(colour: str) -> tuple[Shade, ...]:
    """What a span with this colour looks like: on every page, to every viewer.

    Args:
        colour: ``#rrggbb``.
    """
    return tuple(shade for page in PAGES for shade in _seen(_over(colour, page)))


@cache
def bare_pages() -> tuple[Shade, ...]:
    """The pages without a span, in the order of ``shades``."""
    return tuple(shade for page in PAGES for shade in _seen(_channels(page)))


def alike(one: tuple[Shade, ...], other: tuple[Shade, ...]) -> tuple[str, ...]:
    """The visions to which two colours look alike on some page, in the order of ``VISIONS``; empty where to none."""
    same = {a.vision for a, b in zip(one, other, strict=True) if math.dist(a.oklab, b.oklab) < NOTICEABLE}
    return tuple(vision for vision in VISIONS if vision in same)


def _eyes(visions: tuple[str, ...]) -> str:
    return f"{', '.join(visions)} vision"


def _seen(channels: tuple[float, ...]) -> Iterator[Shade]:
    from coloraide import Color

    colour = Color("srgb", channels)
    for vision in VISIONS:
        seen = colour if vision == NORMAL else colour.filter(vision)
        lightness, a, b = seen.convert("oklab").coords()
        yield Shade(vision, (lightness, a, b))


def _over(colour: str, page: str) -> tuple[float, ...]:
    return tuple(
        TINT * ours + (1 - TINT) * below for ours, below in zip(_channels(colour), _channels(page), strict=True)
    )


def _channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
