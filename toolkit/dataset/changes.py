"""Two datasets compared: what is new, gone and different, read from their files side by side, article by article.

An item is known by its article and its place: a mention or a claim by its offsets, a relation by those of its ends, a
vote by its annotator, linked claims by their story and the places of both. So a mention with another label has changed,
and one with other boundaries is gone and new. Columns that only one dataset has change no item. Memory stays flat.
"""

from __future__ import annotations

import filecmp
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Any

from toolkit.dataset.columns import NO_COLUMNS, Columns, class_columns, compare_columns, shared, within
from toolkit.dataset.opened import Opened
from toolkit.dataset.summary import Summary
from toolkit.dataset.write import Row
from toolkit.ontology.changes import Change
from toolkit.ontology.compare import compare as compare_ontologies

SPLIT = "split"  # a column of documents as far as changes go: which file the article is in


@dataclass(frozen=True, slots=True)
class Table:
    """How the items of one kind changed.

    ``columns`` are items by the column that differs, ``classes`` the same of a column's values: ``PERSON →
    ORGANIZATION``. An article that is in another split, and otherwise as it was, is not ``changed``.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.columns)

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain JSON values, none of them 0."""
        counts = {
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "columns": dict(self.columns),
            "classes": {column: dict(values) for column, values in self.classes.items()},
        }
        return {name: count for name, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one dataset to another; from none, all is new.

    ``tables`` are by kind of item (``KINDS``), ``annotators`` how many came and went. ``text`` says whether the texts
    came or went. ``files`` are other files that differ, where nothing else does.
    """

    tables: Mapping[str, Table]
    columns: Columns = NO_COLUMNS
    ontology: tuple[Change, ...] = ()
    annotators: tuple[int, int] = (0, 0)
    text: str = ""
    files: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.as_dict())

    @property
    def moved(self) -> Mapping[str, int]:
        """Articles that are in another split, ``train → test``."""
        return self.tables["documents"].classes.get(SPLIT, {})

    @property
    def texts(self) -> int:
        """Articles whose text is another one."""
        return self.tables["documents"].columns.get("text_sha256", 0)

    def as_dict(self) -> dict[str, Any]:
        """The changes as plain JSON values; what did not change is not in them."""
        of_columns = {name: list(getattr(self.columns, name)) for name in Columns.__dataclass_fields__}
        came, went = self.annotators
        found = {
            "tables": {kind: table.as_dict() for kind, table in self.tables.items() if table},
            "columns": {name: paths for name, paths in of_columns.items() if paths},
            "ontology": [change.as_dict() for change in self.ontology],
            "annotators": {what: count for what, count in (("added", came), ("removed", went)) if count},
            "text": self.text,
            "files": list(self.files),
        }
        return {name: what for name, what in found.items() if what}


@dataclass(frozen=True, slots=True)
class Kind:
    """Items of one kind: the rows of a config, or of a list ``inside`` them, what places one, and its class."""

    config: str
    place: Callable[[Row], Any] = lambda row: ()
    label: str = ""
    inside: str = ""
    apart: str = ""  # a list in the row that is a kind of its own
    by: str = "article_id"  # the column that its files are sorted by


def _span(row: Row) -> tuple[int, int]:
    return row["start"], row["end"]


def _pair(row: Row) -> tuple[Any, ...]:
    return tuple(sorted((end["article_id"], _span(end)) for end in (row["head"], row["tail"])))


KINDS = {
    "documents": Kind("documents"),
    "tokens": Kind("entities", apart="entities"),
    "entities": Kind("entities", _span, label="label", inside="entities"),
    "relations": Kind("relations", lambda row: (_span(row["head"]), _span(row["tail"])), label="type"),
    "claims": Kind("claims", _span),
    "entity_links": Kind("entity_links", _span),
    "claim_links": Kind("claim_links", _pair, by="story_id"),
    "stories": Kind("stories", by="story_id"),
    "annotations": Kind("annotations", itemgetter("annotator")),
}


def compare(old: Opened | None, new: Opened, files: Collection[str] = ()) -> Changes:
    """Every change from ``old`` to ``new``; ``files`` are those that differ beside the tables."""
    tables = {name: _compare(kind, old, new) for name, kind in KINDS.items()}
    before, now = (_annotators(opened) for opened in (old, new))
    annotators = len(now - before), len(before - now)
    if old is None:
        return Changes(tables, annotators=annotators)
    return Changes(
        tables=tables,
        columns=compare_columns(old, new),
        ontology=compare_ontologies(old.ontology, new.ontology),
        annotators=annotators,
        text="" if old.has_text == new.has_text else "added" if new.has_text else "dropped",
        files=tuple(sorted(files)),
    )


def _compare(kind: Kind, old: Opened | None, new: Opened) -> Table:
    if old and _same_bytes(old, new, kind.config):
        return Table()
    classes = {SPLIT, *class_columns(_features(kind, new) or {})}
    counts = dict.fromkeys(("added", "removed", "changed"), 0)
    columns: Counter[str] = Counter()
    values: dict[str, Counter[str]] = defaultdict(Counter)
    for before, now in _pairs(kind, old, new):
        if before is None or now is None:
            counts["added" if before is None else "removed"] += 1
            continue
        differing = [name for name in before if before[name] != now[name]]
        counts["changed"] += differing not in ([], [SPLIT])
        columns.update(differing)
        for name in classes.intersection(differing):
            values[name][f"{before[name] or 'none'} → {now[name] or 'none'}"] += 1
    return Table(
        **counts,
        columns=dict(sorted(columns.items())),
        classes={name: dict(sorted(pairs.items())) for name, pairs in sorted(values.items())},
    )


def _same_bytes(old: Opened, new: Opened, config: str) -> bool:
    left, right = old.files(config), new.files(config)
    return left.keys() == right.keys() and all(filecmp.cmp(left[it], right[it], shallow=False) for it in left)


def _features(kind: Kind, opened: Opened | None) -> Any:
    """The features of an item; None where the config is not there."""
    columns: Any = opened.features.get(kind.config) if opened else None
    if columns is None:
        return None
    if kind.inside:
        return columns[kind.inside].feature
    return {name: feature for name, feature in columns.items() if name != kind.apart}


def _pairs(kind: Kind, old: Opened | None, new: Opened) -> Iterator[tuple[Row | None, Row | None]]:
    """Every item of ``old`` with what it became in ``new``, in the columns of both; None where there is nothing."""
    shape = shared(_features(kind, old), _features(kind, new))
    streams = [
        _stream(opened, kind, split, side)
        for side, opened in enumerate((old, new))
        if opened
        for split in opened.files(kind.config)
    ]
    for _, rows in groupby(heapq.merge(*streams, key=itemgetter(0)), key=itemgetter(0)):  # files are sorted by it
        places: dict[Any, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
        for _, side, split, row in rows:
            for item in row[kind.inside] if kind.inside else [row]:
                of = {SPLIT: split} if kind.config == "documents" else {}
                places[kind.place(item)][side].append({**within(shape, item), **of})
        for before, now in places.values():
            yield from _paired(before, now, kind.label)


def _stream(opened: Opened, kind: Kind, split: str, side: int) -> Iterator[tuple[str, int, str, Row]]:
    return ((row[kind.by], side, split, row) for row in opened.named(kind.config, split))


def _paired(old: list[Row], new: list[Row], label: str) -> Iterator[tuple[Row | None, Row | None]]:
    """Items in one place: what is the same first, then what is of one class, then as they stand."""
    yield from _taken(old, new, lambda one, other: one == other)
    if label:
        yield from _taken(old, new, lambda one, other: bool(one[label] == other[label]))
    yield from zip_longest(old, new)


def _taken(old: list[Row], new: list[Row], same: Callable[[Row, Row], bool]) -> Iterator[tuple[Row, Row]]:
    """Take out of two lists what is the same, pair by pair."""
    for row in list(old):
        for number, other in enumerate(new):
            if same(row, other):
                old.remove(row)
                yield row, new.pop(number)
                break


def _annotators(opened: Opened | None) -> set[str]:
    return set(Summary(opened).counts("annotations", "annotator")) if opened else set()
