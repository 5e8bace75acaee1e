"""What suggestions did, as values: what became of them, and what they changed in the annotators' time and agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from toolkit.findings import Finding
from toolkit.gold.agreement.bootstrap import Estimate
from toolkit.project import Layer
from toolkit.suggest.contrast import Contrast
from toolkit.suggest.fates import Change
from toolkit.suggest.shown import Arm


@dataclass(frozen=True, slots=True)
class Use:
    """What became of the suggestions of one version, in one layer, with one label (empty: with any).

    Counted in items of annotators: what three annotators were shown counts three times. ``changes`` says in how many of
    ``changed`` what differs; one item can differ in several things. ``rate`` is the share of accepted ones.
    """

    version: str
    layer: Layer
    label: str
    accepted: int
    changed: int
    deleted: int
    added: int
    changes: Mapping[Change, int]
    rate: Estimate

    @property
    def suggested(self) -> int:
        """How many were shown."""
        return self.accepted + self.changed + self.deleted


@dataclass(frozen=True, slots=True)
class Agreed:
    """Annotators' agreement on one thing, with suggestions and without; counts are the items compared."""

    layer: Layer
    measure: str
    contrast: Contrast


@dataclass(frozen=True, slots=True)
class SuggestionUse:
    """Everything that was measured. Times are Label Studio's, in seconds, pauses included.

    ``labelled`` counts by arm the articles that somebody labelled, ``labelled_by_two`` those that two did or more.
    ``ratio`` is how many times as long the same ``people`` took with suggestions as without, for as many characters.
    """

    labelled: Mapping[Arm, int]
    labelled_by_two: Mapping[Arm, int]
    uses: tuple[Use, ...]
    seconds: Contrast  # of an article
    seconds_per_1000: Contrast  # characters
    ratio: Estimate
    people: int
    agreement: tuple[Agreed, ...]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "labelled": dict(self.labelled),
            "labelled_by_two": dict(self.labelled_by_two),
            "uses": [
                asdict(one) | {"suggested": one.suggested, "changes": {k.value: n for k, n in one.changes.items()}}
                for one in self.uses
            ],
            "seconds": asdict(self.seconds),
            "seconds_per_1000_characters": asdict(self.seconds_per_1000),
            "ratio_within_annotators": asdict(self.ratio) | {"annotators": self.people},
            "agreement": [asdict(one) for one in self.agreement],
            "findings": [one.as_dict() for one in self.findings],
        }
