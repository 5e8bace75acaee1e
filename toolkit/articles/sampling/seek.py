"""What is sought: names and patterns that so many of the chosen articles must mention.

floods:
  names: [Olvane, Petra Lindqvar, "re: dams?"]
  articles: 5          # at least so many of the chosen; or share: 0.1
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import regex  # type: ignore[import-untyped, unused-ignore]
from pydantic import Field, RootModel, field_validator, model_validator

from toolkit.errors import BadInputError
from toolkit.files import load_yaml
from toolkit.project import Share
from toolkit.settings import Settings, form, parse_settings

PATTERN = "re:"
PATIENCE = 5.0  # seconds that a pattern may take on one article; a sound one takes thousandths
_ENDLESS = (TimeoutError, RecursionError, MemoryError)  # as (a+)+, and (?R)
_SHOWN = 80  # characters of a pattern

# A name is a whole word: no letter beside it, but for scripts that put no spaces between words.
_LETTER = r"[[\p{L}\p{M}\p{N}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]]"
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]")


class Sought(Settings):
    """Names (whole words, upper and lower case alike) or patterns (``re: …``), and the number or share that must match.

    Patterns are those of the package ``regex``, looked for anywhere in title and text, as they are written.
    """

    names: tuple[str, ...] = Field(min_length=1)
    articles: Annotated[int, Field(ge=1)] | None = None
    share: Share | None = None

    @field_validator("names")
    @classmethod
    def _names_are_sound(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            try:
                is_everywhere = _compiled(name).search("", timeout=PATIENCE)
            except regex.error as error:
                raise ValueError(f"{name!r} is no pattern: {error}") from None
            except _ENDLESS:
                raise ValueError(f"{name[:_SHOWN]!r} is no pattern: it repeats or nests without end") from None
            if is_everywhere:
                raise ValueError(f"{name!r} matches an empty text, so it would be found everywhere")
        return names

    @model_validator(mode="after")
    def _says_how_many(self) -> Sought:
        if (self.articles is None) == (self.share is None):
            raise ValueError("give either articles (a number) or share (of the chosen)")
        return self

    @cached_property
    def patterns(self) -> tuple[tuple[str, Any], ...]:
        """Each name with what finds it."""
        return tuple((name, _compiled(name)) for name in self.names)

    def of(self, number: int) -> int:
        """How many of so many chosen articles must match."""
        if self.articles is not None:
            return self.articles
        return math.ceil(round((self.share or 0) * number, 6))  # 0.1 of 30 is 3, whatever floats say


_Name = Annotated[str, form(r"^[^\s\x00-\x1f]([^\x00-\x1f]{0,38}[^\s\x00-\x1f])?$", "one line of 1 to 40 characters")]


class _File(RootModel[dict[_Name, Sought]]):
    pass


class Search:
    """All that is sought, by name."""

    def __init__(self, path: Path, sought: Mapping[str, Sought]) -> None:
        self.path = path
        self.sought = sought

    def mentions(self, article_id: str, text: str) -> frozenset[str]:
        """What of it a text mentions.

        Raises BadInputError where a pattern takes more than PATIENCE.
        """
        return frozenset(name for name, one in self.sought.items() if self._is_in(name, one, article_id, text))

    def _is_in(self, name: str, sought: Sought, article_id: str, text: str) -> bool:
        for written, pattern in sought.patterns:
            try:
                if pattern.search(text, timeout=PATIENCE):
                    return True
            except _ENDLESS:
                raise BadInputError(
                    f"{self.path}: {name}: {written!r} does not come to an end on the article {article_id}",
                    next="write it without nested repetition, such as (a+)+, and say what one repetition ends with",
                ) from None
        return False


def load_search(path: Path) -> Search:
    """Read what is sought. Raises BadInputError with the place of what is wrong."""
    found = parse_settings(_File, load_yaml(path), path).root
    return Search(path, dict(sorted(found.items())))


def _compiled(name: str) -> Any:
    if name.startswith(PATTERN):
        return regex.compile(name.removeprefix(PATTERN).strip())
    words = unicodedata.normalize("NFC", name).split()
    if not words:
        return regex.compile("")
    before = "" if _UNSPACED.match(words[0][0]) else f"(?<!{_LETTER})"
    after = "" if _UNSPACED.match(words[-1][-1]) else f"(?!{_LETTER})"
    return regex.compile(f"(?V1i){before}" + r"\s+".join(map(regex.escape, words)) + after)
