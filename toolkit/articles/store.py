"""The article store: a JSONL file, one StoredArticle a line, sorted by id. What is in it never changes."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple

import msgspec
from pydantic import ValidationError

from toolkit.articles.diff import counts
from toolkit.articles.edits import apply
from toolkit.articles.model import Article, StoredArticle
from toolkit.articles.raw import ORIGINAL_ID
from toolkit.errors import BadInputError, WorkspaceError
from toolkit.files import explained, replacing, to_json
from toolkit.findings import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the articles given: each is new, known, or (with an error among ``findings``) refused.

    Of the new ones: how often each cleaning rule cut into them (``hits``), and the ids that some had before a slash in
    them became a hyphen.
    """

    new: tuple[str, ...]
    known: tuple[str, ...]  # the same text is there already, under this id or, as a note says, under another
    findings: tuple[Finding, ...]
    hits: Mapping[str, int] = field(default_factory=dict)
    original_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """How many articles, or files of them, were not taken."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)


class Head(NamedTuple):
    """What must be known of a frozen article to decide about it."""

    article_id: str
    text_sha256: str
    source: str
    hits: dict[str, int]
    original_id: str


class Entry(NamedTuple):
    """A frozen article on its way into the store: its head, and its line there (UTF-8, with the newline)."""

    head: Head
    line: bytes

    def lines(self) -> tuple[bytes, bytes]:
        """The entry as two lines of a file; ``entries`` reads it."""
        return msgspec.json.encode(self.head) + b"\n", self.line


def load(path: Path) -> dict[str, StoredArticle]:
    """All articles by id, in the order of their ids.

    Raises:
        WorkspaceError: There is no store yet.
        BadInputError: A line is not what goldkit wrote there.
    """
    return dict(sorted((stored.article.article_id, stored) for stored in _all(path)))


def load_articles(path: Path) -> dict[str, Article]:
    """The same without the raw texts, which then are never all in memory."""
    return dict(sorted((stored.article.article_id, stored.article) for stored in _all(path)))


def add(path: Path, articles: Iterable[StoredArticle | Finding]) -> Added:
    """Put articles into the store, in one step; what is there already stays as it is.

    The result does not depend on the order of ``articles``. Findings among them (from ``read``, ``freeze``) pass
    through. The same text is one article, whatever it is called. One id for two texts is an error: in the store the
    first text stays, and of two new ones neither is taken.
    """
    given: list[Entry] = []
    findings: list[Finding] = []
    for article in articles:
        if isinstance(article, Finding):
            findings.append(article)
        else:
            given.append(entry(article))
    return merge(path, [sorted(given, key=in_order)], findings)


def entry(stored: StoredArticle) -> Entry:
    """The article, ready for the store."""
    article = stored.article
    given = article.metadata.get(ORIGINAL_ID)
    original = given if isinstance(given, str) and given != article.article_id == given.replace("/", "-") else ""
    head = Head(article.article_id, article.text_sha256, stored.source, dict(counts(stored)), original)
    return Entry(head, (to_json(stored.model_dump(mode="json", exclude_defaults=True)) + "\n").encode())


def in_order(entry: Entry) -> tuple[str, str, str]:
    """The key by which ``merge`` wants entries sorted."""
    return entry.head[:3]


def entries(path: Path) -> Iterator[Entry]:
    """The entries of a file of their ``lines``."""
    with explained(path, "read"), path.open("rb") as file:
        for head in file:
            yield Entry(_HEAD.decode(head), next(file))


_HEAD = msgspec.json.Decoder(Head)


def merge(path: Path, sorted_entries: Iterable[Iterable[Entry]], findings: Iterable[Finding] = ()) -> Added:
    """The same as ``add`` for entries that come sorted (``in_order``), from several sides; no text stays in memory."""
    there = _Store(path)
    arrivals = _Arrivals(there)
    new = arrivals.new(heapq.merge(*sorted_entries, key=in_order))
    if (first := next(new, None)) is not None:
        with replacing(path) as part, part.open("wb") as file:
            merged = heapq.merge(there.lines(), chain([first], new), key=lambda one: one[0])
            file.writelines(line for _, line in merged)
    return arrivals.added(findings)


class _Store:
    """What is in the store: the digest of each text and where its line begins, by id."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts: dict[str, int] = {}
        self.digests: dict[str, bytes] = {}
        if path.exists():
            for stored, start in _stored(path):
                self.digests[stored.article.article_id] = bytes.fromhex(stored.article.text_sha256)
                self._starts[stored.article.article_id] = start

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """Each id with its line, sorted."""
        if self._starts:
            with self._path.open("rb") as file:
                for article_id, start in sorted(self._starts.items()):
                    file.seek(start)
                    yield article_id, file.readline().rstrip(b"\n") + b"\n"


