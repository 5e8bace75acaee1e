"""What an ontology says across articles: what is linked there, where it stands, and what it must not say.

The links between claims are the answers to one question on a screen of their own. So their names and keys have to
differ from each other, and not from those of the screen on which articles are labelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.ontology.consistency import Loc
    from toolkit.ontology.model import Attribute, ClaimLinkType, Links, Ontology

LINKS = "links"
"""The part of the ontology; under ``retired``, what a link between claims was an answer ``of``."""

DIRECTIONLESS = frozenset({"same", "conflict", "none"})
"""The meanings that hold both ways."""


def located_claim_links(ontology: Ontology) -> Iterator[tuple[ClaimLinkType, Loc]]:
    """Every type of a link between claims, and where it stands."""
    for number, link in enumerate(ontology.links.claims if ontology.links else ()):
        yield link, (LINKS, "claims", number)


def located_link_attributes(ontology: Ontology) -> Iterator[tuple[Attribute, Loc]]:
    """Every question about a link between claims, and where it stands."""
    for link, loc in located_claim_links(ontology):
        for number, attribute in enumerate(link.attributes):
            yield attribute, (*loc, "attributes", number)


def located_link_hotkeys(ontology: Ontology) -> Iterator[tuple[str, str, Loc]]:
    """Every name with a key on the screen for pairs of claims, the key, and where it stands."""
    for link, loc in located_claim_links(ontology):
        for field, key in (("hotkey", link.hotkey), ("backward_hotkey", link.backward_hotkey)):
            if key:
                yield link.name, key, (*loc, field)
    for attribute, loc in located_link_attributes(ontology):
        for number, option in enumerate(attribute.options):
            if option.hotkey:
                yield f"{attribute.name}={option.name}", option.hotkey, (*loc, "options", number, "hotkey")


def located_keyless(ontology: Ontology) -> Iterator[tuple[str, Loc]]:
    """Every answer about a pair of claims that has no key, and where the key would stand."""
    for link, loc in located_claim_links(ontology):
        if not link.hotkey:
            yield link.name, (*loc, "hotkey")
        if not link.symmetric and not link.backward_hotkey:
            yield f"{link.name}, the other way round,", (*loc, "backward_hotkey")
    for attribute, loc in located_link_attributes(ontology):
        for number, option in enumerate(attribute.options):
            if not option.hotkey:
                yield f"{attribute.name}={option.name}", (*loc, "options", number, "hotkey")


def structure_problems(ontology: Ontology) -> Iterator[tuple[str, Loc]]:
    """What the layer across articles contradicts, each with its place."""
    if ontology.links is None:
        return
    yield from _unlinkable(ontology, ontology.links)
    if ontology.links.claims:
        if ontology.claims is None:
            yield "links.claims links claims, and the ontology has none", (LINKS, "claims")
        yield from _meanings(ontology)
    for link, loc in located_claim_links(ontology):
        if link.meaning in DIRECTIONLESS and not link.symmetric:
            yield f"{link.name} means {link.meaning}, which holds both ways, so it must be symmetric", (*loc, "meaning")
        if link.meaning == "later" and link.symmetric:
            yield f"{link.name} means later, which has a direction, so it cannot be symmetric", (*loc, "meaning")
        if link.symmetric and link.backward_hotkey:
            yield f"{link.name} is symmetric, so there is nothing for a backward_hotkey", (*loc, "backward_hotkey")
    for attribute, loc in located_link_attributes(ontology):
        if not attribute.options:
            yield f"{attribute.name} has no options, and pairs of claims are answered with keys", (*loc, "options")


def _unlinkable(ontology: Ontology, links: Links) -> Iterator[tuple[str, Loc]]:
    entities = {span.name for span in ontology.entities}
    for number, name in enumerate(links.entities):
        if name not in entities:
            yield f"links.entities names {name}, which is no entity type here", (LINKS, "entities", number)
        elif name in links.entities[:number]:
            yield f"links.entities names {name} already", (LINKS, "entities", number)


def _meanings(ontology: Ontology) -> Iterator[tuple[str, Loc]]:
    """At most one link means ``same``, as what follows from two is a link of one type, and exactly one ``none``.

    Most pairs that are asked about have nothing to do with each other, so there has to be one way to say so.
    """
    for meaning in ("same", "none"):
        bearers = [(link, loc) for link, loc in located_claim_links(ontology) if link.meaning == meaning]
        for link, loc in bearers[1:]:
            yield f"{link.name} means {meaning}, and so does {bearers[0][0].name}", (*loc, "meaning")
        if meaning == "none" and not bearers:
            yield "no link means none, so nobody could say that two claims are unrelated", (LINKS, "claims")
