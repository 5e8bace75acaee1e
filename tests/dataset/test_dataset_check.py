"""The card's names win silently over the files' when a dataset is loaded: tampering must be seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_world import World

from toolkit.dataset.build import Built
from toolkit.dataset.check import FEATURES_DIFFER, check_features, check_loads
from toolkit.errors import BadInputError, GoldkitError
from toolkit.ontology.model import Ontology


@pytest.fixture
def folder(built: Built, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.folder, tmp_path / "copy"))


def edit_card(folder: Path, old: str, new: str) -> None:
    path = folder / "README.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_dataset_as_built_agrees(folder: Path, world: World) -> None:
    assert check_features(folder, world.ontology) == []


def test_swapped_names_in_the_card(folder: Path, world: World) -> None:
    edit_card(folder, "'0': PERSON\n", "'0': GPE_\n")
    found = check_features(folder, world.ontology)
    assert {(finding.rule, finding.place.file) for finding in found} == {(FEATURES_DIFFER, "README.md")}
    assert any("entities.entities.label is the classes GPE_, ORGANIZATION" in finding.message for finding in found)


def test_other_names_in_the_files(folder: Path, world: World, ontology_with: Callable[..., Ontology]) -> None:
    changed = world.ontology.model_dump()
    changed["entities"] = list(reversed(changed["entities"]))
    found = check_features(folder, Ontology.model_validate(changed))
    assert {finding.place.file for finding in found} >= {"README.md", "entities/train-00000-of-00001.parquet"}
    other = ontology_with(mention_attributes=[])
    messages = [finding.message for finding in check_features(folder, other)]
    assert "entities.entities.level is not from the ontology" in messages


def test_a_missing_file(folder: Path, world: World) -> None:
    (folder / "claims" / "train-00000-of-00001.parquet").unlink()
    (finding,) = check_features(folder, world.ontology)
    assert "claims" in finding.message
    with pytest.raises(GoldkitError, match="does not load") as caught:
        check_loads(folder)
    assert "goldkit build" in caught.value.next


def test_a_wrong_number_of_rows(folder: Path) -> None:
    edit_card(folder, "num_examples: 5", "num_examples: 6")
    with pytest.raises(GoldkitError, match="does not load"):
        check_loads(folder)


def test_no_card(tmp_path: Path, world: World) -> None:
    with pytest.raises(BadInputError, match=r"README\.md: no such file"):
        check_features(tmp_path, world.ontology)
