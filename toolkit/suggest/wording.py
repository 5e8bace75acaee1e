"""What a source said, as findings tell it: in few words, and harmless on a terminal."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence

from pydantic import ValidationError

NAMED = 3
"""How many of the items that break one rule its finding names."""


def few(messages: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = f"; and {len(messages) - NAMED} more" if len(messages) > NAMED else ""
    return "; ".join(messages[:NAMED]) + more


def why_not(error: ValidationError) -> str:
    """The first thing that is wrong, of pydantic's errors."""
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))[:80]  # a key can be of any length
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def brief(value: str | int | None) -> str:
    """A source's own words or number, as far as a finding has room for them."""
    return reprlib.repr(value)


def printable(words: str) -> str:
    """A source's own words in one line, without anything that moves a terminal's cursor."""
    return "".join(filter(str.isprintable, words)).strip()
