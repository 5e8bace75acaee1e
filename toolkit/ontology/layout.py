"""YAML as a person would lay it out: short lists on one line, space between the parts, few quotes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

import yaml
from pydantic import BaseModel

from toolkit.ontology.model import Ontology, Option

_WIDTH = 120
_SPACED = ("entities", "values")
_ORDER = {"name": 0, "version": 0, "question": 0, "examples": 2, "options": 2, "attributes": 3}
"""Where a part of something stands; all others stand at 1, in the order of the model."""


def ontology_yaml(ontology: Ontology, comment: Iterable[str]) -> str:
    """An ontology as its YAML file, under a comment. Definitions that are missing are left to be filled in."""
    data = _as_written(ontology)
    head = {key: value for key, value in data.items() if not isinstance(value, list | dict)}
    parts = ["".join(f"# {line}".rstrip() + "\n" for line in comment), _dump(head)]
    for key, value in data.items():
        if key not in head and value:
            parts.append(_section(key, value, gap="\n" if key in _SPACED else ""))
    return "\n".join(parts)


def one_line(key: str, value: Any) -> str:
    """One entry of a mapping, without a newline."""
    return _dump({key: value}).rstrip("\n")


def _section(key: str, value: Any, gap: str) -> str:
    if isinstance(value, dict):
        return _dump({key: value})
    return f"{key}:\n" + gap.join(textwrap.indent(_dump([item]), "  ") for item in value)


def _as_written(model: BaseModel) -> dict[str, Any]:
    """What a person would write of it: no defaults, but for the definition."""
    fields = type(model).model_fields
    written = {name: getattr(model, name) for name in fields}
    kept = {name: one for name, one in written.items() if name == "definition" or one != fields[name].default}
    return {name: _plain(kept[name]) for name in sorted(kept, key=lambda name: _ORDER.get(name, 1))}


def _plain(value: Any) -> Any:
    if isinstance(value, Option):
        return _OnOneLine(_as_written(value))
    if isinstance(value, BaseModel):
        return _as_written(value)
    if isinstance(value, tuple):
        items = [_plain(item) for item in value]
        return _ListOnOneLine(items) if all(isinstance(item, str) for item in items) else items
    return value


class _OnOneLine(dict[str, Any]):
    """A mapping that is written as ``{name: yes}``."""


class _ListOnOneLine(list[Any]):
    """A list that is written as ``[one, two]``."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> Any:
        style = super().choose_scalar_style()
        return '"' if style == "'" else style

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        super().write_double_quoted(text, False)

    def write_plain(self, text: str, split: bool = True) -> None:
        super().write_plain(text, False)


_Dumper.add_representer(
    _OnOneLine, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True)
)
_Dumper.add_representer(
    _ListOnOneLine, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)


def _dump(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False)
