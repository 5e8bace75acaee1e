"""What a dataset's card tells and its tables do not: agreement, within articles and across, guidelines, near-copies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from toolkit.files import read_text
from toolkit.project import LAYERS
from toolkit.stages.gold import agree
from toolkit.stages.group import groups
from toolkit.stages.links import agree as agree_on_links
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.about import Compared, ComparedLinks, Facts, Figure
    from toolkit.gold.agree import Agreement
    from toolkit.gold.measures import Measure
    from toolkit.links.agree import LinkAgreement

_IN_THE_MEAN = ("MUC", "B³", "CEAFe")  # of which CoNLL is the mean
_ACROSS = {"entities": "who is who", "claims": "links between claims"}


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
        linking=compared_links(agree_on_links(workspace)),
        guidelines_sha256=text_digest(read_text(workspace.guidelines)),
        near_copies={kind.value: kinds[kind] for kind in Kind if kinds[kind] and kind is not Kind.REVIEW},
    )


def compared(agreement: Agreement) -> Compared:
    """The figures that people look at first, and the one that leaves accepted suggestions out where there are any."""
    from toolkit.dataset.about import Compared
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
        figures=tuple(_figure(one, one.layer) for one in shown),
    )


def compared_links(agreement: LinkAgreement | None) -> ComparedLinks | None:
    """The figures about what is linked across articles that people look at first; None where nobody linked anything."""
    from toolkit.dataset.about import ComparedLinks
    from toolkit.gold.measures import OVERALL
    from toolkit.report.figures import link_figures

    if agreement is None:
        return None
    shown = [
        one
        for one in link_figures(agreement)
        if not one.name.startswith(_IN_THE_MEAN) and (one.label == OVERALL or not one.name.startswith("F1"))
    ]
    return ComparedLinks(
        stories=agreement.stories,
        annotators=len(agreement.annotators),
        mentions=agreement.mentions,
        unsure=agreement.unsure,
        pairs=agreement.pairs,
        figures=tuple(_figure(one, _ACROSS[one.layer]) for one in shown),
    )


def _figure(one: Measure, layer: str) -> Figure:
    from toolkit.dataset.about import Figure

    return Figure(
        layer=layer,
        measure=one.name,
        value=one.estimate.value,
        low=one.estimate.low,
        high=one.estimate.high,
        items=one.count,
        stories=one.estimate.clusters,
    )
