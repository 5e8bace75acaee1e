"""The sample articles and the scripted work of three sample annotators. README.md beside this file says more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Relation
from toolkit.articles.model import Article
from toolkit.errors import BadInputError
from toolkit.files import load_yaml
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS
from toolkit.spans import Span

ARTICLES = Path(__file__).parent / "articles"
ANNOTATORS = ("amina", "boris", "chen")
EDITOR = "dalia"  # decides what the annotators left open across articles
# Nobody has to be protected here, and with one key everybody's demo gives the same dataset.
PSEUDONYM_KEY = "public, for the sample annotators: delete this file before real people label"


def address(annotator: str) -> str:
    """The address that a sample annotator has in Label Studio."""
    return f"{annotator}@annotators.example"


def work(annotator: str, articles: Mapping[str, Article], ontology: Ontology) -> list[Annotation]:
    """One sample annotator's annotations on ``articles`` (by id), as that person would have saved them.

    Raises BadInputError where the work quotes what the article does not say.
    """
    path = Path(__file__).parent / "work" / f"{annotator}.yaml"
    return [
        _annotation(annotator, articles[article_id], content, ontology, path)
        for article_id, content in load_yaml(path)["articles"].items()
    ]


def _annotation(
    annotator: str, article: Article, content: Mapping[str, Any], ontology: Ontology, path: Path
) -> Annotation:
    def located(id: str, item: Mapping[str, Any]) -> dict[str, Any]:
        span = _find(article, item["quote"], item.get("nth", 1), path)
        links = {name: tuple(sorted(item.get(name, ()))) for name in ("claimants", "cues", "values") if name in item}
        return {
            "id": id,
            "start": span.start,
            "end": span.end,
            "text": item["quote"],
            "attributes": item.get("attributes", {}),
            **links,
        }

    mentions = (
        Mention(labels=tuple(sorted(item["labels"])), **located(id, item))
        for id, item in content.get("mentions", {}).items()
    )
    cues = (Cue(**located(id, item)) for id, item in content.get("cues", {}).items())
    claims = (Claim(**located(id, item)) for id, item in content.get("claims", {}).items())
    return Annotation(
        article_id=article.article_id,
        text_sha256=article.text_sha256,
        annotator=annotator,
        ontology_version=ontology.version,
        skipped=content.get("skipped", False),
        ground_truth=LAYERS if content.get("ground_truth") else (),
        lead_time=content["lead_time"],
        mentions=tuple(sorted(mentions, key=_order)),
        cues=tuple(sorted(cues, key=_order)),
        claims=tuple(sorted(claims, key=_order)),
        relations=tuple(Relation(**relation) for relation in content.get("relations", [])),
    )


def _order(item: Mention | Cue | Claim) -> tuple[int, int, str]:
    return item.start, item.end, item.id


def _find(article: Article, quote: str, nth: int, path: Path) -> Span:
    start = -1
    for _ in range(nth):
        start = article.text.find(quote, start + 1)
        if start < 0:
            raise BadInputError(
                f"{path}: {article.article_id} does not say {quote!r} {nth} time(s)", next=f"correct {path}"
            )
    return Span(start, start + len(quote))
