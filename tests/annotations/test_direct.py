"""The direct way writes what the codec would write, whatever comes: same lines, same counts."""

from __future__ import annotations

import json
import tempfile
import typing
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sampled import sample_workspace
from sweep import examples

from toolkit.annotations import pages, wire
from toolkit.annotations.codec import Codec
from toolkit.annotations.collect import Collected, Counts, Received, collect
from toolkit.annotations.direct import Direct
from toolkit.annotations.grammar import ORIGINS, Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Relation
from toolkit.annotations.pages import Job, PageFile, read_pages
from toolkit.annotations.runs import ORDERS, merged
from toolkit.annotations.store import load_annotations
from toolkit.annotations.wire import AnnotationLine, ClaimLine, CueLine, MentionLine, RelationLine
from toolkit.articles.model import StoredArticle, text_digest
from toolkit.engine import Engine, Here, Processes
from toolkit.files import to_json, write_jsonl
from toolkit.ontology.labelconfig import TEXT as TEXT_TAG
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, Layer
from toolkit.stages import setup

from .worlds import SMALL, annotations, article, broken_results, json_values, ontologies, texts

TEXT = "Ana said\nthat 😀 Bob is in Rome."
OTHER = "Bob 👩‍👧 said no."
LONG_ID = "a" * 100  # longer than a message quotes
ARTICLES = {"one": TEXT, "two": OTHER, LONG_ID: TEXT + " "}


