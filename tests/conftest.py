"""What every test may ask for."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.studio import server
from toolkit.studio.server import Credentials

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that must not be copied into the project; tests that want them skip where they are not."""
    folder = Path(os.environ.get("GOLDKIT_SHARED", REPOSITORY.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"the shared data are not here ({folder}); GOLDKIT_SHARED can name another place")
    return folder


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Credentials]:
    """A real Label Studio, once for all tests of a run; each test makes its own project in it."""
    if importlib.util.find_spec("label_studio") is None:
        pytest.skip("label-studio is not installed")
    home = tmp_path_factory.mktemp("studio")
    try:
        yield server.start(home)
    finally:
        server.stop(home)
