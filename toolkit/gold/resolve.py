"""From annotations to gold: each article's one annotation, the one marked as the truth, or what the votes settle.

An article is gold when all of it is settled. What the project's rule leaves open awaits adjudication, with every vote
and what the models would say. An adjudicator's review comes before any vote.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.annotations.decode import in_text
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation
from toolkit.files import to_json
from toolkit.findings import Finding, Place, Severity
from toolkit.gold.ballots import Beliefs, Judge, Listener
from toolkit.gold.compare.article import check_works
from toolkit.gold.compare.groups import align
from toolkit.gold.model import Gold, Resolution, least_certain
from toolkit.gold.review.case import strange_names, work_digest
from toolkit.gold.review.rules import STRANGE_NAMES, WORK_CHANGED
from toolkit.gold.single import of_single
from toolkit.gold.vote import Voted, vote
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, GoldSettings, Layer

SEVERAL_GROUND_TRUTHS = "several-ground-truths"
ANNOTATED_TWICE = "annotated-twice"
WORK_REJECTED = "work-rejected"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Every annotated article exactly once: gold, open (settled in part, with differences), or without any gold.

    ``awaiting`` are the open ones and those of which nothing can be said yet; ``skipped`` those that all passed over.
    """

    gold: tuple[Gold, ...] = ()
    open: tuple[Gold, ...] = ()
    awaiting: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def resolve(
    annotations: Iterable[Annotation],
    ontology: Ontology,
    rule: GoldSettings | None = None,
    reviews: Iterable[Gold] = (),
) -> Resolved:
    """Settle each article as far as the rule allows, sorted by article, whatever the order the annotations come in.

    Args:
        annotations: everybody's work.
        ontology: what can be labelled.
        rule: which votes are gold without a person.
        reviews: articles as an adjudicator left them.

    Raises BadInputError where annotations of one article are of different texts, or use names that the ontology lacks.
    """
    by_article: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        by_article[annotation.article_id].append(annotation)
    reviewed = {review.article_id: review for review in reviews}

    grammar = Grammar(ontology)
    settled: dict[str, Gold] = {}
    contested: dict[str, list[Annotation]] = {}
    awaiting: list[str] = []
    skipped: list[str] = []
    findings: list[Finding] = []
    for article_id, votes in sorted(by_article.items()):
        live = [vote for vote in votes if not vote.skipped]
        check_works(live, grammar)
        findings += _problems(article_id, live)
        review = reviewed.get(article_id)
        if review and (lacking := sorted(strange_names(review, grammar))):
            message = f"its review says {', '.join(lacking)}, which the ontology lacks: the votes count instead"
            findings.append(STRANGE_NAMES.at(Place(article_id=article_id), message))
            review = None
        if not live:
            skipped.append(article_id)
        elif review and review.text_sha256 == live[0].text_sha256:
            settled[article_id] = review
            if review.work_sha256 not in ("", work_digest(live)):
                message = "its annotations have changed since its review, which stands"
                findings.append(WORK_CHANGED.at(Place(article_id=article_id), message))
        elif any(_is_empty_by_rejection(vote) for vote in live) or _several_truths(live):
            awaiting.append(article_id)
        elif chosen := _alone(live):
            settled[article_id], dropped = of_single(chosen, grammar)
            findings += dropped
        else:
            contested[article_id] = _one_each(live)
    settled |= _voted(contested, grammar, rule or GoldSettings())
    ordered = [gold for _, gold in sorted(settled.items())]
    return Resolved(
        gold=tuple(gold for gold in ordered if not gold.differences),
        open=tuple(gold for gold in ordered if gold.differences),
        awaiting=tuple(sorted([*awaiting, *(gold.article_id for gold in ordered if gold.differences)])),
        skipped=tuple(skipped),
        findings=tuple(sorted(findings)),
    )


def _voted(contested: Mapping[str, list[Annotation]], grammar: Grammar, rule: GoldSettings) -> dict[str, Gold]:
    """Twice through all ballots: once to learn whom the models trust, once to decide."""
    alignments = {article_id: align(works, grammar) for article_id, works in contested.items()}
    heard = Listener(rule)
    for article_id, works in contested.items():
        vote(alignments[article_id], works, grammar, heard, _truths(works))
    judge = Judge(rule, Beliefs.of(heard.ballots))
    return {
        article_id: _elected(works, vote(alignments[article_id], works, grammar, judge, _truths(works)), judge.beliefs)
        for article_id, works in contested.items()
    }


