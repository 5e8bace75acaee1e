"""What the comparison of two annotators adds to the measures: tallies, of which F1 is made, and what both answered."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Origin
from toolkit.gold.agreement.continuum import Unit
from toolkit.gold.compare.article import Comparison
from toolkit.gold.compare.counts import Tally, mention_tallies, relation_tallies, role_tallies, span_tally
from toolkit.gold.measures import OVERALL
from toolkit.project import Layer
from toolkit.spans import Span

LABEL, TOKEN = "label", "token"
"""What is rated besides answers to questions."""

NO_ANSWER = "(no answer)"
_OUTSIDE = "O"

Tallies = dict[tuple[Layer, str, str], Tally]
"""By layer, measure and label."""

Ratings = dict[tuple[Layer, str], tuple[list[str], list[str]]]
"""The left one's answers and the right one's, by layer and what is asked."""


def vocabularies(grammar: Grammar) -> dict[str, list[str]]:
    """What can be said, by what is asked; empty for free text.

    That there is no answer is one where a question may be left open.
    """
    types = sorted(grammar.labels["entities"])
    found = {LABEL: types, TOKEN: [*types, _OUTSIDE]}
    for name, question in grammar.attributes.items():
        open_ = question.choices and not question.required and question.default is None
        found[_asked(name)] = [*question.choices, *([NO_ANSWER] if open_ else [])]
    return found


def _asked(question: str) -> str:
    """What the measures of a question are called; two names are taken."""
    return f"{question} (answer)" if question in (LABEL, TOKEN) else question


def tallies(found: Comparison) -> Tallies:
    """What two annotators have in common and what not, of every label and (``OVERALL``) of all."""
    counted: Tallies = {}

    def add(layer: Layer, name: str, by_label: Mapping[str, Tally]) -> None:
        counted[layer, name, OVERALL] = sum(by_label.values(), Tally())
        counted.update({(layer, name, label): tally for label, tally in by_label.items() if label != OVERALL})

    if "entities" in found.layers:
        exact = mention_tallies(found.mentions, exact=True)
        add("entities", "F1, exact", exact)
        add("entities", "F1, relaxed", mention_tallies(found.mentions))
        own = mention_tallies(found.mentions, exact=True, independent=True) if _has_accepted(found) else exact
        add("entities", "F1, exact, without accepted suggestions", own)
    if "relations" in found.layers:
        add("relations", "F1, given agreed spans", relation_tallies(found.relations, given_ends=True))
        add("relations", "F1, end to end", relation_tallies(found.relations))
    if "claims" in found.layers:
        add("claims", "F1, exact", {OVERALL: span_tally(found.claims, exact=True)})
        add("claims", "F1, relaxed", {OVERALL: span_tally(found.claims)})
        add("claims", "F1 of cues", {OVERALL: span_tally(found.cues)})
        for role, ends in role_tallies(found.claim_pairs).items():
            add("claims", f"F1 of {role}, given agreed claims", {OVERALL: ends})
    return counted


def _has_accepted(found: Comparison) -> bool:
    alone = (*found.mentions.left, *found.mentions.right)
    return any(pair.accepted for pair in found.mentions.pairs) or any(one.origin is Origin.ACCEPTED for one in alone)


def ratings(found: Comparison) -> Ratings:
    """What two annotators say of what both have: its label, where each gave one, and the answers about it."""
    rated: Ratings = {}

    def add(layer: Layer, name: str, left: str | None, right: str | None) -> None:
        lefts, rights = rated.setdefault((layer, name), ([], []))
        lefts.append(left or NO_ANSWER)
        rights.append(right or NO_ANSWER)

    for pair in found.mentions.pairs:
        if len(pair.left.labels) == len(pair.right.labels) == 1:
            add("entities", LABEL, pair.left.labels[0], pair.right.labels[0])
    for answer in found.answers:
        add("entities", _asked(answer.question), answer.left, answer.right)
    for claim in found.claim_pairs:
        for given in claim.answers:
            add("claims", _asked(given.question), given.left, given.right)
    return rated


def token_labels(tokens: Sequence[Span], units: Sequence[Unit]) -> list[str]:
    """A label for each token: that of the longest unit over some of it, or that it is outside of all."""
    found = [_OUTSIDE] * len(tokens)
    starts, ends = [token.start for token in tokens], [token.end for token in tokens]
    for unit in sorted(units, key=lambda unit: (unit.end - unit.start, unit.start, unit.label)):
        first, last = bisect_right(ends, unit.start), bisect_left(starts, unit.end)
        found[first:last] = [unit.label] * (last - first)
    return found
