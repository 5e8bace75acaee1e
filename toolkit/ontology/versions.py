"""Semantic versions of an ontology: how far one must rise for a change.

Below 1.0.0 nothing is promised for good, so the second number counts there as the first does later.
"""

from __future__ import annotations

import enum


class Bump(enum.IntEnum):
    """Which number of a version has to rise; the greater bump covers the lesser."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


def numbers(version: str) -> tuple[int, int, int]:
    """``major.minor.patch`` as numbers."""
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def raised(version: str, bump: Bump) -> str:
    """The lowest version that is far enough from this one."""
    major, minor, patch = numbers(version)
    if major == 0 and bump > Bump.PATCH:
        bump = Bump(bump - 1)  # the second number stands for the first, the third for the second
    risen = {
        Bump.NONE: (major, minor, patch),
        Bump.PATCH: (major, minor, patch + 1),
        Bump.MINOR: (major, minor + 1, 0),
        Bump.MAJOR: (major + 1, 0, 0),
    }
    return ".".join(map(str, risen[bump]))


def is_enough(old: str, new: str, bump: Bump) -> bool:
    """Whether ``new`` is as far from ``old`` as a change with this bump needs."""
    return numbers(new) >= numbers(raised(old, bump))
