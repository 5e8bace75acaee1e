"""Groupings of mentions into clusters, in files: reading them, and writing them for other scorers.

Three forms are read, told apart by what the file begins with:

- JSON lines of documents, as corpora have them: ``article_id`` or ``doc_id``; ``mentions``, each with ``start``,
  ``end`` and ``cluster``, ``chain`` or ``entity``; ``story_id``, ``topic`` or ``subtopic``. A cluster's name means the
  same cluster throughout a story. A slash in an id becomes a hyphen, as where articles are added.
- JSON lines of stories, as the files of this layer are: ``story_id``, and ``entities`` with the keys of their mentions.
- CoNLL-2012: from ``#begin document (name); part 000`` to ``#end document`` a token a line, whose last column tells
  which clusters' mentions begin and end there: ``(12``, ``12)``, ``(12)|(3``. Such a document is a story.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, Field, StrictInt, StrictStr

from toolkit.errors import BadInputError
from toolkit.files import read_jsonl, read_text
from toolkit.settings import parse_settings

if TYPE_CHECKING:
    from toolkit.links.scores import Partition

Grouping = Literal["story_id", "topic", "subtopic", "document"]
"""What clusters do not reach beyond."""

Name = Annotated[StrictStr, Field(min_length=1)] | StrictInt


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says of one document: the cluster of each mention, by key, and what it belongs to."""

    id: str
    clusters: Mapping[str, str]
    belongs: Mapping[Grouping, str]


class _Mention(BaseModel):
    start: Annotated[StrictInt, Field(ge=0)]
    end: Annotated[StrictInt, Field(gt=0)]
    cluster: Annotated[Name, Field(validation_alias=AliasChoices("cluster", "chain", "entity"))]


class _Document(BaseModel):
    id: Annotated[Name, Field(validation_alias=AliasChoices("article_id", "doc_id"))]
    mentions: tuple[_Mention, ...]
    story_id: Name | None = None
    subtopic: Name | None = None
    topic: Name | None = None


class _Entity(BaseModel):
    id: Name
    mentions: tuple[Annotated[str, Field(pattern=r".:\d+-\d+$")], ...]


class _Story(BaseModel):
    story_id: Name
    entities: tuple[_Entity, ...]


def read_clusters(path: Path) -> tuple[Document, ...]:
    """Read a file of any of the forms.

    Raises BadInputError with the file and the line where it is none of them, where a document or a mention stands there
    twice, or where brackets do not match.
    """
    first = read_text(path).lstrip()[:1]
    if first not in ("{", "#"):
        raise BadInputError(
            f"{path}: neither JSON lines nor CoNLL-2012",
            next="give a file of documents with mentions and clusters (docs/agreement.md tells its forms)",
        )
    documents: dict[str, Document] = {}
    for number, document in _json_documents(path) if first == "{" else _conll_documents(path):
        if document.id in documents:
            raise _wrong(path, number, f"{document.id} stands here for the second time", "leave one of them out")
        documents[document.id] = document
    return tuple(documents.values())


def _wrong(path: Path, number: int, message: str, next: str) -> BadInputError:
    return BadInputError(f"{path}:{number}: {message}", next=f"{next}, and run again")


_Numbered = Iterator[tuple[int, Document]]


def _json_documents(path: Path) -> _Numbered:
    for number, row in read_jsonl(path):
        if isinstance(row, dict) and "entities" in row and not {"article_id", "doc_id"} & row.keys():
            yield from ((number, document) for document in _of_story(path, number, row))
        else:
            yield number, _of_document(path, number, row)


def _of_document(path: Path, number: int, row: Any) -> Document:
    found = parse_settings(_Document, row, f"{path}:{number}")
    id = str(found.id).replace("/", "-")
    clusters: dict[str, str] = {}
    for one in found.mentions:
        key = f"{id}:{one.start}-{one.end}"
        if one.start >= one.end:
            raise _wrong(path, number, f"the mention {key} ends before it begins", "correct its offsets")
        _put(clusters, key, str(one.cluster), path, number)
    return Document(id, clusters, dict(_belongs(found)))


def _belongs(found: _Document) -> Iterator[tuple[Grouping, str]]:
    if found.story_id is not None:
        yield "story_id", str(found.story_id)
    if found.topic is not None:
        yield "topic", str(found.topic)
    if found.subtopic is not None:  # which may be numbered anew in every topic
        yield "subtopic", f"{'' if found.topic is None else found.topic}/{found.subtopic}"