@dataclass(frozen=True)
class Folder:
    """A source of pages whose annotators are called as they are numbered."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def annotator(self, completed_by: Any) -> str:
        return f"ann-{completed_by}" if isinstance(completed_by, int) and completed_by else ""


Files = dict[str, list[bytes]]


def one_by_one(
    received: Sequence[tuple[PageFile, Any]], ontology: Ontology, stored: dict[str, str]
) -> tuple[Files, Counts]:
    """Everything through the codec, in memory."""
    pages_read: list[PageFile] = []

    def tasks() -> Iterator[Received]:
        for page, task in received:
            pages_read.append(page)
            yield Received(task, page.title, page.layers)

    there: Collected = collect(
        tasks(),
        {name: article(text, name) for name, text in stored.items()},
        ontology,
        Folder(Path()).annotator,
        lambda task: pages_read[-1].page_of(task),
    )
    rows = {
        "annotations": [record.model_dump(mode="json") for record in there.annotations],
        "rejected": [row.as_dict() for row in there.rejected],
        "findings": [finding.as_dict() for finding in there.findings],
    }
    return {name: [to_json(row).encode() + b"\n" for row in those] for name, those in rows.items()}, there.counts


def page_by_page(
    folder: Path, files: list[PageFile], ontology: Ontology, *, direct: bool = True, engine: Engine | None = None
) -> tuple[Files, Counts]:
    """The same by shards and runs."""
    scratch = folder / f"scratch-{direct}-{type(engine).__name__}"
    scratch.mkdir(exist_ok=True)
    job = Job(Folder(folder), ontology, folder / "articles.jsonl", scratch, direct)
    done = read_pages(job, files, engine or Here())
    return {name: list(merged(getattr(done.runs, name), order)) for name, order in ORDERS.items()}, done.counts


def store(folder: Path, stored: dict[str, str]) -> None:
    lines = (StoredArticle(article=article(text, name), raw=text) for name, text in stored.items())
    write_jsonl(folder / "articles.jsonl", (line.model_dump(mode="json", exclude_defaults=True) for line in lines))


def write_page(
    folder: Path, number: int, tasks: list[Any], layers: tuple[Layer, ...] = LAYERS, *, ascii: bool
) -> PageFile:
    file = folder / f"page-{number}.json"
    body = json.dumps({"tasks": tasks}, ensure_ascii=ascii)
    file.write_bytes((body if is_text(body) else json.dumps({"tasks": tasks})).encode())
    title = f"project {number % 2}"
    return PageFile(file.name, file.stat().st_size, None, title, f"https://studio.example/{number % 2}", layers)


def is_text(body: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in body)


ODD = [
    *(None, True, 1.0, -0.0, 1e-7, 1e22, 0.1, 10**25, 7, -1, "", "a", [], {}, [""], ["a", "a"], {"a": 1}),
    *(
        float("nan"),
        float("inf"),
        "\ud83d",
        [[["\ud83d"]]],
        "a\x01\u2028",
        {"goldkit": {"context": True}},
        {"note": ["x"]},
    ),
    *(
        "left",
        "right",
        "bi",
        "manual",
        "prediction",
        "text",
        "labels",
        "relation",
        ["asserted"],
        ["asserted", "asserted"],
    ),
]


@st.composite
def clean(draw: st.DrawFn, ontology: Ontology, text: str) -> list[Any]:
    """The result of an annotation without notes or context."""
    made: Annotation = draw(annotations(ontology, text, context=False))
    plain = [item.model_copy(update={"meta": {}}) for item in made.spans()]
    update = {
        "mentions": tuple(item for item in plain if isinstance(item, Mention)),
        "cues": tuple(item for item in plain if isinstance(item, Cue)),
        "claims": tuple(item for item in plain if isinstance(item, Claim)),
    }
    result = Codec(ontology).encode(made.model_copy(update=update))
    for element in (one for one in result if one["type"] == "relation" and draw(st.booleans())):
        element["labels"] = draw(
            st.sampled_from([None, [one for one in element["labels"] if one in ontology.modalities]])
        )
    return result


def spoilt(draw: st.DrawFn, task: dict[str, Any]) -> dict[str, Any]:
    """The task with an odd value somewhere in it."""
    works = task["annotations"]
    places: list[Any] = [task, task["data"], *works]
    places += [element for work in works for element in work["result"] if isinstance(element, dict)]
    places += [element["value"] for element in places if isinstance(element.get("value"), dict)]
    place = draw(st.sampled_from(places))
    keys = {*place, "score", "meta", "origin", "direction", "lead_time", "to_name", "drafts"} - {"id"}
    place[draw(st.sampled_from(sorted(keys | ({"id"} if "type" in place else set()))))] = draw(st.sampled_from(ODD))
    return task


@st.composite
def tasks(draw: st.DrawFn, ontology: Ontology, stored: dict[str, str]) -> dict[str, Any]:
    name = draw(st.sampled_from([*stored, *stored, "unknown"]))
    text = stored.get(name, TEXT)
    data: dict[str, Any] = {"article_id": name, "title": "x"}
    data |= draw(
        st.sampled_from([{"text": text}, {"text": text, "text_sha256": text_digest(text)}, {"text": "else"}, {}])
    )
    works = [
        {
            "id": draw(st.integers(1, 3)),
            "completed_by": draw(st.sampled_from([1, 2, 3, None])),
            "result": draw(clean(ontology, text) | clean(ontology, text) | broken_results(ontology, text)),
            "was_cancelled": draw(st.sampled_from([False, False, False, None, True])),
            "ground_truth": draw(st.booleans()),
            "updated_at": draw(st.sampled_from(["2026-01-01", "2026-01-02"])),
            "lead_time": draw(st.none() | st.floats(0, 1e20)),
        }
        for _ in range(draw(st.integers(0, 3)))
    ]
    task = {"id": draw(st.integers(1, 9)), "data": data, "annotations": works, "drafts": [{}], "predictions": []}
    task = json.loads(json.dumps(task))  # so that no two places in it are one object
    return spoilt(draw, task) if draw(st.booleans()) else task


# Not shrunk: that takes minutes, since every try writes files.
@given(st.data())
@settings(
    max_examples=examples(300),
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_the_ways_write_the_same(data: st.DataObject) -> None:
    ontology = data.draw(st.just(SMALL) | ontologies())
    stored = ARTICLES | {"any": data.draw(texts)}
    every = st.lists(tasks(ontology, stored), max_size=3)
    if data.draw(st.integers(0, 9)) == 0:
        every = st.lists(
            tasks(ontology, stored) | json_values.filter(lambda one: not isinstance(one, dict)), max_size=3
        )
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "SHARD", data.draw(st.sampled_from([1, 8 << 20])))
        folder, files = Path(name), []
        store(folder, stored)
        for number, page in enumerate(data.draw(st.lists(every, min_size=1, max_size=3))):
            layers = data.draw(st.sampled_from([LAYERS, ("entities",)]))
            files.append(write_page(folder, number, page, layers, ascii=data.draw(st.booleans())))
        received = [(file, task) for file in files for task in read(folder / file.name)]
        files_there, counts = (
            one_by_one(received, ontology, stored) if received else ({name: [] for name in ORDERS}, Counts())
        )
        assert page_by_page(folder, files, ontology) == (files_there, counts)
        assert page_by_page(folder, files, ontology, direct=False) == (files_there, counts)
        assert counts.add_up


def read(path: Path) -> list[Any]:
    there: list[Any] = json.loads(path.read_bytes())["tasks"]
    return there


@pytest.mark.parametrize(
    ("line", "model"),
    [
        (MentionLine, Mention),
        (CueLine, Cue),
        (ClaimLine, Claim),
        (RelationLine, Relation),
        (AnnotationLine, Annotation),
    ],
)
def test_the_lines_have_the_fields_of_the_models(line: type[msgspec.Struct], model: Any) -> None:
    assert list(line.__struct_fields__) == sorted(model.model_fields)


def test_the_names_in_the_structs_are_those_of_the_grammar() -> None:
    hints = typing.get_type_hints(wire.Element)
    assert typing.get_args(hints["to_name"]) == (TEXT_TAG,)
    assert typing.get_args(hints["origin"]) == tuple(ORIGINS)
    assert set(typing.get_args(hints["type"])) == {"labels", "choices", "textarea", "relation"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ontology, list[PageFile], list[Annotation]]:
    """The sample annotators' work as pages, with one element broken in every fifth annotation."""
    workspace = sample_workspace(tmp_path_factory.mktemp("sample"))
    ontology = setup.ontology(workspace)
    codec, made = Codec(ontology), list(load_annotations(workspace.annotations))
    lines = map(json.loads, workspace.articles.read_text(encoding="utf-8").splitlines())
    shown = {line["article"]["article_id"]: line["article"]["text"] for line in lines}
    names = sorted({one.annotator for one in made})
    by_article: dict[str, list[dict[str, Any]]] = {}
    for number, one in enumerate(made):
        result = codec.encode(one)
        if number % 5 == 0:
            result[0]["value"]["end"] += 10_000
        work = {"id": number, "completed_by": 1 + names.index(one.annotator), "result": result, "lead_time": 1.5}
        by_article.setdefault(one.article_id, []).append(work)
    folder = workspace.root / "pages"
    folder.mkdir()
    (folder / "articles.jsonl").write_bytes(workspace.articles.read_bytes())
    files = []
    for number, (name, works) in enumerate(sorted(by_article.items())):
        task = {"id": number, "data": {"article_id": name, "text": shown[name]}, "annotations": works}
        files.append(write_page(folder, number, [task], ascii=False))
    return folder, ontology, files, made


