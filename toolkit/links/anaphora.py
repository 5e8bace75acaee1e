"""Who is meant within an article by a common noun or a pronoun."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add

from toolkit.links.groups import BESIDE, NAMED, NOMINAL, PRONOMINAL, Group, Seen, confusable, is_person
from toolkit.links.joining import agglomerate, evidence

_SENTENCE = re.compile(r"[.!?؟]['”’\")]*\s+|\n+")
_RELATIVE_GAP = 12  # characters between words and the "who" that leads back to them


def within(seen: Sequence[Seen], text: str) -> list[Group]:
    """An article's mentions, put together.

    Names and nouns come first, by their evidence. A noun that fits several means the one that was mentioned last. A
    pronoun means the first who fits in its own sentence, or in the nearest one before that has such; names go before
    nouns, and "who" means the words right before it. What nobody fits stays alone.
    """
    said = [one for one in seen if one.level != PRONOMINAL]
    groups = agglomerate([reduce(add, map(Group.of, side_by_side)) for side_by_side in _apposed(said, text)])
    for noun in [group for group in groups if not group.is_named]:
        fits = [one for one in groups if one.is_named and evidence(noun, one).part < 0]
        before = [(at, one) for one in fits if (at := _last(one, noun.first[1])) is not None]
        if before:
            named = max(before, key=lambda found: found[0])[1]
            groups[groups.index(named)] += noun
            groups.remove(noun)
    starts = [0, *(found.end() for found in _SENTENCE.finditer(text))]
    for one in seen:
        if one.level == PRONOMINAL:
            alone = Group.of(one)
            if meant := _meant(one, groups, starts):
                groups[groups.index(meant)] += alone
            else:
                groups.append(alone)
    return groups


def _apposed(seen: Sequence[Seen], text: str) -> Iterator[list[Seen]]:
    """A person's noun and name that stand side by side are one: "the technician William Hale"."""
    together: list[Seen] = []
    for one in seen:
        last = together[-1] if together else None
        if last and {last.level, one.level} == {NAMED, NOMINAL} and all(map(_of_person, (last, one))):
            between = text[last.mention.end : one.mention.start]
            if BESIDE.fullmatch(between) and len(together) == 1 and not _plural(last) and not _plural(one):
                together.append(one)
                continue
        if together:
            yield together
        together = [one]
    if together:
        yield together


def _meant(pronoun: Seen, groups: Sequence[Group], starts: Sequence[int]) -> Group | None:
    here = pronoun.mention.start
    fitting = [
        (one.mention.start, one.mention.end, group)
        for group in groups
        if _fits(pronoun, group)
        for one in group.seen
        if one.mention.end <= here
    ]
    if not fitting or pronoun.gender == "s":
        return None
    if pronoun.gender == "r":
        _, end, group = max(fitting, key=lambda found: found[:2])
        return group if here - end <= _RELATIVE_GAP else None
    fitting = [found for found in fitting if found[2].is_named] or fitting
    nearest = max(start for start, _, _ in fitting)
    begun = max(start for start in starts if start <= nearest)
    return min((found for found in fitting if found[0] >= begun), key=lambda found: found[:2])[2]


def _fits(pronoun: Seen, group: Group) -> bool:
    if not (pronoun.labels & group.labels or confusable(pronoun.labels, group.labels)):
        return False
    if {pronoun.gender, *group.genders} >= {"m", "f"}:
        return False
    if _of_person(pronoun) and pronoun.gender in ("m", "f", "n", "p"):
        plural = not group.is_named and any(map(_plural, group.seen))
        return plural == (pronoun.gender == "p")
    return True


def _of_person(seen: Seen) -> bool:
    return any(map(is_person, seen.labels))


def _plural(seen: Seen) -> bool:
    if seen.level == PRONOMINAL:
        return seen.gender == "p"
    last = seen.name.words[seen.name.head - 1].letters if seen.name.words else ""
    return seen.level == NOMINAL and (last in ("people", "men") or (last[-1:] == "s" and last[-2:] != "ss"))


def _last(group: Group, before: int) -> int | None:
    return max((one.mention.start for one in group.seen if one.mention.end <= before), default=None)
