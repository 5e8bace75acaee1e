"""``configs/sample.yaml``: the articles that are labelled, as goldkit draws them and as people correct that.

    chosen:
      # goldkit articles sample 40
      - harbour-01-meridian  # Meridian Wire · 2031-03 · en · harbour · mentions strikes · copies: harbour-09-post
    never:
      - harbour-07-post

Chosen articles are added behind the others, as text, so that nothing is lost that a person wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import field_validator

from toolkit.errors import BadInputError
from toolkit.files import parse_yaml, read_text
from toolkit.settings import Settings, parse_settings

HEAD = """\
# The sample: goldkit push sends these articles and no others.
#
# goldkit articles sample N adds articles until there are N. Add lines and take lines out as you like; what is not to be
# chosen again, list under never:.
"""
_NO_NODES: list[Any] = []


class _File(Settings):
    chosen: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @field_validator("chosen", "never", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return () if value is None else value


@dataclass(frozen=True, slots=True)
class Sample:
    """The file: its text, the ids that are chosen, and those that never are to be."""

    path: Path
    text: str = ""
    chosen: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def among(self, article_ids: Iterable[str]) -> frozenset[str]:
        """Which of some articles are chosen."""
        return frozenset(self.chosen).intersection(article_ids)

    def lines(self) -> dict[str, int]:
        """The line of each id, from 1."""
        return {node.value: line for node, line in _listed(self.text)}


def load_sample(path: Path) -> Sample | None:
    """Read the file; None where there is none, and every article is to be labelled.

    Raises BadInputError where it is not such a file, or names an article twice.
    """
    return parse_sample(read_text(path), path) if path.is_file() else None


def parse_sample(text: str, path: Path) -> Sample:
    """The same for a text that is called ``path`` in errors."""
    file = parse_settings(_File, parse_yaml(text, path) or {}, path)
    if len({*file.chosen, *file.never}) < len(file.chosen) + len(file.never):
        raise _twice(text, path)
    return Sample(path, text, file.chosen, file.never)


def with_chosen(sample: Sample, heading: str, added: Sequence[tuple[str, str]]) -> Sample:
    """The file with more articles, each with what is said of it, behind those that are chosen and below a heading.

    Raises BadInputError where the file is written so that nothing can be added.
    """
    if not added:
        return sample
    try:
        before, indent, after = _gap(sample.text)
        lines = [f"# {_plain(heading)}", *(f"- {_scalar(id)}  # {_plain(said)}" for id, said in added)]
        text = _ended(before) + "".join(f"{indent}{line}\n" for line in lines) + after
        now = parse_sample(text, sample.path)
    except (BadInputError, ValueError):
        now = sample
    if (now.chosen, now.never) != ((*sample.chosen, *(id for id, _ in added)), sample.never):
        raise BadInputError(
            f"{sample.path}: articles cannot be added to it as it is written; nothing was",
            next="begin each id below chosen: with a line of its own, “  - id”, and let no other document follow",
        )
    return now


def _gap(text: str) -> tuple[str, str, str]:
    """What stands before the place for more, how far lines are indented there, and what stands after it."""
    key, ids = next((pair for pair in _pairs(text) if pair[0].value == "chosen"), (None, None))
    if key is None or ids is None:
        return f"{_ended(text) if text.strip() else HEAD}chosen:\n", "  ", ""
    if isinstance(ids, yaml.SequenceNode) and ids.value:  # behind the last one and its comment
        place, indent = ids.value[-1].end_mark.index, " " * ids.start_mark.column
    else:  # chosen: [], null, or nothing
        text = text[: ids.start_mark.index].rstrip(" ") + text[ids.end_mark.index :]
        place, indent = key.end_mark.index, " " * (key.start_mark.column + 2)
    end = text.find("\n", place) + 1 or len(text)
    return text[:end], indent, text[end:]


def _pairs(text: str) -> Iterable[tuple[Any, Any]]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return root.value if isinstance(root, yaml.MappingNode) else _NO_NODES


def _listed(text: str) -> Iterable[tuple[Any, int]]:
    for _, ids in _pairs(text):
        for node in ids.value if isinstance(ids, yaml.SequenceNode) else ():
            yield node, node.start_mark.line + 1


def _twice(text: str, path: Path) -> BadInputError:
    first: dict[str, int] = {}
    for node, line in _listed(text):
        if node.value in first:
            return BadInputError(
                f"{path}:{line}: {node.value} stands in line {first[node.value]} as well",
                next=f"take one of the two lines out of {path}",
            )
        first[node.value] = line
    raise AssertionError("no id stands twice")


def _scalar(id: str) -> str:
    """The id as YAML reads it back: in quotes where it would be a number, a date, or nothing."""
    is_text = yaml.SafeLoader("").resolve(yaml.ScalarNode, id, (True, False)) == "tag:yaml.org,2002:str"  # type: ignore[no-untyped-call]
    return id if is_text else json.dumps(id)


def _plain(words: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
