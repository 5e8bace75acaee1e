"""New proposals into ``configs/stories.yaml``, as text, so that nothing is lost that a person wrote there.

An entry that is open and reads exactly as it was proposed belongs to the machine: it is kept, brought up to date, or
goes when it is no longer proposed. Every other one is a person's, with its comments, and stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import yaml

from toolkit.articles.model import Article
from toolkit.articles.stories.entries import Entry, Stories, marks, parse_stories
from toolkit.articles.stories.propose import Proposal
from toolkit.errors import BadInputError

HEAD = """\
# Stories: the articles of several outlets about one event. A split never tears one apart.
#
# goldkit articles group proposes them. Write confirmed: yes or no; correct the list of articles where it is not right.
# What you write here stays, and a proposal that you refused is not made again.
"""
_SHOWN = 80  # characters of a title, or else of the text


def untouched(stories: Stories, articles: Mapping[str, Article]) -> frozenset[str]:
    """The ids of entries that are as they were proposed."""
    blocks, indent = _blocks(stories), _indent(stories)
    return frozenset(
        entry.id
        for entry, block in zip(stories.entries, blocks, strict=True)
        if entry.confirmed == "open" and block.rstrip() == _rendered(entry, articles, indent).rstrip()
    )


def with_proposals(stories: Stories, proposals: Sequence[Proposal], articles: Mapping[str, Article]) -> Stories:
    """The file with these proposals in it, in the place of the untouched entries.

    Raises BadInputError where the file is written so that no block can be added.
    """
    replaceable = untouched(stories, articles)
    kept = {entry.id for entry in stories.entries} - replaceable
    proposed = {entry.id: entry for entry in _entries(proposals, kept)}
    indent = _indent(stories)
    parts = []
    for entry, block in zip(stories.entries, _blocks(stories), strict=True):
        if entry.id in replaceable:
            parts.append(_rendered(proposed.pop(entry.id), articles, indent) if entry.id in proposed else "")
        else:
            parts.append(block)
    parts += [_rendered(entry, articles, indent) for entry in proposed.values()]
    if not proposals and not replaceable:
        return stories
    text = "".join(_ended(part) for part in (_top(stories), *parts))
    return _checked(stories, kept, text)


def _entries(proposals: Sequence[Proposal], taken: set[str]) -> list[Entry]:
    entries = []
    for proposal in proposals:
        id = f"story-{proposal.articles[0]}"
        while id in taken:
            id += "+"
        because = _because(proposal)
        entries.append(Entry(id=id, articles=proposal.articles, joins=proposal.joins, because=because))
    return entries


def _because(proposal: Proposal) -> str:
    days = {None: "no dates", 0: "on one day", 1: "within a day"}.get(proposal.days, f"within {proposal.days} days")
    return "; ".join([f"similarity {proposal.similarity:.2f}", days, ", ".join(proposal.names) or "no names"])


def _rendered(entry: Entry, articles: Mapping[str, Article], indent: str) -> str:
    lines = [
        f"- id: {_scalar(entry.id)}",
        f"  confirmed: {entry.confirmed}",
        *([f"  joins: {_scalar(entry.joins)}"] if entry.joins else []),
        "  articles:",
        *(f"    - {_scalar(id)}{_about(articles.get(id))}" for id in entry.articles),
        f"  because: {json.dumps(entry.because, ensure_ascii=False)}",
    ]
    return "".join(f"{indent}{line}\n" for line in lines)


def _scalar(name: str) -> str:
    """The name as YAML reads it back: in quotes where it would be a number, a date, or nothing."""
    try:
        return name if yaml.safe_load(name) == name else json.dumps(name)
    except yaml.YAMLError:
        return json.dumps(name)


def _about(article: Article | None) -> str:
    if article is None:
        return ""
    said = (article.published[:10], article.outlet, (article.title or article.text)[:_SHOWN])
    words = " ".join(" · ".join(part for part in said if part).split())
    return f"  # {''.join(char for char in words if char.isprintable())}" if words else ""


def _starts(stories: Stories) -> list[int]:
    """Where each entry's first line begins in the text: that with its dash."""
    text, starts = stories.text, []
    for mark in marks(text) if stories.entries else ():
        dash = text.rfind("-", 0, mark.index)
        start = text.rfind("\n", 0, max(dash, 0)) + 1
        if dash < 0 or text[start:dash].strip() or text[dash + 1 : mark.index].strip():
            raise _unfit(stories)
        starts.append(start)
    return starts


def _blocks(stories: Stories) -> list[str]:
    """The entries as they stand, each with what follows it."""
    return [stories.text[start:end] for start, end in pairwise([*_starts(stories), len(stories.text)])]


def _indent(stories: Stories) -> str:
    if not stories.entries:
        return "  "
    line = stories.text[_starts(stories)[0] :]
    return line[: line.index("-")]


def _top(stories: Stories) -> str:
    """What stands before the first entry."""
    if stories.entries:
        return stories.text[: _starts(stories)[0]]
    if not stories.text.strip():
        return f"{HEAD}stories:\n"
    root = yaml.compose(stories.text, Loader=yaml.SafeLoader)
    for _, value in root.value if isinstance(root, yaml.MappingNode) else ():  # stories: [] or nothing
        return stories.text[: value.start_mark.index].rstrip() + stories.text[value.end_mark.index :]
    return f"{_ended(stories.text)}stories:\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _checked(stories: Stories, kept: set[str], text: str) -> Stories:
    """The text as a file, after making sure that what a person wrote says the same in it."""
    try:
        now = parse_stories(text, stories.path)
    except BadInputError:
        now = Stories(Path())
    ours = [entry for entry in stories.entries if entry.id in kept]
    if [entry for entry in now.entries if entry.id in kept] != ours:
        raise _unfit(stories)
    return now


def _unfit(stories: Stories) -> BadInputError:
    return BadInputError(
        f"{stories.path}: proposals cannot be added to it as it is written; nothing was",
        next="begin each story with a line of its own, “  - id: …”, and let nothing follow the list",
    )
