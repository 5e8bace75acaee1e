"""What a stand-off release leaves out: every piece of the articles, so that offsets, addresses and digests remain.

``with_text`` puts back what ``without_text`` took. The rules of cleaning go with the release, so that whoever has an
article as it came can make the frozen text of it; their examples do not, since those are lines of articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import yaml

from toolkit.articles.model import Article
from toolkit.articles.rules import Rules
from toolkit.spans import Span

CLEANING = "cleaning.yaml"

ID, TEXT = "article_id", "text"
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


def with_text(config: str, row: dict[str, Any], article_of: Callable[[str], Article]) -> dict[str, Any]:
    """The row with all that was left out of it, from its articles by id; its offsets must lie within their texts."""
    full: dict[str, Any] = _quoting(row, article_of, "")
    if config in WHOLE:
        full[TEXT] = article_of(row[ID]).text
    if config == "documents":
        full["title"] = article_of(row[ID]).title
    if config == "entities":
        full["tokens"] = [token.of(full[TEXT]) for token in tokens(row)]
    return full


def _quoting(part: Any, article_of: Callable[[str], Article], text: str) -> Any:
    if isinstance(part, list):
        return [_quoting(inner, article_of, text) for inner in part] if _of_structs(part) else part
    if not isinstance(part, dict):
        return part
    if ID in part:
        text = article_of(part[ID]).text
    full = {name: _quoting(inner, article_of, text) for name, inner in part.items()}
    return full | {TEXT: text[part["start"] : part["end"]]} if "start" in part else full


def spans(part: Any, article_id: str = "") -> Iterator[tuple[str, Span]]:
    """Every span in a row, at any depth, with the id of its article; not its tokens."""
    if isinstance(part, dict):
        article_id = part.get(ID, article_id)
        if "start" in part:
            yield article_id, Span(part["start"], part["end"])
        for inner in part.values():
            yield from spans(inner, article_id)
    elif isinstance(part, list) and _of_structs(part):
        for inner in part:
            yield from spans(inner, article_id)


def articles_of(row: dict[str, Any]) -> list[str]:
    """The ids of the articles that a row is about: of one, of the ends of a link, or of a story."""
    if ID in row:
        return [row[ID]]
    return row.get("articles") or [part[ID] for part in row.values() if isinstance(part, dict) and ID in part]


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
