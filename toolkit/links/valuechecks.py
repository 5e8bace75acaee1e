"""Whether what people said of two claims agrees with their numbers and dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolkit.articles.model import Article
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.links.model import ClaimLink, ClaimPair
from toolkit.links.values import Verdict, compare
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


def value_problems(
    pair: ClaimPair, link: ClaimLink, ontology: Ontology, articles: Mapping[str, Article]
) -> Iterator[Finding]:
    """What the values of a pair say against its link; a finding for each value that differs, one for all that agree."""
    type = ontology.claim_link_types.get(link.type)
    if type is None or type.meaning not in ("same", "conflict"):
        return
    place = Place(article_id=pair.left.article_id)
    found = compare(pair.left, pair.right, articles[pair.left.article_id], articles[pair.right.article_id])
    where = f"{pair.left.key} and {pair.right.key}"
    if type.meaning == "same":
        for one in found:
            if one.verdict is Verdict.DIFFERENT:
                yield DIFFER.at(place, f"{where} are called {link.type}, and differ: {one.left} · {one.right}")
        return
    counted = [one for one in found if one.kind == "quantity"]
    if NUMERIC in link.attributes.values() and counted and all(one.verdict is not Verdict.DIFFERENT for one in counted):
        said = "; ".join(map(str, counted))
        yield AGREE.at(place, f"{where} are called {link.type} in a number ({NUMERIC}), and agree: {said}")
