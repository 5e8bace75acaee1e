"""Annotated articles as JSON lines, one article a line, read as the tasks of a Label Studio export.

::

    storms.jsonl          {"doc_id": "1/a", "text": "Ana sailed.", "mentions": [{"start": 0, "end": 3, "type": "PER"}]}
    corpus/amina.jsonl    or a folder, with a file for each annotator
    corpus/boris.jsonl

Every line is a task of its own, so that file and line are known of whatever is found in it; lines with the same text
are about one article. Who annotated is what the line says (``annotator``), else the name of the file. What a line says
besides describes the article, as in ``goldkit articles add``; of several lines about one article, the first counts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.annotations.collect import Received
from toolkit.annotations.grammar import Grammar, well_formed
from toolkit.annotations.jsonl_items import PEOPLE, Items, layers_of, span_keys
from toolkit.annotations.mapping import ExportMapping, translate
from toolkit.articles.model import text_digest
from toolkit.articles.raw import ORIGINAL_ID, id_from
from toolkit.errors import BadInputError
from toolkit.files import explained
from toolkit.ontology.labelconfig import TEXT, WORK_FIELDS

SUFFIX = ".jsonl"

_ID_KEYS = ("article_id", "doc_id", "id")
_SIGNERS = ("annotator", "annotator_id", "_annotator_id", "_session_id", "completed_by")
_ANSWER = "answer"  # Prodigy's: accept, or what says that the annotations are not to be taken
_PASSED_OVER = frozenset({"reject", "ignore"})
_FITTING_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
# What `goldkit export --to jsonl` says of an article's gold: the next build works it out again.
_OF_A_DATASET = frozenset(
    {"status", "voters", "resolution", "layers", "ontology_version", "untagged", "misaligned"}
    | {"token_starts", "token_ends", "ner_tags"}
)
_BESIDE = ("export.json", "README.md")  # in a folder that `goldkit export` wrote, or somebody published
_EXPECTED = 'an object a line: {"article_id": …, "text": …, "mentions": [{"start": …, "end": …, "label": …}]}'


class _Line(NamedTuple):
    """One article as its line has it; ``given`` is the id in it, empty where there is none.

    ``called`` is what the file is called in records and findings: its own name may be a person's.
    """

    file: Path
    called: str
    number: int
    values: dict[str, Any]
    text: str
    given: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.number}"


def is_jsonl(path: Path) -> bool:
    """Whether the path is a JSON Lines file, or a folder with such files in it."""
    return any(map(_is_file_of_lines, path.iterdir())) if path.is_dir() else path.suffix.lower() == SUFFIX


def read_jsonl_export(
    path: Path, mapping: ExportMapping, grammar: Grammar, known: Mapping[str, str] | None = None
) -> list[Received]:
    """A task for every line, in our names, with the annotation that is in it.

    A task's ``file`` and ``line`` say where it comes from: ``export.jsonl``, or of several files ``export-2.jsonl`` for
    the second by name, since a file's own name may be the annotator's. Its layers are those of which the line says
    anything; where it says of none, nobody annotated the article. An id that cannot be an article's is changed
    (``article_ids``), and kept as the article's ``original_id``.

    Args:
        path: the file, or the folder.
        mapping: their names to ours; the keys of a line that hold spans are controls.
        grammar: the ontology.
        known: ids of articles that are there already, by their text; the same text is one article.

    Raises:
        BadInputError: with file and line; a line is no article with a text, two texts have one id, or there is no
            annotation at all.
    """
    files = _files(path)
    called = ["export.jsonl"] if len(files) == 1 else [f"export-{n}.jsonl" for n in range(1, len(files) + 1)]
    lines = [line for pair in zip(files, called, strict=True) for line in _lines(*pair, mapping)]
    lines.sort(key=lambda line: (line.given, line.text))  # of one text under two ids, not the upper line decides
    if not any(layers_of(line.values, mapping, grammar) for line in lines):
        keys = ", ".join(sorted({key for line in lines for key in line.values})) or "none"
        raise BadInputError(
            f"{path}: no annotations in it (keys: {keys})",
            next=f"articles alone: goldkit articles add {path}; else name the key in the mapping file: "
            "“controls: {KEY: entities}”",
        )
    named = _named(lines, known or {})
    return [
        Received(_task(line, article_id, mapping, grammar), layers=layers_of(line.values, mapping, grammar))
        for line, article_id in zip(lines, named, strict=True)
    ]


def article_ids(given: Iterable[str]) -> dict[str, str]:
    """An article id for each name: the name itself where it can be one, else made from it.

    What may not stand in an id becomes ``-``. Where two names would come to the same, a piece of the name's sha256
    tells them apart: no two names have one id, whatever their order.
    """
    names = set(given)
    plain = {name: name if _FITTING_ID.fullmatch(name) else _plain(name) for name in names}
    taken = Counter(plain.values())
    return {
        name: id if id and (id == name or taken[id] == 1) else f"{id[:100]}-{_digest(name)}".strip("-")
        for name, id in plain.items()
    }


def _plain(name: str) -> str:
    if _FITTING_ID.fullmatch(hyphened := name.replace("/", "-")):  # as `goldkit articles add` has it
        return hyphened
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:128]


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _is_file_of_lines(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == SUFFIX


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        if not path.is_file():
            raise BadInputError(f"{path}: no such file", next=f"goldkit pull --from-file FILE{SUFFIX}")
        return [path]
    there = sorted(file for file in path.iterdir() if not file.name.startswith("."))
    if others := [file for file in there if not _is_file_of_lines(file) and file.name not in _BESIDE]:
        raise BadInputError(
            f"{path}: both JSON lines and something else ({others[0].name}) in it",
            next=f"put the {SUFFIX} files into a folder of their own",
        )
    return [file for file in there if _is_file_of_lines(file)]


def _lines(file: Path, called: str, mapping: ExportMapping) -> Iterator[_Line]:
    found = False
    with explained(file, "read"), file.open("rb") as lines:
        for number, content in enumerate(lines, start=1):
            if content.strip(b"\xef\xbb\xbf \t\r\n"):
                found = True
                yield _line(file, called, number, content, mapping)
    if not found:
        raise BadInputError(f"{file}: nothing in it", next=f"write {_EXPECTED}; or take the file out")


def _line(file: Path, called: str, number: int, content: bytes, mapping: ExportMapping) -> _Line:
    place = f"{file}:{number}"
    values = _parsed(content, place)
    text = values.get(key := mapping.text or TEXT)
    if not isinstance(text, str) or not text:
        texts = ", ".join(sorted(name for name, value in values.items() if isinstance(value, str) and value))
        raise BadInputError(
            f"{place}: no text in {key!r} (there are: {texts or 'no texts'})",
            next="name the key that holds it in the mapping file: “text: KEY”",
        )
    if (digest := values.get("text_sha256")) and digest != text_digest(well_formed(text)):
        raise BadInputError(
            f"{place}: the text is not the one that its text_sha256 was made from",
            next=f"bring the text of {place} back, or take its text_sha256 out where the offsets fit the text",
        )
    return _Line(file, called, number, values, text, _given_id(values, mapping, place))


def _parsed(content: bytes, place: str) -> dict[str, Any]:
    if content.lstrip(b"\xef\xbb\xbf \t").startswith(b"["):
        raise BadInputError(
            f"{place}: a JSON list, as in an export of Label Studio, and not JSON lines",
            next="call the file .json: goldkit pull --from-file EXPORT.json; or write " + _EXPECTED,
        )
    try:
        values = json.loads(content.strip())
    except json.JSONDecodeError as error:
        raise BadInputError(
            f"{place}:{error.colno}: not JSON: {error.msg}", next=f"correct {place}; expected: {_EXPECTED}"
        ) from None
    except UnicodeDecodeError as error:
        raise BadInputError(f"{place}: not UTF-8 at byte {error.start}", next=f"save {place} as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{place}: not data ({error})", next=f"correct {place}") from None
    if not isinstance(values, dict):
        raise BadInputError(f"{place}: no JSON object", next=f"correct {place}; expected: {_EXPECTED}")
    if isinstance(values.get("data"), dict) and ("annotations" in values or "completions" in values):
        raise BadInputError(
            f"{place}: a task of Label Studio, and no article",
            next="in Label Studio: Export, format JSON; or put the tasks into one list, in a file that ends in .json",
        )
    return values


def _given_id(values: dict[str, Any], mapping: ExportMapping, place: str) -> str:
    for key in _id_keys(mapping):
        value = values.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    if mapping.article_id:
        raise BadInputError(f"{place}: no id in {mapping.article_id!r}", next="correct “article_id: …” in the mapping")
    return ""


def _id_keys(mapping: ExportMapping) -> tuple[str, ...]:
    return (mapping.article_id,) if mapping.article_id else _ID_KEYS


def _named(lines: list[_Line], known: Mapping[str, str]) -> Iterator[str]:
    """The article id of each line. Raises BadInputError where one id would be that of two texts."""
    ids = article_ids(line.given for line in lines if line.given)
    names = dict(known)
    texts: defaultdict[str, set[str]] = defaultdict(set)  # a known article's raw text is as good as its frozen one
    for text, article_id in known.items():
        texts[article_id].add(text)
    first: dict[str, str] = {}
    for line in lines:
        article_id = names.setdefault(line.text, ids[line.given] if line.given else id_from(line.text))
        if line.text not in texts.setdefault(article_id, {line.text}):
            raise BadInputError(
                f"{line.place}: its id is {article_id}, and so is that of another text"
                f" ({first.get(article_id, 'of an article that is here already')})",
                next="give one of the two another id; or name the key that tells them apart in the mapping file: "
                "“article_id: KEY”",
            )
        first.setdefault(article_id, line.place)
        yield article_id


def _task(line: _Line, article_id: str, mapping: ExportMapping, grammar: Grammar) -> dict[str, Any]:
    annotations = []
    if layers_of(line.values, mapping, grammar):
        result = Items(mapping, grammar).of(line.values)
        annotation = {
            "id": line.number,  # of two by one annotator, the one further down counts
            "completed_by": {"email": _signer(line)},
            "was_cancelled": line.values.get(_ANSWER) in _PASSED_OVER,
            "result": [translate(element, mapping, grammar) for element in well_formed(result)],
        }
        annotations.append(annotation)
    return {
        "id": f"{line.called}:{line.number}",
        "file": line.called,
        "line": line.number,
        "data": {**_described(line, mapping, grammar), "article_id": article_id, TEXT: line.text},
        "annotations": annotations,
    }


def _signer(line: _Line) -> str:
    for key in _SIGNERS:
        value = line.values.get(key)
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return line.file.stem


def _described(line: _Line, mapping: ExportMapping, grammar: Grammar) -> dict[str, Any]:
    """What the line says of the article itself."""
    values = line.values
    said = {mapping.text or TEXT, "text_sha256", "tokens", "relations", "claims", "cues", _ANSWER}
    said |= {*PEOPLE, *_SIGNERS, *WORK_FIELDS}
    said |= {*span_keys(values, mapping, grammar)}
    if "text_sha256" in values and "layers" in values:
        said |= _OF_A_DATASET
    id_key = next((key for key in _id_keys(mapping) if str(values.get(key, "")).strip() == line.given), "")
    described = {key: value for key, value in values.items() if key not in said and key != id_key}
    if line.given and not _FITTING_ID.fullmatch(line.given):
        described.setdefault(ORIGINAL_ID, line.given)
    result: dict[str, Any] = well_formed(described)
    return result
