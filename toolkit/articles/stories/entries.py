"""``configs/stories.yaml``: the stories that were proposed, and what a person made of each.

    stories:
      - id: story-harbour-01-meridian
        confirmed: open                 # yes or no: a person decides
        articles:
          - harbour-01-meridian
          - harbour-02-courier
        because: "…"

``joins`` names a story that the articles may belong to, beside those that it has. A story that was refused is
remembered by its entry with ``confirmed: no``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field

from toolkit.articles.model import Article
from toolkit.articles.stories.propose import Decided
from toolkit.errors import BadInputError
from toolkit.files import parse_yaml, read_text
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.settings import Settings, form, parse_settings

_SHOWN = 3  # ids in a message

UNCONFIRMED = Rule(
    "story-unconfirmed",
    "A person has decided on every proposed story.",
    Severity.NOTE,
    "look at its articles, write confirmed: yes or no (or correct the list and write yes), then goldkit articles group",
)
UNKNOWN_ARTICLE = Rule(
    "story-unknown-article",
    "A story names articles that there are.",
    Severity.WARNING,
    "correct the id (goldkit articles list shows them), or take it out",
)
UNKNOWN_STORY = Rule(
    "story-unknown",
    "Articles join a story that there is.",
    Severity.WARNING,
    "correct the name, or take the line out: then the articles are a story of their own",
)
GIVEN_OTHERWISE = Rule(
    "story-given-otherwise",
    "An article that came with a story is confirmed in no other.",
    Severity.WARNING,
    "take the article out of this story: what it came with stands",
)


def _in_words(value: object) -> object:
    """YAML reads yes and no as true and false."""
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class Entry(Settings):
    """One story of the file. ``because`` is what spoke for it when it was proposed."""

    id: Annotated[str, form(r"^[^\s#]\S*$", "a name without spaces")]
    confirmed: Annotated[Literal["open", "yes", "no"], BeforeValidator(_in_words)] = "open"
    joins: str = ""
    articles: tuple[str, ...] = Field(min_length=1)
    because: str = ""

    @property
    def story(self) -> str:
        """The story id that its articles get."""
        return self.joins or self.id


class _File(Settings):
    stories: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Stories:
    """The file: its text, its entries, and the line that each begins in (from 1); all empty where there is none."""

    path: Path
    text: str = ""
    entries: tuple[Entry, ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def confirmed(self) -> dict[str, str]:
        """The confirmed story of each article that has one."""
        return {id: entry.story for entry in self.entries if entry.confirmed == "yes" for id in entry.articles}

    def decided(self, given: Mapping[str, str], untouched: frozenset[str] = frozenset()) -> Decided:
        """What is not to be proposed (again): ``given`` stories, and all entries but the ``untouched`` (ids)."""
        kept = [entry for entry in self.entries if entry.id not in untouched]
        waiting = {id: entry.story for entry in kept if entry.confirmed == "open" for id in entry.articles}
        refused = [entry for entry in kept if entry.confirmed == "no"]
        return Decided(
            stories={**waiting, **self.confirmed, **given},
            apart=tuple(frozenset(entry.articles) for entry in refused if not entry.joins),
            refused=tuple((id, entry.joins) for entry in refused if entry.joins for id in entry.articles),
        )

    def findings(self, articles: Mapping[str, Article]) -> Iterator[Finding]:
        """What is left to decide, and what does not fit the articles (as they came, without confirmed stories)."""
        known = {article.story_id for article in articles.values()} | {entry.id for entry in self.entries}
        for entry, line in zip(self.entries, self.lines, strict=True):
            place = Place(str(self.path), line)
            if entry.confirmed == "open":
                what = f"belong to {entry.joins}" if entry.joins else "are one story"
                first = ", ".join(entry.articles[:_SHOWN]) + (", …" if len(entry.articles) > _SHOWN else "")
                yield UNCONFIRMED.at(place, f"nobody has said whether {len(entry.articles)} articles {what}: {first}")
            if entry.joins and entry.joins not in known:
                yield UNKNOWN_STORY.at(place, f"no story is called {entry.joins}")
            for id in entry.articles:
                where = Place(str(self.path), line, article_id=id)
                if id not in articles:
                    yield UNKNOWN_ARTICLE.at(where, f"{entry.id} names an article that is not in the store")
                elif entry.confirmed == "yes" and articles[id].story_id not in ("", entry.story):
                    yield GIVEN_OTHERWISE.at(where, f"it came with the story {articles[id].story_id}")


def load_stories(path: Path) -> Stories:
    """Read the file; no file is no stories.

    Raises BadInputError with the lines where it is not such a file, where two entries have one id, and where an article
    is in two confirmed stories.
    """
    return parse_stories(read_text(path), path) if path.is_file() else Stories(path)


def parse_stories(text: str, path: Path) -> Stories:
    """The same for a text that is called ``path`` in errors."""
    data: Any = parse_yaml(text, path) or {}
    if isinstance(data, dict) and data.get("stories", ()) is None:
        data = {name: value for name, value in data.items() if name != "stories"}
    entries = parse_settings(_File, data, path).stories
    stories = Stories(path, text, entries, tuple(mark.line + 1 for mark in marks(text)) if entries else ())
    _ids_are_unique(stories)
    _stories_are_apart(stories)
    return stories


def marks(text: str) -> Iterator[yaml.Mark]:
    """Where each entry of the file begins, behind its dash."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)  # noqa: S101 - it was parsed into entries
    for key, value in root.value:
        if key.value == "stories":
            yield from (node.start_mark for node in value.value)


def _ids_are_unique(stories: Stories) -> None:
    first: dict[str, int] = {}
    for entry, line in zip(stories.entries, stories.lines, strict=True):
        if entry.id in first:
            raise BadInputError(
                f"{stories.path}:{line}: the id {entry.id} stands in line {first[entry.id]} as well",
                next=f"give one of them another id in {stories.path}",
            )
        first[entry.id] = line


def _stories_are_apart(stories: Stories) -> None:
    first: dict[str, tuple[str, int]] = {}
    for entry, line in zip(stories.entries, stories.lines, strict=True):
        for id in entry.articles if entry.confirmed == "yes" else ():
            story, before = first.setdefault(id, (entry.story, line))
            if story != entry.story:
                raise BadInputError(
                    f"{stories.path}:{line}: {id} is in {entry.story}, and in line {before} in {story}, both confirmed",
                    next=f"take {id} out of one of them, or make the two one story, in {stories.path}",
                )
