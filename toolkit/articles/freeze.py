"""From a raw article to a frozen one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from toolkit.articles.clean import clean
from toolkit.articles.model import DESCRIPTION, Article, StoredArticle, text_digest
from toolkit.articles.nfc import LONGEST_RUN_OF_MARKS, run_of_marks
from toolkit.articles.raw import RawArticle
from toolkit.articles.rules import Rules
from toolkit.findings import Finding, Place

LONGEST_TEXT = 1_000_000  # bytes of UTF-8

# What no text editor shows and Label Studio, Parquet or XML may refuse: C0 controls but tab and newlines, DEL, and
# surrogates without their other half.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def freeze_all(articles: Iterable[RawArticle | Finding], rules: Rules) -> Iterator[StoredArticle | Finding]:
    """Freeze what ``read`` yields; findings pass through."""
    for article in articles:
        yield article if isinstance(article, Finding) else freeze(article, rules)


def freeze(article: RawArticle, rules: Rules) -> StoredArticle | Finding:
    """Clean an article and fix its text for good; or say why it cannot be one.

    What the article's source says of it goes before what the rules caught in its text.
    """
    unfit = _unfit(article)
    if unfit is not None:
        return unfit
    cleaned = clean(article.raw, rules, article.fields.get("title", ""))
    if not cleaned.text:
        used = ", ".join(sorted({edit.rule for edit in cleaned.edits}))
        return _finding(
            article,
            "article-all-boilerplate",
            f"nothing is left of it: every line is boilerplate to the cleaning rules ({used})",
            "make these rules narrower in the cleaning rules (configs/cleaning.yaml), or leave the article out",
        )
    caught = {name: value for name, value in cleaned.caught.items() if name in DESCRIPTION}
    return StoredArticle(
        article=Article(
            article_id=article.article_id,
            text=cleaned.text,
            text_sha256=text_digest(cleaned.text),
            translated=article.translated,
            metadata={k: v for k, v in cleaned.caught.items() if k not in caught} | dict(article.metadata),
            **caught | dict(article.fields),
        ),
        raw=article.raw,
        edits=cleaned.edits,
        source=str(Place(file=Path(article.place.file).name, line=article.place.line)),  # the same from every folder
    )


def _unfit(article: RawArticle) -> Finding | None:
    raw = article.raw
    if not any(char.isprintable() and not char.isspace() for char in raw):
        return _finding(article, "article-empty", "it has no text", "add the text, or leave the article out")
    if (size := len(raw.encode("utf-8", "surrogatepass"))) > LONGEST_TEXT:
        return _finding(
            article,
            "article-too-long",
            f"its text is {size:,} bytes long; an article has {LONGEST_TEXT:,} at most",
            "split it, or leave it out",
        )
    if control := _CONTROL.search(raw):
        return _finding(
            article,
            "article-control-character",
            f"U+{ord(control[0]):04X} at {_spot(raw, control.start())} is no character of a text",
            "remove it, or leave the article out",
        )
    if (at := run_of_marks(raw)) is not None:
        return _finding(
            article,
            "article-marks",
            f"more than {LONGEST_RUN_OF_MARKS} combining marks in a row at {_spot(raw, at)}",
            "remove them, or leave the article out",
        )
    return None


def _spot(raw: str, at: int) -> str:
    return f"line {raw.count(chr(10), 0, at) + 1}, character {at - raw.rfind(chr(10), 0, at)} of the text"


def _finding(article: RawArticle, rule: str, message: str, next: str) -> Finding:
    place = article.place
    return Finding(rule, Place(file=place.file, line=place.line, article_id=article.article_id), message, next)
