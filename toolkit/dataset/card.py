"""The dataset's card: a YAML header that `datasets` and the Hub read, and a text for people, both generated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import dedent
from typing import TYPE_CHECKING

from toolkit.dataset.summary import Counts, Summary
from toolkit.dataset.write import Written
from toolkit.ontology.model import Ontology
from toolkit.project import Project

if TYPE_CHECKING:
    from datasets import Features

DEFAULT_CONFIG = "entities"
TAGS = ("news", "relation-extraction", "claim-detection", "attribution", "goldkit")

ROWS = {
    "documents": "an article, with or without gold",
    "entities": "an article with gold: tokens, BIO tags, and every mention with its offsets",
    "relations": "a relation between two mentions, with the text that shows it",
    "claims": "a claim: content, claimants, cues, values",
    "annotations": "a vote: one annotator's work on one article, in full",
}

_TOKENS = """\
    A token is a run of letters, marks and digits (Arabic vowel signs and combining accents stay in their word);
    apostrophes, hyphens and every other character that is not white space are tokens of their own, so `Libya` in
    `Libya's` and `US` in `US-backed` end where a token ends. An emoji is one token, with its modifiers and joiners. In
    scripts written without spaces each character is a token. `token_starts` and `token_ends` are offsets in `text`.

    `ner_tags` are BIO and flat: where mentions share a token the longest wins, then the earlier, then the label that
    stands first in the ontology. A token that a mention covers in part belongs to it. `entities` holds **every**
    mention, nested and overlapping ones too; one with two labels stands there once a label."""

_GOLD = """\
    Gold is decided layer by layer: the work of the only annotator who was asked for that layer (`single-annotator`), or
    the work that is marked as ground truth (`ground-truth`, said of an article where any of its layers is). Where
    several annotators labelled a layer and none is marked, the article awaits adjudication and has no rows in
    `entities`, `relations` and `claims`; the votes are in `annotations` all the same. `layers` in `documents` says
    which layers were labelled. One annotator stands behind every row (`support` 1), of at most `voters` who labelled
    a layer of the article: nobody else's agreement is claimed. A suggestion that an annotator accepted (`origin`) is
    not independent agreement."""

_READING = """\
    Offsets count Unicode code points, half-open: `text[start:end]` in Python is the quoted text, and was compared
    before it was written. Numbers and dates in attributes are text, as the annotators typed them. A null is a question
    that was not asked or not answered. `evidence` of a relation is the sentence that holds both ends, or else the
    stretch from one to the other; `context` of a claim is the sentences it touches. `claimant_kind` is `mention` where
    claimants are linked, `outlet` where the outlet itself speaks (`attribution` is `narrator`), `unnamed` otherwise.

    Annotators are pseudonyms. There is one split, `train`, which holds everything: articles about one event belong
    together (`story_id`, `dup_group`), so split by those, never by row."""


def card(
    project: Project,
    ontology: Ontology,
    features: Mapping[str, Features],
    written: Mapping[str, Mapping[str, Written]],
    summary: Summary,
    *,
    prose: str = "",
    guidelines_sha256: str = "",
) -> str:
    """The whole ``README.md``."""
    header = _header(project, features, written, summary)
    return f"---\n{header}\n---\n\n{_body(project, ontology, summary, prose, guidelines_sha256)}"


def _header(
    project: Project, features: Mapping[str, Features], written: Mapping[str, Mapping[str, Written]], summary: Summary
) -> str:
    from datasets import DatasetInfo, SplitDict, SplitInfo
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCardData

    licence = project.dataset.licence
    data = DatasetCardData(
        language=[language for language in summary.counts("documents", "language") if language] or None,
        license=licence,
        license_name="per-document" if licence == "other" else None,
        license_link="README.md" if licence == "other" else None,
        pretty_name=project.dataset.title or project.name,
        annotations_creators=list(project.dataset.annotations_creators) or None,
        language_creators=list(project.dataset.language_creators) or None,
        source_datasets=["original"],
        size_categories=[_size_category(summary.rows("documents"))],
        task_categories=["token-classification"],
        task_ids=["named-entity-recognition"],
        tags=list(TAGS),
    )
    default = DEFAULT_CONFIG if DEFAULT_CONFIG in written else "documents"
    MetadataConfigs(
        {
            name: {"data_files": [{"split": split, "path": f"{name}/{split}-*.parquet"} for split in files]}
            | ({"default": True} if name == default else {})
            for name, files in written.items()
        }
    ).to_dataset_card_data(data)
    DatasetInfosDict(
        {
            name: DatasetInfo(
                features=features[name],
                config_name=name,
                splits=SplitDict(
                    {
                        split: SplitInfo(split, num_bytes=file.arrow_bytes, num_examples=file.rows)
                        for split, file in files.items()
                    }
                ),
                download_size=sum(file.file_bytes for file in files.values()),
                dataset_size=sum(file.arrow_bytes for file in files.values()),
            )
            for name, files in written.items()
        }
    ).to_dataset_card_data(data)
    return str(data.to_yaml())


def _size_category(rows: int) -> str:
    steps = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M", 10_000_000: "1M<n<10M"}
    return next((name for limit, name in steps.items() if rows < limit), "n>10M")


def _body(project: Project, ontology: Ontology, summary: Summary, prose: str, guidelines_sha256: str) -> str:
    made = f"Version {project.dataset.version}, labelled with the ontology `{ontology.name}` {ontology.version}"
    guidelines = f" and the guidelines with the sha256 `{guidelines_sha256}`" if guidelines_sha256 else ""
    blocks = [
        f"# {_plain(project.dataset.title or project.name)}",
        f"{made}{guidelines}.",
        prose.strip(),
        "## Load it",
        _load(project, summary),
        _table(("config", "rows", "a row is"), ((f"`{name}`", summary.rows(name), ROWS[name]) for name in ROWS)),
        *_counts(ontology, summary),
        "## Tokens and tags",
        dedent(_TOKENS),
        _tagged(summary),
        "## How the gold was made",
        dedent(_GOLD),
        "## Reading the columns",
        dedent(_READING),
        "## Licence",
        f"The dataset: {_plain(project.dataset.licence)}. The texts keep their own (`licence` in `documents`):",
        _tally("licence", summary.counts("documents", "licence")),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _load(project: Project, summary: Summary) -> str:
    where = project.hub.repository or "path/to/this/folder"
    loads = (f'{name} = load_dataset("{where}", "{name}")' for name in ROWS if summary.rows(name))
    return "\n".join(["```python", "from datasets import load_dataset", "", *loads, "```"])


def _counts(ontology: Ontology, summary: Summary) -> Iterable[str]:
    yield "## What is in it"
    for column in ("status", "outlet", "language"):
        yield _tally(column, summary.counts("documents", column), "documents")
    yield _tally("resolution", summary.counts("documents", "resolution"), "documents with gold")
    yield "### Mentions"
    labels = summary.counts("entities", "entities", "label")
    yield _table(
        ("label", "mentions", "definition"),
        ((f"`{name}`", count, ontology.mention_types[name].definition) for name, count in labels.items()),
    )
    yield _tally("origin", summary.counts("entities", "entities", "origin"), "mentions")
    if ontology.relations:
        yield "### Relations"
        yield _table(
            ("type", "relations", "head", "tail", "definition"),
            (
                (f"`{name}`", count, _ends(kind.head), _ends(kind.tail), _symmetric(kind.symmetric) + kind.definition)
                for name, count in summary.counts("relations", "type").items()
                for kind in (ontology.relation_types[name],)
            ),
        )
        yield _tally("modality", summary.counts("relations", "modality"), "relations")
    if ontology.claims:
        yield "### Claims"
        yield _tally("claimant_kind", summary.counts("claims", "claimant_kind"), "claims")
        for attribute in ontology.claims.content.attributes:
            if attribute.options:
                yield _tally(attribute.name, summary.counts("claims", attribute.name), "claims")


def _tagged(summary: Summary) -> str:
    tokens, untagged, misaligned = (
        summary.length("entities", "ner_tags"),
        summary.total("entities", "untagged"),
        summary.total("entities", "misaligned"),
    )
    return (
        f"Here: {tokens} tokens; {untagged} mentions that only `entities` holds (`untagged`, by article); {misaligned} "
        "tagged mentions whose edges are not edges of tokens (`misaligned`)."
    )


def _ends(types: Iterable[str]) -> str:
    return ", ".join(types)


def _symmetric(symmetric: bool) -> str:
    return "Symmetric. " if symmetric else ""


def _tally(column: str, counts: Counts, of: str = "documents") -> str:
    return _table((f"`{column}`", of), ((name or "(not known)", count) for name, count in counts.items()))


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *([_plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(value: object) -> str:
    """One line of text that is neither a cell's edge nor HTML."""
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")
