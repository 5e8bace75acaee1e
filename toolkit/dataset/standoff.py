"""What a stand-off release leaves out: every piece of the articles, so that offsets, addresses and digests remain.

``with_text`` puts back what ``without_text`` took. The rules of cleaning go with the release, so that whoever has an
article as it came can make the frozen text of it; their examples do not, since those are lines of articles.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from toolkit.articles.model import Article
from toolkit.articles.rules import Rules
from toolkit.spans import Span

CLEANING = "cleaning.yaml"

TEXT = "text"
WHOLE = ("documents", "entities")  # the configs whose ``text`` is the whole article's
# A headline is as much the outlet's as the story is.
OTHER_TEXTS = {"documents": ("title",), "entities": ("tokens",)}


def without_text(config: str, columns: dict[str, Any]) -> dict[str, Any]:
    """A row of a config, or its features, without any text of the article, at any depth."""
    return {name: _stripped(part) for name, part in columns.items() if name not in (TEXT, *OTHER_TEXTS.get(config, ()))}


def _stripped(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _stripped(inner) for name, inner in part.items() if name != TEXT}
    if isinstance(part, list):
        return [_stripped(inner) for inner in part]
    if (feature := getattr(part, "feature", None)) is not None:
        return type(part)(_stripped(feature))
    return part


def with_text(config: str, row: dict[str, Any], article: Article) -> dict[str, Any]:
    """The row with all that was left out of it, from the article; its offsets must lie within the text."""
    full: dict[str, Any] = _quoting(row, article.text)
    if config in WHOLE:
        full[TEXT] = article.text
    if config == "documents":
        full["title"] = article.title
    if config == "entities":
        full["tokens"] = [token.of(article.text) for token in tokens(row)]
    return full


def _quoting(part: Any, text: str) -> Any:
    if isinstance(part, list):
        return [_quoting(inner, text) for inner in part] if _of_structs(part) else part
    if not isinstance(part, dict):
        return part
    full = {name: _quoting(inner, text) for name, inner in part.items()}
    return full | {TEXT: text[part["start"] : part["end"]]} if "start" in part else full


def spans(part: Any) -> Iterator[Span]:
    """Every span in a row, at any depth; not its tokens."""
    if isinstance(part, dict):
        if "start" in part:
            yield Span(part["start"], part["end"])
        for inner in part.values():
            yield from spans(inner)
    elif isinstance(part, list) and _of_structs(part):
        for inner in part:
            yield from spans(inner)


def _of_structs(values: list[Any]) -> bool:
    """Whether a list can hold spans; a column has one type, and numbers are not looked at one by one."""
    return bool(values) and isinstance(values[0], dict)


def tokens(row: dict[str, Any]) -> list[Span]:
    """The tokens of a row of ``entities``."""
    return [Span(*edges) for edges in zip(row["token_starts"], row["token_ends"], strict=True)]


def cleaning_yaml(rules: Rules) -> str:
    """The rules as the file of a release, without their examples."""
    written = rules.model_dump(mode="json", exclude={"rules": {"__all__": {"matches", "spares"}}}, exclude_none=True)
    text = yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=120)
    return f"# How the articles were cleaned before their texts were frozen; goldkit hydrate does it again.\n{text}"
