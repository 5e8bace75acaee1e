"""A Hub of the test's own, and somebody with releases to publish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .releases import Publisher, build_releases, copy_workspace
from .server import TestHub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[TestHub]:
    with TestHub(tmp_path / "hub") as running:
        yield running


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two releases, built once; do not change it."""
    return build_releases(tmp_path_factory.mktemp("releases") / "workspace")


@pytest.fixture
def publisher(hub: TestHub, releases: Path, tmp_path: Path) -> Publisher:
    """The same to be changed, with the test's Hub."""
    return Publisher(copy_workspace(releases, tmp_path / "workspace"), hub, tmp_path / "home")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process speak to a loopback Hub.

    The client reads its settings when it is first imported, and other tests may have done that: these are the values
    that HF_HUB_OFFLINE=0 and HF_HUB_DISABLE_XET=1 would have set.
    """
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
