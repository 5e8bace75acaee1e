"""Whether a dataset's folder says the same thing in all its places, and loads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.dataset.features import features
from toolkit.dataset.write import split_of
from toolkit.errors import BadInputError, GoldkitError
from toolkit.findings import Finding, Place
from toolkit.ontology.model import Ontology

if TYPE_CHECKING:
    from huggingface_hub import DatasetCardData

FEATURES_DIFFER = "dataset-features-differ"
_NEXT = "goldkit build (it writes the card and the files anew from the ontology)"


def check_features(folder: Path, ontology: Ontology, *, text: bool = True) -> list[Finding]:
    """Compare the card's columns and class names, and the Parquet files', with the ontology's; and the splits.

    ``text`` is False of a stand-off release.
    The card's names win silently when the dataset is loaded, so one that differs would relabel the data.
    """
    from datasets import Features
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from pyarrow import parquet

    card = _card(folder)
    infos = DatasetInfosDict.from_dataset_card_data(card)
    configs = MetadataConfigs.from_dataset_card_data(card)
    files: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.glob("*/*.parquet")):
        files.setdefault(path.parent.name, {})[split_of(path)] = path
    found: list[Finding] = []
    expected = features(ontology, text=text)
    for config in sorted({*infos, *configs, *files}):
        if not all(config in place for place in (infos, configs, files, expected)):
            found.append(_finding("README.md", f"{config} is not in all of configs, dataset_info, files and ontology"))
            continue
        listed = {file["split"] for file in configs[config]["data_files"]}
        if not listed == infos[config].splits.keys() == files[config].keys():
            found.append(_finding("README.md", f"{config} has other splits in configs, dataset_info and files"))
        found += [_finding("README.md", it) for it in _differences(expected[config], infos[config].features, config)]
        for path in files[config].values():
            inside = Features.from_arrow_schema(parquet.read_schema(path))  # type: ignore[no-untyped-call]
            place = path.relative_to(folder).as_posix()
            found += [_finding(place, problem) for problem in _differences(expected[config], inside, config)]
    return found


def check_loads(folder: Path) -> dict[str, int]:
    """Load every config with `datasets`, from a cache of its own; returns the rows of each, all splits together.

    Raises GoldkitError where one does not load.
    """
    import datasets
    from datasets.utils.metadata import MetadataConfigs

    bars = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        with tempfile.TemporaryDirectory() as cache:
            return {
                config: sum(map(len, datasets.load_dataset(str(folder), config, cache_dir=cache).values()))
                for config in MetadataConfigs.from_dataset_card_data(_card(folder))
            }
    except (ValueError, OSError, datasets.exceptions.DatasetsError) as error:
        raise GoldkitError(f"{folder} does not load: {error}", next=_NEXT) from error
    finally:
        if bars:
            datasets.enable_progress_bars()


def _card(folder: Path) -> DatasetCardData:
    from huggingface_hub import DatasetCard

    path = folder / "README.md"
    if not path.is_file():
        raise BadInputError(f"{path}: no such file", next=_NEXT)
    card: DatasetCardData = DatasetCard.load(path).data
    return card


def _differences(expected: Any, actual: Any, where: str) -> Iterator[str]:
    if expected == actual:
        return
    left, right = _parts(expected), _parts(actual)
    if left is None or right is None or type(expected) is not type(actual):
        yield f"{where} is {_described(actual)}, and the ontology says {_described(expected)}"
        return
    for name in sorted({*left, *right}):
        if name not in left or name not in right:
            yield f"{where}.{name} is {'missing' if name in left else 'not from the ontology'}"
        else:
            yield from _differences(left[name], right[name], f"{where}.{name}" if name else where)


def _parts(feature: Any) -> dict[str, Any] | None:
    if isinstance(feature, dict):
        return feature
    inner = getattr(feature, "feature", None)
    return None if inner is None else {"": inner}


def _described(feature: Any) -> str:
    names = getattr(feature, "names", None)
    return f"the classes {', '.join(names)}" if names is not None else str(feature)


def _finding(file: str, message: str) -> Finding:
    return Finding(FEATURES_DIFFER, Place(file=file), message, _NEXT)
