"""Fixtures over the small world. Nothing here may reach for the network."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from small_world import World, make_ontology

from toolkit.dataset.build import Built
from toolkit.ontology.model import Ontology

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when huggingface_hub is first imported, inside a test


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ontology_with() -> Callable[..., Ontology]:
    return make_ontology


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The dataset of the small world, built once; do not change its folder."""
    return World().build(tmp_path_factory.mktemp("dataset") / "1.0.0")
