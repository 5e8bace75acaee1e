"""The rules of cleaning, as data (``configs/cleaning.yaml``).

A rule knows *whole lines* and nothing less, so it cannot cut into a sentence. ``where`` says which lines it may see:

- ``head`` and ``tail``: those at the beginning and the end of the article, as far as every line before (after) them
  was known to some such rule; the first line of the story ends it. Blank lines do not count.
- ``anywhere``: every line. For lines that no story can hold.

Patterns are Python regular expressions, matched against the whole line without the white space around it, upper and
lower case alike. A named group keeps what it caught: as the article's own where it is called so (``title``,
``outlet``, ``published``, ...) and that is not known yet, otherwise in ``metadata``.

Patterns are tried on lines of up to ``longest_line`` characters: boilerplate is short. A pattern with nested
repetition, like ``(a+)+``, can still take forever on a short line; say what one repetition ends with.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from toolkit.articles.model import DESCRIPTION, Article
from toolkit.files import load_yaml
from toolkit.settings import Settings, parse_settings

Where = Literal["head", "tail", "anywhere"]

BOM, NEWLINE, NFC, BLANK_EDGE = BUILT_IN = ("bom", "newline", "nfc", "blank-edge")


class Rule(Settings):
    """One kind of boilerplate line: known by a pattern (``line``), or by repeating the title.

    ``matches`` and ``spares`` are examples of lines; a rule that fails on its own examples is not accepted.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
    why: Annotated[str, Field(min_length=1)]
    where: Where
    line: str | None = None
    repeats: Literal["title"] | None = None
    matches: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()

    @field_validator("name")
    @classmethod
    def _name_is_free(cls, name: str) -> str:
        if name in BUILT_IN:
            raise ValueError(f"{name!r} is what goldkit's own edits are called; take another name")
        return name

    @field_validator("line")
    @classmethod
    def _line_is_a_sound_pattern(cls, line: str | None) -> str | None:
        if line is None:
            return None
        try:
            pattern = re.compile(line, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        if pattern.fullmatch(""):
            raise ValueError("the pattern matches an empty line, so it would match too much")
        if kept := sorted(pattern.groupindex.keys() & (Article.model_fields.keys() - DESCRIPTION)):
            raise ValueError(f"a group cannot be called {kept[0]!r}: that is not for a rule to fill")
        return line

    @model_validator(mode="after")
    def _does_what_it_says(self) -> Rule:
        if (self.line is None) == (self.repeats is None):
            raise ValueError("give either `line` (a pattern) or `repeats: title`")
        if self.repeats:
            if self.where == "anywhere":
                raise ValueError("`repeats: title` is for head or tail: inside a story the words are its own")
            if self.matches or self.spares:
                raise ValueError("`repeats: title` takes no examples: there is no title to try them with")
        for example in self.matches:
            if self.match(example, frozenset()) is None:
                raise ValueError(f"it should match its own example {example!r}, and does not")
        for example in self.spares:
            if self.match(example, frozenset()) is not None:
                raise ValueError(f"it should spare its own example {example!r}, and does not")
        return self

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.line or "(?!)", re.IGNORECASE)

    def match(self, line: str, titles: Set[str]) -> dict[str, str] | None:
        """What the rule catches from a line that it knows (often nothing), or None where it does not know it.

        Args:
            line: The line, stripped.
            titles: The article's titles, folded.
        """
        if self.repeats:
            return {} if folded(line) in titles else None
        found = self._pattern.fullmatch(line)
        if found is None:
            return None
        return {name: value.strip() for name, value in found.groupdict().items() if value and value.strip()}


class Rules(Settings):
    """All rules; where two know the same line, the first has it."""

    longest_line: Annotated[int, Field(ge=1)] = 500
    rules: tuple[Rule, ...] = ()

    @field_validator("rules")
    @classmethod
    def _names_are_unique(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        names = [rule.name for rule in rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two rules are called {twice[0]!r}")
        return rules

    @cached_property
    def by_place(self) -> dict[Where, tuple[Rule, ...]]:
        """The rules that may see a line, by where the line is."""
        places: tuple[Where, ...] = ("head", "tail", "anywhere")
        return {place: tuple(rule for rule in self.rules if rule.where == place) for place in places}


def load_rules(path: Path) -> Rules:
    """Read the cleaning rules. Raises BadInputError with the file, the rule and what is wrong with it."""
    return parse_settings(Rules, load_yaml(path), path)


def folded(line: str) -> str:
    """A line for comparing: white space and case do not count."""
    return " ".join(line.split()).casefold()
