"""What two datasets offer those who load them: configs, splits, columns, class names. And what both of them do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.dataset.opened import Opened


@dataclass(frozen=True, slots=True)
class Columns:
    """How the offer changed. A part is a config's split (``claims/test``), a column has its config in front.

    Of the columns that stayed, ``changed`` have another type or a class under another number, ``grown`` have further
    classes behind those of before.
    """

    parts_added: tuple[str, ...] = ()
    parts_removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    grown: tuple[str, ...] = ()


NO_COLUMNS = Columns()


def compare_columns(old: Opened, new: Opened) -> Columns:
    """Compare the columns of the configs that both have, and name the configs and splits that only one has."""
    parts = [{f"{config}/{split}" for config in it.features for split in it.files(config)} for it in (old, new)]
    configs = sorted(old.features.keys() & new.features.keys())
    before, now = (
        {path: column for config in configs for path, column in _leaves(it.features[config], config)}
        for it in (old, new)
    )
    both = [path for path in sorted(before.keys() & now.keys()) if before[path] != now[path]]
    return Columns(
        parts_added=tuple(sorted(parts[1] - parts[0])),
        parts_removed=tuple(sorted(parts[0] - parts[1])),
        added=tuple(sorted(now.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - now.keys())),
        changed=tuple(path for path in both if not _grew(before[path], now[path])),
        grown=tuple(path for path in both if _grew(before[path], now[path])),
    )


def shared(old: Any, new: Any) -> Any:
    """The shape of what two features both have: a dict, a list of one shape, or None for a value as it is."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {name: shared(inner, new[name]) for name, inner in old.items() if name in new}
    inside = [getattr(feature, "feature", None) for feature in (old, new)]
    return None if None in inside else [shared(*inside)]


def within(shape: Any, value: Any) -> Any:
    """As much of a value as fits into a shape."""
    if shape is None or value is None:
        return value
    if isinstance(shape, list):
        return [within(shape[0], one) for one in value]
    return {name: within(inner, value[name]) for name, inner in shape.items()}


def class_columns(features: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of those columns that hold a class each."""
    return tuple(name for name, feature in features.items() if getattr(feature, "names", None) is not None)


def _leaves(feature: Any, path: str, lists: int = 0) -> Iterator[tuple[str, tuple[int, Any]]]:
    """The columns in a feature that hold values, by path: in how many lists, and the feature."""
    if isinstance(feature, dict):
        for name, inner in feature.items():
            yield from _leaves(inner, f"{path}.{name}", lists)
    elif (inner := getattr(feature, "feature", None)) is not None:
        yield from _leaves(inner, path, lists + 1)
    else:
        yield path, (lists, feature)


def _grew(old: tuple[int, Any], new: tuple[int, Any]) -> bool:
    before, now = (getattr(feature, "names", None) for _, feature in (old, new))
    return old[0] == new[0] and before is not None and now is not None and now[: len(before)] == before
