"""A raw article: what one row of a file says, sorted into the article's own fields and the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from toolkit.articles.model import DESCRIPTION, ArticleId
from toolkit.findings import Finding, Place

_ARTICLE_ID: TypeAdapter[str] = TypeAdapter(ArticleId)
_BOOL = TypeAdapter(bool)

ORIGINAL_ID = "original_id"  # in the metadata of an article whose id had a slash, for which a hyphen stands now
_IDS = ("article_id", "doc_id", "id")  # corpora have the second
DEEPEST = 100  # lists and objects inside each other in the metadata; what reads the store again stops at twice as many


@dataclass(frozen=True, slots=True)
class Row:
    """What a file says about one article, as named values, and where it says so."""

    place: Place
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawArticle:
    """An article as it came: the raw text, and what its source says about it."""

    article_id: str
    raw: str
    place: Place
    fields: Mapping[str, str] = field(default_factory=dict)  # of DESCRIPTION, what is known
    translated: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)  # JSON values


def raw_article(row: Row, renamed: Mapping[str, str]) -> RawArticle | Finding:
    """The article that a row holds, its columns called as ``renamed`` says; or what is wrong with it.

    Empty values are as good as none. Without ``article_id``, ``doc_id`` or ``id`` the id is made from the text. A slash
    in an id becomes a hyphen, and the id as it was is kept in the metadata.
    """
    try:
        values = _renamed(row.values, renamed)
        if deep := next((name for name, value in values.items() if _is_deep(value, DEEPEST - 1)), None):
            message = f"{deep} holds lists or objects more than {DEEPEST} deep"
            raise _UnfitError("article-field", message, "take it out, then run {add}")
        text = _text(values)
        return RawArticle(
            article_id=_article_id(values, text),
            raw=text,
            place=row.place,
            fields={name: value for name in DESCRIPTION if (value := _string(name, values.pop(name, None)))},
            translated=_bool("translated", values.pop("translated", None)),
            metadata=_metadata(values),
        )
    except _UnfitError as unfit:
        where = f"--field {unfit.field} {row.place.file}" if unfit.field else row.place.file
        return Finding(unfit.rule, row.place, unfit.message, unfit.next.format(add=f"goldkit articles add {where}"))


class _UnfitError(Exception):
    def __init__(self, rule: str, message: str, next: str, field: str = "") -> None:
        super().__init__(message)
        self.rule, self.message, self.next, self.field = rule, message, next, field


def _renamed(values: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for column, value in values.items():
        name = renamed.get(column, column)
        if name in result:
            raise _UnfitError(
                "article-column-twice",
                f"two columns are called {name!r}",
                "call one of them something else: {add}",
                f"OTHER={name}",
            )
        result[name] = None if value is None or value == "" or value != value else value  # NaN is not itself
    return result


def _text(values: dict[str, Any]) -> str:
    if "text" not in values:
        known = ", ".join(sorted(values)) or "none"
        raise _UnfitError(
            "article-no-text", f"no column called text (columns: {known})", "name the one: {add}", "text=COLUMN"
        )
    text = values.pop("text")
    if text is None:
        return ""
    if not isinstance(text, str):
        raise _UnfitError(
            "article-field",
            f"the text is no text but {type(text).__name__}",
            "name another column: {add}",
            "text=COLUMN",
        )
    return text


def _article_id(values: dict[str, Any], text: str) -> str:
    name = next((name for name in _IDS if values.get(name) is not None), None)
    if name is None:
        for empty in _IDS:
            values.pop(empty, None)
        return id_from(text)
    given = values.pop(name)
    id = _string("id", given)
    if "/" in id:  # as in an id made of a path; ids are names of files, so it cannot stay
        values.setdefault(ORIGINAL_ID, id)
    try:
        return _ARTICLE_ID.validate_python(id.replace("/", "-"))
    except ValidationError:
        raise _UnfitError(
            "article-id",
            f"{given!r} cannot be an article's id",
            "use A-Z a-z 0-9 . _ - (a letter or digit first, 128 at most; .txt, .html: rename the file), then {add}",
        ) from None


def id_from(text: str) -> str:
    """An id for an article that has none: the same for the same text, wherever it comes from."""
    return "a-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _string(name: str, value: Any) -> str:
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, dict | list):
        raise _UnfitError("article-field", f"{name} is no single value: {value!r:.80}", "correct it, then run {add}")
    text = "" if value is None else str(value).strip()
    _writable(name, text)
    return text


def _bool(name: str, value: Any) -> bool:
    try:
        return value is not None and _BOOL.validate_python(value)
    except ValidationError:
        raise _UnfitError(
            "article-field", f"{name} is neither true nor false: {value!r:.80}", "correct it, then run {add}"
        ) from None


def _metadata(values: dict[str, Any]) -> dict[str, Any]:
    own = values.pop("metadata", None)
    if own is not None:
        values = {**values, **own} if isinstance(own, dict) else {**values, "metadata": own}
    return {name: _json_value(name, value) for name, value in sorted(values.items()) if value is not None}


def _is_deep(value: Any, depth: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(depth == 0 or _is_deep(part, depth - 1) for part in parts if isinstance(part, dict | list | tuple))


def _json_value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _json_value(name, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(name, item) for item in value]
    if isinstance(value, bool | int | float) and value == value and abs(value) != float("inf"):
        return value
    if value is None or value != value:
        return None
    return _string(name, value)


def _writable(name: str, text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _UnfitError(
            "article-field",
            f"{name} holds half a character (a lone surrogate) at {error.start}",
            "correct it, then run {add}",
        ) from None