class _Arrivals:
    """Decides about entries, one id after the other."""

    def __init__(self, there: _Store) -> None:
        self._there = there.digests
        self._first_ids: dict[bytes, str] = {}
        for article_id, digest in sorted(there.digests.items()):
            self._first_ids.setdefault(digest, article_id)
        self._new: list[str] = []
        self._known: list[str] = []
        self._findings: list[Finding] = []
        self._hits: Counter[str] = Counter()
        self._original_ids: dict[str, str] = {}

    def new(self, arriving: Iterable[Entry]) -> Iterator[tuple[str, bytes]]:
        """The ids and lines of the articles that the store is to take."""
        for article_id, same_id in groupby(arriving, key=lambda entry: entry.head.article_id):
            heads, line = [], b""
            for head, its in same_id:
                line = line or its
                heads.append(head)
            if self._is_new(article_id, heads):
                yield article_id, line

    def added(self, findings: Iterable[Finding]) -> Added:
        """What became of them, with findings that were made before."""
        every = tuple(sorted([*findings, *self._findings]))
        return Added(tuple(self._new), tuple(self._known), every, dict(sorted(self._hits.items())), self._original_ids)

    def _is_new(self, article_id: str, heads: list[Head]) -> bool:
        stored = self._there.get(article_id)
        digests = {head.text_sha256 for head in heads} if stored is None else {stored.hex()}
        for head in heads:
            if digests != {head.text_sha256}:
                other = min(digests - {head.text_sha256})
                self._findings.append(_other_text(head, other, is_stored=stored is not None))
        fitting = [head for head in heads if digests == {head.text_sha256}]
        if not fitting:
            return False
        digest = bytes.fromhex(fitting[0].text_sha256)
        is_new = stored is None and digest not in self._first_ids
        if is_new:
            self._new.append(article_id)
            self._first_ids[digest] = article_id
            self._hits.update(fitting[0].hits)
            if fitting[0].original_id:
                self._original_ids[article_id] = fitting[0].original_id
        elif stored is None:
            self._findings += [_same_text(head, self._first_ids[digest]) for head in fitting]
        self._known += [article_id] * (len(fitting) - is_new)
        return is_new


def _all(path: Path) -> Iterator[StoredArticle]:
    if not path.exists():
        raise WorkspaceError(f"no articles yet: {path} does not exist", next="goldkit articles add PATH")
    return (stored for stored, _ in _stored(path))


def _stored(path: Path) -> Iterator[tuple[StoredArticle, int]]:
    """Each article of the store, and the byte that its line begins at."""
    seen: set[str] = set()
    start = 0
    with explained(path, "read"), path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            stored = parsed(line, path, number)
            if stored.article.article_id in seen:
                raise corrupted(path, number, f"{stored.article.article_id} stands twice")
            seen.add(stored.article.article_id)
            yield stored, start
            start += len(line)


def parsed(line: bytes, path: Path, number: int) -> StoredArticle:
    """An article from its line of a store, checked whole. Raises BadInputError where it is not as it was written."""
    try:
        stored = StoredArticle.model_validate_json(line)
        if apply(stored.raw, stored.edits) != stored.article.text:
            raise corrupted(path, number, "its edits do not lead from its raw text to its text")
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise corrupted(path, number, f"{where}: {problem['msg']}" if where else problem["msg"]) from None
    except ValueError as error:
        raise corrupted(path, number, str(error)) from None
    return stored


def corrupted(path: Path, number: int, problem: str) -> BadInputError:
    """What is said of a line that is not as it was written."""
    return BadInputError(
        f"{path}:{number}: not as goldkit wrote it ({problem})",
        next=f"bring {path} back from version control or a backup; it is not to be edited by hand",
    )


def _other_text(head: Head, other: str, *, is_stored: bool) -> Finding:
    digest = head.text_sha256
    there = "is in the store with another text" if is_stored else "is given to another text as well"
    return Finding(
        "article-id-taken",
        _place(head),
        f"the id {there} (sha256 {other[:16]}…, this one {digest[:16]}…); a frozen text never changes",
        "give this text an id of its own, then goldkit articles add PATH",
    )


def _same_text(head: Head, first: str) -> Finding:
    return Finding(
        "article-same-text",
        _place(head),
        f"the same text twice is one article; it is called {first}",
        f"nothing to do; goldkit articles show {first}",
        Severity.NOTE,
    )


def _place(head: Head) -> Place:
    file, _, line = head.source.rpartition(":")
    if file and line.isdigit():
        return Place(file=file, line=int(line), article_id=head.article_id)
    return Place(file=head.source, article_id=head.article_id)
