"""What became of the mentions and cues that annotators drew: where the links to them end in the gold."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Cue, Mention, SpanItem
from toolkit.gold.ballots import Unsettled
from toolkit.gold.compare.ends import End, Ends, Link
from toolkit.gold.compare.groups import Group

_Twins = tuple[str, int, int, tuple[str, ...]]


class GoldEnds:
    """The gold of every mention and cue, as far as it is settled.

    A span that its annotator labelled twice in the same way is one end: where one of the two is not settled, the other
    stands for it.
    """

    def __init__(self, groups: Iterable[Group[Mention] | Group[Cue]], grammar: Grammar) -> None:
        """Take all groups of mentions and cues."""
        self._grammar = grammar
        self._labels: dict[str, tuple[str, ...]] = {}
        self._same = Ends((*group.items.items(), *group.context.items()) for group in groups)
        self._gold: dict[int, str] = {}
        self._twins: dict[_Twins, str] = {}
        self._open: set[int] = set()

    def settle(self, members: Iterable[tuple[str, SpanItem]], item: SpanItem) -> None:
        """Note that annotators' spans became this item of the gold. Claims are no ends, and left aside."""
        for whose, end in members:
            if isinstance(end, Mention | Cue):
                self._gold[id(end)] = item.id
                self._twins.setdefault(_twins(whose, end), item.id)
        self._labels[item.id] = item.labels if isinstance(item, Mention) else (self._grammar.label_of(item),)

    def leave(self, members: Iterable[tuple[str, object]]) -> None:
        """Note that spans are left for a person."""
        self._open.update(id(end) for _, end in members)

    def places(self, whose: str, ends: Iterable[End]) -> str:
        """What several ends are, settled or not, in a word: equal where they are the same things."""
        return "\n".join(sorted({str(self._same.of(whose, end)) for end in ends}))

    def way(self, whose: str, link: Link) -> Hashable:
        """What a link joins and, where it is not symmetric, in which direction."""
        joined = self._same.of(whose, link.head), self._same.of(whose, link.tail)
        return frozenset(joined) if self._grammar.relations[link.relation.type].symmetric else joined

    def joined(self, type: str, head: str, tail: str) -> tuple[str, str]:
        """The ends of a relation in the gold, in an order in which its type joins their labels.

        Raises Unsettled where it does not join them at all: its annotators saw something else there than the gold has.
        """
        relation = self._grammar.relations[type]
        for ends in ((head, tail), (tail, head)) if relation.symmetric else ((head, tail),):
            if relation.joins(self._labels[ends[0]], self._labels[ends[1]]):
                return ends
        raise Unsettled("end-type")

    def linked(self, role: str, ends: Iterable[str]) -> tuple[str, ...]:
        """The same for what a claim is linked to in a role, sorted."""
        (type,) = (name for name, its in self._grammar.links.items() if its == role)
        relation, content = self._grammar.relations[type], (self._grammar.content,)
        found = tuple(sorted({*ends}))
        if not all(relation.joins(content, self._labels[end]) for end in found):
            raise Unsettled("end-type")
        return found

    def gold(self, links: Iterable[tuple[str, Sequence[End]]], *, apart: bool = False) -> list[str]:
        """Where one thing ends that several drew: the gold of the first one's ends, if all of them are there.

        Args:
            links: annotators and their ends.
            apart: no two ends may have become one.

        Raises Unsettled where nobody's ends are all there.
        """
        is_open = False
        for whose, ends in links:
            found = [self._gold.get(id(end)) or self._twins.get(_twins(whose, end), "") for end in ends]
            if all(found) and not (apart and len({*found}) < len(found)):
                return found
            is_open |= any(not name and id(end) in self._open for name, end in zip(found, ends, strict=True))
        raise Unsettled("end-open" if is_open else "end-missing")


def _twins(whose: str, end: End) -> _Twins:
    return whose, end.start, end.end, end.labels if isinstance(end, Mention) else ()
