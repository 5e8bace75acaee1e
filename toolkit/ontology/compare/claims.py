"""The layer of claims: whether there is one, the link to values, and the claims that need no claimant."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change, Touch
from toolkit.ontology.compare.pairing import Both
from toolkit.ontology.consistency import ATTRIBUTION
from toolkit.ontology.model import Claims


def claims_changes(both: Both) -> Iterator[Change]:
    """What changed about claims, apart from their labels, links and questions, which are told like others."""
    old, new = both.old.claims, both.new.claims
    if old and new:
        yield from _value(both, old, new)
        yield from _no_claimant(both, old, new)
    elif old:
        yield Change(CHANGES["claims-removed"], "claims", ("claims",), "the layer of claims is removed", gone=True)
    elif new:
        yield Change(CHANGES["claims-added"], "claims", ("claims",), "the layer of claims is new")


def _value(both: Both, old: Claims, new: Claims) -> Iterator[Change]:
    loc = ("claims", "value")
    if old.value is not None and both.relations.kept.get(old.value) != new.value:
        message = f"{old.value} no longer leads from a claim to its values"
        yield Change(CHANGES["claims-value-removed"], old.value, loc, message, Touch("link", old.value))
    if new.value is not None and (old.value is None or both.relations.kept.get(old.value) != new.value):
        message = f"{new.value} leads from a claim to its values now"
        yield Change(CHANGES["claims-value-added"], new.value, loc, message)


def _no_claimant(both: Both, old: Claims, new: Claims) -> Iterator[Change]:
    options = next((options.kept for options in both.options if options.of[0] == ATTRIBUTION), {})
    before, now = {options.get(answer, answer) for answer in old.no_claimant}, set(new.no_claimant)
    if before != now:
        parts = [
            f"{' and '.join(sorted(answers))} {verb}"
            for answers, verb in ((before - now, "needs a claimant now"), (now - before, "needs no claimant now"))
            if answers
        ]
        message = f"a claim with the attribution {', '.join(parts)}"
        yield Change(CHANGES["claims-no-claimant-changed"], "no_claimant", ("claims", "no_claimant"), message)
