"""What only a person can say about a dataset: ``configs/card.md``, Markdown under fixed headings.

The card, the datasheet and Croissant take it from here. What is not written is left out of them and found; nothing is
filled in. Comments are hints for the writer, and are not published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from toolkit.errors import BadInputError
from toolkit.files import read_text, shown
from toolkit.findings import Finding, Place, Rule, Severity

if TYPE_CHECKING:
    from markdown_it.token import Token

SECTIONS = MappingProxyType(
    {
        "Summary": "What this is, in two or three sentences. They stand at the top of the card.",
        "Motivation": "For which purpose was it made, by whom, and who paid for it?",
        "Collection": "How were the outlets and the articles chosen, from where and when were they taken? "
        "What was left out? May they be used so?",
        "Annotators": "Who labelled, and who decided where they differed? Their languages and background, how they "
        "were found and trained, what they were paid. No names.",
        "Uses": "What is it good for?",
        "Out of scope": "What should nobody use it for, and what would not work?",
        "Biases": "Whose view do the outlets, stories, languages and annotators bring in? What is overrepresented?",
        "Limitations": "What is known to be hard, missing or wrong in it?",
        "Social impact": "Whom could it help, whom could it harm, and what was done about it?",
        "Personal and sensitive information": "Which people can be recognised in it, and what does it say of them? "
        "What can somebody do who wants to be taken out?",
        "Maintenance": "Who looks after it, where can errors be reported, how will there be new versions?",
    }
)
"""The headings, in the order in which they stand in a card, each with a hint for the writer."""

MISSING = Rule(
    "card-section-missing",
    "Every section of the card that only a person can write is written.",
    Severity.NOTE,
    "write it; as long as nobody has, the card, the datasheet and croissant.json leave it out",
)
PLACEHOLDER = Rule(
    "card-section-placeholder",
    "A section of the card says something, and does not stand in for what will be said.",
    Severity.WARNING,
    "write what is true, or delete the placeholder; as it is, the section is left out",
)
UNKNOWN = Rule(
    "card-section-unknown",
    "Everything in the card's prose stands under a heading that is known.",
    Severity.WARNING,
    f"use one of the headings {', '.join(SECTIONS)}, with ### below them; as it is, this text is not published",
)

_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_FILLER = re.compile(r"\bTODO\b|\bTBD\b|\bFIXME\b|(?i:more information needed|lorem ipsum)")
_WHOLE_FILLER = frozenset({"", "todo", "tbd", "na", "n a", "xxx", "coming soon", "unknown", "fill in", "placeholder"})


class Section(NamedTuple):
    """The text under a heading, and the line of the heading (from 1)."""

    heading: str
    text: str
    line: int


@dataclass(frozen=True)
class Prose:
    """What a person wrote, as it was found under its headings; ``where`` names the file in findings."""

    found: tuple[Section, ...] = ()
    where: str = "configs/card.md"

    @cached_property
    def sections(self) -> dict[str, str]:
        """The sections that can be published by name, in the order of ``SECTIONS``; one that stands twice is joined."""
        texts = {name: [one.text for one in self.found if one.heading == name and one.text] for name in SECTIONS}
        return {
            name: "\n\n".join(parts) for name, parts in texts.items() if parts and not any(map(is_placeholder, parts))
        }

    def get(self, name: str) -> str:
        """A section's text, empty where there is none. Raises KeyError where no section has this name."""
        if name not in SECTIONS:
            raise KeyError(name)
        return self.sections.get(name, "")

    def findings(self) -> Iterator[Finding]:
        """What is missing, stands in for something, or is under a heading that is not known."""
        for name in SECTIONS:
            here = [one for one in self.found if one.heading == name]
            if not any(one.text for one in here):
                line = here[0].line if here else 0
                yield MISSING.at(Place(self.where, line), f"## {name} {'is empty' if here else 'is not there'}")
        for one in self.found:
            place = Place(self.where, one.line)
            if one.heading not in SECTIONS:
                yield UNKNOWN.at(place, _not_known(one))
            elif one.text and is_placeholder(one.text):
                yield PLACEHOLDER.at(place, f"## {one.heading} holds a place: {' '.join(one.text.split())[:60]}")


def _not_known(section: Section) -> str:
    if not section.heading:
        return "text stands before the first heading"
    by_case = {name.casefold(): name for name in SECTIONS}
    close = get_close_matches(section.heading.casefold(), by_case, 1)
    return f"no section is called {section.heading!r}" + (f"; did you mean {by_case[close[0]]}?" if close else "")


def is_placeholder(text: str) -> bool:
    """Whether a text only stands in for one that is to come: TODO, TBD, n/a, More Information Needed, lorem ipsum."""
    return " ".join(re.findall(r"\w+", text)).casefold() in _WHOLE_FILLER or _FILLER.search(text) is not None


def read_prose(path: Path) -> Prose:
    """The prose in a file; an absent file has none. Raises BadInputError where it is not UTF-8."""
    return parse_prose(read_text(path), shown(path)) if path.is_file() else Prose(where=shown(path))


def parse_prose(text: str, where: str = "configs/card.md") -> Prose:
    """The sections of a text; headings below the second level belong to their section.

    Raises BadInputError where a comment or a block of code has no end: it would swallow all that follows.
    """
    from markdown_it import MarkdownIt

    for comment in _COMMENT.finditer(text):
        if not comment[0].endswith("-->"):
            raise _endless(f"{where}:{text.count(chr(10), 0, comment.start()) + 1}", "comment", "-->")
    visible = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    lines = visible.replace("\r\n", "\n").split("\n")
    tokens = MarkdownIt("commonmark").parse("\n".join(lines))
    _require_ends(lines, tokens, where)
    heads = [
        (token.map[0], token.map[1], token.tag, tokens[number + 1].content)
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2") and token.map
    ]
    if heads and heads[0][2] == "h1":  # the file's own title
        lines[heads[0][0] : heads[0][1]] = [""] * (heads[0][1] - heads[0][0])
        heads = heads[1:]
    starts = [*(start for start, *_ in heads), len(lines)]
    before = "\n".join(lines[: starts[0]]).strip()
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
    found = [Section("", before, first)] if before else []
    for (start, body, _, title), end in zip(heads, starts[1:], strict=True):
        found.append(Section(" ".join(title.split()), "\n".join(lines[body:end]).strip(), start + 1))
    return Prose(tuple(found), where)


def _require_ends(lines: Sequence[str], tokens: Sequence[Token], where: str) -> None:
    for token in tokens:
        first, end = token.map or (0, 0)
        if token.type == "fence" and (end - first < 2 or not lines[end - 1].strip().startswith(token.markup)):
            raise _endless(f"{where}:{first + 1}", "block of code", token.markup)


def _endless(place: str, what: str, end: str) -> BadInputError:
    return BadInputError(f"{place}: the {what} that begins here has no end", next=f"write {end} where it ends")


def template() -> str:
    """A ``configs/card.md`` to begin with: every heading, and what is asked under it."""
    hints = "\n".join(f"## {name}\n\n<!-- {hint} -->\n" for name, hint in SECTIONS.items())
    return f"<!-- What only you can say about the dataset. Comments like this one are not published. -->\n\n{hints}"
