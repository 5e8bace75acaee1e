"""What `goldkit articles group` found, for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from toolkit.articles.near.pairs import Kind, Pair
from toolkit.cli.output import as_text, table
from toolkit.findings import Severity
from toolkit.stages.talk import counted

if TYPE_CHECKING:
    from toolkit.articles.near.boilerplate import Passage
    from toolkit.articles.stories.entries import Entry
    from toolkit.stages.group import Grouped
    from toolkit.workspace import Workspace

MOST = 50  # lines of a table; the file has all
_WIDE = 80  # characters of a passage


def as_words(grouped: Grouped, workspace: Workspace) -> str:
    """Pairs, the worst first; groups; what was left out as boilerplate; stories, and what to do about them."""
    groups = grouped.groups
    copies, stories = set(groups.dup_groups.values()), set(groups.stories.values())
    parts = [
        _cut(("kind", "Jaccard", "containment", "left", "right"), list(_pairs(groups.pairs))),
        _cut(("group of copies", "articles"), list(_members(groups.dup_groups.items()))),
        _cut(("articles", "outlet", "left out of the comparison as boilerplate"), list(_passages(groups.boilerplate))),
        _cut(("proposed story", "joins", "articles", "because"), list(_proposed(grouped.proposed))),
        as_text(one for one in grouped.findings if one.severity is not Severity.NOTE),
        "\n".join(
            [
                f"{counted(len(groups.pairs), 'pair')}, {counted(len(copies), 'group')} of copies",
                f"{len(stories)} stories: {counted(grouped.given, 'article')} came with one, {grouped.confirmed} "
                f"confirmed; {len(grouped.proposed)} proposed",
                f"all of it: {workspace.groups}",
                *([f"next: say yes or no to what is open in {workspace.stories}"] if grouped.proposed else []),
            ]
        ),
    ]
    return "\n\n".join(part for part in parts if part)


def _cut(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    if not rows:
        return ""
    more = f"\n… and {len(rows) - MOST} more: --format json prints all of them" if len(rows) > MOST else ""
    return table(columns, rows[:MOST]) + more


def _pairs(pairs: Iterable[Pair]) -> Iterator[tuple[object, ...]]:
    kinds = [*Kind]
    worst = sorted(pairs, key=lambda pair: (kinds.index(pair.kind), -pair.jaccard, pair.left, pair.right))
    yield from ((pair.kind, f"{pair.jaccard:.2f}", f"{pair.containment:.2f}", pair.left, pair.right) for pair in worst)


def _members(groups: Iterable[tuple[str, str]]) -> Iterator[tuple[object, ...]]:
    members: dict[str, list[str]] = defaultdict(list)
    for id, name in groups:
        members[name].append(id)
    yield from ((name, " ".join(sorted(ids))) for name, ids in sorted(members.items()))


def _proposed(entries: Iterable[Entry]) -> Iterator[tuple[object, ...]]:
    yield from ((entry.id, entry.joins or "-", len(entry.articles), entry.because) for entry in entries)


def _passages(passages: Iterable[Passage]) -> Iterator[tuple[object, ...]]:
    for passage in passages:
        line = " ".join(passage.text.split())
        yield passage.articles, passage.outlet or "-", line if len(line) <= _WIDE else f"{line[:_WIDE]}…"
