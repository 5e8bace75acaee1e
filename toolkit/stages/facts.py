"""What a dataset's card tells and its tables do not: agreement, what suggestions did, guidelines, near-copies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from toolkit.files import read_text
from toolkit.project import LAYERS
from toolkit.stages.gold import agree
from toolkit.stages.group import groups
from toolkit.stages.ingest import articles
from toolkit.stages.links import agree as agree_on_links
from toolkit.stages.order import last_order
from toolkit.stages.sample import to_label
from toolkit.stages.suggested import suggestion_use
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.about import Compared, ComparedLinks, Facts, Figure, Suggested
    from toolkit.gold.agree import Agreement
    from toolkit.gold.measures import Measure
    from toolkit.links.agree import LinkAgreement
    from toolkit.suggest.use import SuggestionUse

_IN_THE_MEAN = ("MUC", "B³", "CEAFe")  # of which CoNLL is the mean
_ACROSS = {"entities": "who is who", "claims": "links between claims"}


def facts(workspace: Workspace) -> Facts:
    """Measure agreement and suggestions anew, and put them beside what is known of guidelines and near-copies.

    Raises BadInputError where the annotations do not fit the articles or the ontology.
    """
    from toolkit.articles.model import text_digest
    from toolkit.articles.near.pairs import Kind
    from toolkit.dataset.about import Facts

    kinds = Counter(pair.kind for pair in groups(workspace).pairs)
    corpus = articles(workspace)
    return Facts(
        agreement=compared(agree(workspace)),
        linking=compared_links(agree_on_links(workspace)),
        suggestions=suggested(suggestion_use(workspace)),
        guidelines_sha256=text_digest(read_text(workspace.guidelines)),
        near_copies={kind.value: kinds[kind] for kind in Kind if kinds[kind] and kind is not Kind.REVIEW},
        corpus=len(corpus),
        drawn=len(to_label(workspace, corpus)) if workspace.sample.is_file() else None,
        order=last_order(workspace).value,
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


def suggested(use: SuggestionUse | None) -> Suggested | None:
    """What became of suggestions, by source and layer; None where there were none, or nobody has labelled any yet."""
    from toolkit.dataset.about import Suggested, SuggestedBy
    from toolkit.gold.measures import OVERALL

    if use is None or not use.uses:
        return None
    sources = (
        SuggestedBy(
            source=one.version,
            layer=one.layer,
            accepted=one.accepted,
            changed=one.changed,
            deleted=one.deleted,
            added=one.added,
            rate=one.rate.value,
            low=one.rate.low,
            high=one.rate.high,
            stories=one.rate.clusters,
        )
        for one in use.uses
        if one.label == OVERALL
    )
    return Suggested(use.labelled.get("suggested", 0), use.labelled.get("control", 0), tuple(sources))


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
