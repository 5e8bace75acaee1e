"""Two annotators' work on one article, compared layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, groupby, pairwise

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention
from toolkit.errors import BadInputError
from toolkit.gold.compare.answers import AnswerPair, pair_answers
from toolkit.gold.compare.claims import ClaimPair, claim_traits, compare_claims
from toolkit.gold.compare.ends import Ends, is_own, labels, links, match_work, nothing
from toolkit.gold.compare.relations import RelationCase, compare_relations
from toolkit.gold.compare.spans import Matched, Pair, match
from toolkit.project import LAYERS, Layer


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two annotators have in common on one article, and what only one of them has.

    ``layers`` are those that both were asked for and answered; the others' fields are empty. In a layer that is among
    them empty means that both found nothing.
    """

    article_id: str
    left: str  # the annotators' pseudonyms
    right: str
    layers: tuple[Layer, ...] = ()
    mentions: Matched[Mention] = field(default_factory=Matched)
    answers: tuple[AnswerPair[Mention], ...] = ()
    relations: tuple[RelationCase, ...] = ()
    cues: Matched[Cue] = field(default_factory=Matched)
    claims: Matched[Claim] = field(default_factory=Matched)
    claim_pairs: tuple[ClaimPair, ...] = ()  # what the two say of each of ``claims.pairs``


def compare(left: Annotation, right: Annotation, grammar: Grammar) -> Comparison:
    """Compare two annotations of one article.

    Swapped sides give the swapped result, and the order of the items does not matter. Context is not compared. Raises
    BadInputError where the two are not of the same text, or use names that the ontology does not have.
    """
    check_works((left, right), grammar)
    answered = {*answered_layers(left)} & {*answered_layers(right)}
    layers = tuple(layer for layer in LAYERS if layer in answered)
    if not layers:
        return Comparison(left.article_id, left.annotator, right.annotator)
    mentions, same = match_work(left.mentions, right.mentions, labels, compared="entities" in layers)
    cues, same_cues = match_work(left.cues, right.cues, nothing, compared="claims" in layers)
    own = [filter(is_own, work.claims) if "claims" in layers else () for work in (left, right)]
    claims = match(own[0], own[1], claim_traits((left, right)))
    pairs: tuple[Pair[Mention] | Pair[Cue], ...] = (*mentions.pairs, *same, *cues.pairs, *same_cues)
    ends = Ends((("left", pair.left), ("right", pair.right)) for pair in pairs)
    return Comparison(
        article_id=left.article_id,
        left=left.annotator,
        right=right.annotator,
        layers=layers,
        mentions=mentions,
        answers=tuple(
            answers
            for pair in mentions.pairs
            for answers in pair_answers(pair, pair.left.labels, pair.right.labels, grammar)
        ),
        relations=compare_relations(links(left), links(right), ends, grammar) if "relations" in layers else (),
        cues=cues,
        claims=claims,
        claim_pairs=compare_claims(claims.pairs, left, right, ends, grammar),
    )


def comparisons(works: Iterable[Annotation], grammar: Grammar) -> Iterator[Comparison]:
    """Compare every two annotators on every article, one article in memory at a time.

    Args:
        works: annotations as ``annotations.jsonl`` holds them, those of an article one after the other.
        grammar: the ontology's.
    """
    for article in by_article(works):
        for left, right in combinations(article, 2):
            yield compare(left, right, grammar)


def by_article(works: Iterable[Annotation]) -> Iterator[tuple[Annotation, ...]]:
    """Each article's annotations, sorted by annotator.

    Raises BadInputError where an article comes back after another one, or an annotator has two annotations of it.
    """
    seen: set[str] = set()
    for article_id, group in groupby(works, key=lambda work: work.article_id):
        article = tuple(sorted(group, key=lambda work: work.annotator))
        twice = [one.annotator for one, other in pairwise(article) if one.annotator == other.annotator]
        if article_id in seen:
            raise BadInputError(f"{article_id}: its annotations do not stand together", next=_COLLECT)
        if twice:
            raise BadInputError(f"{article_id}: {twice[0]} has more than one annotation of it", next=_COLLECT)
        seen.add(article_id)
        yield article


def answered_layers(work: Annotation) -> tuple[Layer, ...]:
    """The layers of which an annotation says something, if only that nothing is there.

    None where the article was skipped, nor where there was work and all of it was rejected.
    """
    silent = work.skipped or (work.rejected and not any(work.spans()))
    return () if silent else work.layers


def check_works(works: Iterable[Annotation], grammar: Grammar) -> None:
    """Raise BadInputError unless all are of one text, with names that the ontology has."""
    first: Annotation | None = None
    for work in works:
        first = first or work
        if (first.article_id, first.text_sha256) != (work.article_id, work.text_sha256):
            message = f"{first.annotator} labelled {first.article_id} and {work.annotator} another text"
            raise BadInputError(message, next=_COLLECT)
        if unknown := sorted(_unknown(work, grammar)):
            message = f"{work.article_id}: {work.annotator} used {', '.join(unknown)}, which the ontology lacks"
            raise BadInputError(message, next=_COLLECT)


def _unknown(work: Annotation, grammar: Grammar) -> set[str]:
    labels = {label for mention in work.mentions for label in mention.labels} - grammar.questions.keys()
    types = {relation.type for relation in work.relations} - grammar.relations.keys()
    return labels | types | ({"claims"} if work.claims and not grammar.content else set())


_COLLECT = "goldkit check (it collects the annotations anew)"
