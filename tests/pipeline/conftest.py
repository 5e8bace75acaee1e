"""Workspaces on the real Label Studio of the run, and three real users of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from toolkit import samples
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

from .desk import DOMAIN, Desk, make_desk

PASSWORD = "a-long-enough-password"


@pytest.fixture(scope="session")
def annotators(studio: Credentials) -> dict[str, str]:
    """Tokens by the sample annotators' names."""
    return {name: add_annotator(studio, f"{name}@{DOMAIN}", PASSWORD) for name in samples.ANNOTATORS}


@pytest.fixture(scope="session")
def desk(
    studio: Credentials, annotators: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Desk]:
    """Make a workspace with the sample articles, by a name that no other test uses."""

    def make(name: str, *projects: tuple[str, ...], **more: object) -> Desk:
        return make_desk(tmp_path_factory.mktemp(name), studio, annotators, *projects, **more)  # type: ignore[arg-type]

    return make
