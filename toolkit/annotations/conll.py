"""CoNLL files, one an annotator, read as the tasks of a Label Studio export.

::

    corpus/amina.conll      a token a line, its tag in the last column, an empty line after each sentence;
    corpus/boris.conll      ``-DOCSTART-`` before each document, else every block of lines is one

Tags are IOB1, IOB2 or BIOES; a document whose tags are all ``?`` was not seen by this annotator. The text is made of
the tokens, with a space between two and a line for a sentence; documents of the same words are one article.
"""

from __future__ import annotations

from collections.abc import Iterator
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
_OPENING = frozenset("BSU")
_CLOSING = frozenset("ESLU")
_PREFIXES = frozenset("BIESLU")


class _Token(NamedTuple):
    words: str
    tag: str
    line: int


_Document = list[list[_Token]]  # sentences


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
    tasks: dict[str, dict[str, Any]] = {}
    for file in files:
        for document in _documents(file):
            text = "\n".join(" ".join(token.words for token in sentence) for sentence in document)
            task = tasks.setdefault(text, _task(text, len(tasks) + 1))
            tokens = [token for sentence in document for token in sentence]
            unseen = [token for token in tokens if token.tag == UNSEEN]
            if len(unseen) == len(tokens):
                continue
            if unseen:
                place = f"{file}:{unseen[0].line}"
                raise BadInputError(
                    f"{place}: this token has the tag ?, others of its document have not",
                    next="tag the whole document, or give all its tokens the tag ? (not seen)",
                )
            result = list(_regions(document, text))
            task["annotations"].append({"completed_by": {"email": file.stem}, "result": result})
    return list(tasks.values())


def _task(text: str, number: int) -> dict[str, Any]:
    return {"id": number, "data": {"id": id_from(text), TEXT: text}, "annotations": []}


def _documents(file: Path) -> Iterator[_Document]:
    lines = [line.rstrip("\r") for line in read_text(file).split("\n")]
    marked = any(line.startswith(_START) for line in lines)
    document: _Document = []
    sentence: list[_Token] = []
    for number, line in enumerate([*lines, ""], start=1):
        starts = line.startswith(_START)
        if line.strip() and not starts:
            sentence.append(_token(line, number, file))
            continue
        if sentence:
            document.append(sentence)
            sentence = []
        if document and (starts or not marked):
            yield document
            document = []
    if document:
        yield document


def _token(line: str, number: int, file: Path) -> _Token:
    columns = line.split("\t") if "\t" in line else line.split()
    tag = columns[-1].strip()
    prefix, dash, label = tag.partition("-")
    if len(columns) < 2 or not (tag in ("O", UNSEEN) or (dash and prefix in _PREFIXES and label)):
        raise BadInputError(
            f"{file}:{number}: {tag!r} is no tag (O, B-LABEL, I-LABEL, or ? for not seen)",
            next=f"correct line {number} of {file}: the token first, its tag last",
        )
    return _Token(columns[0], tag, number)


def _regions(document: _Document, text: str) -> Iterator[dict[str, Any]]:
    start = 0
    number = 0
    for sentence in document:
        for first, last, label in _spans([token.tag for token in sentence]):
            number += 1
            before = sum(len(token.words) + 1 for token in sentence[:first])
            words = " ".join(token.words for token in sentence[first : last + 1])
            at = start + before
            value = {"start": at, "end": at + len(words), "text": words, "labels": [label]}
            yield {"id": f"{number}", "from_name": CONTROL, "to_name": TEXT, "type": "labels", "value": value}
        start += sum(len(token.words) + 1 for token in sentence)


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
