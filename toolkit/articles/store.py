"""The article store: a JSONL file, one StoredArticle a line, sorted by id. What is in it never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from toolkit.articles.edits import apply
from toolkit.articles.model import StoredArticle
from toolkit.errors import BadInputError, WorkspaceError
from toolkit.files import explained, write_jsonl
from toolkit.findings import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the articles given: each is new, known, or (with an error among ``findings``) refused."""

    new: tuple[str, ...]
    known: tuple[str, ...]  # the same text is there already, under this id or, as a note says, under another
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> int:
        """How many articles, or files of them, were not taken."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)


def load(path: Path) -> dict[str, StoredArticle]:
    """All articles by id, in the order of their ids.

    Raises:
        WorkspaceError: There is no store yet.
        BadInputError: A line is not what goldkit wrote there.
    """
    if not path.exists():
        raise WorkspaceError(f"no articles yet: {path} does not exist", next="goldkit articles add PATH")
    articles: dict[str, StoredArticle] = {}
    with explained(path, "read"), path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            stored = _parsed(line, path, number)
            if stored.article.article_id in articles:
                raise _corrupted(path, number, f"{stored.article.article_id} stands twice")
            articles[stored.article.article_id] = stored
    return dict(sorted(articles.items()))


def add(path: Path, articles: Iterable[StoredArticle | Finding]) -> Added:
    """Put articles into the store, in one step; what is there already stays as it is.

    The result does not depend on the order of ``articles``. Findings among them (from ``read``, ``freeze``) pass
    through. The same text is one article, whatever it is called. One id for two texts is an error: in the store the
    first text stays, and of two new ones neither is taken.
    """
    articles = list(articles)
    findings = [article for article in articles if isinstance(article, Finding)]
    incoming = sorted(
        (article for article in articles if not isinstance(article, Finding)),
        key=lambda stored: (stored.article.article_id, stored.article.text_sha256, stored.source),
    )
    store = load(path) if path.exists() else {}
    digests: dict[str, set[str]] = {}
    for stored in incoming:
        digests.setdefault(stored.article.article_id, set()).add(stored.article.text_sha256)
    first_ids: dict[str, str] = {}
    for article_id, stored in store.items():
        first_ids.setdefault(stored.article.text_sha256, article_id)

    new: list[str] = []
    known: list[str] = []
    for stored in incoming:
        article_id, digest = stored.article.article_id, stored.article.text_sha256
        there = {store[article_id].article.text_sha256} if article_id in store else digests[article_id]
        if there != {digest}:
            findings.append(_other_text(stored, min(there - {digest}), is_stored=article_id in store))
        elif article_id in store:
            known.append(article_id)
        elif digest in first_ids:
            known.append(article_id)
            findings.append(_same_text(stored, first_ids[digest]))
        else:
            new.append(article_id)
            store[article_id] = stored
            first_ids[digest] = article_id
    if new:
        write_jsonl(path, (_line(store[article_id]) for article_id in sorted(store)))
    return Added(tuple(new), tuple(known), tuple(sorted(findings)))


def _line(stored: StoredArticle) -> dict[str, object]:
    return stored.model_dump(mode="json", exclude_defaults=True)


def _parsed(line: bytes, path: Path, number: int) -> StoredArticle:
    try:
        stored = StoredArticle.model_validate_json(line)
        if apply(stored.raw, stored.edits) != stored.article.text:
            raise _corrupted(path, number, "its edits do not lead from its raw text to its text")
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise _corrupted(path, number, f"{where}: {problem['msg']}" if where else problem["msg"]) from None
    except ValueError as error:
        raise _corrupted(path, number, str(error)) from None
    return stored


def _corrupted(path: Path, number: int, problem: str) -> BadInputError:
    return BadInputError(
        f"{path}:{number}: not as goldkit wrote it ({problem})",
        next=f"bring {path} back from version control or a backup; it is not to be edited by hand",
    )


def _other_text(stored: StoredArticle, other: str, *, is_stored: bool) -> Finding:
    digest = stored.article.text_sha256
    there = "is in the store with another text" if is_stored else "is given to another text as well"
    return Finding(
        "article-id-taken",
        _place(stored),
        f"the id {there} (sha256 {other[:16]}…, this one {digest[:16]}…); a frozen text never changes",
        "give this text an id of its own, then goldkit articles add PATH",
    )


def _same_text(stored: StoredArticle, first: str) -> Finding:
    return Finding(
        "article-same-text",
        _place(stored),
        f"the same text twice is one article; it is called {first}",
        f"nothing to do; goldkit articles show {first}",
        Severity.NOTE,
    )


def _place(stored: StoredArticle) -> Place:
    file, _, line = stored.source.rpartition(":")
    if file and line.isdigit():
        return Place(file=file, line=int(line), article_id=stored.article.article_id)
    return Place(file=stored.source, article_id=stored.article.article_id)
