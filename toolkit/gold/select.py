"""The first form of gold: an article's one annotation, or the one that a person marked as ground truth.

Where several annotators worked on the same layer of an article and nobody marked one, nothing is guessed: the article
awaits adjudication. Layers that different people labelled, in projects of their own, are put together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.merge import merge
from toolkit.annotations.model import Annotation, Origin, Relation
from toolkit.errors import BadInputError
from toolkit.files import read_jsonl, write_jsonl
from toolkit.findings import Finding, Place, Severity
from toolkit.gold.model import Gold, Resolution
from toolkit.ontology.model import Ontology
from toolkit.workspace import LAYERS, Layer, parse_settings

SEVERAL_GROUND_TRUTHS = "several-ground-truths"
ANNOTATED_TWICE = "annotated-twice"
WORK_REJECTED = "work-rejected"


@dataclass(frozen=True, slots=True)
class Selection:
    """Every annotated article exactly once: with gold, awaiting adjudication, or skipped by all who saw it."""

    gold: tuple[Gold, ...] = ()
    awaiting: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def select(annotations: Iterable[Annotation], ontology: Ontology) -> Selection:
    """Choose each article's gold, sorted by article, whatever the order the annotations come in."""
    by_article: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        by_article[annotation.article_id].append(annotation)

    grammar = Grammar(ontology)
    gold: list[Gold] = []
    awaiting: list[str] = []
    skipped: list[str] = []
    findings: list[Finding] = []
    for article_id, votes in sorted(by_article.items()):
        live = [vote for vote in votes if not vote.skipped]
        findings += _problems(article_id, live)
        chosen = {} if any(_is_empty_by_rejection(vote) for vote in live) else _chosen(live)
        if chosen:
            article, dropped = _gold(chosen, live, grammar)
            gold.append(article)
            findings += dropped
        else:
            (awaiting if live else skipped).append(article_id)
    return Selection(tuple(gold), tuple(awaiting), tuple(skipped), tuple(sorted(findings)))


def _is_empty_by_rejection(vote: Annotation) -> bool:
    """Whether there was work, and none of it passed: "nothing here" would be a lie."""
    return vote.rejected > 0 and not any(vote.spans())


def _chosen(live: Sequence[Annotation]) -> dict[Layer, Annotation]:
    """For every layer that was asked for, whose work it is; empty where that is open for one of them."""
    chosen: dict[Layer, Annotation] = {}
    for layer, votes in _by_layer(live).items():
        truths = [vote for vote in votes if layer in vote.ground_truth]
        if len(truths) != 1 and len(votes) != 1:
            return {}
        chosen[layer] = truths[0] if truths else votes[0]
    return chosen


def _by_layer(live: Sequence[Annotation]) -> dict[Layer, list[Annotation]]:
    votes = {layer: [vote for vote in live if layer in vote.layers] for layer in LAYERS}
    return {layer: asked for layer, asked in votes.items() if asked}


def _gold(
    chosen: Mapping[Layer, Annotation], live: Sequence[Annotation], grammar: Grammar
) -> tuple[Gold, list[Finding]]:
    whose = list({id(vote): vote for vote in chosen.values()}.values())
    parts = [_only(vote, {layer for layer in chosen if chosen[layer] is vote}) for vote in whose]
    merged = merge(parts, grammar)
    record = merged.annotation
    marked = any(layer in vote.ground_truth for layer, vote in chosen.items())
    gold = Gold(
        article_id=record.article_id,
        text_sha256=record.text_sha256,
        ontology_version=record.ontology_version,
        resolution=Resolution.GROUND_TRUTH if marked else Resolution.SINGLE,
        layers=tuple(chosen),
        annotators=tuple(sorted({vote.annotator for vote in whose})),
        voters=max(len({vote.annotator for vote in votes}) for votes in _by_layer(live).values()),
        mentions=tuple(sorted(record.mentions, key=lambda mention: (mention.span, mention.labels, mention.id))),
        cues=tuple(sorted(record.cues, key=lambda cue: (cue.span, cue.id))),
        claims=tuple(sorted(record.claims, key=lambda claim: (claim.span, claim.id))),
        relations=tuple(sorted(record.relations, key=lambda link: (link.head, link.tail, link.type, link.modality))),
    )
    return gold, [_left_out(record.article_id, rule, link) for rule, link in merged.dropped]


def _left_out(article_id: str, rule: str, link: Relation) -> Finding:
    return Finding(
        rule=rule,
        place=Place(article_id=article_id, region=link.head),
        message=f"{link.type} to {link.tail} is not in the gold: the layers' spans fell together",
        next="look at the article's spans and links in Label Studio",
        severity=Severity.WARNING,
    )


def _only(vote: Annotation, layers: Set[Layer]) -> Annotation:
    """What an annotation says of some of its layers; its entities are the others' context where they do not count."""
    if layers >= set(vote.layers):
        return vote
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


def _problems(article_id: str, live: Sequence[Annotation]) -> Iterable[Finding]:
    marked: dict[tuple[str, ...], list[Layer]] = defaultdict(list)
    for layer, votes in _by_layer(live).items():
        marked[tuple(sorted(vote.annotator for vote in votes if layer in vote.ground_truth))].append(layer)
    for truths, layers in marked.items():
        if len(truths) > 1:
            yield Finding(
                rule=SEVERAL_GROUND_TRUTHS,
                place=Place(article_id=article_id),
                message=f"{', '.join(layers)}: marked as ground truth {len(truths)} times, by {', '.join(truths)}",
                next="leave the mark on one of them in Label Studio, then goldkit pull",
            )
    for vote in live:
        if vote.rejected:
            fate = "the article awaits, it is no gold" if _is_empty_by_rejection(vote) else "the gold lacks them"
            yield Finding(
                rule=WORK_REJECTED,
                place=Place(article_id=article_id, annotator=vote.annotator, url=vote.source),
                message=f"{vote.rejected} items of this work broke a rule: {fate}",
                next="goldkit check lists them; correct them, then goldkit pull",
                severity=Severity.WARNING,
            )
    annotators = [vote.annotator for vote in live]
    for annotator in sorted({name for name in annotators if annotators.count(name) > 1}):
        yield Finding(
            rule=ANNOTATED_TWICE,
            place=Place(article_id=article_id, annotator=annotator),
            message=f"{annotators.count(annotator)} annotations by one annotator; they count as one voter",
            next="delete all but one of them in Label Studio, then goldkit pull",
            severity=Severity.WARNING,
        )


def write_gold(path: Path, gold: Iterable[Gold]) -> int:
    """Write one article's gold a line, sorted by article; returns how many."""
    rows = {item.article_id: item.model_dump(mode="json") for item in gold}
    return write_jsonl(path, (row for _, row in sorted(rows.items())))


def load_gold(path: Path) -> tuple[Gold, ...]:
    """Read what ``write_gold`` wrote. Raises BadInputError with the file and the line."""
    if not path.is_file():
        raise BadInputError(f"{path}: no such file", next="goldkit build (it selects the gold and writes this file)")
    return tuple(parse_settings(Gold, data, Path(f"{path}:{number}")) for number, data in read_jsonl(path))