def _of_story(path: Path, number: int, row: Any) -> Iterator[Document]:
    story = parse_settings(_Story, row, f"{path}:{number}")
    by_article: dict[str, dict[str, str]] = defaultdict(dict)
    for entity in story.entities:
        for key in entity.mentions:
            _put(by_article[key.rpartition(":")[0]], key, str(entity.id), path, number)
    for article_id, clusters in by_article.items():
        yield Document(article_id, clusters, {"story_id": str(story.story_id)})


def _put(clusters: dict[str, str], key: str, cluster: str, path: Path, number: int) -> None:
    if key in clusters:
        message = f"the mention {key} stands here twice, in the clusters {clusters[key]} and {cluster}"
        raise _wrong(path, number, message, "leave it in one of them")
    clusters[key] = cluster


_BEGIN = re.compile(r"#\s*begin document \((.*)\)(?:;\s*part\s+(\S+))?\s*$")
_END = re.compile(r"#\s*end document\b")
_BRACKET = re.compile(r"(\()?([^()|]+)(\))?")


def _conll_documents(path: Path) -> _Numbered:
    tokens: _Tokens | None = None
    number = 0
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if found := _BEGIN.match(line):
            if tokens:
                raise _wrong(path, number, f"{tokens.name} does not end before this", "put #end document before it")
            name, part = found.groups()
            tokens = _Tokens(f"{name}; part {part}" if (part or "").strip("0") else name, path)
        elif _END.match(line):
            if not tokens:
                raise _wrong(path, number, "the end of no document", "put #begin document (name); part 000 before it")
            yield number, tokens.document(number)
            tokens = None
        elif line.strip() and not line.startswith("#"):
            if not tokens:
                raise _wrong(path, number, "a token of no document", "put #begin document (name); part 000 before it")
            tokens.add(line.split()[-1], number)
    if tokens:
        raise _wrong(path, number, f"{tokens.name} does not end", "put #end document after its last token")


class _Tokens:
    """The tokens of a CoNLL document up to some line. A mention's key has the numbers of its tokens, from 0."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self._path = name, path
        self._clusters: dict[str, str] = {}
        self._open: dict[str, list[tuple[int, int]]] = defaultdict(list)  # first tokens, and their lines
        self._count = 0

    def add(self, column: str, number: int) -> None:
        for bracket in () if column in ("-", "_") else column.split("|"):
            found = _BRACKET.fullmatch(bracket)
            if not found or not (found[1] or found[3]):
                message = f"{bracket!r} in {column!r} neither begins nor ends a cluster"
                raise _wrong(self._path, number, message, "write (12, 12) or (12), with | between two of them, or -")
            cluster = found[2]
            if found[1]:
                self._open[cluster].append((self._count, number))
            if found[3]:
                if not self._open[cluster]:
                    message = f"{bracket!r} ends a mention that never began"
                    raise _wrong(self._path, number, message, f"write ({cluster} where it begins")
                start, _ = self._open[cluster].pop()
                _put(self._clusters, f"{self.name}:{start}-{self._count + 1}", cluster, self._path, number)
        self._count += 1

    def document(self, number: int) -> Document:
        for cluster, left in self._open.items():
            for _, begun in left:
                message = f"the mention ({cluster} of line {begun} never ends"
                raise _wrong(self._path, number, message, f"write {cluster}) where it ends")
        return Document(self.name, self._clusters, {"story_id": self.name})


def conll(stories: Mapping[str, Partition], against: Mapping[str, Partition]) -> str:
    """A grouping as a CoNLL-2012 file, for other scorers: a story is a document, and each mention a token by itself.

    Scorers compare where mentions stand, so the tokens are those of both groupings that are to be compared: write the
    other one with the two changed about.

    Args:
        stories: the entity of each mention, by story.
        against: the other grouping.
    """
    lines: list[str] = []
    for story in sorted(stories.keys() | against.keys()):
        name = _SPACE.sub(" ", story)
        lines.append(f"#begin document ({name}); part 000")
        entities = stories.get(story, {})
        numbers: dict[str, int] = {}
        for number, key in enumerate(sorted(entities.keys() | against.get(story, {}).keys())):
            column = f"({numbers.setdefault(entities[key], len(numbers))})" if key in entities else "-"
            lines.append("\t".join((_SPACE.sub("_", name), "0", str(number), _SPACE.sub("_", key), column)))
        lines.extend(("", "#end document"))
    return "\n".join((*lines, ""))


_SPACE = re.compile(r"\s")
