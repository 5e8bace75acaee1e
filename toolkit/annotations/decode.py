"""From a Label Studio result to checked items. Never raises: what cannot be taken is rejected, by rule and by item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from toolkit.annotations.grammar import IGNORED, ORIGINS, OTHER_TEXT_TYPES, Grammar, finite, unmark_context, well_formed
from toolkit.annotations.ledger import Ledger, Rejected
from toolkit.annotations.model import Claim, Cue, Mention, Origin, Relation, SpanItem
from toolkit.annotations.reading import short
from toolkit.annotations.regions import Region, Regions, Text
from toolkit.annotations.relate import Relations, in_order
from toolkit.findings import Finding, Place
from toolkit.ontology.consistency import ATTRIBUTION
from toolkit.ontology.labelconfig import ENTITIES, TEXT


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a result holds. ``items_in`` is the number of items in it: those of the fields here and of ``rejected``."""

    mentions: tuple[Mention, ...]
    cues: tuple[Cue, ...]
    claims: tuple[Claim, ...]
    relations: tuple[Relation, ...]
    rejected: tuple[Rejected, ...]
    findings: tuple[Finding, ...]
    items_in: int


def decode_result(result: Any, text: Text, grammar: Grammar, place: Place) -> Decoded:
    """Read regions first, then what is said about them, then what joins them (see ``codec.decode``)."""
    ledger = Ledger(place, grammar)
    regions = Regions(text, grammar, ledger)
    relations = Relations(regions, grammar, ledger)
    result = well_formed(result)
    elements = result if isinstance(result, list) else [result]
    answers: list[dict[str, Any]] = []
    joins: list[dict[str, Any]] = []
    for element in elements:
        problem = _stranger(element, grammar)
        if problem and isinstance(element, dict) and element.get("type") in (*OTHER_TEXT_TYPES, "labels"):
            regions.reject(*problem, element)
        elif problem:
            ledger.reject(*problem, element)
        elif element["type"] == "labels":
            regions.add(element)
        else:
            (joins if element["type"] == "relation" else answers).append(element)
    for element in answers:
        regions.answer(element)
    regions.require_answers()
    for element in joins:
        relations.add(element)
    _look_at_claims(regions, ledger)
    spans = sorted(map(_item, regions.by_id.values(), [text.frozen] * len(regions.by_id)), key=in_text)
    return Decoded(
        mentions=tuple(item for item in spans if isinstance(item, Mention)),
        cues=tuple(item for item in spans if isinstance(item, Cue)),
        claims=tuple(item for item in spans if isinstance(item, Claim)),
        relations=in_order(relations.kept),
        rejected=tuple(ledger.rejected),
        findings=tuple(ledger.findings),
        items_in=sum(len(grammar.items(element)) for element in elements),
    )


def in_text(item: SpanItem) -> tuple[int, int, str]:
    """The order in which span items are written."""
    return item.start, item.end, item.id


def _stranger(element: Any, grammar: Grammar) -> tuple[str, str] | None:
    """Why an element is none that the ontology's label config makes, if it is none."""
    if not isinstance(element, dict) or not isinstance(element.get("type"), str):
        return "malformed-result", "not a result element with a type"
    kind, control = element["type"], element.get("from_name")
    if kind == "relation":
        return None
    if control == IGNORED:
        return "ignored-control", "left out, as the mapping file says"
    if kind in OTHER_TEXT_TYPES:
        return "unknown-control", f"{kind} count their offsets in another way; only <Text> is read"
    if kind not in ("labels", "choices", "textarea"):
        return "unknown-result-type", f"a result of type {short(kind)!r}"
    known = grammar.labels if kind == "labels" else grammar.attributes
    if not isinstance(control, str) or control not in known or element.get("to_name", TEXT) != TEXT:
        return "unknown-control", f"no {kind} control is called {short(str(control))!r} and labels {TEXT!r}"
    if kind != "labels" and kind != (expected := grammar.kind_of(control)):
        return "unknown-result-type", f"{control} is answered with {expected}, not with {kind}"
    return None


def _look_at_claims(regions: Regions, ledger: Ledger) -> None:
    cued = {cue for region in regions.by_id.values() for cue in region.links.get("cues", ())}
    for region in regions.by_id.values():
        if region.control == ENTITIES or region.context:
            continue
        words = short(region.span.of(regions.text.frozen))
        if not region.is_claim:
            if region.id not in cued:
                ledger.warn("cue-unlinked", f"the cue “{words}” belongs to no claim", region.id)
        elif not region.links.get("claimants"):
            answer, _ = region.answers.get(ATTRIBUTION, ("", None))
            if answer not in regions.grammar.no_claimant:
                ledger.warn("claim-without-claimant", f"nobody claims “{words}”", region.id)


def _item(region: Region, text: str) -> SpanItem:
    meta, origin = region.element.get("meta"), region.element.get("origin")
    meta = meta if isinstance(meta, dict) else {}
    shared: dict[str, Any] = {
        "id": region.id,
        "start": region.span.start,
        "end": region.span.end,
        "text": region.span.of(text),
        "attributes": {name: answer for name, (answer, _) in region.answers.items()},
        "origin": ORIGINS.get(origin, Origin.MANUAL) if isinstance(origin, str) else Origin.MANUAL,
        "score": finite(region.element.get("score")),
        "meta": meta,
    }
    if region.context:
        shared |= {"origin": Origin.CONTEXT, "meta": unmark_context(meta)}
    if region.control == ENTITIES:
        return Mention(labels=tuple(sorted(region.labels)), **shared)
    if not region.is_claim:
        return Cue(**shared)
    return Claim(**{role: tuple(sorted(ids)) for role, ids in region.links.items()}, **shared)