@pytest.mark.parametrize("labelled", [True, False], ids=["labelled", "where there is a choice"])
def test_nearly_all_sample_work_goes_the_direct_way(sample: Any, labelled: bool) -> None:
    _, ontology, _, made = sample
    taken: Counter[bool] = Counter()
    for one in made:
        written = Codec(ontology).encode(one)
        for element in () if labelled else (link for link in written if link["type"] == "relation"):
            if any(ontology.told_by_ends(link) for link in ontology.all_relations if link.name in element["labels"]):
                element["labels"] = [label for label in element["labels"] if label in ontology.modalities]
        result = msgspec.convert(written, list[wire.Element])
        text = article("".join(sorted_text(one)), one.article_id)
        direct = Direct(Grammar(ontology), Counts())
        taken[direct.line(wire.Work(result=result), text, "ann", LAYERS, "") is not None] += 1
    assert taken[True] > 0.8 * taken.total()


def sorted_text(one: Annotation) -> list[str]:
    """A text in which the annotation's quotes stand where they should."""
    letters = ["."] * max((item.end for item in one.spans()), default=1)
    for item in one.spans():
        letters[item.start : item.end] = item.text
    return letters


@pytest.mark.parametrize("engine", [Processes(2)], ids=["two processes"])
def test_the_engine_and_the_way_change_nothing(sample: Any, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, ontology, files, made = sample
    monkeypatch.setattr(pages, "SHARD", 1)
    here = page_by_page(folder, files, ontology)
    assert here[1].annotations_in == len(made)
    assert here[1].items_rejected > 0
    assert page_by_page(folder, files, ontology, direct=False) == here
    assert page_by_page(folder, files, ontology, engine=engine) == here


def test_work_on_one_article_in_many_tasks_is_put_together(tmp_path: Path) -> None:
    """Two projects, and two tasks of one: all that is shared is set aside, and counted once."""
    store(tmp_path, ARTICLES)
    work = {"id": 1, "completed_by": 1, "result": [], "updated_at": "2026-01-01"}
    task = {"id": 1, "data": {"article_id": "one", "text": TEXT}, "annotations": [work]}
    later = task | {"id": 2, "annotations": [work | {"id": 2, "updated_at": "2026-01-02"}]}
    files = [write_page(tmp_path, number, page, ascii=True) for number, page in enumerate([[task, later], [task]])]
    lines, counts = page_by_page(tmp_path, files, SMALL)
    assert len(lines["annotations"]) == 1
    assert (counts.annotations_in, counts.annotations_valid, counts.annotations_rejected) == (3, 2, 1)
    assert [json.loads(line)["rule"] for line in lines["findings"]] == ["duplicate-annotation"]


def test_only_the_tasks_that_count_are_read(tmp_path: Path) -> None:
    store(tmp_path, ARTICLES)
    task = {"id": 1, "data": {"article_id": "one", "text": TEXT}, "annotations": []}
    old = write_page(tmp_path, 0, [task, task | {"id": 2, "data": {"article_id": "two", "text": OTHER}}], ascii=True)
    odd = write_page(tmp_path, 1, [task | {"id": 3, "data": None}, task | {"id": 4, "data": None}], ascii=True)
    some = [
        PageFile(one.name, one.bytes, ids, one.title, one.url, one.layers)
        for one, ids in ((old, frozenset({2})), (odd, frozenset({4})))
    ]
    _, counts = page_by_page(tmp_path, some, SMALL)
    assert counts.tasks == 2
