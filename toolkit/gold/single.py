"""The gold of an article of which every layer has one annotation: that is all there is, and so it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Set

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.merge import merge
from toolkit.annotations.model import Annotation, Origin, Relation, SpanItem
from toolkit.findings import Finding, Place, Severity
from toolkit.gold.compare.ends import Link, links
from toolkit.gold.model import Gold, Provenance, Resolution, least_certain, relation_key
from toolkit.gold.values import Values
from toolkit.project import LAYERS, Layer


def of_single(chosen: Mapping[Layer, Annotation], grammar: Grammar) -> tuple[Gold, list[Finding]]:
    """The gold, and a finding for each link that got lost where the layers' spans fell together.

    Args:
        chosen: the one annotation of each layer that was asked for.
        grammar: the ontology's.
    """
    whose = list({id(vote): vote for vote in chosen.values()}.values())
    parts = [_only(vote, {layer for layer in chosen if chosen[layer] is vote}) for vote in whose]
    merged = merge(parts, grammar)
    record = merged.annotation
    resolutions = {
        layer: Resolution.GROUND_TRUTH if layer in work.ground_truth else Resolution.SINGLE
        for layer, work in chosen.items()
    }
    gold = Gold(
        article_id=record.article_id,
        text_sha256=record.text_sha256,
        ontology_version=record.ontology_version,
        resolution=least_certain(resolutions.values()),
        layers=tuple(chosen),
        annotators=tuple(sorted({vote.annotator for vote in whose})),
        voters=1,
        mentions=tuple(sorted(record.mentions, key=lambda mention: (mention.span, mention.labels, mention.id))),
        cues=tuple(sorted(record.cues, key=lambda cue: (cue.span, cue.id))),
        claims=tuple(sorted(record.claims, key=lambda claim: (claim.span, claim.id))),
        relations=tuple(sorted(record.relations, key=lambda link: (link.head, link.tail, link.type, link.modality))),
        provenance=_of_one(record, chosen, resolutions, grammar),
    )
    return gold, [_left_out(record.article_id, rule, link) for rule, link in merged.dropped]


def _of_one(
    record: Annotation, chosen: Mapping[Layer, Annotation], resolutions: Mapping[Layer, Resolution], grammar: Grammar
) -> dict[str, Provenance]:
    """The provenance of items that are one annotator's each: the one of their layer."""
    values = {
        work.annotator: Values([record.model_copy(update={"annotator": work.annotator})], grammar)
        for work in chosen.values()
    }

    def why(layer: Layer, item: SpanItem | Link) -> Provenance:
        who = chosen[layer].annotator
        return Provenance(resolution=resolutions[layer], support=1, voters=1, votes=(values[who].vote(who, item),))

    own: dict[str, Provenance] = {}
    for part, layer in ((record.mentions, LAYERS[0]), (record.cues, LAYERS[2]), (record.claims, LAYERS[2])):
        own |= {item.id: why(layer, item) for item in part if layer in chosen and item.origin is not Origin.CONTEXT}
    return own | {relation_key(link.relation): why("relations", link) for link in links(record)}


def _only(vote: Annotation, layers: Set[Layer]) -> Annotation:
    """What an annotation says of some of its layers; its entities are the others' context where they do not count."""
    mentions = vote.mentions
    if "entities" not in layers:
        mentions = tuple(mention.model_copy(update={"origin": Origin.CONTEXT}) for mention in mentions)
    return vote.model_copy(
        update={
            "layers": tuple(layer for layer in LAYERS if layer in layers),
            "mentions": mentions,
            "relations": vote.relations if "relations" in layers else (),
            "cues": vote.cues if "claims" in layers else (),
            "claims": vote.claims if "claims" in layers else (),
        }
    )


def _left_out(article_id: str, rule: str, link: Relation) -> Finding:
    return Finding(
        rule=rule,
        place=Place(article_id=article_id, region=link.head),
        message=f"{link.type} to {link.tail} is not in the gold: the layers' spans fell together",
        next="look at the article's spans and links in Label Studio",
        severity=Severity.WARNING,
    )
