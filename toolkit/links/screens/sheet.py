"""The sheet of a story: all its mentions in one text, below the entity that each is given to.

::

    7 Karl Vessing · PERSON
    Meridian Wire, 2031-03-14: … Interior Minister Karl Vessing blamed the …
    … rifles on Pier 6. Vessing did not say …

Headings and mentions are regions. What a region stands for is in a table beside the text, so nothing is ever read
from the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.annotations.model import Record
from toolkit.articles.model import Article
from toolkit.links.model import Entity, LinkedMention
from toolkit.spans import Span

SHEET, REGISTER, NAME, WIKIDATA, NO_ITEM = "sheet", "register", "name", "wikidata", "not_in_wikidata"
"""The names of the controls."""

UNSURE = "?"
NEW = tuple(f"new {number}" for number in range(1, 9))
"""The labels that every register has."""

_FIRST_WORD, _LAST_WORD = re.compile(r"^\S*\s+"), re.compile(r"\s+\S*$")

CONTEXT = 40
"""How much of the article is shown on either side of a mention, in code points."""

# Names and passages may run from right to left in a line that does not: each is set apart (Unicode's FSI and PDI).
# A line whose first letter is Arabic would begin at the right, were it not for the mark (LRM) before it.
_APART, _END, _LEFT_TO_RIGHT = "\u2068", "\u2069", "\u200e"


class ShownMention(Record):
    """A mention on the sheet, by its key."""

    key: str
    text: str
    type: str


class Table(Record):
    """What the regions of a sheet stand for: mentions and entities by region id, and the entities as they are shown."""

    mentions: dict[str, ShownMention]
    headings: dict[str, str]
    entities: tuple[Entity, ...]


@dataclass(slots=True)
class Sheet:
    """The text and where its regions are, in code points of that text."""

    text: str = ""
    regions: dict[str, Span] = field(default_factory=dict)

    def write(self, text: str, region: str = "") -> None:
        """Add text; with a region id it becomes that region."""
        start = len(self.text)
        self.text += text
        if region:
            self.regions[region] = Span(start, len(self.text))


def table(mentions: Sequence[LinkedMention], entities: Sequence[Entity]) -> Table:
    """Number the regions: mentions ``m1`` … in the order of their keys, headings ``h1`` … in that of the entities."""
    ordered = sorted(mentions, key=lambda one: one.key)
    return Table(
        mentions={
            f"m{number}": ShownMention(key=one.key, text=one.text, type=one.labels[0])
            for number, one in enumerate(ordered, 1)
        },
        headings={f"h{number}": one.id for number, one in enumerate(entities, 1)},
        entities=tuple(entities),
    )


def numbered(entities: Iterable[Entity]) -> dict[str, str]:
    """What an entity is called on the screen, by id, in the order of the sheet: names that are alike lie together."""
    ordered = sorted(entities, key=lambda one: (one.type, one.name.casefold(), one.name, one.id))
    return {one.id: f"{number} {_plain(one.name)}" for number, one in enumerate(ordered, 1)}


def lay_out(
    regions: Table, mentions: Sequence[LinkedMention], articles: Mapping[str, Article], open: Mapping[str, str]
) -> Sheet:
    """Write the sheet: what is open on top, then each entity, then mentions that nobody has placed."""
    sheet = Sheet()
    write = _Writer(sheet, regions, mentions, articles)
    if decide := [key for key in write.ids if key in open]:
        sheet.write("TO DECIDE\n")
        for key in decide:
            write.mentions([key])
            for words in open[key].splitlines():
                sheet.write(f"– {_APART}{_plain(words)}{_END}\n")
        sheet.write("\n")
    headings = {entity: region for region, entity in regions.headings.items()}
    entities = {entity.id: entity for entity in regions.entities}
    for id, shown in numbered(regions.entities).items():
        sheet.write(_LEFT_TO_RIGHT)
        sheet.write(shown, headings[id])
        about = [entities[id].type, entities[id].wikidata]
        sheet.write("".join(f" · {one}" for one in about if one) + "\n")
        write.mentions(key for key in entities[id].mentions if key not in open)
        sheet.write("\n")
    placed = {key for entity in regions.entities for key in entity.mentions}
    if rest := [key for key in write.ids if key not in placed and key not in open]:
        sheet.write("NOT PLACED\n")
        write.mentions(rest)
    return sheet


class _Writer:
    """Writes mentions in their context; an outlet is named once where several of its mentions follow each other."""

    def __init__(
        self, sheet: Sheet, regions: Table, mentions: Sequence[LinkedMention], articles: Mapping[str, Article]
    ) -> None:
        self.sheet = sheet
        self.ids = {mention.key: region for region, mention in regions.mentions.items()}
        self.by_key = {mention.key: mention for mention in mentions}
        self.articles = articles

    def mentions(self, keys: Iterable[str]) -> None:
        before = ""
        for mention in self._in_order(keys):
            article = self.articles[mention.article_id]
            if article.article_id != before:
                from_where = ", ".join(filter(None, (article.outlet or article.article_id, article.published[:10])))
                self.sheet.write(f"{_APART}{_plain(from_where)}{_END}: ")
            before = article.article_id
            left, right = context(article.text, Span(mention.start, mention.end), CONTEXT)
            self.sheet.write(f"{_APART}{_plain(left)}")
            self.sheet.write(_plain(mention.text) or "∅", self.ids[mention.key])
            self.sheet.write(f"{_plain(right)}{_END}\n")

    def _in_order(self, keys: Iterable[str]) -> Iterator[LinkedMention]:
        found = [self.by_key[key] for key in keys if key in self.by_key]
        yield from sorted(found, key=lambda one: (self._published(one), one.article_id, one.start, one.end))

    def _published(self, mention: LinkedMention) -> str:
        return self.articles[mention.article_id].published


def context(text: str, span: Span, length: int) -> tuple[str, str]:
    """So much of the text before and after a span, in whole words; ``…`` is where it goes on."""
    left, right = text[max(0, span.start - length) : span.start], text[span.end : span.end + length]
    if span.start > length:
        left = "… " + (_FIRST_WORD.sub("", left, 1) or left)
    if span.end + length < len(text):
        right = (_LAST_WORD.sub("", right, 1) or right) + " …"
    return left, right


def _plain(text: str) -> str:
    """The words on one line, spaces at the ends kept as one: what is shown is not what is read back."""
    return " ".join(f"\u200b{text}\u200b".split()).strip("\u200b")
