"""People's own copies of the articles of a stand-off release: which have the very texts that were released.

A copy may be the article as it came, or as it was cleaned; sha256 alone decides. Ids and addresses only tell which
article a copy that has another text was meant to be.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from toolkit.articles.freeze import freeze
from toolkit.articles.model import Article, StoredArticle
from toolkit.articles.raw import RawArticle
from toolkit.articles.rules import Rules
from toolkit.errors import WorkspaceError
from toolkit.findings import Finding

AS_IT_IS = Rules()  # no line is boilerplate: only what every text goes through


@dataclass(frozen=True, slots=True)
class Wanted:
    """An article of the release."""

    article_id: str
    text_sha256: str
    split: str
    url: str = ""


class Copies:
    """What became of the copies: ``read`` of them, ``used`` for an article, ``others`` of no article of the release.

    The texts lie on disk, so memory does not grow with them. To be used in a ``with``.
    """

    def __init__(self, wanted: Iterable[Wanted], rules: Rules) -> None:
        self.rules = rules
        self.wanted = {one.article_id: one for one in wanted}
        self.read = self.used = self.others = 0
        self.unreadable: list[Finding] = []
        self.unfit: dict[str, Finding] = {}  # by the article that the copy was meant to be
        self._digests = {one.text_sha256 for one in self.wanted.values()}
        self._by_url = {one.url: one for one in self.wanted.values() if one.url}
        self._same, self._other = _Shelf(), _Shelf()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._same.close()
        self._other.close()

    def take(self, raw: RawArticle | Finding) -> None:
        """Look at one copy. The result does not depend on the order in which they come."""
        if isinstance(raw, Finding):
            self.unreadable.append(raw)
            return
        self.read += 1
        cleaned = freeze(raw, self.rules)
        for one in (cleaned, freeze(raw, AS_IT_IS)):
            if isinstance(one, StoredArticle) and one.article.text_sha256 in self._digests:
                self.used += 1
                self._same.put(one.article.text_sha256, one)
                return
        meant = self.wanted.get(raw.article_id) or self._by_url.get(raw.fields.get("url", ""))
        if meant is None:
            self.others += 1
        elif isinstance(cleaned, Finding):
            self.unfit[meant.article_id] = min(cleaned, self.unfit.get(meant.article_id, cleaned))
        else:
            self._other.put(meant.article_id, cleaned.model_copy(update={"source": str(raw.place)}))  # with its folders

    def missing(self) -> list[Wanted]:
        """The articles whose text no copy has."""
        return [one for one in self.wanted.values() if one.text_sha256 not in self._same]

    def article(self, text_sha256: str) -> Article | None:
        """The copy with this text; of several, the one with the first title."""
        found = self._same.get(text_sha256)
        return found.article if found else None

    def differing(self, article_id: str) -> StoredArticle | None:
        """A copy that was meant to be this article, and has another text."""
        return self._other.get(article_id)


class _Shelf:
    """Articles by a key, in a file that SQLite makes where it needs one, and that goes with it."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("CREATE TABLE articles (key TEXT PRIMARY KEY, article TEXT)")

    def __contains__(self, key: str) -> bool:
        return self._file.execute("SELECT 1 FROM articles WHERE key = ?", (key,)).fetchone() is not None

    def get(self, key: str) -> StoredArticle | None:
        row = self._file.execute("SELECT article FROM articles WHERE key = ?", (key,)).fetchone()
        return StoredArticle.model_validate_json(row[0]) if row else None

    def put(self, key: str, article: StoredArticle) -> None:
        there = self.get(key)
        if there is None or _rank(article) < _rank(there):
            try:
                self._file.execute("REPLACE INTO articles VALUES (?, ?)", (key, article.model_dump_json()))
            except sqlite3.OperationalError as error:
                raise WorkspaceError(
                    f"cannot keep the texts in the folder for temporary files: {error}",
                    next="free space there, or set SQLITE_TMPDIR to a folder with more, and run again",
                ) from error

    def close(self) -> None:
        self._file.close()


def _rank(stored: StoredArticle) -> tuple[bool, str, str, str]:
    return not stored.article.title, stored.article.title, stored.source, stored.raw
