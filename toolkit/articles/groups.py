"""What belongs together: near-copies and stories, and the file that keeps them (``exports/<project>/groups.json``)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from toolkit.articles.model import Article
from toolkit.articles.near.boilerplate import Passage
from toolkit.articles.near.pairs import Pair
from toolkit.errors import BadInputError
from toolkit.files import read_json, to_json, write_json
from toolkit.project import GroupingSettings

_FORMAT = 1  # raise it where the same articles and settings would give other groups


@dataclass(frozen=True, slots=True)
class Groups:
    """The pairs of near-copies, the group of each article that has copies, and the story of each that has one.

    ``stories`` are those that articles came with and those that a person confirmed. ``made_from`` are digests of what
    the rest was made from: the articles with the thresholds, and the stories.
    """

    pairs: tuple[Pair, ...] = ()
    dup_groups: Mapping[str, str] = field(default_factory=dict)
    stories: Mapping[str, str] = field(default_factory=dict)
    boilerplate: tuple[Passage, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    made_from: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The groups as plain JSON values."""
        return asdict(self)


_GROUPS: TypeAdapter[Groups] = TypeAdapter(Groups)


def write_groups(path: Path, groups: Groups) -> None:
    """Write the file."""
    write_json(path, groups.as_dict())


def read_groups(path: Path) -> Groups:
    """Read the file. Raises BadInputError where it is not as goldkit wrote it."""
    try:
        return _GROUPS.validate_python(read_json(path))
    except ValidationError as error:
        problem = error.errors()[0]
        message = f"{path}: not as goldkit wrote it ({'.'.join(map(str, problem['loc']))}: {problem['msg']})"
    except BadInputError as error:
        message = error.message
    raise BadInputError(message, next=f"remove {path}, then goldkit articles group")


def copies_digest(articles: Mapping[str, Article], settings: GroupingSettings) -> str:
    """A digest of all that near-copies depend on."""
    said = [(id, article.text_sha256, article.outlet, article.dup_group) for id, article in sorted(articles.items())]
    return _digest([_FORMAT, said, thresholds(settings)])


def stories_digest(stories: Mapping[str, str]) -> str:
    """A digest of who is in which story."""
    return _digest(dict(stories))


def thresholds(settings: GroupingSettings) -> dict[str, float]:
    """The settings that near-copies depend on."""
    return {name: getattr(settings, name) for name in ("duplicate", "near_duplicate", "containment", "review")}


def _digest(value: Any) -> str:
    return hashlib.sha256(to_json(value).encode("utf-8")).hexdigest()


def together(groups: Groups, given: Mapping[str, str]) -> Iterator[Collection[str]]:
    """What no split may tear apart: near-copies pair by pair, stories, and the copies articles came with (``given``).

    Pairs that are for review are among them: one article would tell much of the other. Whole groups of copies are not:
    a new article that is a copy of two may be left out, and those two are no group then.
    """
    yield from ((pair.left, pair.right) for pair in groups.pairs)
    for of in (groups.stories, given):
        members: dict[str, list[str]] = defaultdict(list)
        for id, name in of.items():
            members[name].append(id)
        yield from members.values()
