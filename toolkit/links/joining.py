"""What makes two groups of mentions one, and what keeps them apart: the evidence, its weights, and how it is used.

| evidence | weight |
| --- | --- |
| the same name (in whatever order, without titles and particles) | 1.0 |
| an initial or the start of a given name, with the surname | 0.95 |
| another spelling: the same skeleton, and a sound that is alike; a name with and without its place | 0.9 |
| an acronym of the name; the last words of a person's name; a part of another name, not only its place | 0.85 |
| one letter off, or two that changed places | 0.8 |
| a given name alone; a role that somebody has; the same common noun, if it is not one such as official | 0.8 |
| a surname with a given name that is only perhaps a short form; words of few sounds that are a whole name | 0.6 |
| the same role, or a relation to the same name | + 0.2 |
| types that people confuse, such as GPE and ORGANIZATION | − 0.2 |

From 0.75 on two groups are one, the best first, unless something keeps them apart:

- types that nobody confuses; given names or surnames that disagree (Petr and Petra do); he and she; two numbers; a word
  such as north and new in one name only
- one article that mentions both, where the evidence is less than another spelling: outlets keep to one spelling
- what is only a part of a name, or a role, joins the only one that has it; where two have it, the one whose role it
  shares, or nobody; a common noun joins a name within its article only
- a surname or initials that people of the story share who are two (Ivan and Igor Dorro, Mr and Mrs Karn): two such
  mentions are one in one article, or with one role, and stay apart otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from toolkit.links.groups import Group, confusable
from toolkit.links.names import (
    NEAR,
    PART,
    SAME,
    SPELLING,
    UNCLEAR,
    Name,
    given_likeness,
    likeness,
    matched,
    same_alone,
    surname_likeness,
    unlike,
)

THRESHOLD = 0.75
PART_OF_NAME, ONLY_ONE, COMMON_NOUN = 0.85, 0.8, 0.8
COMPANY, CONFUSABLE = 0.2, -0.2
_BEGINNING = 4  # letters of a sound that two words must share to be looked at where their skeletons differ


class Evidence(NamedTuple):
    """How much speaks for one; ``part`` is -1 or 1 where only the left or right one is a part of the other's name."""

    weight: float
    part: int = 0


NONE = Evidence(0)


def agglomerate(groups: Sequence[Group]) -> list[Group]:
    """Join groups, best evidence first; the order in which they come makes no difference."""
    groups = sorted(groups, key=lambda group: group.first)
    parent = list(range(len(groups)))
    joined = list(groups)

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = one = parent[parent[one]]
        return one

    def join(left: int, right: int) -> None:
        left, right = sorted((left, right))
        parent[right] = left
        joined[left] += joined[right]

    def unite(left: int, right: int, weight: float) -> None:
        left, right = root(left), root(right)
        if left != right and not apart(joined[left], joined[right], weight):
            join(left, right)

    whole: list[tuple[float, int, int]] = []
    short: list[tuple[float, int, int]] = []
    sexes: dict[int, frozenset[str]] = defaultdict(frozenset)  # of all who may be one
    parts: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for left, right in _candidates(groups):
        weight, part = evidence(groups[left], groups[right])
        if weight < THRESHOLD:
            continue
        if part:
            parts[left if part < 0 else right].append((weight, right if part < 0 else left))
        else:
            (short if _in_short(groups[left]) and _in_short(groups[right]) else whole).append((-weight, left, right))
        for one, other in ((left, right), (right, left)):
            sexes[one] |= groups[other].genders
    shared = {one for one, found in sexes.items() if len(found) > 1 and not groups[one].genders}
    for weight, left, right in sorted(whole):
        unite(left, right, -weight)
    for part in sorted(parts, key=lambda one: (-max(len(name.words) for name in groups[one].names), one)):
        best = max(weight for weight, _ in parts[part])
        own = root(part)
        bearers = {root(longer) for weight, longer in parts[part] if weight == best}
        bearers = {one for one in bearers if one == own or not apart(joined[own], joined[one], SAME)}
        if groups[part].genders:  # Mr or Mrs Karn: nobody knows which of them Jo Karn is
            bearers -= {one for one in map(root, shared) if not joined[one].genders}
        if len(bearers) > 1 and own not in bearers:
            told = {one for one in bearers if _roles(groups[part]) & _roles(joined[one])}
            bearers = told if len(told) == 1 else bearers
        if len(bearers) == 1 and own not in bearers:
            join(own, bearers.pop())
        elif any(apart(joined[one], joined[other], SAME) for one, other in combinations(sorted(bearers), 2)):
            shared.add(part)
    for weight, left, right in sorted(short):
        if shared.isdisjoint((left, right)) or (
            shared.issuperset((left, right)) and _tells(groups[left], groups[right])
        ):
            unite(left, right, -weight)
    return [joined[one] for one in range(len(groups)) if parent[one] == one]


