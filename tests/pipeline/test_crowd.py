"""A crowd of 47 on newswire: their CoNLL files pulled, and what the majority and a model of annotators make of them.

The data (Rodrigues, Pereira and Ribeiro, "Sequence labeling with multiple annotators", Machine Learning 95, 2014) are
not part of the project; without them the test is skipped.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from sweep import SWEEP, examples

from toolkit.annotations.conll import read_conll
from toolkit.annotations.store import load_annotations
from toolkit.gold.store import load_gold
from toolkit.stages import gold as stages
from toolkit.stages import setup
from toolkit.stages.check import Checked, take_file
from toolkit.workspace import Workspace

LABELS = {"PER": "PERSON", "LOC": "GPE", "ORG": "ORGANIZATION", "MISC": "NORP"}
ANNOTATORS = 47
Spans = Counter[tuple[str, int, int, str]]  # text, start, end, label


def rows(path: Path) -> Iterator[list[str]]:
    """A token and its tags, or nothing after a sentence; of the first third of the sentences, in a sweep of all."""
    sentences = path.read_text(encoding="utf-8").split("\n\n")
    for line in "\n\n".join(sentences[: examples(len(sentences))]).splitlines():
        yield line.split()


def column(path: Path, number: int) -> str:
    """One annotator's tags as a CoNLL file."""
    return "".join(f"{row[0]} {row[number]}\n" if row else "\n" for row in rows(path))


@pytest.fixture(scope="module")
def pulled(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Checked]:
    folder = tmp_path_factory.mktemp("crowd")
    files = folder / "answers"
    files.mkdir()
    table = [*rows(shared_data / "crowd-ner" / "answers.txt")]
    for number in range(1, ANNOTATORS + 1):
        lines = (f"{row[0]} {row[number]}" if row else "" for row in table)
        (files / f"annotator-{number:02}.conll").write_text("\n".join(lines) + "\n", encoding="utf-8")
    setup.init(folder, "crowd")
    mapping = folder / "mapping.yaml"
    mapping.write_text(yaml.safe_dump({"labels": LABELS}), encoding="utf-8")
    workspace = Workspace(folder)
    return workspace, take_file(workspace, files, mapping)


def resolved(workspace: Workspace, **rule: str | float) -> tuple[Spans, float]:
    """The spans that are settled by a rule, and the share of sentences in which all is."""
    file = workspace.root / "configs" / "project.yaml"
    file.write_text(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")) | {"gold": rule}), encoding="utf-8")
    fresh = Workspace(workspace.root)
    stages.resolve(fresh)
    whole, open_ = load_gold(fresh.gold), load_gold(fresh.open)
    texts = {id: article.text for id, article in stages.articles(fresh).items()}
    spans = Counter(
        (texts[one.article_id], item.start, item.end, label)
        for one in (*whole, *open_)
        for item in one.mentions
        for label in item.labels
    )
    return spans, len(whole) / (len(whole) + len(open_))


@pytest.fixture(scope="module")
def read(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Spans]:
    """The spans of one of the data's own files."""

    def spans(name: str) -> Spans:
        folder = tmp_path_factory.mktemp("own")
        (folder / "own.conll").write_text(column(shared_data / "crowd-ner" / name, 1), encoding="utf-8")
        found: Spans = Counter()
        for task in read_conll(folder):
            last = task["annotations"][-1]["result"]  # of a sentence that comes twice, as with the crowd's answers
            for value in (element["value"] for element in last):
                found[task["data"]["text"], value["start"], value["end"], LABELS[value["labels"][0]]] += 1
        return found

    return spans


def f1(found: Spans, truth: Spans) -> float:
    return 2 * (found & truth).total() / (found.total() + truth.total())


def test_everything_that_came_in_is_there_or_rejected(pulled: tuple[Workspace, Checked]) -> None:
    workspace, checked = pulled
    counts = checked.collected.counts
    assert counts.add_up
    assert (counts.tasks, counts.annotations_in) == ((1703, 9506) if SWEEP else (566, 3340))
    assert {finding.rule for finding in checked.findings} == {"duplicate-annotation"}  # of sentences that come twice
    assert len({work.annotator for work in load_annotations(workspace.annotations)}) == (ANNOTATORS if SWEEP else 46)


def test_a_model_of_annotators_beats_the_majority(
    pulled: tuple[Workspace, Checked], read: Callable[[str], Spans], capsys: pytest.CaptureFixture[str]
) -> None:
    """Confidence is put as low as it goes, so that the model has to say something of nearly all."""
    truth = read("ground_truth.txt")
    figures = {"the data's own majority vote, by token": (f1(read("mv.txt"), truth), 1.0)}
    for rule in ("majority", "dawid-skene", "mace"):
        found, whole = resolved(pulled[0], rule=rule, confidence=0.51)
        figures[rule] = f1(found, truth), whole
    told = "\n".join(f"{name:40} F1 {value:.3f}, {whole:.0%} settled" for name, (value, whole) in figures.items())
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201 - for whoever reads the run
    best = figures["dawid-skene"][0]
    assert best > figures["majority"][0] + 0.1, told
    assert best > figures["the data's own majority vote, by token"][0] + 0.03, told
    assert figures["mace"][0] > figures["majority"][0] + 0.1, told
