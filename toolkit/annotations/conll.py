"""CoNLL files, one an annotator, read as the tasks of a Label Studio export.

::

    corpus/amina.conll      a token a line, its tag in the last column, an empty line after each sentence;
    corpus/boris.conll      ``-DOCSTART-`` before each document, else every block of lines is one

Tags are IOB1, IOB2 or BIOES; a document whose tags are all ``?`` was not seen by this annotator. The text is made of
the tokens, with a space between two and a line for a sentence; documents of the same words are one article. A region is
called by the line of its first token.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.articles.raw import id_from
from toolkit.errors import BadInputError
from toolkit.files import read_text
from toolkit.ontology.labelconfig import TEXT

CONTROL = "conll"
SUFFIXES = (".conll", ".bio", ".iob", ".iob2", ".tsv", ".txt")
UNSEEN = "?"

_START = "-DOCSTART-"
_BETWEEN = " \t"  # columns; other white space, such as a no-break space, is part of a token
_OPENING = frozenset("BSU")
_CLOSING = frozenset("ESLU")
_PREFIXES = frozenset("BIESLU")


class _Token(NamedTuple):
    words: str
    tag: str
    line: int


class _Document(NamedTuple):
    sentences: list[list[_Token]]

    @property
    def tokens(self) -> list[_Token]:
        return [token for sentence in self.sentences for token in sentence]

    @property
    def text(self) -> str:
        return "\n".join(" ".join(token.words for token in sentence) for sentence in self.sentences)


def read_conll(folder: Path) -> list[dict[str, Any]]:
    """A task for every document, with an annotation for every annotator who saw it.

    Raises BadInputError with file and line where something is no CoNLL.
    """
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix.lower() in SUFFIXES]
    if not files:
        raise BadInputError(
            f"{folder}: neither brat (.ann) nor CoNLL ({' '.join(SUFFIXES)}) in it",
            next="goldkit pull --from-file FOLDER, with a folder (brat) or a file (CoNLL) for each annotator",
        )
    documents = {file: list(_documents(file)) for file in files}
    _refuse_other_words(documents)
    tasks: dict[str, dict[str, Any]] = {}
    for file, own in documents.items():
        for document in own:
            task = tasks.setdefault(document.text, _task(document.text, len(tasks) + 1))
            if annotation := _annotation(document, file):
                task["annotations"].append(annotation)
    return list(tasks.values())


def _annotation(document: _Document, file: Path) -> dict[str, Any] | None:
    """What one annotator did on one document; None where they did not see it."""
    tokens = document.tokens
    unseen = [token for token in tokens if token.tag == UNSEEN]
    if not unseen:
        return {"id": tokens[0].line, "completed_by": {"email": file.stem}, "result": list(_regions(document))}
    if len(unseen) < len(tokens):
        raise BadInputError(
            f"{file}:{unseen[0].line}: this token has the tag ?, others of its document have not",
            next="tag the whole document, or give all its tokens the tag ? (not seen)",
        )
    return None


def _refuse_other_words(documents: dict[Path, list[_Document]]) -> None:
    """Name a document that is another annotator's but for some words: by itself, it would be an article of its own."""
    first_of: dict[int, tuple[Path, list[_Document]]] = {}
    for file, own in documents.items():
        first, theirs = first_of.setdefault(len(own), (file, own))
        differing = [
            number for number, both in enumerate(zip(own, theirs, strict=True)) if both[0].text != both[1].text
        ]
        if 2 * len(differing) >= len(own):  # these two have other documents
            continue
        for number in differing:
            if _alike(own[number].tokens, theirs[number].tokens):
                raise BadInputError(
                    f"{file}:{own[number].tokens[0].line}: document {number + 1} has other words than in {first}",
                    next=f"make the words of document {number + 1} the same in both files, or take one of them out",
                )


def _alike(one: Sequence[_Token], other: Sequence[_Token]) -> bool:
    common = Counter(token.words for token in one) & Counter(token.words for token in other)
    return 2 * common.total() >= max(len(one), len(other))


def _task(text: str, number: int) -> dict[str, Any]:
    return {"id": number, "data": {"id": id_from(text), TEXT: text}, "annotations": []}


def _documents(file: Path) -> Iterator[_Document]:
    lines = [line.rstrip("\r") for line in read_text(file).split("\n")]
    marked = any(line.startswith(_START) for line in lines)
    sentences: list[list[_Token]] = []
    sentence: list[_Token] = []
    found = False
    for number, line in enumerate([*lines, _START], start=1):
        starts = line.startswith(_START)
        if line.strip(_BETWEEN) and not starts:
            sentence.append(_token(line, number, file))
            continue
        if sentence:
            sentences.append(sentence)
            sentence = []
        if sentences and (starts or not marked):
            yield _Document(sentences)
            sentences = []
            found = True
    if not found:
        raise BadInputError(f"{file}: no token in it", next=f"write {file}, or take it out of the folder")


def _token(line: str, number: int, file: Path) -> _Token:
    columns = line.split("\t") if "\t" in line else re.split(" +", line.strip(" "))
    words, tag = columns[0].strip(_BETWEEN), columns[-1].strip(_BETWEEN)
    prefix, dash, label = tag.partition("-")
    if len(columns) < 2 or not (tag in ("O", UNSEEN) or (dash and prefix in _PREFIXES and label)):
        raise BadInputError(
            f"{file}:{number}: {tag!r} is no tag (O, B-LABEL, I-LABEL, or ? for not seen)",
            next=f"correct line {number} of {file}: the token first, its tag last",
        )
    if not words or "\0" in words:
        what = "there is no token before the tag" if not words else "this is no text (it holds a zero byte)"
        raise BadInputError(f"{file}:{number}: {what}", next=f"correct line {number} of {file}")
    return _Token(words, tag, number)


def _regions(document: _Document) -> Iterator[dict[str, Any]]:
    start = 0
    for sentence in document.sentences:
        starts = [*accumulate((len(token.words) + 1 for token in sentence), initial=start)]
        for first, last, label in _spans([token.tag for token in sentence]):
            at = starts[first]
            words = " ".join(token.words for token in sentence[first : last + 1])
            value = {"start": at, "end": at + len(words), "text": words, "labels": [label]}
            id = f"line-{sentence[first].line}"
            yield {"id": id, "from_name": CONTROL, "to_name": TEXT, "type": "labels", "value": value}
        start = starts[-1]


def _spans(tags: list[str]) -> Iterator[tuple[int, int, str]]:
    """(first token, last token, label): a span begins where its tag says so, or where another label ends."""
    open_at, open_label = 0, ""
    for number, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if open_label and (label != open_label or prefix in _OPENING):
            yield open_at, number - 1, open_label
            open_label = ""
        if label and not open_label:
            open_at, open_label = number, label
        if open_label and prefix in _CLOSING:
            yield open_at, number, open_label
            open_label = ""
