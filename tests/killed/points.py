"""Where commands are killed: points drawn by a seed, spread over all that a command does.

GOLDKIT_SEED draws others; GOLDKIT_SWEEP=1 draws a hundred a command.
"""

from __future__ import annotations

import os
import random

from sweep import SWEEP

SEED = int(os.environ.get("GOLDKIT_SEED", "0"))
MANY = 100


def points(few: int) -> list[tuple[int, int]]:
    """A few points of a command in every run, many in a sweep: each its number, and of how many."""
    count = MANY if SWEEP else few
    return [(number, count) for number in range(count)]


def drawn(command: str, at: tuple[int, int], events: int) -> int:
    """The event, from 1, at which a command that has so many is killed: one drawn from each of equal stretches."""
    number, count = at
    start, end = (1 + events * edge // count for edge in (number, number + 1))
    return random.Random(f"{SEED} {command} {number}").randrange(start, max(end, start + 1))
