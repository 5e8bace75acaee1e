"""Build the dataset's folder: Parquet files and the card, all of it or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from toolkit.annotations.model import Annotation
from toolkit.articles.model import Article
from toolkit.dataset import consistency
from toolkit.dataset.about import About, Facts
from toolkit.dataset.across import Across
from toolkit.dataset.apart import divide_apart, divided
from toolkit.dataset.check import check_features
from toolkit.dataset.documentation import CARD, CROISSANT, DATASHEET, document
from toolkit.dataset.opened import open_files
from toolkit.dataset.prose import Prose
from toolkit.dataset.shards import Form, making
from toolkit.dataset.tables import Tables
from toolkit.dataset.write import Written, write_batches
from toolkit.engine import Engine
from toolkit.errors import BadInputError, GoldkitError
from toolkit.files import replacing_folder, write_text
from toolkit.findings import Finding, Place, Severity
from toolkit.gold.resolve import Resolved, resolve
from toolkit.links.model import StoryLinks
from toolkit.ontology.layout import ontology_yaml
from toolkit.ontology.load import BESIDE
from toolkit.ontology.model import Ontology
from toolkit.project import Project

CONFIG_EMPTY = "dataset-config-empty"


@dataclass(frozen=True, slots=True)
class Built:
    """What was written, and what to know of it.

    ``rows`` are by config (0: left out), ``splits`` articles by split, ``asked`` the shares that they were to have.
    ``files`` are relative to the folder.
    """

    folder: Path
    rows: dict[str, int]
    splits: dict[str, int]
    asked: dict[str, float]
    awaiting: tuple[str, ...]
    skipped: tuple[str, ...]
    files: tuple[str, ...]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {
            "folder": str(self.folder),
            "findings": [finding.as_dict() for finding in self.findings],
        }


def build(
    folder: Path,
    *,
    project: Project,
    ontology: Ontology,
    articles: Mapping[str, Article],
    annotations: Iterable[Annotation],
    resolved: Resolved | None = None,
    links: Iterable[StoryLinks] = (),
    together: Iterable[Collection[str]] | None = None,
    released: Mapping[str, str] | None = None,
    prose: Prose | None = None,
    facts: Facts | None = None,
    beside: Mapping[str, str] = MappingProxyType({}),
    engine: Engine | None = None,
) -> Built:
    """Write the dataset into ``folder``, replacing the one there in one step.

    The same inputs give the same bytes, whatever their order.

    Args:
        folder: the dataset's folder.
        project: its settings: the version, the splits, whether the texts are in it.
        ontology: whose names the classes are.
        articles: all articles by id, with or without gold.
        annotations: every vote.
        resolved: the gold (by default ``resolve(annotations, ontology, project.gold)``).
        links: what is settled across the articles of each story.
        together: ids of articles that no split may tear apart (by default those of one story or one ``dup_group``).
        released: the splits of the articles in the release before, which they keep.
        prose: what only a person can say about the dataset.
        facts: what its papers tell, and its tables do not.
        beside: further files of the folder, by name.
        engine: what makes the rows, shard by shard; by default this process, article by article.

    Raises BadInputError where a record or a link fits no article or not the ontology, where there is no article, and
    where articles that belong together were released in two splits; what the engine raises.
    """
    if not articles:
        raise BadInputError("there are no articles, so there is no dataset", next="goldkit articles add FILE...")
    votes = tuple(annotations)
    consistency.require(votes, articles, ontology)
    if resolved is None:
        resolved = resolve(votes, ontology, project.gold)
    else:
        consistency.require(resolved.gold, articles, ontology)
    linked = tuple(links)
    consistency.require_links(linked, articles, ontology)

    ties = list(_of_one(articles.values()) if together is None else together)
    with_gold = {gold.article_id for gold in resolved.gold}
    splits = divide_apart(articles, with_gold, ties, project, released)

    text = project.dataset.text == "included"
    form, form_across = Form.of(ontology, text=text), Form.of(ontology, text=text, across=True)
    kept = divided(articles, splits, ties)
    gold = tuple(gold for gold in resolved.gold if gold.article_id in kept)
    tables = Tables(
        ontology,
        kept.values(),
        [vote for vote in votes if vote.article_id in kept],
        replace(resolved, gold=gold),
    )
    across = Across(ontology, kept, gold, linked, splits.by_article)

    with replacing_folder(folder) as part:
        written: dict[str, dict[str, Written]] = {}
        with making(form, tables, splits.by_article, engine, folder) as batches:
            for config, schema in sorted(form.schemas.items()):
                if files := write_batches(part, config, schema, batches(config)):
                    written[config] = files
        for config, schema in sorted(form_across.schemas.items()):
            if files := write_batches(part, config, schema, form_across.batches(config, across, splits.by_article)):
                written[config] = files
        opened = open_files(part, ontology)
        counts = {config: opened.count(config) for config in sorted({*form.schemas, *form_across.schemas})}
        told = replace(facts or Facts(), components=splits.components, largest=splits.largest)
        lacking = document(part, About(project, ontology, opened, prose or Prose(), told))
        for name, content in beside.items():
            write_text(part / name, content)
        write_text(part / BESIDE, ontology_yaml(ontology, ("What the dataset was labelled and built with.",)))
        if wrong := check_features(part, ontology, text=text):
            raise GoldkitError(
                f"the card and the files differ: {wrong[0].message}",
                next="nothing was written; please report this as a bug of goldkit",
            )
    return Built(
        folder=folder,
        rows=counts,
        splits=dict(splits.got),
        asked=dict(splits.asked),
        awaiting=resolved.awaiting,
        skipped=resolved.skipped,
        files=(
            CARD,
            DATASHEET,
            CROISSANT,
            BESIDE,
            *beside,
            *sorted(file.path for files in written.values() for file in files.values()),
        ),
        findings=(
            *resolved.findings,
            *splits.findings,
            *across.findings(),
            *lacking,
            *(_left_out(config, folder) for config in sorted(counts.keys() - written)),
        ),
    )


def _of_one(articles: Iterable[Article]) -> list[list[str]]:
    """The articles of each story, and of each group of near-copies."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for article in articles:
        for kind, name in (("story", article.story_id), ("dup", article.dup_group)):
            if name:
                groups[kind, name].append(article.article_id)
    return list(groups.values())


def _left_out(config: str, folder: Path) -> Finding:
    return Finding(
        rule=CONFIG_EMPTY,
        place=Place(file=str(folder / CARD)),
        message=f"{config} has no rows, so it is left out of the dataset: an empty file would not load",
        next="label some, or go on without it",
        severity=Severity.NOTE,
    )
