"""An article as goldkit keeps it: cleaned once, frozen, and led back to its raw text."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

ArticleId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]

# What a reader or a cleaning rule may say about an article, each a piece of text.
DESCRIPTION = ("title", "outlet", "url", "published", "language", "story_id", "dup_group", "licence")


def text_digest(text: str) -> str:
    """The sha256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class Edit(BaseModel):
    """One change from raw to frozen text: ``raw[start:end]`` became ``new``, because of ``rule``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    new: str = ""


class Article(BaseModel):
    """A frozen article. ``text`` never changes: every offset of every annotation counts code points in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article_id: ArticleId
    text: Annotated[str, Field(min_length=1)]
    text_sha256: str
    title: str = ""
    outlet: str = ""
    url: str = ""
    published: str = ""  # ISO 8601 date or date and time, as far as it is known
    language: str = ""  # ISO 639-1
    translated: bool = False
    story_id: str = ""
    dup_group: str = ""
    licence: str = ""
    metadata: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _text_is_what_was_frozen(self) -> Article:
        if text_digest(self.text) != self.text_sha256:
            raise ValueError(f"the text of {self.article_id} is not the text that was frozen")
        return self


class StoredArticle(BaseModel):
    """One line of the article store: the article, its raw text, and the edits between the two (in raw offsets)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article: Article
    raw: str
    edits: tuple[Edit, ...] = ()
    source: str = ""  # the file it came from, for people
