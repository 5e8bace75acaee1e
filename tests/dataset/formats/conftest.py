"""Two datasets, built once, and exports of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from odd_world import Export, make_odd_world
from small_world import World
from sweep import SWEEP

from toolkit.dataset.formats.catalogue import export
from toolkit.dataset.formats.names import Target
from toolkit.dataset.opened import Opened, open_dataset


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The small world's dataset: one split, two articles with gold."""
    return open_dataset(World().build(tmp_path_factory.mktemp("small") / "1.0.0").folder)


@pytest.fixture(scope="session", params=range(1, 9) if SWEEP else [7])
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Forty articles full of oddities, in two splits; several such datasets in a sweep."""
    world = make_odd_world(request.param, articles=40)
    return open_dataset(world.build(tmp_path_factory.mktemp("odd") / "1.0.0").folder)


@pytest.fixture
def export_small(small: Opened, tmp_path: Path) -> Export:
    """Export the small world's dataset in a format, by its name."""
    return lambda target: export(small, Target(target), tmp_path / "small" / target)


@pytest.fixture
def export_odd(odd: Opened, tmp_path: Path) -> Export:
    """Export the odd dataset in a format, by its name."""
    return lambda target: export(odd, Target(target), tmp_path / "odd" / target)
