"""Markdown whose words come from data: whatever stands in them, they stay words."""

from __future__ import annotations

import re
from collections.abc import Iterable

# ASCII punctuation that can begin something in Markdown or HTML, after which a backslash makes it a character again.
_ACTIVE = re.compile(r"([\\`*_\[\]|~<>#$])")
# Addresses become links by themselves where Markdown is read as GitHub and the Hub read it.
_AUTOLINK = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(:)|(www)(\.)|(\w)(@)")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_BLOCK = re.compile(r"^([-+=]|\d+[.)])")


def plain(value: object) -> str:
    """A value as text on one line: no markup, no HTML, no link, no cell's edge, no change of direction.

    Addresses stay readable and are no links: who is named in data must not be able to lead readers anywhere.
    """
    text = " ".join(_INVISIBLE.sub(" ", str(value)).split())
    text = _ACTIVE.sub(r"\\\1", text.replace("&", "&amp;"))
    text = _AUTOLINK.sub(_apart, text)
    return _BLOCK.sub(_not_a_block, text)


def _apart(match: re.Match[str]) -> str:
    word, mark = (part for part in match.groups() if part is not None)
    return f"{word}&#{ord(mark)};"


def _not_a_block(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}&#{ord(match[0][-1])};"


def code(value: object) -> str:
    """A value as code, in a table too."""
    text = " ".join(_INVISIBLE.sub(" ", str(value)).split()).replace("`", "'").replace("|", "\\|")
    return f"`{text}`" if text else ""


def link(url: str) -> str:
    """An address that the project gave as a link; one that is none on the web stays words."""
    return f"<{url}>" if re.fullmatch(r"https?://[^\s<>\\]+", url) else plain(url)


def table(head: Iterable[str], rows: Iterable[Iterable[object]], numbers: Iterable[int] = ()) -> str:
    """A table; cells are Markdown already, empty string where there are no rows.

    ``numbers`` are the columns (from 0) that are set to the right.
    """
    columns, right = list(head), set(numbers)
    body = [[str(cell) for cell in row] for row in rows]
    rule = ["---:" if column in right else "---" for column in range(len(columns))]
    return "\n".join(f"| {' | '.join(line)} |" for line in (columns, rule, *body)) if body else ""


def fenced(text: str, language: str = "") -> str:
    """Text as a block of code, whatever marks are in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
