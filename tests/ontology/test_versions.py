from __future__ import annotations

import pytest

from toolkit.ontology.versions import Bump, is_enough, raised


@pytest.mark.parametrize(
    ("version", "bump", "needed"),
    [
        ("1.2.3", Bump.NONE, "1.2.3"),
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("9.9.9", Bump.MINOR, "9.10.0"),
        ("0.2.3", Bump.PATCH, "0.2.4"),
        ("0.2.3", Bump.MINOR, "0.2.4"),
        ("0.2.3", Bump.MAJOR, "0.3.0"),
    ],
)
def test_the_lowest_version_that_is_enough(version: str, bump: Bump, needed: str) -> None:
    assert raised(version, bump) == needed
    assert is_enough(version, needed, bump)
    assert is_enough(version, "10.0.0", bump)
    assert is_enough(version, version, bump) == (bump is Bump.NONE)


def test_numbers_are_no_texts() -> None:
    assert is_enough("1.9.0", "1.10.0", Bump.MINOR)
    assert not is_enough("1.10.0", "1.9.9", Bump.PATCH)
