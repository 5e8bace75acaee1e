"""Label Studio JSON exports of other people: read whole, and put in our names.

Only the full JSON export holds relations and who did what. JSON-MIN, CSV, TSV and CoNLL do not, and are refused.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from toolkit.annotations.codec import Text
from toolkit.annotations.collect import Received
from toolkit.annotations.conll import read_conll
from toolkit.annotations.grammar import Grammar, well_formed
from toolkit.annotations.jsonl import is_jsonl, read_jsonl_export
from toolkit.annotations.mapping import ExportMapping, translate
from toolkit.annotations.standoff import is_standoff, read_standoff
from toolkit.articles.edits import OffsetMap
from toolkit.articles.model import StoredArticle
from toolkit.articles.raw import RawArticle, Row, id_from, raw_article
from toolkit.errors import BadInputError
from toolkit.files import explained, read_json, unread
from toolkit.findings import Finding, Place
from toolkit.ontology.labelconfig import CLAIMS, WORK_FIELDS
from toolkit.project import LAYERS, Layer
from toolkit.spans import Span, same_words

_EXPORT_AGAIN = "in Label Studio: Export, format JSON (not JSON-MIN); or fetch it with goldkit pull"
_NOT_TEXT = frozenset(
    {"rectanglelabels", "polygonlabels", "ellipselabels", "brushlabels", "keypointlabels", "videorectangle"}
    | {"rectangle", "polygon", "ellipse", "brush", "keypoint", "bitmasklabels", "timeserieslabels"}
)
_ID_KEYS = ("article_id", "id", "text_id", "doc_id")


def read_export(
    path: Path, mapping: ExportMapping, grammar: Grammar, known: Mapping[str, str] | None = None
) -> list[Received]:
    """Read a full JSON export; also that of Label Studio before 1.0, which says *completions*.

    A folder is read as brat standoff, JSON lines or CoNLL, with the work of several annotators in it. A file is read as
    a whole: a few hundred MB need a few GB of memory. A larger project is better pulled.
    ``data`` of the tasks is put in our names: ``article_id``, ``text``, and every other single value as it was.
    The layers are those of which there is anything at all in the file; of JSON lines, in the line.

    Args:
        path: the export.
        mapping: their names to ours.
        grammar: the ontology.
        known: ids of articles that are there already, by their text; the same text is one article.

    Raises:
        BadInputError: it is no full JSON export, or it does not say which text or which article a task is about.
    """
    if path.is_dir():
        _refuse_unread(path)
    if is_jsonl(path):
        return read_jsonl_export(path, mapping, grammar, known)
    names = dict(known or {})
    texts: defaultdict[str, set[str]] = defaultdict(set)  # a known article's raw text is as good as its frozen one
    for text, article_id in names.items():
        texts[article_id].add(text)
    unnamed: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))
    tasks = [well_formed(task) for task in _full_export(path)]
    translated: list[Any] = []
    for number, task in enumerate(tasks, start=1):
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            translated.append(task)  # for the checks to find
            continue
        where = f"{path}: task {task.get('id', number)}"
        own = "text_sha256" in task["data"]  # goldkit made the task
        annotations = [_translated(one, mapping, grammar, own) for one in _annotations(task)]
        text = task["data"][_text_key(task["data"], annotations, mapping, where)]
        article_id = names.setdefault(text, _article_id(task["data"], mapping, text, where))
        if text not in texts.setdefault(article_id, {text}):
            raise BadInputError(
                f"{where}: it calls itself {article_id}, and so does another text",
                next="name the data key that tells them apart in the mapping file: “article_id: KEY”",
            )
        annotations = [_signed(one, unnamed[article_id]) for one in annotations]
        single = {
            key: value
            for key, value in task["data"].items()
            if isinstance(value, str | int | float | bool) and key not in WORK_FIELDS
        }
        data = {**single, "article_id": article_id, "text": text}
        data.pop("text_sha256", None)
        translated.append({**task, "data": data, "annotations": annotations})
    layers = _layers(translated) or LAYERS  # nothing in it: nothing was found, in any layer
    return [Received(task, _project(task), layers) for task in translated]


def raw_articles(received: Iterable[Received], path: Path) -> Iterator[RawArticle | Finding]:
    """The articles that an export's tasks show, each once, to be frozen without cleaning rules."""
    seen: set[str] = set()
    for task, _, _ in received:
        if isinstance(task, dict) and isinstance(data := task.get("data"), dict) and data.get("article_id") not in seen:
            seen.add(data.get("article_id", ""))
            yield raw_article(Row(place_of(task, path), data), {})


def place_of(task: Mapping[str, Any], path: Path) -> Place:
    """Where a task of an export comes from: its line, where the export has an article a line, else the export."""
    file, line = task.get("file"), task.get("line")
    return Place(file=file, line=line) if isinstance(file, str) and type(line) is int else Place(file=str(path))


def raw_texts(stored: Iterable[StoredArticle]) -> dict[str, Text]:
    """For ``collect``: the raw text of these articles, in which an export counts, and the way to the frozen one."""
    return {
        one.article.article_id: Text(one.raw, one.article.text, OffsetMap(one.raw, one.edits).to_frozen)
        for one in stored
    }


def _full_export(path: Path) -> list[Any]:
    if path.is_dir():
        return read_standoff(path) if is_standoff(path) else read_conll(path)
    _refuse_other_formats(path)
    tasks = read_json(path)
    if isinstance(tasks, dict):
        raise BadInputError(f"{path}: one object, not the list of tasks that an export is", next=_EXPORT_AGAIN)
    if not isinstance(tasks, list) or not tasks:
        raise BadInputError(f"{path}: no tasks in it", next=_EXPORT_AGAIN)
    objects = [task for task in tasks if isinstance(task, dict)]
    if any("annotations" in task or "completions" in task for task in objects):
        return tasks
    if any("data" in task for task in objects):
        raise BadInputError(f"{path}: tasks without annotations, as for an import", next=_EXPORT_AGAIN)
    raise BadInputError(f"{path}: this is JSON-MIN, which holds no relations", next=_EXPORT_AGAIN)


