"""JSON values broken at any depth: wrong types, missing keys, null, numbers without end, what is nested without end."""

from __future__ import annotations

from random import Random
from typing import Any

DEEP: Any = []
for _ in range(150):
    DEEP = [DEEP]

TEXTS = (
    *("", " ", "a", "Osk", "labels", "relation", "PERSON", "(ignored)", "\0", "\r\n", "\u2028", "\ufeff", "\u202e"),
    *("\ud83d", "\ude00", "\\ud83d", "😀", "👩\u200d👧", "e\u0301", "السلام", "<b>", "=1+1", "../..", "%s", "{0}"),
)
VALUES = (
    *(None, True, False, 0, -1, 1, 3, 0.5, -0.0, 2**31, 2**63, 10**30, -(10**30), 10**400, 1e308, 5e-324),
    *(float("nan"), float("inf"), float("-inf"), [], {}, [[]], [None], {"": None}, {"\ud83d": 1, "\\ud83d": 2}, DEEP),
    *({"goldkit": 1}, {"goldkit": {"context": True}}, {"goldkit": {"context": 1}}, {"start": 0, "end": 1}),
)


def junk(random: Random) -> Any:
    """A value that nobody expects."""
    value = random.choice(TEXTS) if random.random() < 0.4 else random.choice(VALUES)
    return {random.choice(TEXTS): value} if random.random() < 0.1 else value


def damaged(value: Any, random: Random, times: int = 1) -> Any:
    """The value, broken in so many places; what was given is left as it is."""
    for _ in range(times):
        value = _broken(value, random)
    return value


def _broken(value: Any, random: Random) -> Any:
    if not isinstance(value, dict | list) or not value or random.random() < 0.08:
        return junk(random)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = random.choice(keys)
    deeper = random.random() < (0.9 if isinstance(value[key], dict | list) else 0.5)
    parts: Any = dict(value) if isinstance(value, dict) else list(value)
    if deeper:
        parts[key] = _broken(value[key], random)
        return parts
    what = random.randrange(4)
    if what == 0:
        del parts[key]
    elif what == 1 and isinstance(parts, list):
        parts.insert(random.randrange(len(parts) + 1), parts[key])
    elif what == 1:
        parts[random.choice(TEXTS)] = parts[key]
    elif what == 2:
        parts[key] = value[random.choice(keys)]
    else:
        parts[key] = junk(random)
    return parts
