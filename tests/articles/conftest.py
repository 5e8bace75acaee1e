from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.articles.rules import Rules, load_rules


@pytest.fixture(scope="session")
def rules(repository: Path) -> Rules:
    """The rules that goldkit ships."""
    return load_rules(repository / "configs" / "cleaning.yaml")