def _elected(works: Sequence[Annotation], voted: Voted, beliefs: Beliefs) -> Gold:
    by_layer, truths = _by_layer(works), _truths(works)
    differences = (one.model_copy(update={"suggested": beliefs.about(key)}) for one, key in voted.differences)
    return Gold(
        article_id=works[0].article_id,
        text_sha256=works[0].text_sha256,
        ontology_version=works[0].ontology_version,
        resolution=least_certain(
            (why.resolution for why in voted.provenance.values()),
            Resolution.GROUND_TRUTH if truths.keys() == by_layer.keys() else Resolution.UNANIMOUS,
        ),
        layers=tuple(by_layer),
        annotators=tuple(sorted({who for layer, votes in by_layer.items() for who in _counting(layer, votes)})),
        voters=_voters(works),
        mentions=tuple(sorted(voted.mentions, key=lambda mention: (mention.span, mention.labels, mention.id))),
        cues=tuple(sorted(voted.cues, key=in_text)),
        claims=tuple(sorted(voted.claims, key=in_text)),
        relations=tuple(sorted(voted.relations, key=lambda link: (link.head, link.tail, link.type, link.modality))),
        provenance=voted.provenance,
        differences=tuple(differences),
        voted_down=tuple(voted.voted_down),
    )


def _one_each(live: Sequence[Annotation]) -> list[Annotation]:
    """Each annotator's work: what is marked as the truth, else the latest; ``annotated-twice`` tells of the rest."""

    def worth(work: Annotation) -> tuple[Any, ...]:
        return bool(work.ground_truth), work.updated_at, work.source, to_json(work.model_dump(mode="json"))

    latest = {work.annotator: work for work in sorted(live, key=worth)}
    return [work for _, work in sorted(latest.items())]


def _truths(works: Sequence[Annotation]) -> dict[Layer, str]:
    """For the layers in which work is marked as the truth: whose."""
    return {
        layer: next(vote.annotator for vote in votes if layer in vote.ground_truth)
        for layer, votes in _by_layer(works).items()
        if any(layer in vote.ground_truth for vote in votes)
    }


def _counting(layer: Layer, votes: Sequence[Annotation]) -> list[str]:
    return [vote.annotator for vote in votes if layer in vote.ground_truth] or [vote.annotator for vote in votes]


def _several_truths(live: Sequence[Annotation]) -> bool:
    return any(sum(layer in vote.ground_truth for vote in live) > 1 for layer in LAYERS)


def _is_empty_by_rejection(vote: Annotation) -> bool:
    """Whether there was work, and none of it passed: "nothing here" would be a lie."""
    return vote.rejected > 0 and not any(vote.spans())


def _alone(live: Sequence[Annotation]) -> dict[Layer, Annotation]:
    """For every layer that was asked for, the one annotation there is of it; empty where one has several."""
    by_layer = _by_layer(live)
    return (
        {layer: votes[0] for layer, votes in by_layer.items()} if all(len(it) == 1 for it in by_layer.values()) else {}
    )


def _by_layer(live: Sequence[Annotation]) -> dict[Layer, list[Annotation]]:
    votes = {layer: [vote for vote in live if layer in vote.layers] for layer in LAYERS}
    return {layer: asked for layer, asked in votes.items() if asked}


def _voters(live: Sequence[Annotation]) -> int:
    return max(len({vote.annotator for vote in votes}) for votes in _by_layer(live).values())


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
    for work in live:
        if work.rejected:
            fate = "the article awaits, it is no gold" if _is_empty_by_rejection(work) else "the gold lacks them"
            yield Finding(
                rule=WORK_REJECTED,
                place=Place(article_id=article_id, annotator=work.annotator, url=work.source),
                message=f"{work.rejected} items of this work broke a rule: {fate}",
                next="goldkit check lists them; correct them, then goldkit pull",
                severity=Severity.WARNING,
            )
    annotators = [work.annotator for work in live]
    for annotator in sorted({name for name in annotators if annotators.count(name) > 1}):
        yield Finding(
            rule=ANNOTATED_TWICE,
            place=Place(article_id=article_id, annotator=annotator),
            message=f"{annotators.count(annotator)} annotations by one annotator; they count as one voter",
            next="delete all but one of them in Label Studio, then goldkit pull",
            severity=Severity.WARNING,
        )
