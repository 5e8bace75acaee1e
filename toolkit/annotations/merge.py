"""What one annotator did on one article in several Label Studio projects, made one annotation.

A project for claims shows the mentions of another project as *context*. Context is not work: where the annotator has
an equal span of their own it is replaced by that, where something is linked to it it stays (origin *context*), and
otherwise it goes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.annotations.decode import in_text
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation, SpanItem
from toolkit.annotations.relate import in_order
from toolkit.files import to_json
from toolkit.project import LAYERS

_ROLES = ("claimants", "cues", "values")


@dataclass(frozen=True, slots=True)
class Merged:
    """The one annotation, and the links that it cannot hold: (rule, link)."""

    annotation: Annotation
    dropped: tuple[tuple[str, Relation], ...] = ()


def merge(parts: Iterable[Annotation], grammar: Grammar) -> Merged:
    """Merge one annotator's annotations of one article; the order in which they come does not matter.

    Ids that several parts use get a number in all parts but the first. ``lead_time`` adds up, ``updated_at`` is the
    latest. A part that was skipped adds nothing; all skipped is skipped.

    Args:
        parts: at least one annotation, all of one annotator and one article.
        grammar: says which relations are symmetric.
    """
    ordered = list(parts)
    if len(ordered) > 1:
        ordered.sort(key=lambda part: (part.source, to_json(part.model_dump(mode="json"))))
    elif all(item.origin is not Origin.CONTEXT for item in ordered[0].spans()):
        return Merged(ordered[0])
    worked = [part for part in ordered if not part.skipped] or ordered
    distinct = _with_distinct_ids(worked)
    same = _replacements(item for part in distinct for item in part.spans())
    dropped: list[tuple[str, Relation]] = []
    claims = [_relinked(claim, same, grammar, dropped) for part in distinct for claim in part.claims]
    relations = _rejoined((link for part in distinct for link in part.relations), same, grammar, dropped)
    spans = [item for part in distinct for item in (*part.mentions, *part.cues)] + claims
    kept = sorted(_worth_keeping([item for item in spans if item.id not in same], relations), key=in_text)
    times = [part.lead_time for part in ordered if part.lead_time is not None]
    merged = worked[0].model_copy(
        update={
            "ground_truth": tuple(layer for layer in LAYERS if any(layer in part.ground_truth for part in worked)),
            "lead_time": _total(times),
            "rejected": sum(part.rejected for part in worked),
            "updated_at": max(part.updated_at for part in ordered),
            "layers": tuple(layer for layer in LAYERS if any(layer in part.layers for part in worked)),
            "mentions": tuple(item for item in kept if isinstance(item, Mention)),
            "cues": tuple(item for item in kept if isinstance(item, Cue)),
            "claims": tuple(item for item in kept if isinstance(item, Claim)),
            "relations": in_order(relations),
        }
    )
    return Merged(merged, tuple(dropped))


def _total(times: list[float]) -> float | None:
    try:
        return math.fsum(times) if times else None
    except OverflowError:  # none of them is a time
        return None


def _with_distinct_ids(parts: list[Annotation]) -> list[Annotation]:
    """The parts with ids that no two share; the annotator's own spans keep theirs before context does."""
    reserved = {item.id for part in parts for item in part.spans()}
    taken: set[str] = set()
    new: list[dict[str, str]] = [{} for _ in parts]
    for context in (False, True):
        for part, names in zip(parts, new, strict=True):
            ids = [item.id for item in part.spans() if (item.origin is Origin.CONTEXT) is context]
            names |= {id: _free(id, reserved) for id in ids if id in taken}
            taken.update(ids)
    return [_renamed(part, names) if names else part for part, names in zip(parts, new, strict=True)]


def _free(id: str, reserved: set[str]) -> str:
    number = 2
    while f"{id}-{number}" in reserved:
        number += 1
    reserved.add(f"{id}-{number}")
    return f"{id}-{number}"


def _renamed(part: Annotation, new: Mapping[str, str]) -> Annotation:
    def named(item: SpanItem) -> Any:
        return item.model_copy(update={"id": new.get(item.id, item.id)})

    def relinked(claim: Claim) -> Claim:
        links = {role: tuple(sorted(new.get(id, id) for id in getattr(claim, role))) for role in _ROLES}
        return claim.model_copy(update=links)

    return part.model_copy(
        update={
            "mentions": tuple(map(named, part.mentions)),
            "cues": tuple(map(named, part.cues)),
            "claims": tuple(named(relinked(claim)) for claim in part.claims),
            "relations": tuple(_moved(link, new) for link in part.relations),
        }
    )


def _moved(link: Relation, new: Mapping[str, str]) -> Relation:
    return link.model_copy(update={"head": new.get(link.head, link.head), "tail": new.get(link.tail, link.tail)})


def _replacements(items: Iterable[SpanItem]) -> dict[str, str]:
    """For each context span that has an equal among the annotator's own, or an earlier equal in context: whose id."""
    first: dict[tuple[Any, ...], SpanItem] = {}
    context: list[tuple[tuple[Any, ...], SpanItem]] = []
    for item in items:
        key = (type(item), item.span, item.labels if isinstance(item, Mention) else ())
        if item.origin is Origin.CONTEXT:
            context.append((key, item))
        else:
            first.setdefault(key, item)
    same: dict[str, str] = {}
    for key, item in context:
        if (kept := first.setdefault(key, item)) is not item:
            same[item.id] = kept.id
    return same


def _relinked(claim: Claim, same: Mapping[str, str], grammar: Grammar, dropped: list[tuple[str, Relation]]) -> Claim:
    links: dict[str, tuple[str, ...]] = {}
    for name, role in grammar.links.items():
        ids: list[str] = []
        for id in getattr(claim, role):
            if (kept := same.get(id, id)) not in ids:
                ids.append(kept)
            elif claim.origin is not Origin.CONTEXT:
                dropped.append(("duplicate-relation", Relation(type=name, head=claim.id, tail=kept)))
        links[role] = tuple(sorted(ids))
    return claim.model_copy(update=links)


def _rejoined(
    links: Iterable[Relation], same: Mapping[str, str], grammar: Grammar, dropped: list[tuple[str, Relation]]
) -> list[Relation]:
    kept: list[Relation] = []
    seen: set[tuple[str, str, str, str]] = set()
    for link in (_moved(link, same) for link in links):
        key = (link.type, link.head, link.tail, link.modality)
        if link.head == link.tail:
            dropped.append(("self-relation", link))
        elif key in seen:
            dropped.append(("duplicate-relation", link))
        else:
            kept.append(link)
            seen.add(key)
            if grammar.relations[link.type].symmetric:
                seen.add((link.type, link.tail, link.head, link.modality))
    return kept


def _worth_keeping(items: list[SpanItem], relations: Iterable[Relation]) -> list[SpanItem]:
    """The annotator's own spans, and the context that they, a relation, or kept context is linked to."""
    by_id = {item.id: item for item in items}
    wanted = [item.id for item in items if item.origin is not Origin.CONTEXT]
    wanted += (end for link in relations for end in (link.head, link.tail))
    kept: dict[str, SpanItem] = {}
    while wanted:
        id = wanted.pop()
        if id not in kept:
            item = kept[id] = by_id[id]
            if isinstance(item, Claim):
                wanted += (*item.claimants, *item.cues, *item.values)
    return list(kept.values())