def _in_short(group: Group) -> bool:
    """Whether it is somebody who is called by one name only, or by initials."""
    return group.of_person and group.is_named and all(len(one.words) < 2 or one.has_initial for one in group.names)


def _roles(group: Group) -> frozenset[str]:
    return frozenset(one for one in group.company if not one.startswith("~")) if group.of_person else frozenset()


def _tells(left: Group, right: Group) -> bool:
    """Whether the two are one though others have the name: one article calls them so, or they have one role."""
    return bool(left.articles & right.articles or _roles(left) & _roles(right))


def _candidates(groups: Sequence[Group]) -> list[tuple[int, int]]:
    """Pairs that share a word's skeleton or beginning, an acronym, or a role: nothing else is looked at."""
    blocks: dict[str, list[int]] = defaultdict(list)
    holders: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        if _says_nothing(group):
            continue
        for key in {key for name in group.names for key in _keys(name)}:
            blocks[key].append(number)
        if group.of_person and group.is_named:
            for role in group.company:
                holders[role].append(number)
    found = {pair for members in blocks.values() for pair in combinations(members, 2)}
    for number, group in enumerate(groups):
        if group.of_person and not group.is_named:
            found.update((min(number, one), max(number, one)) for role in group.company for one in holders[role])
    return sorted(found)


@lru_cache(maxsize=1 << 14)
def _keys(name: Name) -> frozenset[str]:
    acronyms = {f"={one}" for one in (name.acronym, *name.initials) if one}
    return frozenset({key for word in name.words for key in (word.skeleton, f"{word.sound[:_BEGINNING]}-")} | acronyms)


def evidence(left: Group, right: Group) -> Evidence:
    """What speaks for the two being one; nothing where one is a noun that may mean anybody."""
    if _says_nothing(left) or _says_nothing(right):
        return NONE
    shared = left.labels & right.labels
    if not shared and not confusable(left.labels, right.labels):
        return NONE
    of_person = left.of_person or right.of_person
    if left.is_named != right.is_named and of_person:
        return _role(left, right)
    if not left.is_named and not right.is_named:
        return _noun(left, right)
    found = max((names_evidence(one, other, of_person) for one in left.names for other in right.names), default=NONE)
    if not found.weight or (found.part and left.is_named != right.is_named and not left.articles & right.articles):
        return NONE
    company = COMPANY if not found.part and found.weight < SPELLING and left.company & right.company else 0
    return Evidence(round(found.weight + company + (0 if shared else CONFUSABLE), 3), found.part)


def _says_nothing(group: Group) -> bool:
    return group.vague and not group.is_named


@lru_cache(maxsize=1 << 14)
def names_evidence(left: Name, right: Name, of_person: bool) -> Evidence:
    """What two names say alone."""
    if left.acronym and left.acronym in right.initials:
        return Evidence(PART_OF_NAME, -1)
    if right.acronym and right.acronym in left.initials:
        return Evidence(PART_OF_NAME, 1)
    return _people(left, right) if of_person else _things(left, right)