def _refuse_unread(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if why := unread(path, folder):
            raise BadInputError(f"{path}: {why}, which is not read", next="put the file itself there, or take it out")


def _refuse_other_formats(path: Path) -> None:
    if not path.is_file():
        raise BadInputError(f"{path}: no such file", next="goldkit pull --from-file EXPORT.json")
    with explained(path, "read"), path.open("rb") as file:
        start = file.read(4096).decode("utf-8-sig", "replace").lstrip()
    if start.startswith(("[", "{")):
        return
    line = start.partition("\n")[0]
    what = "this is not a JSON export"
    if "\0" in start:
        what = "this is not UTF-8 text"
    elif "-DOCSTART-" in line or re.fullmatch(r"\S+ \S+ \S+ \S+", line):
        what = "this is CoNLL, which holds no relations; to take it, give the folder with a file for each annotator"
    elif "\t" in line or "," in line:
        what = f"this is {'TSV' if chr(9) in line else 'CSV'}, which holds no relations"
    raise BadInputError(f"{path}: {what}", next=_EXPORT_AGAIN)


def _annotations(task: dict[str, Any]) -> list[Any]:
    annotations = task.get("annotations")
    if annotations is None and isinstance(old := task.get("completions"), list):
        annotations = [_modern(one) for one in old]
    return [] if annotations is None else annotations if isinstance(annotations, list) else [annotations]


def _signed(annotation: Any, unnamed: Iterator[int]) -> Any:
    """Published exports often do not say who made an annotation: those of one article are then by different people."""
    if not isinstance(annotation, dict) or annotation.get("completed_by"):
        return annotation
    return {**annotation, "completed_by": {"id": f"unnamed-{next(unnamed)}"}}


def _modern(completion: Any) -> Any:
    """An annotation as it was called before Label Studio 1.0."""
    if not isinstance(completion, dict):
        return completion
    return {
        "was_cancelled": completion.get("skipped", False),
        "completed_by": completion.get("created_username"),
        "updated_at": completion.get("created_at"),
        **completion,
    }


def _translated(annotation: Any, mapping: ExportMapping, grammar: Grammar, own: bool) -> Any:
    if not isinstance(annotation, dict) or not isinstance(result := annotation.get("result"), list):
        return annotation
    return {**annotation, "result": [translate(element, mapping, grammar, own=own) for element in result]}


def _text_key(data: dict[str, Any], annotations: list[Any], mapping: ExportMapping, where: str) -> str:
    texts = {key: value for key, value in data.items() if isinstance(value, str) and value}
    foreign = {kind for element in _elements(annotations) if (kind := str(element.get("type"))) in _NOT_TEXT}
    if foreign:
        raise BadInputError(
            f"{where}: it labels no text ({', '.join(sorted(foreign))})",
            next="take the tasks about images, sound or video out of the export",
        )
    key = mapping.text or "text"
    if key in texts:
        return key
    if not mapping.text:
        quotes = [quote for element in _elements(annotations) if (quote := _quote(element))]
        fitting = Counter(
            {key: sum(same_words(span.of(text), words) for span, words in quotes) for key, text in texts.items()}
        )
        best = fitting.most_common(1)
        if best and best[0][1]:
            return best[0][0]
        if len(texts) == 1:
            return next(iter(texts))
    raise BadInputError(
        f"{where}: its text is not in {mapping.text or 'text'!r} (there are: {', '.join(sorted(texts)) or 'no texts'})",
        next="name the data key that holds it in the mapping file: “text: KEY”",
    )


def _quote(element: dict[str, Any]) -> tuple[Span, str] | None:
    value = element.get("value")
    if element.get("type") != "labels" or not isinstance(value, dict):
        return None
    start, end, words = value.get("start"), value.get("end"), value.get("text")
    if isinstance(start, int) and isinstance(end, int) and isinstance(words, str):
        return Span(start, end), words
    return None


def _article_id(data: dict[str, Any], mapping: ExportMapping, text: str, where: str) -> str:
    if mapping.article_id and not isinstance(data.get(mapping.article_id), str | int):
        raise BadInputError(
            f"{where}: no {mapping.article_id!r} in its data", next="correct “article_id: …” in the mapping file"
        )
    for key in (mapping.article_id,) if mapping.article_id else _ID_KEYS:
        if isinstance(value := data.get(key), str | int) and (safe := _safe(str(value))):
            return safe
    return id_from(text)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:128]


def _layers(tasks: Iterable[Any]) -> tuple[Layer, ...]:
    seen: set[str] = set()
    for task in tasks:
        if isinstance(task, dict):
            for element in _elements(task.get("annotations")):
                if element.get("type") == "relation":
                    seen.add("relations")
                elif element.get("type") == "labels":
                    seen.add("claims" if element.get("from_name") == CLAIMS else "entities")
    return tuple(layer for layer in LAYERS if layer in seen)


def _elements(annotations: Any) -> Iterator[dict[str, Any]]:
    for annotation in annotations if isinstance(annotations, list) else ():
        result = annotation.get("result") if isinstance(annotation, dict) else None
        yield from (element for element in (result if isinstance(result, list) else ()) if isinstance(element, dict))


def _project(task: Any) -> str:
    return str(task.get("project", "")) if isinstance(task, dict) else ""
