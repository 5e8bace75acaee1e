"""One article of a dataset with all that is said of it, put together from the rows of its configs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby

from toolkit.dataset.opened import Opened
from toolkit.dataset.tokens import tokenize
from toolkit.dataset.write import Row
from toolkit.errors import BadInputError
from toolkit.spans import Span

CONFIGS = ("documents", "entities", "relations", "claims")
ID = "article_id"


@dataclass(frozen=True)
class Document:
    """An article's rows with class names; ``entities`` is None where its entities are not gold.

    A mention with two labels is two mentions here, as it is in the dataset: ``key`` tells mentions apart.
    """

    described: Row
    entities: Row | None = None
    relations: tuple[Row, ...] = ()
    claims: tuple[Row, ...] = ()

    @property
    def article_id(self) -> str:
        """The article's id."""
        return str(self.described[ID])

    @property
    def text(self) -> str:
        """The frozen text that all offsets count code points in."""
        return str(self.described["text"])

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that are gold: in the others, nothing said means nothing."""
        return tuple(self.described["layers"] or ())

    @cached_property
    def tokens(self) -> list[Span]:
        """The tokens, as the dataset has them where it has."""
        if self.entities is None:
            return tokenize(self.text)
        return [Span(*edges) for edges in zip(self.entities["token_starts"], self.entities["token_ends"], strict=True)]

    @cached_property
    def marked(self) -> tuple[Row, ...]:
        """The gold entities and values."""
        return tuple(self.entities["entities"]) if self.entities else ()

    @cached_property
    def ends(self) -> tuple[Row, ...]:
        """Mentions that are only ends of relations and claims: where the entities of the article are not gold."""
        found: dict[tuple[str, str], Row] = {}
        of_relations = (relation[end] for relation in self.relations for end in ("head", "tail"))
        of_claims = (end for claim in self.claims for end in (*claim["claimants"], *claim["values"]))
        for end in chain(of_relations, of_claims):
            found[key(end)] = found.get(key(end), {}) | end
        gold = {key(mention) for mention in self.marked}
        return tuple(sorted((end for one, end in found.items() if one not in gold), key=in_text))

    @cached_property
    def mentions(self) -> tuple[Row, ...]:
        """Every mention, in the order of the text."""
        return tuple(sorted((*self.marked, *self.ends), key=in_text))

    @cached_property
    def cues(self) -> tuple[Row, ...]:
        """The claims' cues, each once, in the order of the text."""
        found = {cue["id"]: cue for claim in self.claims for cue in claim["cues"]}
        return tuple(sorted(found.values(), key=in_text))


def key(mention: Row) -> tuple[str, str]:
    """What tells a mention from all others of its article."""
    return mention["id"], mention["label"]


def span(row: Row) -> Span:
    """The offsets of a mention, a claim, a cue, a piece of evidence."""
    return Span(row["start"], row["end"])


def in_text(row: Row) -> tuple[int, int, str, str]:
    """The order of the text; the longer first."""
    return row["start"], -row["end"], row["id"], row.get("label", "")


def documents(opened: Opened, split: str) -> Iterator[Document]:
    """The articles of one split, in the dataset's order, one at a time in memory.

    Raises BadInputError where a row belongs to no article of the split, or rows are out of order.
    """
    parts = {config: _ByArticle(opened.named(config, split)) for config in CONFIGS}
    for row in parts.pop("documents").all():
        entities = parts["entities"].of(row[ID])
        yield Document(
            row,
            entities[0] if entities else None,
            tuple(parts["relations"].of(row[ID])),
            tuple(parts["claims"].of(row[ID])),
        )
    for config, rows in parts.items():
        if rows.next is not None:
            raise BadInputError(
                f"{opened.folder}: the {config} of {rows.next} fit no document of {split}, or are out of order",
                next="goldkit build, or download the dataset again",
            )


class _ByArticle:
    """Rows that are sorted by article, handed out article by article; ``next`` is the article that is due."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups = groupby(rows, key=lambda row: str(row[ID]))
        self._rows: Iterator[Row] = iter(())
        self.next: str | None = None
        self._advance()

    def of(self, article_id: str) -> list[Row]:
        """The rows of one article; none where another is due."""
        if self.next != article_id:
            return []
        rows = list(self._rows)
        self._advance()
        return rows

    def all(self) -> Iterator[Row]:
        """All rows."""
        while self.next is not None:
            yield from self._rows
            self._advance()

    def _advance(self) -> None:
        self.next, self._rows = next(self._groups, (None, iter(())))