def _people(left: Name, right: Name) -> Evidence:
    if len(left.words) > len(right.words):
        found = _people(right, left)
        return Evidence(found.weight, -found.part)
    short, long = left.words, right.words
    if not short:
        return NONE
    if len(short) < len(long):
        ends = min(map(surname_likeness, short, long[-len(short) :]))
        if ends >= SPELLING:
            return Evidence(PART_OF_NAME, -1)
        if len(short) == 1:
            return Evidence(ONLY_ONE, -1) if likeness(short[0], long[0]) == SAME else NONE
    surname = surname_likeness(short[-1], long[-1])
    if len(short) == 1 or not surname:
        return Evidence(surname)
    given = given_likeness(short[0], long[0])
    shortened = 0 if given != PART else -1 if len(short[0].letters) < len(long[0].letters) else 1
    return Evidence(min(surname, given) if given > UNCLEAR else min(given, UNCLEAR), shortened)


def _things(left: Name, right: Name) -> Evidence:
    if len(left.words) > len(right.words):
        found = _things(right, left)
        return Evidence(found.weight, -found.part)
    if len(left.words) == len(right.words) == 1:
        return Evidence(same_alone(left.words[0], right.words[0]))
    alike = matched(left.words, right.words)
    if not alike or len(left.words) == len(right.words):
        return Evidence(alike)
    if alike < SPELLING or all(word.letters.isdigit() for word in left.words):
        return NONE
    if not any(likeness(one, other) for one in left.words for other in right.words[: right.head]):
        return NONE  # it is only where the other is
    if matched(left.words, right.words[: right.head]) and len(left.words) == right.head:
        return Evidence(SPELLING if alike == SAME else NEAR)  # the rest only says where it is
    return Evidence(PART_OF_NAME, -1)


def _role(left: Group, right: Group) -> Evidence:
    """A common noun for a person, such as minister, and somebody who has the role."""
    named, nominal = (left, right) if left.is_named else (right, left)
    return Evidence(ONLY_ONE, 1 if named is left else -1) if _heads(nominal) & named.company else NONE


def _noun(left: Group, right: Group) -> Evidence:
    """The same common noun, where it says who or what it is; what one of them adds does not matter."""
    if not _heads(left) & _heads(right):
        return NONE
    pairs = ((one, other) for one in left.names for other in right.names)
    fits = any(set(one.spelt) <= set(other.spelt) or set(other.spelt) <= set(one.spelt) for one, other in pairs)
    return Evidence(COMMON_NOUN) if fits else NONE


def _heads(group: Group) -> frozenset[str]:
    return frozenset(one.words[one.head - 1].sound for one in group.names if one.words)


def apart(left: Group, right: Group, weight: float) -> bool:
    """Whether something keeps the two apart that evidence of this weight does not outweigh."""
    together = bool(left.articles & right.articles)
    if together and weight < SPELLING and left.is_named and right.is_named:
        return True
    if len(left.genders | right.genders) > 1:
        return True
    if left.of_person != right.of_person or not (left.labels & right.labels or confusable(left.labels, right.labels)):
        return True
    if not (left.is_named and right.is_named):
        return False
    return any(clash(one, other, left.of_person, together) for one in left.names for other in right.names)


def clash(left: Name, right: Name, of_person: bool, together: bool = False) -> bool:
    """Whether two names cannot be one's: given names, surnames, numbers or directions disagree.

    ``together``: one article has both, and then one surname with two spellings of a given name is two of a family.
    """
    if left.numbers and right.numbers and left.numbers != right.numbers:
        return True
    if not of_person:
        return left.directions != right.directions
    short, long = sorted((left.words, right.words), key=len)
    if len(short) < 2 or (len(short) < len(long) and all(map(likeness, short, long[-len(short) :]))):
        return False
    given = given_likeness(short[0], long[0])
    family = together and given in (SPELLING, NEAR) and short[-1].letters == long[-1].letters
    return not given or family or unlike(short[-1], long[-1])
