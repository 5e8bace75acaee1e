"""What changed in a dataset, in sentences, and how far its version has to rise for each.

What breaks the code that loads it, or makes results on it and on the one before incomparable, is major: a config, a
split, a column or a class that is gone or moved, an article that is gone, in another split or has another text. More
data, and corrections of gold, are minor; words about the data a patch. Below 1.0.0 all of it counts one number lower
(``raised``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from toolkit.dataset.changes import SPLIT, Changes, Table
from toolkit.dataset.documentation.markdown import code
from toolkit.dataset.features import ACROSS
from toolkit.ontology.changes import Change, Contract
from toolkit.ontology.versions import Bump

TITLE = "# Changes\n"

_SHOWN = 10  # names of one sentence

# One item of each kind, and several.
_ITEMS = {
    "documents": ("article", "articles"),
    "tokens": ("tokenised article", "tokenised articles"),
    "entities": ("mention", "mentions"),
    "relations": ("relation", "relations"),
    "claims": ("claim", "claims"),
    "entity_links": ("linked mention", "linked mentions"),
    "claim_links": ("link between claims", "links between claims"),
    "stories": ("story", "stories"),
    "annotations": ("vote", "votes"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One change in words, Markdown, and the number of the version that has to rise for it."""

    bump: Bump
    sentence: str


def told(changes: Changes) -> tuple[Told, ...]:
    """Every change, those first that ask most of the version."""
    found = [*_loading(changes), *_ontology(changes.ontology), *_articles(changes), *_items(changes)]
    if changes.files:
        found.append(Told(Bump.PATCH, f"Written anew: {_names(changes.files)}."))
    return tuple(sorted(found, key=lambda one: -one.bump))


def needed(changes: Changes) -> Bump:
    """How far the version has to rise."""
    return max((one.bump for one in told(changes)), default=Bump.NONE)


def entry(version: str, date: str, previous: str, changes: Changes) -> str:
    """A release's own part of the changelog: what changed since ``previous``, or what is in the first one."""
    if previous:
        lines = [f"{'**Breaking.** ' * (one.bump is Bump.MAJOR)}{one.sentence}" for one in told(changes)]
    else:
        counts = {
            kind: table.added
            for kind, table in changes.tables.items()
            if kind in _ITEMS and kind != "tokens" and (table.added or kind not in ACROSS)
        }
        counted = ", ".join(_many(count, kind) for kind, count in counts.items())
        lines = [f"{counted}, of {_plural(changes.annotators[0], 'annotator')}."]
    head = f"Since {previous}:" if previous else "The first release."
    return "\n".join([f"## {version} ({date})", "", head, "", *(f"- {line}" for line in lines)]) + "\n"


def changelog(newest: str, before: str = "") -> str:
    """The whole changelog: an entry, and under it those of the changelog before."""
    return "\n".join(part for part in (TITLE, newest, before.removeprefix(TITLE).lstrip("\n")) if part)


def _loading(changes: Changes) -> Iterator[Told]:
    columns = changes.columns
    if changes.text == "dropped":
        yield Told(Bump.MAJOR, "The texts are no longer in it: offsets, addresses and digests remain.")
    for bump, what, names in (
        (Bump.MAJOR, "No longer there, and no longer loaded", columns.parts_removed),
        (Bump.MAJOR, "Columns gone", columns.removed),
        (Bump.MAJOR, "Columns with another type, or with classes under other numbers", columns.changed),
        (Bump.MINOR, "New to load", columns.parts_added),
        (Bump.MINOR, "New columns", columns.added),
        (Bump.MINOR, "Columns with new classes behind those of before", columns.grown),
    ):
        if names:
            yield Told(bump, f"{what}: {_names(names)}.")
    if changes.text == "added":
        yield Told(Bump.MINOR, "The texts are in it now.")


def _ontology(changes: Iterable[Change]) -> Iterator[Told]:
    for change in changes:
        breaks = Contract.DATASET in change.breaks
        yield Told(Bump.MAJOR if breaks else min(change.rule.bump, Bump.MINOR), f"Ontology: {code(change.message)}.")


def _articles(changes: Changes) -> Iterator[Told]:
    documents = changes.tables["documents"]
    for move, count in changes.moved.items():
        yield Told(Bump.MAJOR, f"{_many(count, 'documents')} moved to another split: {code(move)}.")
    if changes.texts:
        yield Told(
            Bump.MAJOR, f"{_many(changes.texts, 'documents')} with another text: offsets of before do not fit it."
        )
    if documents.removed:
        yield Told(Bump.MAJOR, f"{_many(documents.removed, 'documents')} gone.")


def _items(changes: Changes) -> Iterator[Told]:
    for kind, table in changes.tables.items():
        removed = 0 if kind == "documents" else table.removed
        said = [f"{_many(table.added, kind)} new" * bool(table.added), f"{_many(removed, kind)} gone" * bool(removed)]
        if columns := {name: count for name, count in table.columns.items() if name != SPLIT}:
            said.append(f"{_many(table.changed, kind)} changed: {_counted(columns, table)}")
        if parts := [part for part in said if part]:
            yield Told(Bump.MINOR, f"{'; '.join(parts)}.")
    came, went = changes.annotators
    for count, what in ((came, "new"), (went, "gone")):
        if count:
            yield Told(Bump.MINOR, f"{_plural(count, 'annotator')} {what}.")


def _counted(columns: Mapping[str, int], table: Table) -> str:
    """The columns that changed with their counts, and of classes from what to what, the most frequent first."""
    parts = []
    for name, count in columns.items():
        values = Counter(table.classes.get(name, {})).most_common()
        pairs = [f"{code(value)} {number}" for value, number in values[:_SHOWN]] + ["…"] * (len(values) > _SHOWN)
        parts.append(f"{code(name)} {count}" + (f" ({', '.join(pairs)})" if pairs else ""))
    return ", ".join(parts)


def _names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(code, names[:_SHOWN])) + more


def _many(count: int, kind: str) -> str:
    return f"{count} {_ITEMS[kind][count != 1]}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + "s" * (count != 1)
