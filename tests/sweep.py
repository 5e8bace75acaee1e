"""How many examples a law is tried on: a share of them in every run, all of them in a sweep (GOLDKIT_SWEEP=1).

The examples are drawn anew in each run, so what a share misses today another run finds.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SWEEP = os.environ.get("GOLDKIT_SWEEP") == "1"
SHARE = 3  # a run tries one in so many


def examples(all: int) -> int:
    """How many of so many examples are tried in this run."""
    return all if SWEEP else -(-all // SHARE)


def load_profile() -> None:
    """Make it so for every law, and let none fail because the machine is busy: no deadline, however slow the start."""
    patient = [HealthCheck.too_slow]
    settings.register_profile("goldkit", max_examples=examples(100), deadline=None, suppress_health_check=patient)
    settings.load_profile("goldkit")
