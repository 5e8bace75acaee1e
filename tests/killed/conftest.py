"""A nursery for the commands that are to be killed."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from pipeline.program import environment

from .nursery import Nursery, nursery


@pytest.fixture(scope="session")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where commands are run that can be killed at any event."""
    if sys.platform != "linux":
        pytest.skip("whether a process may be forked is known on Linux only")
    home = tmp_path_factory.mktemp("home")
    hub = {"HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1"}
    with nursery(tmp_path_factory.mktemp("nursery"), environment(**hub)) as running:
        yield running
