"""A Label Studio as teams run it, once for all tests of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks import postgresql


@pytest.fixture(scope="session")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgresql.Team]:
    """PostgreSQL, and Label Studio with four workers on it."""
    if postgresql.programs() is None:
        pytest.skip("there is no PostgreSQL here: make test installs Debian's")
    with postgresql.team(tmp_path_factory.mktemp("team")) as running:
        yield running
