"""Groups of near-copies: what hangs together by pairs, or because a person said so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from toolkit.articles.near.pairs import Kind, Pair

T = TypeVar("T", bound=Hashable)


def dup_groups(pairs: Iterable[Pair], given: Mapping[str, str]) -> dict[str, str]:
    """The group of each article that has copies.

    A group is named after its smallest article id, so that a new article seldom renames it. ``given`` are groups that
    the articles came with: such an article keeps its own, and so does a group with one of them; articles with the same
    one are copies.
    """
    together: dict[str, list[str]] = defaultdict(list)
    for article_id in sorted(given):
        together[given[article_id]].append(article_id)
    ties = [(pair.left, pair.right) for pair in pairs if pair.kind is not Kind.REVIEW]
    groups: dict[str, str] = {}
    for members in components([*ties, *together.values()]):
        if len(members) > 1:
            named = min((given[id] for id in members if id in given), default=_name(min(members), together))
            groups |= {id: given.get(id, named) for id in members}
    return dict(sorted(groups.items()))


def _name(article_id: str, taken: Mapping[str, object]) -> str:
    name = f"dup-{article_id}"
    while name in taken:
        name += "+"
    return name


def components(ties: Iterable[Iterable[T]]) -> list[list[T]]:
    """What hangs together by ties, each of two or more; every component once, in the order of the ties."""
    parent: dict[T, T] = {}

    def root(one: T) -> T:
        while parent[one] != one:
            parent[one] = one = parent[parent[one]]
        return one

    for tie in ties:
        members = list(tie)
        for member in members:
            parent.setdefault(member, member)
        for member in members[1:]:
            parent[root(member)] = root(members[0])
    found: dict[T, list[T]] = defaultdict(list)
    for one in parent:
        found[root(one)].append(one)
    return list(found.values())
