"""Each reader as a function of the bytes that it is given, with the laws that hold whatever they are.

A GoldkitError that says what to do is an answer; any other exception is a bug.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from random import Random
from typing import Any

from toolkit.annotations.collect import Collected, Counts, Received
from toolkit.annotations.exports import raw_articles, raw_texts, read_export
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.mapping import ExportMapping, group_unmapped, load_mapping
from toolkit.annotations.migrate import move
from toolkit.articles.freeze import freeze_all
from toolkit.articles.model import StoredArticle
from toolkit.articles.rules import Rules
from toolkit.errors import GoldkitError
from toolkit.files import read_text
from toolkit.findings import Finding, Place
from toolkit.ontology.labelconfig import compile_label_config
from toolkit.ontology.lint import lint
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.ontology.plainxml import check_config
from toolkit.ontology.plan import Plan
from toolkit.ontology.plan_checks import load_plan
from toolkit.ontology.plan_file import PlanFile
from toolkit.project import LAYERS
from toolkit.stages.imports import import_config

from .drafts import article, as_raw
from .exports import FULL
from .laws import annotations_of, hold

CORPUS = Path(__file__).parent.parent / "corpus"
GRAMMAR = Grammar(FULL)
NAMES = ExportMapping()
FOLDER = tempfile.TemporaryDirectory(prefix="goldkit-fuzz-")  # gone with the process

STORM = (CORPUS / "article.txt").read_text(encoding="utf-8")
ARTICLES = {name: article(name, STORM) for name in ("storm", "storm-crlf")}
RAW = {"storm-crlf": as_raw(STORM)}

MOVES = PlanFile.model_validate(
    {
        "from": "1.0.0",
        "to": "1.2.3",
        "steps": [
            {"rename": {"label": "PERSON", "to": "HUMAN"}},
            {"merge": {"labels": ["PLACE", "EVENT"], "into": "PLACE"}},
            {"split": {"label": "NUMBER", "by": "digits", "into": {"7": "DAY"}, "otherwise": "RATE"}},
            {"retire": {"label": "CUE"}},
            {"rename": {"option": "named", "of": "level", "to": "name"}},
            {"retype": {"relation": "knows", "head": ["PERSON"], "tail": ["PERSON"], "to": "knows", "reverse": True}},
        ],
    }
)
PLAN = Plan(MOVES, FULL, lambda loc: Place("plan.yaml"))


@dataclass(frozen=True)
class Answer:
    """What a reader said: the rules that it found broken, what it counted, or why it could not read at all."""

    rules: frozenset[str] = frozenset()
    counts: Counts | None = None
    error: str = ""


Reads = Callable[[bytes], Answer]


def answering(read: Reads) -> Reads:
    """Take an error for an answer, where it says what happened and what to do next."""

    @wraps(read)
    def answered(data: bytes) -> Answer:
        try:
            return read(data)
        except GoldkitError as error:
            return _told(error)

    return answered


def _told(error: GoldkitError) -> Answer:
    assert error.message.strip()
    assert error.next.strip()
    return Answer(error=error.message.replace(FOLDER.name + "/", ""))


@answering
def tasks(data: bytes) -> Answer:
    """The tasks of a server that shows ``tests/corpus/article.txt``, frozen and raw."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return Answer(error="not JSON")
    received = [Received(task, _project(task)) for task in (value if isinstance(value, list) else [value])]
    for one in received:
        for annotation in annotations_of(one.task):
            if isinstance(annotation, dict):
                moved = move(annotation.get("result"), PLAN)
                assert move(moved.result, PLAN).result == moved.result
    return _answer(hold(received, ARTICLES, FULL, RAW, shuffle=Random(0)))


@answering
def export(data: bytes) -> Answer:
    """Somebody's JSON export."""
    return exported(_file("export.json", data))


@answering
def json_lines(data: bytes) -> Answer:
    """Annotated articles, one a line."""
    return exported(_file("export.jsonl", data))


@answering
def conll(data: bytes) -> Answer:
    """A folder with two annotators' files; a form feed parts them."""
    with _folder() as folder:
        for name, part in zip(("ann", "ben"), data.split(b"\f", 1), strict=False):
            (folder / f"{name}.conll").write_bytes(part)
        return exported(folder)


@answering
def standoff(data: bytes) -> Answer:
    """A folder with one brat document; what stands before the first form feed is its text."""
    text, _, annotations = data.partition(b"\f")
    with _folder() as folder:
        (folder / "storm.txt").write_bytes(text)
        (folder / "storm.ann").write_bytes(annotations)
        return exported(folder)


@answering
def label_config(data: bytes) -> Answer:
    """A label config in XML; what is imported of it can be read again and compiled."""
    path = _file("config.xml", data)
    findings = check_config(read_text(path), "config.xml")
    with _folder() as folder:
        made = import_config(path, folder / "ontology.yaml", folder / "mapping.yaml")
        imported = load_ontology(made.ontology)
        load_mapping(made.mapping, Grammar(imported))
    _compile(imported)
    return _answer_of([*findings, *made.findings])


@answering
def ontology(data: bytes) -> Answer:
    """An ontology, as a person writes it; one that is read can be checked and compiled."""
    read = load_ontology(_file("ontology.yaml", data))
    _compile(read)
    return Answer(frozenset(problem.rule.id for problem in lint(read)))


@answering
def mapping(data: bytes) -> Answer:
    """A mapping file."""
    load_mapping(_file("mapping.yaml", data), GRAMMAR)
    return Answer()


@answering
def plan(data: bytes) -> Answer:
    """The plan of a migration."""
    load_plan(_file("plan.yaml", data), FULL)
    return Answer()


def _project(task: Any) -> str:
    return str(task.get("project", "")) if isinstance(task, dict) else ""


def _compile(ontology: Ontology) -> None:
    there = {"entities": True, "relations": bool(ontology.relations), "claims": ontology.claims is not None}
    compile_label_config(ontology, [layer for layer in LAYERS if there[layer]])


def exported(path: Path, names: ExportMapping = NAMES) -> Answer:
    """What an export holds, read as ``goldkit pull --from-file`` reads it."""
    received = read_export(path, names, GRAMMAR)
    frozen = [*freeze_all(raw_articles(received, path), Rules())]
    stored = {one.article.article_id: one for one in frozen if isinstance(one, StoredArticle)}
    articles = {id: one.article for id, one in stored.items()}
    found = hold(received, articles, FULL, raw_texts(stored.values()), shuffle=Random(0))
    refused = [one for one in frozen if isinstance(one, Finding)]
    return _answer(group_unmapped(found, Path("mapping.yaml")), refused)


def _answer(found: Collected, more: Iterable[Finding] = ()) -> Answer:
    return Answer(_answer_of([*found.findings, *more]).rules, found.counts)


def _answer_of(findings: Iterable[Finding]) -> Answer:
    assert all(finding.message and finding.next for finding in findings)
    return Answer(frozenset(finding.rule for finding in findings))


def _file(name: str, data: bytes) -> Path:
    path = Path(FOLDER.name) / name
    path.write_bytes(data)
    return path


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(FOLDER.name, "corpus")
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


READERS: dict[str, Reads] = {
    "tasks": tasks,
    "exports": export,
    "json-lines": json_lines,
    "conll": conll,
    "standoff": standoff,
    "label-config": label_config,
    "ontology": ontology,
    "mapping": mapping,
    "plan": plan,
}
"""By the folder of the corpus that holds their cases."""


def seeds(*folders: str) -> list[bytes]:
    """The cases of the corpus in these folders."""
    return [file.read_bytes() for folder in folders for file in sorted((CORPUS / folder).iterdir())]
