"""Whether what people said of two claims agrees with their numbers, their dates and what was answered about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolkit.annotations.reading import short
from toolkit.articles.model import Article
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.links.model import ClaimLink, ClaimPair, LinkedClaim
from toolkit.links.values import Verdict, compare
from toolkit.links.words import content_words
from toolkit.ontology.model import Ontology

NUMERIC = "numeric"
"""The cause of a conflict that says that the numbers differ, whatever the question is called."""

DIFFER = Rule(
    "link-values-differ",
    "Two claims that say the same have the same numbers and dates.",
    Severity.WARNING,
    "look at the pair again: it may be a contradiction, or a number or date may be answered wrongly",
)
AGREE = Rule(
    "link-values-agree",
    "Two claims that contradict each other in a number have numbers that cannot both be true.",
    Severity.WARNING,
    "look at the pair again: the cause may be another one, or a number may be answered wrongly",
)
POLARITY = Rule(
    "link-polarity-differs",
    "Two claims that say the same in the same words are both claimed, or both denied.",
    Severity.WARNING,
    "look at the pair again: it may be a contradiction, or one claim's answer may be wrong in its article",
)


def value_problems(
    pair: ClaimPair, link: ClaimLink, ontology: Ontology, articles: Mapping[str, Article]
) -> Iterator[Finding]:
    """What the values of a pair say against its link; a finding for each value that differs, one for all that agree.

    Of claims that are called the same in the same words, also each answer that differs to a question with a default and
    one other answer: whether it is so, or not.
    """
    type = ontology.claim_link_types.get(link.type)
    if type is None or type.meaning not in ("same", "conflict"):
        return
    place = Place(article_id=pair.left.article_id)
    found = compare(pair.left, pair.right, articles[pair.left.article_id], articles[pair.right.article_id])
    which = f"“{short(pair.left.text)}” and “{short(pair.right.text)}”"
    if type.meaning == "same":
        for one in found:
            if one.verdict is Verdict.DIFFERENT:
                yield DIFFER.at(place, f"{which} are called {link.type}, and differ: {one.left} · {one.right}")
        for left, right in _turned(pair, ontology, articles):
            yield POLARITY.at(place, f"{which} are called {link.type}, and are answered {left} · {right}")
        return
    counted = [one for one in found if one.kind == "quantity"]
    if NUMERIC in link.attributes.values() and counted and all(one.verdict is not Verdict.DIFFERENT for one in counted):
        said = "; ".join(map(str, counted))
        yield AGREE.at(place, f"{which} are called {link.type} in a number ({NUMERIC}), and agree: {said}")


def _turned(pair: ClaimPair, ontology: Ontology, articles: Mapping[str, Article]) -> Iterator[tuple[str, str]]:
    """The answers of two claims with the same words that turn the one into the opposite of the other."""

    def said(claim: LinkedClaim) -> set[str]:
        return content_words(claim.text, articles[claim.article_id].language)

    if ontology.claims is None or not said(pair.left) or said(pair.left) != said(pair.right):
        return
    for question in ontology.claims.content.attributes:
        if question.default and len(question.options) == 2:
            left, right = (one.attributes.get(question.name, question.default) for one in (pair.left, pair.right))
            if left != right:
                yield left, right
