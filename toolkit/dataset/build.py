"""Build the dataset's folder: Parquet files and the card, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toolkit.annotations.model import Annotation
from toolkit.articles.model import Article
from toolkit.dataset import consistency
from toolkit.dataset.card import card
from toolkit.dataset.check import check_features
from toolkit.dataset.features import features
from toolkit.dataset.summary import Summary
from toolkit.dataset.tables import Tables
from toolkit.dataset.write import Written, quoted, write_parquet
from toolkit.errors import BadInputError, GoldkitError
from toolkit.files import replacing_folder, write_text
from toolkit.findings import Finding, Place, Severity
from toolkit.gold.resolve import Resolved, resolve
from toolkit.ontology.layout import ontology_yaml
from toolkit.ontology.load import BESIDE
from toolkit.ontology.model import Ontology
from toolkit.project import Project

CONFIG_EMPTY = "dataset-config-empty"


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: rows by config (0: left out), articles without gold, files (relative), and what to know."""

    folder: Path
    rows: dict[str, int]
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
    prose: str = "",
    guidelines_sha256: str = "",
) -> Built:
    """Write the dataset into ``folder``, replacing the one there in one step.

    The same inputs give the same bytes, whatever their order. ``resolved`` is the gold (by default
    ``resolve(annotations, ontology, project.gold)``); ``prose`` is a person's Markdown for the card.

    Raises BadInputError where a record fits no article or not the ontology, or where there is no article.
    """
    if not articles:
        raise BadInputError("there are no articles, so there is no dataset", next="goldkit articles add FILE...")
    votes = tuple(annotations)
    consistency.require(votes, articles, ontology)
    if resolved is None:
        resolved = resolve(votes, ontology, project.gold)
    else:
        consistency.require(resolved.gold, articles, ontology)

    columns = features(ontology)
    tables = Tables(ontology, articles.values(), votes, resolved)
    with replacing_folder(folder) as part:
        written: dict[str, Written] = {}
        for config in sorted(columns):
            file = write_parquet(part, config, columns[config], quoted(tables.rows(config), articles))
            if file is not None:
                written[config] = file
        summary = Summary(part, columns, written)
        text = card(project, ontology, columns, written, summary, prose=prose, guidelines_sha256=guidelines_sha256)
        write_text(part / "README.md", text)
        write_text(part / BESIDE, ontology_yaml(ontology, ("What the dataset was labelled and built with.",)))
        if wrong := check_features(part, ontology):
            raise GoldkitError(
                f"the card and the files differ: {wrong[0].message}",
                next="nothing was written; please report this as a bug of goldkit",
            )
    return Built(
        folder=folder,
        rows={config: summary.rows(config) for config in columns},
        awaiting=resolved.awaiting,
        skipped=resolved.skipped,
        files=("README.md", BESIDE, *sorted(file.path for file in written.values())),
        findings=(*resolved.findings, *(_left_out(config, folder) for config in sorted(columns.keys() - written))),
    )


def _left_out(config: str, folder: Path) -> Finding:
    return Finding(
        rule=CONFIG_EMPTY,
        place=Place(file=str(folder / "README.md")),
        message=f"{config} has no rows, so it is left out of the dataset: an empty file would not load",
        next="label some, or go on without it",
        severity=Severity.NOTE,
    )
