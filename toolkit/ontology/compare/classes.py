"""Classes of the dataset that have another number than they had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolkit.ontology.across import LINKS
from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change
from toolkit.ontology.compare.pairing import Both, Pairing
from toolkit.ontology.model import ASSERTED

_LINKED = "linked types"


def class_changes(both: Both) -> Iterator[Change]:
    """One change for every list of classes, as ``dataset.features`` and ``dataset.tokens`` number them."""
    old, new = both.old, both.new
    was_linked, is_linked = (side.links.entities if side.links else () for side in (old, new))
    lists: list[tuple[str, Iterable[str], Iterable[str], Pairing[Any]]] = [
        ("labels", old.mention_types, new.mention_types, both.labels),
        ("relations", old.relation_types, new.relation_types, both.relations),
        ("modality", (ASSERTED, *old.modalities), (ASSERTED, *new.modalities), both.modalities),
        (_LINKED, was_linked, is_linked, both.labels),
        ("claim links", old.claim_link_types, new.claim_link_types, both.claim_links),
        *((options.of[1], options.old, options.new, options) for options in both.options),
    ]
    for what, was, now, pairing in lists:
        before, after = _numbered(was), _numbered(now)
        stayed = [
            (heir, before[name], after[heir]) for name, heir in pairing.kept.items() if name in before if heir in after
        ]
        if shifted := [(name, old, new) for name, old, new in stayed if old != new]:
            moves = ", ".join(f"{name} from {old} to {new}" for name, old, new in shifted)
            tags = ", and the tags accordingly" if what == "labels" else ""
            loc = (LINKS, "entities") if what == _LINKED else pairing.new[shifted[0][0]][1]
            yield Change(CHANGES["class-numbers-shifted"], what, loc, f"class numbers move: {moves}{tags}")


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}
