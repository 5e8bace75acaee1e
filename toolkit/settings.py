"""What people write in YAML, as models: unknown keys are errors, and every problem is named by its place, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from toolkit.errors import BadInputError

M = TypeVar("M", bound=BaseModel)

_FORMS: dict[str, str] = {}


def form(pattern: str, words: str) -> Any:
    """A field whose text must match a pattern; ``words`` say what that is to people who know no patterns."""
    _FORMS[pattern] = words
    return Field(pattern=pattern)


SAFE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
SafeName = Annotated[str, form(SAFE_NAME, "letters, digits and . _ -, a letter or digit first, 40 at most")]
SemVer = Annotated[
    str, form(r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$", "three numbers with points between, such as 1.0.0")
]


class Settings(BaseModel):
    """Base of what people write: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse_settings(model: type[M], data: Any, path: Path | str, *, context: str | None = None) -> M:
    """Check ``data`` read from ``path`` against a model; every problem is named by its place in the file.

    ``context`` is pydantic's validation context. Raises BadInputError.
    """
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        problems = "\n".join(
            f"  {'.'.join(str(part) for part in problem['loc']) or '(top)'}: {in_words(problem, model)}"
            for problem in error.errors()
        )
        raise BadInputError(f"{path}: not valid\n{problems}", next=f"correct {path} and run again") from None


def in_words(problem: Any, model: type[BaseModel] | None = None) -> str:
    """What is wrong, of one of pydantic's errors about a ``model``."""
    kind, given, loc = problem["type"], problem["input"], problem["loc"]
    match kind:
        case "extra_forbidden":
            close = get_close_matches(str(loc[-1]), _keys(model, loc[:-1]), 1)
            return f"unknown key; is it {close[0]}?" if close else "unknown key"
        case "string_pattern_mismatch":
            pattern = problem["ctx"]["pattern"]
            return f"{given!r} is not {_FORMS[pattern]}" if pattern in _FORMS else str(problem["msg"])
        case "string_type" if given is None:
            return "empty; what begins with # has to be in quotes, or YAML takes it for a comment"
        case "string_type" if loc[-1:] in (("version",), ("since",)):
            return f"{given!r} is not three numbers with points between, such as 1.0.0"
        case "string_type" if isinstance(given, bool | int | float | date):
            return "not read as text; put it in quotes"
        case "string_type":
            return "not a text"
        case "tuple_type":
            return "empty; list something or leave it out" if given is None else "not a list"
        case "too_short" if isinstance(given, list | tuple | dict):
            return f"has {len(given)} in its list and needs {problem['ctx']['min_length']} at least"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "empty" if given is None else "not keys with values (key: value)"
    return str(problem["msg"]).removeprefix("Value error, ")


def _keys(model: type[BaseModel] | None, loc: tuple[str | int, ...]) -> list[str]:
    """The keys that can stand at a place in what a model describes, as far as the place tells which model it is."""
    for part in loc:
        if model is not None and isinstance(part, str):
            field = model.model_fields.get(part)
            model = next(_models(field.annotation), None) if field else None
    return list(model.model_fields) if model else []


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
