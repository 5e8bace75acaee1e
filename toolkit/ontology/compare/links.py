"""The layer across articles: whether there is one, whose mentions it puts together, and what its links mean."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.ontology.across import LINKS
from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change
from toolkit.ontology.compare.pairing import Both
from toolkit.ontology.consistency import Loc
from toolkit.ontology.model import ClaimLinkType, Links


def link_changes(both: Both) -> Iterator[Change]:
    """What changed about the layer, apart from the names of links and their questions, which are told like others."""
    old, new = both.old.links, both.new.links
    if old and new:
        yield from _linked_types(both, old, new)
    elif old:
        yield Change(CHANGES["links-removed"], LINKS, (LINKS,), "the layer across articles is removed", gone=True)
    elif new:
        yield Change(CHANGES["links-added"], LINKS, (LINKS,), "the layer across articles is new")
    for was, now, loc in both.claim_links.pairs():
        yield from _meaning(was, now, loc)


def _linked_types(both: Both, old: Links, new: Links) -> Iterator[Change]:
    """Types whose mentions are linked no more and in addition, apart from types that are gone themselves."""
    heirs = {name: both.labels.kept.get(name, name) for name in old.entities if name not in both.labels.removed}
    for name, heir in heirs.items():
        if heir not in new.entities:
            message = f"mentions of {heir} are no longer linked across articles"
            yield Change(CHANGES["linked-type-removed"], name, (LINKS, "entities"), message)
    for number, name in enumerate(new.entities):
        if name not in heirs.values():
            message = f"mentions of {name} are linked across articles now"
            yield Change(CHANGES["linked-type-added"], name, (LINKS, "entities", number), message)


def _meaning(old: ClaimLinkType, new: ClaimLinkType, loc: Loc) -> Iterator[Change]:
    if old.meaning != new.meaning:
        message = f"{new.name} meant {old.meaning} and means {new.meaning} now"
        yield Change(CHANGES["claim-link-meaning-changed"], old.name, (*loc, "meaning"), message)
    if old.symmetric != new.symmetric:
        id = "claim-link-became-symmetric" if new.symmetric else "claim-link-became-directed"
        message = f"{new.name} {'holds both ways' if new.symmetric else 'leads from one claim to the other'} now"
        yield Change(CHANGES[id], old.name, (*loc, "symmetric"), message)
