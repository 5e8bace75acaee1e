"""What a dataset's card tells and its tables do not: agreement, guidelines, near-copies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from toolkit.files import read_text
from toolkit.project import LAYERS
from toolkit.stages.gold import agree
from toolkit.stages.group import groups
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.about import Compared, Facts
    from toolkit.gold.agree import Agreement
    from toolkit.gold.measures import Measure


def facts(workspace: Workspace) -> Facts:
    """Measure the agreement anew, and put it beside what is known of guidelines and near-copies.

    Raises BadInputError where the annotations do not fit the articles or the ontology.
    """
    from toolkit.articles.model import text_digest
    from toolkit.articles.near.pairs import Kind
    from toolkit.dataset.about import Facts

    kinds = Counter(pair.kind for pair in groups(workspace).pairs)
    return Facts(
        agreement=compared(agree(workspace)),
        guidelines_sha256=text_digest(read_text(workspace.guidelines)),
        near_copies={kind.value: kinds[kind] for kind in Kind if kinds[kind] and kind is not Kind.REVIEW},
    )


def compared(agreement: Agreement) -> Compared:
    """The figures that people look at first, and the one that leaves accepted suggestions out where there are any."""
    from toolkit.dataset.about import Compared, Figure
    from toolkit.report.figures import INDEPENDENT, first, overall

    def exact_first(measure: Measure) -> tuple[bool, bool]:
        return not measure.name.startswith("F1,"), not measure.name.startswith("F1")

    shown = [
        measure
        for layer in LAYERS
        for measure in sorted(
            (
                *first(agreement, layer),
                *(one for one in overall(agreement, layer) if agreement.accepted and one.name == INDEPENDENT),
            ),
            key=exact_first,
        )
    ]
    return Compared(
        articles=agreement.articles,
        stories=agreement.stories,
        annotators=len(agreement.annotators),
        accepted=agreement.accepted,
        figures=tuple(
            Figure(
                layer=one.layer,
                measure=one.name,
                value=one.estimate.value,
                low=one.estimate.low,
                high=one.estimate.high,
                items=one.count,
                stories=one.estimate.clusters,
            )
            for one in shown
        ),
    )
