"""The first form of gold: an article's one annotation, or the one that a person marked as ground truth.

Where several annotators worked on an article and nobody marked one, nothing is guessed: the article awaits
adjudication.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.annotations.model import Annotation
from toolkit.errors import BadInputError
from toolkit.findings import Finding, Place, Severity
from toolkit.gold.model import Gold, Resolution
from toolkit.workspace import parse_settings, read_jsonl, write_jsonl

SEVERAL_GROUND_TRUTHS = "several-ground-truths"
ANNOTATED_TWICE = "annotated-twice"


@dataclass(frozen=True, slots=True)
class Selection:
    """Every annotated article exactly once: with gold, awaiting adjudication, or skipped by all who saw it."""

    gold: tuple[Gold, ...] = ()
    awaiting: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def select(annotations: Iterable[Annotation]) -> Selection:
    """Choose each article's gold, sorted by article, whatever the order the annotations come in."""
    by_article: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        by_article[annotation.article_id].append(annotation)

    gold: list[Gold] = []
    awaiting: list[str] = []
    skipped: list[str] = []
    findings: list[Finding] = []
    for article_id, votes in sorted(by_article.items()):
        live = [vote for vote in votes if not vote.skipped]
        findings += _problems(article_id, live)
        chosen = _chosen(live)
        if chosen is not None:
            gold.append(_gold(chosen, live))
        else:
            (awaiting if live else skipped).append(article_id)
    return Selection(tuple(gold), tuple(awaiting), tuple(skipped), tuple(sorted(findings)))


def _chosen(live: Sequence[Annotation]) -> Annotation | None:
    truths = [vote for vote in live if vote.ground_truth]
    if len(truths) == 1:
        return truths[0]
    return live[0] if len(live) == 1 else None


def _gold(chosen: Annotation, live: Sequence[Annotation]) -> Gold:
    return Gold(
        article_id=chosen.article_id,
        text_sha256=chosen.text_sha256,
        ontology_version=chosen.ontology_version,
        resolution=Resolution.GROUND_TRUTH if chosen.ground_truth else Resolution.SINGLE,
        annotators=(chosen.annotator,),
        voters=len({vote.annotator for vote in live}),
        mentions=tuple(sorted(chosen.mentions, key=lambda mention: (mention.span, mention.labels, mention.id))),
        cues=tuple(sorted(chosen.cues, key=lambda cue: (cue.span, cue.id))),
        claims=tuple(sorted(chosen.claims, key=lambda claim: (claim.span, claim.id))),
        relations=tuple(sorted(chosen.relations, key=lambda link: (link.head, link.tail, link.type, link.modality))),
    )


def _problems(article_id: str, live: Sequence[Annotation]) -> Iterable[Finding]:
    truths = sorted(vote.annotator for vote in live if vote.ground_truth)
    if len(truths) > 1:
        yield Finding(
            rule=SEVERAL_GROUND_TRUTHS,
            place=Place(article_id=article_id),
            message=f"{len(truths)} annotations are marked as ground truth, by {', '.join(truths)}",
            next="leave the mark on one of them in Label Studio, then goldkit pull",
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
