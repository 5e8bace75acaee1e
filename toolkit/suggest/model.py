"""Suggestions: items of an article as a source would label them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from pydantic import Field

from toolkit.annotations.model import Claim, Cue, Mention, Record, Relation, SpanItem
from toolkit.articles.model import Article
from toolkit.findings import Finding


class Suggestions(Record):
    """What one source says of one article. Items have a ``score`` from 0 to 1 where the source gives one.

    ``version`` is what Label Studio calls the model's version: the source's name and what its answers depend on, so
    that two answers of one version are alike. Ids are unique within the article; all offsets are in the frozen text.
    ``refused`` items of the answer could not be read; the number is not kept in files.
    """

    article_id: str
    text_sha256: str
    version: str
    mentions: tuple[Mention, ...] = ()
    cues: tuple[Cue, ...] = ()
    claims: tuple[Claim, ...] = ()
    relations: tuple[Relation, ...] = ()
    refused: int = Field(default=0, exclude=True)

    def spans(self) -> Iterator[SpanItem]:
        """Every span item: mentions, cues, claims."""
        yield from self.mentions
        yield from self.cues
        yield from self.claims

    @property
    def items(self) -> int:
        """How many there are: spans and relations."""
        return len(self.mentions) + len(self.cues) + len(self.claims) + len(self.relations)


class Source(Protocol):
    """Something that suggests. What it says need not be right: it is checked before anybody sees it."""

    @property
    def version(self) -> str:
        """See ``Suggestions.version``."""

    def suggest(self, articles: Sequence[Article]) -> Iterator[Suggestions | Finding]:
        """Suggestions for some articles, in any order; a finding where it fails for an article, or says what is unfit.

        Raises SourceError where it cannot go on at all.
        """
