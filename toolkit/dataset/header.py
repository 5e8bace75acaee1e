"""The card's YAML header, which `datasets` and the Hub read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from toolkit.dataset import vocabulary
from toolkit.dataset.about import About
from toolkit.dataset.opened import Opened
from toolkit.dataset.summary import Summary

if TYPE_CHECKING:
    from huggingface_hub import DatasetCardData

DEFAULT_CONFIG = "entities"
_TAGS = ("news", "goldkit")
_TAGS_OF = {
    "relations": ("relation-extraction",),
    "claims": ("claim-detection", "attribution"),
    "entity_links": ("cross-document-coreference", "entity-linking"),
    "claim_links": ("contradiction-detection",),
}
TASK, TASK_ID = "token-classification", "named-entity-recognition"
_TASK_IDS_OF = {"entity_links": "coreference-resolution"}


def header(about: About) -> str:
    """The header, without the lines around it. What the Hub would not understand is left out of it."""
    from huggingface_hub import DatasetCardData

    settings = about.project.dataset
    languages = list(about.languages)
    licence, name, link = _licence(about)
    data = DatasetCardData(
        language=languages or None,
        license=licence,
        license_name=name,
        license_link=link,
        pretty_name=about.title,
        annotations_creators=_known(settings.annotations_creators, vocabulary.ANNOTATIONS_CREATORS),
        language_creators=_known(settings.language_creators, vocabulary.LANGUAGE_CREATORS),
        multilinguality=["multilingual" if len(languages) > 1 else "monolingual"] if languages else None,
        size_categories=[vocabulary.size_category(about.summary.rows("documents"))],
        task_categories=[TASK],
        task_ids=[TASK_ID, *(id for config, id in _TASK_IDS_OF.items() if config in about.opened.features)],
        tags=keywords(about),
    )
    list_files(data, about.opened)
    return str(data.to_yaml())


def keywords(about: About) -> list[str]:
    """What people search for: the Hub has no task ids for relations, claims and links."""
    return [*_TAGS, *(tag for config, tags in _TAGS_OF.items() if config in about.opened.features for tag in tags)]


def _known(values: tuple[str, ...], words: tuple[str, ...]) -> list[str] | None:
    return [value for value in values if value in words] or None


def _licence(about: About) -> tuple[str, str | None, str | None]:
    """The licence's id, name and link; one that the Hub has no id for is ``other``, with a name of its own."""
    licence = about.project.dataset.licence
    if licence in vocabulary.LICENCES and licence != "other":
        return licence, None, None
    name = re.sub(r"[^a-z0-9.-]+", "-", licence.lower()).strip("-.")
    return "other", "per-document" if name in ("", "other") else name, f"{about.url}#rights" if about.url else None


def list_files(data: DatasetCardData, opened: Opened) -> None:
    """Say in a header which files there are, and which columns and how many rows are in them."""
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs

    MetadataConfigs(_configs(opened)).to_dataset_card_data(data)
    DatasetInfosDict(_infos(opened)).to_dataset_card_data(data)


def _configs(opened: Opened) -> dict[str, dict[str, object]]:
    default = DEFAULT_CONFIG if DEFAULT_CONFIG in opened.features else "documents"
    return {
        config: {
            "data_files": [{"split": split, "path": f"{config}/{split}-*.parquet"} for split in opened.files(config)]
        }
        | ({"default": True} if config == default else {})
        for config in sorted(opened.features)
    }


def _infos(opened: Opened) -> dict[str, object]:
    from datasets import DatasetInfo, SplitDict, SplitInfo

    summary = Summary(opened)
    infos: dict[str, object] = {}
    for config in sorted(opened.features):
        memory = {split: summary.memory(config, split) for split in opened.files(config)}
        infos[config] = DatasetInfo(
            features=opened.features[config],
            config_name=config,
            splits=SplitDict(
                {
                    split: SplitInfo(split, num_bytes=size, num_examples=summary.rows(config, split))
                    for split, size in memory.items()
                }
            ),
            download_size=summary.size(config),
            dataset_size=sum(memory.values()),
        )
    return infos
