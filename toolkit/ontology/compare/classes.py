"""Classes of the dataset that have another number than they had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolkit.ontology.changes import CHANGES, Change
from toolkit.ontology.compare.pairing import Both, Pairing
from toolkit.ontology.model import ASSERTED


def class_changes(both: Both) -> Iterator[Change]:
    """One change for every list of classes, as ``dataset.features`` and ``dataset.tokens`` number them."""
    old, new = both.old, both.new
    lists: list[tuple[str, Iterable[str], Iterable[str], Pairing[Any]]] = [
        ("labels", old.mention_types, new.mention_types, both.labels),
        ("relations", old.relation_types, new.relation_types, both.relations),
        ("modality", (ASSERTED, *old.modalities), (ASSERTED, *new.modalities), both.modalities),
        *((options.of[1], options.old, options.new, options) for options in both.options),
    ]
    for what, was, now, pairing in lists:
        before, after = _numbered(was), _numbered(now)
        stayed = [
            (heir, before[name], after[heir]) for name, heir in pairing.kept.items() if name in before if heir in after
        ]
        if shifted := [(name, old, new) for name, old, new in stayed if old != new]:
            moves = ", ".join(f"{name} from {old} to {new}" for name, old, new in shifted)
            tags = ", and the tags accordingly" if pairing is both.labels else ""
            loc = pairing.new[shifted[0][0]][1]
            yield Change(CHANGES["class-numbers-shifted"], what, loc, f"class numbers move: {moves}{tags}")


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}
