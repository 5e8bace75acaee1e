"""The report as values: what the page shows, and what programs read instead of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation
from toolkit.articles.model import Article
from toolkit.gold.agree import Agreement
from toolkit.gold.resolve import Resolved
from toolkit.links.model import StoryLinks
from toolkit.ontology.model import Ontology
from toolkit.project import Layer, Project
from toolkit.report.across import Across, across
from toolkit.report.disagreements import Disagreements, disagreements
from toolkit.report.figures import WITH_OTHERS, with_others
from toolkit.report.labels import LabelCount, label_counts
from toolkit.report.progress import Progress, progress
from toolkit.report.settled import Settlement, settlement

if TYPE_CHECKING:
    from toolkit.links.agree import LinkAgreement
    from toolkit.suggest.use import SuggestionUse

WORST = 30
"""How many articles are shown with their text, unless another number is asked for."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that is known of a project. Annotators are pseudonyms throughout.

    ``awaiting`` are the articles that wait for something else than a decision. ``suggestions`` is what suggestions did,
    None where nothing was suggested.
    """

    project: Project
    ontology: Ontology
    progress: Progress
    labels: tuple[LabelCount, ...]
    agreement: Agreement
    settlement: Settlement
    awaiting: tuple[str, ...]
    disagreements: Disagreements
    across: Across
    suggestions: SuggestionUse | None = None

    @property
    def saved(self) -> str:
        """The day on which the last of the work was saved, as far as it is known."""
        return max((person.last for person in self.progress.people), default="")

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers that the ontology has."""
        has: dict[Layer, object] = {
            "entities": True,
            "relations": self.ontology.relations,
            "claims": self.ontology.claims,
        }
        return tuple(layer for layer, there in has.items() if there)

    def headline(self) -> dict[str, Any]:
        """The figures that are said first: counts, and the F1 of each layer (None where it is undefined)."""
        standing, settled = self.progress.standing, self.settlement
        f1 = {
            f"{one.layer}: {one.name}": one.estimate.value
            for one in self.agreement.measures
            if not one.pair and not one.label and WITH_OTHERS[one.layer] == one.name
        }
        return {
            "articles": standing.articles,
            "annotated": standing.annotated,
            "gold": standing.gold,
            "open": standing.open,
            "awaiting": standing.awaiting,
            "skipped": standing.skipped,
            "annotators": len(self.progress.people),
            "annotations": sum(person.done for person in self.progress.people),
            "open_items": settled.open,
            "agreement": f1,
        }

    def as_dict(self) -> dict[str, Any]:
        """The report as plain JSON values, without the texts of the articles."""
        done, standing, settled = self.progress, self.progress.standing, self.settlement
        return {
            "format": 1,
            "project": self.project.name,
            "ontology": {"name": self.ontology.name, "version": self.ontology.version},
            "saved": self.saved,
            "headline": self.headline(),
            "progress": asdict(done) | {"standing": {**asdict(standing), "annotated": standing.annotated}},
            "labels": [asdict(one) for one in self.labels],
            "agreement": self.agreement.as_dict(),
            "with_others": {layer: with_others(self.agreement, layer) for layer in self.layers},
            "settlement": {
                "articles": {how.value: count for how, count in settled.articles},
                "items": [{"kind": kind, "resolution": how.value, "items": n} for kind, how, n in settled.items],
                "support": [{"support": s, "voters": v, "items": n} for s, v, n in settled.support],
                "asked_of_several": settled.asked,
                "adjudicated": settled.adjudicated,
                "adjudication_rate": settled.adjudication_rate,
                "open": [{"kind": kind, "reason": reason, "items": n} for kind, reason, n in settled.left],
            },
            "awaiting": list(self.awaiting),
            "disagreements": {
                "articles": [one.as_dict() for one in self.disagreements.articles],
                "more_open": self.disagreements.more_open,
                "more_settled": self.disagreements.more_settled,
            },
            "across": self.across.as_dict(),
            "suggestions": self.suggestions.as_dict() if self.suggestions else None,
        }


def build(
    project: Project,
    ontology: Ontology,
    articles: Mapping[str, Article],
    works: Sequence[Annotation],
    resolved: Resolved,
    agreement: Agreement,
    *,
    worst: int = WORST,
    to_label: Collection[str] | None = None,
    links: Sequence[StoryLinks] = (),
    link_agreement: LinkAgreement | None = None,
    suggestion_use: SuggestionUse | None = None,
) -> Report:
    """Gather everything; the order of ``works`` does not matter.

    Args:
        project: the project's settings.
        ontology: what can be labelled.
        articles: all articles by id.
        works: everybody's annotations.
        resolved: what has become of them.
        agreement: how far they agree.
        worst: how many articles are shown with their text.
        to_label: the ids of those that are to be labelled, where that is a sample.
        links: the stories as far as they are linked across articles.
        link_agreement: how far annotators agree on that.
        suggestion_use: what suggestions did, where there were some.
    """
    works = sorted(works, key=lambda work: (work.article_id, work.annotator))
    open = {one.article_id for one in resolved.open}
    return Report(
        project=project,
        ontology=ontology,
        progress=progress(articles if to_label is None else to_label, works, resolved),
        labels=label_counts(ontology, works, resolved.gold, articles),
        agreement=agreement,
        settlement=settlement(resolved),
        awaiting=tuple(article_id for article_id in resolved.awaiting if article_id not in open),
        disagreements=disagreements(works, resolved, articles, Grammar(ontology), worst=worst),
        across=across(links, articles, ontology, link_agreement),
        suggestions=suggestion_use,
    )
